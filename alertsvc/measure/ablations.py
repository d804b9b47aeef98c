"""What each part of the decision is worth: detection with less, on the same held-out countries."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from alertsvc.detect.features import features
from alertsvc.detect.judging import Article, Judged, with_features
from alertsvc.detect.rules import RuleSet
from alertsvc.detect.train import Example, Progress
from alertsvc.domain import IncidentClass
from alertsvc.measure.counts import CLASSES, Case, best_cuts, said_at, table
from alertsvc.measure.folds import SHARES, Folds, country_folds, within_share

__all__ = ["ablations", "keyword_cases", "learning_curve", "rule_cases"]

_CONTEXT = ("before:", "after:", "headline:", "article:", "often:")
_CONCEPT = re.compile(r"[A-Z]")  # words are folded: capitals stand in names of concepts only
_WORDS = ("w:", "s:", "b:")
_WHOLE = ("article as a whole", "article as a whole, of any class")


def ablations(
    articles: Sequence[Article], folds: Folds, rules: RuleSet, progress: Progress | None = None
) -> list[dict[str, Any]]:
    """Return the scores of detection with less, each at the cuts where its F1 is best on these folds.

    Args:
        articles: the training text.
        folds: the same as it is judged with everything.
        rules: of all classes.
        progress: told after each fold.
    """
    weaker: list[tuple[str, list[Case]]] = [
        ("keyword alert: a word for the site and one for the deed in one sentence", keyword_cases(folds.judged, rules)),
        ("rules only: the sum of their weights in the best sentence", rule_cases(folds.judged, rules)),
        ("classifier only: its best sentence", _best_sentence(folds.judged)),
        ("without the article as a whole", folds.without(*_WHOLE)),
    ]
    for name, change in (
        ("without what stands around a sentence", _without_context),
        ("without concepts of the lexicon", _without_concepts),
    ):
        weaker.append((name, _again([with_features(item, change) for item in articles], rules, name, progress)))
    name = "with names, numbers and dates left as words"
    weaker.append((name, _again([_named(item) for item in articles], rules, name, progress)))
    weaker.append(("everything", folds.cases))
    return [{"name": name, **table(cases, said_at(cases, best_cuts(cases)))["all"]} for name, cases in weaker]


def learning_curve(
    articles: Sequence[Article], folds: Folds, rules: RuleSet, progress: Progress | None = None
) -> list[dict[str, Any]]:
    """Return the scores with a quarter, a half, three quarters and all of the text to learn from."""
    curve = []
    for share in SHARES:
        inside = within_share(share)
        found = folds
        if share < 100:
            found = country_folds(articles, rules, _named_progress(progress, f"with {share} % of the text"), inside)
        cases = found.cases
        scores = table(cases, said_at(cases, best_cuts(cases)))["all"]
        written = sum(inside(item.passage) for item in articles if not item.passage.made)
        curve.append({"share": share, "articles": written, **scores})
    return curve


def keyword_cases(judged: Sequence[Judged], rules: RuleSet) -> list[Case]:
    """Return what an alert on words alone would say: a mark of the subject and one of a deed in one sentence."""
    cases = []
    for item in judged:
        reading = item.article.reading
        marked = rules.marked(reading)
        said = {}
        for name in IncidentClass:
            subject = rules.look(name, reading, marked, ()).subject
            deeds = {mark for weights in rules.classes[name].actions.values() for mark in weights}
            if any(own and sentence.has(*deeds) for own, sentence in zip(subject, reading.sentences, strict=True)):
                said[str(name)] = 1.0
        cases.append(_case(item, said))
    return cases


def rule_cases(judged: Sequence[Judged], rules: RuleSet) -> list[Case]:
    """Return the best sum of the weights of the rules that match one sentence; those on the classifier match none."""
    cases = []
    for item in judged:
        reading = item.article.reading
        marked = rules.marked(reading)
        sums = {}
        for name in IncidentClass:
            look = rules.look(name, reading, marked, ())
            barred = {fired.sentence for fired in look.fired if fired.rule.veto}
            weights = dict.fromkeys((at for at in look.looked if at not in barred), 0.0)
            for fired in look.fired:
                if fired.sentence in weights:
                    weights[fired.sentence] += fired.rule.weight
            if weights:
                sums[str(name)] = max(weights.values())
        cases.append(_case(item, sums))
    return cases


def _best_sentence(judged: Sequence[Judged]) -> list[Case]:
    return [_case(item, {str(name): values[0] for name, values in item.evidence.items() if values}) for item in judged]


def _case(item: Judged, scores: Mapping[str, float]) -> Case:
    return Case(item.article.passage.language, item.article.labels & frozenset(CLASSES), scores)


def _again(articles: list[Article], rules: RuleSet, name: str, progress: Progress | None) -> list[Case]:
    return country_folds(articles, rules, _named_progress(progress, name)).cases


def _named_progress(progress: Progress | None, name: str) -> Progress | None:
    return None if progress is None else lambda _step, done, of: progress(name, done, of)


def _without_context(example: Example, _position: int) -> tuple[str, ...]:
    return tuple(name for name in example.features if not name.startswith(_CONTEXT))


def _without_concepts(example: Example, _position: int) -> tuple[str, ...]:
    return tuple(name for name in example.features if name.startswith(_WORDS) or not _CONCEPT.search(name))


def _named(article: Article) -> Article:
    change: Callable[[Example, int], tuple[str, ...]] = lambda _example, at: tuple(  # noqa: E731
        features(article.reading, at, named=True)
    )
    return with_features(article, change)
