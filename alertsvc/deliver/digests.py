"""Which digest a subscriber is owed, by the clock on its own wall: the daily one and the weekly review alike. Pure.

Periods follow one another without gap or overlap: each begins where the one before it ended. A daily digest covers up
to the hour it is sent at. A weekly review covers weeks of Monday 00:00 to Sunday 24:00, local, whenever it is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alertsvc.deliver.keys import daily_key, first_daily_key, subscriber_id, weekly_key
from alertsvc.deliver.local import DAY, day_is_left_out, instant_of, local_day
from alertsvc.domain import BriefingKind, Subscriber
from alertsvc.store.periods import ToldPeriod

__all__ = ["DIGESTS", "DigestPeriod", "digest_moment", "due_period", "review_moment"]

DIGESTS = (BriefingKind.DAILY, BriefingKind.WEEKLY)
FIRST_PERIOD = timedelta(hours=24)
WEEK = timedelta(days=7)
REACH = timedelta(days=31)
"""How far back a digest goes that makes up for missed ones."""


@dataclass(frozen=True, slots=True)
class DigestPeriod:
    """What one digest covers, `start` included and `end` not, and the key that makes it the only one."""

    start: datetime
    end: datetime
    key: str
    kind: BriefingKind = BriefingKind.DAILY

    @property
    def name(self) -> str:
        """What the period is called among those of its subscriber: the last part of the key."""
        return self.key.rpartition(":")[2]


def digest_moment(day: date, hour: int, zone: ZoneInfo) -> datetime | None:
    """Return the instant, in UTC, at which the digest of a local day falls due.

    An hour that the clocks skip counts from the moment they jump, one that comes twice counts the first time. None
    for a day that the zone's calendar leaves out altogether, as Samoa did with one in 2011.
    """
    if day_is_left_out(day, zone):
        return None
    return instant_of(datetime.combine(day, time.min) + timedelta(hours=hour), zone)


def review_moment(monday: date, weekday: int, hour: int, zone: ZoneInfo) -> datetime:
    """Return the instant at which the review of the week before a Monday falls due.

    Args:
        monday: the first day after the week, local.
        weekday: on which it is sent, counted from Monday, 0; on a day that the calendar leaves out, the next one.
        hour: local.
    """
    return instant_of(datetime.combine(monday, time.min) + weekday * DAY + timedelta(hours=hour), zone)


def due_period(
    subscriber: Subscriber, kind: BriefingKind, now: datetime, last: ToldPeriod | None
) -> DigestPeriod | None:
    """Say which digest of a kind a subscriber is owed.

    Args:
        subscriber: with its zone, hour and day.
        kind: `DAILY` or `WEEKLY`.
        now: the present instant, aware.
        last: the period of its last digest of this kind; None where it has had none.

    Returns:
        The first daily digest at once, over the 24 hours before now; after that one for each later local day at the
        hour set, from the end of the last one to that hour, and never two on a day of the zone's calendar. The first
        review when one falls due after the subscriber was added; after that one for each week. What was missed is told
        in a single digest, 31 days back at most, under the name of the latest of them. None when nothing is due or the
        subscriber takes no digest of this kind.

    Raises:
        ValueError: the subscriber has no row in the store.
        zoneinfo.ZoneInfoNotFoundError: its zone is unknown to this machine.
    """
    if kind not in subscriber.kinds:
        return None
    if kind is BriefingKind.WEEKLY:
        return _due_review(subscriber, now, last)
    row = subscriber_id(subscriber)
    if last is None:
        return DigestPeriod(now - FIRST_PERIOD, now, first_daily_key(row))
    zone = ZoneInfo(subscriber.timezone)
    # From the day ahead, since clocks set back over midnight return to a day that had already ended.
    day = local_day(now, zone) + DAY
    moment = digest_moment(day, subscriber.digest_hour, zone)
    while moment is None or moment > now:
        day -= DAY
        moment = digest_moment(day, subscriber.digest_hour, zone)
    # By the calendar, not by hours gone by: who moves to another hour, or was new this morning, has had this day's.
    if moment <= last.end or day <= _day_told(last, zone):
        return None
    key = daily_key(row, day)
    known = _day_of(last.period)
    if known is not None and day <= known:
        # The subscriber moved over the date line, and a day that comes twice is told twice.
        key += f"T{moment:%H%M}Z"
    return DigestPeriod(max(last.end, moment - REACH), moment, key)


def _due_review(subscriber: Subscriber, now: datetime, last: ToldPeriod | None) -> DigestPeriod | None:
    row = subscriber_id(subscriber)
    zone = ZoneInfo(subscriber.timezone)
    today = local_day(now, zone)
    monday = today - today.weekday() * DAY + WEEK
    moment = review_moment(monday, subscriber.weekly_day, subscriber.digest_hour, zone)
    while moment > now:
        monday -= WEEK
        moment = review_moment(monday, subscriber.weekly_day, subscriber.digest_hour, zone)
    end = instant_of(datetime.combine(monday, time.min), zone)
    key = weekly_key(row, monday - DAY)
    if last is None:
        if subscriber.created is not None and moment <= subscriber.created:
            return None
        start = instant_of(datetime.combine(monday - WEEK, time.min), zone)
        return DigestPeriod(start, end, key, BriefingKind.WEEKLY)
    known = _day_of(last.period)
    if end <= last.end or (known is not None and monday - DAY <= known):
        return None
    return DigestPeriod(max(last.end, end - REACH), end, key, BriefingKind.WEEKLY)


def _day_told(last: ToldPeriod, zone: ZoneInfo) -> date:
    """Return the day, by the calendar of the subscriber's present zone, that its last daily digest was the one of."""
    known = _day_of(last.period)
    # A digest whose hour was skipped up to midnight falls due when the wall shows the next day, which has its own.
    if known is not None and any(digest_moment(known, hour, zone) == last.end for hour in range(24)):
        return known
    return local_day(last.end, zone)


def _day_of(name: str) -> date | None:
    """Return the day that a period is named by; None for the first."""
    try:
        return date.fromisoformat(name[:10])
    except ValueError:
        return None
