"""The context of a place on its way into what is sent: from notes and from the store."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from alertsvc.domain import Action, BriefingKind
from alertsvc.service import Service
from alertsvc.store.problems import list_problems
from tests.service.support import Ticking, body, make_settings
from tests.service.test_alerts import rows
from tests.service.test_corrections import bench
from tests.track.stories import AL_TUM, DAY0, SALVADOR, told
from tests.track.test_desk import item

DAY = timedelta(days=1)


async def test_an_alert_tells_what_is_known_of_the_place(tmp_path: Path):
    with bench(tmp_path) as at:
        at.file(item(1), told(Action.SEIZURE, AL_TUM))
        await at.send()
        text = " ".join(body(at.mails("desk")[0].message).split())
        assert "Context:" in text
        assert "desert road from Agadez in Niger to Sebha in Libya" in text
        assert "(International Organization for Migration, as of December 2024)." in text
        assert "on our record" not in text


def test_an_earlier_incident_at_the_place_is_told_and_one_elsewhere_is_not(tmp_path: Path):
    with bench(tmp_path) as at:
        first = at.file(item(1), told(Action.SEIZURE, AL_TUM, day=DAY0))
        at.file(item(2), told(Action.SEIZURE, SALVADOR, day=DAY0))
        at.clock.advance(30 * DAY)
        later = item(3, published=at.clock.now(), fetched=at.clock.now())
        second = at.file(later, told(Action.ATTACK, AL_TUM, day=DAY0 + 30 * DAY))
        assert second.public_id != first.public_id
        flash = rows(at, BriefingKind.FLASH)[-1].briefing
        said = flash.facts["context"][0]
        assert flash.incident_id == second.id
        assert said["text"].startswith("Second incident here on our record since 31 January 2026;")
        assert said["incidents"] == [first.public_id]


async def test_a_mistake_in_a_note_is_recorded_until_it_is_mended(clock: Ticking, tmp_path: Path):
    path = tmp_path / "own" / "context" / "own.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("ly-gate: text\n", encoding="utf-8")
    settings = make_settings(f"sqlite:///{tmp_path}/a.db", tmp_path, detect={"rules_dir": tmp_path / "own"})
    async with Service.open(settings, clock) as service:
        await service.processor.run_once()
        with service.store.read() as conn:
            found = [(item.scope, item.subject, item.message) for item in list_problems(conn)]
        assert found == [("context", "own.yaml", "line 1: ly-gate: must be a list of notes")]
        path.write_text("ly-gate: []\n# mended\n", encoding="utf-8")
        await service.processor.run_once()
        with service.store.read() as conn:
            assert list_problems(conn) == []
