"""`/metrics` as Prometheus reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from alertsvc.clock import ManualClock
from alertsvc.domain import DeliveryState, IncidentClass, Phase, SubscriberState
from alertsvc.store import Store
from alertsvc.store.problems import record_problem
from alertsvc.store.subscribers import remove_subscriber
from alertsvc.web import create_app
from tests.web.readers import a_reader
from tests.web.support import (
    NOW,
    Visitor,
    a_delivery,
    a_feed,
    a_poll,
    an_incident,
    an_invented,
    pages_for,
    store_articles,
    store_deliveries,
    store_feeds,
    store_incidents,
    visiting,
)

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


async def scrape(visitor: Visitor) -> Samples:
    """Return every sample; each name and set of labels must be there once."""
    answer = await visitor.ask("/metrics")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    found: Samples = {}
    for family in text_string_to_metric_families(answer.text):
        assert family.name.startswith("alertsvc_")
        assert family.documentation
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            assert key not in found
            found[key] = sample.value
    return found


def one(samples: Samples, name: str, **labels: str) -> float:
    return samples[f"alertsvc_{name}", tuple(sorted(labels.items()))]


async def test_empty_store(visitor: Visitor):
    samples = await scrape(visitor)
    assert one(samples, "build_info", version="9.8.7") == 1
    assert one(samples, "database_up") == 1
    assert one(samples, "outbox_depth") == 0
    assert one(samples, "outbox_oldest_seconds") == 0
    assert one(samples, "scheduler_heartbeat_timestamp_seconds") == (NOW - timedelta(seconds=5)).timestamp()
    for kind in IncidentClass:
        for phase in Phase:
            assert samples["alertsvc_incidents", (("class", kind.value), ("phase", phase.value))] == 0


async def test_what_the_store_can_tell(store: Store, visitor: Visitor):
    store_feeds(
        store,
        a_feed("a"),
        a_feed("b"),
        a_feed("c"),
        polls={
            "a": a_poll(),
            "b": a_poll(outcome="http_error", error="500", success=False),
            "c": a_poll(outcome='Odd "outcome"\n', error="?", success=False),
        },
    )
    store_articles(store, {"1": "read", "2": "read", "3": "unsupported", "4": "unread"})
    store_incidents(
        store,
        an_incident("LY-1"),
        an_incident("LY-2", phase=Phase.CLOSED),
        an_incident("LY-3", incident_class=IncidentClass.OIL),
    )
    due = a_delivery("k2", state=DeliveryState.DUE, sent=None, created=NOW - timedelta(minutes=7))
    older = replace(due, key="k3", message_id="m3", created=NOW - timedelta(minutes=9))
    store_deliveries(store, a_delivery("k1"), due, older)
    with store.begin() as conn:
        record_problem(conn, "feed", "b", "500", NOW)
    samples = await scrape(visitor)
    assert one(samples, "feeds", state="ok") == 1
    assert one(samples, "feeds", state="failing") == 2
    assert one(samples, "feed_outcomes", outcome="http_error") == 1
    assert one(samples, "feed_outcomes", outcome="other") == 1
    assert one(samples, "feed_failures", feed="b") == 1
    assert one(samples, "feed_last_success_timestamp_seconds", feed="a") == NOW.timestamp()
    assert one(samples, "items", state="read") == 2
    assert one(samples, "items", state="unsupported") == 1
    assert one(samples, "items", state="unread") == 1
    assert samples["alertsvc_incidents", (("class", "border_crossing"), ("phase", "open"))] == 1
    assert samples["alertsvc_incidents", (("class", "border_crossing"), ("phase", "closed"))] == 1
    assert samples["alertsvc_incidents", (("class", "oil_facility"), ("phase", "open"))] == 1
    assert one(samples, "deliveries", state="sent") == 1
    assert one(samples, "outbox_depth") == 2
    assert one(samples, "outbox_oldest_seconds") == 540
    assert one(samples, "problems", scope="feed") == 1


async def test_subscribers_by_where_they_stand(store: Store, visitor: Visitor):
    for number, state in enumerate(("active", "active", "paused", "pending", "unsubscribed")):
        a_reader(store, name=f"r{number}", state=SubscriberState(state))
    a_reader(store, name="demo", demonstration=True)
    gone = a_reader(store, name="gone", target="gone@example.org")
    with store.begin() as conn:
        remove_subscriber(conn, gone.name, NOW)
    samples = await scrape(visitor)
    found = {dict(key[1])["state"]: value for key, value in samples.items() if key[0] == "alertsvc_subscribers"}
    assert found == {"active": 2, "paused": 1, "pending": 1, "unsubscribed": 1}


async def test_nothing_invented_is_counted(store: Store, visitor: Visitor):
    store_feeds(store, a_feed("demo", demonstration=True), polls={"demo": a_poll()})
    store_incidents(store, an_invented())
    store_articles(store, {"x": "read"}, feed_id="demo", demonstration=True)
    with store.begin() as conn:
        record_problem(conn, "feed", "demo", "invented", NOW)
    samples = await scrape(visitor)
    assert not [key for key in samples if ("feed", "demo") in key[1]]
    assert sum(value for (name, _), value in samples.items() if name in ("alertsvc_incidents", "alertsvc_items")) == 0
    assert not [key for key in samples if key[0] == "alertsvc_problems"]


async def test_labels_are_bounded(store: Store, visitor: Visitor):
    # Two letters each, so that every one is a plain word.
    names = {f"f{n}": f"outcome_{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(60)}
    store_feeds(store, *(a_feed(name) for name in names), polls={n: a_poll(outcome=o) for n, o in names.items()})
    samples = await scrape(visitor)
    outcomes = {key: value for key, value in samples.items() if key[0] == "alertsvc_feed_outcomes"}
    assert len(outcomes) == 21
    assert sum(outcomes.values()) == 60


async def test_without_database_the_rest_is_told(store: Store, visitor: Visitor):
    store.close()
    samples = await scrape(visitor)
    assert one(samples, "database_up") == 0
    assert one(samples, "build_info", version="9.8.7") == 1
    assert ("alertsvc_outbox_depth", ()) not in samples


async def test_scheduler_that_never_ticked_has_no_timestamp(store: Store, clock: ManualClock):
    async with visiting(pages_for(store, clock, heartbeat=lambda: None)) as visitor:
        assert not [key for key in await scrape(visitor) if "heartbeat" in key[0]]


@pytest.mark.parametrize("times", [2])
def test_each_application_has_metrics_of_its_own(store: Store, clock: ManualClock, times: int):
    registries = {id(create_app(pages_for(store, clock)).state.registry) for _ in range(times)} - {None}
    assert registries
    store.close()
    create_app(pages_for(store, clock))  # building it reads nothing
