"""When a feed is due again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.collect.schedule import next_due

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
DAY, HOUR = 86_400.0, 3600.0


def wait(**more: Any) -> float:
    given: dict[str, Any] = {"feed_id": "a", "interval": 900.0, "now": NOW}
    return (next_due(**(given | more)) - NOW).total_seconds()


@pytest.mark.parametrize(
    ("more", "least"),
    [
        ({}, 900),
        ({"ttl": 60.0}, 900),
        ({"ttl": 1800.0}, 1800),
        ({"ttl": 7 * DAY}, 6 * HOUR),
        ({"max_age": 3600.0}, 3600),
        ({"max_age": 1e9}, 6 * HOUR),
        ({"ttl": 3600.0, "max_age": 1800.0}, 3600),
        ({"retry_after": 5.0}, 900),
        ({"retry_after": 8 * HOUR}, 8 * HOUR),
        ({"retry_after": 1e9}, DAY),
        ({"failures": 1}, 900),
        ({"failures": 2}, 1800),
        ({"failures": 4}, 7200),
        ({"failures": 9}, DAY),
        ({"failures": 10_000}, DAY),
        ({"interval": 2 * DAY}, 2 * DAY),
        ({"interval": 2 * DAY, "failures": 5}, 2 * DAY),
    ],
)
def test_waits(more: dict[str, Any], least: float) -> None:
    assert least <= wait(**more) <= least * 1.1


def test_jitter_is_spread_and_always_the_same() -> None:
    waits = [wait(feed_id=f"feed-{n}") for n in range(1000)]
    assert waits == [wait(feed_id=f"feed-{n}") for n in range(1000)]
    assert min(waits) < 905
    assert max(waits) > 985
    assert abs(sum(waits) / 1000 - 945) < 5


@given(
    st.text(max_size=20),
    st.floats(1, 1e6),
    st.integers(0, 10**6),
    *[st.none() | st.floats(0, 1e12)] * 3,
)
def test_never_sooner_than_wanted_nor_later_than_a_day(
    feed_id: str, interval: float, failures: int, ttl: float | None, max_age: float | None, retry_after: float | None
) -> None:
    seconds = wait(
        feed_id=feed_id, interval=interval, failures=failures, ttl=ttl, max_age=max_age, retry_after=retry_after
    )
    assert interval - 1e-3 <= seconds <= max(DAY, interval) * 1.1 + 1e-3
