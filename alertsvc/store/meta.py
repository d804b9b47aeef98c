"""Single facts about the installation, by name; those under `demonstration.` go when the demonstration goes."""

from __future__ import annotations

from sqlalchemy import Connection, select

from alertsvc.store.schema import meta
from alertsvc.store.upsert import upsert

__all__ = ["get_meta", "set_meta"]


def get_meta(conn: Connection, key: str) -> str | None:
    """Return the fact called `key`, or None."""
    return conn.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one_or_none()


def set_meta(conn: Connection, key: str, value: str) -> None:
    """Write the fact called `key`, over an older one."""
    conn.execute(upsert(conn, meta, {"key": key, "value": value}, on=("key",), change={"value": value}))
