"""How often one visitor may ask, in bounded memory."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from alertsvc.deliver.pace import Rate
from alertsvc.web.limits import _KEPT, Turnstile, visitor_of
from tests.web.support import NOW


def test_a_burst_then_the_rate():
    gate = Turnstile(Rate(per_second=0.5, burst=3))
    assert [gate.take("a", NOW) > 0 for _ in range(5)] == [False, False, False, True, True]
    assert gate.take("a", NOW) == pytest.approx(2.0)
    assert gate.take("b", NOW) == 0
    assert gate.take("a", NOW + timedelta(seconds=2)) == 0
    assert gate.take("a", NOW + timedelta(seconds=2)) > 0
    assert gate.wait("a", NOW + timedelta(hours=1)) == 0


@given(st.lists(st.integers(0, 30), max_size=60))
def test_never_more_than_rate_and_burst_allow(steps):
    gate = Turnstile(Rate(per_second=0.1, burst=4))
    now, passed = NOW, []
    for step in steps:
        now += timedelta(seconds=step)
        if not gate.take("a", now):
            passed.append(now)
    for first in range(len(passed)):
        for last in range(first, len(passed)):
            seconds = (passed[last] - passed[first]).total_seconds()
            assert last - first + 1 <= 4 + seconds * 0.1 + 1e-6


def test_waiting_costs_nothing_and_memory_has_an_end():
    gate = Turnstile(Rate(per_second=1, burst=1))
    for number in range(_KEPT * 3):
        gate.take(number, NOW)
    assert len(gate._full_at) == _KEPT
    assert gate.take(_KEPT * 3 - 1, NOW) > 0
    assert gate.take(0, NOW) == 0  # forgotten for want of room


@pytest.mark.parametrize(
    ("host", "visitor"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("testclient", "unknown"),
        (None, "unknown"),
    ],
)
def test_who_a_visitor_is(host, visitor):
    client = None if host is None else (host, 1)
    assert visitor_of(Request({"type": "http", "client": client, "headers": []})) == visitor
