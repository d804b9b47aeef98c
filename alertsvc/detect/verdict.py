"""From sentences to the article: what the decision rests on, as numbers that a trained rule weighs.

A sentence's score says how it reads; an article reports an incident when its best sentences, its headline, the rules
and the article as a whole agree. How much each counts was learnt from whole articles whose sentences were scored by a
model that had not seen their countries, so that the sum is a probability.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["EVIDENCE", "FREE", "LESS", "SentenceEvidence", "evidence"]

_BOUND = 8.0  # log-odds beyond which more changes nothing
_RULES = 2.0  # as much as rules may add or take in one sentence
_NONE = -6.0  # for a sentence that is not there
_NO_HEADLINE = -4.0
_LEAD = 2  # full sentences below the headline
_AGREEING = 3
_DEEP = 6

EVIDENCE = (
    "best sentence",
    "rules in the best sentence",
    "best sentence names a site without doubt",
    "best sentence with its rules",
    "second sentence",
    "third sentence",
    "sentences above even odds",
    "headline",
    "rules in the headline",
    "headline is of the subject",
    "lead",
    "rules in the lead",
    "headline reports any incident",
    "any sentence reports any incident",
    "mean of the best three",
    "strongest rule against",
    "how far down the best sentence stands",
    "article as a whole",
    "article as a whole, of any class",
)
"""What the decision weighs, in the order of the model's array; each is a number between -8 and 8."""


LESS = frozenset(("how far down the best sentence stands",))
"""Evidence that may only speak against an incident."""

FREE = frozenset(
    (
        "headline is of the subject",
        "headline reports any incident",
        "any sentence reports any incident",
        "article as a whole, of any class",
    )
)
"""Evidence that may speak either way: with other evidence of the same kind beside it, it tells one class from another.
All the rest may only speak for an incident."""


class SentenceEvidence(NamedTuple):
    """A sentence of a class's subject: where it stands, the classifier's log-odds, the weight of its rules."""

    rank: int  # full sentences above it
    odds: float
    rules: float
    title: bool
    sure: bool  # names a site, or what is one, without doubt


def evidence(
    sentences: Sequence[SentenceEvidence],
    *,
    headline: float | None,
    most: float,
    whole: float,
    any_class: float,
) -> list[float]:
    """Return what is known of an article for one class, in the order of `EVIDENCE`.

    Args:
        sentences: those of the class's subject, at least one, in their order.
        headline: log-odds that the headline reports an incident of any class; None where there is no headline.
        most: the largest such log-odds of any sentence.
        whole: log-odds of the class by the article as a whole.
        any_class: the largest of those of all classes.
    """
    best = max(sentences, key=lambda item: item.odds)
    helped = max(sentences, key=lambda item: item.odds + item.rules)
    ranked = sorted((item.odds for item in sentences), reverse=True)
    titles = [item for item in sentences if item.title]
    lead = [item for item in sentences if not item.title and item.rank < _LEAD]
    told = [
        best.odds,
        _rules(best.rules),
        float(best.sure),
        helped.odds + _rules(helped.rules),
        ranked[1] if len(ranked) > 1 else _NONE,
        ranked[2] if len(ranked) > 2 else _NONE,
        float(min(_AGREEING, sum(odds > 0 for odds in ranked))),
        titles[0].odds if titles else _NO_HEADLINE,
        _rules(titles[0].rules) if titles else 0.0,
        float(bool(titles)),
        max((item.odds for item in lead), default=_NONE),
        max((_rules(item.rules) for item in lead), default=0.0),
        -2.0 if headline is None else headline,
        most,
        sum(ranked[:_AGREEING]) / len(ranked[:_AGREEING]),
        min(_rules(item.rules) for item in sentences),
        min(best.rank, _DEEP) / _DEEP,
        whole,
        any_class,
    ]
    return [max(-_BOUND, min(_BOUND, value)) for value in told]


def _rules(weight: float) -> float:
    return max(-_RULES, min(_RULES, weight))
