"""Editions: digests that are the same for everybody who asked for the same, each composed once and sent to all of them.

`COMPOSERS` says by what each kind of digest is composed; a kind that it does not hold is not written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from alertsvc.brief.daily import MAX_ITEMS, compose_daily, peak_severity
from alertsvc.brief.weekly import compose_weekly
from alertsvc.brief.wording import LANGUAGES
from alertsvc.deliver.filters import passes
from alertsvc.domain import Briefing, BriefingKind, Channel, Incident, Subscriber
from alertsvc.earlier import earlier_at
from alertsvc.history import weeks_before
from alertsvc.notebook import notes_of
from alertsvc.settings import Settings
from alertsvc.store.incidents import updated_between

__all__ = ["COMPOSERS", "Composer", "Edition", "Part", "compose", "filter_of", "select", "words_for"]


@dataclass(frozen=True, slots=True)
class Part:
    """What one of the subscriptions of an edition lets through, since when."""

    filter: Subscriber  # of its fields those that `filter_of` keeps
    start: datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """What a digest is told by its facts; equal editions are the same digest."""

    kind: BriefingKind
    start: datetime
    end: datetime
    zone: str
    words: str  # language
    demonstration: bool
    parts: tuple[Part, ...]


Composer = Callable[[Connection, Edition, Sequence[Incident], Sequence[Incident] | None, Settings, datetime], Briefing]
"""Composes an edition of its incidents and, where there are any, those of a period of the same length before."""


def filter_of(subscriber: Subscriber) -> Subscriber:
    """Return a subscription with nothing but its filters, in one form for all that let the same through."""
    return Subscriber(
        name="",
        channel=Channel.FILE,
        target="",
        classes=tuple(sorted(subscriber.classes)),
        countries=tuple(sorted(subscriber.countries)),
        places=tuple(sorted(subscriber.places, key=lambda place: place.id)),
        radius_km=subscriber.radius_km if subscriber.places else 0.0,
        min_severity=subscriber.min_severity,
        demonstration=subscriber.demonstration,
    )


def words_for(language: str) -> str:
    """Return the language that somebody is written to in: the one asked for where there is one, else English."""
    return language if language in LANGUAGES else "en"


def select(conn: Connection, edition: Edition) -> list[Incident]:
    """Return the incidents of an edition: those that changed in its period and that one of its parts lets through."""
    found: dict[str, Incident] = {}
    for start in sorted({part.start for part in edition.parts}):
        filters = [part.filter for part in edition.parts if part.start == start]
        for incident in _passing(conn, edition, start, edition.end, filters):
            found.setdefault(incident.public_id, incident)
    return list(found.values())


def compose(
    conn: Connection,
    edition: Edition,
    incidents: Sequence[Incident],
    settings: Settings,
    now: datetime,
    composers: Mapping[BriefingKind, Composer],
) -> Briefing:
    """Compose an edition of the incidents that `select` gave.

    Raises:
        ValueError: the facts of an incident cannot be told.
        KeyError: there is no composer of this kind.
    """
    length = edition.end - edition.start
    filters = [part.filter for part in edition.parts]
    previous = _passing(conn, edition, edition.start - length, edition.start, filters)
    return composers[edition.kind](conn, edition, incidents, previous or None, settings, now)


def _passing(
    conn: Connection, edition: Edition, start: datetime, end: datetime, filters: Sequence[Subscriber]
) -> list[Incident]:
    return [
        incident
        for incident in updated_between(conn, start, end, demonstration=edition.demonstration)
        if any(passes(incident, incident.severity.value, item) for item in filters)
    ]


def _daily(
    conn: Connection,
    edition: Edition,
    incidents: Sequence[Incident],
    previous: Sequence[Incident] | None,
    settings: Settings,
    now: datetime,
) -> Briefing:
    gravest = sorted(incidents, key=lambda item: -peak_severity(item, edition.start, edition.end))[:MAX_ITEMS]
    return compose_daily(
        incidents,
        start=edition.start,
        end=edition.end,
        zone=edition.zone,
        now=now,
        service=settings.service.name,
        demonstration=edition.demonstration,
        previous=previous,
        language=edition.words,
        notes=notes_of(settings.detect.rules_dir),
        earlier={incident.public_id: earlier_at(conn, incident) for incident in gravest},
    )


def _weekly(
    conn: Connection,
    edition: Edition,
    incidents: Sequence[Incident],
    previous: Sequence[Incident] | None,
    settings: Settings,
    now: datetime,
) -> Briefing:
    zone = ZoneInfo(edition.zone)

    def wanted(incident: Incident) -> bool:
        return any(passes(incident, incident.severity.value, part.filter) for part in edition.parts)

    history = weeks_before(
        conn, edition.start.astimezone(zone).date(), zone, wanted, demonstration=edition.demonstration
    )
    return compose_weekly(
        incidents,
        start=edition.start,
        end=edition.end,
        zone=edition.zone,
        now=now,
        service=settings.service.name,
        demonstration=edition.demonstration,
        previous=previous,
        language=edition.words,
        history=history,
    )


COMPOSERS: Mapping[BriefingKind, Composer] = {BriefingKind.DAILY: _daily, BriefingKind.WEEKLY: _weekly}
