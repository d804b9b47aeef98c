"""An alert that never left keeps nobody from what comes next: through a real mail server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from alertsvc.domain import Action, BriefingKind, DeliveryState
from alertsvc.store.outbox import claim_due, mark_failed
from alertsvc.store.subscribers import edit_subscriber
from tests.service.support import body, header
from tests.service.test_alerts import rows
from tests.service.test_corrections import Bench, bench, corrections
from tests.track.stories import AL_TUM, DAY0, told
from tests.track.test_desk import item

NAMES = ("desk", "flashes")
HOUR = timedelta(hours=1)


def expire(at: Bench) -> None:
    at.clock.advance(7 * HOUR)
    with at.store.begin() as conn:
        assert claim_due(conn, worker="w", now=at.clock.now(), lease=60, limit=9) == []


def fail(at: Bench) -> None:
    with at.store.begin() as conn:
        for row in claim_due(conn, worker="w", now=at.clock.now(), lease=60, limit=9):
            assert row.id is not None
            assert mark_failed(conn, row.id, "w", "554 5.6.0 no", at.clock.now())


def pause_and_resume(at: Bench) -> None:
    for state in ("paused", "active"):
        now = at.clock.advance(timedelta(minutes=5))
        with at.store.begin() as conn:
            for name in NAMES:
                edit_subscriber(conn, name, {"state": state}, now)


@pytest.mark.parametrize("never_leaves", [expire, fail, pause_and_resume])
async def test_a_flash_that_never_left_is_followed_by_another(tmp_path: Path, never_leaves: Callable[[Bench], None]):
    with bench(tmp_path) as at:
        at.file(item(1), told(Action.SEIZURE, AL_TUM))
        never_leaves(at)
        await at.send()
        assert at.smtp.mails == []
        incident = at.file(item(2), told(Action.SEIZURE, AL_TUM, DAY0, killed=40))
        await at.send()
        for name in NAMES:
            flashes = [mail for mail in at.mails(name) if "[FLASH]" in header(mail.message, "Subject")]
            assert len(flashes) == 1
            assert "40" in body(flashes[0].message)
        # From here on all is as if it had been the first: nothing is told twice, and what is wrong is taken back.
        await at.send()
        at.withdraw(incident, "It was an exercise.")
        await at.send()
        for name in NAMES:
            flash, *_, correction = at.mails(name)
            assert corrections([correction]) == [correction]
            assert header(correction.message, "In-Reply-To") == header(flash.message, "Message-ID")
        states = [row.state for row in rows(at, BriefingKind.FLASH)]
        assert sorted(states).count(DeliveryState.SENT) == 2
        assert len(states) == 4


async def test_a_full_brief_that_never_left_is_followed_by_another(tmp_path: Path):
    with bench(tmp_path) as at:
        at.file(item(1), told(Action.SEIZURE, AL_TUM))
        at.file(item(2), told(Action.SEIZURE, AL_TUM, DAY0, killed=40))
        assert len(rows(at, BriefingKind.BRIEF)) == 1
        pause_and_resume(at)
        at.file(item(3), told(Action.SEIZURE, AL_TUM, DAY0, killed=90))
        await at.send()
        assert [row.state for row in rows(at, BriefingKind.BRIEF)] == [DeliveryState.CANCELLED, DeliveryState.SENT]
        assert len([mail for mail in at.mails("desk") if "[BRIEF]" in header(mail.message, "Subject")]) == 1
