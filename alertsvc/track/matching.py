"""Which incident a report fits: place, time and action.

A report of the incident's own place is compatible in time where its day lies within the window of the days that the
incident's reports tell, or of its last news. One that is tied to it by less (see `sites`) must tell a related action a
day or two apart. An incident that was closed for want of news takes a late report of that time; a later happening opens
a new one. Accidents and armed action at one site are one story only where they lie a day apart at most, or where the
one stopped or restarted the site. Where several incidents fit, the one whose text it repeats has it, then the one that
it is tied to most strongly, then the nearest in time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from alertsvc.domain import Action, Incident, Report, Ruling
from alertsvc.track.copies import COPY_FROM, Sketch, likeness
from alertsvc.track.course import day_of, told_at
from alertsvc.track.origins import standing
from alertsvc.track.places import same_place
from alertsvc.track.sites import LOOSE_DAYS, Tie, placed, related, tie

__all__ = ["Match", "best_match", "earlier_report", "own_incident"]

_STOPS = frozenset({Action.SHUTDOWN, Action.RESUMPTION, Action.CLOSURE, Action.REOPENING})


@dataclass(frozen=True, slots=True)
class Match:
    """An incident that a report fits."""

    incident: Incident
    tie: Tie
    gap: int  # days between the report and the incident's own
    share: float  # of text in common with its reports, at most

    @property
    def copy(self) -> bool:
        """The report repeats a text of the incident."""
        return self.share >= COPY_FROM


def own_incident(report: Report, known: Sequence[Incident]) -> Incident | None:
    """Return the incident that holds this article's report of the same place."""
    holding = [(incident, earlier) for incident in known if (earlier := earlier_report(report, incident)) is not None]
    if not holding:
        # An analyst's ruling holds whatever place the edited article names.
        return next((incident for incident in known if _put_here(report, incident) is not None), None)
    exact = [incident for incident, earlier in holding if earlier.detection.place == report.detection.place]
    return next(iter(exact or [incident for incident, _ in holding]), None)


def earlier_report(report: Report, incident: Incident) -> Report | None:
    """Return what an incident holds of this article at this place."""
    mine = [other for other in incident.reports if other.article_id == report.article_id]
    place = report.detection.place
    exact = [other for other in mine if other.detection.place == place]
    alike = [other for other in mine if same_place(incident.incident_class, place, other.detection.place)]
    return next(iter(exact or alike), None) or _put_here(report, incident)


def _put_here(report: Report, incident: Incident) -> Report | None:
    """Return the report of the same article that an analyst moved to an incident."""
    mine = (other for other in incident.reports if other.article_id == report.article_id)
    return next((other for other in mine if not placed(other)), None)


def best_match(
    report: Report, known: Sequence[Incident], text: Sketch, texts: Mapping[int, Sketch], window_days: int
) -> Match | None:
    """Return the incident that a report fits best; None where it fits none.

    Args:
        known: incidents of the report's class.
        text: sketch of the report's article.
        texts: sketches of the incidents' articles by id, as far as they are known.
        window_days: days that may lie between happenings of one incident.
    """
    found = [match for incident in known if (match := _match(report, incident, text, texts, window_days)) is not None]
    unnamed = [match for match in found if match.tie is Tie.UNNAMED and not match.copy]
    if len(unnamed) > 1 or any(_apart(report, match.incident) > 1 for match in unnamed):
        found = [match for match in found if match not in unnamed]  # any of them, or none, could be meant
    return min(
        found,
        key=lambda match: (
            not match.copy,
            -match.tie,
            match.gap,
            -match.share,
            match.incident.opened,
            match.incident.public_id,
        ),
        default=None,
    )


def _apart(report: Report, incident: Incident) -> int:
    """Return the days between a report and the nearest one of an incident that tells a related action."""
    day, action = day_of(report), report.detection.action
    days = [day_of(other) for other in incident.reports if related(action, other.detection.action)]
    return min((abs((day - other).days) for other in days), default=0)


def _match(
    report: Report, incident: Incident, text: Sketch, texts: Mapping[int, Sketch], window_days: int
) -> Match | None:
    """Say how well a report fits an incident; None where it does not."""
    told = [other for other in incident.reports if standing(other)] or list(incident.reports)
    tied = tie(incident.incident_class, report.detection, incident.place, told)
    if tied is Tie.NONE:
        return None
    gap = _gap(report, told, window_days)
    if tied is Tie.PLACE:
        fits = gap <= window_days and _one_story(report, told)
    else:
        near = [other for other in told if abs((day_of(report) - day_of(other)).days) <= LOOSE_DAYS]
        fits = any(related(report.detection.action, other.detection.action) for other in near)
    if not fits:
        return None
    shares = [likeness(text, texts[other.article_id]).share for other in told if other.article_id in texts]
    match = Match(incident, tied, gap, max(shares, default=0.0))
    return match if match.copy or _open_to(incident, report) else None


def _open_to(incident: Incident, report: Report) -> bool:
    """Say whether an incident still takes reports that repeat none of its own, as analysts ruled."""
    if incident.merged_into is not None or incident.ruling is Ruling.WITHDRAWN:
        return False
    if incident.ruling is not Ruling.CLOSED or incident.last_event is None:
        return True
    return day_of(report) <= incident.last_event


def _gap(report: Report, told: Sequence[Report], window_days: int) -> int:
    """Return the days between a report's happening and the incident, from its first happening to its last news.

    News keeps a situation alive: "still shut" a week later counts on its own day, a look back at it does not.
    """
    if not told:
        return 0
    day = day_of(report)
    first = min(day_of(other) for other in told)
    last = max(_news(other, window_days) for other in told)
    return max(0, (first - day).days, (day - last).days)


def _news(report: Report, window_days: int) -> date:
    day, told = day_of(report), told_at(report).date()
    return told if 0 < (told - day).days <= window_days else day


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
