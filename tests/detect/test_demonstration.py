"""The demonstration feeds through the readers: what tells of an incident is found, and nothing else is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from alertsvc.clock import ManualClock
from alertsvc.collect.bundled import BundledFetcher, demonstration_feeds
from alertsvc.collect.parse import parse_feed
from alertsvc.detect.detector import Detector
from alertsvc.domain import Action, Detection, IncidentClass

# Two anchors: other days of the week and a year's end, so that nothing hangs on one calendar.
ANCHORS = (datetime(2026, 11, 20, 9, tzinfo=UTC), datetime(2027, 1, 2, 3, tzinfo=UTC))
BORDER, OIL, CAPITAL = IncidentClass
STORIES = {
    "maghreb-wire:debdeb-crossing-seized": (BORDER, "ly-dz-debdeb"),
    "maghreb-wire:army-says-debdeb-retaken": (BORDER, "ly-dz-debdeb"),
    "maghreb-wire:debdeb-still-shut": (BORDER, "ly-dz-debdeb"),
    "maghreb-wire:wazin-dehiba-open": (BORDER, "ly-tn-wazin-dehiba"),
    "maghreb-wire:drones-hit-sarir": (OIL, "ly-sarir"),
    "maghreb-wire:column-mandelia": (CAPITAL, "capital:TD:n djamena"),
    "sahel-observateur:debdeb-attaque": (BORDER, "ly-dz-debdeb"),
    "sahel-observateur:debdeb-reprise": (BORDER, "ly-dz-debdeb"),
    "sahel-observateur:mandelia-prise": (CAPITAL, "capital:TD:n djamena"),
    "sahel-observateur:mandelia-armee": (CAPITAL, "capital:TD:n djamena"),
    "al-hudud:debdeb-seized": (BORDER, "ly-dz-debdeb"),
    "al-hudud:debdeb-denial": (BORDER, "ly-dz-debdeb"),
    "al-hudud:sarir-drones": (OIL, "ly-sarir"),
    "al-hudud:wazin-reopens": (BORDER, "ly-tn-wazin-dehiba"),
    "energy-desk:sarir-force-majeure": (OIL, "ly-sarir"),
    "energy-desk:sarir-partial-restart": (OIL, "ly-sarir"),
    "https://gulf-ledger.example/id/debdeb-wire": (BORDER, "ly-dz-debdeb"),
    "https://gulf-ledger.example/id/order-restored-debdeb": (BORDER, "ly-dz-debdeb"),
    "https://gulf-ledger.example/id/chad-army-repels": (CAPITAL, "capital:TD:n djamena"),
}
NEAR_MISSES = {
    "maghreb-wire:customs-ras-ajdir",
    "sahel-observateur:film-dernier-poste",
    "sahel-observateur:football-derby",
    "sahel-observateur:meteo-poussiere",
    "al-hudud:tripoli-quarrel",
    "al-hudud:tripoli-exhibition",
    "energy-desk:oil-slips",
    "energy-desk:north-africa-outlook",
    "energy-desk:skikda-turnaround",
    "https://gulf-ledger.example/id/exercise-steady-gate",
}
UNREAD = {"maghreb-wire:columna-yamena"}  # in Spanish


@dataclass(frozen=True, slots=True)
class Item:
    published: datetime
    supported: bool
    detections: tuple[Detection, ...]


async def read(anchor: datetime) -> dict[str, Item]:
    """Every entry of every feed as it is detected when the last has come."""
    detector = Detector.load()
    fetcher = BundledFetcher(anchor, ManualClock(anchor + timedelta(minutes=15)))
    items: dict[str, Item] = {}
    for feed in demonstration_feeds(anchor):
        answer = await fetcher.fetch(feed.url, max_bytes=1_000_000, accept="*/*")
        parsed = parse_feed(answer.body, content_type=None, charset=None, url=answer.final_url, max_entries=100)
        assert parsed.problems == ()
        for entry in parsed.entries:
            assert entry.guid is not None
            published = entry.published or entry.updated
            assert published is not None
            result = detector.detect(entry.title, entry.text, published=published.date(), language=feed.language)
            items[entry.guid] = Item(published, result.supported, result.detections)
    return items


@pytest.fixture(params=ANCHORS, ids=lambda anchor: anchor.date().isoformat())
async def items(request: pytest.FixtureRequest) -> dict[str, Item]:
    return await read(request.param)


async def test_the_week_holds_these_entries_and_these_only(items: dict[str, Item]) -> None:
    assert set(items) == {*STORIES, *NEAR_MISSES, *UNREAD}
    assert {guid for guid, item in items.items() if not item.supported} == UNREAD


async def test_near_misses_raise_nothing(items: dict[str, Item]) -> None:
    assert {guid: item.detections for guid, item in items.items() if guid not in STORIES and item.detections} == {}


async def test_stories_are_found_at_their_place(items: dict[str, Item]) -> None:
    found = 0
    for guid, (incident_class, place) in STORIES.items():
        detections = items[guid].detections
        assert {(item.incident_class, item.place.gazetteer_id) for item in detections} <= {(incident_class, place)}, (
            guid
        )
        found += bool(detections)
    assert found >= 16


async def test_days_and_dead_are_those_told(items: dict[str, Item]) -> None:
    for guid, item in items.items():
        for found in item.detections:
            assert found.event_date is not None
            assert 0 <= (item.published.date() - found.event_date).days <= 1, guid
    killed = {guid: found.killed.low for guid, item in items.items() for found in item.detections if found.killed}
    assert killed["maghreb-wire:debdeb-crossing-seized"] == 2
    assert killed["sahel-observateur:debdeb-attaque"] == 4
    assert "al-hudud:sarir-drones" not in killed


async def test_the_turns_of_a_story_are_told_apart(items: dict[str, Item]) -> None:
    actions = {guid: found.action for guid, item in items.items() for found in item.detections}
    assert actions["maghreb-wire:debdeb-crossing-seized"] is Action.SEIZURE
    assert actions["maghreb-wire:army-says-debdeb-retaken"] is Action.RECAPTURE
    assert actions["maghreb-wire:wazin-dehiba-open"] is Action.REOPENING
    assert actions["maghreb-wire:drones-hit-sarir"] is Action.AIRSTRIKE
    assert actions["sahel-observateur:mandelia-armee"] is Action.REPELLED
