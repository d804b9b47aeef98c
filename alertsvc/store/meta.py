"""Single facts about the installation, by name; those under `demonstration.` go when the demonstration goes."""

from __future__ import annotations

from sqlalchemy import Connection, select

from alertsvc.store.schema import meta
from alertsvc.store.upsert import insert_or_ignore, upsert

__all__ = ["get_meta", "make_meta", "set_meta"]


def get_meta(conn: Connection, key: str) -> str | None:
    """Return the fact called `key`, or None."""
    return conn.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one_or_none()


def set_meta(conn: Connection, key: str, value: str) -> None:
    """Write the fact called `key`, over an older one."""
    conn.execute(upsert(conn, meta, {"key": key, "value": value}, on=("key",), change={"value": value}))


def make_meta(conn: Connection, key: str, value: str) -> str:
    """Write the fact called `key` where there is none; return what holds after that, whoever was first."""
    conn.execute(insert_or_ignore(conn, meta, ("key",)).values(key=key, value=value))
    held: str = conn.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one()
    return held
