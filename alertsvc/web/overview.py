"""`/`, what the service is doing, and `/feeds`, how each feed is doing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from alertsvc.store.feeds import Feed, list_feeds
from alertsvc.web.activity import (
    ArticleTally,
    DeliveryTally,
    ProblemLine,
    read_articles,
    read_deliveries,
    read_problems,
)
from alertsvc.web.feedstates import FeedLine, PollAge, feed_lines, poll_age, tally
from alertsvc.web.health import HEARTBEAT_SECONDS
from alertsvc.web.listing import read_recent
from alertsvc.web.pages import pages_of, read_store
from alertsvc.web.rendering import page
from alertsvc.web.telling import Told, told

__all__ = ["routes"]

SHOWN = 25  # incidents
SHOWN_FEEDS = 12
SHOWN_DELIVERIES = 10
SHOWN_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Side:
    """Everything that the overview shows of the real events, or of the invented ones."""

    feeds: Sequence[FeedLine]
    feed_states: dict[str, int]
    articles: ArticleTally
    open: Sequence[Told]
    open_total: int
    open_complete: bool
    deliveries: DeliveryTally
    problems: Sequence[ProblemLine]

    @property
    def empty(self) -> bool:
        """There is nothing at all."""
        return not (self.feeds or self.open_total or sum(self.articles.all.values()) or self.deliveries.lines)


def _side(conn: Connection, feeds: Sequence[Feed], now: datetime, *, demonstration: bool) -> Side:
    known = {feed.id for feed in list_feeds(conn)}
    lines = feed_lines([feed for feed in feeds if feed.demonstration == demonstration and feed.id in known], now)
    recent = read_recent(conn, now, demonstration=demonstration)
    return Side(
        feeds=lines,
        feed_states=tally(lines),
        articles=read_articles(conn, now, demonstration=demonstration),
        open=[told(incident) for incident in recent.open[:SHOWN]],
        open_total=len(recent.open),
        open_complete=recent.complete,
        deliveries=read_deliveries(conn, now, demonstration=demonstration),
        problems=read_problems(conn, now, feeds, demonstration=demonstration),
    )


async def overview(request: Request) -> Response:
    """`/`."""
    pages = pages_of(request)
    now = pages.clock.now()

    def read(conn: Connection) -> tuple[Side, Side, PollAge]:
        feeds = list_feeds(conn, include_retired=True)
        age = poll_age(list_feeds(conn), pages.poll_interval)
        return _side(conn, feeds, now, demonstration=False), _side(conn, feeds, now, demonstration=True), age

    real, invented, age = await read_store(pages, read)
    beat = pages.heartbeat()
    return page(
        request,
        "overview.html",
        {
            "real": real,
            "invented": invented if pages.demonstration or not invented.empty else None,
            "beat": beat,
            "beating": beat is not None and (now - beat).total_seconds() < HEARTBEAT_SECONDS,
            "polls": age,
            "polls_recent": age.recent(now),
            "shown": {"feeds": SHOWN_FEEDS, "deliveries": SHOWN_DELIVERIES, "problems": SHOWN_PROBLEMS},
        },
    )


async def feeds_page(request: Request) -> Response:
    """`/feeds`."""
    pages = pages_of(request)
    feeds = await read_store(pages, list_feeds)
    now = pages.clock.now()
    real = feed_lines([feed for feed in feeds if not feed.demonstration], now)
    invented = feed_lines([feed for feed in feeds if feed.demonstration], now)
    return page(request, "feeds.html", {"real": real, "real_states": tally(real), "invented": invented})


def routes() -> list[BaseRoute]:
    """Return the routes."""
    return [Route("/", overview), Route("/feeds", feeds_page)]
