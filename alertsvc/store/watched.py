"""Since when, and on which days, this service has been reading: what a statement about quiet weeks rests on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from alertsvc.store.schema import articles

__all__ = ["read_between", "reading_since"]


def reading_since(conn: Connection, *, demonstration: bool) -> datetime | None:
    """Return when the first article that is stored was fetched; None where there is none."""
    query = select(articles.c.fetched).where(articles.c.demonstration == demonstration).order_by(articles.c.id).limit(1)
    return conn.execute(query).scalar_one_or_none()


def read_between(conn: Connection, start: datetime, end: datetime, *, demonstration: bool) -> bool:
    """Say whether any stored article is dated from `start` up to but without `end`."""
    query = select(articles.c.id).where(
        articles.c.effective >= start, articles.c.effective < end, articles.c.demonstration == demonstration
    )
    return conn.execute(query.limit(1)).first() is not None
