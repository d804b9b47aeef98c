"""What the reports of an incident amount to: status, phase, tolls, severity.

Everything here is read off the set of reports, so that it does not depend on the order in which they came.

Status, from the strongest claim on the reader's caution to the weakest:

- Withdrawn: no article bears the incident out any longer;
- Disputed: the sides contradict each other about how things stand now;
- Claimed: nobody but one party says so, through however many outlets: repetition of a party's word confirms nothing;
- Reversed: the previous holder had the site again within 24 hours, as told by more than that party alone;
- Confirmed: two independent origins or more, where the operator gave sources less than full weight as many as make two;
- Reported: one origin.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from alertsvc.domain import Action, Count, Incident, IncidentClass, Phase, Place, PlaceKind, Report, Ruling, Status
from alertsvc.track.course import EASING, Turn, course, day_of, told_at
from alertsvc.track.memo import remembered
from alertsvc.track.origins import latest, voices, weight
from alertsvc.track.places import same_site
from alertsvc.track.severity import CIRCUMSTANCES, SeverityFacts, SeverityTable
from alertsvc.track.words import words

__all__ = ["assess", "facts_of", "merge_counts", "status_of"]

_DAY = timedelta(hours=24)
_TWO = 1.999  # two origins of full weight, whatever sums of fractions come to
_FIGHTING = frozenset({Action.ATTACK, Action.CLASH, Action.SEIZURE, Action.RECAPTURE})
_FLOWS = frozenset({"stopped", "partly", "resumed"})
_TIERS = frozenset({1, 2})


def merge_counts(counts: Iterable[Count | None]) -> Count | None:
    """Return the range over several tellings: the smallest lower bound up to the largest number that anyone gave.

    `high` is None where nobody gave more than the lower bound and someone left it open.
    """
    given = [count for count in counts if count is not None]
    if not given:
        return None
    low = min(count.low for count in given)
    high = max(count.low if count.high is None else max(count.low, count.high) for count in given)
    if high > low:
        return Count(low, high)
    return Count(low, None if any(count.high is None for count in given) else low)


@remembered
def status_of(reports: Iterable[Report]) -> Status:
    """Return how well the incident of these reports is known; see the text of this module."""
    heard = voices(reports)
    if not heard:
        return Status.WITHDRAWN
    now = course(heard)[-1]
    speaking = latest(heard)
    if any(report.detection.disputed for report in speaking if day_of(report) >= now.day) or _two_holders(now):
        return Status.DISPUTED
    if all(report.detection.one_party for report in speaking):
        return Status.CLAIMED
    if _reversed(course(heard)) and any(not report.detection.one_party for report in now.reports):
        return Status.REVERSED
    return Status.CONFIRMED if weight(heard) >= _TWO else Status.REPORTED


def _two_holders(turn: Turn) -> bool:
    """Say whether reports of one change have it the other way round: who took the site in one lost it in another."""
    if turn.action not in (Action.SEIZURE, Action.RECAPTURE):
        return False
    sides = [
        (
            {" ".join(words(name)) for name in report.detection.attackers},
            {" ".join(words(name)) for name in report.detection.targets},
        )
        for report in turn.reports
    ]
    return any(
        took & lost_there and lost & took_there
        for number, (took, lost) in enumerate(sides)
        for took_there, lost_there in sides[number + 1 :]
    )


def _reversed(turns: Sequence[Turn]) -> bool:
    """Say whether the last turn gave a site back to its previous holder within 24 hours, and nobody contradicts it."""
    now = turns[-1]
    if any(report.detection.disputed for report in latest(now.reports)):
        return False
    if any(report.detection.reversed_within_day for report in now.reports):
        return True
    if (
        now.action not in (Action.RECAPTURE, Action.REPELLED)
        or len(turns) < 2
        or turns[-2].action is not Action.SEIZURE
    ):
        return False
    lost = turns[-2]
    # On the way to a capital one place may be taken and another one held, and "the capital" may be either.
    place = now.reports[0].detection.place
    if place.kind is PlaceKind.CAPITAL or not same_site(lost.reports[0].detection.place, place):
        return False
    if now.day == lost.day:
        return True
    within = told_at(now.reports[0]) - told_at(lost.reports[0]) <= _DAY
    return within and (now.day - lost.day).days == 1


def _eased(heard: Sequence[Report], turns: Sequence[Turn], status: Status) -> bool:
    """Say whether the situation has eased after something else, as more than one party tells and nobody denies."""
    now = turns[-1]
    if now.action not in EASING or len(turns) < 2 or status is Status.DISPUTED:
        return False
    if all(report.detection.one_party for report in now.reports):
        return False
    return _flow(heard, turns) != "partly"


def _flow(heard: Sequence[Report], turns: Sequence[Turn]) -> str | None:
    """Return how traffic or output stands, as last said; once a site works again, as said since then."""
    now = turns[-1]
    working = now.action in (Action.REOPENING, Action.RESUMPTION)
    telling = [report for report in (now.reports if working else heard) if report.detection.flow in _FLOWS]
    if telling:
        return max(telling, key=lambda report: (day_of(report), told_at(report), report.article_id)).detection.flow
    return "resumed" if working else None


def _given(reports: Sequence[Report], name: str) -> Count | None:
    """Merge a count over the last figure of each origin."""
    telling = latest(report for report in reports if getattr(report.detection, name) is not None)
    return merge_counts(getattr(report.detection, name) for report in telling)


def _flagged(reports: Sequence[Report], name: str) -> bool:
    """Say whether a detection carries a field reason of that name: circumstances that have no field of their own."""
    return any(
        reason.kind == "field" and reason.name == name for report in reports for reason in report.detection.reasons
    )


def _inside(report: Report) -> bool:
    place, action = report.detection.place, report.detection.action
    return place.kind is PlaceKind.CAPITAL and place.km_to_capital == 0 and action in _FIGHTING


def facts_of(incident_class: IncidentClass, reports: Iterable[Report]) -> SeverityFacts:
    """Gather what the severity score looks at from an incident's reports.

    The nearest place to the capital, the weightiest tier and the largest number of places hit count; of tolls the lower
    bounds. `inside_capital`, `seat_of_government` and `exports_halted` are taken from field reasons of these names;
    fighting at a place that is the capital itself, 0 km from it, is inside it too.

    Raises:
        ValueError: no report stands.
    """
    heard = voices(reports)
    if not heard:
        raise ValueError("severity needs a report that stands")
    return _FACTS[incident_class](heard)


def _facts(incident_class: IncidentClass, reports: Iterable[Report]) -> SeverityFacts:
    heard = tuple(reports)
    turns = course(heard)
    status = status_of(heard)
    capital = incident_class is IncidentClass.CAPITAL
    killed = _given(heard, "killed")
    harmed = sum(count.low for name in ("wounded", "captured") if (count := _given(heard, name)) is not None)
    places = [report.detection.place for report in heard]
    tiers = [place.tier for place in places if place.tier in _TIERS]
    distances = [place.km_to_capital for place in places if place.km_to_capital is not None]
    circumstances = {name: _flagged(heard, name) for name in CIRCUMSTANCES}
    if capital:
        circumstances["announced_offensive"] |= any(report.detection.announced_offensive for report in heard)
        circumstances["inside_capital"] |= any(_inside(report) for report in heard)
    return SeverityFacts(
        incident_class=incident_class,
        actions=frozenset(report.detection.action for report in heard),
        killed=None if killed is None else killed.low,
        harmed=harmed,
        tier=None if capital or not tiers else min(tier for tier in tiers if tier is not None),
        km_to_capital=min(distances) if capital and distances else None,
        flow=_flow(heard, turns),
        sites=max(1 + len(set(report.detection.other_sites)) for report in heard),
        cross_border=any(report.detection.cross_border for report in heard),
        one_party=status is Status.CLAIMED,
        disputed=status is Status.DISPUTED,
        reversed_within_day=status is not Status.DISPUTED and _reversed(turns),
        **circumstances,
    )


_FACTS = {kind: remembered(partial(_facts, kind)) for kind in IncidentClass}


def assess(incident: Incident, table: SeverityTable) -> Incident:
    """Return the incident with everything that follows from its reports.

    Its place stays, so that a thread keeps its name, until a report gives one that the gazetteer knows. A withdrawn
    incident keeps its last figures. `closed` is not decided here: see `close_quiet`.
    """
    heard = voices(incident.reports)
    status = status_of(heard) if incident.ruling is not Ruling.WITHDRAWN else Status.WITHDRAWN
    if not heard:
        return replace(incident, status=status)
    turns = course(heard)
    days = [day_of(report) for report in heard]
    dated = [report.detection.event_date for report in heard if report.detection.event_date is not None]
    return replace(
        incident,
        place=_place(incident.place, [report.detection.place for turn in turns for report in turn.reports]),
        action=turns[-1].action,
        phase=_phase(incident, heard, turns),
        status=status,
        severity=table.score(facts_of(incident.incident_class, heard)),
        event_date=min(dated, default=None),
        last_event=max(days),
        killed=_given(heard, "killed"),
        wounded=_given(heard, "wounded"),
        captured=_given(heard, "captured"),
    )


def _phase(incident: Incident, heard: Sequence[Report], turns: Sequence[Turn]) -> Phase:
    if incident.ruling is not None:
        return Phase.CLOSED
    return Phase.RESOLVED if _eased(heard, turns, status_of(heard)) else Phase.OPEN


def _place(known: Place, told: Sequence[Place]) -> Place:
    if known.gazetteer_id is not None:
        return known
    return next((place for place in told if place.gazetteer_id is not None), known)
