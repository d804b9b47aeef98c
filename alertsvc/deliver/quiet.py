"""Quiet hours: when a subscriber is not to be disturbed, by the clock on its own wall. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from alertsvc.deliver.local import DAY, instant_of, local_day
from alertsvc.domain import Subscriber

__all__ = ["quiet_ends", "wakes"]


def quiet_ends(subscriber: Subscriber, now: datetime) -> datetime | None:
    """Return when the quiet hours end that a subscriber has now; None where it has none, or they are over.

    Each day's quiet hours begin and end once, whatever the clocks do: an end that they skip is when they jump, one that
    comes twice is its first time. The end is not quiet any more.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: its zone is unknown to this machine.
    """
    if subscriber.quiet_from is None or subscriber.quiet_until is None:
        return None
    zone = ZoneInfo(subscriber.timezone)
    today = local_day(now, zone)
    ends = DAY if subscriber.quiet_until <= subscriber.quiet_from else 0 * DAY
    for day in (today - DAY, today, today + DAY):
        begin = instant_of(datetime.combine(day, subscriber.quiet_from), zone)
        end = instant_of(datetime.combine(day + ends, subscriber.quiet_until), zone)
        if begin <= now < end:
            return end
    return None


def wakes(subscriber: Subscriber, severity: float) -> bool:
    """Say whether something of this severity is sent in quiet hours too."""
    return subscriber.wake_from is not None and severity >= subscriber.wake_from
