"""When alerts are written: flashes at once, updates together, no more than a subscriber is to get."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alertsvc.alerts import grouped, plan_waiting
from alertsvc.brief.numbers import day
from alertsvc.brief.render import render
from alertsvc.domain import Action, BriefingKind, Count, Delivery, DeliveryState
from alertsvc.settings import Settings
from alertsvc.store.held import Why, list_held
from alertsvc.store.outbox import list_deliveries
from alertsvc.store.subscribers import edit_subscriber, list_subscribers
from tests.service.support import body, header
from tests.service.test_corrections import Bench, bench
from tests.track.stories import AL_TUM, DAY0, SALVADOR, SHARARA, WADI, told
from tests.track.test_desk import item

MINUTE = timedelta(minutes=1)


def changed(at: Bench, **deliver: Any) -> Bench:
    """Return the bench with settings of delivery."""
    settings: Settings = at.settings
    at.settings = settings.model_copy(update={"deliver": settings.deliver.model_copy(update=deliver)})
    return at


def rows(at: Bench, kind: BriefingKind) -> list[Delivery]:
    with at.store.read() as conn:
        return [row for row in reversed(list_deliveries(conn)) if row.briefing.kind is kind]


async def test_updates_wait_and_are_told_together(tmp_path: Path):
    with bench(tmp_path) as plain:
        at = changed(plain, update_interval=1800.0)
        at.file(item(1), told(Action.SEIZURE, AL_TUM, killed=2))
        assert [row.state for row in rows(at, BriefingKind.FLASH)] == [DeliveryState.DUE] * 2
        at.file(item(2), told(Action.SEIZURE, AL_TUM, killed=2))
        at.file(item(3), told(Action.SEIZURE, AL_TUM, killed=6, day=DAY0, flow="stopped"))
        at.file(item(4), told(Action.RECAPTURE, AL_TUM, day=DAY0))
        assert rows(at, BriefingKind.UPDATE) == []
        assert plan_waiting(at.store, at.settings, at.clock.now()) == 0
        await at.send()
        at.clock.advance(40 * MINUTE)
        assert plan_waiting(at.store, at.settings, at.clock.now()) == 1
        assert plan_waiting(at.store, at.settings, at.clock.now()) == 0
        await at.send()
        flash, update = (mail for mail in at.mails("desk") if "[BRIEF]" not in header(mail.message, "Subject"))
        assert header(update.message, "In-Reply-To") == header(flash.message, "Message-ID")
        text = body(update.message)
        assert "retaken" in text
        assert "second independent source" in text
        assert len(at.mails("flashes")) == 1


async def test_after_the_wait_an_update_goes_at_once(tmp_path: Path):
    with bench(tmp_path) as plain:
        at = changed(plain, update_interval=60.0)
        at.file(item(1), told(Action.SEIZURE, AL_TUM))
        at.clock.advance(5 * MINUTE)
        at.file(item(2), told(Action.SEIZURE, AL_TUM))
        assert len(rows(at, BriefingKind.UPDATE)) == 1


def test_steps_told_as_one_span_all_that_changed(tmp_path: Path):
    with bench(tmp_path) as at:
        at.file(item(1), told(Action.SEIZURE, AL_TUM, killed=2))
        at.file(item(2), told(Action.SEIZURE, AL_TUM, killed=2))
        incident = at.file(item(3), told(Action.SEIZURE, AL_TUM, killed=Count(1), flow="stopped"))
        material = [step for step in incident.updates if step.material]
        one = grouped(incident, 1)
        assert one is not None
        assert one.number == material[-1].number
        assert set(one.changes) == {change for step in material[1:] for change in step.changes}
        assert grouped(incident, one.number) is None


def test_an_open_incident_without_news_is_told_again(tmp_path: Path):
    with bench(tmp_path) as plain:
        at = changed(plain, repeat=6 * 3600.0)
        at.file(item(1), told(Action.SEIZURE, AL_TUM))
        at.clock.advance(5 * 60 * MINUTE)
        assert plan_waiting(at.store, at.settings, at.clock.now()) == 0
        at.clock.advance(2 * 60 * MINUTE)
        assert plan_waiting(at.store, at.settings, at.clock.now()) == 1
        assert plan_waiting(at.store, at.settings, at.clock.now()) == 0
        (again,) = rows(at, BriefingKind.UPDATE)
        assert "still open: nothing material since" in again.briefing.facts["first_line"]["text"]
        at.clock.advance(7 * 60 * MINUTE)
        assert plan_waiting(at.store, at.settings, at.clock.now()) == 1
        assert len({row.message_id for row in rows(at, BriefingKind.UPDATE)}) == 2


async def test_what_is_over_the_cap_is_told_in_one_summary(tmp_path: Path):
    with bench(tmp_path) as plain:
        at = changed(plain, alerts_per_hour=2)
        for number, place in enumerate((AL_TUM, SALVADOR, SHARARA, WADI), 1):
            at.file(item(number), told(Action.SEIZURE, place))
        await at.send()
        assert len(at.mails("flashes")) == 2
        with at.store.read() as conn:
            assert [held.why for held in list_held(conn)] == [Why.LIMIT] * 4
        assert plan_waiting(at.store, at.settings, at.clock.now()) == 0
        at.clock.advance(61 * MINUTE)
        assert plan_waiting(at.store, at.settings, at.clock.now()) == 2
        assert plan_waiting(at.store, at.settings, at.clock.now()) == 0
        await at.send()
        summary = at.mails("flashes")[-1]
        assert header(summary.message, "Subject").startswith("Alerts held back, 31 January 2026: 2 incidents")
        assert "Sharara" in body(summary.message)
        assert "Zelfana" in body(summary.message)
        assert "Salvador" not in body(summary.message)


async def test_a_correction_is_no_matter_of_caps_or_intervals(tmp_path: Path):
    with bench(tmp_path) as plain:
        at = changed(plain, alerts_per_hour=1, update_interval=7200.0)
        at.file(item(1), told(Action.SEIZURE, AL_TUM))
        await at.send()
        at.file(item(1, content_hash="edited"))
        await at.send()
        assert "[CORRECTION]" in header(at.mails("desk")[-1].message, "Subject")


def test_a_summary_can_be_rendered(tmp_path: Path):
    with bench(tmp_path) as plain:
        at = changed(plain, alerts_per_hour=1)
        at.file(item(1), told(Action.SEIZURE, AL_TUM))
        at.file(item(2), told(Action.SEIZURE, SALVADOR))
        at.clock.advance(61 * MINUTE)
        plan_waiting(at.store, at.settings, at.clock.now())
        (row, *_) = rows(at, BriefingKind.DAILY)
        assert "held back" in render(replace(row.briefing)).subject


@pytest.mark.parametrize(
    ("language", "said", "title"),
    [
        ("fr", "Alertes retenues, {day}\u00a0: 1 incident", "Alertes retenues, {day}"),
        ("ar", "تنبيهات مؤجلة {day}: ", "تنبيهات مؤجلة، {day}"),
    ],
)
def test_a_summary_speaks_the_language_of_its_reader(tmp_path: Path, language: str, said: str, title: str):
    with bench(tmp_path) as plain:
        at = changed(plain, alerts_per_hour=1)
        with at.store.begin() as conn:
            for someone in list_subscribers(conn):
                edit_subscriber(conn, someone.name, {"language": language}, at.clock.now())
        at.file(item(1), told(Action.SEIZURE, AL_TUM))
        at.file(item(2), told(Action.SEIZURE, SALVADOR))
        at.clock.advance(61 * MINUTE)
        plan_waiting(at.store, at.settings, at.clock.now())
        (row, *_) = rows(at, BriefingKind.DAILY)
        made = render(row.briefing)
        local = at.clock.now().astimezone(ZoneInfo(zone_of(at, row))).date()
    subject, text = (re.sub("[\u2066-\u2069\u200f]", "", words) for words in (made.subject, made.text))
    assert subject.startswith(said.format(day=day(local, language)))
    assert title.format(day=day(local, language)) in text
    assert "held back" not in made.subject + made.text + made.html


def zone_of(at: Bench, row: Delivery) -> str:
    with at.store.read() as conn:
        return next(someone.timezone for someone in list_subscribers(conn) if someone.id == row.subscriber_id)
