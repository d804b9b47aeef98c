"""Incidents with their reports and updates.

A report is one article's account of an incident: there is one for each incident, article, class and place, and each
belongs to one incident. What is read is always complete; what is written may be written again without harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import datetime
from functools import lru_cache
from secrets import randbits
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    RowMapping,
    Select,
    bindparam,
    delete,
    func,
    or_,
    select,
    tuple_,
    update,
)

from alertsvc.domain import (
    Action,
    Count,
    Detection,
    Incident,
    IncidentClass,
    Phase,
    Place,
    Report,
    Ruling,
    Severity,
    Status,
    Update,
    from_json,
    to_json,
)
from alertsvc.errors import StoreError
from alertsvc.store.leases import take_lock
from alertsvc.store.schema import incident_states, incidents, reports, updates
from alertsvc.store.upsert import Insert, insert_or_ignore, upsert_rows
from alertsvc.store.values import Scrubbed, digest, scrub, scrub_text

__all__ = [
    "add_update",
    "article_reports",
    "candidates",
    "delete_reports",
    "get_current",
    "get_incident",
    "has_incident",
    "insert_incident",
    "list_incidents",
    "load_incidents",
    "lock_class",
    "opened_by",
    "save_incident",
    "updated_between",
]

_CURRENT = incident_states.c.merged_into.is_(None)

# Built once, since building a statement takes longer than running it.
_SAVE = update(incidents).where(incidents.c.id == bindparam("row"))
_SAVE_REPORT = update(reports).where(reports.c.id == bindparam("row"))

_AT_ONCE = 500  # ids in one IN list
_TOKEN_BITS = 62

_ELSEWHERE = frozenset({"id", "public_id", "reports", "updates", "follows", "merged_into", "ruling"})
_COLUMNS = tuple(item.name for item in fields(Incident) if item.name not in _ELSEWHERE)

T = TypeVar("T")

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


@lru_cache(maxsize=8)
def _returning_id(statement: Insert) -> Executable:
    return statement.returning(reports.c.id)


def lock_class(conn: Connection, incident_class: IncidentClass) -> None:
    """Make this transaction the only one that files incidents of the class, until it ends."""
    take_lock(conn, f"class:{incident_class.value}")


def candidates(
    conn: Connection, incident_class: IncidentClass, *, demonstration: bool, since: datetime
) -> list[Incident]:
    """Return the incidents of a class that changed, or whose last event was, at `since` or later, oldest first."""
    query = _ALL.where(
        incidents.c.incident_class == incident_class.value,
        incidents.c.demonstration == demonstration,
        or_(incidents.c.changed >= since, incidents.c.last_event >= since.date()),
    )
    return _load(conn, query.order_by(incidents.c.id))


def insert_incident(conn: Connection, incident: Incident, *, token: int | None = None) -> Incident:
    """Store a new incident with its reports and updates; return it as stored, with its ids.

    Args:
        token: that tells this state of it from every other; else one is made up.

    Raises:
        StoreError: there is an incident of this public id already.
    """
    statement = insert_or_ignore(conn, incidents, ("public_id",)).values(
        public_id=incident.public_id, **_columns(incident)
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
        conn.execute(_SAVE, {"row": incident.id, **_columns(incident)})
    return _save_parts(conn, incident, before, token)


def add_update(conn: Connection, incident: Incident, step: Update) -> Incident:
    """Store one more update of a stored incident and return the incident with it."""
    assert incident.id is not None
    stored = _save_update(conn, incident.id, step)
    updates_now = (*(item for item in incident.updates if item.number != step.number), stored)
    return replace(incident, updates=tuple(sorted(updates_now, key=lambda item: item.number)))


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


def delete_reports(conn: Connection, ids: Iterable[int]) -> None:
    """Take reports out for good."""
    for some in _chunks(sorted(ids)):
        conn.execute(delete(reports).where(reports.c.id.in_(some)))


def opened_by(conn: Connection, outlet: str, *, since: datetime) -> int:
    """Return how many incidents that may be flashed an outlet has opened by articles fetched since then."""
    return conn.execute(_OPENED, {"outlet": outlet, "since": since}).scalar_one()


def article_reports(conn: Connection, article_id: int) -> list[tuple[str, Report]]:
    """Return an article's reports, each with the public id of its incident."""
    return [(row["public_id"], _report(row)) for row in conn.execute(_OF_ARTICLE, {"article": article_id}).mappings()]


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
        if report.id is None or kept.get(report.id) != report:
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
    values = _update_columns(step)
    row = {"incident_id": incident_id, "number": step.number, **values}
    conn.execute(upsert_rows(conn, updates, tuple(row), ("incident_id", "number")), row)
    return replace(step, changes=tuple(scrub_text(change) for change in step.changes))


def _save_report(conn: Connection, incident: Incident, incident_id: int, report: Report) -> Report:
    """Write a report and return it as it is then stored."""
    detection = report.detection
    told = to_json(detection)
    data = Scrubbed(scrub(told))
    clean = detection if data == told else from_json(Detection, data)
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
    clean = scrub(data)
    return value if clean == data else from_json(type(value), clean)


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


def _load(conn: Connection, query: Select[Any], values: dict[str, Any] | None = None) -> list[Incident]:
    """Return the incidents that `query` selects, complete, in its order."""
    rows = conn.execute(query, values).mappings().all()
    its_reports: dict[int, list[Report]] = {row["id"]: [] for row in rows}
    its_updates: dict[int, list[Update]] = {row["id"]: [] for row in rows}
    for ids in _chunks(list(its_reports)):
        for row in conn.execute(_REPORTS, {"ids": ids}).mappings():
            its_reports[row["incident_id"]].append(_report(row))
        for row in conn.execute(_UPDATES, {"ids": ids}).mappings():
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
        follows=row["follows"],
        merged_into=row["merged_into"],
        ruling=Ruling(row["ruling"]) if row["ruling"] else None,
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
