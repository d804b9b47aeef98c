"""Who gets briefings. A subscriber that goes is only set inactive, since the outbox and its keys know it by its id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, select, update

from alertsvc.domain import BriefingKind, Channel, IncidentClass, Subscriber
from alertsvc.errors import StoreError
from alertsvc.store.leases import take_lock
from alertsvc.store.schema import subscribers as table
from alertsvc.store.upsert import upsert
from alertsvc.store.values import scrub, scrub_text

__all__ = ["add_subscriber", "list_subscribers", "remove_subscriber", "sync_subscribers"]

_Source = Literal["config", "command"]


def sync_subscribers(conn: Connection, subscribers: Sequence[Subscriber], now: datetime) -> tuple[int, int, int]:
    """Make the table agree with the configuration; return how many were added, changed and set inactive.

    Those added by command stay, unless the configuration names one like them: then it rules.
    """
    take_lock(conn, "subscribers")
    stored = {row["name"]: row for row in conn.execute(select(table)).mappings()}
    added = changed = 0
    for subscriber in subscribers:
        row = stored.get(scrub_text(subscriber.name))
        wanted = _columns(subscriber) | {"source": "config", "active": True}
        if row is None or not row["active"]:
            _put(conn, subscriber, "config", now)
            added += 1
        elif any(row[name] != value for name, value in wanted.items()):
            conn.execute(update(table).where(table.c.id == row["id"]).values(**wanted))
            changed += 1
    names = {scrub_text(subscriber.name) for subscriber in subscribers}
    gone = [
        row["id"] for row in stored.values() if row["active"] and row["source"] == "config" and row["name"] not in names
    ]
    if gone:
        conn.execute(update(table).where(table.c.id.in_(gone)).values(active=False))
    return added, changed, len(gone)


def add_subscriber(conn: Connection, subscriber: Subscriber, now: datetime) -> Subscriber:
    """Add a subscriber by command; return it with its id. One of the same name that was removed comes back.

    Raises:
        StoreError: the name is taken.
    """
    take_lock(conn, "subscribers")
    active = conn.execute(select(table.c.active).where(table.c.name == subscriber.name)).scalar_one_or_none()
    if active:
        raise StoreError(f"there is a subscriber called {subscriber.name} already", permanent=True)
    return _put(conn, subscriber, "command", now)


def remove_subscriber(conn: Connection, name: str) -> bool:
    """Set a subscriber inactive: nothing more goes out to it. Return False where there is none of this name.

    One that the configuration names comes back with the next start.
    """
    query = update(table).where(table.c.name == name, table.c.active).values(active=False)
    return conn.execute(query).rowcount > 0


def list_subscribers(conn: Connection, *, active: bool = True) -> list[Subscriber]:
    """Return the active subscribers, or with `active` off all that ever were, in the order of their names."""
    query = select(table).order_by(table.c.name)
    if active:
        query = query.where(table.c.active)
    return [_subscriber(row) for row in conn.execute(query).mappings()]


def _put(conn: Connection, subscriber: Subscriber, source: _Source, now: datetime) -> Subscriber:
    values = _columns(subscriber) | {"source": source, "active": True, "created": subscriber.created or now}
    row = {"name": subscriber.name, **values}
    statement = upsert(conn, table, row, on=("name",), change=values).returning(table.c.id)
    return replace(subscriber, id=conn.execute(statement).scalar_one(), created=values["created"])


def _columns(subscriber: Subscriber) -> dict[str, Any]:
    columns = {
        "channel": subscriber.channel.value,
        "target": subscriber.target,
        "classes": [item.value for item in subscriber.classes],
        "countries": list(subscriber.countries),
        "kinds": [item.value for item in subscriber.kinds],
        "min_severity": subscriber.min_severity,
        "flash_from": subscriber.flash_from,
        "timezone": subscriber.timezone,
        "digest_hour": subscriber.digest_hour,
        "demonstration": subscriber.demonstration,
    }
    return {name: scrub(value) for name, value in columns.items()}  # to compare with what is stored


def _subscriber(row: RowMapping) -> Subscriber:
    return Subscriber(
        id=row["id"],
        name=row["name"],
        channel=Channel(row["channel"]),
        target=row["target"],
        classes=tuple(IncidentClass(item) for item in row["classes"]),
        countries=tuple(row["countries"]),
        kinds=tuple(BriefingKind(item) for item in row["kinds"]),
        min_severity=row["min_severity"],
        flash_from=row["flash_from"],
        timezone=row["timezone"],
        digest_hour=row["digest_hour"],
        demonstration=row["demonstration"],
        created=row["created"],
    )
