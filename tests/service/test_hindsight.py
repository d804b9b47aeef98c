"""What somebody would have got is what somebody with the same subscription got."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from alertsvc.alerts import plan_waiting
from alertsvc.domain import Action, BriefingKind
from alertsvc.hindsight import would_have_got
from alertsvc.store.outbox import list_deliveries
from alertsvc.store.subscribers import edit_subscriber, list_subscribers
from tests.service.test_alerts import MINUTE
from tests.service.test_corrections import bench
from tests.track.stories import AL_TUM, SALVADOR, SHARARA, told
from tests.track.test_desk import item


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_flashes_and_the_summary_of_what_was_held_back_are_foreseen(tmp_path: Path, language: str):
    with bench(tmp_path) as at:
        start = at.clock.now()
        wanted = {"language": language, "alerts_per_hour": "1", "kinds": (BriefingKind.FLASH,)}
        with at.store.begin() as conn:
            for someone in list_subscribers(conn):
                changes = wanted if someone.name == "flashes" else {"state": "paused"}
                edit_subscriber(conn, someone.name, changes, at.clock.now())
            (reader,) = list_subscribers(conn)
        for number, place in enumerate((AL_TUM, SALVADOR, SHARARA), 1):
            at.file(item(number), told(Action.SEIZURE, place))
        at.clock.advance(62 * MINUTE)
        plan_waiting(at.store, at.settings, at.clock.now())
        with at.store.read() as conn:
            sent = [row.briefing.facts["subject"] for row in reversed(list_deliveries(conn))]
            found = would_have_got(conn, reader, at.settings, start - timedelta(minutes=1), at.clock.now())
    assert [item.subject for item in found] == sent
    assert [item.kind for item in found] == ["flash", "summary"]
