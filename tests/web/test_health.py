"""`/healthz` and `/readyz`."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from alertsvc.clock import ManualClock
from alertsvc.store import Store
from alertsvc.store.feeds import claim_due, record_poll
from tests.web.support import NOW, Visitor, a_feed, a_poll, pages_for, store_feeds, visiting


async def ready(visitor: Visitor) -> tuple[int, Any]:
    answer = await visitor.ask("/readyz")
    return answer.status, json.loads(answer.body)


async def test_healthz_touches_nothing(store: Store, visitor: Visitor):
    store.close()
    answer = await visitor.ask("/healthz")
    assert (answer.status, answer.text) == (200, "ok\n")


async def test_ready_without_feeds(visitor: Visitor):
    status, body = await ready(visitor)
    assert status == 200
    assert body["ready"] is True
    assert {name: check["ok"] for name, check in body["checks"].items()} == {
        "database": True,
        "polls": True,
        "scheduler": True,
    }


async def test_not_ready_without_database(store: Store, visitor: Visitor):
    store.close()
    status, body = await ready(visitor)
    assert status == 503
    assert body["ready"] is False
    assert body["checks"]["database"] == {"ok": False}
    assert body["checks"]["scheduler"]["ok"] is True


@pytest.mark.parametrize(("age", "expected"), [(0, 200), (119, 200), (120, 503), (4000, 503), (None, 503)])
async def test_heartbeat(store: Store, clock: ManualClock, age: int | None, expected: int):
    beat = None if age is None else NOW - timedelta(seconds=age)
    async with visiting(pages_for(store, clock, heartbeat=lambda: beat)) as visitor:
        status, body = await ready(visitor)
    assert status == expected
    assert body["checks"]["scheduler"]["ok"] is (expected == 200)


async def test_good_polls_grow_old(store: Store, clock: ManualClock):
    store_feeds(store, a_feed(), polls={"north-wire": a_poll(next_due=NOW + timedelta(minutes=15))})
    async with visiting(pages_for(store, clock, heartbeat=clock.now)) as visitor:
        clock.advance(timedelta(minutes=45))
        assert (await ready(visitor))[0] == 200
        clock.advance(timedelta(seconds=1))
        status, body = await ready(visitor)
    assert status == 503
    assert body["checks"]["polls"]["age_seconds"] == 2701
    assert body["checks"]["scheduler"]["ok"] is True


async def test_configured_feed_must_have_been_read(store: Store, visitor: Visitor):
    store_feeds(store, a_feed())
    status, body = await ready(visitor)
    assert status == 503
    assert body["checks"]["polls"]["feeds"] == 1


async def test_disabled_feeds_do_not_count(store: Store, visitor: Visitor):
    store_feeds(store, a_feed(enabled=False))
    assert (await ready(visitor))[0] == 200


async def test_feed_that_asks_for_longer_intervals_is_given_them(store: Store, clock: ManualClock):
    store_feeds(store, a_feed(), polls={"north-wire": a_poll(next_due=NOW + timedelta(hours=6))})
    async with visiting(pages_for(store, clock, heartbeat=clock.now)) as visitor:
        clock.advance(timedelta(hours=6, minutes=15))
        assert (await ready(visitor))[0] == 200
        clock.advance(timedelta(seconds=1))
        assert (await ready(visitor))[0] == 503


async def test_backing_off_after_failures_is_no_excuse(store: Store, clock: ManualClock):
    store_feeds(store, a_feed(), polls={"north-wire": a_poll()})
    clock.advance(timedelta(minutes=20))
    with store.begin() as conn:
        claim_due(conn, worker="w", now=clock.now(), lease=60, limit=9)
        failed = a_poll(outcome="timeout", error="timeout", success=False, next_due=NOW + timedelta(hours=20))
        assert record_poll(conn, "north-wire", "w", failed, clock.now())
    async with visiting(pages_for(store, clock, heartbeat=clock.now)) as visitor:
        assert (await ready(visitor))[0] == 200
        clock.advance(timedelta(minutes=26))
        assert (await ready(visitor))[0] == 503


async def test_invented_feeds_do_not_vouch_for_real_ones(store: Store, clock: ManualClock):
    store_feeds(store, a_feed(), a_feed("demo", demonstration=True), polls={"demo": a_poll()})
    async with visiting(pages_for(store, clock)) as visitor:
        assert (await ready(visitor))[0] == 503


async def test_invented_feeds_alone_are_enough(store: Store, clock: ManualClock):
    store_feeds(store, a_feed("demo", demonstration=True), polls={"demo": a_poll()})
    async with visiting(pages_for(store, clock)) as visitor:
        assert (await ready(visitor))[0] == 200


async def test_no_version_on_open_answers(visitor: Visitor):
    for path in ("/", "/healthz", "/readyz", "/feeds", "/incidents.json", "/incidents.atom", "/nowhere"):
        assert "9.8.7" not in (await visitor.ask(path)).text
