"""Who gets what when an incident takes a step. Pure: facts in, decisions out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfoNotFoundError

from alertsvc.deliver.filters import passes, people
from alertsvc.deliver.keys import subscriber_id
from alertsvc.deliver.quiet import quiet_ends, wakes
from alertsvc.domain import (
    Action,
    BriefingKind,
    Incident,
    Phase,
    Place,
    PlaceKind,
    Status,
    Subscriber,
    Update,
)

__all__ = ["BRIEF_FROM", "Route", "names_site", "passes", "route_brief", "route_update", "seconds_since_event"]

EASING = frozenset({Action.REOPENING, Action.RESUMPTION})
NEAR_CAPITAL_KM = 100.0
BRIEF_FROM = 3.0  # severity from which a confirmed incident is told in full


@dataclass(frozen=True, slots=True)
class Route:
    """One subscriber to be told of a step, by which product, in answer to which earlier message."""

    subscriber: Subscriber
    kind: BriefingKind
    in_reply_to: str | None = None  # message id of the flash that an update answers


def names_site(place: Place) -> bool:
    """Say whether a place can carry a flash: of the gazetteer, named by its kind in the text, or near a capital.

    Only a place on the way to a capital that no gazetteer holds and that lies further out than 100 km cannot.
    """
    if place.gazetteer_id is not None or place.kind is not PlaceKind.APPROACH:
        return True
    return place.km_to_capital is None or place.km_to_capital <= NEAR_CAPITAL_KM


def seconds_since_event(incident: Incident, now: datetime) -> float:
    """Return how old an incident's latest happening is.

    A happening known by its day alone may have been at any hour of it, so its age counts from the day's end: an alert
    is held back only once it is certainly too old. Where no day is known, the opening of the incident counts.
    """
    days = [day for day in (incident.event_date, incident.last_event) if day is not None]
    if not days:
        return (now - incident.opened).total_seconds()
    end = datetime.combine(max(days), time.min, UTC) + timedelta(days=1)
    return max(0.0, (now - end).total_seconds())


def _flashable(incident: Incident, update: Update, now: datetime, flash_max_age: float) -> bool:
    """Say whether a step can be flashed to anyone at all."""
    return (
        update.alertable
        and incident.phase is Phase.OPEN
        and Status.WITHDRAWN not in (incident.status, update.status)
        and EASING.isdisjoint((incident.action, update.action))
        and names_site(incident.place)
        and seconds_since_event(incident, now) < flash_max_age
    )


def _wants_update(update: Update, subscriber: Subscriber) -> bool:
    # A correction goes to everyone who had the alert, whatever they asked for.
    return update.material and (BriefingKind.UPDATE in subscriber.kinds or update.status is Status.WITHDRAWN)


def route_update(
    incident: Incident,
    update: Update,
    subscribers: Iterable[Subscriber],
    flashed: Mapping[int, str],
    *,
    now: datetime,
    flash_max_age: float,
) -> list[Route]:
    """Decide who is told of an incident's step.

    Args:
        incident: as it stands with the step taken.
        update: the step.
        subscribers: those who are active.
        flashed: message id of the flash by the id of each subscriber who was sent one for this incident. Where a person
            has several, the first of them is told of what follows.
        now: the present.
        flash_max_age: seconds after which a happening is no longer flashed.

    Returns:
        One route at most for each person, whatever subscriptions it has, in the order of their first: a flash to whom
        it is new, by the widest of the subscriptions that let it through, one without quiet hours at the moment before
        one with them; an update to whoever was flashed, by the subscription that was. The rest waits for the digest.

    Raises:
        ValueError: a subscriber has no row in the store.
    """
    flashable = _flashable(incident, update, now, flash_max_age)
    order = {row: number for number, row in enumerate(flashed)}
    routes: list[Route] = []
    for subscriptions in people(subscribers):
        if subscriptions[0].demonstration != incident.demonstration:
            continue
        had = sorted(
            (item for item in subscriptions if subscriber_id(item) in order),
            key=lambda item: order[subscriber_id(item)],
        )
        if had:
            # Number 1 is the opening: whoever was flashed has had it.
            takers = [item for item in had if update.number > 1 and _wants_update(update, item)]
        else:
            takers = [item for item in subscriptions if flashable and _wants_flash(incident, update, item)]
        if takers:
            taker = next((item for item in takers if _awake(item, update, now)), takers[0])
            kind = BriefingKind.UPDATE if had else BriefingKind.FLASH
            routes.append(Route(taker, kind, flashed[subscriber_id(taker)] if had else None))
    return routes


def _awake(subscriber: Subscriber, update: Update, now: datetime) -> bool:
    try:
        return wakes(subscriber, update.severity) or quiet_ends(subscriber, now) is None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return True  # a zone that vanished must silence nobody


def _wants_flash(incident: Incident, update: Update, subscriber: Subscriber) -> bool:
    return (
        BriefingKind.FLASH in subscriber.kinds
        and update.severity >= subscriber.flash_from
        and passes(incident, update.severity, subscriber)
    )


def route_brief(
    incident: Incident,
    update: Update,
    subscribers: Iterable[Subscriber],
    flashed: Mapping[int, str],
    *,
    now: datetime,
    flash_max_age: float,
) -> list[Route]:
    """Decide who is told everything of an incident once it has reached severity 3.0 and is Confirmed.

    Args:
        incident: as it stands with the step taken.
        update: the step.
        subscribers: those who are active.
        flashed: message id of the flash by the id of each subscriber who was sent one for this incident.
        now: the present.
        flash_max_age: seconds after which a happening is news only to whoever was flashed.

    Returns:
        A route for each subscriber who takes full briefs and had the flash, or whose filters the incident passes while
        it is fresh. Whoever had the brief already is among them: its key is taken then.

    Raises:
        ValueError: a subscriber has no row in the store.
    """
    reached = update.severity >= BRIEF_FROM and update.status is incident.status is Status.CONFIRMED
    if not reached or not update.alertable or incident.phase is not Phase.OPEN:
        return []
    fresh = names_site(incident.place) and seconds_since_event(incident, now) < flash_max_age
    return [
        Route(subscriber, BriefingKind.BRIEF, flashed.get(subscriber_id(subscriber)))
        for subscriber in subscribers
        if BriefingKind.BRIEF in subscriber.kinds
        and subscriber.demonstration == incident.demonstration
        and (subscriber_id(subscriber) in flashed or (fresh and passes(incident, update.severity, subscriber)))
    ]
