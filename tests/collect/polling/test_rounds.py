"""Many feeds at a time, many workers at a time, and a round that is broken off."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from alertsvc.clock import ManualClock
from alertsvc.collect.collector import Collector
from alertsvc.collect.fetch import Fetcher
from alertsvc.collect.summary import FeedLine
from alertsvc.settings import CollectSettings
from alertsvc.store import Store
from alertsvc.store.feeds import claim_due
from alertsvc.worker import WorkerPool
from tests.collect.feeds import item, rss
from tests.collect.polling.support import Make, configure, feed, stored
from tests.feedserver import Answer, FeedServer, Silent

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_slow_host_does_not_keep_others_waiting(
    server: FeedServer, store: Store, pool: WorkerPool, clock: ManualClock, settings: CollectSettings
) -> None:
    quick = settings.model_copy(update={"timeout": 0.2})
    configure(
        store,
        clock,
        **{f"f{n}": server.script(f"/{n}", Answer(rss(item(n)))) for n in range(30)},
        slow=server.script("/s", Silent()),
    )
    lines: list[FeedLine] = []
    async with Fetcher(quick, version="1", contact=None, public_url=None, clock=clock) as fetcher:
        collector = Collector(store, fetcher, None, pool, quick, clock, "w")
        summary = await collector.run_once(progress=lines.append)
    assert len(summary.lines) == 31
    assert summary.lines == tuple(lines)
    assert [failed.feed_id for failed in summary.failed] == ["slow"]
    assert server.most_active == 1  # all on one host


async def test_more_feeds_than_are_claimed_at_once(
    server: FeedServer, store: Store, make: Make, clock: ManualClock
) -> None:
    configure(store, clock, **{f"f{n}": server.script(f"/{n}", Answer(rss(item(n)))) for n in range(11)})
    summary = await make(concurrency=1).run_once()
    assert {done.feed_id for done in summary.lines} == {f"f{n}" for n in range(11)}
    assert summary.new == 11
    assert len(server.requests) == 11


async def test_two_replicas_share_the_feeds(server: FeedServer, store: Store, make: Make, clock: ManualClock) -> None:
    configure(store, clock, **{f"f{n}": server.script(f"/{n}", Answer(rss(item(n)))) for n in range(12)})
    one, two = await asyncio.gather(make("one", concurrency=1).run_once(), make("two", concurrency=1).run_once())
    assert len(one.lines) + len(two.lines) == 12
    assert len(server.requests) == 12
    assert len(stored(store)) == 12


async def test_feed_lost_to_another_worker_is_not_stored(
    server: FeedServer, store: Store, make: Make, clock: ManualClock
) -> None:
    configure(store, clock, a=server.script("/a", Answer(rss(item(1)))))
    with store.begin() as conn:
        (claimed,) = claim_due(conn, worker="mine", now=clock.now(), lease=1, limit=5)
    clock.advance(timedelta(seconds=2))
    with store.begin() as conn:
        assert claim_due(conn, worker="theirs", now=clock.now(), lease=100, limit=5)
    done = await make("mine")._poll(claimed)
    assert (done.outcome, done.new) == ("lost", 0)
    assert stored(store) == []
    assert feed(store).last_attempt is None


async def test_cancelled_round_gives_the_feeds_back(
    server: FeedServer, store: Store, make: Make, clock: ManualClock
) -> None:
    configure(store, clock, a=server.script("/a", Silent()), b=server.script("/b", Silent()))
    round_ = asyncio.create_task(make().run_once())
    async with asyncio.timeout(5):
        while not server.requests:  # noqa: ASYNC110 (the server is what we wait for)
            await asyncio.sleep(0.01)
    round_.cancel()
    with pytest.raises(asyncio.CancelledError):
        await round_
    with store.begin() as conn:
        assert len(claim_due(conn, worker="other", now=clock.now(), lease=100, limit=5)) == 2
