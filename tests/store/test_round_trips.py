"""Whatever is stored comes back the same, on both databases."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings

from alertsvc.domain import Article, Delivery, Detection, Incident, Subscriber
from alertsvc.errors import StoreError
from alertsvc.store import Store
from alertsvc.store.articles import detections_of, get_article, known_hashes, save_articles, save_detections
from alertsvc.store.feeds import FeedSpec, get_feed, sync_feeds
from alertsvc.store.incident_writes import insert_incident
from alertsvc.store.incidents import article_reports, get_incident
from alertsvc.store.outbox import enqueue, has_key, latest_key, list_deliveries
from alertsvc.store.problems import list_problems, record_problem
from alertsvc.store.subscribers import add_subscriber, list_subscribers
from alertsvc.store.values import scrub, scrub_text
from tests.store import samples
from tests.store.samples import NOON, as_stored, trial

# The fixture is shared by the examples on purpose: each undoes what it wrote.
several = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

HARD = "a\x00b\ud800c\U0001f525\u202e'\"%_\\"


@several
@given(item=samples.articles)
@example(item=samples.article(HARD, feed_id=HARD, title=HARD, text=HARD, content_hash=HARD))
def test_article(shared_store: Store, item: Article) -> None:
    with trial(shared_store) as conn:
        saved = save_articles(conn, [item], NOON)
        (new,) = saved.new
        assert new.id is not None
        assert get_article(conn, new.id) == replace(as_stored(item), id=new.id, revision=1)
        assert known_hashes(conn, item.feed_id, [item.key]) == {item.key: scrub_text(item.content_hash)}
        assert save_articles(conn, [item], NOON).unchanged == 1


@several
@given(found=samples.some(samples.detections))
def test_detections(shared_store: Store, found: tuple[Detection, ...]) -> None:
    with trial(shared_store) as conn:
        (new,) = save_articles(conn, [samples.article()], NOON).new
        assert new.id is not None
        save_detections(conn, new.id, 1, found, NOON)
        assert detections_of(conn, new.id) == [as_stored(item) for item in found]


@several
@given(item=samples.incidents)
@example(item=samples.incident(HARD, reports=(), updates=()))
def test_incident(shared_store: Store, item: Incident) -> None:
    with trial(shared_store) as conn:
        stored = insert_incident(conn, item)
        wanted = as_stored(item)
        filed = tuple(replace(theirs, id=ours.id) for ours, theirs in zip(stored.reports, wanted.reports, strict=True))
        assert stored == replace(wanted, id=stored.id, reports=filed)
        assert get_incident(conn, item.public_id) == stored
        for report in stored.reports:
            assert article_reports(conn, report.article_id) == [(stored.public_id, report)]


@several
@given(item=samples.subscribers)
def test_subscriber(shared_store: Store, item: Subscriber) -> None:
    with trial(shared_store) as conn:
        added = add_subscriber(conn, item, NOON)
        assert list_subscribers(conn, active=False) == [replace(as_stored(item), id=added.id)]


@several
@given(item=samples.deliveries)
@example(item=samples.delivery(HARD, briefing=samples.delivery().briefing, extra={HARD: [HARD, (), {}]}))
def test_delivery(shared_store: Store, item: Delivery) -> None:
    with trial(shared_store) as conn:
        assert enqueue(conn, item)
        assert not enqueue(conn, item)
        (stored,) = list_deliveries(conn)
        facts = replace(item.briefing, facts=scrub(item.briefing.facts))
        plain = as_stored(replace(item, briefing=replace(item.briefing, facts={}), extra={}))
        assert stored == replace(plain, id=stored.id, briefing=facts, extra=scrub(item.extra))
        assert has_key(conn, item.key)
        assert latest_key(conn, item.key[:3]) == scrub_text(item.key)


@several
@given(item=samples.specs)
def test_feed(shared_store: Store, item: FeedSpec) -> None:
    with trial(shared_store) as conn:
        assert sync_feeds(conn, [item], NOON) == (1, 0, 0)
        feed = get_feed(conn, item.id)
        assert feed is not None
        stored = asdict(feed)
        assert {name: stored[name] for name in asdict(item)} == asdict(as_stored(item))
        assert sync_feeds(conn, [item], NOON) == (0, 0, 0)


@several
@given(scope=samples.texts, subject=samples.texts, message=samples.texts)
def test_problem(shared_store: Store, scope: str, subject: str, message: str) -> None:
    with trial(shared_store) as conn:
        record_problem(conn, scope, subject, message, NOON)
        (problem,) = list_problems(conn)
        assert (problem.scope, problem.subject, problem.message) == tuple(map(scrub_text, (scope, subject, message)))


@several
@given(one=samples.instants, other=samples.instants)
def test_times_sort_in_the_database_as_they_do_here(shared_store: Store, one: datetime, other: datetime) -> None:
    with trial(shared_store) as conn:
        record_problem(conn, "a", "", "", one)
        found = [problem.last_seen for problem in list_problems(conn, since=other)]
        assert found == ([one] if one >= other else [])
        assert all(time.tzinfo is UTC for time in found)


def test_a_very_long_key_and_message_are_kept_whole(store: Store) -> None:
    # Incompressible, so that no index of PostgreSQL could hold it.
    long = "".join(chr(0x4E00 + (i * 7919) % 20000) for i in range(20_000))
    with store.begin() as conn:
        (new,) = save_articles(conn, [samples.article(long)], NOON).new
        record_problem(conn, "feed", "wire", long, NOON)
        record_problem(conn, "feed", "wire", long, NOON)
    with store.read() as conn:
        assert new.id is not None
        read = get_article(conn, new.id)
        assert read is not None
        assert read.key == long
        assert [(problem.message, problem.count) for problem in list_problems(conn)] == [(long, 2)]


def test_a_time_without_zone_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="needs a zone"), store.begin() as conn:
        record_problem(conn, "a", "b", "c", NOON.replace(tzinfo=None))


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_json_cannot_say_is_refused(store: Store, number: float) -> None:
    bad = samples.delivery(extra={"value": number})
    with pytest.raises(StoreError) as caught, store.begin() as conn:
        enqueue(conn, bad)
    assert caught.value.permanent
    with store.read() as conn:
        assert list_deliveries(conn) == []
