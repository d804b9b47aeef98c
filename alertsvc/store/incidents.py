"""Incidents with their reports and updates.

A report is one article's account of an incident: there is one for each incident, article, class and place, and each
belongs to one incident. What is read is always complete; what is written may be written again without harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, or_, select, tuple_, update

from alertsvc.domain import (
    Action,
    Count,
    Detection,
    Incident,
    IncidentClass,
    Phase,
    Place,
    Report,
    Severity,
    Status,
    Update,
    from_json,
    to_json,
)
from alertsvc.errors import StoreError
from alertsvc.store.leases import take_lock
from alertsvc.store.schema import incidents, reports, updates
from alertsvc.store.upsert import insert_or_ignore, upsert
from alertsvc.store.values import digest

__all__ = [
    "article_reports",
    "candidates",
    "get_incident",
    "insert_incident",
    "list_incidents",
    "lock_class",
    "save_incident",
    "updated_between",
]

_AT_ONCE = 500  # ids in one IN list


def lock_class(conn: Connection, incident_class: IncidentClass) -> None:
    """Make this transaction the only one that files incidents of the class, until it ends."""
    take_lock(conn, f"class:{incident_class.value}")


def candidates(
    conn: Connection, incident_class: IncidentClass, *, demonstration: bool, since: datetime
) -> list[Incident]:
    """Return the incidents of a class that changed, or whose last event was, at `since` or later, oldest first."""
    query = select(incidents).where(
        incidents.c.incident_class == incident_class.value,
        incidents.c.demonstration == demonstration,
        or_(incidents.c.changed >= since, incidents.c.last_event >= since.date()),
    )
    return _load(conn, query.order_by(incidents.c.id))


def insert_incident(conn: Connection, incident: Incident) -> Incident:
    """Store a new incident with its reports and updates; return it as stored, with its ids.

    Raises:
        StoreError: there is an incident of this public id already.
    """
    statement = insert_or_ignore(conn, incidents, ("public_id",)).values(
        public_id=incident.public_id, **_columns(incident)
    )
    incident_id = conn.execute(statement.returning(incidents.c.id)).scalar_one_or_none()
    if incident_id is None:
        raise StoreError(f"incident {incident.public_id} exists already", permanent=True)
    return _save_parts(conn, replace(incident, id=incident_id))


def save_incident(conn: Connection, incident: Incident) -> Incident:
    """Write an incident that is stored already; return it as stored, with its ids.

    A report without an id replaces the one of the same article, class and place, or is new; one with an id is written
    over, and moves here if it belonged to another incident. An update is known by its number. Reports and updates that
    are stored and missing from `incident` stay.

    Raises:
        StoreError: the incident, or a report that has an id, is not stored.
    """
    changed = conn.execute(update(incidents).where(incidents.c.id == incident.id).values(**_columns(incident)))
    if incident.id is None or changed.rowcount == 0:
        raise StoreError(f"incident {incident.public_id} is not stored", permanent=True)
    return _save_parts(conn, incident)


def get_incident(conn: Connection, public_id: str) -> Incident | None:
    """Return an incident by its public id."""
    found = _load(conn, select(incidents).where(incidents.c.public_id == public_id))
    return found[0] if found else None


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
    """Return incidents, those changed last first.

    Args:
        demonstration: only those of the demonstration, or only the others; None for both.
        incident_class: only this class.
        country: only this country; a crossing passes by either side.
        since: only those that changed then or later.
        limit: at most so many.
        after: the last incident of the page before.
    """
    query = select(incidents).order_by(incidents.c.changed.desc(), incidents.c.id.desc()).limit(limit)
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
    """Return the incidents that have an update from `start` up to but without `end`, oldest first."""
    updated = select(updates.c.incident_id).where(updates.c.at >= start, updates.c.at < end)
    query = select(incidents).where(incidents.c.id.in_(updated), incidents.c.demonstration == demonstration)
    return _load(conn, query.order_by(incidents.c.id))


def article_reports(conn: Connection, article_id: int) -> list[tuple[str, Report]]:
    """Return an article's reports, each with the public id of its incident."""
    query = (
        select(incidents.c.public_id, reports)
        .join(incidents, incidents.c.id == reports.c.incident_id)
        .where(reports.c.article_id == article_id)
        .order_by(reports.c.id)
    )
    return [(row["public_id"], _report(row)) for row in conn.execute(query).mappings()]


def _in_country(country: str) -> ColumnElement[bool]:
    column = incidents.c.country
    return or_(
        column == country,
        column.startswith(f"{country}-", autoescape=True),
        column.endswith(f"-{country}", autoescape=True),
    )


def _columns(incident: Incident) -> dict[str, Any]:
    return {
        "incident_class": incident.incident_class.value,
        "country": incident.place.country,
        "place": to_json(incident.place),
        "action": incident.action.value,
        "phase": incident.phase.value,
        "status": incident.status.value,
        "severity_value": incident.severity.value,
        "severity": to_json(incident.severity),
        "opened": incident.opened,
        "changed": incident.changed,
        "event_date": incident.event_date,
        "last_event": incident.last_event,
        "killed": _count_data(incident.killed),
        "wounded": _count_data(incident.wounded),
        "captured": _count_data(incident.captured),
        "demonstration": incident.demonstration,
    }


