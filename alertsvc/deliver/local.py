"""What a clock on a wall says, as an instant: hours that the clocks skip, or show twice, days that were left out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

__all__ = ["DAY", "day_is_left_out", "instant_of", "local_day"]

DAY = timedelta(days=1)


@lru_cache(maxsize=65536)
def instant_of(naive: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant, in UTC, at which a wall clock shows `naive` or, where it is skipped, has passed it.

    A time that comes twice counts the first time.
    """
    # Fold 0 reads an hour that exists twice as its first; one that is skipped it reads by the offset before the jump
    # and fold 1 by the one after, which puts the jump between the two.
    late = naive.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if late.astimezone(zone).replace(tzinfo=None) == naive:
        return late
    early = naive.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if middle.astimezone(zone).replace(tzinfo=None) < naive:
            early = middle
        else:
            late = middle
    return late


def day_is_left_out(day: date, zone: ZoneInfo) -> bool:
    """Say whether the zone's calendar has no such day, as Samoa's has no 30 December 2011."""
    midnight = datetime.combine(day, time.min)
    return instant_of(midnight, zone) == instant_of(midnight + DAY, zone)


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the day that the calendar on the wall shows."""
    return instant.astimezone(zone).date()
