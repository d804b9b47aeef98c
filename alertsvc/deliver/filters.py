"""What a subscription lets through, and which of several that one person has lets most through. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from math import asin, cos, radians, sin, sqrt

from alertsvc.domain import Incident, Place, Subscriber, WatchedPlace
from alertsvc.recipients import recipient

__all__ = ["Address", "address_of", "passes", "passes_filters", "people", "recipient", "width"]

EARTH_KM = 6371.0
Address = tuple[str, str, bool]


def address_of(subscriber: Subscriber) -> Address:
    """Return what tells one person from another: channel and target; the demonstration's reader is nobody else."""
    return *recipient(subscriber.channel, subscriber.target), subscriber.demonstration


def people(subscribers: Iterable[Subscriber]) -> list[list[Subscriber]]:
    """Return the subscriptions of each person together, the widest first; people in the order given."""
    found: dict[Address, list[Subscriber]] = {}
    for subscriber in subscribers:
        found.setdefault(address_of(subscriber), []).append(subscriber)
    return [sorted(group, key=width) for group in found.values()]


def width(subscriber: Subscriber) -> tuple[object, ...]:
    """Return a key that sorts the subscriptions of one person, the one that lets most through first.

    No filter is wider than any; of filters of one kind the one that names more; then the lower severity.
    """
    filters = (subscriber.places, subscriber.countries, subscriber.classes)
    return (
        sum(bool(item) for item in filters),
        tuple((bool(item), -len(item)) for item in filters),
        -subscriber.radius_km,
        subscriber.flash_from,
        subscriber.min_severity,
        subscriber.id if subscriber.id is not None else 0,
        subscriber.name,
    )


def passes(incident: Incident, severity: float, subscriber: Subscriber) -> bool:
    """Say whether a subscriber's filters let an incident through at a severity; empty filters let everything through.

    Where several filters are set, each has to. A crossing passes by the country of either side. An incident whose
    country is unknown passes no filter of countries. Demonstration and real incidents never mix.
    """
    if subscriber.demonstration != incident.demonstration:
        return False
    return passes_filters(incident, severity, subscriber)


def passes_filters(incident: Incident, severity: float, subscriber: Subscriber) -> bool:
    """Say the same whatever the incident and the subscriber belong to."""
    if severity < subscriber.min_severity:
        return False
    if subscriber.classes and incident.incident_class not in subscriber.classes:
        return False
    if subscriber.countries:
        sides = (incident.place.country or "").split("-")
        if not any(side in subscriber.countries for side in sides):
            return False
    return not subscriber.places or _watched(incident.place, subscriber)


def _watched(place: Place, subscriber: Subscriber) -> bool:
    """Say whether a site is one of the places a subscriber watches, or within its radius of one."""
    for watched in subscriber.places:
        if place.gazetteer_id == watched.id:
            return True
        distance = _apart(place, watched) if subscriber.radius_km else None
        if distance is not None and distance <= subscriber.radius_km:
            return True
    return False


def _apart(place: Place, watched: WatchedPlace) -> float | None:
    """Return how far a site is from a place that is watched, in kilometres; None where that is not known."""
    if watched.latitude is not None and watched.longitude is not None:
        if place.latitude is not None and place.longitude is not None:
            return _kilometres(place.latitude, place.longitude, watched.latitude, watched.longitude)
        if watched.id.startswith("capital:") and place.capital == watched.name:
            return place.km_to_capital  # all that the text says of where it lies
    return None


def _kilometres(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the great-circle distance of two points given in degrees."""
    a, b = radians(latitude), radians(other_latitude)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(other_longitude - longitude) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))
