"""Stores incidents between which reports have moved, within the caller's write transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import Connection

from alertsvc.domain import Incident, Update
from alertsvc.store.incident_writes import delete_reports
from alertsvc.track.filed import Filed
from alertsvc.track.joining import Ruled
from alertsvc.track.shelf import Known, Shelf

__all__ = ["settle"]


def settle(conn: Connection, shelf: Shelf, known: Mapping[str, Known], ruled: Iterable[Ruled]) -> list[Filed]:
    """Store what became of incidents that were ruled on or joined; return it in the order given.

    Args:
        known: the incidents as they are stored, by public id; one that is missing is new.
    """
    results = list(ruled)
    stored: dict[str, Filed] = {}
    # Those that have gained reports first: a report moves by being written where it now is.
    for item in sorted(results, key=lambda item: -len(item.filing.incident.reports)):
        incident, update = item.filing.incident, item.filing.update
        before = known.get(incident.public_id)
        told = None if before is None else before.incident
        if before is not None:
            # What went elsewhere is no longer known here.
            kept = {report.id for report in incident.reports}
            reports = tuple(report for report in before.incident.reports if report.id in kept)
            before = replace(before, incident=replace(before.incident, reports=reports))
        earlier = tuple(one for one in incident.updates if one is not update)
        made = shelf.put(conn, replace(incident, updates=earlier), before)
        if update is not None:
            made = shelf.step(conn, made, update)
            update = made.incident.updates[-1]
        stored[incident.public_id] = Filed(
            made.incident, update, item.filing.created, correction=item.correction, told=_with(told, update)
        )
    kept = {report.id for filed in stored.values() for report in filed.incident.reports}
    # What an article reported twice, once in each of two merged incidents, is kept once.
    held = {report.id for one in known.values() for report in one.incident.reports if report.id}
    delete_reports(conn, held - kept)
    return [stored[item.filing.incident.public_id] for item in results]


def _with(incident: Incident | None, update: Update | None) -> Incident | None:
    if incident is None or update is None:
        return incident
    return replace(incident, updates=(*incident.updates, update))
