"""Who asserts what of an incident, side by side: tolls, who holds the site, what is said and denied.

Everything is read off the reports that count; nothing is weighed. A source is an origin: an outlet's owner or the
agency that it credits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from alertsvc.domain import Action, Count, Incident, Report
from alertsvc.track.course import day_of
from alertsvc.track.origins import latest, voices
from alertsvc.track.words import words

__all__ = ["Assertion", "Holder", "Toll", "assertions", "contested", "holders", "tolls"]

_TAKING = frozenset({Action.SEIZURE, Action.RECAPTURE, Action.REPELLED})


@dataclass(frozen=True, slots=True)
class Toll:
    """The dead as one source last gave them."""

    count: Count
    outlet: str
    article_id: int


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the site since a day, as one source last had it; `lost_by` are those it was taken from."""

    names: tuple[str, ...]
    lost_by: tuple[str, ...]
    action: Action
    day: date
    outlet: str
    article_id: int


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a side says, in a report's own words."""

    speaker: str
    quote: str
    denies: bool
    outlet: str
    article_id: int


def tolls(incident: Incident) -> tuple[Toll, ...]:
    """Return the dead by source, the lowest first: each source with the last figure that it gave."""
    giving = latest(tuple(report for report in voices(incident.reports) if report.detection.killed is not None))
    found = [
        Toll(report.detection.killed, report.outlet_name, report.article_id)
        for report in giving
        if report.detection.killed is not None
    ]
    return tuple(sorted(found, key=lambda toll: (toll.count.low, toll.count.high or toll.count.low, toll.article_id)))


def holders(incident: Incident) -> tuple[Holder, ...]:
    """Return who holds the site by source, the latest day last; sources that name nobody are left out."""
    telling = tuple(
        report
        for report in voices(incident.reports)
        if report.detection.action in _TAKING and (report.detection.attackers or report.detection.targets)
    )
    found = [_holder(report) for report in latest(telling)]
    return tuple(sorted(found, key=lambda holder: (holder.day, holder.article_id)))


def _holder(report: Report) -> Holder:
    detection = report.detection
    sides = (detection.attackers, detection.targets)
    # Who is driven back is named as the one who came.
    names, lost_by = sides if detection.action is not Action.REPELLED else sides[::-1]
    return Holder(names, lost_by, detection.action, day_of(report), report.outlet_name, report.article_id)


def contested(incident: Incident) -> bool:
    """Say whether of one change of hands sources have it both ways: who took the site in one lost it in another."""
    known = holders(incident)
    return any(
        (one.day, one.action) == (other.day, other.action)
        and _folded(one.names) & _folded(other.lost_by)
        and _folded(one.lost_by) & _folded(other.names)
        for number, one in enumerate(known)
        for other in known[number + 1 :]
    )


def assertions(incident: Incident) -> tuple[Assertion, ...]:
    """Return what the sides say, each quotation once, those told first at the beginning."""
    found: dict[tuple[str, str], Assertion] = {}
    for report in voices(incident.reports):
        for claim in report.detection.claims:
            key = (" ".join(words(claim.speaker)), " ".join(words(claim.quote)))
            assertion = Assertion(claim.speaker, claim.quote, claim.denies, report.outlet_name, report.article_id)
            found.setdefault(key, assertion)
    return tuple(found.values())


def _folded(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(" ".join(words(name)) for name in names)
