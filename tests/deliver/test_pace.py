"""Turns: never more than the rate allows, none wasted, those who wait served in order; and channels that rest."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.clock import ManualClock
from alertsvc.deliver.pace import Pace, Rate
from alertsvc.deliver.pauses import PAUSES, Pauses
from alertsvc.domain import Channel
from tests.deliver.support import NOW


@given(
    steps=st.lists(st.floats(0, 5), min_size=1, max_size=60),
    rate=st.sampled_from([0.5, 1.0, 3.0]),
    burst=st.sampled_from([1.0, 4.0, 10.0]),
)
def test_no_window_holds_more_turns_than_allowed(steps: list[float], rate: float, burst: float):
    pace, clock, turns = Pace(), ManualClock(NOW), []
    for step in steps:
        now = clock.advance(timedelta(seconds=step))
        expected = pace.wait({"a": Rate(rate, burst)}, now)
        wait = pace.take({"a": Rate(rate, burst)}, now)
        assert wait == expected
        turns.append((now - NOW).total_seconds() + wait)
    assert turns == sorted(turns)
    for first, start in enumerate(turns):
        for last in range(first, len(turns)):
            assert last - first + 1 <= burst + rate * (turns[last] - start) + 1e-3


def test_a_bucket_that_is_full_gives_its_burst_at_once():
    pace = Pace()
    rate: dict[Hashable, Rate] = {"a": Rate(1.0, 3.0)}
    assert [pace.take(rate, NOW) for _ in range(5)] == [0.0, 0.0, 0.0, 1.0, 2.0]
    assert pace.take(rate, NOW + timedelta(seconds=30)) == 0.0


def test_every_key_counts_and_others_are_free():
    pace = Pace()
    both: dict[Hashable, Rate] = {"server": Rate(10.0), "slow": Rate(0.1)}
    assert pace.take(both, NOW) == 0.0
    assert pace.take(both, NOW) == 10.0
    assert pace.wait({"other": Rate(0.1)}, NOW) == 0.0
    assert pace.take({}, NOW) == 0.0


@pytest.mark.parametrize(("per_second", "burst"), [(0, 1), (-1, 1), (1, 0.5)])
def test_rates_that_make_no_sense(per_second: float, burst: float):
    with pytest.raises(ValueError, match="rate"):
        Rate(per_second, burst)


def test_a_channel_rests_longer_each_time_until_something_gets_through():
    pauses, clock = Pauses(), ManualClock(NOW)
    for seconds in (*PAUSES, PAUSES[-1], PAUSES[-1]):
        until = pauses.shut(Channel.EMAIL, clock.now(), "no login")
        assert until == clock.now() + timedelta(seconds=seconds)
        assert pauses.blocked(clock.now()) == [Channel.EMAIL]
        assert pauses.resting(Channel.SLACK, clock.now()) is None
        clock.move_to(until)
        assert pauses.blocked(clock.now()) == []
    pauses.passed(Channel.EMAIL, "a")
    assert pauses.shut(Channel.EMAIL, clock.now(), "again") == clock.now() + timedelta(seconds=PAUSES[0])
    assert pauses.shut(Channel.FILE, clock.now(), "x", 7.0) == clock.now() + timedelta(seconds=7)


def test_one_recipient_alone_does_not_stop_a_channel():
    pauses = Pauses()
    assert not any(pauses.lost(Channel.EMAIL, "a") for _ in range(5))
    assert pauses.lost(Channel.EMAIL, "b")
    pauses.passed(Channel.EMAIL, "a")
    assert not pauses.lost(Channel.EMAIL, "b")


def test_a_recipient_is_held_until_its_time():
    pauses = Pauses()
    pauses.hold(Channel.SLACK, "x", NOW + timedelta(seconds=5))
    assert pauses.held(Channel.SLACK, "x", NOW) == NOW + timedelta(seconds=5)
    assert pauses.held(Channel.EMAIL, "x", NOW) is None
    assert pauses.held(Channel.SLACK, "x", NOW + timedelta(seconds=5)) is None
