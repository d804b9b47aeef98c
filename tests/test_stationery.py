"""Templates that change while the service runs, and what the operator is told of them."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from alertsvc.brief.compose import compose_flash
from alertsvc.brief.render import render
from alertsvc.checks.data import check_briefings
from alertsvc.checks.finding import Level
from alertsvc.clock import ManualClock
from alertsvc.domain import Briefing
from alertsvc.service import Service
from alertsvc.settings import Settings
from alertsvc.stationery import SCOPE, Stationery
from alertsvc.store import Store
from alertsvc.store.problems import list_problems
from tests.brief.cases import NOW, incident


def flash() -> Briefing:
    case = incident()
    return compose_flash(case, case.updates[0], now=NOW, service="Risk desk")


def put(path: Path, text: str, second: int) -> None:
    path.write_text(text, encoding="utf-8")
    os.utime(path, (second, second))


def test_without_a_folder_ours_are_used():
    stationery = Stationery(None)
    assert stationery(flash()) == render(flash())
    assert stationery.faults == ()


def test_a_template_is_read_again_when_it_changes(tmp_path):
    stationery, path = Stationery(tmp_path), tmp_path / "flash.txt.j2"
    assert stationery(flash()) == render(flash())
    put(path, "first", 1)
    assert stationery(flash()).text == "first\n"
    put(path, "second", 2)
    assert stationery(flash()).text == "second\n"
    put(path, "{{ nothing }}", 3)
    assert stationery(flash()) == render(flash())
    stationery(flash())
    assert list(stationery.faults) == ["flash.txt.j2:1: 'nothing' is undefined"]
    put(path, "third", 4)
    assert list(stationery.faults) == []
    assert stationery(flash()).text == "third\n"
    path.unlink()
    assert stationery(flash()) == render(flash())


def settings_with(folder: Path, tmp_path: Path) -> Settings:
    return Settings.model_validate(
        {"brief": {"templates_dir": folder}, "store": {"url": f"sqlite:///{tmp_path}/alertsvc.db"}}
    )


def test_check_tells_of_every_broken_template(tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    now = datetime.fromisoformat("2026-02-01T12:00:00+00:00")
    settings = settings_with(own, tmp_path)
    put(own / "weekly.html.j2", "{{ headline }}", 1)
    assert [item.message for item in check_briefings(settings, now) if item.area == "templates"] == [
        f"flash, update, brief, daily, weekly render; 1 file of {own}"
    ]
    put(own / "weekly.html.j2", "\n{{ headlines }}", 2)
    put(own / "brief.txt.j2", "{% nonsense %}", 3)
    found = [item for item in check_briefings(settings, now) if item.area == "templates"]
    assert {item.level for item in found} == {Level.FAULT}
    assert sorted(item.message.partition(" ")[0] for item in found) == ["brief.txt.j2:1:", "weekly.html.j2:2:"]
    assert all(item.message.endswith("ours is used in its place") for item in found)


async def test_the_service_starts_and_records_what_is_broken(tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    put(own / "flash.txt.j2", "\n{% if %}", 1)
    clock = ManualClock(NOW)
    settings = settings_with(own, tmp_path)

    def recorded(store: Store) -> list[tuple[str, str]]:
        with store.read() as conn:
            return [(item.subject, item.message) for item in list_problems(conn, limit=50) if item.scope == SCOPE]

    async with Service.open(settings, clock) as service:
        assert [subject for subject, _ in recorded(service.store)] == ["flash.txt.j2"]
        assert recorded(service.store)[0][1].startswith("line 2: ")
        put(own / "flash.txt.j2", "mended", 2)
        await service.look_at_templates()
        assert recorded(service.store) == []
        put(own / "flash.txt.j2", "{{ nothing }}", 3)
        service.stationery(flash())
        await service.look_at_templates()
        assert recorded(service.store) == [("flash.txt.j2", "line 1: 'nothing' is undefined")]
