"""Requests to one host are kept apart; a host that asks for rest gets it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from alertsvc.clock import ManualClock
from alertsvc.collect.politeness import MAX_HOLD, HostHeldError, Politeness


class Sleeper:
    """Sleeps by moving the clock."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.advance(timedelta(seconds=seconds))
        await asyncio.sleep(0)


@pytest.fixture
def sleeper(clock: ManualClock) -> Sleeper:
    return Sleeper(clock)


@pytest.fixture
def politeness(clock: ManualClock, sleeper: Sleeper) -> Politeness:
    return Politeness(clock, 2.0, sleeper)


async def test_gap_runs_from_the_end_of_the_last_request(
    politeness: Politeness, clock: ManualClock, sleeper: Sleeper
) -> None:
    async with politeness.turn("a.example"):
        clock.advance(timedelta(seconds=10))
    clock.advance(timedelta(seconds=0.5))
    async with politeness.turn("a.example"):
        assert sleeper.slept == [1.5]
    clock.advance(timedelta(seconds=5))
    async with politeness.turn("a.example"):
        assert sleeper.slept == [1.5]
    async with politeness.turn("b.example"):
        assert sleeper.slept == [1.5]


async def test_one_at_a_time_for_a_host_and_hosts_side_by_side(politeness: Politeness) -> None:
    inside: list[str] = []
    most: dict[str, int] = {}

    async def visit(host: str) -> None:
        async with politeness.turn(host):
            inside.append(host)
            most[host] = max(most.get(host, 0), inside.count(host))
            most["all"] = max(most.get("all", 0), len(inside))
            await asyncio.sleep(0)
            inside.remove(host)

    await asyncio.gather(*(visit(host) for host in ["a.example", "b.example"] * 5))
    assert most == {"a.example": 1, "b.example": 1, "all": 2}


async def test_hold_refuses_also_those_who_wait(politeness: Politeness, clock: ManualClock) -> None:
    async def second() -> None:
        async with politeness.turn("a.example"):
            raise AssertionError("must not get its turn")

    async with politeness.turn("a.example"):
        waiting = asyncio.create_task(second())
        await asyncio.sleep(0)
        politeness.hold("a.example", 60)
    with pytest.raises(HostHeldError) as caught:
        await waiting
    assert caught.value.retry_after == 60
    assert politeness.held_for("b.example") == 0
    clock.advance(timedelta(seconds=61))
    async with politeness.turn("a.example"):
        assert politeness.held_for("a.example") == 0


def test_hold_is_capped_and_never_shortened(politeness: Politeness) -> None:
    politeness.hold("a.example", 1e9)
    assert politeness.held_for("a.example") == MAX_HOLD
    politeness.hold("a.example", 5)
    assert politeness.held_for("a.example") == MAX_HOLD
    politeness.hold("b.example", -5)
    assert politeness.held_for("b.example") == 0


async def test_error_within_gives_the_turn_back(politeness: Politeness) -> None:
    with pytest.raises(ValueError, match="x"):
        async with politeness.turn("a.example"):
            raise ValueError("x")
    async with asyncio.timeout(1), politeness.turn("a.example"):
        pass


async def test_clock_set_back_does_not_stop_us(sleeper: Sleeper) -> None:
    class Jumping(ManualClock):
        pass

    clock = Jumping(sleeper.clock.now())
    politeness = Politeness(clock, 2.0, sleeper)
    async with politeness.turn("a.example"):
        pass
    clock._now -= timedelta(days=3)
    async with politeness.turn("a.example"):
        assert sleeper.slept == [2.0]


async def test_hosts_that_rest_are_forgotten(politeness: Politeness, clock: ManualClock) -> None:
    politeness.hold("held.example", MAX_HOLD)
    for number in range(6000):
        async with politeness.turn(f"h{number}.example"):
            pass
        clock.advance(timedelta(seconds=3))
    assert len(politeness._hosts) < 5100
    assert politeness.held_for("held.example") > 0
