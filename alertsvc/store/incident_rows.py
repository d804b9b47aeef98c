"""Incidents, reports and updates as columns, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import RowMapping

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

__all__ = ["incident_columns", "read_incident", "read_report", "read_update", "update_columns"]


def incident_columns(incident: Incident) -> dict[str, Any]:
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
        "killed": count_data(incident.killed),
        "wounded": count_data(incident.wounded),
        "captured": count_data(incident.captured),
        "demonstration": incident.demonstration,
    }


def update_columns(step: Update) -> dict[str, Any]:
    return {
        "at": step.at,
        "material": step.material,
        "changes": list(step.changes),
        "status": step.status.value,
        "action": step.action.value,
        "severity": step.severity,
        "severity_before": step.severity_before,
        "killed": count_data(step.killed),
        "killed_before": count_data(step.killed_before),
        "report_id": step.report_id,
        "alertable": step.alertable,
    }


def read_incident(row: RowMapping, its_reports: Iterable[Report], its_updates: Iterable[Update]) -> Incident:
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


def read_report(row: RowMapping) -> Report:
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


def read_update(row: RowMapping) -> Update:
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


def count_data(count: Count | None) -> Any:
    return None if count is None else to_json(count)
