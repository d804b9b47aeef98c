"""When a subscriber's daily digest is due, by the clock on its own wall. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alertsvc.deliver.keys import daily_key, first_daily_key, subscriber_id
from alertsvc.domain import BriefingKind, Subscriber

__all__ = ["DigestPeriod", "digest_moment", "due_digest"]

DAY = timedelta(days=1)
FIRST_PERIOD = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class DigestPeriod:
    """What one digest covers, `start` included and `end` not, and the key that makes it the only one."""

    start: datetime
    end: datetime
    key: str


def _first_valid(naive: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant, in UTC, at which a wall clock shows `naive` or, where it is skipped, has passed it."""
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


def digest_moment(day: date, hour: int, zone: ZoneInfo) -> datetime | None:
    """Return the instant, in UTC, at which the digest of a local day falls due.

    An hour that the clocks skip counts from the moment they jump, one that comes twice counts the first time. None
    for a day that the zone's calendar leaves out altogether, as Samoa did with one in 2011.
    """
    midnight = datetime.combine(day, time.min)
    if _first_valid(midnight, zone) == _first_valid(midnight + DAY, zone):
        return None
    return _first_valid(midnight + timedelta(hours=hour), zone)


def due_digest(subscriber: Subscriber, now: datetime, last_end: datetime | None) -> DigestPeriod | None:
    """Say which daily digest a subscriber is owed.

    Args:
        subscriber: with its zone and hour.
        now: the present instant, aware.
        last_end: where the period of its last daily digest ended; None where it has had none.

    Returns:
        The first digest at once, over the 24 hours before now; after that one for each local day at the hour set,
        from the end of the last one to that hour. Days that were missed are told in a single digest, under the key of
        the latest of them. None when nothing is due or the subscriber takes no daily digest.

    Raises:
        ValueError: the subscriber has no row in the store.
        zoneinfo.ZoneInfoNotFoundError: its zone is unknown to this machine.
    """
    if BriefingKind.DAILY not in subscriber.kinds:
        return None
    row = subscriber_id(subscriber)
    if last_end is None:
        return DigestPeriod(now - FIRST_PERIOD, now, first_daily_key(row))
    zone = ZoneInfo(subscriber.timezone)
    # From the day ahead, since clocks set back over midnight return to a day that had already ended.
    day = now.astimezone(zone).date() + DAY
    moment = digest_moment(day, subscriber.digest_hour, zone)
    while moment is None or moment > now:
        day -= DAY
        moment = digest_moment(day, subscriber.digest_hour, zone)
    if moment <= last_end:
        return None
    return DigestPeriod(last_end, moment, daily_key(row, day))
