"""How surely a report names its place, and when two reports of different places still tell one happening.

A report may name a site, suppose one ("the refinery" of a town that has two), or name none ("the border with Niger").
Two crossings or sites of the gazetteer are two places. They are one incident only where a report says so: it was told
that both were hit, or shut, together; or where they are neighbours for which the same toll is given. What names no site
fits the one incident of its country that the day's news can mean, and none where there are two of them unless it has
more in common with one. For such looser ties action and days must agree too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum

from alertsvc.domain import Action, Detection, IncidentClass, Place, Reason, Report
from alertsvc.track.kinship import toll_of
from alertsvc.track.names import core
from alertsvc.track.places import NEAR_KM, any_same, distance_km, sides

__all__ = ["LOOSE_DAYS", "MOVED", "Naming", "Tie", "at_place", "loose_ties", "naming", "placed", "related"]

LOOSE_DAYS = 2
"""Days that may lie between two reports that are tied by less than their place."""


MOVED = Reason("ruling", "moved", detail="an analyst put this report here")
"""Noted at a report that an analyst moved: it stays, and later ones of its place do not follow it."""


class Naming(IntEnum):
    """How surely a report names its place."""

    UNNAMED = 0  # called after its country
    SUPPOSED = 1  # the gazetteer's site at a town that is named
    NAMED = 2


class Tie(IntEnum):
    """What holds a report and an incident together, the strongest last."""

    NONE = 0
    UNNAMED = 1  # one of them names no site
    JOINT = 2  # one says that the other's site was hit too
    NEAR = 3  # neighbouring sites, one of them only supposed, or with the same toll
    PLACE = 4  # the same place


_VIOLENCE = frozenset(
    {
        Action.ATTACK,
        Action.CLASH,
        Action.SEIZURE,
        Action.RECAPTURE,
        Action.AIRSTRIKE,
        Action.SIEGE,
        Action.REPELLED,
        Action.ADVANCE,
        Action.ACCIDENT,
    }
)
_STOPS = frozenset({Action.CLOSURE, Action.SHUTDOWN, Action.BLOCKADE})
_EASE = frozenset({Action.REOPENING, Action.RESUMPTION})
_FAMILIES = (_VIOLENCE | _STOPS, _EASE, frozenset({Action.THREAT, Action.MOBILISATION}))


def related(one: Action, other: Action) -> bool:
    """Say whether two actions may be one happening in different words: violence and the stop that it brings are."""
    return any(one in family and other in family for family in _FAMILIES)


def naming(detection: Detection) -> Naming:
    """Return how surely a detection names its place: where it was read off no words, it was inferred."""
    place = detection.place
    reason = next((item for item in detection.reasons if item.kind == "field" and item.name == "place"), None)
    if reason is None or reason.start is not None:
        return Naming.NAMED
    return Naming.UNNAMED if place.gazetteer_id is None else Naming.SUPPOSED


def placed(report: Report) -> bool:
    """Say whether a report's own place is one of its incident's: not where an analyst put it there."""
    return not any(reason.kind == MOVED.kind and reason.name == MOVED.name for reason in report.detection.reasons)


def at_place(incident_class: IncidentClass, detection: Detection, place: Place, told: Sequence[Report]) -> bool:
    """Say whether a detection's place is the incident's own, or that of one of its reports.

    Args:
        place: of the incident.
        told: its reports that count.
    """
    known = [report.detection for report in told if placed(report)]
    named = [other for other in known if naming(other) is not Naming.UNNAMED]
    if incident_class is IncidentClass.CAPITAL or not named:
        return any_same(incident_class, detection.place, [place, *(other.place for other in known)])
    # Two reports that name no site may mean two sites: where one is known, the name of the country is no place.
    if naming(detection) is Naming.UNNAMED:
        return False
    return any_same(incident_class, detection.place, [place, *(other.place for other in named)])


def loose_ties(
    incident_class: IncidentClass, detection: Detection, told: Sequence[Report]
) -> Iterator[tuple[Report, Tie]]:
    """Yield the reports of an incident that a detection is tied to by less than its place, with what ties them."""
    if incident_class is IncidentClass.CAPITAL:
        return
    known = [report for report in told if placed(report)]
    named = [report for report in known if naming(report.detection) is not Naming.UNNAMED]
    whole = naming(detection) is Naming.UNNAMED or not named
    for report in known if whole else named:
        tied = _whole(detection, report.detection) if whole else _pair(detection, report.detection)
        if tied is not Tie.NONE:
            yield report, tied


def _pair(one: Detection, other: Detection) -> Tie:
    if not sides(one.place.country) & sides(other.place.country):
        return Tie.NONE
    apart = distance_km(one.place, other.place)
    if apart is not None and apart < NEAR_KM:
        toll = toll_of(one)
        if Naming.SUPPOSED in (naming(one), naming(other)) or (toll is not None and toll == toll_of(other)):
            return Tie.NEAR
    if _lists(one.other_sites, other.place) or _lists(other.other_sites, one.place):
        return Tie.JOINT
    return Tie.NONE


def _whole(one: Detection, other: Detection) -> Tie:
    """Return whether one of two names only the country that the other's site is in."""
    one_country, other_country = one.place.country, other.place.country
    meant = one_country == other_country is not None and Naming.UNNAMED in (naming(one), naming(other))
    return Tie.UNNAMED if meant else Tie.NONE


def _lists(names: Iterable[str], place: Place) -> bool:
    return bool(core(place.name)) and any(core(name) == core(place.name) for name in names)
