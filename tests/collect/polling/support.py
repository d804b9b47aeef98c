"""What the tests of polling share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from alertsvc.clock import ManualClock
from alertsvc.collect.collector import Collector
from alertsvc.collect.summary import FeedLine, PollSummary
from alertsvc.domain import Article, BacklogPolicy
from alertsvc.store import Store
from alertsvc.store.articles import list_articles
from alertsvc.store.feeds import Feed, FeedSpec, get_feed, sync_feeds
from alertsvc.store.problems import list_problems

__all__ = ["TAGGED", "Make", "configure", "feed", "line", "problems", "stored"]

TAGGED = {"ETag": '"v1"', "Last-Modified": "Sun, 01 Feb 2026 10:00:00 GMT"}
Make = Callable[..., Collector]


def configure(store: Store, clock: ManualClock, **urls: str) -> None:
    specs = [
        FeedSpec(
            id=name,
            url=url,
            title=name,
            language="en",
            country=None,
            interval=900.0,
            backlog=BacklogPolicy.DIGEST,
            full_text=None,
            enabled=True,
            verified=False,
            demonstration=False,
        )
        for name, url in urls.items()
    ]
    with store.begin() as conn:
        sync_feeds(conn, specs, clock.now())


def feed(store: Store, name: str = "a") -> Feed:
    with store.read() as conn:
        found = get_feed(conn, name)
    assert found is not None
    return found


def stored(store: Store) -> list[Article]:
    with store.read() as conn:
        return sorted(
            list_articles(
                conn, since=datetime(2000, 1, 1, tzinfo=UTC), until=datetime(2100, 1, 1, tzinfo=UTC), limit=1000
            ),
            key=lambda article: article.key,
        )


def problems(store: Store) -> list[tuple[str, str, str]]:
    with store.read() as conn:
        return sorted((problem.scope, problem.subject, problem.message) for problem in list_problems(conn))


def line(summary: PollSummary) -> FeedLine:
    (only,) = summary.lines
    assert only.seconds >= 0
    return replace(only, seconds=0.0)
