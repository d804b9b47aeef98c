"""Incidents written with their reports and updates; what is written may be written again without harm.

A report is one article's account of an incident: there is one for each incident, article, class and place, and each
belongs to one incident.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from functools import lru_cache
from secrets import randbits
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, bindparam, delete, update

from alertsvc.domain import Detection, Incident, Place, Report, Update, from_json, to_json
from alertsvc.errors import StoreError
from alertsvc.store.incident_rows import incident_columns, update_columns
from alertsvc.store.incidents import get_incident
from alertsvc.store.schema import incident_states, incidents, reports, updates
from alertsvc.store.upsert import Insert, insert_or_ignore, upsert_rows
from alertsvc.store.values import Scrubbed, digest, scrub, scrub_text, storable

__all__ = ["add_update", "delete_reports", "insert_incident", "save_incident"]

# Built once, since building a statement takes longer than running it.
_SAVE = update(incidents).where(incidents.c.id == bindparam("row"))
_SAVE_REPORT = update(reports).where(reports.c.id == bindparam("row"))
_DELETE = delete(reports).where(reports.c.id == bindparam("row"))

_TOKEN_BITS = 62

_ELSEWHERE = frozenset({"id", "public_id", "reports", "updates", "follows", "merged_into", "ruling"})
_COLUMNS = tuple(item.name for item in fields(Incident) if item.name not in _ELSEWHERE)

T = TypeVar("T")


@lru_cache(maxsize=8)
def _returning_id(statement: Insert) -> Executable:
    return statement.returning(reports.c.id)


def insert_incident(conn: Connection, incident: Incident, *, token: int | None = None) -> Incident:
    """Store a new incident with its reports and updates; return it as stored, with its ids.

    Args:
        token: that tells this state of it from every other; else one is made up.

    Raises:
        StoreError: there is an incident of this public id already.
    """
    statement = insert_or_ignore(conn, incidents, ("public_id",)).values(
        public_id=incident.public_id, **incident_columns(incident)
    )
    incident_id = conn.execute(statement.returning(incidents.c.id)).scalar_one_or_none()
    if incident_id is None:
        raise StoreError(f"incident {incident.public_id} exists already", permanent=True)
    blank = replace(incident, id=incident_id, reports=(), updates=())
    return _save_parts(conn, replace(incident, id=incident_id), blank, token)


def save_incident(
    conn: Connection, incident: Incident, before: Incident | None = None, *, token: int | None = None
) -> Incident:
    """Write an incident that is stored already; return it as stored, with its ids.

    A report without an id replaces the one of the same article, class and place, or is new; one with an id is written
    over, and moves here if it belonged to another incident. An update is known by its number. Reports and updates that
    are stored and missing from `incident` stay.

    Args:
        before: as it is stored, where the caller has read it in this transaction; else it is read again.
        token: that tells this state of it from every other; else one is made up.

    Raises:
        StoreError: the incident, or a report that has an id, is not stored.
    """
    before = before or get_incident(conn, incident.public_id)
    if before is None or incident.id is None or before.id != incident.id:
        raise StoreError(f"incident {incident.public_id} is not stored", permanent=True)
    if any(getattr(incident, name) != getattr(before, name) for name in _COLUMNS):
        conn.execute(_SAVE, {"row": incident.id, **incident_columns(incident)})
    return _save_parts(conn, incident, before, token)


def add_update(conn: Connection, incident: Incident, step: Update) -> Incident:
    """Store one more update of a stored incident and return the incident with it."""
    assert incident.id is not None
    stored = _save_update(conn, incident.id, step)
    updates_now = (*(item for item in incident.updates if item.number != step.number), stored)
    return replace(incident, updates=tuple(sorted(updates_now, key=lambda item: item.number)))


def delete_reports(conn: Connection, ids: Iterable[int]) -> None:
    """Take reports out for good."""
    rows = [{"row": row} for row in sorted(ids)]
    if rows:
        conn.execute(_DELETE, rows)


def _save_parts(conn: Connection, incident: Incident, before: Incident, token: int | None) -> Incident:
    """Write what differs from `before` and return the incident as it is then stored."""
    incident_id = incident.id
    assert incident_id is not None
    state = {
        "token": randbits(_TOKEN_BITS) if token is None else token,
        "follows": incident.follows,
        "merged_into": incident.merged_into,
        "ruling": incident.ruling.value if incident.ruling else None,
    }
    row: dict[str, Any] = {"incident_id": incident_id, **state}
    conn.execute(upsert_rows(conn, incident_states, tuple(row), ("incident_id",)), row)
    kept = {report.id: report for report in before.reports}
    for report in incident.reports:
        known = kept.get(report.id)
        if known is not report and (report.id is None or known != report):
            stored = _save_report(conn, incident, incident_id, report)
            kept[stored.id] = stored
    steps = {step.number: step for step in before.updates}
    for step in incident.updates:
        if steps.get(step.number) != step:
            steps[step.number] = _save_update(conn, incident_id, step)
    return replace(
        incident,
        public_id=scrub_text(incident.public_id),
        follows=None if incident.follows is None else scrub_text(incident.follows),
        merged_into=None if incident.merged_into is None else scrub_text(incident.merged_into),
        place=_clean(incident.place),
        severity=_clean(incident.severity),
        reports=tuple(sorted(kept.values(), key=lambda report: report.id or 0)),
        updates=tuple(steps[number] for number in sorted(steps)),
    )


def _save_update(conn: Connection, incident_id: int, step: Update) -> Update:
    values = update_columns(step)
    row = {"incident_id": incident_id, "number": step.number, **values}
    conn.execute(upsert_rows(conn, updates, tuple(row), ("incident_id", "number")), row)
    return replace(step, changes=tuple(scrub_text(change) for change in step.changes))


def _save_report(conn: Connection, incident: Incident, incident_id: int, report: Report) -> Report:
    """Write a report and return it as it is then stored."""
    detection = report.detection
    told = to_json(detection)
    if storable(told):
        data, clean = Scrubbed(told), detection
    else:
        data = Scrubbed(scrub(told))
        clean = from_json(Detection, data)
    account = {
        "incident_id": incident_id,
        "article_id": report.article_id,
        "incident_class": detection.incident_class.value,
        "place_digest": _place_digest(detection.place),
    }
    values = {
        "outlet": report.outlet,
        "outlet_name": report.outlet_name,
        "origin": report.origin,
        "title": report.title,
        "url": report.url,
        "language": report.language,
        "published": report.published,
        "fetched": report.fetched,
        "detection": data,
        "same_text_as": report.same_text_as,
    }
    stored = replace(
        report,
        outlet=scrub_text(report.outlet),
        outlet_name=scrub_text(report.outlet_name),
        origin=scrub_text(report.origin),
        title=scrub_text(report.title),
        url=None if report.url is None else scrub_text(report.url),
        language=scrub_text(report.language),
        same_text_as=None if report.same_text_as is None else scrub_text(report.same_text_as),
        detection=clean,
    )
    if report.id is None:
        row = {**account, **values}
        statement = _returning_id(upsert_rows(conn, reports, tuple(row), tuple(account)))
        return replace(stored, id=conn.execute(statement, row).scalar_one())
    changed = conn.execute(_SAVE_REPORT, {"row": report.id, **account, **values})
    if changed.rowcount == 0:
        raise StoreError(f"incident {incident.public_id}: report {report.id} is not stored", permanent=True)
    return stored


def _clean(value: T) -> T:
    """Return one of the domain's dataclasses as it is read back once it is stored."""
    data = to_json(value)
    return value if storable(data) else from_json(type(value), scrub(data))


def _place_digest(place: Place) -> str:
    """Tell places apart: by the gazetteer, else by name whatever its case and spacing."""
    if place.gazetteer_id is not None:
        return digest("gazetteer", place.gazetteer_id)
    return digest("name", place.kind.value, " ".join(place.name.casefold().split()))
