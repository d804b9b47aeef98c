"""What goes wrong is told, costs one feed, and forgets nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alertsvc.clock import ManualClock
from alertsvc.collect.items import articles_of
from alertsvc.store import Store
from alertsvc.store.problems import counts
from tests.collect.feeds import item, items, rss
from tests.collect.polling.support import TAGGED, Make, configure, feed, line, problems, stored
from tests.feedserver import Answer, Cut, FeedServer, Reply, bomb

pytestmark = pytest.mark.asyncio(loop_scope="module")


BAD: list[tuple[Reply, str, str]] = [
    (Answer("<!doctype html><html><title>Moved</title></html>"), "not_a_feed", "this is an HTML page"),
    (Answer(b""), "not_a_feed", "the body is empty"),
    (Answer('{"items": []}'), "not_a_feed", "this is JSON"),
    (Answer(bomb(50), headers={"Content-Encoding": "gzip"}), "too_large", "larger than"),
    (Answer(b"x" * 50_000_000), "too_large", "larger than"),
    (
        Answer('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>'),
        "not_a_feed",
        "refused: it declares",
    ),
    (Answer(rss("<item " + " ".join(f"a{n}=''" for n in range(50_000)) + "/>")), "not_a_feed", "refused"),
    (Answer(status=404), "http_error", "answers 404"),
    (Answer(status=500), "http_error", "answers 500"),
    (Answer(status=302, headers={"Location": "http://10.0.0.1/"}), "refused", "no public address"),
    (Cut(b"<rss>", declared=900), "bad_body", "cut short"),
]


@pytest.mark.parametrize(("reply", "outcome", "message"), BAD, ids=[f"{b[1]} {n}" for n, b in enumerate(BAD)])
async def test_what_goes_wrong_is_told_and_forgets_nothing(
    server: FeedServer, store: Store, make: Make, clock: ManualClock, reply: Reply, outcome: str, message: str
) -> None:
    good = Answer(rss(items(range(2))), headers=TAGGED)
    configure(store, clock, a=server.script("/a", good, reply, good), b=server.script("/b", Answer(rss(item(7)))))
    collector = make()
    assert len((await collector.run_once()).lines) == 2
    before = feed(store)
    summary = await collector.run_once(everything=True)
    (bad,) = summary.failed
    assert (bad.feed_id, bad.outcome, bad.new) == ("a", outcome, 0)
    assert message in bad.message
    assert "\n" not in bad.message
    assert problems(store) == [("feed", "a", bad.message)]
    state = feed(store)
    assert (state.failures, state.last_outcome, state.last_error) == (1, outcome, bad.message)
    assert (state.etag, state.body_hash, state.last_success) == (before.etag, before.body_hash, before.last_success)
    assert len(stored(store)) == 3
    # Asked without validators, since only a whole body shows that the feed is well again.
    again = await collector.run_once(everything=True)
    assert again.failed == ()
    assert {done.outcome for done in again.lines} == {"unchanged"}
    assert "if-none-match" not in next(s for s in reversed(server.requests) if s.path == "/a").headers
    assert feed(store).failures == 0
    assert problems(store) == []


async def test_what_can_be_saved_is_saved(server: FeedServer, store: Store, make: Make, clock: ManualClock) -> None:
    cut = rss(items(range(5)))[:-150]
    odd = rss(
        item(1, title="CR\r\nLF \x00", date="Thu, 01 Jan 1970 00:00:00 GMT")
        + item(2, link="javascript:alert(1)", date="Sun, 01 Jan 2090 00:00:00 GMT")
        + "<item/>"
    )
    configure(store, clock, a=server.script("/a", Answer(cut)), b=server.script("/b", Answer(odd)))
    summary = await make().run_once()
    assert {done.feed_id: (done.success, done.new, done.skipped) for done in summary.lines} == {
        "a": (True, 4, 0),
        "b": (True, 2, 1),
    }
    articles = [article for article in stored(store) if article.feed_id == "b"]
    assert [(article.title, article.url, article.published) for article in articles] == [
        ("CR LF", "https://news.example/1", None),
        ("Report 2", None, None),
    ]
    assert articles[1].outlet == "127.0.0.1"
    assert problems(store) == [
        ("feed", "a", "the document was cut short; its complete entries were kept"),
        ("feed", "b", "1 entries hold neither title nor text and were skipped"),
        ("feed", "b", "2 entries have a date that cannot be true; they count from when they were fetched"),
        ("feed", "b", "an entry's link is not a usable web address"),
    ]
    with store.read() as conn:
        assert counts(conn, since_day=clock.now().date()) == {"entries.skipped": 1}


async def test_gone_is_never_asked_again(server: FeedServer, store: Store, make: Make, clock: ManualClock) -> None:
    configure(store, clock, a=server.script("/a", Answer(status=410)))
    collector = make()
    assert line(await collector.run_once()).outcome == "gone"
    assert feed(store).gone
    assert (await collector.run_once(everything=True)).lines == ()
    assert problems(store) == [("feed", "a", "127.0.0.1 says that it is gone for good (410)")]


async def test_failures_back_off(server: FeedServer, store: Store, make: Make, clock: ManualClock) -> None:
    configure(store, clock, a=server.script("/a", Answer(status=500)))
    collector = make()
    waits = []
    for _ in range(4):
        assert len((await collector.run_once()).lines) == 1
        due = feed(store).next_due
        assert due is not None
        waits.append((due - clock.now()).total_seconds() / feed(store).interval)
        clock.move_to(due)
    assert [int(wait) for wait in waits] == [1, 2, 4, 8]


async def test_rate_limit_holds_the_host_and_the_feed(
    server: FeedServer, store: Store, make: Make, clock: ManualClock
) -> None:
    limited = server.script("/a", Answer(status=429, headers={"Retry-After": "7200"}))
    configure(store, clock, a=limited)
    collector = make()
    await collector.run_once()
    configure(store, clock, a=limited, b=server.script("/b", Answer(rss(item(1)))))
    assert line(await collector.run_once()).outcome == "rate_limited"
    assert server.paths() == ["/a"]
    for name in "ab":
        due = feed(store, name).next_due
        assert due is not None
        assert due >= clock.now() + timedelta(seconds=7200)


async def test_fault_of_ours_costs_one_feed(
    server: FeedServer,
    store: Store,
    make: Make,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    configure(store, clock, a=server.script("/a", Answer(rss(item(1)))), b=server.script("/b", Answer(rss(item(2)))))
    real = articles_of

    def failing(*args: Any, **more: Any) -> Any:
        if more["feed_id"] == "a":
            raise ZeroDivisionError("oops")
        return real(*args, **more)

    monkeypatch.setattr("alertsvc.collect.collector.articles_of", failing)
    summary = await make().run_once()
    assert summary.new == 1
    assert problems(store) == [("feed", "a", "internal error: ZeroDivisionError: oops")]
    assert "polling feed a failed" in caplog.text


async def test_parser_that_is_stopped_costs_one_feed(
    server: FeedServer, store: Store, make: Make, clock: ManualClock
) -> None:
    configure(store, clock, a=server.script("/a", Answer(rss(items(range(500))), headers=TAGGED)))
    done = line(await make(parse_timeout=0.001).run_once())
    assert (done.outcome, done.message) == ("unreadable", "parse_feed took longer than 0.001 s and was stopped")
    assert feed(store).etag is None
    assert line(await make().run_once(everything=True)).new == 500
