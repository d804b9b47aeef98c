"""Digests of several subscriptions: one for each person and hour, composed once for all who asked for the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from alertsvc.composing import COMPOSERS, Edition
from alertsvc.digest import Digester
from alertsvc.domain import Action, Briefing, BriefingKind, Channel, Delivery, Incident, IncidentClass, Subscriber
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.outbox import list_deliveries
from alertsvc.store.periods import list_periods
from alertsvc.store.subscribers import add_subscriber, edit_subscriber
from tests.service.digester import plain
from tests.service.test_corrections import Bench, bench
from tests.track.stories import AL_TUM, SHARARA, told
from tests.track.test_desk import item

DAY = timedelta(days=1)


@contextmanager
def empty_bench(folder: Path) -> Iterator[Bench]:
    """Give a bench on which nobody is left."""
    with bench(folder) as at:
        with at.store.begin() as conn:
            for name in ("desk", "flashes", "daily"):
                edit_subscriber(conn, name, {"state": "paused"}, at.clock.now())
        yield at


def put(at: Bench, name: str, address: str = "one", **changes: Any) -> Subscriber:
    person = Subscriber(name, Channel.EMAIL, f"{address}@example.org", kinds=(BriefingKind.DAILY,))
    with at.store.begin() as conn:
        return add_subscriber(conn, replace(person, **changes), at.clock.now())


def digests(store: Store) -> list[Delivery]:
    with store.read() as conn:
        return list(reversed(list_deliveries(conn)))


class Counting:
    """Composers that count how often they are asked."""

    def __init__(self) -> None:
        self.editions: list[Edition] = []

    def __call__(
        self,
        conn: Connection,
        edition: Edition,
        incidents: Sequence[Incident],
        previous: Sequence[Incident] | None,
        settings: Settings,
        now: datetime,
    ) -> Briefing:
        self.editions.append(edition)
        return COMPOSERS[BriefingKind.DAILY](conn, edition, incidents, previous, settings, now)


def two_incidents(at: Bench) -> None:
    at.file(item(1), told(Action.SEIZURE, AL_TUM))
    at.file(item(2), told(Action.SEIZURE, SHARARA))
    at.clock.advance(timedelta(minutes=1))


def test_overlapping_subscriptions_at_one_hour_are_one_digest_of_all(tmp_path: Path):
    with empty_bench(tmp_path) as at:
        put(at, "borders", classes=(IncidentClass.BORDER,))
        put(at, "libya", countries=("LY",), classes=(IncidentClass.OIL,))
        put(at, "other", "two", classes=(IncidentClass.OIL,))
        two_incidents(at)
        assert Digester(at.store, at.settings, at.clock).run_once() == 2
        found = {row.target: str(row.briefing.facts) for row in digests(at.store)}
        assert [name in found["one@example.org"] for name in ("Al-Tum", "Sharara")] == [True, True]
        assert [name in found["two@example.org"] for name in ("Al-Tum", "Sharara")] == [False, True]
        at.clock.advance(DAY)
        assert Digester(at.store, at.settings, at.clock).run_once() == 2


def test_one_that_joins_later_is_told_of_what_it_had_not(tmp_path: Path):
    with empty_bench(tmp_path) as at:
        first = put(at, "libya", classes=(IncidentClass.OIL,), digest_hour=18)
        at.clock.advance(timedelta(hours=1))
        digester = Digester(at.store, at.settings, at.clock)
        assert digester.run_once() == 1
        put(at, "borders", classes=(IncidentClass.BORDER,), digest_hour=7)
        assert digester.run_once() == 1
        two_incidents(at)
        with at.store.begin() as conn:
            edit_subscriber(conn, "libya", {"digest_hour": 7}, at.clock.now())
        at.clock.advance(DAY)
        assert digester.run_once() == 1
        (*_, last) = digests(at.store)
        assert [name in str(last.briefing.facts) for name in ("Al-Tum", "Sharara")] == [True, True]
        with at.store.read() as conn:
            one, two = list_periods(conn, first.id or 0)
        assert two.start == one.end


def test_different_hours_are_different_digests(tmp_path: Path):
    with empty_bench(tmp_path) as at:
        put(at, "morning", digest_hour=7)
        put(at, "evening", digest_hour=18)
        assert Digester(at.store, at.settings, at.clock).run_once() == 2


def test_what_is_the_same_for_many_is_composed_once(tmp_path: Path):
    with empty_bench(tmp_path) as at:
        for number in range(450):
            put(at, f"n{number}", f"n{number}", countries=("LY", "NE") if number % 2 else ("NE", "LY"))
        put(at, "elsewhere", "elsewhere", countries=("LY", "NE"), timezone="Africa/Cairo")
        put(at, "narrow", "narrow", countries=("LY",))
        two_incidents(at)
        counting = Counting()
        digester = Digester(at.store, at.settings, at.clock, {BriefingKind.DAILY: counting})
        assert digester.run_once() == 452
        assert len(counting.editions) == 3
        rows = digests(at.store)
        assert (
            len({row.message_id for row in rows}) == len({row.target for row in rows}) == 100
        )  # as many as are listed
        assert digester.run_once() == 0


def test_an_empty_digest_says_so_unless_it_is_not_wanted(tmp_path: Path):
    with empty_bench(tmp_path) as at:
        put(at, "all", "all")
        quiet = put(at, "news", "news", empty_digests=False)
        digester = Digester(at.store, at.settings, at.clock)
        assert digester.run_once() == 1
        (row,) = digests(at.store)
        assert row.target == "all@example.org"
        assert "All quiet" in row.briefing.facts["all_quiet"]["text"]
        with at.store.read() as conn:
            (period,) = list_periods(conn, quiet.id or 0)
        assert period.delivery is None
        two_incidents(at)
        at.clock.advance(DAY)
        assert digester.run_once() == 2
        with at.store.read() as conn:
            *_, later = list_periods(conn, quiet.id or 0)
        assert later.start == period.end


def test_a_kind_without_a_composer_is_not_written_and_not_missed_later(tmp_path: Path):
    with empty_bench(tmp_path) as at:
        weekly = put(at, "weekly", kinds=(BriefingKind.WEEKLY,))
        at.clock.advance(10 * DAY)
        assert Digester(at.store, at.settings, at.clock, {BriefingKind.DAILY: plain}).run_once() == 0
        both = {BriefingKind.DAILY: plain, BriefingKind.WEEKLY: plain}
        assert Digester(at.store, at.settings, at.clock, both).run_once() == 1
        assert Digester(at.store, at.settings, at.clock, both).run_once() == 0
        (row,) = digests(at.store)
        assert row.key == f"weekly:{weekly.id}:2026-02-08"
        at.clock.advance(21 * DAY)
        assert Digester(at.store, at.settings, at.clock, both).run_once() == 1
        *_, row = digests(at.store)
        assert (row.extra["start"], row.extra["end"]) == ("2026-02-09T00:00:00+00:00", "2026-03-02T00:00:00+00:00")
