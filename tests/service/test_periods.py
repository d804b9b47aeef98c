"""Exactly one digest for each subscriber and period, whatever clocks, restarts and other services do."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from alertsvc.digest import Digester
from alertsvc.domain import BriefingKind, Channel, Subscriber
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.outbox import list_deliveries
from alertsvc.store.periods import ToldPeriod, list_periods
from alertsvc.store.problems import list_problems
from alertsvc.store.schema import digest_periods, outbox, subscribers, subscriptions
from alertsvc.store.subscribers import add_subscriber, edit_subscriber, list_subscribers
from tests.postgres import Postgres
from tests.service.digester import COMPOSERS

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# Clocks change in Ramadan, over midnight, by half an hour, two hours or a whole day, or never; the two last are a day
# apart.
ZONES = (
    "UTC",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Europe/Paris",
    "America/Nuuk",
    "Australia/Lord_Howe",
    "America/Scoresbysund",
    "Antarctica/Troll",
    "Asia/Gaza",
    "Pacific/Apia",
    "Pacific/Honolulu",
)
STARTS = (NOON, datetime(2026, 10, 23, 3, tzinfo=UTC), datetime(2011, 12, 28, 20, tzinfo=UTC))


@dataclass
class Hand:
    """A clock that is set by hand, backwards too, as those of machines are."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database with our tables for all examples of this module."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path_factory.mktemp('periods')}/a.db"
        Store.open(address).close()
        yield address
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as name:
        address = server.url(name)
        Store.open(address).close()
        yield address


def emptied(url: str) -> Store:
    store = Store.open(url, migrate=False)
    with store.begin() as conn:
        for table in (outbox, digest_periods, subscriptions, subscribers):
            conn.execute(delete(table))
    return store


def person(name: str, zone: str, **changes: Any) -> Subscriber:
    target = changes.pop("target", f"{name}@example.org")
    kinds = (BriefingKind.DAILY, BriefingKind.WEEKLY)
    return Subscriber(name, Channel.EMAIL, target, kinds=kinds, timezone=zone, **changes)


def chains(store: Store) -> dict[tuple[int, BriefingKind], list[ToldPeriod]]:
    with store.read() as conn:
        rows = [item.id or 0 for item in list_subscribers(conn, active=False)]
        told = {row: list_periods(conn, row) for row in rows}
    return {
        (row, kind): [item for item in told[row] if item.kind is kind]
        for row in rows
        for kind in (BriefingKind.DAILY, BriefingKind.WEEKLY)
    }


def check(store: Store) -> int:
    """Make sure that every period was told once and that they adjoin; return how many there were."""
    with store.read() as conn:
        assert list_problems(conn) == []
        sent = Counter(item.key for item in list_deliveries(conn, limit=100_000))
    told: set[str | None] = set()
    periods = 0
    for chain in chains(store).values():
        periods += len(chain)
        told |= {item.delivery for item in chain}
        assert all(item.start < item.end for item in chain)
        for before, after in pairwise(chain):
            assert after.start == before.end
    assert set(sent) == told
    assert max(sent.values(), default=1) == 1
    return periods


def both(*digesters: Digester) -> int:
    """Let all of them write at the same moment."""
    barrier = threading.Barrier(len(digesters))

    def run(digester: Digester) -> int:
        barrier.wait(timeout=30)
        return digester.run_once()

    with ThreadPoolExecutor(len(digesters)) as pool:
        return sum(pool.map(run, digesters))


steps = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(1, 3 * 24 * 60)),
        st.tuples(st.just("wait"), st.integers(20, 90)),
        st.tuples(st.just("outage"), st.integers(3, 20)),
        st.tuples(st.just("skew"), st.integers(-120, 120)),
        st.tuples(st.just("restart"), st.just(0)),
        st.tuples(st.just("hour"), st.integers(0, 23)),
        st.tuples(st.just("zone"), st.integers(0, len(ZONES) - 1)),
    ),
    min_size=3,
    max_size=14,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from(STARTS),
    zones=st.lists(st.sampled_from(ZONES), min_size=1, max_size=3),
    hour=st.integers(0, 23),
    day=st.integers(0, 6),
    script=steps,
)
def test_once_for_each_period_by_two_services_through_everything(
    url: str, start: datetime, zones: list[str], hour: int, day: int, script: list[tuple[str, int]]
) -> None:
    one, two = emptied(url), Store.open(url, migrate=False)
    clock, other = Hand(start), Hand(start)
    try:
        with one.begin() as conn:
            for number, zone in enumerate(zones):
                add_subscriber(conn, person(f"p{number}", zone, digest_hour=hour, weekly_day=day), start)
            add_subscriber(conn, person("same", zones[0], digest_hour=hour, target="p0@example.org"), start)
        skew = timedelta()
        for what, amount in script:
            if what in ("wait", "outage"):
                clock.at += timedelta(minutes=amount) if what == "wait" else amount * DAY
            elif what == "skew":
                skew = timedelta(minutes=amount)
            elif what == "restart":
                one.close()
                one = Store.open(url, migrate=False)
            else:
                field, value = ("digest_hour", amount) if what == "hour" else ("timezone", ZONES[amount])
                with two.begin() as conn:
                    edit_subscriber(conn, "p0", {field: value}, clock.at)
            other.at = clock.at + skew
            both(Digester(one, Settings(), clock, COMPOSERS), Digester(two, Settings(), other, COMPOSERS))
            check(one)
            # Nobody waits longer than a day, or a little more where the clocks or the subscriber's wish moved.
            for (row, kind), chain in chains(one).items():
                if kind is BriefingKind.DAILY:
                    assert chain, row
                    assert clock.at - chain[-1].end <= 2 * DAY + HOUR
    finally:
        one.close()
        two.close()


@pytest.mark.parametrize("dies", [-1, 30])
def test_two_processes_write_each_digest_once(url: str, dies: int) -> None:
    """They look at the same instants at the same time; one may be killed in the middle of a transaction."""
    store = emptied(url)
    with store, store.begin() as conn:
        for number, zone in enumerate(ZONES):
            add_subscriber(conn, person(f"p{number}", zone, digest_hour=number), NOON - 8 * DAY)
    instants = ",".join((NOON + number * 2 * HOUR).isoformat() for number in range(60))
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.service.digester", url, name, instants, str(when)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name, when in (("a", -1), ("b", dies))
    ]
    try:
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        done = [process.communicate(timeout=300) for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert processes[0].returncode == 0, done[0][1]
    assert processes[1].returncode in ((0,) if dies < 0 else (0, 9)), done[1][1]
    with Store.open(url, migrate=False) as store:
        told = check(store)
        with store.read() as conn:
            sent = len(list_deliveries(conn, limit=100_000))
        if dies < 0:
            assert sum(int(out) for out, _ in done) == sent
        assert told == sent
        for (_, kind), chain in chains(store).items():
            assert len(chain) in ((6, 5) if kind is BriefingKind.DAILY else (1, 2))
