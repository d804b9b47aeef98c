"""Feeds: what is configured, what came of the last poll, and which are due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, insert, or_, select, update

from alertsvc.domain import BacklogPolicy
from alertsvc.store.leases import FREE, free_lease, take_lock, take_rows, until
from alertsvc.store.schema import feeds
from alertsvc.store.values import scrub

__all__ = [
    "MOVES_BEFORE_ADOPTION",
    "NOT_MODIFIED",
    "Feed",
    "FeedSpec",
    "PollRecord",
    "claim_due",
    "get_feed",
    "list_feeds",
    "record_poll",
    "release_feeds",
    "set_verified",
    "sync_feeds",
]

MOVES_BEFORE_ADOPTION = 3
"""Successful polls in a row that must be sent on for good to the same address before it is taken as the feed's own."""

NOT_MODIFIED = "not_modified"
"""The outcome of a poll that was told that nothing is new."""


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """A feed as it is configured; `interval` in seconds."""

    id: str
    url: str
    title: str
    language: str | None
    country: str | None
    interval: float
    backlog: BacklogPolicy
    full_text: bool | None
    enabled: bool
    verified: bool
    demonstration: bool
    outlet_kind: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it stands. `url` is where to poll it: the configured address, or the one it has moved to for good."""

    id: str
    url: str
    title: str
    language: str | None
    country: str | None
    outlet_kind: str | None
    interval: float
    backlog: BacklogPolicy
    full_text: bool | None
    enabled: bool
    verified: bool
    demonstration: bool
    etag: str | None
    last_modified: str | None
    validators_url: str | None
    body_hash: str | None
    next_due: datetime | None
    first_polled: datetime | None
    last_attempt: datetime | None
    last_success: datetime | None
    last_outcome: str | None
    last_error: str | None
    failures: int
    moved_to: str | None
    moved_seen: int
    gone: bool


@dataclass(frozen=True, slots=True)
class PollRecord:
    """What one poll of a feed came to.

    `moved_to` is where a chain of nothing but permanent redirects ended; `keep_validators` leaves ETag, Last-Modified
    and the body's hash as they were, as a poll that failed always does.
    """

    outcome: str
    error: str | None
    next_due: datetime
    etag: str | None = None
    last_modified: str | None = None
    validators_url: str | None = None
    keep_validators: bool = False
    body_hash: str | None = None
    moved_to: str | None = None
    gone: bool = False
    success: bool = field(kw_only=True)


_FEED_FIELDS = tuple(item.name for item in fields(Feed))
_FRESH_URL: dict[str, Any] = {
    "etag": None,
    "last_modified": None,
    "validators_url": None,
    "body_hash": None,
    "next_due": None,
    "last_error": None,
    "failures": 0,
    "moved_to": None,
    "moved_seen": 0,
    "gone": False,
}


def sync_feeds(conn: Connection, specs: Sequence[FeedSpec], now: datetime) -> tuple[int, int, int]:
    """Make the table agree with the configuration; return how many feeds were added, changed and retired.

    A feed that is no longer configured is retired: it is not polled, and its articles stay. A changed address forgets
    what was known of the old one and is polled at once; until then, an address that a feed moved to for good is kept.
    A feed once verified stays so until its address changes.
    """
    take_lock(conn, "feeds")
    stored = {row["id"]: row for row in conn.execute(select(feeds)).mappings()}
    added = changed = 0
    configured = [scrub(asdict(spec)) for spec in specs]  # to compare with what is stored
    for wanted in configured:
        row = stored.get(wanted["id"])
        url = wanted["configured_url"] = wanted.pop("url")
        if row is None:
            conn.execute(insert(feeds).values(**wanted, **_FRESH_URL, url=url, retired=False))
            added += 1
            continue
        if row["configured_url"] != url:
            wanted |= _FRESH_URL | {"url": url}
        else:
            wanted["verified"] = wanted["verified"] or row["verified"]
            if row["interval"] > wanted["interval"] and row["next_due"] is not None:
                wanted["next_due"] = min(row["next_due"], now + timedelta(seconds=wanted["interval"]))
        wanted["retired"] = False
        if any(row[name] != value for name, value in wanted.items()):
            conn.execute(update(feeds).where(feeds.c.id == wanted["id"]).values(**wanted))
            changed += 1
    names = {wanted["id"] for wanted in configured}
    gone = [key for key, row in stored.items() if not row["retired"] and key not in names]
    if gone:
        conn.execute(update(feeds).where(feeds.c.id.in_(gone)).values(retired=True, **FREE))
    return added, changed, len(gone)


def claim_due(
    conn: Connection, *, worker: str, now: datetime, lease: float, limit: int, everything: bool = False
) -> list[Feed]:
    """Take up to `limit` feeds that are due, those that wait longest first, for `lease` seconds.

    Only feeds that are enabled, not gone and not held by a worker; with `everything` also those not yet due.
    """
    due = or_(feeds.c.next_due.is_(None), feeds.c.next_due <= now)
    wanted = (
        select(feeds.c.id)
        .where(feeds.c.enabled, ~feeds.c.gone, ~feeds.c.retired, free_lease(feeds, now))
        .order_by(feeds.c.next_due.asc().nulls_first(), feeds.c.id)
        .limit(limit)
    )
    if not everything:
        wanted = wanted.where(due)
    rows = take_rows(conn, feeds, wanted, {}, worker=worker, end=until(now, lease))
    return [_feed(row) for row in rows]


def record_poll(conn: Connection, feed_id: str, worker: str, record: PollRecord, now: datetime) -> bool:
    """Write down what a poll came to and give the feed back.

    Returns False, and changes nothing, where the worker no longer holds the feed. A poll that failed forgets nothing.
    One that found nothing modified does not heal a feed whose last poll failed: its failures and its error stay until
    a body has been read.
    """
    held = and_(feeds.c.id == feed_id, feeds.c.lease_owner == worker)
    row = conn.execute(select(feeds).where(held).with_for_update()).mappings().one_or_none()
    if row is None:
        return False
    values: dict[str, Any] = {
        **FREE,
        "last_attempt": now,
        "last_outcome": record.outcome,
        "next_due": record.next_due,
        "gone": record.gone,
    }
    if not record.success:
        values |= {"failures": row["failures"] + 1, "last_error": record.error}
    else:
        values |= _validators(row, record) | _move(row, record)
        if record.outcome != NOT_MODIFIED or row["failures"] == 0:
            values |= {"failures": 0, "last_error": record.error, "last_success": now}
        if row["first_polled"] is None:
            values["first_polled"] = now
    conn.execute(update(feeds).where(held).values(**values))
    return True


def release_feeds(conn: Connection, worker: str) -> int:
    """Give back every feed that the worker holds, as if never taken; return how many."""
    return conn.execute(update(feeds).where(feeds.c.lease_owner == worker).values(**FREE)).rowcount


def get_feed(conn: Connection, feed_id: str) -> Feed | None:
    """Return a feed by its id, retired ones too."""
    row = conn.execute(select(feeds).where(feeds.c.id == feed_id)).mappings().one_or_none()
    return None if row is None else _feed(row)


def list_feeds(conn: Connection, *, include_retired: bool = False) -> list[Feed]:
    """Return the feeds in the order of their ids."""
    query = select(feeds).order_by(feeds.c.id)
    if not include_retired:
        query = query.where(~feeds.c.retired)
    return [_feed(row) for row in conn.execute(query).mappings()]


def set_verified(conn: Connection, feed_id: str, verified: bool) -> bool:
    """Note whether someone has seen that the feed works; return False where there is no such feed."""
    return conn.execute(update(feeds).where(feeds.c.id == feed_id).values(verified=verified)).rowcount > 0


def _validators(row: RowMapping, record: PollRecord) -> dict[str, Any]:
    if record.keep_validators:
        return {}
    given = {
        "etag": record.etag,
        "last_modified": record.last_modified,
        "validators_url": record.validators_url,
        "body_hash": record.body_hash,
    }
    if record.outcome == NOT_MODIFIED:
        # RFC 9111 section 4.3.4: a 304 renews the fields that it carries; the others stand.
        return {name: value for name, value in given.items() if value is not None}
    return given


def _move(row: RowMapping, record: PollRecord) -> dict[str, Any]:
    if record.moved_to is None or record.moved_to == row["url"]:
        return {"moved_to": None, "moved_seen": 0}
    seen = row["moved_seen"] + 1 if record.moved_to == row["moved_to"] else 1
    if seen >= MOVES_BEFORE_ADOPTION:
        return {"url": record.moved_to, "moved_to": None, "moved_seen": 0}
    return {"moved_to": record.moved_to, "moved_seen": seen}


def _feed(row: RowMapping) -> Feed:
    values = {name: row[name] for name in _FEED_FIELDS}
    values["backlog"] = BacklogPolicy(values["backlog"])
    return Feed(**values)
