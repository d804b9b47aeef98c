"""What is left out to save time decides nothing: the scores, rules and dates that nothing depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsvc.detect.decide import ClassDecision, SentenceScore, decide, logit, sigmoid, weigh
from alertsvc.detect.detector import Detector
from alertsvc.detect.features import features
from alertsvc.detect.model import Model, Scores
from alertsvc.detect.reading import Reading
from alertsvc.detect.rules import Bits, ClassRules, Fired, Matcher, Place, RuleSet
from alertsvc.detect.scoring import ArticleScores, Probabilities
from alertsvc.detect.verdict import SentenceEvidence, evidence
from alertsvc.domain import IncidentClass
from tests.detect.stories import WRITTEN

DAY = date(2026, 2, 4)
PIECES = (
    "Gunmen seized the Ras Ajdir crossing on Sunday.",
    "They closed it two days ago.",
    "Four people were killed in 2014 at the Sarir oilfield.",
    "The match was won by three goals.",
    "Rebels advanced to within 20 km of Tripoli.",
    "The capital was quiet.",
    "The refinery may be attacked, he said.",
    "Nobody knew.",
    "Border trade has grown since 2011.",
    "Now the post is shut.",
)
MARKS = (
    "SEIZE",
    "CLOSE",
    "ATTACK",
    "SAY",
    "MAYBE",
    "<crossing>",
    "<oil>",
    "CROSSING_WORD",
    "<near-date>",
    "<past-date>",
)


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector.load()


SURE = {
    IncidentClass.BORDER: {"<crossing>", "CROSSING_WORD"},
    IncidentClass.OIL: {"<oil>", "OIL_WORD"},
    IncidentClass.CAPITAL: {"<capital>", "<approach>", "CAPITAL_WORD"},
}


def everything(reading: Reading, rules: RuleSet, model: Model) -> list[ClassDecision]:
    """Decide as `decide` does, with every sentence scored and every rule asked of every sentence by itself."""
    told = [features(reading, position) for position in range(len(reading.sentences))]
    scores = [model.score(names) for names in told]
    looks = {name: _look(name, reading, rules, scores) for name in IncidentClass}
    wanted = {item.position for items, _ in looks.values() for item in items}
    if wanted:
        wanted |= {at for at, rank in enumerate(reading.ranks) if rank < 2}
    judged = model.judge([model.features.of(told[position]) for position in sorted(wanted)])
    found = []
    for at, (name, (items, vetoes)) in enumerate(looks.items()):
        if not items:
            found.append(ClassDecision(name, 0.0, False, (), vetoes))
            continue
        known = evidence(
            [
                SentenceEvidence(
                    reading.ranks[item.position],
                    logit(item.classifier),
                    item.log_odds - logit(item.classifier),
                    reading.sentences[item.position].sentence.title,
                    not SURE[name].isdisjoint(reading.sentences[item.position].marks),
                )
                for item in items
            ],
            headline=logit(scores[0].incident) if reading.sentences[0].sentence.title else None,
            most=max(logit(scores[position].incident) for position in wanted),
            whole=judged[at],
            any_class=max(judged),
        )
        odds = model.verdict(name, known)
        assert odds is not None
        probability = sigmoid(odds)
        reported = probability >= rules.classes[name].threshold
        ranked = tuple(sorted(items, key=lambda item: (-item.log_odds, item.position)))
        sure = reported and probability >= rules.classes[name].sure
        found.append(ClassDecision(name, probability, reported, ranked, vetoes, tuple(known), sure))
    return found


def _look(
    name: IncidentClass, reading: Reading, rules: RuleSet, scores: list[Scores]
) -> tuple[list[SentenceScore], tuple[Fired, ...]]:
    """Return the sentences that a class is decided by, in their order, and its vetoes."""
    own = rules.classes[name]
    probabilities = [item.classes[name] for item in scores]
    places = [Place(sentence, reading, probabilities[k]) for k, sentence in enumerate(reading.sentences)]
    asked = [(rule, Matcher(rule.when, Bits())) for rule in own.rules]
    fired = [Fired(rule, k) for k, place in enumerate(places) for rule, ready in asked if ready.holds(place)]
    vetoes = tuple(item for item in fired if item.rule.veto)
    if any(item.rule.scope == "article" for item in vetoes):
        return [], vetoes
    subject = [Matcher(own.subject, Bits()).holds(place) for place in places]
    deeds = {mark for weights in own.actions.values() for mark in weights}
    found = []
    for position, sentence in enumerate(reading.sentences):
        follows = position > 0 and subject[position - 1] and not deeds.isdisjoint(sentence.marks)
        if position in {item.sentence for item in vetoes} or not (subject[position] or follows):
            continue
        here = tuple(item for item in fired if item.sentence == position)
        weight = sum(item.rule.weight for item in here) - _lingering(position, reading, fired)
        odds = logit(probabilities[position]) + weight
        found.append(SentenceScore(position, odds, probabilities[position], here, scores[position]))
    return found, vetoes


def _lingering(position: int, reading: Reading, fired: list[Fired]) -> float:
    sentence = reading.sentences[position]
    if "NOW" in sentence.marks or any(mention.relation == "near" for mention in sentence.dates):
        return 0.0
    return max((item.rule.lingers for item in fired if item.sentence == position - 1), default=0.0)


@pytest.mark.parametrize("story", WRITTEN, ids=lambda story: story.name)
def test_the_shipped_rules_decide_the_same_with_everything_read(detector: Detector, story: Any) -> None:
    reading = detector.reader.read(story.title, story.text, language=story.language, published=story.published)
    assert decide(reading, detector.rules, detector.model) == everything(reading, detector.rules, detector.model)


def conditions() -> st.SearchStrategy[dict[str, Any]]:
    """Conditions that hold often enough: on few marks, or on none."""
    some = st.lists(st.sampled_from(MARKS), min_size=1, max_size=2)
    bound = st.sampled_from([{"min": 0.001}, {"min": 0.05}, {"max": 0.01}])
    return (
        st.fixed_dictionaries({"any": some})
        | st.fixed_dictionaries({"none": some})
        | st.fixed_dictionaries({"all": some.map(lambda found: found[:1])}, optional={"none": some})
        | st.fixed_dictionaries({"classifier": bound}, optional={"any": some})
    )


def made_rules() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"when": conditions()},
        optional={
            "weight": st.sampled_from([-2.0, 1.0]),
            "veto": st.sampled_from([False, False, True]),
            "lingers": st.sampled_from([0.0, 1.5]),
            "scope": st.sampled_from(["sentence", "sentence", "article"]),
        },
    )


@settings(max_examples=300, deadline=None)
@given(
    subject=conditions(),
    own=st.lists(made_rules(), max_size=4),
    evidence=st.lists(st.sampled_from(MARKS), max_size=3),
    title=st.sampled_from(["", *PIECES]),
    text=st.lists(st.sampled_from(PIECES), min_size=3, max_size=9).map(" ".join),
)
def test_any_rules_decide_the_same_with_everything_read(
    detector: Detector,
    subject: dict[str, Any],
    own: list[dict[str, Any]],
    evidence: list[str],
    title: str,
    text: str,
) -> None:
    made = [{"id": f"r{k}", "why": "Only for the test.", "examples": {}, **rule} for k, rule in enumerate(own)]
    tree = {"threshold": 0.5, "subject": subject, "actions": {"seizure": dict.fromkeys(evidence, 1.0)}, "rules": made}
    rules = RuleSet([ClassRules.model_validate({"class": name, **tree}) for name in IncidentClass])
    reading = detector.reader.read(title, text, language="en", published=DAY)
    again = detector.reader.read(title, text, language="en", published=DAY)
    assert judged(decide(reading, rules, detector.model)) == judged(everything(again, rules, detector.model))


def judged(decisions: list[ClassDecision]) -> list[ClassDecision]:
    """Return decisions but for whether an approach is reported: how near it is, is asked of the text afterwards."""
    return [
        replace(item, reported=False, sure=False) if item.incident_class is IncidentClass.CAPITAL else item
        for item in decisions
    ]


def counted(monkeypatch: pytest.MonkeyPatch, name: str) -> Callable[[], int]:
    """Count how often the reader of sentences is called."""
    import alertsvc.detect.reading as module

    calls: list[str] = []
    real = getattr(module, name)

    def wrapped(text: str, *more: Any) -> Any:
        calls.append(text)
        return real(text, *more)

    monkeypatch.setattr(module, name, wrapped)
    return lambda: len(calls)


def test_an_article_of_no_subject_costs_no_scores_dates_or_counts(
    detector: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    dates, counts = counted(monkeypatch, "read_dates"), counted(monkeypatch, "read_casualties")
    asked: list[Reading] = []
    real = Model.score_sentences

    def noted(self: Model, article: Reading, positions: Iterable[int]) -> list[Scores]:
        asked.append(article)
        return real(self, article, positions)

    monkeypatch.setattr(Model, "score_sentences", noted)
    text = "The town council met on Monday. Two people were injured in 2014 in the library. " * 5
    assert detector.detect("Council meets", text, published=DAY).detections == ()
    assert (dates(), counts(), asked) == (0, 0, [])


def test_scores_are_worked_out_once_and_where_asked(detector: Detector) -> None:
    reading = detector.reader.read("", " ".join(PIECES), language="en", published=DAY)
    scores = ArticleScores(reading, detector.model)
    assert scores.scored == 0
    scores.prepare([2, 0])
    assert scores.scored == 2
    assert scores[2] is scores[2]
    assert scores[4] == detector.model.score(features(reading, 4))
    assert scores.scored == 3


def test_scores_that_are_known_are_not_worked_out_again(detector: Detector) -> None:
    reading = detector.reader.read("", " ".join(PIECES), language="en", published=DAY)
    known = dict(enumerate(detector.model.score_sentences(reading, range(len(reading.sentences)))))
    assert ArticleScores(reading, detector.model, known)[2] is known[2]
    assert weigh(reading, detector.rules, detector.model, known) == weigh(reading, detector.rules, detector.model)


def test_probabilities_are_a_sequence(detector: Detector) -> None:
    reading = detector.reader.read("", " ".join(PIECES), language="en", published=DAY)
    chances = Probabilities(ArticleScores(reading, detector.model), IncidentClass.OIL)
    everyone = [detector.model.score(features(reading, k)).classes[IncidentClass.OIL] for k in range(len(PIECES))]
    assert list(chances) == everyone
    assert chances[-1] == everyone[-1]
    assert chances[1:3] == everyone[1:3]
    with pytest.raises(IndexError):
        chances[len(PIECES)]
    assert not Probabilities(
        ArticleScores(detector.reader.read("", "", language="en", published=None), detector.model), IncidentClass.OIL
    )


@settings(max_examples=100, deadline=None)
@given(
    title=st.sampled_from(["", *PIECES, "COUNCIL MEETS 12 Fighters"]),
    pieces=st.lists(
        st.sampled_from(PIECES) | st.text(alphabet="abcdefghijkL érsé4 قصف", min_size=1, max_size=40), max_size=5
    ),
    language=st.sampled_from(["en", "fr", "ar"]),
)
def test_rows_are_found_as_features_are_spelt(detector: Detector, title: str, pieces: list[str], language: str) -> None:
    reading = detector.reader.read(title, " ".join(pieces), language=language, published=DAY)
    known = detector.model.features
    for position in range(len(reading.sentences)):
        assert known.rows(reading, position) == known.of(features(reading, position))
