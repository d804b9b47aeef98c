"""An explanation against the decision that it explains."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from arabic_reshaper import reshape
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.detect.decide import logit
from alertsvc.detect.detector import Detector, Result
from alertsvc.detect.rules import Condition
from alertsvc.detect.verdict import EVIDENCE
from alertsvc.domain import FIELDS, Detection, Reason, from_json, to_json
from alertsvc.explain import as_data
from alertsvc.explain_text import WIDTH, as_text, marked
from alertsvc.explain_words import condition_in_words, feature_in_words

DAY = date(2026, 2, 4)
SEIZED = (
    "Gunmen seize the Ras Ajdir crossing, two guards killed",
    "TUNIS (Reuters) - Gunmen seized the Ras Ajdir crossing between Libya and Tunisia at dawn on Sunday and killed two "
    "guards, the interior ministry said.\nThree soldiers were captured and the crossing was closed to traffic.\n"
    "In April 2019 gunmen attacked the crossing too.",
)
ADVANCE = (
    "Haftar's forces advance on Tripoli",
    "Forces of Khalifa Haftar advanced on Tripoli on Friday and came within 27 km of the capital, witnesses said.\n"
    "Ten fighters were wounded in clashes south of the city.",
)
FRENCH = (
    "Attaque du poste-frontière de Petelkolé",
    "Des hommes armés ont attaqué dimanche le poste-frontière de Petelkolé, entre le Niger et le Burkina Faso, tuant "
    "six militaires, selon l'AFP.",
)
ARABIC = (
    "مسلحون يسيطرون على معبر رأس جدير",
    "سيطر مسلحون فجر الأحد على معبر رأس جدير الحدودي بين ليبيا وتونس وقتلوا اثنين من الحراس.",
)
UNNAMED = (
    "Gunmen seize border post with Niger, three soldiers killed",
    "Gunmen attacked and seized a border crossing between Algeria and Niger and killed three soldiers, officials said.",
)
CUSTOMS = (
    "Customs officers collect more at Ras Ajdir",
    "Revenue at the Ras Ajdir crossing rose in May, the customs office said.\nA film shows an attack on an oilfield.",
)
WEATHER = ("Rain expected", "It will rain in the north.\nFarmers in the valleys are glad that it does.")
REPORTS = {"seized": SEIZED, "advance": ADVANCE, "fr": FRENCH, "ar": ARABIC, "unnamed": UNNAMED}


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector.load()


def read(detector: Detector, article: tuple[str, str], published: date | None = DAY) -> Result:
    return detector.detect(*article, published=published)


def sources(found: Detection) -> dict[str, Reason]:
    return {reason.name: reason for reason in found.reasons if reason.kind == "field" and reason.name in FIELDS}


@pytest.mark.parametrize("name", REPORTS)
def test_every_field_that_is_set_says_where_it_was_read(detector: Detector, name: str) -> None:
    result = read(detector, REPORTS[name])
    assert result.reading is not None
    assert result.detections
    for found in result.detections:
        noted = sources(found)
        values = {
            **{field: getattr(found, field) for field in FIELDS if field not in ("country", "distance")},
            "country": found.place.country,
            "distance": found.place.km_to_capital if found.place.kind == "capital" else None,
        }
        assert {field for field, value in values.items() if value not in (None, (), "")} == set(noted)
        assert len([r for r in found.reasons if r.kind == "field" and r.name in FIELDS]) == len(noted)
        for reason in noted.values():
            assert reason.detail
            assert (reason.start is None) == (reason.end is None)
            if reason.start is not None:
                assert reason.sentence is not None
                text = result.reading.sentences[reason.sentence].sentence.text
                assert text[reason.start : reason.end] == reason.detail


def test_the_words_are_those_that_tell_the_field(detector: Detector) -> None:
    (found,) = read(detector, SEIZED).detections
    noted = {field: reason.detail for field, reason in sources(found).items()}
    assert noted["place"] == "Ras Ajdir"
    assert noted["event_date"] == "Sunday"
    assert noted["action"] in ("seize", "seized")
    assert "two" in noted["killed"]
    assert "Three soldiers" in noted["captured"]
    assert noted["origin"] == "credited in the dateline TUNIS (Reuters) -"
    assert "LY-TN" in noted["country"]
    (advance,) = read(detector, ADVANCE).detections
    noted = {field: reason.detail for field, reason in sources(advance).items()}
    assert (noted["distance"], advance.place.km_to_capital) == ("27 km", 27.0)
    assert "Haftar" in noted["attackers"]


def test_what_was_not_read_off_words_says_how_it_came(detector: Detector) -> None:
    (found,) = read(detector, UNNAMED).detections
    noted = sources(found)
    assert noted["event_date"].detail == "day of publication"
    assert noted["place"].detail == "no site is named; called after the country"
    assert noted["country"].detail == "Algeria and Niger"
    (undated,) = read(detector, UNNAMED, None).detections
    assert "event_date" not in sources(undated)


def test_detections_travel_and_old_ones_without_places_are_read(detector: Detector) -> None:
    (found,) = read(detector, SEIZED).detections
    stored = json.loads(json.dumps(to_json(found)))
    assert from_json(Detection, stored) == found
    for reason in stored["reasons"]:
        del reason["start"], reason["end"]
    old = from_json(Detection, stored)
    assert old == replace(found, reasons=tuple(replace(r, start=None, end=None) for r in found.reasons))


def classes(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["class"]: item for item in data["classes"]}


def test_data_of_a_report(detector: Detector) -> None:
    result = read(detector, SEIZED)
    data = as_data(result, detector)
    assert json.loads(json.dumps(data)) == data
    assert (data["language"], data["supported"], data["dateline"]) == ("en", True, "TUNIS (Reuters) -")
    (found,) = data["detections"]
    fields = {item["field"]: item for item in found["fields"]}
    assert fields["event_date"]["value"] == "2026-02-01"
    assert fields["event_date"]["words"] == "Sunday"
    assert fields["killed"]["value"] == {"low": 2, "high": 2}
    assert fields["country"]["words"] is None
    border = classes(data)["border_crossing"]
    assert border["reported"]
    assert border["short_by"] == 0
    assert border["would_weigh_against"]
    told = {item["what"] for item in border["decided_by"]}
    assert {"best sentence", "article as a whole"} <= told <= {*EVIDENCE, "before anything is known"}
    odds = sum(item["weight"] for item in border["decided_by"])
    assert odds == pytest.approx(logit(result.decisions[0].probability), abs=0.02)
    sizes = [abs(item["weight"]) for item in border["decided_by"][:-1]]
    assert sizes == sorted(sizes, reverse=True)
    assert border["sure"] == (border["probability"] >= border["flash"])
    for item in border["sentences"]:
        weights = sum(rule["weight"] for rule in item["rules"])
        assert item["log_odds"] == pytest.approx(logit(item["classifier"]) + weights + item["by_position"], abs=0.02)
        assert [pull["weight"] for pull in item["against"]] == sorted(pull["weight"] for pull in item["against"])
    background = next(item for item in border["sentences"] if item["text"].startswith("In April 2019"))
    assert any(pull["what"] == "rule long-ago" for pull in background["against"])


def test_data_of_an_article_that_reports_nothing(detector: Detector) -> None:
    data = as_data(read(detector, CUSTOMS), detector)
    assert data["detections"] == []
    told = classes(data)
    border, oil, capital = told["border_crossing"], told["oil_facility"], told["capital_approach"]
    assert not border["reported"]
    assert border["short_by"] == pytest.approx(logit(border["threshold"]) - logit(border["probability"]), abs=0.1)
    assert any(pull["what"] == "rule routine" for pull in border["sentences"][0]["against"])
    assert oil["sentences"][0]["text"] == "A film shows an attack on an oilfield."
    assert (capital["sentences"], capital["short_by"], capital["decided_by"]) == ([], None, [])
    assert capital["nearest"]["text"] in "\n".join(CUSTOMS)


def test_an_operators_threshold_is_the_one_that_is_told() -> None:
    strict = Detector.load(threshold=0.9999)
    border = classes(as_data(read(strict, SEIZED), strict))["border_crossing"]
    assert (border["threshold"], border["reported"]) == (0.9999, False)
    assert border["short_by"] > 0


def test_a_language_that_is_not_read(detector: Detector) -> None:
    article = (
        "Una columna rebelde toma una localidad",
        "Los combatientes ocuparon la localidad, según varios vecinos.",
    )
    data = as_data(read(detector, article), detector)
    assert data == {"language": "es", "supported": False, "detections": [], "classes": []}
    assert as_text(data) == "Language es: not one that is read. Nothing was decided.\n"


def test_text_of_a_report(detector: Detector) -> None:
    data = as_data(read(detector, SEIZED), detector)
    text = as_text(data)
    assert max(map(len, text.splitlines())) <= WIDTH
    assert as_text(data, 1000).split() == text.split()
    lines = [line.strip() for line in as_text(data, 1000).splitlines()]
    assert "INCIDENT border_crossing: seizure at Ras Ajdir (LY-TN)" in lines
    assert "event date: 2026-02-01" in lines
    assert "killed: 2" in lines
    assert any("at dawn on [Sunday] and killed" in line for line in lines)
    assert any("the [Ras Ajdir] crossing" in line for line in lines)
    assert any(line.startswith("border_crossing: REPORTED, probability 0.9") for line in lines)
    assert any(line.startswith("rule long-ago -") for line in lines)
    assert sum(line.startswith("what decided: ") for line in lines) >= 1
    assert "would have weighed against it:" in lines
    assert any(line.startswith("would have vetoed it:") for line in lines)


def test_a_report_that_is_not_sure_enough_for_a_flash_says_so(tmp_path: Path) -> None:
    (tmp_path / "classes").mkdir()
    path = tmp_path / "classes" / "border_crossing.yaml"
    path.write_text("class: border_crossing\nextends: true\nflash: 0.9999\n", encoding="utf-8")
    careful = Detector.load(tmp_path)
    result = read(careful, SEIZED)
    assert [found.sure for found in result.detections] == [False]
    assert "not sure enough for a flash alert by itself, which takes 1.00" in as_text(as_data(result, careful), 1000)


def test_text_of_an_article_that_reports_nothing(detector: Detector) -> None:
    text = as_text(as_data(read(detector, CUSTOMS), detector), 1000)
    assert "No incident reported." in text
    assert "border_crossing: not reported, probability 0." in text
    assert "in log-odds)" in text
    assert "spoke against it: " in text
    assert "rule routine" in text
    assert "no sentence speaks of a site of this class; the nearest, 0." in text


def test_text_of_an_article_about_nothing(detector: Detector) -> None:
    text = as_text(as_data(read(detector, WEATHER), detector), 1000)
    assert text.count("no sentence speaks of a site of this class") == 3


def test_an_undated_article_says_that_its_day_is_not_known(detector: Detector) -> None:
    text = as_text(as_data(read(detector, UNNAMED, None), detector))
    assert "event date: not told, and the day of publication is not known" in text


VETO = """
class: border_crossing
extends: true
rules:
  - id: no-custom
    why: Nothing about the interior ministry is taken.
    when: {words: ["interior ministry"]}
    veto: true
    scope: SCOPE
    examples:
      match: {en: ["Gunmen seized the crossing, the interior ministry said."]}
      no_match: {en: ["Gunmen seized the crossing, the army said."]}
