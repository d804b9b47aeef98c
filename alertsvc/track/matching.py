"""Which incident a report fits: place, time and action.

A report is compatible in time where its day lies within the window of the days that the incident's reports tell. An
incident that was closed for want of news takes a late report of that time; a later happening opens a new one. Accidents
and armed action at one site are one story only where they lie a day apart at most, or where the one stopped or
restarted the site. Where several incidents fit, the one whose text it repeats has it, then the nearest in time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alertsvc.domain import Action, Incident, Report
from alertsvc.track.copies import COPY_FROM, likeness
from alertsvc.track.course import day_of
from alertsvc.track.origins import standing
from alertsvc.track.places import any_same, same_place

__all__ = ["Match", "best_match", "earlier_report", "own_incident"]

_STOPS = frozenset({Action.SHUTDOWN, Action.RESUMPTION, Action.CLOSURE, Action.REOPENING})


@dataclass(frozen=True, slots=True)
class Match:
    """An incident that a report fits."""

    incident: Incident
    gap: int  # days between the report and the incident's own
    share: float  # of text in common with its reports, at most


def own_incident(report: Report, known: Sequence[Incident]) -> Incident | None:
    """Return the incident that holds this article's report of the same place."""
    holding = [(incident, earlier) for incident in known if (earlier := earlier_report(report, incident)) is not None]
    exact = [incident for incident, earlier in holding if earlier.detection.place == report.detection.place]
    return next(iter(exact or [incident for incident, _ in holding]), None)


def earlier_report(report: Report, incident: Incident) -> Report | None:
    """Return what an incident holds of this article at this place."""
    mine = [other for other in incident.reports if other.article_id == report.article_id]
    place = report.detection.place
    exact = [other for other in mine if other.detection.place == place]
    alike = [other for other in mine if same_place(incident.incident_class, place, other.detection.place)]
    return next(iter(exact or alike), None)


def best_match(
    report: Report, known: Sequence[Incident], text: str, texts: Mapping[int, str], window_days: int
) -> Match | None:
    """Return the incident that a report fits best; None where it fits none.

    Args:
        known: incidents of the report's class.
        text: of the report's article.
        texts: of the incidents' articles by id, as far as they are known.
        window_days: days that may lie between happenings of one incident.
    """
    found = [match for incident in known if (match := _match(report, incident, text, texts, window_days)) is not None]
    return min(
        found,
        key=lambda match: (
            match.share < COPY_FROM,
            match.gap,
            -match.share,
            match.incident.opened,
            match.incident.public_id,
        ),
        default=None,
    )


def _match(report: Report, incident: Incident, text: str, texts: Mapping[int, str], window_days: int) -> Match | None:
    """Say how well a report fits an incident; None where it does not."""
    told = [other for other in incident.reports if standing(other)] or list(incident.reports)
    places = [incident.place, *(other.detection.place for other in told)]
    if not any_same(incident.incident_class, report.detection.place, places):
        return None
    day = day_of(report)
    days = [day_of(other) for other in told]
    gap = max(0, (min(days) - day).days, (day - max(days)).days) if days else 0
    if gap > window_days or not _one_story(report, told):
        return None
    shares = [likeness(text, texts[other.article_id]).share for other in told if other.article_id in texts]
    return Match(incident, gap, max(shares, default=0.0))


def _one_story(report: Report, told: Sequence[Report]) -> bool:
    """Say whether an action fits those of an incident: an accident and an attack of different days are two things."""
    action = report.detection.action
    if action in _STOPS:
        return True
    accident = action is Action.ACCIDENT
    return any(
        other.detection.action in _STOPS
        or (other.detection.action is Action.ACCIDENT) is accident
        or abs((day_of(report) - day_of(other)).days) <= 1
        for other in told
    )
