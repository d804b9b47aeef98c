"""Quiet hours by the clock on the wall, through nights in which it is changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsvc.deliver.quiet import quiet_ends, wakes
from tests.deliver.support import NOW, a_subscriber
from tests.deliver.test_digests import ZONES


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_who_has_none_is_always_there():
    assert quiet_ends(a_subscriber(), NOW) is None


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (utc(2026, 2, 1, 19, 59, 59), None),
        (utc(2026, 2, 1, 20), utc(2026, 2, 2, 4, 30)),
        (utc(2026, 2, 2, 0), utc(2026, 2, 2, 4, 30)),
        (utc(2026, 2, 2, 4, 29, 59), utc(2026, 2, 2, 4, 30)),
        (utc(2026, 2, 2, 4, 30), None),
    ],
)
def test_a_night_spans_midnight(now, end):
    who = a_subscriber(timezone="Africa/Tripoli", quiet_from=time(22), quiet_until=time(6, 30))
    assert quiet_ends(who, now) == end


def test_a_siesta_does_not():
    who = a_subscriber(quiet_from=time(13), quiet_until=time(15))
    assert quiet_ends(who, utc(2026, 2, 1, 14)) == utc(2026, 2, 1, 15)
    assert quiet_ends(who, utc(2026, 2, 1, 15)) is None
    assert quiet_ends(who, utc(2026, 2, 1, 3)) is None


@pytest.mark.parametrize(
    ("zone", "until", "now", "end"),
    [
        # 02:30 does not exist: the quiet hours end when the clocks jump.
        ("Europe/Paris", time(2, 30), utc(2026, 3, 29, 0, 30), utc(2026, 3, 29, 1)),
        ("Europe/Paris", time(2, 30), utc(2026, 3, 29, 1), None),
        # 02:30 comes twice: they end the first time, and do not begin anew.
        ("Europe/Paris", time(2, 30), utc(2026, 10, 25, 0, 15), utc(2026, 10, 25, 0, 30)),
        ("Europe/Paris", time(2, 30), utc(2026, 10, 25, 1, 15), None),
        ("Australia/Lord_Howe", time(2, 15), utc(2026, 10, 3, 15, 20), utc(2026, 10, 3, 15, 30)),
    ],
)
def test_nights_in_which_clocks_change(zone, until, now, end):
    who = a_subscriber(timezone=zone, quiet_from=time(23), quiet_until=until)
    assert quiet_ends(who, now) == end


def test_what_wakes():
    assert [wakes(a_subscriber(wake_from=3.5), severity) for severity in (3.0, 3.5, 4.0)] == [False, True, True]
    assert not wakes(a_subscriber(wake_from=None), 5.0)


@settings(max_examples=150, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    begin=st.integers(0, 24 * 60 - 1),
    until=st.integers(0, 24 * 60 - 1),
    day=st.dates(date(2024, 1, 2), date(2027, 12, 1)),
    clock=st.times(),
)
def test_they_end_and_are_never_longer_than_a_day(zone, begin, until, day, clock):
    if begin == until:
        return
    quiet_from, quiet_until = (time(minute // 60, minute % 60) for minute in (begin, until))
    who = a_subscriber(timezone=zone, quiet_from=quiet_from, quiet_until=quiet_until)
    now = datetime.combine(day, clock, UTC)
    end = quiet_ends(who, now)
    if end is None:
        shown = now.astimezone(ZoneInfo(zone)).time()
        inside = (
            quiet_from <= shown < quiet_until if quiet_from < quiet_until else not quiet_until <= shown < quiet_from
        )
        # Only in a night in which the clocks were changed may the wall say otherwise.
        offsets = {(now + timedelta(hours=n)).astimezone(ZoneInfo(zone)).utcoffset() for n in range(-26, 27)}
        assert not inside or len(offsets) > 1
    else:
        assert now < end <= now + timedelta(hours=26)
        assert quiet_ends(who, end) is None
