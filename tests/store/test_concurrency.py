"""Many workers on one database: nothing is taken twice, nothing is lost, and a killed worker's share comes back."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import text

from alertsvc.domain import DeliveryState, IncidentClass
from alertsvc.errors import StoreError
from alertsvc.store import Store
from alertsvc.store.articles import list_articles, mark_article, save_articles
from alertsvc.store.feeds import record_poll, sync_feeds
from alertsvc.store.incident_writes import insert_incident
from alertsvc.store.incidents import list_incidents, lock_class
from alertsvc.store.outbox import enqueue, mark_sent, outbox_counts
from tests.store.claimer import CLAIMS, LEASE, drain
from tests.store.samples import NOON, article, delivery, incident, poll, spec

ROOT = Path(__file__).resolve().parents[2]
MANY = 120
T = TypeVar("T")

every_kind = pytest.mark.parametrize("kind", sorted(CLAIMS))


def _fill(store: Store) -> None:
    with store.begin() as conn:
        sync_feeds(conn, [spec(f"feed-{number}") for number in range(MANY)], NOON)
        save_articles(conn, [article(str(number)) for number in range(MANY)], NOON)
        for number in range(MANY):
            enqueue(conn, delivery(str(number)))


def _mark(store: Store, kind: str, row: str | int, worker: str) -> bool:
    with store.begin() as conn:
        if kind == "feeds":
            return record_poll(conn, str(row), worker, poll(), NOON)
        if kind == "articles":
            return mark_article(
                conn, int(row), revision=1, worker=worker, outcome="read", language="en", detections=0, now=NOON
            )
        return mark_sent(conn, int(row), worker, NOON)


def _at_once(*calls: Callable[[], T]) -> list[T]:
    """Run the calls in threads that begin together; return what they return."""
    barrier = threading.Barrier(len(calls))

    def begin(call: Callable[[], T]) -> T:
        barrier.wait(timeout=30)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(begin, calls))


def _process(url: str, worker: str, kind: str, limit: int, what: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.store.claimer", url, worker, kind, str(limit), what],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@every_kind
def test_threads_share_the_work_without_overlap(store: Store, kind: str) -> None:
    _fill(store)
    shares = _at_once(*(lambda name=f"w{number}": drain(store, name, kind, 7) for number in range(6)))
    taken = [row for share in shares for row in share]
    assert len(taken) == len(set(taken)) == MANY
    for number, share in enumerate(shares):
        assert all(_mark(store, kind, row, f"w{number}") for row in share)
        assert not any(_mark(store, kind, row, f"w{number}") for row in share)


@every_kind
def test_processes_share_the_work_without_overlap(store: Store, store_url: str, kind: str) -> None:
    _fill(store)
    workers = [_process(store_url, f"w{number}", kind, 5, "drain") for number in range(3)]
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    shares = [json.loads(worker.communicate(timeout=60)[0]) for worker in workers]
    taken = [row for share in shares for row in share]
    assert len(taken) == len(set(taken)) == MANY


@every_kind
def test_a_killed_worker_s_share_comes_back_when_its_lease_has_run_out(store: Store, store_url: str, kind: str) -> None:
    _fill(store)
    with _process(store_url, "killed", kind, 10, "hold") as worker:
        assert worker.stdout is not None
        lost = json.loads(worker.stdout.readline())
        worker.send_signal(signal.SIGKILL)
    assert len(lost) == 10
    rest = drain(store, "other", kind, 50)
    assert set(rest).isdisjoint(lost)
    assert len(rest) == MANY - 10
    for row in rest:
        assert _mark(store, kind, row, "other")
    back: list[Any] = []
    with store.begin() as conn:
        assert CLAIMS[kind](conn, "other", NOON + timedelta(seconds=LEASE - 1), 99) == []
        # An article that was begun before comes back alone.
        while found := CLAIMS[kind](conn, "other", NOON + timedelta(seconds=LEASE), 99):
            assert len(found) == (1 if kind == "articles" else 10)
            back += found
    assert sorted(map(str, back)) == sorted(map(str, lost))
    assert not any(_mark(store, kind, row, "killed") for row in back)
    assert all(_mark(store, kind, row, "other") for row in back)


@every_kind
def test_on_postgresql_a_claim_passes_over_what_another_is_claiming(store: Store, kind: str) -> None:
    _fill(store)
    if store.dialect == "sqlite":
        return  # its write transactions follow one another
    with store.begin() as one, store.begin() as other:
        first = CLAIMS[kind](one, "a", NOON, 20)
        second = CLAIMS[kind](other, "b", NOON, MANY)
    assert len(first) == 20
    assert len(second) == MANY - 20
    assert set(first).isdisjoint(second)


def test_the_same_articles_from_many_sides_are_stored_once(store: Store) -> None:
    items = [article(str(number)) for number in range(60)]

    def save(seed: int) -> int:
        order = random.Random(seed).sample(items, len(items))
        with store.begin() as conn:
            return len(save_articles(conn, order, NOON).new)

    assert sum(_at_once(*(lambda seed=seed: save(seed) for seed in range(5)))) == 60
    with store.read() as conn:
        assert len(list_articles(conn)) == 60


def test_an_edit_from_many_sides_is_one_revision(store: Store) -> None:
    with store.begin() as conn:
        save_articles(conn, [article()], NOON)

    def save() -> int:
        with store.begin() as conn:
            return len(save_articles(conn, [article(content_hash="new")], NOON).edited)

    assert sum(_at_once(*[save] * 5)) == 1
    with store.read() as conn:
        assert [item.revision for item in list_articles(conn)] == [2]


def test_a_key_from_many_sides_is_written_once(store: Store) -> None:
    def put() -> bool:
        with store.begin() as conn:
            return enqueue(conn, delivery())

    assert sorted(_at_once(*[put] * 5)) == [False] * 4 + [True]


def test_a_key_that_came_free_is_taken_once(store: Store) -> None:
    with store.begin() as conn:
        assert enqueue(conn, delivery(state=DeliveryState.FAILED))

    def put() -> bool:
        with store.begin() as conn:
            return enqueue(conn, delivery())

    assert sorted(_at_once(*[put] * 5)) == [False] * 4 + [True]
    with store.read() as conn:
        assert outbox_counts(conn) == {"due": 1, "sent": 0, "failed": 1, "cancelled": 0}


def test_filing_is_one_at_a_time_for_a_class(store: Store) -> None:
    def file(name: str) -> None:
        with store.begin() as conn:
            lock_class(conn, IncidentClass.BORDER)
            if not list_incidents(conn, demonstration=False, incident_class=IncidentClass.BORDER):
                insert_incident(conn, incident(name))

    _at_once(*(lambda name=str(number): file(name) for number in range(6)))
    with store.read() as conn:
        assert len(list_incidents(conn, demonstration=None)) == 1


def test_on_postgresql_the_lock_of_one_class_holds_up_that_class_alone(store: Store) -> None:
    def lock_at_once(incident_class: IncidentClass) -> None:
        with store.begin() as conn:
            if store.dialect == "postgresql":
                conn.execute(text("SET LOCAL lock_timeout TO '20ms'"))
            lock_class(conn, incident_class)

    lock_at_once(IncidentClass.OIL)
    lock_at_once(IncidentClass.BORDER)
    if store.dialect == "sqlite":
        return  # its write transactions follow one another
    with store.begin() as conn:
        lock_class(conn, IncidentClass.BORDER)
        lock_at_once(IncidentClass.OIL)
        with pytest.raises(StoreError, match="lock timeout") as caught:
            lock_at_once(IncidentClass.BORDER)
    assert not caught.value.permanent
    lock_at_once(IncidentClass.BORDER)


def test_writers_of_one_file_wait_their_turn(store: Store, store_url: str) -> None:
    def put_some(side: Store, number: int) -> int:
        written = 0
        for key in range(10):
            with side.begin() as conn:
                written += enqueue(conn, delivery(f"{number}-{key}"))
        return written

    with Store.open(store_url) as other:
        sides = enumerate((store, other, store, other))
        calls = [lambda side=side, number=number: put_some(side, number) for number, side in sides]
        assert _at_once(*calls) == [10] * 4
