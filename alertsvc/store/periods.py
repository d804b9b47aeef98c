"""Which periods a subscriber had its digests of: one row for each, so that none is ever told twice or left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from alertsvc.domain import BriefingKind
from alertsvc.store.schema import digest_periods as table
from alertsvc.store.upsert import insert_or_ignore

__all__ = ["ToldPeriod", "is_told", "last_period", "last_periods", "list_periods", "record_period"]


@dataclass(frozen=True, slots=True)
class ToldPeriod:
    """A period that a digest was written for, `start` included and `end` not.

    `delivery` is the digest's key in the outbox: that of another subscription of the same person where one digest tells
    of both, None where there was nothing that the subscriber wants to be told.
    """

    kind: BriefingKind
    period: str  # its name among those of the subscriber
    start: datetime
    end: datetime
    delivery: str | None = None


def record_period(conn: Connection, subscriber_id: int, told: ToldPeriod, now: datetime) -> bool:
    """Write down that a period is told; False, and nothing is written, where it was before."""
    statement = (
        insert_or_ignore(conn, table, ("subscriber_id", "kind", "period"))
        .values(
            subscriber_id=subscriber_id,
            kind=told.kind.value,
            period=told.period,
            start=told.start,
            end=told.end,
            written=now,
            delivery=told.delivery,
        )
        .returning(table.c.subscriber_id)
    )
    return conn.execute(statement).scalar_one_or_none() is not None


def is_told(conn: Connection, subscriber_id: int, kind: BriefingKind, period: str) -> bool:
    """Say whether a subscriber had a digest of the period of this name."""
    query = select(table.c.period).where(
        table.c.subscriber_id == subscriber_id, table.c.kind == kind.value, table.c.period == period
    )
    return conn.execute(query).first() is not None


def last_period(conn: Connection, subscriber_id: int, kind: BriefingKind) -> ToldPeriod | None:
    """Return the latest period that a subscriber was told of; None for one that has had no digest of the kind yet."""
    query = (
        select(table)
        .where(table.c.subscriber_id == subscriber_id, table.c.kind == kind.value)
        .order_by(table.c.end.desc())
        .limit(1)
    )
    row = conn.execute(query).one_or_none()
    return None if row is None else ToldPeriod(kind, row.period, row.start, row.end, row.delivery)


def last_periods(conn: Connection, kind: BriefingKind) -> dict[int, ToldPeriod]:
    """Return the latest period of every subscriber that has had a digest of the kind, by row."""
    other = table.alias("other")
    latest = (
        select(other.c.end)
        .where(other.c.subscriber_id == table.c.subscriber_id, other.c.kind == table.c.kind)
        .order_by(other.c.end.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(table).where(table.c.kind == kind.value, table.c.end == latest)
    return {
        row.subscriber_id: ToldPeriod(kind, row.period, row.start, row.end, row.delivery) for row in conn.execute(query)
    }


def list_periods(conn: Connection, subscriber_id: int) -> list[ToldPeriod]:
    """Return every period that a subscriber was told of, by kind and in order."""
    query = select(table).where(table.c.subscriber_id == subscriber_id).order_by(table.c.kind, table.c.end)
    return [
        ToldPeriod(BriefingKind(row.kind), row.period, row.start, row.end, row.delivery) for row in conn.execute(query)
    ]
