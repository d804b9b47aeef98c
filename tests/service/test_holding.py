"""Quiet hours, limits and several subscriptions of one person: told once, later, or together, and never lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alertsvc.alerts import plan_waiting
from alertsvc.domain import Action, BriefingKind, Delivery
from alertsvc.store.held import list_held
from alertsvc.store.outbox import list_deliveries
from alertsvc.store.schema import subscribers
from alertsvc.store.subscribers import edit_subscriber, list_subscribers
from tests.service.support import header
from tests.service.test_corrections import Bench, bench
from tests.track.stories import AL_TUM, DAY0, SALVADOR, SHARARA, WADI, told
from tests.track.test_desk import item

MINUTE = timedelta(minutes=1)
NIGHT = {"quiet_from": "11:00", "quiet_until": "14:00", "wake_from": "5.0"}  # the bench begins at noon


def edit(at: Bench, name: str, **changes: Any) -> None:
    with at.store.begin() as conn:
        edit_subscriber(conn, name, changes, at.clock.now())


def only(at: Bench, *names: str) -> None:
    """Leave no other subscriber."""
    with at.store.begin() as conn:
        for someone in list_subscribers(conn):
            if someone.name not in names:
                edit_subscriber(conn, someone.name, {"state": "paused"}, at.clock.now())


def rows(at: Bench) -> list[Delivery]:
    with at.store.read() as conn:
        return list(reversed(list_deliveries(conn)))


def wait(at: Bench, until: datetime) -> int:
    at.clock.move_to(until)
    return plan_waiting(at.store, at.settings, at.clock.now())


AFTER = datetime(2026, 2, 1, 14, 0, tzinfo=UTC)


async def test_what_falls_in_quiet_hours_is_sent_at_their_end_as_it_then_stands(tmp_path: Path):
    with bench(tmp_path) as at:
        only(at, "desk")
        edit(at, "desk", **NIGHT)
        at.file(item(1), told(Action.SEIZURE, AL_TUM, killed=2))
        at.file(item(2), told(Action.SEIZURE, AL_TUM, killed=6, day=DAY0))
        at.file(item(3), told(Action.SEIZURE, SALVADOR))
        assert rows(at) == []
        assert wait(at, AFTER - timedelta(seconds=1)) == 0
        assert wait(at, AFTER) == 2
        assert wait(at, AFTER + MINUTE) == 0
        assert [row.briefing.kind for row in rows(at)] == [BriefingKind.FLASH] * 2
        assert "outlet2.example and outlet1.example" in str(rows(at)[0].briefing.facts)
        at.file(item(4), told(Action.RECAPTURE, AL_TUM, day=DAY0))
        await at.send()
        assert [header(mail.message, "Subject")[:3] == "Re:" for mail in at.mails("desk")] == [False, False, True]
        with at.store.read() as conn:
            assert list_held(conn) == []


async def test_updates_of_the_night_come_as_one(tmp_path: Path):
    with bench(tmp_path) as at:
        only(at, "desk")
        at.file(item(1), told(Action.SEIZURE, AL_TUM, killed=2))
        edit(at, "desk", **NIGHT, kinds=["flash", "update"])
        at.file(item(2), told(Action.SEIZURE, AL_TUM, killed=2))
        at.file(item(3), told(Action.SEIZURE, AL_TUM, killed=6, day=DAY0, flow="stopped"))
        assert len(rows(at)) == 1
        assert wait(at, AFTER) == 1
        flash, update = rows(at)
        assert (update.briefing.kind, update.in_reply_to) == (BriefingKind.UPDATE, flash.message_id)


async def test_what_is_grave_enough_and_corrections_wake(tmp_path: Path):
    with bench(tmp_path) as at:
        only(at, "desk")
        edit(at, "desk", **(NIGHT | {"wake_from": "0.5"}))
        at.file(item(1), told(Action.SEIZURE, AL_TUM))
        assert len(rows(at)) == 1
        edit(at, "desk", **NIGHT)
        await at.send()
        at.file(item(1, content_hash="edited"))
        await at.send()
        assert "[CORRECTION]" in header(at.mails("desk")[-1].message, "Subject")


async def test_what_was_taken_back_in_the_night_is_never_told(tmp_path: Path):
    with bench(tmp_path) as at:
        only(at, "desk")
        edit(at, "desk", **NIGHT)
        at.file(item(1), told(Action.SEIZURE, AL_TUM))
        at.file(item(1, content_hash="edited"))
        assert wait(at, AFTER) == 0
        assert rows(at) == []


async def test_whoever_ends_the_quiet_hours_gets_what_waited(tmp_path: Path):
    with bench(tmp_path) as at:
        only(at, "desk")
        edit(at, "desk", **NIGHT)
        at.file(item(1), told(Action.SEIZURE, AL_TUM))
        edit(at, "desk", quiet_from="", quiet_until="")
        assert wait(at, at.clock.now()) == 1


async def test_the_other_subscription_of_a_sleeper_is_told_and_nothing_comes_twice(tmp_path: Path):
    with bench(tmp_path) as at:
        only(at, "desk", "flashes")
        with at.store.begin() as conn:
            people = {someone.name: someone for someone in list_subscribers(conn)}
            conn.execute(subscribers.update().values(target="both@example.org"))
        assert people["desk"].id is not None
        edit(at, "desk", **NIGHT, kinds=["flash", "update"])
        edit(at, "flashes", min_severity="1.0", kinds=["flash", "update"])
        at.file(item(1), told(Action.SEIZURE, AL_TUM))
        (flash,) = rows(at)
        assert flash.subscriber_id == people["flashes"].id
        await at.send()
        assert wait(at, AFTER) == 0
        edit(at, "flashes", state="unsubscribed")
        at.file(item(2), told(Action.SEIZURE, AL_TUM, killed=6, day=DAY0))
        _, update = rows(at)
        assert (update.subscriber_id, update.in_reply_to) == (people["desk"].id, flash.message_id)


def test_a_limit_of_ones_own_goes_before_the_service_s(tmp_path: Path):
    with bench(tmp_path) as at:
        only(at, "desk", "flashes")
        edit(at, "desk", alerts_per_hour="1", alerts_per_day="2")
        for number, place in enumerate((AL_TUM, SALVADOR, SHARARA, WADI), 1):
            at.file(item(number), told(Action.SEIZURE, place))
        desk = {someone.name: someone.id for someone in _people(at)}["desk"]
        assert [row.subscriber_id == desk for row in rows(at)].count(True) == 1
        assert wait(at, at.clock.now() + timedelta(minutes=50)) == 0
        assert wait(at, at.clock.now() + timedelta(minutes=12)) == 1
        (summary,) = [row for row in rows(at) if row.briefing.kind is BriefingKind.DAILY]
        assert summary.briefing.facts["subject"].startswith("Alerts held back, ")
        # The day's second alert: after it the limit of a day holds, though the hour's is over.
        at.file(item(5), told(Action.RECAPTURE, AL_TUM, day=DAY0))
        at.clock.advance(timedelta(hours=2))
        at.file(item(6), told(Action.SEIZURE, AL_TUM, day=DAY0, killed=9))
        assert wait(at, at.clock.now() + timedelta(hours=2)) == 0
        assert wait(at, at.clock.now() + timedelta(hours=22)) == 1


def _people(at: Bench) -> list[Any]:
    with at.store.read() as conn:
        return list_subscribers(conn)
