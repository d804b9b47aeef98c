"""Incidents as JSON, Atom (RFC 4287) and GeoJSON (RFC 7946). Pure: from incidents to data."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from alertsvc.brief.texts import clean
from alertsvc.domain import Incident, Place, to_json
from alertsvc.web.telling import CLASS_NAMES, Told, counted, label, told

__all__ = ["SCHEMA", "Addresses", "atom", "geojson", "incident_data", "incident_document", "list_document"]

SCHEMA = "alertsvc/incidents/1"
"""Name and version of the JSON documents; the number rises when a field goes or changes its meaning."""

_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Addresses:
    """What links and ids are made of.

    Attributes:
        base: what absolute links begin with, without a slash at the end.
        authority: of `tag:` ids.
        here: path and query of this document.
        page: path and query of the HTML page of the same list.
        following: path and query of the next page of this document; None on the last.
    """

    base: str
    authority: str
    here: str
    page: str
    following: str | None = None

    def incident(self, public_id: str) -> str:
        """Return the address of an incident's page."""
        return f"{self.base}/incidents/{public_id}"

    def tag(self, incident: Incident) -> str:
        """Return an incident's `tag:` id, which never changes: its date is the day it was filed on."""
        return f"tag:{self.authority},{incident.opened.astimezone(UTC):%Y-%m-%d}:incident/{incident.public_id}"


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def incident_data(incident: Incident, addresses: Addresses) -> dict[str, Any]:
    """Return an incident as JSON data: every field of it as stored, with headline, label and link before them."""
    words = told(incident)
    return {
        "headline": words.mark + words.headline,
        "category": words.category,
        "label": label(incident.severity.value),
        "link": addresses.incident(incident.public_id),
        **to_json(incident),
    }


def _head(now: datetime, *, demonstration: bool) -> dict[str, Any]:
    head: dict[str, Any] = {"schema": SCHEMA, "generated": _instant(now), "demonstration": demonstration}
    if demonstration:
        head["notice"] = "[DEMO] invented events"
    return head


def list_document(
    incidents: Sequence[Incident], addresses: Addresses, now: datetime, *, demonstration: bool
) -> dict[str, Any]:
    """Return the JSON document of a list."""
    return {
        **_head(now, demonstration=demonstration),
        "next": addresses.base + addresses.following if addresses.following else None,
        "incidents": [incident_data(incident, addresses) for incident in incidents],
    }


def incident_document(incident: Incident, addresses: Addresses, now: datetime) -> dict[str, Any]:
    """Return the JSON document of one incident."""
    return {**_head(now, demonstration=incident.demonstration), "incident": incident_data(incident, addresses)}


def _point(place: Place) -> dict[str, Any] | None:
    """Return the place as a point, longitude first; None where it is not known or not on the globe."""
    if place.latitude is None or place.longitude is None:
        return None
    if not (math.isfinite(place.latitude) and math.isfinite(place.longitude)):
        return None
    if abs(place.latitude) > 90 or abs(place.longitude) > 180:
        return None
    return {"type": "Point", "coordinates": [round(place.longitude, 6), round(place.latitude, 6)]}


def _feature(incident: Incident, addresses: Addresses) -> dict[str, Any]:
    words = told(incident)
    data = to_json(incident)
    names = ("phase", "status", "action", "event_date", "last_event", "opened", "changed", "killed", "demonstration")
    return {
        "type": "Feature",
        "id": incident.public_id,
        "geometry": _point(incident.place),
        "properties": {
            "headline": words.mark + words.headline,
            "class": incident.incident_class.value,
            "place": words.place,
            "country": incident.place.country,
            "in_gazetteer": incident.place.gazetteer_id is not None,
            "severity": incident.severity.value,
            "label": label(incident.severity.value),
            **{name: data[name] for name in names},
            "reports": len(incident.reports),
            "origins": words.origins,
            "link": addresses.incident(incident.public_id),
        },
    }


def geojson(incidents: Sequence[Incident], addresses: Addresses) -> dict[str, Any]:
    """Return a feature collection; an incident whose place has no coordinates has a null geometry."""
    document: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": [_feature(incident, addresses) for incident in incidents],
    }
    if addresses.following:
        document["next"] = addresses.base + addresses.following
    return document


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, name, attributes)
    element.text = text
    return element


def _summary(words: Told) -> str:
    incident = words.incident
    lines = [
        words.bar,
        f"{words.place}, {words.countries or 'country not known'} - {words.when}",
        f"Deaths: {counted(incident.killed)}. Situation: {incident.phase.value}.",
        f"Reports: {len(incident.reports)}, independent sources: {words.origins}.",
    ]
    newest = max(incident.updates, key=lambda update: update.number, default=None)
    if newest is not None and newest.changes:
        lines.append(f"Update {newest.number}: {'; '.join(clean(change, 160) for change in newest.changes)}.")
    return "\n".join(lines)


def _entry(feed: ET.Element, incident: Incident, addresses: Addresses) -> None:
    words = told(incident)
    entry = ET.SubElement(feed, "entry")
    _add(entry, "id", addresses.tag(incident))
    _add(entry, "title", words.mark + words.headline)
    _add(entry, "published", _instant(incident.opened))
    _add(entry, "updated", _instant(incident.changed))
    _add(entry, "link", rel="alternate", type="text/html", href=addresses.incident(incident.public_id))
    _add(entry, "category", term=incident.incident_class.value, label=CLASS_NAMES[incident.incident_class])
    _add(entry, "summary", _summary(words), type="text")


def atom(
    incidents: Sequence[Incident], addresses: Addresses, now: datetime, *, service: str, demonstration: bool
) -> bytes:
    """Return an Atom feed. An incident keeps its id for good, and `updated` is its last material change."""
    # Plain names under one xmlns attribute: ElementTree's own namespaces need a registry that all of a process shares.
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    mark = "[DEMO] invented events, " if demonstration else ""
    _add(feed, "id", f"tag:{addresses.authority},2026:{addresses.page.lstrip('/')}")
    _add(feed, "title", f"{mark}{clean(service, 60)}: incidents")
    _add(feed, "updated", _instant(max((incident.changed for incident in incidents), default=now)))
    _add(_add(feed, "author"), "name", clean(service, 60))
    _add(feed, "link", rel="self", type="application/atom+xml", href=addresses.base + addresses.here)
    _add(feed, "link", rel="alternate", type="text/html", href=addresses.base + addresses.page)
    if addresses.following:
        _add(feed, "link", rel="next", type="application/atom+xml", href=addresses.base + addresses.following)
    for incident in incidents:
        _entry(feed, incident, addresses)
    body: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return body
