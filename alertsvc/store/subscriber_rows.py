"""A subscriber as it lies in the tables: some fields as columns, those that came later in one column of JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from sqlalchemy import RowMapping

from alertsvc.domain import BriefingKind, Channel, IncidentClass, Subscriber, SubscriberState, WatchedPlace, to_json
from alertsvc.store.values import scrub

__all__ = ["columns_of", "options_of", "subscriber_of_row"]

_OPTIONS = (
    "places",
    "radius_km",
    "language",
    "weekly_day",
    "empty_digests",
    "quiet_from",
    "quiet_until",
    "wake_from",
    "alerts_per_hour",
    "alerts_per_day",
)


def columns_of(subscriber: Subscriber) -> dict[str, Any]:
    """Return what goes into the columns of `subscribers`, as it will be read back."""
    columns = {
        "channel": subscriber.channel.value,
        "target": subscriber.target,
        "classes": [item.value for item in subscriber.classes],
        "countries": list(subscriber.countries),
        "kinds": [item.value for item in subscriber.kinds],
        "min_severity": subscriber.min_severity,
        "flash_from": subscriber.flash_from,
        "timezone": subscriber.timezone,
        "digest_hour": subscriber.digest_hour,
        "demonstration": subscriber.demonstration,
    }
    return {name: scrub(value) for name, value in columns.items()}


def options_of(subscriber: Subscriber) -> dict[str, Any]:
    """Return what goes into `subscriptions.options`, as it will be read back."""
    data = to_json(subscriber)
    return {name: scrub(data[name]) for name in _OPTIONS}


_PLAIN = options_of(Subscriber("", Channel.FILE, ""))


def subscriber_of_row(row: RowMapping) -> Subscriber:
    """Return the subscriber of a row of both tables; options that it does not have yet are as for everybody."""
    more: Mapping[str, Any] = {name: row["options"].get(name, default) for name, default in _PLAIN.items()}
    return Subscriber(
        id=row["id"],
        name=row["name"],
        channel=Channel(row["channel"]),
        target=row["target"],
        classes=tuple(IncidentClass(item) for item in row["classes"]),
        countries=tuple(row["countries"]),
        kinds=tuple(BriefingKind(item) for item in row["kinds"]),
        min_severity=row["min_severity"],
        flash_from=row["flash_from"],
        timezone=row["timezone"],
        digest_hour=row["digest_hour"],
        demonstration=row["demonstration"],
        created=row["created"],
        places=tuple(WatchedPlace(**place) for place in more["places"]),
        radius_km=more["radius_km"],
        language=more["language"],
        weekly_day=more["weekly_day"],
        empty_digests=more["empty_digests"],
        quiet_from=_clock(more["quiet_from"]),
        quiet_until=_clock(more["quiet_until"]),
        wake_from=more["wake_from"],
        alerts_per_hour=more["alerts_per_hour"],
        alerts_per_day=more["alerts_per_day"],
        state=SubscriberState(row["state"]),
    )


def _clock(text: str | None) -> time | None:
    return None if text is None else datetime.fromisoformat(f"2000-01-01T{text}").time()
