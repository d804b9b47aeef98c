"""Which incident a report fits: place, time and action.

A report of the incident's own place is compatible in time where its day lies within the window of the days that the
incident's reports tell. One that is tied to it by less (see `sites`) must tell a related action a day or two apart. An
incident that was closed for want of news takes a late report of that time; a later happening opens a new one.

A day that was only guessed, as that of the article, proves little: most papers tell of the day before, so it is given a
day more. It is given twice the window where the report gives the same telling toll of a related action, whatever ties
them. What was shut, seized or reopened once may well be so again: that a site works, told late and without a day, is
taken for news, since closures in between go unreported. And while an incident is in the news without a day, it lives.

Accidents and armed action at one site are one story only where they lie a day apart at most, or where the one stopped
or restarted the site. Where several incidents fit, the one whose text a report repeats has it, then the one that it is
tied to most strongly, then the one it has most in common with, then the nearest in time. The others that it is tied to
by a place are told too: they are one event with the first, now that somebody says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from alertsvc.domain import Action, Incident, Report, Ruling
from alertsvc.track.copies import COPY_FROM, Sketch, likeness
from alertsvc.track.course import dated, day_of, told_at
from alertsvc.track.kinship import agree, kinship
from alertsvc.track.origins import standing
from alertsvc.track.places import same_place
from alertsvc.track.sites import LOOSE_DAYS, Tie, at_place, loose_ties, placed, related

__all__ = ["REACH", "Match", "bridged", "earlier_report", "matches", "own_incident"]

REACH = 2
"""Windows in which a report without a day of its own is looked for."""

_STOPS = frozenset({Action.SHUTDOWN, Action.RESUMPTION, Action.CLOSURE, Action.REOPENING})
_CLOSE = 2  # kinship from which a report that names no site means one of several


@dataclass(frozen=True, slots=True)
class Match:
    """An incident that a report fits."""

    incident: Incident
    tie: Tie
    gap: int  # days between the report and the incident's own
    share: float  # of text in common with its reports, at most
    timely: bool  # by its day; else for what it repeats

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
    if not mine:
        return None
    place = report.detection.place
    exact = [other for other in mine if other.detection.place == place]
    alike = [other for other in mine if same_place(incident.incident_class, place, other.detection.place)]
    return next(iter(exact or alike), None) or _put_here(report, incident)


def _put_here(report: Report, incident: Incident) -> Report | None:
    """Return the report of the same article that an analyst moved to an incident."""
    mine = (other for other in incident.reports if other.article_id == report.article_id)
    return next((other for other in mine if not placed(other)), None)


def matches(
    report: Report, known: Sequence[Incident], text: Sketch, texts: Mapping[int, Sketch], window_days: int
) -> list[Match]:
    """Return the incidents that a report fits, the best first; none where it fits none.

    Args:
        known: incidents of the report's class.
        text: sketch of the report's article.
        texts: sketches of the incidents' articles by id, as far as they are known.
        window_days: days that may lie between happenings of one incident.
    """
    found = [match for incident in known if (match := _match(report, incident, text, texts, window_days)) is not None]
    unnamed = [match for match in found if match.tie is Tie.UNNAMED and not match.copy]
    if len(unnamed) > 1 or any(_apart(report, match.incident) > 1 for match in unnamed):
        meant = _meant(report, unnamed)  # else any of them, or none, could be
        found = [match for match in found if match not in unnamed or match is meant]
    if len(found) < 2:
        return found
    kin = {match.incident.public_id: _kinship(report, match.incident) for match in found}
    return sorted(
        found,
        key=lambda match: (
            not match.copy,
            -match.tie,
            -kin[match.incident.public_id],
            match.gap,
            -match.share,
            match.incident.opened,
            match.incident.public_id,
        ),
    )


def bridged(report: Report, fitting: Sequence[Match]) -> tuple[str, ...]:
    """Return the further incidents that a report says are one with that which it fits best, by public id.

    Both ties must hold by day and place. Two spells of news at one place are joined by a day between them that the
    report itself gives, and by no guess.
    """
    best, *others = fitting
    if not _sure(best):
        return ()
    given = dated(report)
    return tuple(
        match.incident.public_id for match in others if _sure(match) and (given or {best.tie, match.tie} != {Tie.PLACE})
    )


def _sure(match: Match) -> bool:
    return match.timely and match.tie >= Tie.JOINT


def _kinship(report: Report, incident: Incident) -> int:
    return max((kinship(report.detection, other.detection) for other in _told(incident)), default=0)


def _meant(report: Report, found: Sequence[Match]) -> Match | None:
    """Return the one of several incidents that a report without a site has much in common with."""
    ranked = sorted(((_kinship(report, match.incident), number) for number, match in enumerate(found)), reverse=True)
    best = ranked[0][0]
    return found[ranked[0][1]] if best >= _CLOSE and (len(ranked) < 2 or ranked[1][0] < best) else None


def _apart(report: Report, incident: Incident) -> int:
    """Return the days between a report and the nearest one of an incident that tells a related action."""
    day, action = day_of(report), report.detection.action
    days = [day_of(other) for other in incident.reports if related(action, other.detection.action)]
    return min((abs((day - other).days) for other in days), default=0)


def _told(incident: Incident) -> list[Report]:
    return [other for other in incident.reports if standing(other)] or list(incident.reports)


def _match(
    report: Report, incident: Incident, text: Sketch, texts: Mapping[int, Sketch], window_days: int
) -> Match | None:
    """Say how well a report fits an incident; None where it does not."""
    told = _told(incident)
    gap = _gap(report, told, window_days)
    found = _tied(report, incident, told, gap, window_days)
    if found is None:
        return None
    tied, timely = found
    shares = [likeness(text, texts[other.article_id]).share for other in told if other.article_id in texts]
    match = Match(incident, tied, gap, max(shares, default=0.0), timely)
    return match if match.copy or _open_to(incident, report) else None


def _tied(
    report: Report, incident: Incident, told: Sequence[Report], gap: int, window_days: int
) -> tuple[Tie, bool] | None:
    """Return what ties a report to an incident, and whether that holds by its day; None where nothing does."""
    detection = report.detection
    if at_place(incident.incident_class, detection, incident.place, told):
        if gap <= window_days + (not dated(report)) and _one_story(report, told):
            return Tie.PLACE, True
        late = any(_same_event(report, other) for other in told)
        return (Tie.PLACE, False) if late and gap <= REACH * window_days else None
    # What ties them and what they tell must be one report's: two that each have half of it prove nothing.
    pairs = list(loose_ties(incident.incident_class, detection, told))
    day = day_of(report)
    timely = [
        tied
        for other, tied in pairs
        if abs((day - day_of(other)).days) <= LOOSE_DAYS and related(detection.action, other.detection.action)
    ]
    if timely:
        return max(timely), True
    late_ties = [tied for other, tied in pairs if tied is not Tie.UNNAMED and _same_event(report, other)]
    return (max(late_ties), False) if late_ties and gap <= REACH * window_days else None


def _same_event(one: Report, other: Report) -> bool:
    """Say whether two reports, of which one's day is a guess, tell one event by its toll."""
    if dated(one) and dated(other):
        return False
    return related(one.detection.action, other.detection.action) and agree(one.detection, other.detection)


def _open_to(incident: Incident, report: Report) -> bool:
    """Say whether an incident still takes reports that repeat none of its own, as analysts ruled."""
    if incident.merged_into is not None or incident.ruling is Ruling.WITHDRAWN:
        return False
    if incident.ruling is not Ruling.CLOSED or incident.last_event is None:
        return True
    return day_of(report) <= incident.last_event


def _gap(report: Report, told: Sequence[Report], window_days: int) -> int:
    """Return the days between a report's happening and the incident, from its first happening to its last news.

    What is told without a day of its own keeps a situation alive on the day of its article: "still shut". A look back
    that gives the day does not.
    """
    if not told:
        return 0
    day = day_of(report)
    first = min(day_of(other) for other in told)
    last = max(_news(other, window_days) for other in told)
    return max(0, (first - day).days, (day - last).days)


def _news(report: Report, window_days: int) -> date:
    day, told = day_of(report), told_at(report).date()
    return told if not dated(report) and 0 < (told - day).days <= window_days else day


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
