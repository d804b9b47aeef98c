"""Explanations of varied articles, sound and damaged, in the three languages: readable, and true to the text shown."""

from __future__ import annotations

from datetime import date

import pytest
from arabic_reshaper import reshape

from alertsvc.detect.detector import Detector
from alertsvc.explain import as_data
from alertsvc.explain_text import WIDTH, as_text

DAY = date(2026, 2, 4)
ARTICLES: dict[str, tuple[str, str, str | None]] = {
    "en-oil": (
        "Drones hit refinery at Zawiya, fire out by noon",
        "Two drones struck the Zawiya refinery west of Tripoli before dawn on Tuesday, setting a storage tank on fire, "
        "the National Oil Corporation said.\nNobody was hurt.\nProduction was halted for six hours.",
        "oil_facility",
    ),
    "en-capital": (
        "Column moves on Tripoli",
        "Fighters loyal to Khalifa Haftar advanced on Tripoli on Monday and were fighting 30 km south of the Libyan "
        "capital, residents said.\nAt least seven soldiers were killed.",
        "capital_approach",
    ),
    "en-denied": (
        "Algeria says Debdeb crossing was never attacked",
        "Algeria denied on Tuesday that gunmen had attacked the Debdeb border crossing with Libya.\nTraffic was calm.",
        None,
    ),
    "en-works": (
        "Crossing closed for road works",
        "The Ras Ajdir border crossing will be closed on Friday for repairs to the road, the customs office said.",
        None,
    ),
    "en-tags": (
        "Gunmen <b>seize</b> Ras Ajdir",
        "<p>Gunmen seized the <i>Ras</i> <i>Ajdir</i> border crossing on <a href='/d'>Sunday</a>.</p><p><em>Three</em> "
        "guards were killed.</p>",
        "border_crossing",
    ),
    "en-lists": (
        "Weekly notes",
        "- Rain\n- Football: the keeper closed the gate\n- A new bakery opened near the bus station in the old town",
        None,
    ),
    "fr-poste": (
        "Le poste-frontière de Petelkolé attaqué",
        "Des hommes armés ont attaqué lundi le poste-frontière de Petelkolé, entre le Niger et le Burkina Faso. Six "
        "militaires ont été tués, selon une source sécuritaire.",
        "border_crossing",
    ),
    "fr-entities": (
        "Incendie &agrave; la raffinerie de Zaouia apr&egrave;s une frappe",
        "Une frappe de drone a touch&eacute; mardi la raffinerie de Zaouia, en Libye, et un r&eacute;servoir a pris "
        "feu.&nbsp;La production est suspendue.",
        "oil_facility",
    ),
    "fr-film": (
        "Un film sur la frontière primé",
        "Le film raconte la vie des douaniers d'un poste-frontière du Sahel dans les années 1990. Il sort mercredi.",
        None,
    ),
    "ar-crossing": (
        "مسلحون يسيطرون على معبر رأس جدير",
        "سيطر مسلحون فجر الأحد على معبر رأس جدير الحدودي بين ليبيا وتونس وقتلوا اثنين من الحراس.\nوأغلق المعبر.",
        "border_crossing",
    ),
    "ar-printed": (
        reshape("مسلحون يهاجمون حقل الشرارة"),
        reshape("هاجم مسلحون يوم الاثنين حقل الشرارة النفطي في ليبيا وأوقفوا الإنتاج وقتل ثلاثة من الحراس."),
        "oil_facility",
    ),
    "ar-weather": (
        "أمطار متوقعة في الشمال",
        "قالت هيئة الأرصاد إن الأمطار ستهطل على مناطق الشمال خلال الأيام المقبلة وإن درجات الحرارة ستنخفض.",
        None,
    ),
}


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector.load()


@pytest.mark.parametrize("name", ARTICLES)
def test_an_explanation_is_true_to_the_text_and_fits_a_terminal(detector: Detector, name: str) -> None:
    title, text, expected = ARTICLES[name]
    data = as_data(detector.detect(title, text, published=DAY), detector)
    assert data["language"] == name[:2]
    assert [found["incident_class"] for found in data["detections"]] == ([expected] if expected else [])
    for found in data["detections"]:
        told = [field for field in found["fields"] if field["words"] is not None]
        assert {"place", "action"} <= {field["field"] for field in told}
        for field in told:
            assert field["text"][field["start"] : field["end"]] == field["words"]
            assert "<" not in field["text"]
            assert "&" not in field["text"]
    shown = as_text(data)
    assert max(map(len, shown.splitlines())) <= WIDTH
    assert ("No incident reported." in shown) == (expected is None)
    for item in data["classes"]:
        verdict = "REPORTED" if item["reported"] else "not reported"
        assert f"{item['class']}: {verdict}, probability" in shown
