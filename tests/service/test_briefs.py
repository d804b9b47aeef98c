"""The full brief goes out by itself once, in the thread of the flash, and on request as often as asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alertsvc.alerts import plan_step, plan_waiting
from alertsvc.domain import Action, BriefingKind, Incident, Phase, Status, Subscriber
from alertsvc.fullbrief import request_brief
from alertsvc.ruling import rule
from alertsvc.store.held import HeldAlert, Why, hold, list_held
from alertsvc.store.incidents import get_incident
from alertsvc.store.subscribers import add_subscriber, edit_subscriber, list_subscribers
from tests.service.support import body, header
from tests.service.test_alerts import changed, rows
from tests.service.test_corrections import Bench, bench, corrections
from tests.track.stories import AL_TUM, DAY0, told
from tests.track.test_desk import item

MINUTE = timedelta(minutes=1)


def confirmed(at: Bench) -> Incident:
    """A crossing is seized with many dead, and a second source tells of it: severe and Confirmed."""
    at.file(item(1), told(Action.SEIZURE, AL_TUM, killed=30, flow="stopped"))
    incident = at.file(item(2), told(Action.SEIZURE, AL_TUM, killed=30, flow="stopped"))
    assert incident.status is Status.CONFIRMED
    assert incident.severity.value >= 3.0
    return incident


async def test_a_grave_confirmed_incident_is_told_in_full_once(tmp_path: Path):
    with bench(tmp_path) as at:
        at.file(item(1), told(Action.SEIZURE, AL_TUM, killed=30, flow="stopped"))
        assert rows(at, BriefingKind.BRIEF) == []
        confirmed(at)
        assert [row.subscriber_id for row in rows(at, BriefingKind.BRIEF)] == [1]
        at.file(item(3), told(Action.SEIZURE, AL_TUM, killed=60, flow="stopped"))
        at.file(item(4), told(Action.SEIZURE, AL_TUM, killed=110, flow="stopped"))
        assert len(rows(at, BriefingKind.BRIEF)) == 1
        await at.send()
        mails = at.mails("desk")
        flash = next(mail for mail in mails if "[FLASH]" in header(mail.message, "Subject"))
        (brief,) = [mail for mail in mails if "[BRIEF]" in header(mail.message, "Subject")]
        assert header(brief.message, "In-Reply-To") == header(flash.message, "Message-ID")
        assert "What it shows" in body(brief.message)
        assert not [mail for mail in at.mails("flashes") if "[BRIEF]" in header(mail.message, "Subject")]
        assert at.mails("daily") == []


def test_a_step_filed_again_writes_no_second_brief(tmp_path: Path):
    with bench(tmp_path) as at:
        incident = confirmed(at)
        for _ in range(3):
            with at.store.begin() as conn:
                plan_step(conn, incident, incident.updates[-1], at.settings, at.clock.advance(MINUTE))
        assert len(rows(at, BriefingKind.BRIEF)) == 1


@pytest.mark.parametrize(("status", "phase"), [(Status.REPORTED, Phase.OPEN), (Status.CONFIRMED, Phase.RESOLVED)])
def test_no_brief_of_what_is_not_confirmed_or_over(tmp_path: Path, status: Status, phase: Phase):
    with bench(tmp_path) as at:
        at.file(item(1), told(Action.SEIZURE, AL_TUM, killed=30, flow="stopped"))
        incident = at.file(item(1), told(Action.SEIZURE, AL_TUM, killed=31, flow="stopped"))
        step = replace(incident.updates[-1], status=Status.CONFIRMED, severity=3.5)
        shown = replace(incident, status=status, phase=phase, updates=(step,))
        with at.store.begin() as conn:
            plan_step(conn, shown, step, at.settings, at.clock.now())
        assert rows(at, BriefingKind.BRIEF) == []


async def test_the_cap_counts_a_brief_like_any_alert(tmp_path: Path):
    with bench(tmp_path) as plain:
        at = changed(plain, alerts_per_hour=2)
        confirmed(at)
        assert rows(at, BriefingKind.BRIEF) == []
        with at.store.read() as conn:
            assert [held.why for held in list_held(conn)] == [Why.LIMIT]


async def test_whoever_had_the_brief_alone_is_sent_the_correction(tmp_path: Path):
    with bench(tmp_path) as at:
        incident = confirmed(at)
        daily = person(at, "daily")
        with at.store.begin() as conn:
            assert request_brief(conn, incident, daily, at.settings, at.clock.now())
        await at.send()
        (brief,) = at.mails("daily")
        now = at.clock.advance(MINUTE)
        rule(at.store, at.settings, now, lambda by, conn: by.withdraw(conn, incident.public_id, "an exercise", now))
        await at.send()
        (correction,) = corrections(at.mails("daily"))
        assert header(correction.message, "In-Reply-To") == header(brief.message, "Message-ID")


def person(at: Bench, name: str) -> Subscriber:
    with at.store.read() as conn:
        return next(item for item in list_subscribers(conn) if item.name == name)


async def test_on_request_it_is_sent_as_often_as_asked_for(tmp_path: Path):
    with bench(tmp_path) as at:
        incident = at.file(item(1), told(Action.SEIZURE, AL_TUM, day=DAY0))
        daily = person(at, "daily")
        with at.store.begin() as conn:
            stored = get_incident(conn, incident.public_id)
            assert stored is not None
            first = request_brief(conn, stored, daily, at.settings, at.clock.now())
            again = request_brief(conn, stored, daily, at.settings, at.clock.now())
            assert request_brief(conn, stored, daily, at.settings, at.clock.now()) is None
        assert first == f"brief:{incident.public_id}:{daily.id}"
        assert again
        assert again.startswith(f"{first}~")
        await at.send()
        assert len({header(mail.message, "Message-ID") for mail in at.mails("daily")}) == 2


def test_invented_and_real_do_not_mix(tmp_path: Path):
    with bench(tmp_path) as at:
        incident = replace(confirmed(at), demonstration=True)
        with at.store.begin() as conn, pytest.raises(ValueError, match="real ones only"):
            request_brief(conn, incident, person(at, "desk"), at.settings, at.clock.now())


def test_two_subscriptions_of_one_person_get_one_brief_also_when_one_of_them_slept(tmp_path: Path):
    with bench(tmp_path) as at:
        desk = person(at, "desk")
        with at.store.begin() as conn:
            for someone in list_subscribers(conn):
                if someone.name != "desk":
                    edit_subscriber(conn, someone.name, {"state": "paused"}, at.clock.now())
            other = replace(desk, id=None, name="again", target=desk.target.title())
            add_subscriber(conn, other, at.clock.now())
            for name in ("again", "desk"):
                night = {"quiet_from": "11:00", "quiet_until": "14:00", "wake_from": "5.0"} if name == "again" else {}
                edit_subscriber(conn, name, {"kinds": ("flash", "update", "brief"), **night}, at.clock.now())
        confirmed(at)
        with at.store.begin() as conn:
            # As where an earlier alert waited for the night to be over.
            incident = rows(at, BriefingKind.BRIEF)[0].briefing.incident_id or 0
            hold(conn, HeldAlert(person(at, "again").id or 0, incident, Why.QUIET, 1, at.clock.now()))
        plan_waiting(at.store, at.settings, at.clock.advance(180 * MINUTE))
        assert len(rows(at, BriefingKind.BRIEF)) == 1
        assert len(rows(at, BriefingKind.FLASH)) == 1
