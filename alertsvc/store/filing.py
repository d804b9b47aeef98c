"""What filing finds incidents by: keys of their places, tokens of their state, and sketches of texts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, bindparam, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from alertsvc.domain import IncidentClass, Phase
from alertsvc.store.schema import incident_keys, incident_states, incidents, sketches
from alertsvc.store.upsert import upsert_rows
from alertsvc.store.values import KeyText, RowId

__all__ = [
    "before",
    "incidents_after",
    "keys_of",
    "load_sketches",
    "near",
    "quiet",
    "save_keys",
    "save_sketch",
    "tokens_of",
]

T = TypeVar("T")

_TOKENS = select(incident_states.c.incident_id, incident_states.c.token).where(
    incident_states.c.incident_id.in_(bindparam("ids", expanding=True))
)
_BEFORE = (
    select(incidents.c.id)
    .join(incident_keys, incident_keys.c.incident_id == incidents.c.id)
    .where(incident_keys.c.key.in_(bindparam("keys", expanding=True)))
    .group_by(incidents.c.id, incidents.c.last_event)
    .order_by(incidents.c.last_event.desc(), incidents.c.id.desc())
    .limit(bindparam("most", type_=RowId))
)
_SKETCHES = select(sketches.c.article_id, sketches.c.sketch).where(
    sketches.c.article_id.in_(bindparam("ids", expanding=True))
)
_INSERT_KEYS = {
    # Two services may say of the same incident of an older version what it is found by.
    "sqlite": sqlite.insert(incident_keys).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(incident_keys).on_conflict_do_nothing(),
}

_AT_ONCE = 500  # values in one IN list


def save_keys(conn: Connection, incident_id: int, keys: Collection[str], known: Collection[str] = ()) -> None:
    """Make `keys` those that an incident is found by, where it has been found by the `known` ones."""
    gone = set(known) - set(keys)
    for some in _chunks(sorted(gone)):
        at = incident_keys.c.incident_id == incident_id
        conn.execute(delete(incident_keys).where(at, incident_keys.c.key.in_(some)))
    fresh = sorted(set(keys) - set(known))
    if fresh:
        conn.execute(_INSERT_KEYS[conn.dialect.name], [{"incident_id": incident_id, "key": key} for key in fresh])


def keys_of(conn: Connection, incident_id: int) -> frozenset[str]:
    """Return the keys that an incident is found by."""
    query = select(incident_keys.c.key).where(incident_keys.c.incident_id == incident_id)
    return frozenset(conn.execute(query).scalars())


def near(conn: Connection, keys: Collection[str], *, since: datetime) -> dict[int, int]:
    """Return the incidents that have one of the keys and changed, or whose last event was, at `since` or later.

    Returns:
        The token of each by its row: what is known of it under that token still holds.
    """
    found: dict[int, int] = {}
    for some in _chunks(sorted(keys)):
        # Some key again and again up to a round number, so that few statements do for all.
        count = 1 << (len(some) - 1).bit_length()
        values: dict[str, Any] = {f"key{number}": some[min(number, len(some) - 1)] for number in range(count)}
        found |= {row[0]: row[1] for row in conn.execute(_near(count), values | {"since": since, "day": since.date()})}
    return found


@lru_cache(maxsize=16)
def _near(count: int) -> Select[Any]:
    """Return the statement for so many keys: a list of another length each time takes longer to write than to run."""
    return (
        select(incident_keys.c.incident_id, incident_states.c.token)
        .join(incidents, incidents.c.id == incident_keys.c.incident_id)
        .join(incident_states, incident_states.c.incident_id == incident_keys.c.incident_id)
        .where(
            incident_keys.c.key.in_([bindparam(f"key{number}", type_=KeyText()) for number in range(count)]),
            or_(incidents.c.changed >= bindparam("since"), incidents.c.last_event >= bindparam("day")),
        )
    )


def before(conn: Connection, keys: Collection[str], *, limit: int) -> list[int]:
    """Return the rows of the incidents that have one of the keys, those of the latest events first."""
    return list(conn.execute(_BEFORE, {"keys": sorted(keys), "most": limit}).scalars())


def quiet(conn: Connection, incident_class: IncidentClass, *, since: datetime, until: datetime) -> list[int]:
    """Return the incidents of a class that are not closed, and last changed from `since` up to but without `until`.

    Those whose last event was on the day of `until` or later are left out.
    """
    query = select(incidents.c.id).where(
        incidents.c.incident_class == incident_class.value,
        incidents.c.changed >= since,
        incidents.c.changed < until,
        incidents.c.phase != Phase.CLOSED.value,
        or_(incidents.c.last_event.is_(None), incidents.c.last_event < until.date()),
    )
    return list(conn.execute(query.order_by(incidents.c.id)).scalars())


def tokens_of(conn: Connection, ids: Iterable[int]) -> dict[int, int]:
    """Return the tokens of incidents as they now stand, by their rows."""
    found: dict[int, int] = {}
    for some in _chunks(list(ids)):
        found |= {row.incident_id: row.token for row in conn.execute(_TOKENS, {"ids": some})}
    return found


def incidents_after(conn: Connection, row: int, *, limit: int) -> list[int]:
    """Return the rows of incidents that come after a row, in order, at most so many."""
    query = select(incidents.c.id).where(incidents.c.id > row).order_by(incidents.c.id).limit(limit)
    return list(conn.execute(query).scalars())


def save_sketch(conn: Connection, article_id: int, sketch: bytes) -> None:
    """Keep the sketch of an article's text, in place of an older one."""
    statement = upsert_rows(conn, sketches, ("article_id", "sketch"), ("article_id",))
    conn.execute(statement, {"article_id": article_id, "sketch": sketch})


def load_sketches(conn: Connection, article_ids: Iterable[int]) -> dict[int, bytes]:
    """Return the sketches of articles, as far as they are kept."""
    found: dict[int, bytes] = {}
    for some in _chunks(list(article_ids)):
        found |= {row.article_id: bytes(row.sketch) for row in conn.execute(_SKETCHES, {"ids": some})}
    return found


def _chunks(items: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