def _save_parts(conn: Connection, incident: Incident) -> Incident:
    incident_id = incident.id
    assert incident_id is not None
    before = get_incident(conn, incident.public_id)
    assert before is not None
    for report in incident.reports:
        if report not in before.reports:
            _save_report(conn, incident, incident_id, report)
    for step in incident.updates:
        if step in before.updates:
            continue
        values = _update_columns(step)
        row = {"incident_id": incident_id, "number": step.number, **values}
        conn.execute(upsert(conn, updates, row, on=("incident_id", "number"), change=values))
    stored = get_incident(conn, incident.public_id)
    assert stored is not None
    return stored


def _save_report(conn: Connection, incident: Incident, incident_id: int, report: Report) -> None:
    detection = report.detection
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
        "detection": to_json(detection),
        "same_text_as": report.same_text_as,
    }
    if report.id is None:
        conn.execute(upsert(conn, reports, {**account, **values}, on=tuple(account), change=values))
        return
    changed = conn.execute(update(reports).where(reports.c.id == report.id).values(**account, **values))
    if changed.rowcount == 0:
        raise StoreError(f"incident {incident.public_id}: report {report.id} is not stored", permanent=True)


def _place_digest(place: Place) -> str:
    """Tell places apart: by the gazetteer, else by name whatever its case and spacing."""
    if place.gazetteer_id is not None:
        return digest("gazetteer", place.gazetteer_id)
    return digest("name", place.kind.value, " ".join(place.name.casefold().split()))


def _update_columns(step: Update) -> dict[str, Any]:
    return {
        "at": step.at,
        "material": step.material,
        "changes": list(step.changes),
        "status": step.status.value,
        "action": step.action.value,
        "severity": step.severity,
        "severity_before": step.severity_before,
        "killed": _count_data(step.killed),
        "killed_before": _count_data(step.killed_before),
        "report_id": step.report_id,
        "alertable": step.alertable,
    }


def _load(conn: Connection, query: Select[Any]) -> list[Incident]:
    """Return the incidents that `query` selects, complete, in its order."""
    rows = conn.execute(query).mappings().all()
    its_reports: dict[int, list[Report]] = {row["id"]: [] for row in rows}
    its_updates: dict[int, list[Update]] = {row["id"]: [] for row in rows}
    for ids in _chunks(list(its_reports)):
        of_reports = select(reports).where(reports.c.incident_id.in_(ids)).order_by(reports.c.id)
        for row in conn.execute(of_reports).mappings():
            its_reports[row["incident_id"]].append(_report(row))
        of_updates = select(updates).where(updates.c.incident_id.in_(ids)).order_by(updates.c.number)
        for row in conn.execute(of_updates).mappings():
            its_updates[row["incident_id"]].append(_update(row))
    return [_incident(row, its_reports[row["id"]], its_updates[row["id"]]) for row in rows]


def _incident(row: RowMapping, its_reports: Iterable[Report], its_updates: Iterable[Update]) -> Incident:
    return Incident(
        id=row["id"],
        public_id=row["public_id"],
        incident_class=IncidentClass(row["incident_class"]),
        place=from_json(Place, row["place"]),
        action=Action(row["action"]),
        phase=Phase(row["phase"]),
        status=Status(row["status"]),
        severity=from_json(Severity, row["severity"]),
        opened=row["opened"],
        changed=row["changed"],
        event_date=row["event_date"],
        last_event=row["last_event"],
        killed=_count(row["killed"]),
        wounded=_count(row["wounded"]),
        captured=_count(row["captured"]),
        demonstration=row["demonstration"],
        reports=tuple(its_reports),
        updates=tuple(its_updates),
    )


def _report(row: RowMapping) -> Report:
    return Report(
        id=row["id"],
        article_id=row["article_id"],
        outlet=row["outlet"],
        outlet_name=row["outlet_name"],
        origin=row["origin"],
        title=row["title"],
        url=row["url"],
        language=row["language"],
        published=row["published"],
        fetched=row["fetched"],
        detection=from_json(Detection, row["detection"]),
        same_text_as=row["same_text_as"],
    )


def _update(row: RowMapping) -> Update:
    return Update(
        number=row["number"],
        at=row["at"],
        material=row["material"],
        changes=tuple(row["changes"]),
        status=Status(row["status"]),
        action=Action(row["action"]),
        severity=row["severity"],
        severity_before=row["severity_before"],
        killed=_count(row["killed"]),
        killed_before=_count(row["killed_before"]),
        report_id=row["report_id"],
        alertable=row["alertable"],
    )


def _count(data: Any) -> Count | None:
    return None if data is None else from_json(Count, data)


def _count_data(count: Count | None) -> Any:
    return None if count is None else to_json(count)


def _chunks(items: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
