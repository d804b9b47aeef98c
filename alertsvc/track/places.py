"""Whether two places are one.

The gazetteer decides where it can: one id is one place, and two ids are two. Where a place is known by its name alone,
nearness or a name that is spelt or sounds the same decides (see `names`), within one country. A wrong split costs a
mail, a wrong merge hides an incident: what is in doubt is two places.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import asin, cos, hypot, radians, sin, sqrt

from alertsvc.domain import IncidentClass, Place, PlaceKind
from alertsvc.track.names import core, names_alike, sides_alike
from alertsvc.track.words import words

__all__ = [
    "NEAR_KM",
    "any_same",
    "capital_of",
    "distance_km",
    "place_key",
    "same_place",
    "same_site",
    "sides",
]

NEAR_KM = 15.0
"""Sites closer than this are one where the gazetteer does not tell them apart."""

_ONE_NAME_KM = 150.0  # sites further apart are two, whatever their names; texts place them loosely
_EARTH_KM = 6371.0


def distance_km(a: Place, b: Place) -> float | None:
    """Return the great-circle distance of two places in kilometres; None where either has no coordinates."""
    if a.latitude is None or a.longitude is None or b.latitude is None or b.longitude is None:
        return None
    north, south = radians(a.latitude), radians(b.latitude)
    half = hypot(
        sin((south - north) / 2), sqrt(max(0.0, cos(north) * cos(south))) * sin(radians(b.longitude - a.longitude) / 2)
    )
    return 2 * _EARTH_KM * asin(min(1.0, half))


def sides(country: str | None) -> frozenset[str]:
    """Return the countries of a code: two for a crossing."""
    return frozenset(country.split("-")) if country else frozenset()


def same_site(a: Place, b: Place) -> bool:
    """Say whether two crossings, oil sites or capitals are one place; see the text of this module."""
    if a.gazetteer_id is not None and b.gazetteer_id is not None:
        return a.gazetteer_id == b.gazetteer_id
    here, there = sides(a.country), sides(b.country)
    if here and there:
        if not here & there:
            return False
        near = distance_km(a, b)
        if near is not None and (near < NEAR_KM or near > _ONE_NAME_KM):
            return near < NEAR_KM
        crossing = PlaceKind.CROSSING in (a.kind, b.kind)
        return sides_alike(a.name, b.name) if crossing else names_alike(a.name, b.name)
    # Without a country on either side only the very same name is believed.
    return bool(core(a.name)) and core(a.name) == core(b.name)


def capital_of(place: Place) -> str:
    """Return the folded name of the capital that a place is, or lies on the way to; empty for none."""
    name = place.capital or (place.name if place.kind is PlaceKind.CAPITAL else "")
    return " ".join(words(name))


def same_place(incident_class: IncidentClass, a: Place, b: Place) -> bool:
    """Say whether two places carry one incident of a class: the same site, or ways to the same capital."""
    if incident_class is not IncidentClass.CAPITAL:
        return same_site(a, b)
    if capital_of(a) and capital_of(b):
        here, there = sides(a.country), sides(b.country)
        return capital_of(a) == capital_of(b) and (not here or not there or bool(here & there))
    return same_site(a, b)


def place_key(incident_class: IncidentClass, place: Place) -> str:
    """Return what identifies a place in the public id of an incident."""
    if incident_class is IncidentClass.CAPITAL and capital_of(place):
        return f"{place.country or ''}/{capital_of(place)}"
    return place.gazetteer_id or f"{place.country or ''}/{' '.join(words(place.name))}"


def any_same(incident_class: IncidentClass, place: Place, known: Iterable[Place]) -> bool:
    """Say whether `place` is one of the `known` places of an incident and none of those contradicts it."""
    places = list(known)
    if incident_class is not IncidentClass.CAPITAL and place.gazetteer_id is not None:
        listed = {other.gazetteer_id for other in places if other.gazetteer_id is not None}
        if listed:
            return place.gazetteer_id in listed
    return any(same_place(incident_class, place, other) for other in places)
