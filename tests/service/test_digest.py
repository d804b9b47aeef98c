"""Digests: each incident in one of them, each subscriber at its own hour, nobody held up by another."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alertsvc.deliver.digests import DigestPeriod
from alertsvc.digest import preview
from alertsvc.domain import BriefingKind, Channel, Subscriber
from alertsvc.service import Service
from alertsvc.store import Store
from alertsvc.store.outbox import list_deliveries
from alertsvc.store.problems import list_problems
from alertsvc.store.subscribers import add_subscriber, edit_subscriber, list_subscribers
from alertsvc.track.desk import Desk
from alertsvc.track.filed import Filed
from tests.postgres import Postgres
from tests.service.stories import AL_TUM, NOON, SARIR
from tests.service.support import Ticking, make_settings, subscriber
from tests.service.test_process import article, put

DAILY = BriefingKind.DAILY


def digests(store: Store) -> dict[str, str]:
    """Return the facts of every digest in the outbox as text, by key."""
    with store.read() as conn:
        found = list_deliveries(conn, limit=1000)
    return {item.key: str(item.briefing.facts) for item in found if item.briefing.kind is DAILY}


async def test_each_at_its_own_hour_and_never_twice(clock: Ticking, tmp_path: Path):
    settings = make_settings(
        f"sqlite:///{tmp_path}/a.db",
        tmp_path,
        subscribers=[
            subscriber("london", timezone="Europe/London"),
            subscriber("tripoli", timezone="Africa/Tripoli", digest_hour=6),
            subscriber("alerts", kinds=["flash", "update"]),
        ],
    )
    async with Service.open(settings, clock) as service:
        with service.store.read() as conn:
            rows = {item.name: item.id for item in list_subscribers(conn)}
        put(service.store, article(AL_TUM))
        await service.processor.run_once()
        assert service.digester.run_once() == 2
        assert service.digester.run_once() == 0
        clock.advance(timedelta(hours=3))
        put(service.store, article(SARIR))
        await service.processor.run_once()
        written = {}
        while clock.now() < NOON + timedelta(hours=24):
            clock.advance(timedelta(minutes=30))
            if service.digester.run_once():
                written[f"{clock.now():%d %H:%M}"] = set(digests(service.store))
        found = digests(service.store)
    assert list(written) == ["02 04:00", "02 07:00"]
    london, tripoli = rows["london"], rows["tripoli"]
    assert set(found) == {f"daily:{row}:{day}" for row in (london, tripoli) for day in ("first", "2026-02-02")}
    for row in (london, tripoli):
        first, second = found[f"daily:{row}:first"], found[f"daily:{row}:2026-02-02"]
        assert ("Al-Tum" in first, "Sarir" in first) == (True, False)
        assert ("Al-Tum" in second, "Sarir" in second) == (False, True)


async def test_a_day_without_service_is_told_later(clock: Ticking, tmp_path: Path):
    settings = make_settings(f"sqlite:///{tmp_path}/a.db", tmp_path, subscribers=[subscriber("desk")])
    async with Service.open(settings, clock) as service:
        service.digester.run_once()
        put(service.store, article(SARIR))
        await service.processor.run_once()
    clock.advance(timedelta(days=3))
    async with Service.open(settings, clock) as service:
        assert service.digester.run_once() == 1
        newest = max(digests(service.store).items())
        with service.store.read() as conn:
            latest = list_deliveries(conn)[0]
    assert newest[0].endswith(":first")
    assert latest.key.endswith(":2026-02-04")
    assert "Sarir" in str(latest.briefing.facts)
    assert latest.extra["end"] == datetime(2026, 2, 4, 7, tzinfo=UTC).isoformat()


async def test_one_that_cannot_be_written_holds_up_no_other(clock: Ticking, tmp_path: Path):
    settings = make_settings(f"sqlite:///{tmp_path}/a.db", tmp_path, subscribers=[subscriber("zone")])
    async with Service.open(settings, clock) as service:
        daily = (BriefingKind.DAILY,)
        lost = Subscriber("atlantis", Channel.EMAIL, "a@example.org", kinds=daily, timezone="Atlantis/Poseidonis")
        with service.store.begin() as conn:
            add_subscriber(conn, lost, clock.now())
        service.digester.run_once()
        clock.advance(timedelta(days=1))
        service.digester.run_once()
        assert service.digester.run_once() == 0
        with service.store.read() as conn:
            (problem,) = list_problems(conn)
            rows = {item.name: item.id for item in list_subscribers(conn)}
        found = digests(service.store)
        assert f"daily:{rows['zone']}:2026-02-02" in found
        assert (problem.scope, problem.subject) == ("digest", "atlantis")
        assert "Atlantis" in problem.message
        with service.store.begin() as conn:
            edit_subscriber(conn, "atlantis", {"timezone": "UTC"}, clock.now())
        assert service.digester.run_once() == 1
        with service.store.read() as conn:
            assert list_problems(conn) == []


async def test_a_preview_writes_nothing(clock: Ticking, tmp_path: Path):
    settings = make_settings(f"sqlite:///{tmp_path}/a.db", tmp_path)
    async with Service.open(settings, clock) as service:
        put(service.store, article(SARIR))
        await service.processor.run_once()
        reader = Subscriber("preview", Channel.FILE, "preview@localhost.localdomain", id=0)
        period = DigestPeriod(NOON - timedelta(hours=1), clock.now(), "preview")
        with service.store.read() as conn:
            told = preview(conn, reader, period, settings, clock.now())
            other = preview(conn, replace(reader, demonstration=True), period, settings, clock.now())
            assert list_deliveries(conn) == []
    assert "Sarir" in str(told.facts)
    assert "Sarir" not in str(other.facts)


async def test_no_incident_falls_between_two_digests(
    postgres: Postgres, clock: Ticking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """One service files while another writes the digest: what is not yet stored must not be dated before its end."""
    original = Desk.file
    with postgres.database() as name:
        settings = make_settings(postgres.url(name), tmp_path, subscribers=[subscriber("desk", kinds=["daily"])])
        async with Service.open(settings, clock) as filing, Service.open(settings, clock) as telling:
            assert telling.digester.run_once() == 1
            writer = threading.Thread(target=telling.digester.run_once)

            def file(*arguments: Any) -> list[Filed]:
                # What is filed is dated already. The digest that falls due now either waits for it or would be
                # through long before the second is over.
                clock.move_to(datetime(2026, 2, 2, 7, tzinfo=UTC))
                writer.start()
                writer.join(timeout=1)
                return original(*arguments)

            monkeypatch.setattr(Desk, "file", file)
            clock.move_to(datetime(2026, 2, 2, 6, 59, 59, tzinfo=UTC))
            put(filing.store, article(SARIR))
            await filing.processor.run_once()
            await asyncio.to_thread(writer.join, 30)
            clock.move_to(datetime(2026, 2, 3, 7, tzinfo=UTC))
            assert telling.digester.run_once() == 1
            found = digests(telling.store)
    assert [key.rpartition(":")[2] for key in sorted(found)] == ["2026-02-02", "2026-02-03", "first"]
    assert sum("Sarir" in facts for facts in found.values()) == 1
