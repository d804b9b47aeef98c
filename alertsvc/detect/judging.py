"""Training of what is decided of whole articles, on top of the sentences' classifier.

Two things are learnt: a score of the article as a whole, and how much each piece of evidence counts. The second must
see scores such as they are for articles that the classifier does not know; it is therefore learnt from the folds, where
each article is scored by a model that saw no article of its country.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from alertsvc.detect.decide import overall, sigmoid, weigh
from alertsvc.detect.lengthening import in_passing, lengthened
from alertsvc.detect.model import COLUMNS, ArticlePart, Model
from alertsvc.detect.passages import FOLDS, Passage, fold_of, read_passages
from alertsvc.detect.reading import Reader, Reading
from alertsvc.detect.rules import RuleSet
from alertsvc.detect.train import Example, Progress, examples_of, fit, read_passage, save, tally, unit_rows
from alertsvc.detect.verdict import EVIDENCE, FREE, LESS
from alertsvc.domain import IncidentClass

__all__ = [
    "Article",
    "Judged",
    "TrainReport",
    "held_out_articles",
    "judge_again",
    "read_articles",
    "score_articles",
    "train",
    "with_features",
]

_WHOLE_STRENGTH = 30.0  # inverse of the regularisation of the article as a whole
_VERDICT_STRENGTH = 0.1  # the same of the verdict, whose evidence is standardised
_LEAST_SENTENCES = 3  # a passage of fewer is no article: it teaches sentences only
_AT_ONCE = 2  # folds; each takes some hundred megabytes
_CLASSES = tuple(IncidentClass)
_FLOATS = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Article:
    """A training passage as it was read."""

    passage: Passage
    reading: Reading
    examples: tuple[Example, ...]
    whole: Mapping[str, float]  # features of its sentences together, with the logarithm of their number
    together: tuple[int, ...] = ()  # the sentences that these are taken from

    @property
    def labels(self) -> frozenset[str]:
        """The classes that the passage reports."""
        return frozenset(str(name) for _, _, labels in self.passage.sentences for name, _ in labels)


@dataclass(frozen=True, slots=True)
class Judged:
    """An article with the probability of each class by a model and a verdict that saw no article of its fold."""

    article: Article
    probabilities: dict[IncidentClass, float]
    evidence: Mapping[IncidentClass, tuple[float, ...]] = field(default_factory=dict)  # what they were decided by


@dataclass(frozen=True, slots=True)
class TrainReport:
    """What was trained on and how the folds by country came out, sentence by sentence at `DECISION`, and by article."""

    passages: int
    sentences: int
    features: int
    digest: str
    scores: dict[str, dict[str, float]]
    articles: dict[str, dict[str, float]] = field(default_factory=dict)


def read_articles(
    reader: Reader, rules: RuleSet, passages: Sequence[Passage], progress: Progress | None = None
) -> list[Article]:
    """Read training passages, each as an article of its own."""
    articles = []
    for done, passage in enumerate(passages, 1):
        reading = read_passage(reader, passage)
        marked = rules.marked(reading)
        looked = [rules.look(name, reading, marked, ()).looked for name in _CLASSES]
        together = overall(reading, looked) or range(min(3, len(reading.sentences)))
        examples = tuple(examples_of(passage, reading))
        articles.append(Article(passage, reading, examples, _whole(examples, together), tuple(together)))
        if progress:
            progress("reading", done, len(passages))
    return articles


def with_features(article: Article, change: Callable[[Example, int], tuple[str, ...]]) -> Article:
    """Return an article whose sentences have other features: what `change` makes of each and its position."""
    examples = tuple(replace(item, features=change(item, at)) for at, item in enumerate(article.examples))
    return replace(article, examples=examples, whole=_whole(examples, article.together))


def _whole(examples: Sequence[Example], together: Iterable[int]) -> dict[str, float]:
    counts = Counter(name for position in together for name in examples[position].features)
    return {name: float(np.log1p(count)) for name, count in counts.items()}


def held_out_articles(
    articles: Sequence[Article],
    rules: RuleSet,
    progress: Progress | None = None,
    *,
    groups: Sequence[int] | None = None,
    taught: Callable[[Passage], bool] | None = None,
) -> tuple[list[Judged], list[dict[str, float]], _FLOATS]:
    """Judge every article by a model that saw none of its fold.

    Args:
        articles: as they were read.
        rules: of all classes.
        progress: told after each fold.
        groups: the fold of each article, from 0 to `FOLDS` - 1; without them a country is in one fold.
        taught: says which passages may be learnt from; all are judged.

    Returns:
        The articles of three sentences and more as they were judged, the probabilities of each class for every
        sentence of every article in their order, and the verdict learnt from all folds.
    """
    groups = groups or [fold_of(article.passage.country) for article in articles]
    known = [taught is None or taught(article.passage) for article in articles]
    sentences: dict[int, list[dict[str, float]]] = {}
    told: list[dict[IncidentClass, tuple[float, ...]]] = [{} for _ in articles]

    def judge(part: int) -> None:
        inside = [a for a, group, may in zip(articles, groups, known, strict=True) if may and group != part]
        model = _model(inside, actions=False)
        for number, group in enumerate(groups):
            if group == part:
                article = articles[number]
                scores = model.score_rows([model.features.of(example.features) for example in article.examples])
                sentences[number] = [{str(k): v for k, v in score.classes.items()} for score in scores]
                weighed = weigh(article.reading, rules, model, dict(enumerate(scores)))
                told[number] = {name: item.evidence for name, item in weighed.items()}

    # Threads, since nearly all of the time is spent in the regressions, which run beside one another.
    with ThreadPoolExecutor(min(FOLDS, os.cpu_count() or 1, _AT_ONCE)) as pool:
        for done, _ in enumerate(pool.map(judge, range(FOLDS)), 1):
            if progress:
                progress("folds", done, FOLDS)
    whole = [n for n, article in enumerate(articles) if len(article.examples) >= _LEAST_SENTENCES]
    may = [n for n in whole if known[n]]
    verdict = _verdicts([articles[n] for n in may], [told[n] for n in may])
    judged = judge_again(
        [Judged(articles[n], {}, told[n]) for n in whole], [groups[n] for n in whole], [known[n] for n in whole]
    )
    flat = [scores for number in range(len(articles)) for scores in sentences[number]]
    return judged, flat, verdict


def judge_again(
    judged: Sequence[Judged],
    groups: Sequence[int],
    known: Sequence[bool] | None = None,
    *,
    without: Collection[str] = (),
) -> list[Judged]:
    """Judge articles by their evidence anew, each by a verdict learnt from the other folds.

    Args:
        judged: articles with their evidence.
        groups: the fold of each.
        known: whether each may be learnt from; all are judged.
        without: pieces of evidence, by their names in `EVIDENCE`, that are left out.
    """
    kept = np.array([name not in without for name in EVIDENCE], dtype=np.float64)
    known = known or [True] * len(judged)
    told = [
        {name: tuple((np.asarray(values) * kept).tolist()) if values else () for name, values in item.evidence.items()}
        for item in judged
    ]
    found: dict[int, Judged] = {}
    for part in range(FOLDS):
        inside = [n for n in range(len(judged)) if known[n] and groups[n] != part]
        own = _verdicts([judged[n].article for n in inside], [told[n] for n in inside])
        for n, item in enumerate(judged):
            if groups[n] == part:
                chances = {name: _probability(own[at], told[n][name]) for at, name in enumerate(_CLASSES)}
                found[n] = Judged(item.article, chances, told[n])
    return [found[n] for n in range(len(judged))]


def _model(articles: Sequence[Article], version: str = "", *, actions: bool = True) -> Model:
    """Fit the classifier of sentences and the score of articles as a whole; the verdict is left at nothing."""
    from sklearn.linear_model import LogisticRegression

    model = fit([example for article in articles for example in article.examples], version, actions=actions)
    matrix = unit_rows([article.whole for article in articles], model.vocabulary, scaled=False)
    weights, intercepts = np.zeros((len(model.vocabulary), len(_CLASSES))), np.full(len(_CLASSES), -6.0)
    for at, name in enumerate(_CLASSES):
        wanted = np.array([name in article.labels for article in articles])
        if wanted.any() and not wanted.all():
            regression = LogisticRegression(C=_WHOLE_STRENGTH, solver="liblinear", max_iter=1000)
            regression.fit(matrix, wanted)
            weights[:, at], intercepts[at] = regression.coef_[0], regression.intercept_[0]
    verdict = np.zeros((len(_CLASSES), len(EVIDENCE) + 1))
    part = ArticlePart(weights, intercepts, verdict)
    return Model(model.vocabulary, model.weights, model.intercepts, COLUMNS, version, part)


def _verdicts(articles: Sequence[Article], told: Sequence[Mapping[IncidentClass, tuple[float, ...]]]) -> _FLOATS:
    """Learn how much each piece of evidence counts, class by class; a class that cannot be learnt is never reported."""
    verdict = np.zeros((len(_CLASSES), len(EVIDENCE) + 1))
    verdict[:, -1] = -6.0
    for at, name in enumerate(_CLASSES):
        have = [n for n, item in enumerate(told) if item[name] and not in_passing(articles[n].passage)]
        wanted = np.array([name in articles[n].labels for n in have])
        if not wanted.any() or wanted.all():
            continue
        values = np.array([told[n][name] for n in have])
        mean, spread = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-6)
        found = _regression((values - mean) / spread, wanted)
        weights = found[:-1] / spread
        verdict[at, :-1], verdict[at, -1] = weights, found[-1] - float(weights @ mean)
    return verdict


def _regression(values: _FLOATS, wanted: npt.NDArray[np.bool_]) -> _FLOATS:
    """Fit a logistic regression whose weights have the sign that their evidence must have; the intercept comes last.

    Evidence overlaps, and weights that are free trade what one says against what another does: a rule that speaks for
    an incident would then count against it wherever the sentence it stands in is counted as well. What gets the wrong
    sign is left out, the worst first, until nothing does.
    """
    from sklearn.linear_model import LogisticRegression

    signs = np.array([0.0 if name in FREE else -1.0 if name in LESS else 1.0 for name in EVIDENCE])
    kept = np.ones(len(EVIDENCE), dtype=np.bool_)
    while True:
        regression = LogisticRegression(C=_VERDICT_STRENGTH, solver="lbfgs", max_iter=2000)
        regression.fit(values * kept, wanted)
        weights = np.where(kept, regression.coef_[0], 0.0)
        against = weights * signs
        worst = int(np.argmin(against))
        if against[worst] >= 0.0:
            return np.append(weights, regression.intercept_[0])
        kept[worst] = False


def _probability(weights: _FLOATS, evidence: Sequence[float]) -> float:
    return sigmoid(float(np.asarray(evidence) @ weights[:-1] + weights[-1])) if evidence else 0.0


def score_articles(judged: Sequence[Judged], rules: RuleSet) -> dict[str, dict[str, float]]:
    """Return precision, recall and F1 of articles at each class's threshold, by class, language and all."""
    labelled = [(item.article.passage.language, item.article.labels) for item in judged]
    said = [
        {str(name): float(chance >= rules.classes[name].threshold) for name, chance in item.probabilities.items()}
        for item in judged
    ]
    return tally(labelled, said, 0.5)


