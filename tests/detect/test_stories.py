"""An article of several incidents is taken apart; one that tells of one site in many sentences stays whole."""

from __future__ import annotations

from datetime import date

import pytest

from alertsvc.detect.detector import Detector
from alertsvc.detect.openings import adds_another, turns_elsewhere
from alertsvc.detect.stories import abroad
from alertsvc.domain import Count, Detection, Place, PlaceKind
from benchmarks.several import measure

DAY = date(2026, 3, 18)


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector.load()


def told(detector: Detector, title: str, text: str) -> dict[str | None, Detection]:
    result = detector.detect(title, text, published=DAY, language=None)
    found = {detection.place.gazetteer_id: detection for detection in result.detections}
    assert len(found) == len(result.detections)
    return found


def test_two_closures_have_each_its_day_and_dead(detector: Detector) -> None:
    found = told(
        detector,
        "Pakistan shuts Torkham and Chaman",
        "Pakistan closed the Torkham border crossing on Monday after a clash there that killed three soldiers. "
        "On Tuesday it also closed the Chaman border crossing as a precaution.",
    )
    assert len(found) == 2
    by_dead = {detection.killed: detection for detection in found.values()}
    assert by_dead[Count(3, 3)].event_date == date(2026, 3, 16)
    assert by_dead[None].event_date == date(2026, 3, 17)


def test_every_site_of_a_list_is_an_incident_and_names_the_others(detector: Detector) -> None:
    found = told(
        detector,
        "Drones hit three refineries",
        "Drones hit the refineries at Ryazan, Saratov and Syzran during the night, setting tanks on fire.",
    )
    assert set(found) == {"ru-ryazan", "ru-saratov", "ru-syzran"}
    for detection in found.values():
        assert len(detection.other_sites) == 2
        assert detection.place.name not in detection.other_sites


def test_one_site_told_in_many_sentences_is_one_incident(detector: Detector) -> None:
    found = told(
        detector,
        "Rockets hit Khor Mor",
        "Rockets struck the Khor Mor gas field on Monday. A tank at Khor Mor burnt. Two guards at the Khor Mor field "
        "were killed. The operator shut the Khor Mor field down.",
    )
    (detection,) = found.values()
    assert detection.killed == Count(2, 2)


def test_a_way_round_a_closed_crossing_is_no_incident(detector: Detector) -> None:
    found = told(
        detector,
        "Ras Ajdir closed",
        "Libya closed the Ras Ajdir border crossing on Tuesday after shots were fired at its guards. Travellers may "
        "use the crossing of Dehiba, which stays open.",
    )
    assert set(found) == {"ly-tn-ras-ajdir"}


def test_articles_of_our_own_hold_their_shares(detector: Detector) -> None:
    found = measure(detector)
    for half in ("a", "b"):
        assert found[half, "found"] >= 0.85 * found[half, "row"]
        assert found[half, "surplus"] <= 3
        assert found[half, "killed"] <= 3
        assert found[half, "date"] <= 4


@pytest.mark.parametrize(
    ("language", "text", "turns", "adds"),
    [
        ("en", "Elsewhere, rebels seized a post.", True, True),
        ("en", "In a separate attack, a guard died.", True, True),
        ("en", "A post was also attacked.", False, True),
        ("en", "Rebels seized a post.", False, False),
        ("fr", "Plus au nord, un poste a été attaqué.", True, True),
        ("fr", "Le poste a été attaqué.", False, False),
        ("ar", "وإلى الشمال أغلق المعبر.", True, True),
        ("ar", "أغلق المعبر.", False, False),
    ],
)
def test_openings(detector: Detector, language: str, text: str, turns: bool, adds: bool) -> None:
    (sentence,) = detector.reader.read("", text, language=language, published=DAY).sentences
    assert (turns_elsewhere(sentence), adds_another(sentence)) == (turns, adds)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("LY-TN", "TN", False), ("LY", "NG", True), (None, "NG", False), ("CD-UG", "CD-RW", False)],
)
def test_abroad(one: str | None, other: str | None, apart: bool) -> None:
    assert abroad(Place("A", PlaceKind.OIL, one), Place("B", PlaceKind.OIL, other)) is apart
