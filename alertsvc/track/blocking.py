"""Keys that a report and an incident share wherever they could be one: what filing looks candidates up by.

Whatever `sites` finds a tie between has a key in common; what shares a key may still have none. So ten thousand
open incidents are never looked through one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache, partial
from math import cos, floor, radians

from alertsvc.domain import Detection, Incident, IncidentClass, Place, Report
from alertsvc.track.course import day_of
from alertsvc.track.kinship import toll_of
from alertsvc.track.memo import remembered
from alertsvc.track.names import core, name_ends
from alertsvc.track.origins import standing
from alertsvc.track.places import capital_of, sides
from alertsvc.track.sites import LOOSE_DAYS, Naming, naming, placed

__all__ = ["KEYS_VERSION", "place_keys", "query_keys", "stored_keys"]

KEYS_VERSION = "2"
"""To be counted up whenever the keys of an incident come out differently: stored ones are then made again."""

_CELL = 0.2  # degrees of latitude, more than `NEAR_KM`
_LISTED, _FREE = "l", "f"
_REPORTS = 8192  # whose keys are remembered


def stored_keys(incident: Incident) -> frozenset[str]:
    """Return the keys that an incident is found by; none where it was merged into another."""
    if incident.merged_into is not None:
        return frozenset()
    told = [report for report in incident.reports if standing(report)] or list(incident.reports)
    found: set[str] = set(_of_place(incident.incident_class, incident.place))
    for report in told:
        found.update(_keys_of((report,)))
    return _scoped(found, incident.incident_class, demonstration=incident.demonstration)


def place_keys(incident_class: IncidentClass, place: Place, *, demonstration: bool) -> frozenset[str]:
    """Return the keys of an incident's very place, whenever it was: by these what was there before is found."""
    kept = [key for key in _of_place(incident_class, place) if key.startswith(("id:", "core:", "capital:"))]
    return _scoped(kept, incident_class, demonstration=demonstration)


def query_keys(detection: Detection, day: date, *, demonstration: bool) -> frozenset[str]:
    """Return the keys of which an incident that a detection may belong to has at least one.

    Args:
        day: of its happening, or of the article where it gives none.
    """
    return _scoped(_queries(detection, day), detection.incident_class, demonstration=demonstration)


def _span(day: date) -> int:
    """Return which stretch of days one lies in; those that are tied loosely lie in one or in two beside each other."""
    return day.toordinal() // (2 * LOOSE_DAYS)


def _scoped(keys: Iterable[str], incident_class: IncidentClass, *, demonstration: bool) -> frozenset[str]:
    scope = f"{incident_class.value}{'*' if demonstration else ''}|"
    return frozenset(scope + key for key in keys)


@partial(remembered, most=_REPORTS)
def _keys_of(reports: Iterable[Report]) -> frozenset[str]:
    return frozenset(key for report in reports for key in _of_report(report))


def _of_report(report: Report) -> Iterator[str]:
    detection = report.detection
    incident_class = detection.incident_class
    if placed(report):
        yield from _of_place(incident_class, detection.place, naming(detection))
        if detection.place.country is not None:
            family = "unnamed" if naming(detection) is Naming.UNNAMED else "named"
            yield f"{family}:{detection.place.country}:{_span(day_of(report))}"
    if incident_class is not IncidentClass.CAPITAL:
        yield from _tolls(detection)
        yield from (f"also:{_joined(name)}" for name in detection.other_sites if core(name))


@lru_cache(maxsize=4096)
def _of_place(incident_class: IncidentClass, place: Place, sure: Naming = Naming.NAMED) -> tuple[str, ...]:
    return tuple(_keys_of_place(incident_class, place, sure))


def _keys_of_place(incident_class: IncidentClass, place: Place, sure: Naming) -> Iterator[str]:
    if incident_class is IncidentClass.CAPITAL and capital_of(place):
        yield f"capital:{capital_of(place)}"
    family = _LISTED if place.gazetteer_id is not None else _FREE
    if place.gazetteer_id is not None:
        yield f"id:{place.gazetteer_id}"
    if core(place.name):
        yield f"core:{_joined(place.name)}"
    for side in sides(place.country):
        yield from (f"{family}:{side}:{end}" for end in name_ends(place.name))
    for cell in _cells(place, around=0):
        yield f"{family}:{cell}"
        if sure is Naming.SUPPOSED:
            yield f"{_FREE}:{cell}"


def _queries(detection: Detection, day: date) -> Iterator[str]:
    place, sure = detection.place, naming(detection)
    if detection.incident_class is IncidentClass.CAPITAL and capital_of(place):
        yield f"capital:{capital_of(place)}"
    listed = place.gazetteer_id is not None
    if listed:
        yield f"id:{place.gazetteer_id}"
    if core(place.name):
        yield f"core:{_joined(place.name)}"
        yield f"also:{_joined(place.name)}"
    yield from (f"core:{_joined(name)}" for name in detection.other_sites if core(name))
    yield from _tolls(detection)
    spans = {_span(day + timedelta(days=days)) for days in (-LOOSE_DAYS, LOOSE_DAYS)} if place.country else set()
    for span in spans:
        yield f"unnamed:{place.country}:{span}"
        if sure is Naming.UNNAMED:
            yield f"named:{place.country}:{span}"
    families = (_FREE,) if listed else (_FREE, _LISTED)
    for side in sides(place.country):
        for family in families:
            yield from (f"{family}:{side}:{end}" for end in name_ends(place.name))
    for cell in _cells(place, around=1):
        yield f"{_FREE}:{cell}"
        if not listed or sure is Naming.SUPPOSED:
            yield f"{_LISTED}:{cell}"


def _tolls(detection: Detection) -> Iterator[str]:
    """Yield the toll in each country of a detection: neighbouring sites with the same toll may be one event's."""
    toll = toll_of(detection)
    if toll is not None and detection.place.latitude is not None:
        yield from (f"toll:{side}:{toll}" for side in sides(detection.place.country))


def _joined(name: str) -> str:
    return " ".join(core(name))


def _cells(place: Place, around: int) -> Iterator[str]:
    """Yield the cell of a place, and with `around` those beside it, of which one holds whatever is near."""
    if place.latitude is None or place.longitude is None:
        return
    row = floor(place.latitude / _CELL)
    for north in range(row - around, row + around + 1):
        # Cells of a row are as wide as `NEAR_KM` at least, however near to a pole.
        width = _CELL / max(0.02, min(cos(radians(north * _CELL)), cos(radians((north + 1) * _CELL))))
        column = floor((place.longitude + 180) / width)
        columns = floor(360 / width) + 1
        for east in range(column - around, column + around + 1):
            yield f"{north}:{east % columns}"
