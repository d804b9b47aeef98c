"""The decision: what the classifier and the rules say of each sentence, joined for the article.

A sentence's log-odds for a class are the classifier's plus the weights of the rules that fired; a veto takes it out.
Sentences that are about something else altogether (no crossing, no oil site, no capital) are not looked at. The best
sentences, the headline, the lead, the rules and the article as a whole are the evidence that a trained rule weighs; the
article reports an incident of a class when the probability passes the class's threshold.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from alertsvc.detect.model import Model, Scores
from alertsvc.detect.reading import Reading
from alertsvc.detect.rules import Fired, RuleSet
from alertsvc.detect.scoring import ArticleScores, Probabilities
from alertsvc.detect.verdict import SentenceEvidence, evidence
from alertsvc.domain import IncidentClass, PlaceKind

__all__ = ["ClassDecision", "SentenceScore", "Weighed", "decide", "logit", "overall", "sigmoid", "weigh"]

_SURE = {
    IncidentClass.BORDER: ("<crossing>", "CROSSING_WORD"),
    IncidentClass.OIL: ("<oil>", "OIL_WORD"),
    IncidentClass.CAPITAL: ("<capital>", "<approach>", "CAPITAL_WORD"),
}
_LONG = 12  # full sentences from which an article may tell more than one story
_FAR = 4  # full sentences above a second story
_AROUND = 4  # sentences on each side that belong to it
_AT_CAPITAL = ("<capital>", "<capital?>", "CAPITAL_WORD", "OUTSKIRTS", "<near-km>", "<near-town>")
_CAPITAL_KM = 100.0  # how near a capital a place lies that fighting for it is fighting for the capital
_TOP = 2  # full sentences below the headline that are always part of the article as a whole


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
    evidence: tuple[float, ...] = ()  # in the order of `verdict.EVIDENCE`; empty where nothing was looked at
    sure: bool = False  # reported, and probable enough for a flash alert on this report alone

    @property
    def carrying(self) -> tuple[SentenceScore, ...]:
        """Sentences that speak for the incident: above even odds, or the best one where none is."""
        above = tuple(item for item in self.sentences if item.log_odds > 0)
        return above or self.sentences[:1]


@dataclass(frozen=True, slots=True)
class Weighed:
    """What is known of an article for one class before it is decided."""

    sentences: tuple[SentenceScore, ...]  # best first
    vetoes: tuple[Fired, ...]
    evidence: tuple[float, ...]  # empty where no sentence is of the class's subject, or a veto bars the article


def decide(reading: Reading, rules: RuleSet, model: Model, threshold: float | None = None) -> list[ClassDecision]:
    """Decide for every class whether the article newly reports an incident of it.

    An approach to a capital is reported only of a place within 100 km of it, the capital itself, or where the text says
    so, whatever the probability: what lies farther away is another battle.

    Args:
        reading: the article.
        rules: the rules of all classes.
        model: the classifier.
        threshold: an operator's probability in place of the one in the rules.
    """
    decisions = []
    for name, item in weigh(reading, rules, model).items():
        if not item.evidence:
            decisions.append(ClassDecision(name, 0.0, False, (), item.vetoes))
            continue
        odds = model.verdict(name, item.evidence)
        probability = sigmoid(item.sentences[0].log_odds if odds is None else odds)
        limit = rules.classes[name].threshold if threshold is None else threshold
        reported = probability >= limit and (
            name is not IncidentClass.CAPITAL or _near_capital(item.sentences, reading)
        )
        sure = reported and probability >= rules.classes[name].sure
        decisions.append(ClassDecision(name, probability, reported, item.sentences, item.vetoes, item.evidence, sure))
    return decisions


def _near_capital(items: Sequence[SentenceScore], reading: Reading) -> bool:
    """Say whether what speaks for an approach to a capital names it, its outskirts, or a place that lies near it."""
    telling = [reading.sentences[item.position] for item in items if item.log_odds > 0 or item is items[0]]
    if any(sentence.has(*_AT_CAPITAL) or sentence.sentence.title for sentence in telling):
        return True
    places = [m.entry for sentence in telling for m in sentence.mentions if m.kind == PlaceKind.APPROACH and m.entry]
    return any((place.km_to_capital or 0.0) <= _CAPITAL_KM for place in places) or any(
        m.km is not None and m.km <= _CAPITAL_KM for sentence in telling for m in sentence.mentions
    )


def weigh(
    reading: Reading, rules: RuleSet, model: Model, known: Mapping[int, Scores] | None = None
) -> dict[IncidentClass, Weighed]:
    """Gather for every class what the decision rests on; scores of sentences that are `known` are taken as they are."""
    scores = ArticleScores(reading, model, known)
    marked = rules.marked(reading)
    looks = {name: rules.look(name, reading, marked, Probabilities(scores, name)) for name in IncidentClass}
    vetoes = {name: tuple(item for item in look.fired if item.rule.veto) for name, look in looks.items()}
    looked: dict[IncidentClass, list[int]] = {}
    for name, look in looks.items():
        barred = {item.sentence for item in vetoes[name]}
        whole = any(item.rule.scope == "article" for item in vetoes[name])
        looked[name] = [] if whole else [position for position in look.looked if position not in barred]
    together = overall(reading, looked.values())
    judged = scores.judge(together) if together else []
    found = {}
    for at, name in enumerate(IncidentClass):
        items = [_sentence(position, name, reading, looks[name].fired, scores[position]) for position in looked[name]]
        told: tuple[float, ...] = ()
        if items:
            told = tuple(_evidence(items, name, reading, scores, together, judged, at))
            if _second_story(items, reading):
                own = tuple(_as_story(items, name, reading, scores, at))
                told = max(told, own, key=lambda item: model.verdict(name, item) or 0.0)
        items.sort(key=lambda item: (-item.log_odds, item.position))
        found[name] = Weighed(tuple(items), vetoes[name], told)
    return found


def overall(reading: Reading, looked: Iterable[Sequence[int]]) -> list[int]:
    """Return the sentences by which an article is judged as a whole: the first, and those looked at for any class."""
    wanted = {position for positions in looked for position in positions}
    return sorted(wanted | {at for at, rank in enumerate(reading.ranks) if rank < _TOP}) if wanted else []


def _second_story(items: Sequence[SentenceScore], reading: Reading) -> bool:
    """Say whether a class comes up only far down in a long article, which then may tell a second story."""
    first = min(reading.ranks[item.position] for item in items)
    return reading.ranks[-1] >= _LONG and first >= _FAR and not reading.sentences[items[0].position].sentence.title


def _as_story(
    items: Sequence[SentenceScore], name: IncidentClass, reading: Reading, scores: ArticleScores, at: int
) -> list[float]:
    """Return the evidence of a second story, as if it stood alone: the sentences around its best one, no headline."""
    best = max(items, key=lambda item: item.log_odds)
    near = [item for item in items if abs(item.position - best.position) <= _AROUND]
    positions = [item.position for item in near]
    judged = scores.judge(positions)
    above = min(reading.ranks[position] for position in positions)
    return evidence(
        [_standing(item, name, reading, above) for item in near],
        headline=None,
        most=max(logit(scores[position].incident) for position in positions),
        whole=judged[at],
        any_class=max(judged),
    )


def _standing(item: SentenceScore, name: IncidentClass, reading: Reading, above: int = 0) -> SentenceEvidence:
    odds = logit(item.classifier)
    own = reading.sentences[item.position]
    rank = reading.ranks[item.position] - above
    return SentenceEvidence(rank, odds, item.log_odds - odds, own.sentence.title, own.has(*_SURE[name]))


def _sentence(
    position: int, name: IncidentClass, reading: Reading, fired: Sequence[Fired], scores: Scores
) -> SentenceScore:
    here = tuple(item for item in fired if item.sentence == position)
    weight = sum(item.rule.weight for item in here) - _lingering(position, reading, fired)
    chance = scores.classes[name]
    return SentenceScore(position, logit(chance) + weight, chance, here, scores)


def _evidence(
    items: Sequence[SentenceScore],
    name: IncidentClass,
    reading: Reading,
    scores: ArticleScores,
    together: Sequence[int],
    judged: Sequence[float],
    at: int,
) -> list[float]:
    sentences = [_standing(item, name, reading) for item in items]
    return evidence(
        sentences,
        headline=logit(scores[0].incident) if reading.sentences[0].sentence.title else None,
        most=max(logit(scores[position].incident) for position in together),
        whole=judged[at],
        any_class=max(judged),
    )


def _lingering(position: int, reading: Reading, fired: Sequence[Fired]) -> float:
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
