"""Trying a feed without storing anything."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from alertsvc.clock import ManualClock
from alertsvc.store import Store
from tests.collect.feeds import item, items, rss
from tests.collect.polling.support import Make, configure, feed, stored
from tests.feedserver import Answer, FeedServer

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_check_of_a_feed(server: FeedServer, store: Store, make: Make, clock: ManualClock) -> None:
    new = server.script("/new", Answer(rss(item(1) + item(2, text="x" * 700, date="Sun, 01 Feb 2026 11:00:00 GMT"))))
    old = server.script("/old", Answer(status=301, headers={"Location": "/new"}))
    configure(store, clock, a=old)
    for given in (old, feed(store)):
        check = await make().check_feed(given)
        assert (check.ok, check.outcome, check.kind, check.title, check.language) == (True, "ok", "rss20", "News", "en")
        assert (check.entries, check.with_text, check.newest) == (2, 1, datetime(2026, 2, 1, 11, tzinfo=UTC))
        assert (check.url, check.final_url, check.permanent_url, check.status) == (old, new, new, 200)
    assert stored(store) == []
    assert feed(store).last_attempt is None


@pytest.mark.parametrize(
    ("reply", "outcome", "message"),
    [
        (Answer("<html>"), "not_a_feed", "this is an HTML page, not a feed (sent as application/rss+xml)"),
        (Answer(status=404), "http_error", "127.0.0.1 answers 404 Not Found"),
    ],
)
async def test_check_of_what_is_no_feed(
    server: FeedServer, make: Make, reply: Answer, outcome: str, message: str
) -> None:
    check = await make().check_feed(server.script("/x", reply))
    assert (check.ok, check.outcome, check.message) == (False, outcome, message)


async def test_check_of_a_feed_that_cannot_be_parsed_in_time(server: FeedServer, make: Make) -> None:
    check = await make(parse_timeout=0.001).check_feed(server.script("/x", Answer(rss(items(range(500))))))
    assert (check.ok, check.outcome) == (False, "unreadable")
