"""`/metrics` for Prometheus: what the store can tell now. Nothing invented is counted, but for what waits to be sent.

Labels are closed sets, or the ids of configured feeds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from alertsvc.domain import DeliveryState, SubscriberState
from alertsvc.errors import StoreError
from alertsvc.store.articles import count_articles
from alertsvc.store.feeds import list_feeds
from alertsvc.store.outbox import list_deliveries, outbox_counts
from alertsvc.store.subscribers import list_standings
from alertsvc.web.activity import read_problems
from alertsvc.web.feedstates import feed_lines, tally
from alertsvc.web.listing import RECENT, read_recent
from alertsvc.web.pages import Pages

__all__ = ["StoreCollector", "registry_of", "routes"]

_WORD = re.compile(r"[a-z][a-z_]{0,31}\Z")
MOST_VALUES = 20  # of a label whose values come from other parts
_WAITING = timedelta(days=3)  # how far back the oldest waiting delivery is looked for
_MOST_WAITING = 2000

_log = structlog.get_logger("alertsvc.web")


def _bounded(values: Iterable[str]) -> Counter[str]:
    """Count values, with everything that is no plain word, and what is beyond `MOST_VALUES` of them, as `other`."""
    counted = Counter(value if _WORD.match(value) else "other" for value in values)
    kept = Counter(dict(counted.most_common(MOST_VALUES)))
    rest = counted.total() - kept.total()
    if rest:
        kept["other"] += rest
    return kept


def _gauge(name: str, text: str, label: str, values: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(f"alertsvc_{name}", text, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family


class StoreCollector(Collector):
    """Reads the store whenever the metrics are asked for."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def describe(self) -> list[Metric]:
        """Return nothing: describing would read the store while the application is being built."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield every metric; without a database only what needs none, and `alertsvc_database_up 0`."""
        pages = self._pages
        yield InfoMetricFamily("alertsvc_build", "The running version.", value={"version": pages.version})
        beat = pages.heartbeat()
        if beat is not None:
            text = "When the scheduler ticked last."
            yield GaugeMetricFamily("alertsvc_scheduler_heartbeat_timestamp_seconds", text, value=beat.timestamp())
        parts: tuple[Callable[[Connection], Sequence[Metric]], ...] = (
            self._feeds,
            self._items,
            self._incidents,
            self._outbox,
            self._subscribers,
            self._problems,
        )
        found: list[Metric] = []
        try:
            with pages.store.read() as conn:
                for part in parts:
                    found += part(conn)
        except StoreError as error:
            _log.warning("metrics without the database", error=str(error))
            found = []
        up = GaugeMetricFamily("alertsvc_database_up", "1 where the database answered.", value=1 if found else 0)
        yield up
        yield from found

    def _feeds(self, conn: Connection) -> Sequence[Metric]:
        feeds = [feed for feed in list_feeds(conn) if not feed.demonstration]
        states = {state.replace(" ", "_"): n for state, n in tally(feed_lines(feeds, self._pages.clock.now())).items()}
        outcomes = _bounded(feed.last_outcome for feed in feeds if feed.last_outcome)
        success = GaugeMetricFamily(
            "alertsvc_feed_last_success_timestamp_seconds", "When a feed was last read without fault.", labels=["feed"]
        )
        failures = GaugeMetricFamily("alertsvc_feed_failures", "Failed polls in a row.", labels=["feed"])
        for feed in feeds:
            failures.add_metric([feed.id], feed.failures)
            if feed.last_success is not None:
                success.add_metric([feed.id], feed.last_success.timestamp())
        return [
            _gauge("feeds", "Configured feeds by state.", "state", states),
            _gauge("feed_outcomes", "Feeds by what their last poll came to.", "outcome", dict(outcomes)),
            success,
            failures,
        ]

    def _items(self, conn: Connection) -> Sequence[Metric]:
        counted = count_articles(conn, demonstration=False)
        return [_gauge("items", "Stored articles by state.", "state", counted)]

    def _incidents(self, conn: Connection) -> Sequence[Metric]:
        recent = read_recent(conn, self._pages.clock.now(), demonstration=False)
        family = GaugeMetricFamily(
            "alertsvc_incidents",
            f"Incidents that changed within {RECENT.days} days by class and phase.",
            labels=["class", "phase"],
        )
        for (incident_class, phase), number in recent.tally().items():
            family.add_metric([incident_class.value, phase.value], number)
        return [family]

    def _outbox(self, conn: Connection) -> Sequence[Metric]:
        counted = outbox_counts(conn)
        waiting = counted.get(DeliveryState.DUE.value, 0)
        oldest = 0.0
        now = self._pages.clock.now()
        if waiting:
            written = [
                delivery.created
                for delivery in list_deliveries(conn, since=now - _WAITING, limit=_MOST_WAITING)
                if delivery.state is DeliveryState.DUE
            ]
            oldest = max(0.0, (now - min(written)).total_seconds()) if written else _WAITING.total_seconds()
        text = "Deliveries that wait to be sent, the demonstration's too."
        return [
            _gauge("deliveries", "Deliveries by state, the demonstration's too.", "state", counted),
            GaugeMetricFamily("alertsvc_outbox_depth", text, value=waiting),
            GaugeMetricFamily("alertsvc_outbox_oldest_seconds", "Age of the oldest of them.", value=oldest),
        ]

    def _subscribers(self, conn: Connection) -> Sequence[Metric]:
        found = dict.fromkeys((state.value for state in SubscriberState if state is not SubscriberState.REMOVED), 0)
        for standing in list_standings(conn):
            if not standing.subscriber.demonstration:
                found[standing.subscriber.state.value] += 1
        return [_gauge("subscribers", "Subscribers by where their subscription stands.", "state", found)]

    def _problems(self, conn: Connection) -> Sequence[Metric]:
        feeds = list_feeds(conn, include_retired=True)
        found = read_problems(conn, self._pages.clock.now(), feeds, demonstration=False)
        scopes = _bounded(line.problem.scope for line in found)
        return [_gauge("problems", "Problems seen within a day, each counted once.", "scope", dict(scopes))]


async def metrics(request: Request) -> Response:
    """`/metrics`."""
    registry: Any = request.app.state.registry
    body = await run_in_threadpool(generate_latest, registry)
    return Response(body, media_type=CONTENT_TYPE_LATEST)


def registry_of(pages: Pages) -> CollectorRegistry:
    """Return a registry of its own for one application."""
    registry = CollectorRegistry()
    registry.register(StoreCollector(pages))
    return registry


def routes() -> list[BaseRoute]:
    """Return the routes."""
    return [Route("/metrics", metrics)]
