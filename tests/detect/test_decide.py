from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.detect.decide import ClassDecision, decide, logit, sigmoid
from alertsvc.detect.detector import load_reader
from alertsvc.detect.model import COLUMNS, Model
from alertsvc.detect.reading import Reader
from alertsvc.detect.rules import ClassRules, RuleSet
from alertsvc.domain import IncidentClass

TAKEN = {
    "id": "taken",
    "why": "A crossing changes hands.",
    "when": {"all": ["SEIZE", "<crossing>"]},
    "weight": 2.0,
    "examples": {},
}
QUIET = {"id": "quiet", "why": "Nothing speaks here.", "when": {"all": ["SPORT"]}, "weight": -1.0, "examples": {}}
LEAD = 0.35


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def model(odds: float = 0.0) -> Model:
    """A model that gives every sentence the same: surely an incident, of each class with these log-odds."""
    intercepts = np.full(len(COLUMNS), odds)
    intercepts[0] = 30.0
    return Model(("unused",), np.zeros((1, len(COLUMNS))), intercepts, COLUMNS, "flat")


def rules(*own: dict[str, Any], threshold: float = 0.8) -> RuleSet:
    """Rules for border crossings; the other classes have none."""
    made = []
    for name in IncidentClass:
        subject = (
            {"any": ["<crossing>", "CROSSING_WORD"]} if name is IncidentClass.BORDER else {"all": ["SPORT", "NOW"]}
        )
        tree = {"class": name, "threshold": threshold, "subject": subject, "actions": {"seizure": {"SEIZE": 1.0}}}
        made.append(ClassRules.model_validate(tree | {"rules": own if name is IncidentClass.BORDER else ()}))
    return RuleSet(made)


def border(
    reader: Reader, text: str, title: str = "", *own: dict[str, Any], odds: float = 0.0, **more: Any
) -> ClassDecision:
    reading = reader.read(title, text, language="en", published=None)
    decisions = decide(reading, rules(*own), model(odds), **more)
    assert [item.incident_class for item in decisions] == list(IncidentClass)
    return decisions[0]


def test_classifier_and_rules_are_joined_in_log_odds(reader: Reader) -> None:
    found = border(reader, "Gunmen seized the Ras Ajdir crossing.", "", TAKEN, QUIET, odds=-1.0)
    (score,) = found.sentences
    assert [item.rule.id for item in score.fired] == ["taken"]
    assert score.classifier == pytest.approx(sigmoid(-1.0))
    assert score.log_odds == pytest.approx(-1.0 + 2.0 + LEAD)
    assert found.probability == pytest.approx(sigmoid(-1.0 + 2.0 + LEAD))
    assert found.carrying == found.sentences


@pytest.mark.parametrize(("odds", "reported"), [(1.0, False), (1.1, True)])
def test_the_threshold_of_the_rules_decides(reader: Reader, odds: float, reported: bool) -> None:
    assert logit(0.8) - LEAD == pytest.approx(1.036, abs=0.001)
    assert border(reader, "The Ras Ajdir crossing.", odds=odds).reported is reported


@pytest.mark.parametrize(("threshold", "reported"), [(0.9, False), (0.5, True)])
def test_an_operators_threshold_takes_its_place(reader: Reader, threshold: float, reported: bool) -> None:
    assert border(reader, "The Ras Ajdir crossing.", odds=1.0, threshold=threshold).reported is reported


def test_sentences_on_another_subject_are_not_looked_at(reader: Reader) -> None:
    found = border(reader, "The weather is fine.\nThe Ras Ajdir crossing.\nMore weather.", odds=5.0)
    assert [item.position for item in found.sentences] == [1]
    assert border(reader, "The weather is fine.", odds=5.0) == ClassDecision(IncidentClass.BORDER, 0.0, False, (), ())
    assert border(reader, "", odds=5.0).reported is False


def test_a_sentence_that_tells_the_deed_after_its_subject_counts(reader: Reader) -> None:
    found = border(reader, "The Ras Ajdir crossing.\nGunmen seized it.", odds=1.0)
    assert {item.position for item in found.sentences} == {0, 1}


def test_a_veto_takes_out_its_sentence(reader: Reader) -> None:
    veto = {**TAKEN, "id": "never", "weight": 0.0, "veto": True}
    found = border(reader, "Gunmen seized the Ras Ajdir crossing.\nThe Ras Ajdir crossing.", "", TAKEN, veto, odds=1.0)
    assert [item.position for item in found.sentences] == [1]
    assert [(item.rule.id, item.sentence) for item in found.vetoes] == [("never", 0)]


def test_a_veto_of_the_article_takes_out_everything(reader: Reader) -> None:
    veto = {**TAKEN, "id": "never", "weight": 0.0, "veto": True, "scope": "article"}
    found = border(reader, "Gunmen seized the Ras Ajdir crossing.\nThe Ras Ajdir crossing.", "", veto, odds=9.0)
    assert (found.probability, found.reported, found.sentences) == (0.0, False, ())
    assert [item.rule.id for item in found.vetoes] == ["never"]


def test_agreeing_sentences_help_and_the_best_comes_first(reader: Reader) -> None:
    text = "The Ras Ajdir crossing.\nGunmen seized the Ras Ajdir crossing.\nThe crossing at Dehiba."
    found = border(reader, text, "", TAKEN)
    assert [item.position for item in found.sentences] == [1, 0, 2]
    assert found.probability == pytest.approx(sigmoid(2.0 + LEAD + 0.45 * math.log2(3)))


def test_what_stands_deep_in_the_article_counts_less(reader: Reader) -> None:
    filler = "\n".join(f"The weather of day {number} is fine." for number in range(30))
    on_top = border(reader, f"The Ras Ajdir crossing.\n{filler}").probability
    below = border(reader, f"{filler}\nThe Ras Ajdir crossing.").probability
    assert below < on_top
    assert logit(on_top) - logit(below) == pytest.approx(LEAD + 1.5)


def test_the_first_three_sentences_are_helped(reader: Reader) -> None:
    text = "\n".join(f"The Ras Ajdir crossing, {word}." for word in ("one", "two", "three", "four", "five"))
    odds = {item.position: item.log_odds for item in border(reader, text).sentences}
    assert odds == {position: pytest.approx(LEAD if position < 3 else 0.0) for position in range(5)}


def test_background_lingers_until_a_date_of_these_days(reader: Reader) -> None:
    past = {**QUIET, "id": "past", "when": {"all": ["<past-date>"]}, "weight": -0.5, "lingers": 1.0}
    told = "In April 2019 the Ras Ajdir crossing was open.\nThe Ras Ajdir crossing{}."
    still, ended = border(reader, told.format(""), "", past), border(reader, told.format(" on Sunday"), "", past)
    after = {item.position: item.log_odds for item in still.sentences}
    assert after == {0: pytest.approx(-0.5 + LEAD), 1: pytest.approx(-1.0 + LEAD)}
    assert ended.sentences[0].log_odds == pytest.approx(LEAD)


def test_without_a_sentence_above_even_odds_the_best_one_carries(reader: Reader) -> None:
    found = border(reader, "The Ras Ajdir crossing.\nThe crossing at Dehiba.", odds=-3.0)
    assert found.carrying == found.sentences[:1]


@given(st.floats(0, 1))
def test_log_odds_and_back(probability: float) -> None:
    assert sigmoid(logit(probability)) == pytest.approx(probability, abs=2e-6)


@given(st.floats(allow_nan=False))
def test_a_sigmoid_never_leaves_its_bounds(odds: float) -> None:
    assert 0 < sigmoid(odds) < 1
