"""The training text judged by models that did not see it: whole countries held out, and whole batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from alertsvc.detect.judging import Article, Judged, held_out_articles, judge_again, read_articles
from alertsvc.detect.lengthening import lengthened
from alertsvc.detect.passages import FOLDS, Passage, fold_of, read_passages, share_of, writer_of
from alertsvc.detect.reading import Reader
from alertsvc.detect.rules import RuleSet
from alertsvc.detect.train import Progress
from alertsvc.domain import IncidentClass
from alertsvc.measure.counts import CLASSES, Case

__all__ = ["SHARES", "Folds", "batch_folds", "cases_of", "country_folds", "read_text", "within_share"]

SHARES = (25, 50, 75, 100)
"""Hundredths of the articles that the learning curve is drawn for."""


@dataclass(frozen=True, slots=True)
class Folds:
    """Articles as they were judged, with the fold of each, and every sentence with its probabilities."""

    judged: list[Judged]
    groups: list[int]
    sentences: list[Case]

    @property
    def cases(self) -> list[Case]:
        """The articles with the probability of each class that something in them speaks of."""
        return cases_of(self.judged)

    def without(self, *evidence: str) -> list[Case]:
        """Return the articles as they are judged where these pieces of evidence are left out."""
        return cases_of(judge_again(self.judged, self.groups, without=evidence))


def read_text(
    reader: Reader,
    rules: RuleSet,
    paths: Sequence[Path],
    progress: Progress | None = None,
    only: Callable[[Passage], bool] | None = None,
) -> list[Article]:
    """Read the training text, or `only` some of its passages, and the longer articles made of it.

    Raises:
        DataError: it is malformed.
    """
    passages = [item for item in read_passages(paths) if only is None or only(item)]
    return read_articles(reader, rules, [*passages, *lengthened(passages)], progress)


def country_folds(
    articles: Sequence[Article],
    rules: RuleSet,
    progress: Progress | None = None,
    taught: Callable[[Passage], bool] | None = None,
) -> Folds:
    """Judge every article by a model that saw none of its country; `taught` says which may be learnt from."""
    return _folds(articles, rules, [fold_of(item.passage.country) for item in articles], progress, taught)


def batch_folds(articles: Sequence[Article], rules: RuleSet, progress: Progress | None = None) -> Folds:
    """Judge every article by a model that saw nothing written in one go with it, nor by the same hand."""
    sizes = Counter(writer_of(item.passage) for item in articles)
    load = [0] * FOLDS
    fold: dict[str, int] = {}
    for writer, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        fold[writer] = load.index(min(load))
        load[fold[writer]] += size
    return _folds(articles, rules, [fold[writer_of(item.passage)] for item in articles], progress, None)


def within_share(share: int) -> Callable[[Passage], bool]:
    """Return a test whether a passage is in the first `share` hundredths, by a fixed hash of its id."""

    def inside(passage: Passage) -> bool:
        return share_of(passage) < share

    return inside


def cases_of(judged: Sequence[Judged]) -> list[Case]:
    """Return articles as they are scored; a class that nothing in an article speaks of has no score."""
    return [
        Case(
            item.article.passage.language,
            item.article.labels & frozenset(CLASSES),
            {str(name): chance for name, chance in item.probabilities.items() if item.evidence.get(name)},
        )
        for item in judged
    ]


def _folds(
    articles: Sequence[Article],
    rules: RuleSet,
    groups: list[int],
    progress: Progress | None,
    taught: Callable[[Passage], bool] | None,
) -> Folds:
    judged, sentences, _ = held_out_articles(articles, rules, progress, groups=groups, taught=taught)
    by_id = {item.passage.id: group for item, group in zip(articles, groups, strict=True)}
    judged = [item for item in judged if not item.article.passage.made]
    examples = [(example, item.passage.made) for item in articles for example in item.examples]
    cases = [
        Case(example.language, example.labels & frozenset(CLASSES), {str(name): scores[name] for name in IncidentClass})
        for (example, made), scores in zip(examples, sentences, strict=True)
        if not made
    ]
    return Folds(judged, [by_id[item.article.passage.id] for item in judged], cases)
