"""Incidents as they are stored: found, listed and read, always complete with their reports and updates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, or_, select, tuple_

from alertsvc.domain import Incident, IncidentClass, Report, Update
from alertsvc.store.incident_rows import read_incident, read_report, read_update
from alertsvc.store.leases import take_lock
from alertsvc.store.schema import incident_states, incidents, reports, updates

__all__ = [
    "article_reports",
    "get_current",
    "get_incident",
    "has_incident",
    "list_incidents",
    "load_incidents",
    "lock_class",
    "opened_by",
    "updated_between",
]

_CURRENT = incident_states.c.merged_into.is_(None)

_AT_ONCE = 500  # ids in one IN list

_ALL = select(
    incidents, incident_states.c.follows, incident_states.c.merged_into, incident_states.c.ruling
).select_from(incidents.outerjoin(incident_states, incident_states.c.incident_id == incidents.c.id))
_OF_IDS = _ALL.where(incidents.c.id.in_(bindparam("ids", expanding=True)))
_REPORTS = select(reports).where(reports.c.incident_id.in_(bindparam("ids", expanding=True))).order_by(reports.c.id)
_UPDATES = select(updates).where(updates.c.incident_id.in_(bindparam("ids", expanding=True))).order_by(updates.c.number)
_OF_ARTICLE = (
    select(incidents.c.public_id, reports)
    .join(incidents, incidents.c.id == reports.c.incident_id)
    .where(reports.c.article_id == bindparam("article"))
    .order_by(reports.c.id)
)


_NAMED = select(incidents.c.id).where(incidents.c.public_id == bindparam("name"))
_OPENED = (
    select(func.count())
    .select_from(updates.join(reports, reports.c.id == updates.c.report_id))
    .where(
        reports.c.outlet == bindparam("outlet"),
        reports.c.fetched >= bindparam("since"),
        updates.c.number == 1,
        updates.c.alertable,
    )
)


def lock_class(conn: Connection, incident_class: IncidentClass) -> None:
    """Make this transaction the only one that files incidents of the class, until it ends."""
    take_lock(conn, f"class:{incident_class.value}")


def get_incident(conn: Connection, public_id: str) -> Incident | None:
    """Return an incident by its public id."""
    found = _load(conn, _ALL.where(incidents.c.public_id == public_id))
    return found[0] if found else None


def has_incident(conn: Connection, public_id: str) -> bool:
    """Say whether a public id is in use."""
    return conn.execute(_NAMED, {"name": public_id}).first() is not None


def get_current(conn: Connection, public_id: str) -> Incident | None:
    """Return an incident by its public id, and for one that was merged the one that has its reports now."""
    found = get_incident(conn, public_id)
    while found is not None and found.merged_into is not None:
        found = get_incident(conn, found.merged_into)
    return found


def load_incidents(conn: Connection, ids: Iterable[int]) -> dict[int, Incident]:
    """Return incidents by their rows, complete; those that are not there are left out."""
    found: dict[int, Incident] = {}
    for some in _chunks(list(ids)):
        found |= {item.id: item for item in _load(conn, _OF_IDS, {"ids": some}) if item.id is not None}
    return found


def list_incidents(
    conn: Connection,
    *,
    demonstration: bool | None,
    incident_class: IncidentClass | None = None,
    country: str | None = None,
    since: datetime | None = None,
    limit: int = 100,
    after: Incident | None = None,
) -> list[Incident]:
    """Return incidents, those changed last first; those that were merged into others are left out.

    Args:
        demonstration: only those of the demonstration, or only the others; None for both.
        incident_class: only this class.
        country: only this country; a crossing passes by either side.
        since: only those that changed then or later.
        limit: at most so many.
        after: the last incident of the page before.
    """
    query = _ALL.where(_CURRENT).order_by(incidents.c.changed.desc(), incidents.c.id.desc()).limit(limit)
    if demonstration is not None:
        query = query.where(incidents.c.demonstration == demonstration)
    if incident_class is not None:
        query = query.where(incidents.c.incident_class == incident_class.value)
    if country is not None:
        query = query.where(_in_country(country))
    if since is not None:
        query = query.where(incidents.c.changed >= since)
    if after is not None:
        query = query.where(tuple_(incidents.c.changed, incidents.c.id) < tuple_(after.changed, after.id))
    return _load(conn, query)


def updated_between(conn: Connection, start: datetime, end: datetime, *, demonstration: bool) -> list[Incident]:
    """Return the incidents that have an update from `start` up to but without `end`, oldest first.

    Those that were merged into others are left out.
    """
    updated = select(updates.c.incident_id).where(updates.c.at >= start, updates.c.at < end)
    query = _ALL.where(_CURRENT, incidents.c.id.in_(updated), incidents.c.demonstration == demonstration)
    return _load(conn, query.order_by(incidents.c.id))


def opened_by(conn: Connection, outlet: str, *, since: datetime) -> int:
    """Return how many incidents that may be flashed an outlet has opened by articles fetched since then."""
    return conn.execute(_OPENED, {"outlet": outlet, "since": since}).scalar_one()


def article_reports(conn: Connection, article_id: int) -> list[tuple[str, Report]]:
    """Return an article's reports, each with the public id of its incident."""
    return [
        (row["public_id"], read_report(row)) for row in conn.execute(_OF_ARTICLE, {"article": article_id}).mappings()
    ]


def _in_country(country: str) -> ColumnElement[bool]:
    column = incidents.c.country
    return or_(
        column == country,
        column.startswith(f"{country}-", autoescape=True),
        column.endswith(f"-{country}", autoescape=True),
    )


def _load(conn: Connection, query: Select[Any], values: dict[str, Any] | None = None) -> list[Incident]:
    """Return the incidents that `query` selects, complete, in its order."""
    rows = conn.execute(query, values).mappings().all()
    its_reports: dict[int, list[Report]] = {row["id"]: [] for row in rows}
    its_updates: dict[int, list[Update]] = {row["id"]: [] for row in rows}
    for ids in _chunks(list(its_reports)):
        for row in conn.execute(_REPORTS, {"ids": ids}).mappings():
            its_reports[row["incident_id"]].append(read_report(row))
        for row in conn.execute(_UPDATES, {"ids": ids}).mappings():
            its_updates[row["incident_id"]].append(read_update(row))
    return [read_incident(row, its_reports[row["id"]], its_updates[row["id"]]) for row in rows]


def _chunks(items: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