def train(
    reader: Reader, rules: RuleSet, paths: Sequence[Path], folder: Path, progress: Progress | None = None
) -> TrainReport:
    """Train on the given files, write the model into `folder` and return how it did on held-out countries.

    Raises:
        DataError: the training text is malformed.
    """
    passages = read_passages(paths)
    articles = read_articles(reader, rules, [*passages, *lengthened(passages)], progress)
    judged, sentences, verdict = held_out_articles(articles, rules, progress)
    examples = [(example, article.passage.made) for article in articles for example in article.examples]
    scored = [(e, found) for (e, made), found in zip(examples, sentences, strict=True) if not made]
    scores = tally([(e.language, e.labels) for e, _ in scored], [found for _, found in scored])
    by_article = score_articles([item for item in judged if not item.article.passage.made], rules)
    text_digest = hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
    fitted = _model(articles, text_digest[:12])
    assert fitted.article is not None
    part = ArticlePart(fitted.article.weights, fitted.article.intercepts, verdict)
    model = Model(fitted.vocabulary, fitted.weights, fitted.intercepts, COLUMNS, fitted.version, part)
    manifest: dict[str, Any] = {
        "version": text_digest[:12],
        "text_sha256": text_digest,
        "passages": len(passages),
        "sentences": len(scored),
        "features": len(model.vocabulary),
        "held_out_countries": scores,
        "held_out_articles": by_article,
    }
    digest = save(model, folder, manifest)
    return TrainReport(len(passages), len(scored), len(model.vocabulary), digest, scores, by_article)
