"""What a poll stores, and what it need not read again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alertsvc.clock import ManualClock
from alertsvc.collect.bundled import demonstration_feeds
from alertsvc.collect.collector import Collector
from alertsvc.collect.fetch import Fetcher
from alertsvc.collect.summary import FeedLine
from alertsvc.domain import BacklogPolicy
from alertsvc.settings import CollectSettings
from alertsvc.store import Store
from alertsvc.store.articles import claim_unread, count_articles
from alertsvc.store.feeds import FeedSpec, sync_feeds
from alertsvc.store.problems import counts
from alertsvc.worker import WorkerPool
from tests.collect.feeds import item, items, rss
from tests.collect.polling.support import TAGGED, Make, configure, feed, line, problems, stored
from tests.feedserver import Answer, FeedServer

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_first_poll_stores_the_backlog(server: FeedServer, store: Store, make: Make, clock: ManualClock) -> None:
    configure(store, clock, a=server.script("/a", Answer(rss(items(range(3))), headers=TAGGED)))
    assert line(await make().run_once()) == FeedLine("a", "ok", True, new=3)
    articles = stored(store)
    assert [article.key for article in articles] == ["id-0", "id-1", "id-2"]
    assert {article.backlog for article in articles} == {BacklogPolicy.DIGEST}
    assert articles[0].url == "https://news.example/0"
    assert articles[0].outlet == "news.example"
    state = feed(store)
    assert (state.etag, state.last_modified, state.validators_url) == ('"v1"', TAGGED["Last-Modified"], state.url)
    assert (state.failures, state.last_outcome, state.first_polled) == (0, "ok", clock.now())
    assert state.next_due is not None
    assert 900 <= (state.next_due - clock.now()).total_seconds() <= 990
    assert problems(store) == []


async def test_later_entries_are_news(server: FeedServer, store: Store, make: Make, clock: ManualClock) -> None:
    answers = [
        Answer(rss(items(range(2)))),
        Answer(rss(items(range(3)))),
        Answer(rss(item(1, title="Changed") + item(2))),
    ]
    configure(store, clock, a=server.script("/a", *answers))
    collector = make()
    await collector.run_once()
    assert (await collector.run_once()).lines == ()  # not due
    assert line(await collector.run_once(everything=True)) == FeedLine("a", "ok", True, new=1, unchanged=2)
    assert line(await collector.run_once(everything=True)) == FeedLine("a", "ok", True, edited=1, unchanged=1)
    articles = {article.key: article for article in stored(store)}
    assert articles["id-2"].backlog is None
    assert (articles["id-1"].title, articles["id-1"].revision, articles["id-1"].backlog) == (
        "Changed",
        2,
        BacklogPolicy.DIGEST,
    )
    assert articles["id-0"].revision == 1


@pytest.mark.parametrize("fresh_process", [False, True])
async def test_gates(
    server: FeedServer,
    store: Store,
    make: Make,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    fresh_process: bool,
) -> None:
    """Not modified, the same body, the same entries: each is told apart, and none is read again."""
    parsed: list[int] = []
    call = WorkerPool.call

    async def counting(self: WorkerPool, *args: Any, **more: Any) -> Any:
        result = await call(self, *args, **more)
        parsed.append(len(result.entries))
        return result

    monkeypatch.setattr(WorkerPool, "call", counting)
    body, rebuilt = rss(items(range(3))), rss(items(range(3)), "<title>News</title><lastBuildDate>x</lastBuildDate>")
    configure(
        store,
        clock,
        a=server.script(
            "/a", Answer(body, headers=TAGGED), Answer(body, headers=TAGGED), Answer(body), Answer(rebuilt)
        ),
    )
    collector = make()
    seen = []
    for _ in range(4):
        if fresh_process:
            collector = make()
        seen.append(line(await collector.run_once(everything=True)))
    assert seen == [
        FeedLine("a", "ok", True, new=3),
        FeedLine("a", "not_modified", True),
        FeedLine("a", "unchanged", True),
        FeedLine("a", "ok", True, unchanged=3),
    ]
    assert parsed == [3, 3 if fresh_process else 0]
    assert feed(store).etag is None


async def test_entries_that_came_through_another_replica(
    server: FeedServer, store: Store, make: Make, clock: ManualClock
) -> None:
    """An edit and its taking back, seen by two replicas in turn, are two edits."""
    first, second = rss(item(1)), rss(item(1, title="Changed"))
    third = rss(item(1), "<title>other</title>")
    configure(store, clock, a=server.script("/a", Answer(first), Answer(second), Answer(third)))
    one, two = make("one"), make("two")
    await one.run_once(everything=True)
    assert (await two.run_once(everything=True)).edited == 1
    assert (await one.run_once(everything=True)).edited == 1
    assert (stored(store)[0].title, stored(store)[0].revision) == ("Report 1", 3)


async def test_backlog_that_is_ignored_is_never_read(
    server: FeedServer, store: Store, make: Make, clock: ManualClock
) -> None:
    configure(store, clock, a=server.script("/a", Answer(rss(item(1))), Answer(rss(items((1, 2))))))
    with store.begin() as conn:
        spec = FeedSpec("a", server.url("/a"), "a", None, None, 900.0, BacklogPolicy.IGNORE, None, True, False, False)
        sync_feeds(conn, [spec], clock.now())
    collector = make()
    await collector.run_once()
    await collector.run_once(everything=True)
    with store.begin() as conn:
        unread = claim_unread(conn, worker="r", now=clock.now(), lease=60, limit=10)
    assert [article.key for article in unread] == ["id-2"]


async def test_freshness_that_the_feed_asks_for(
    server: FeedServer, store: Store, make: Make, clock: ManualClock
) -> None:
    slow = rss(item(1), "<title>x</title><ttl>60</ttl>")
    configure(
        store,
        clock,
        a=server.script("/a", Answer(slow)),
        b=server.script("/b", Answer(rss(item(1)), headers={"Cache-Control": "max-age=7200"})),
    )
    await make().run_once()
    for name, wait in (("a", 3600), ("b", 7200)):
        due = feed(store, name).next_due
        assert due is not None
        assert wait <= (due - clock.now()).total_seconds() <= wait * 1.1


async def test_permanent_move_is_taken_over_after_three_sightings(
    server: FeedServer, store: Store, make: Make, clock: ManualClock
) -> None:
    old = server.script("/old", Answer(status=301, headers={"Location": "/new"}))
    new = server.script("/new", Answer(rss(item(1)), headers=TAGGED))
    configure(store, clock, a=old)
    collector = make()
    for _ in range(4):
        assert (await collector.run_once(everything=True)).failed == ()
    assert feed(store).url == new
    assert server.paths() == ["/old", "/new"] * 3 + ["/new"]
    assert [seen.headers.get("if-none-match") for seen in server.requests if seen.path == "/new"] == [None] + [
        '"v1"'
    ] * 3
    assert len(stored(store)) == 1


async def test_full_text_of_new_entries(server: FeedServer, store: Store, make: Make, clock: ManualClock) -> None:
    story = "".join(
        f"<p>Paragraph {n} tells what report 1 said about the border crossing, at length.</p>" for n in range(9)
    )
    link = server.script(
        "/1", Answer(f"<html><body><article>{story}</article></body></html>", headers={"Content-Type": "text/html"})
    )
    gone = server.script("/2", Answer(status=403))
    head = "<title>N</title>"
    configure(
        store,
        clock,
        a=server.script(
            "/a",
            Answer(rss(item(1, link=link) + item(2, link=gone), head)),
            Answer(rss(item(1, link=link) + item(2, link=gone), head * 2)),
        ),
    )
    collector = make(full_text=True)
    assert line(await collector.run_once()).new == 2
    assert (await collector.run_once(everything=True)).edited == 0
    first, second = stored(store)
    assert (first.full_text, first.summary) == (True, "What happened at place 1.")
    assert "Paragraph 8" in first.text
    assert (second.full_text, second.text) == (False, "What happened at place 2.")
    assert sorted(server.paths()) == ["/1", "/2", "/a", "/a", "/robots.txt"]
    with store.read() as conn:
        assert counts(conn, since_day=clock.now().date()) == {"full_text.ok": 1, "full_text.http_403": 1}


async def test_demonstration_runs_through_the_same_code(store: Store, make: Make, clock: ManualClock) -> None:
    with store.begin() as conn:
        sync_feeds(conn, demonstration_feeds(clock.now()), clock.now())
    collector = make()
    first = await collector.run_once()
    assert first.failed == ()
    assert {done.message for done in first.lines} == {""}
    with store.read() as conn:
        assert sum(count_articles(conn, demonstration=True).values()) == first.new
        assert sum(count_articles(conn, demonstration=False).values()) == 0
    assert {article.backlog for article in stored(store)} == {BacklogPolicy.ALERT}
    clock.advance(timedelta(seconds=70))
    assert {done.outcome for done in (await collector.run_once()).lines} == {"not_modified"}
    clock.advance(timedelta(minutes=10))
    later = await collector.run_once()
    assert (later.edited, later.failed) == (0, ())
    assert 1 <= later.new < first.new


async def test_demonstration_that_is_off(
    store: Store, fetcher: Fetcher, pool: WorkerPool, settings: CollectSettings, clock: ManualClock
) -> None:
    with store.begin() as conn:
        sync_feeds(conn, demonstration_feeds(clock.now())[:1], clock.now())
    summary = await Collector(store, fetcher, None, pool, settings, clock, "w").run_once()
    assert line(summary).message == "the demonstration is not switched on"
