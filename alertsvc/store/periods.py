"""Which periods a subscriber had its digests of: one row for each, so that none is ever told twice or left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from alertsvc.domain import BriefingKind
from alertsvc.store.schema import digest_periods as table
from alertsvc.store.upsert import insert_or_ignore

__all__ = ["ToldPeriod", "last_periods", "list_periods", "record_periods", "who_is_told"]


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


def record_periods(conn: Connection, told: Mapping[int, ToldPeriod], now: datetime) -> set[int]:
    """Write down which period was told to whom, by row; return for whom: those it was told to before are left out."""
    if not told:
        return set()
    rows = [
        {
            "subscriber_id": row,
            "kind": item.kind.value,
            "period": item.period,
            "start": item.start,
            "end": item.end,
            "written": now,
            "delivery": item.delivery,
        }
        for row, item in told.items()
    ]
    statement = insert_or_ignore(conn, table, ("subscriber_id", "kind", "period")).values(rows)
    return set(conn.execute(statement.returning(table.c.subscriber_id)).scalars())


def who_is_told(conn: Connection, rows: Collection[int], kind: BriefingKind, period: str) -> set[int]:
    """Return which of these subscribers had a digest of the period of this name."""
    query = select(table.c.subscriber_id).where(
        table.c.subscriber_id.in_(rows), table.c.kind == kind.value, table.c.period == period
    )
    return set(conn.execute(query).scalars())


def last_periods(conn: Connection, kind: BriefingKind, rows: Collection[int] | None = None) -> dict[int, ToldPeriod]:
    """Return the latest period that each subscriber had a digest of the kind of, by row: of all, or of some."""
    latest = select(table.c.subscriber_id, func.max(table.c.end).label("end")).where(table.c.kind == kind.value)
    if rows is not None:
        latest = latest.where(table.c.subscriber_id.in_(rows))
    last = latest.group_by(table.c.subscriber_id).subquery()
    query = select(table).join(
        last,
        and_(table.c.subscriber_id == last.c.subscriber_id, table.c.end == last.c.end, table.c.kind == kind.value),
    )
    return {
        row.subscriber_id: ToldPeriod(kind, row.period, row.start, row.end, row.delivery) for row in conn.execute(query)
    }


def list_periods(conn: Connection, subscriber_id: int) -> list[ToldPeriod]:
    """Return every period that a subscriber was told of, by kind and in order."""
    query = select(table).where(table.c.subscriber_id == subscriber_id).order_by(table.c.kind, table.c.end)
    return [
        ToldPeriod(BriefingKind(row.kind), row.period, row.start, row.end, row.delivery) for row in conn.execute(query)
    ]
