"""Alerts that wait: of which incidents a subscriber is to be told once its quiet hours, or its limit, are over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, delete, func, select

from alertsvc.store.schema import held_alerts as table
from alertsvc.store.upsert import insert_or_ignore

__all__ = ["HeldAlert", "Why", "drop_held", "held_counts", "hold", "list_held"]


class Why(StrEnum):
    """What an alert waits for."""

    QUIET = "quiet"  # the end of the subscriber's quiet hours; it is then sent as it stands
    LIMIT = "limit"  # its limit to be over; one summary then tells of all


@dataclass(frozen=True, slots=True)
class HeldAlert:
    """An incident that a subscriber is to be told of later."""

    subscriber_id: int
    incident_id: int
    why: Why
    step: int  # the first of its steps that was held back
    since: datetime


def hold(conn: Connection, alert: HeldAlert) -> bool:
    """Write down that an alert waits; False where another of the same incident does already, which then stands."""
    statement = (
        insert_or_ignore(conn, table, ("subscriber_id", "incident_id"))
        .values(
            subscriber_id=alert.subscriber_id,
            incident_id=alert.incident_id,
            why=alert.why.value,
            step=alert.step,
            since=alert.since,
        )
        .returning(table.c.subscriber_id)
    )
    return conn.execute(statement).scalar_one_or_none() is not None


def list_held(
    conn: Connection, *, subscriber_id: int | None = None, incident_id: int | None = None, why: Why | None = None
) -> list[HeldAlert]:
    """Return what waits, of one subscriber, incident or reason where that is given, oldest first."""
    query = select(table).order_by(table.c.since, table.c.subscriber_id, table.c.incident_id)
    if subscriber_id is not None:
        query = query.where(table.c.subscriber_id == subscriber_id)
    if incident_id is not None:
        query = query.where(table.c.incident_id == incident_id)
    if why is not None:
        query = query.where(table.c.why == why.value)
    return [
        HeldAlert(row.subscriber_id, row.incident_id, Why(row.why), row.step, row.since) for row in conn.execute(query)
    ]


def drop_held(conn: Connection, subscriber_id: int, incidents: Collection[int]) -> int:
    """Forget that alerts of these incidents wait for a subscriber; return how many did."""
    query = delete(table).where(table.c.subscriber_id == subscriber_id, table.c.incident_id.in_(incidents))
    return conn.execute(query).rowcount


def held_counts(conn: Connection) -> dict[int, int]:
    """Return for how many incidents alerts wait, by subscriber; one for whom none does is missing."""
    query = select(table.c.subscriber_id, func.count().label("number")).group_by(table.c.subscriber_id)
    return {row.subscriber_id: row.number for row in conn.execute(query)}
