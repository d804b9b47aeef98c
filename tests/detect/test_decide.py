from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.detect.decide import ClassDecision, decide, logit, sigmoid
from alertsvc.detect.detector import load_reader
from alertsvc.detect.model import COLUMNS, ArticlePart, Model
from alertsvc.detect.reading import Reader
from alertsvc.detect.rules import ClassRules, RuleSet
from alertsvc.detect.verdict import EVIDENCE
from alertsvc.domain import IncidentClass
from alertsvc.resources import layered_files

TAKEN = {
    "id": "taken",
    "why": "A crossing changes hands.",
    "when": {"all": ["SEIZE", "<crossing>"]},
    "weight": 2.0,
    "examples": {},
}
QUIET = {"id": "quiet", "why": "Nothing speaks here.", "when": {"all": ["SPORT"]}, "weight": -1.0, "examples": {}}


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def model(odds: float = 0.0) -> Model:
    """A model that gives every sentence the same: surely an incident, of each class with these log-odds."""
    intercepts = np.full(len(COLUMNS), odds)
    intercepts[0] = 30.0
    return Model(("unused",), np.zeros((1, len(COLUMNS))), intercepts, COLUMNS, "flat")


def rules(*own: dict[str, Any], threshold: float = 0.8, flash: float | None = None) -> RuleSet:
    """Rules for border crossings; the other classes have none."""
    made = []
    for name in IncidentClass:
        subject = (
            {"any": ["<crossing>", "CROSSING_WORD"]} if name is IncidentClass.BORDER else {"all": ["SPORT", "NOW"]}
        )
        tree = {"class": name, "threshold": threshold, "subject": subject, "actions": {"seizure": {"SEIZE": 1.0}}}
        made.append(
            ClassRules.model_validate(tree | {"flash": flash, "rules": own if name is IncidentClass.BORDER else ()})
        )
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
    assert score.log_odds == pytest.approx(-1.0 + 2.0)
    assert found.probability == pytest.approx(sigmoid(-1.0 + 2.0))
    assert found.carrying == found.sentences


@pytest.mark.parametrize(("odds", "reported"), [(1.3, False), (1.4, True)])
def test_the_threshold_of_the_rules_decides(reader: Reader, odds: float, reported: bool) -> None:
    assert logit(0.8) == pytest.approx(1.386, abs=0.001)
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


@pytest.mark.parametrize(
    ("odds", "flash", "threshold", "reported", "sure"),
    [
        (1.5, 0.9, None, True, False),
        (2.3, 0.9, None, True, True),
        (1.5, None, None, True, True),
        (1.5, 0.5, None, True, True),  # no lower than the threshold
        (1.0, 0.5, None, False, False),
        (1.5, 0.9, 0.6, True, False),
        (2.3, 0.9, 0.95, False, False),
    ],
)
def test_the_flash_point_says_whether_one_report_is_enough(
    reader: Reader, odds: float, flash: float | None, threshold: float | None, reported: bool, sure: bool
) -> None:
    reading = reader.read("", "The Ras Ajdir crossing.", language="en", published=None)
    found = decide(reading, rules(flash=flash), model(odds), threshold)[0]
    assert (found.reported, found.sure) == (reported, sure)


def test_without_a_verdict_the_best_sentence_decides(reader: Reader) -> None:
    text = "The Ras Ajdir crossing.\nGunmen seized the Ras Ajdir crossing.\nThe crossing at Dehiba."
    found = border(reader, text, "", TAKEN)
    assert [item.position for item in found.sentences] == [1, 0, 2]
    assert found.probability == pytest.approx(sigmoid(2.0))
    assert dict(zip(EVIDENCE, found.evidence, strict=True))["best sentence with its rules"] == pytest.approx(2.0)


def test_a_verdict_weighs_the_evidence(reader: Reader) -> None:
    flat = model()
    weights = np.zeros((len(IncidentClass), len(EVIDENCE) + 1))
    weights[:, EVIDENCE.index("how far down the best sentence stands")] = -2.0
    weights[:, EVIDENCE.index("best sentence with its rules")] = 0.5
    weights[:, -1] = 0.25
    part = ArticlePart(np.zeros((1, 3)), np.zeros(3), weights)
    judging = Model(flat.vocabulary, flat.weights, flat.intercepts, COLUMNS, "verdict", part)
    filler = "\n".join(f"The weather of day {number} is fine." for number in range(10))
    odds = []
    for text in ("Gunmen seized the Ras Ajdir crossing.", f"{filler}\nGunmen seized the Ras Ajdir crossing."):
        reading = reader.read("", text, language="en", published=None)
        found = decide(reading, rules(TAKEN), judging)[0]
        assert logit(found.probability) == pytest.approx(
            float(np.asarray(found.evidence) @ weights[0, :-1] + weights[0, -1])
        )
        terms = judging.verdict_terms(IncidentClass.BORDER, found.evidence)
        assert sum(weight for _, weight in terms) + 0.25 == pytest.approx(logit(found.probability))
        odds.append(logit(found.probability))
    assert odds == [pytest.approx(0.5 * 2.0 + 0.25), pytest.approx(0.5 * 2.0 + 0.25 - 2.0)]


def test_background_lingers_until_a_date_of_these_days(reader: Reader) -> None:
    past = {**QUIET, "id": "past", "when": {"all": ["<past-date>"]}, "weight": -0.5, "lingers": 1.0}
    told = "In April 2019 the Ras Ajdir crossing was open.\nThe Ras Ajdir crossing{}."
    still, ended = border(reader, told.format(""), "", past), border(reader, told.format(" on Sunday"), "", past)
    after = {item.position: item.log_odds for item in still.sentences}
    assert after == {0: pytest.approx(-0.5), 1: pytest.approx(-1.0)}
    assert ended.sentences[0].log_odds == pytest.approx(0.0)


def test_without_a_sentence_above_even_odds_the_best_one_carries(reader: Reader) -> None:
    found = border(reader, "The Ras Ajdir crossing.\nThe crossing at Dehiba.", odds=-3.0)
    assert found.carrying == found.sentences[:1]


@given(st.floats(0, 1))
def test_log_odds_and_back(probability: float) -> None:
    assert sigmoid(logit(probability)) == pytest.approx(probability, abs=2e-6)


@given(st.floats(allow_nan=False))
def test_a_sigmoid_never_leaves_its_bounds(odds: float) -> None:
    assert 0 < sigmoid(odds) < 1


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("The fighters took control of the areas around the town of Zuwarah on Sunday, an officer said.", False),
        ("The fighters took control of the areas around the town of Tarhuna on Sunday, an officer said.", True),
        ("The fighters took control of the town of Zuwarah and marched on the capital, an officer said.", True),
    ],
)
def test_a_battle_far_from_the_capital_is_no_approach_to_it(reader: Reader, text: str, reported: bool) -> None:
    shipped = RuleSet.load(layered_files("rules", "classes/*.yaml"), reader.lexicon.concepts)
    reading = reader.read("", text, language="en", published=None)
    found = {item.incident_class: item for item in decide(reading, shipped, model(8.0))}
    assert found[IncidentClass.CAPITAL].probability > 0.9
    assert found[IncidentClass.CAPITAL].reported is reported
