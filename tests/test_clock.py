from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from alertsvc.clock import Clock, ManualClock, SystemClock

START = datetime(2026, 2, 1, 12, tzinfo=UTC)


def test_a_clock_of_ones_own_stands_still_until_moved() -> None:
    clock = ManualClock(START)
    assert clock.now() == clock.now() == START
    assert clock.advance(timedelta(minutes=5)) == clock.now() == START + timedelta(minutes=5)
    assert clock.move_to(START + timedelta(hours=1)) == clock.now() == START + timedelta(hours=1)


def test_it_never_runs_backwards() -> None:
    clock = ManualClock(START)
    assert clock.move_to(START - timedelta(days=1)) == START
    assert clock.advance(timedelta(seconds=-1)) == START
    assert clock.now() == START


def test_it_speaks_utc_whatever_it_is_told() -> None:
    tunis = timezone(timedelta(hours=1))
    clock = ManualClock(START.astimezone(tunis))
    assert clock.now().tzinfo is UTC
    assert clock.move_to(datetime(2026, 2, 1, 14, 30, tzinfo=tunis)) == START + timedelta(minutes=90)
    assert clock.now().tzinfo is UTC


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        ManualClock(datetime(2026, 2, 1))  # noqa: DTZ001  the fault under test


def test_the_machines_clock_is_in_utc() -> None:
    clock: Clock = SystemClock()
    first, second = clock.now(), clock.now()
    assert first.tzinfo is UTC
    assert first <= second
