"""When digests fall due, on walls all over the world."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsvc.deliver.digests import REACH, DigestPeriod, digest_moment, due_period, review_moment
from alertsvc.domain import BriefingKind, Subscriber
from alertsvc.store.periods import ToldPeriod
from tests.deliver.support import NOW, a_subscriber

# Clocks that jump at odd hours, by odd amounts, over midnight, or for Ramadan; and zones that never change.
ZONES = (
    "UTC",
    "Africa/Casablanca",
    "Africa/El_Aaiun",
    "Africa/Cairo",
    "Africa/Tripoli",
    "Europe/Paris",
    "America/New_York",
    "America/Scoresbysund",
    "America/Nuuk",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "America/Santiago",
    "Asia/Gaza",
    "Antarctica/Troll",
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def due(
    who: Subscriber, now: datetime, last: DigestPeriod | datetime | None, kind: BriefingKind = BriefingKind.DAILY
) -> DigestPeriod | None:
    """Return what is due after a period, or after one of which only the end is known."""
    if isinstance(last, DigestPeriod):
        return due_period(who, kind, now, ToldPeriod(kind, last.name, last.start, last.end))
    return due_period(who, kind, now, None if last is None else ToldPeriod(kind, "", last, last))


def test_first_digest_is_due_at_once():
    assert due(a_subscriber(), NOW, None) == DigestPeriod(NOW - timedelta(hours=24), NOW, "daily:3:first")


def test_who_takes_no_digest_is_owed_none():
    assert due(a_subscriber(kinds=(BriefingKind.FLASH,)), NOW, None) is None


def test_next_digest_waits_for_the_hour_on_the_local_wall():
    who = a_subscriber(timezone="Africa/Tripoli", digest_hour=7)  # two hours ahead of UTC
    last = utc(2026, 2, 1, 12)
    assert due(who, utc(2026, 2, 2, 4, 59, 59), last) is None
    period = DigestPeriod(last, utc(2026, 2, 2, 5), "daily:3:2026-02-02")
    assert due(who, utc(2026, 2, 2, 5), last) == period
    assert due(who, utc(2026, 2, 2, 22), last) == period
    assert due(who, utc(2026, 2, 2, 23), period) is None


def test_key_carries_the_local_day():
    who = a_subscriber(timezone="Pacific/Auckland", digest_hour=7)  # thirteen hours ahead in summer
    period = due(who, utc(2026, 2, 1, 18), utc(2026, 2, 1, 1))
    assert period == DigestPeriod(utc(2026, 2, 1, 1), utc(2026, 2, 1, 18), "daily:3:2026-02-02")


def test_missed_days_make_one_digest():
    period = due(a_subscriber(), utc(2026, 2, 9, 15), utc(2026, 2, 4, 7))
    assert period == DigestPeriod(utc(2026, 2, 4, 7), utc(2026, 2, 9, 7), "daily:3:2026-02-09")


def test_clock_behind_the_last_end_owes_nothing():
    assert due(a_subscriber(), utc(2026, 2, 1, 8), utc(2026, 2, 3, 7)) is None


@pytest.mark.parametrize(
    ("zone", "day", "hour", "moment"),
    [
        ("Europe/Paris", date(2026, 3, 29), 2, utc(2026, 3, 29, 1)),  # 02:00 does not exist: 03:00
        ("Europe/Paris", date(2026, 10, 25), 2, utc(2026, 10, 25, 0)),  # 02:00 exists twice: the first
        ("Africa/Cairo", date(2026, 4, 24), 0, utc(2026, 4, 23, 22)),  # midnight does not exist: 01:00
        ("Africa/Casablanca", date(2026, 2, 15), 3, utc(2026, 2, 15, 3)),  # 03:00 once more becomes 02:00
        ("Africa/Casablanca", date(2026, 3, 22), 2, utc(2026, 3, 22, 2)),  # after Ramadan 02:00 becomes 03:00
        ("Australia/Lord_Howe", date(2026, 10, 4), 2, utc(2026, 10, 3, 15, 30)),  # half an hour is skipped
        ("America/Scoresbysund", date(2025, 3, 29), 23, utc(2025, 3, 30, 1)),  # skipped up to midnight
        ("Asia/Kathmandu", date(2026, 1, 1), 7, utc(2026, 1, 1, 1, 15)),
    ],
)
def test_hours_that_are_skipped_or_come_twice(zone, day, hour, moment):
    assert digest_moment(day, hour, ZoneInfo(zone)) == moment


def test_day_that_a_calendar_leaves_out():
    apia = ZoneInfo("Pacific/Apia")
    assert digest_moment(date(2011, 12, 30), 7, apia) is None
    who = a_subscriber(timezone="Pacific/Apia")
    last = utc(2011, 12, 29, 17)  # 07:00 on the 29th
    period = due(who, utc(2011, 12, 30, 17), last)
    assert period == DigestPeriod(last, utc(2011, 12, 30, 17), "daily:3:2011-12-31")


def test_clocks_set_back_over_midnight():
    # In St. John's they went from 00:01 back to 23:01: the new day had begun for a minute.
    who = a_subscriber(timezone="America/St_Johns", digest_hour=0)
    last = utc(2010, 11, 6, 2, 30)
    period = due(who, utc(2010, 11, 7, 3), last)  # 23:30 for the second time
    assert period == DigestPeriod(last, utc(2010, 11, 7, 2, 30), "daily:3:2010-11-07")
    assert due(who, utc(2010, 11, 7, 12), period) is None


@pytest.mark.parametrize("zone", ZONES)
def test_exactly_one_for_each_local_day_of_a_year(zone):
    place = ZoneInfo(zone)
    hour = len(zone) % 24 if zone != "Africa/Casablanca" else 2
    who = a_subscriber(timezone=zone, digest_hour=hour)
    now = datetime.combine(date(2026, 1, 1), time(12), place).astimezone(UTC)
    end = datetime.combine(date(2027, 1, 1), time(12), place).astimezone(UTC)
    last = due(who, now, None)
    assert last is not None
    keys = []
    while now < end:
        now += timedelta(minutes=37)
        period = due(who, now, last)
        if period is not None:
            assert period.start == last.end < period.end <= now
            keys.append(period.key)
            last = period
    days = [date(2026, 1, 2) + timedelta(days=n) for n in range(len(keys))]
    assert keys == [f"daily:3:{day}" for day in days]
    assert days[-1] in (date(2026, 12, 31), date(2027, 1, 1))
    assert len(keys) in (364, 365)


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
    day=st.dates(date(2024, 1, 1), date(2027, 12, 1)),
    clock=st.times(),
    steps=st.lists(st.integers(1, 4 * 24 * 60), max_size=60),
)
def test_periods_join_without_gap_whatever_the_pace(zone, hour, day, clock, steps):
    who = a_subscriber(timezone=zone, digest_hour=hour)
    now = datetime.combine(day, clock, UTC)
    last = due(who, now, None)
    assert last is not None
    keys = {last.key}
    for minutes in steps:
        now += timedelta(minutes=minutes)
        period = due(who, now, last)
        if period is not None:
            assert period.start == last.end < period.end <= now
            assert period.key not in keys
            keys.add(period.key)
            last = period
            assert due(who, now, last) is None
        # Never more than a local day behind (25 hours on the longest), and a skipped hour on top; after the first one,
        # which may come at any hour, the rest of its own day as well.
        behind = timedelta(hours=50 if last.name == "first" else 26, minutes=1)
        assert now - last.end < behind


@settings(max_examples=200, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
    day=st.dates(date(2000, 1, 2), date(2037, 12, 30)),
)
def test_moment_is_the_first_at_which_the_wall_shows_the_hour_or_later(zone, hour, day):
    place = ZoneInfo(zone)
    moment = digest_moment(day, hour, place)
    if moment is None:
        return
    naive = datetime.combine(day, time(hour))
    shown = moment.astimezone(place).replace(tzinfo=None)
    before = (moment - timedelta(seconds=1)).astimezone(place).replace(tzinfo=None)
    assert shown >= naive
    assert shown == naive or before < naive
    again = (moment - timedelta(hours=1)).astimezone(place).replace(tzinfo=None)
    assert again != naive


# --- moving to another hour or zone -----------------------------------------------------------------------------------


@pytest.mark.parametrize("hour", range(8, 24))
def test_another_hour_gives_no_second_digest_on_the_same_day(hour):
    tunis = {"timezone": "Africa/Tunis"}  # an hour ahead of UTC
    morning = due(a_subscriber(digest_hour=7, **tunis), utc(2026, 11, 21, 6), utc(2026, 11, 20, 6))
    assert morning is not None
    later = a_subscriber(digest_hour=hour, **tunis)
    assert due(later, utc(2026, 11, 21, 22, 59), morning) is None
    evening = due(later, utc(2026, 11, 22, hour - 1), morning)
    assert evening == DigestPeriod(morning.end, utc(2026, 11, 22, hour - 1), "daily:3:2026-11-22")


def test_first_digest_is_that_of_its_day():
    who = a_subscriber(digest_hour=7)
    first = due(who, utc(2026, 2, 2, 6, 59), None)
    assert first is not None
    assert due(who, utc(2026, 2, 2, 7), first) is None
    assert due(who, utc(2026, 2, 3, 7), first) == DigestPeriod(first.end, utc(2026, 2, 3, 7), "daily:3:2026-02-03")


def test_hour_skipped_up_to_midnight_takes_nothing_from_the_day_after():
    who = a_subscriber(timezone="America/Scoresbysund", digest_hour=23)
    skipped = due(who, utc(2025, 3, 30, 1), utc(2025, 3, 29, 1))
    assert skipped == DigestPeriod(utc(2025, 3, 29, 1), utc(2025, 3, 30, 1), "daily:3:2025-03-29")
    after = due(who, utc(2025, 3, 31, 0), skipped)
    assert after == DigestPeriod(skipped.end, utc(2025, 3, 31, 0), "daily:3:2025-03-30")


@settings(max_examples=150, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    # Around the days on which most of these clocks change, and any others.
    day=st.dates(date(2026, 1, 1), date(2026, 12, 1))
    | st.sampled_from([date(2026, 2, 13), date(2026, 3, 20), date(2026, 3, 26), date(2026, 4, 22), date(2026, 10, 22)]),
    clock=st.times(),
    hours=st.lists(st.tuples(st.integers(0, 23), st.integers(1, 40)), min_size=1, max_size=12),
)
def test_one_digest_a_day_and_no_gap_however_often_the_hour_is_changed(zone, day, clock, hours):
    place = ZoneInfo(zone)
    now = datetime.combine(day, clock, UTC)
    last = due(a_subscriber(timezone=zone, digest_hour=hours[0][0]), now, None)
    assert last is not None
    days = [now.astimezone(place).date()]
    for hour, stays in hours:
        who = a_subscriber(timezone=zone, digest_hour=hour)
        for _ in range(stays):
            now += timedelta(minutes=59)
            period = due(who, now, last)
            if period is None:
                continue
            assert period.start == last.end < period.end <= now
            days.append(date.fromisoformat(period.name))
            # Told on the day it is named by; an hour skipped up to midnight is over on the first stroke of the next.
            shown = period.end.astimezone(place).replace(tzinfo=None)
            assert shown.date() == days[-1] or shown == datetime.combine(days[-1] + timedelta(days=1), time.min)
            last = period
    assert all(early < late for early, late in pairwise(days))


def test_a_day_that_comes_twice_is_told_twice():
    east = due(a_subscriber(timezone="Pacific/Auckland"), utc(2026, 2, 2, 18), utc(2026, 2, 1, 18))
    assert east is not None
    assert east.name == "2026-02-03"
    west = a_subscriber(timezone="Pacific/Honolulu")
    again = due(west, utc(2026, 2, 3, 17), east)
    assert again == DigestPeriod(east.end, utc(2026, 2, 3, 17), "daily:3:2026-02-03T1700Z")
    after = due(west, utc(2026, 2, 4, 17), again)
    assert after == DigestPeriod(utc(2026, 2, 3, 17), utc(2026, 2, 4, 17), "daily:3:2026-02-04")


def test_what_was_missed_is_told_a_month_back_at_most():
    period = due(a_subscriber(), utc(2026, 6, 1, 7), utc(2026, 1, 1, 7))
    assert period == DigestPeriod(utc(2026, 6, 1, 7) - REACH, utc(2026, 6, 1, 7), "daily:3:2026-06-01")


# --- weekly -----------------------------------------------------------------------------------------------------------

WEEKLY = BriefingKind.WEEKLY
MONDAY = utc(2026, 2, 2)


def test_a_review_tells_of_monday_to_sunday_of_the_local_calendar():
    who = a_subscriber(timezone="Africa/Tripoli", digest_hour=7, created=utc(2026, 1, 30))
    assert due(who, utc(2026, 2, 2, 4, 59, 59), None, WEEKLY) is None
    start, end = utc(2026, 1, 25, 22), utc(2026, 2, 1, 22)
    first = DigestPeriod(start, end, "weekly:3:2026-02-01", WEEKLY)
    assert due(who, utc(2026, 2, 2, 5), None, WEEKLY) == first
    assert due(who, utc(2026, 2, 8, 23), first, WEEKLY) is None
    second = due(who, utc(2026, 2, 9, 5), first, WEEKLY)
    assert second == DigestPeriod(end, end + timedelta(days=7), "weekly:3:2026-02-08", WEEKLY)


def test_whoever_is_new_waits_for_the_next_review():
    who = a_subscriber(created=MONDAY + timedelta(hours=8))
    assert due(who, MONDAY + timedelta(hours=9), None, WEEKLY) is None
    assert due(who, MONDAY + timedelta(days=7, hours=7), None, WEEKLY) is not None


def test_another_day_of_the_week_moves_the_sending_and_not_the_week():
    who = a_subscriber(weekly_day=3, created=utc(2026, 1, 1))
    last = DigestPeriod(MONDAY - timedelta(days=14), MONDAY - timedelta(days=7), "weekly:3:2026-01-25", WEEKLY)
    assert due(who, MONDAY + timedelta(days=3, hours=6), last, WEEKLY) is None
    period = due(who, MONDAY + timedelta(days=3, hours=7), last, WEEKLY)
    assert period == DigestPeriod(last.end, MONDAY, "weekly:3:2026-02-01", WEEKLY)


def test_missed_weeks_make_one_review():
    last = DigestPeriod(MONDAY - timedelta(days=28), MONDAY - timedelta(days=21), "weekly:3:2026-01-11", WEEKLY)
    period = due(a_subscriber(), MONDAY + timedelta(days=1), last, WEEKLY)
    assert period == DigestPeriod(last.end, MONDAY, "weekly:3:2026-02-01", WEEKLY)


def test_moving_west_gives_no_second_review_of_the_same_week():
    east = due(a_subscriber(timezone="Pacific/Auckland"), utc(2026, 2, 1, 18), None, WEEKLY)
    assert east is not None
    west = a_subscriber(timezone="Pacific/Honolulu")
    assert due(west, utc(2026, 2, 2, 18), east, WEEKLY) is None
    later = due(west, utc(2026, 2, 9, 18), east, WEEKLY)
    assert later is not None
    assert (later.start, later.end) == (east.end, utc(2026, 2, 9, 10))


def test_a_week_that_the_calendar_shortened():
    who = a_subscriber(timezone="Pacific/Apia", created=utc(2011, 12, 1))  # there was no Friday, 30 December
    period = due(who, utc(2012, 1, 1, 17), None, WEEKLY)
    assert period is not None
    assert period.end - period.start == timedelta(days=6)


@settings(max_examples=40, deadline=None)
@given(
    zone=st.sampled_from((*ZONES, "Pacific/Apia", "Pacific/Kwajalein")),
    hour=st.integers(0, 23),
    weekday=st.integers(0, 6),
    first=st.integers(1990, 2034),
    step=st.integers(30, 11 * 60),
    kind=st.sampled_from((BriefingKind.DAILY, WEEKLY)),
)
def test_periods_adjoin_over_years(zone, hour, weekday, first, step, kind):
    place = ZoneInfo(zone)
    who = a_subscriber(timezone=zone, digest_hour=hour, weekly_day=weekday, created=utc(first, 1, 1))
    now, last = utc(first, 1, 1), None
    names = set()
    while now < utc(first + 3, 1, 1):
        now += timedelta(minutes=step)
        period = due(who, now, last, kind)
        if period is None:
            continue
        assert period.name not in names
        names.add(period.name)
        assert period.start < period.end <= now
        assert last is None or period.start == last.end
        if kind is WEEKLY:
            local = period.end.astimezone(place)
            assert local.weekday() == 0
            # Midnight, or the first moment of a Monday that begins later.
            assert (period.end - timedelta(seconds=1)).astimezone(place).date() < local.date()
            monday = local.date()
            moment = review_moment(monday, weekday, hour, place)
            assert moment <= now < moment + timedelta(minutes=step)
        last = period
        assert due(who, now, last, kind) is None
    days = 3 * 365
    assert abs(len(names) - (days if kind is BriefingKind.DAILY else days / 7)) <= 3
