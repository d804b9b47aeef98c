"""The decision: what the classifier and the rules say of each sentence, joined for the article.

A sentence's log-odds for a class are the classifier's plus the weights of the rules that fired; a veto takes it out.
Sentences that are about something else altogether (no crossing, no oil site, no capital) are not looked at. The
article reports an incident of a class when its best sentence, helped a little by others that agree and by standing on
top, passes the class's threshold.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from alertsvc.detect.features import features
from alertsvc.detect.model import Model, Scores
from alertsvc.detect.reading import Reading
from alertsvc.detect.rules import Fired, RuleSet
from alertsvc.domain import IncidentClass

__all__ = ["ClassDecision", "SentenceScore", "decide", "logit", "sigmoid"]

_LEAD = 0.35  # for the headline and the first sentences
_DEEP = 0.12  # taken off for each sentence below the sixth, up to _DEEPEST
_DEEPEST = 1.5
_AGREE = 0.45  # for each doubling of the sentences that agree
_HEADLINE_ELSEWHERE = 0.5  # taken off where the headline is of another subject


@dataclass(frozen=True, slots=True)
class SentenceScore:
    """One sentence's standing for one class."""

    position: int
    log_odds: float
    classifier: float  # probability by the classifier alone
    fired: tuple[Fired, ...]
    scores: Scores


@dataclass(frozen=True, slots=True)
class ClassDecision:
    """What was decided for a class, and the sentences that were looked at, best first."""

    incident_class: IncidentClass
    probability: float
    reported: bool
    sentences: tuple[SentenceScore, ...]
    vetoes: tuple[Fired, ...]

    @property
    def carrying(self) -> tuple[SentenceScore, ...]:
        """Sentences that speak for the incident: above even odds, or the best one where none is."""
        above = tuple(item for item in self.sentences if item.log_odds > 0)
        return above or self.sentences[:1]


def decide(reading: Reading, rules: RuleSet, model: Model, threshold: float | None = None) -> list[ClassDecision]:
    """Decide for every class whether the article newly reports an incident of it.

    Args:
        reading: the article.
        rules: the rules of all classes.
        model: the classifier.
        threshold: an operator's probability in place of the one in the rules.
    """
    scores = [model.score(features(reading, position)) for position in range(len(reading.sentences))]
    return [_decide_class(name, reading, rules, scores, threshold) for name in IncidentClass]


def _decide_class(
    name: IncidentClass, reading: Reading, rules: RuleSet, scores: list[Scores], threshold: float | None
) -> ClassDecision:
    own = rules.classes[name]
    probabilities = [item.classes[name] for item in scores]
    fired = rules.fire(name, reading, probabilities)
    vetoes = tuple(item for item in fired if item.rule.veto)
    barred = {item.sentence for item in vetoes}
    if any(item.rule.scope == "article" for item in vetoes):
        return ClassDecision(name, 0.0, False, (), vetoes)
    subject = rules.on_subject(name, reading, probabilities)
    evidence = {mark for weights in own.actions.values() for mark in weights}
    headline_elsewhere = bool(reading.sentences) and reading.sentences[0].sentence.title and not subject[0]
    found: list[SentenceScore] = []
    for position, sentence in enumerate(reading.sentences):
        follows = position > 0 and subject[position - 1] and sentence.has(*evidence)
        if position in barred or not (subject[position] or follows):
            continue
        here = tuple(item for item in fired if item.sentence == position)
        odds = logit(scores[position].classes[name]) + sum(item.rule.weight for item in here)
        odds -= _lingering(position, reading, fired)
        if position < 3:
            odds += _LEAD
        odds -= min(_DEEPEST, _DEEP * max(0, position - 6))
        if headline_elsewhere and position > 3:
            odds -= _HEADLINE_ELSEWHERE
        found.append(SentenceScore(position, odds, scores[position].classes[name], here, scores[position]))
    found.sort(key=lambda item: (-item.log_odds, item.position))
    if not found:
        return ClassDecision(name, 0.0, False, (), vetoes)
    agreeing = sum(item.log_odds > -0.5 for item in found[1:])
    probability = sigmoid(found[0].log_odds + _AGREE * math.log2(1 + agreeing))
    limit = own.threshold if threshold is None else threshold
    return ClassDecision(name, probability, probability >= limit, tuple(found), vetoes)


def _lingering(position: int, reading: Reading, fired: list[Fired]) -> float:
    """Return what a sentence owes to the one before: background goes on until a date of these days ends it."""
    sentence = reading.sentences[position]
    if sentence.has("NOW") or any(mention.relation == "near" for mention in sentence.dates):
        return 0.0
    return max((item.rule.lingers for item in fired if item.sentence == position - 1), default=0.0)


def logit(probability: float) -> float:
    """Return the log-odds of a probability, bounded so that certainty stays finite."""
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))


def sigmoid(odds: float) -> float:
    """Return the probability of log-odds."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
