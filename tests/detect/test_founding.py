"""The five founding articles as retold in `seeds/founding.jsonl`, and what in them must raise nothing."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from alertsvc.detect.detector import Detector
from alertsvc.domain import Detection
from alertsvc.resources import data_dir

LINES = (data_dir("seeds") / "founding.jsonl").read_text(encoding="utf-8").splitlines()
RECORDS: dict[str, dict[str, Any]] = {record["id"]: record for record in map(json.loads, LINES)}


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector.load()


def detect(detector: Detector, title: str, text: str, published: str) -> list[Detection]:
    result = detector.detect(title, text, published=date.fromisoformat(published), language="en")
    assert result.supported
    return list(result.detections)


def test_there_are_five_articles_with_six_incidents() -> None:
    assert len(RECORDS) == 5
    assert sum(len(record["incidents"]) for record in RECORDS.values()) == 6


@pytest.mark.parametrize("name", RECORDS)
def test_each_founding_article_gives_its_incidents_and_nothing_else(detector: Detector, name: str) -> None:
    record = RECORDS[name]
    found = detect(detector, record["title"], record["text"], record["published"])
    assert sorted(item.incident_class for item in found) == sorted(item["class"] for item in record["incidents"])
    for wanted in record["incidents"]:
        (item,) = (item for item in found if item.incident_class == wanted["class"])
        assert item.action == wanted["action"]
        bearers = {entry.id for entry in detector.reader.gazetteer.named(wanted["place"])}
        assert item.place.gazetteer_id in bearers
        assert set((item.place.country or "").split("-")) == set(wanted["country"].split("-"))
        assert item.event_date is not None
        assert abs((item.event_date - date.fromisoformat(wanted["date"])).days) <= 1
        assert (item.killed.low if item.killed else None) == wanted["killed"]


def paragraphs(name: str, first: str, count: int) -> str:
    """The paragraph of an article that begins so, and those behind it, `count` in all."""
    lines = [line for line in RECORDS[name]["text"].split("\n") if line.strip()]
    start = next(number for number, line in enumerate(lines) if line.startswith(first))
    return "\n".join(lines[start : start + count])


TRAPS = {
    "militias clash in Zawiya": (
        "founding-0",
        "In a separate matter, people in Az Zawiyah",
        3,
        "Calm returns, in part",
    ),
    "two governments in Libya": ("founding-0", "Libya has two governments", 2, "Libya's two governments"),
    "a court in Tunis": ("founding-1", "An appeal court in Tunisia", 1, "Twenty More Years for Rached Ghannouchi"),
    "a cyclone at sea": (
        "founding-1",
        "When Cyclone Harry crossed",
        1,
        "After Cyclone Harry, a Thousand May Have Drowned",
    ),
    "Benghazi in 2014": ("founding-2", "Haftar served as a general", 2, "Who is Haftar?"),
    "the oilfields of the winter": ("founding-3", "His men had this winter", 2, "A danger more high"),
    "the offensive of 2019": ("founding-4", "To take Tripoli was the purpose", 2, "How Haftar's campaign was lost"),
    "a conference in Berlin": ("founding-4", "On June 23, Germany awaits", 1, "Berlin awaits its guests"),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_what_else_the_articles_tell_raises_nothing(detector: Detector, trap: str) -> None:
    name, first, count, title = TRAPS[trap]
    text = paragraphs(name, first, count)
    assert len(text) > 150
    assert detect(detector, title, text, RECORDS[name]["published"]) == []


@pytest.mark.parametrize("name", RECORDS)
def test_the_traps_do_not_become_other_sites(detector: Detector, name: str) -> None:
    record = RECORDS[name]
    for item in detect(detector, record["title"], record["text"], record["published"]):
        assert not {"Zawiya", "Tunis", "Benghazi"} & {item.place.name, *item.other_sites}