"""


@pytest.mark.parametrize(("scope", "vetoed"), [("sentence", "sentence 1"), ("article", "the article")])
def test_vetoes_are_told_with_their_sentence(tmp_path: Path, scope: str, vetoed: str) -> None:
    (tmp_path / "classes").mkdir()
    (tmp_path / "classes" / "border_crossing.yaml").write_text(VETO.replace("SCOPE", scope), encoding="utf-8")
    own = Detector.load(tmp_path)
    data = as_data(read(own, SEIZED), own)
    border = classes(data)["border_crossing"]
    (veto,) = border["vetoes"]
    assert (veto["id"], veto["sentence"], veto["scope"]) == ("no-custom", 1, scope)
    assert border["reported"] == (scope == "sentence")
    assert border["would_veto"][-1] == {
        "id": "no-custom",
        "why": "Nothing about the interior ministry is taken.",
        "scope": scope,
        "when": "its words match 'interior ministry'",
    }
    text = as_text(data, 1000)
    assert f"{vetoed} vetoed by no-custom: Nothing about the interior ministry is taken." in text
    assert f"[1] {veto['text']}" in text
    if scope == "article":
        assert "no sentence is left; the nearest, 0.9" in text
    else:
        assert "      no-custom: Nothing about the interior ministry is taken." in text
        assert "          a sentence, if its words match 'interior ministry'" in text


@pytest.mark.parametrize(
    ("feature", "words"),
    [
        ("w:gas", "'gas'"),
        ("w:<crossing>", "<crossing>"),
        ("s:cross", "'cross…'"),
        ("b:seized the", "'seized' 'the'"),
        ("b:crossin <past-m", "'crossin…' <past-m…"),
        ("c:SEIZE", "SEIZE"),
        ("p:SEIZE>NOW", "SEIZE then NOW"),
        ("p:<crossing>>CROSSING_WORD", "<crossing> then CROSSING_WORD"),
        ("p:CLOSE><crossing>", "CLOSE then <crossing>"),
        ("f:title", "place: title"),
        ("before:KILL", "before it: KILL"),
        ("headline:<oil>", "in the headline: <oil>"),
        ("new:kind", "new:kind"),
    ],
)
def test_features_in_words(feature: str, words: str) -> None:
    assert feature_in_words(feature) == words


def test_every_part_of_a_condition_is_told() -> None:
    condition = Condition.model_validate(
        {
            "all": ["A", "B"],
            "any": ["C", "D"],
            "none": ["E", "F", "G"],
            "near": [{"marks": ["H", "I"], "words": 5}, {"marks": ["J", "K"], "ordered": True}],
            "sequence": ["L", "M"],
            "words": ["some words"],
            "tense": ["past", "present"],
            "position": "first",
            "title": False,
            "first": 3,
            "km_to_capital": {"max": 40},
            "classifier": {"min": 0.25},
        }
    )
    assert set(condition.model_fields_set) == set(Condition.model_fields)
    assert condition_in_words(condition).split("; ") == [
        "it is not the headline",
        "it is the first sentence below the headline",
        "it is one of the first 3 sentences",
        "it has A and B",
        "it has C or D",
        "it has H within 5 words of I",
        "it has J within 8 words before K",
        "it has L, then M",
        "its words match 'some words'",
        "it is told in the past or present",
        "it is within 40 km of a capital",
        "the classifier gives it 0.25 to 1",
        "it has no E, F or G",
    ]


DAMAGED = {
    "tags": (SEIZED[0], SEIZED[1].replace("two guards", "<i>two</i> <b class='x'>guards</b>")),
    "invisible": (SEIZED[0], SEIZED[1].replace("Ras Ajdir", "Ras\u00ad \u200bAj\u2060dir").replace("two", "t\u200dwo")),
    "printed": (ARABIC[0], reshape(ARABIC[1])),
    "entities": (SEIZED[0], SEIZED[1].replace(" ", "&nbsp;")),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_spans_of_a_damaged_article_point_into_what_is_shown(detector: Detector, name: str) -> None:
    sound = ARABIC if name == "printed" else SEIZED
    expected = as_data(read(detector, sound), detector)["detections"]
    shown = as_data(read(detector, DAMAGED[name]), detector)["detections"]
    assert [item["fields"] for item in shown] == [item["fields"] for item in expected]
    for field in shown[0]["fields"]:
        if field["words"] is not None:
            assert field["text"][field["start"] : field["end"]] == field["words"]
    assert {field["field"] for field in shown[0]["fields"]} >= {"place", "killed"}


def test_further_sites_say_where_they_are_named(detector: Detector) -> None:
    text = (
        "Drones hit the Sarir and Messla oilfields in Libya on Sunday and set tanks on fire, engineers said. "
        "Production at both fields stopped."
    )
    found, _ = as_data(read(detector, ("Drones hit the Sarir and Messla oilfields", text)), detector)["detections"]
    (other,) = found["others"]
    assert other["name"] in ("Sarir", "Messla")
    assert other["text"][other["start"] : other["end"]] == other["name"]


def test_what_an_article_wrote_is_no_command_to_the_terminal(detector: Detector) -> None:
    title, text = SEIZED
    shown = as_text(as_data(detector.detect(f"\x1b]0;owned\x07{title}\u202e", text, published=DAY), detector))
    assert not set("\x1b\x07\u202e") & set(shown)


@given(st.text(max_size=60), st.text(min_size=1, max_size=30), st.text(max_size=60), st.integers(0, 40))
def test_marked_words_are_kept_to_the_letter(before: str, words: str, behind: str, around: int) -> None:
    shown = marked(before + words + behind, len(before), len(before) + len(words), around)
    assert f"[{words}]" in shown
    left, _, right = shown.partition(f"[{words}]") if f"[{words}]" not in before else (before, "", behind)
    assert before.endswith(left.removeprefix("… "))
    assert behind.startswith(right.removesuffix(" …"))
    whole = marked(before + words + behind, len(before), len(before) + len(words), 1000)
    assert whole == f"{before}[{words}]{behind}"
