"""Incidents read from the store page by page. Every function here tells real from invented ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from alertsvc.domain import Incident, IncidentClass, Phase
from alertsvc.store.incidents import get_incident, list_incidents
from alertsvc.web.parameters import Filters, ParameterError

__all__ = ["RECENT", "Listing", "Recent", "read_listing", "read_recent"]

RECENT = timedelta(days=60)
"""No situation stays open longer than this without news: the longest window that can be set."""

MOST_RECENT = 1000
_STEP = 100
_SCANNED = 1000  # so that a filter that nothing passes cannot read the whole table for one page


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of incidents; `after` is where the next one begins, None on the last."""

    incidents: tuple[Incident, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Recent:
    """The incidents that changed within `RECENT`; not `complete` where there are more than were read."""

    incidents: tuple[Incident, ...]
    complete: bool

    @property
    def open(self) -> list[Incident]:
        """Those that are open, highest severity first, newest change first among equals."""
        found = [incident for incident in self.incidents if incident.phase is Phase.OPEN]
        return sorted(found, key=lambda incident: (-incident.severity.value, -incident.changed.timestamp()))

    def tally(self) -> dict[tuple[IncidentClass, Phase], int]:
        """Return how many there are of each class and phase, noughts included."""
        counted = Counter((incident.incident_class, incident.phase) for incident in self.incidents)
        return {(kind, phase): counted[kind, phase] for kind in IncidentClass for phase in Phase}


def read_listing(conn: Connection, filters: Filters) -> Listing:
    """Return the page that the filters ask for, those changed last first.

    A page may be shorter than its limit and yet have a next one, where many incidents were passed over.

    Raises:
        ParameterError: `after` names no incident of this list.
    """
    cursor: Incident | None = None
    if filters.after is not None:
        cursor = get_incident(conn, filters.after)
        if cursor is None or cursor.demonstration != filters.demonstration:
            raise ParameterError("after names no incident of this list")
    found: list[Incident] = []
    step = filters.limit + 1 if filters.phase is None else _STEP
    for _ in range(max(1, _SCANNED // step)):
        batch: Sequence[Incident] = list_incidents(
            conn,
            demonstration=filters.demonstration,
            incident_class=filters.incident_class,
            country=filters.country,
            limit=step,
            after=cursor,
        )
        for incident in batch:
            if filters.phase is not None and incident.phase is not filters.phase:
                continue
            if len(found) == filters.limit:
                return Listing(tuple(found), found[-1].public_id)
            found.append(incident)
        if len(batch) < step:
            return Listing(tuple(found), None)
        cursor = batch[-1]
    return Listing(tuple(found), cursor.public_id if cursor else None)


def read_recent(conn: Connection, now: datetime, *, demonstration: bool) -> Recent:
    """Return the incidents that changed within `RECENT`, at most `MOST_RECENT` of them."""
    found = list_incidents(conn, demonstration=demonstration, since=now - RECENT, limit=MOST_RECENT + 1)
    return Recent(tuple(found[:MOST_RECENT]), len(found) <= MOST_RECENT)
