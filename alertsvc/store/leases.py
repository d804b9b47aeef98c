"""Who works on what: rows taken for a time by one of several workers, and locks that last as long as a transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, Table, or_, select, update

from alertsvc.store.schema import locks
from alertsvc.store.upsert import insert_or_ignore

__all__ = ["FREE", "free_lease", "take_lock", "take_rows", "until"]

FREE: Mapping[str, None] = {"lease_owner": None, "lease_until": None}
"""The values that end a lease."""


def until(now: datetime, lease: float) -> datetime:
    """Return when a lease of so many seconds, taken now, runs out."""
    return now + timedelta(seconds=lease)


def free_lease(table: Table, now: datetime) -> ColumnElement[bool]:
    """Return the condition that nobody holds the row: never taken, given back, or the lease has run out."""
    return or_(table.c.lease_until.is_(None), table.c.lease_until <= now)


def take_rows(
    conn: Connection, table: Table, wanted: Select[Any], values: Mapping[str, Any], *, worker: str, end: datetime
) -> list[RowMapping]:
    """Lease the rows whose ids `wanted` selects, change them by `values`, and return them in the order selected.

    Rows that another worker is about to take are passed over, not waited for.
    """
    ids = list(conn.execute(wanted.with_for_update(skip_locked=True)).scalars())
    if not ids:
        return []
    taken = conn.execute(
        update(table)
        .where(table.c.id.in_(ids))
        .values(lease_owner=worker, lease_until=end, **values)
        .returning(*table.c)
    ).mappings()
    by_id = {row["id"]: row for row in taken}
    return [by_id[row_id] for row_id in ids]


def take_lock(conn: Connection, name: str) -> None:
    """Wait until no other transaction holds the lock called `name`, and hold it to the end of this one.

    SQLite's write transactions are exclusive already.
    """
    if conn.dialect.name == "sqlite":
        return
    conn.execute(insert_or_ignore(conn, locks, ("name",)).values(name=name))
    conn.execute(select(locks.c.name).where(locks.c.name == name).with_for_update()).one()
