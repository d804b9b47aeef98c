"""What the store knows of an incident's place: the incidents that were there before."""

from __future__ import annotations

from sqlalchemy import Connection

from alertsvc.brief.background import MAX_EARLIER
from alertsvc.domain import Incident
from alertsvc.store.filing import before
from alertsvc.store.incidents import load_incidents
from alertsvc.track.blocking import place_keys
from alertsvc.track.places import same_place

__all__ = ["earlier_at"]

_SOUGHT = MAX_EARLIER + 15  # some may turn out to be elsewhere, later, or taken back


def earlier_at(conn: Connection, incident: Incident) -> list[Incident]:
    """Return other incidents of the same class at an incident's place, the latest of them where there are many."""
    keys = place_keys(incident.incident_class, incident.place, demonstration=incident.demonstration)
    if not keys:
        return []
    found = load_incidents(conn, before(conn, keys, limit=_SOUGHT)).values()
    return [
        other
        for other in found
        if other.public_id != incident.public_id and same_place(incident.incident_class, incident.place, other.place)
    ]
