"""Incidents selected from the store and written out as JSON, CSV or GeoJSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection

from alertsvc.brief.texts import clean
from alertsvc.domain import Count, Incident, IncidentClass, Phase
from alertsvc.settings import Settings
from alertsvc.store.incidents import list_incidents
from alertsvc.web.exports import Addresses, geojson, list_document
from alertsvc.web.pages import NO_AUTHORITY
from alertsvc.web.telling import label, told

__all__ = ["CSV_COLUMNS", "FORMATS", "Selection", "addresses", "as_csv", "as_geojson", "as_json", "safe_cell", "select"]

_PAGE = 200
# What a spreadsheet takes for the beginning of a formula, its full-width forms included (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which incidents are wanted; `demonstration` asks for the invented ones in place of the real ones.

    `country` passes a crossing by either side, `since` counts from the last material change.
    """

    demonstration: bool = False
    incident_class: IncidentClass | None = None
    country: str | None = None
    phase: Phase | None = None
    since: datetime | None = None


def select(conn: Connection, selection: Selection, limit: int | None = None) -> Iterator[Incident]:
    """Yield incidents, those changed last first, at most `limit` of them."""
    last: Incident | None = None
    given = 0
    while True:
        page = list_incidents(
            conn,
            demonstration=selection.demonstration,
            incident_class=selection.incident_class,
            country=selection.country,
            since=selection.since,
            limit=_PAGE,
            after=last,
        )
        for incident in page:
            if given == limit:
                return
            if selection.phase is None or incident.phase is selection.phase:
                given += 1
                yield incident
        if len(page) < _PAGE:
            return
        last = page[-1]


def addresses(settings: Settings, path: str = "/incidents") -> Addresses:
    """Return what links are made of: the public address where one is set, else that of this machine's own pages."""
    public = settings.service.public_url
    base = public.rstrip("/") if public else f"http://localhost:{settings.web.port}"
    authority = (urlsplit(public).hostname if public else None) or NO_AUTHORITY
    return Addresses(base=base, authority=authority, here=path, page=path)


def as_json(incidents: Sequence[Incident], settings: Settings, now: datetime, *, demonstration: bool) -> str:
    """Return the same document as `/incidents.json`, all on one page."""
    return _dumped(list_document(incidents, addresses(settings), now, demonstration=demonstration))


def as_geojson(incidents: Sequence[Incident], settings: Settings, now: datetime, *, demonstration: bool) -> str:
    """Return the same document as `/incidents.geojson`, all on one page."""
    return _dumped(geojson(incidents, addresses(settings)))


def _dumped(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def safe_cell(value: str) -> str:
    """Return text that no spreadsheet takes for a formula: with an apostrophe before it where it begins like one."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _bounds(count: Count | None) -> tuple[int | None, int | None]:
    return (None, None) if count is None else (count.low, count.high)


def _row(incident: Incident, base: str) -> dict[str, Any]:
    words = told(incident)
    place = incident.place
    row: dict[str, Any] = {
        "id": incident.public_id,
        "headline": words.mark + words.headline,
        "class": incident.incident_class.value,
        "category": words.category,
        "action": incident.action.value,
        "place": clean(place.name),
        "place_kind": place.kind.value,
        "country": place.country,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "gazetteer_id": place.gazetteer_id,
        "capital": place.capital,
        "km_to_capital": place.km_to_capital,
        "severity": incident.severity.value,
        "label": label(incident.severity.value),
        "status": incident.status.value,
        "phase": incident.phase.value,
        "event_date": incident.event_date.isoformat() if incident.event_date else None,
        "last_event": incident.last_event.isoformat() if incident.last_event else None,
    }
    for name, count in (("killed", incident.killed), ("wounded", incident.wounded), ("captured", incident.captured)):
        row[f"{name}_low"], row[f"{name}_high"] = _bounds(count)
    return row | {
        "opened": _instant(incident.opened),
        "changed": _instant(incident.changed),
        "reports": len(incident.reports),
        "origins": words.origins,
        "outlets": "; ".join(dict.fromkeys(clean(report.outlet_name or report.outlet) for report in incident.reports)),
        "links": " ".join(dict.fromkeys(clean(report.url) for report in incident.reports if report.url)),
        "page": f"{base}/incidents/{incident.public_id}",
        "demonstration": "yes" if incident.demonstration else "no",
    }


CSV_COLUMNS = (
    "id headline class category action place place_kind country latitude longitude gazetteer_id capital km_to_capital "
    "severity label status phase event_date last_event killed_low killed_high wounded_low wounded_high captured_low "
    "captured_high opened changed reports origins outlets links page demonstration"
).split()
"""The columns of the CSV, in their order."""


def as_csv(incidents: Sequence[Incident], settings: Settings, now: datetime, *, demonstration: bool) -> str:
    """Return a table (RFC 4180) with one line for each incident; unknown values are empty.

    Text that a spreadsheet would take for a formula is escaped; numbers stay numbers, a longitude of -1.5 among them.
    """
    base = addresses(settings).base
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, CSV_COLUMNS)
    writer.writeheader()
    for incident in incidents:
        row = _row(incident, base)
        writer.writerow({name: safe_cell(value) if isinstance(value, str) else value for name, value in row.items()})
    return stream.getvalue()


FORMATS: dict[str, Callable[..., str]] = {"json": as_json, "csv": as_csv, "geojson": as_geojson}
"""What writes each format; each takes incidents, settings, the present, and whether they are invented."""
