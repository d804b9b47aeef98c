"""The trained classifier as plain arrays: scored with numpy alone, loaded without running any code.

A model is a folder with `model.npz` (vocabulary, weights, intercepts, and what is decided of whole articles) and
`manifest.json` (labels, versions, digest of the arrays, digest of the training text). Its scores are those of the
scikit-learn model it was made from, see `alertsvc.detect.train`.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from alertsvc.detect.features import Vocabulary, scale_of
from alertsvc.detect.reading import Reading
from alertsvc.detect.verdict import EVIDENCE
from alertsvc.domain import Action, IncidentClass
from alertsvc.errors import DataError

__all__ = ["COLUMNS", "FORMAT", "ArticlePart", "Model", "Scores"]

FORMAT = 2
# "incident" is learnt on all sentences; the classes and actions only on those that report one.
_CLASSES, _ACTIONS = tuple(IncidentClass), tuple(Action)
_SPLIT = 1 + len(_CLASSES)  # columns before those of the actions
COLUMNS = ("incident", *(str(name) for name in IncidentClass), *(str(name) for name in Action))
_FLOATS = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scores:
    """What the classifier says of one sentence.

    `incident` is the probability that it newly reports an incident of any class, `classes` that of each class, and
    `actions` the log-odds of each action if it does.
    """

    incident: float
    classes: dict[IncidentClass, float]
    actions: Mapping[Action, float]
    rows: Sequence[int] = field(default=(), repr=False, compare=False)  # of the features that were scored


@dataclass(frozen=True, slots=True)
class ArticlePart:
    """What was learnt of whole articles, for each class in the order of `IncidentClass`.

    `weights` (features, classes) and `intercepts` (classes,) score an article by the features of its sentences taken
    together; `verdict` (classes, evidence and a constant) weighs the evidence, see `alertsvc.detect.verdict`.
    """

    weights: _FLOATS
    intercepts: _FLOATS
    verdict: _FLOATS


class _Actions(Mapping[Action, float]):
    """The log-odds of each action in a sentence, worked out when first asked for: of most sentences nobody does."""

    __slots__ = ("_found", "_model", "_rows")

    def __init__(self, model: Model, rows: Sequence[int]) -> None:
        self._model = model
        self._rows = rows
        self._found: dict[Action, float] | None = None

    def _odds(self) -> dict[Action, float]:
        if self._found is None:
            self._found = dict(zip(_ACTIONS, self._model.actions(self._rows), strict=True))
        return self._found

    def __getitem__(self, action: Action) -> float:
        return self._odds()[action]

    def __iter__(self) -> Iterator[Action]:
        return iter(_ACTIONS)

    def __len__(self) -> int:
        return len(_ACTIONS)

    def __repr__(self) -> str:
        return repr(self._odds())


class Model:
    """A linear model over named features with the columns `COLUMNS`."""

    def __init__(
        self,
        vocabulary: Sequence[str],
        weights: _FLOATS,
        intercepts: _FLOATS,
        columns: Sequence[str],
        version: str,
        article: ArticlePart | None = None,
    ) -> None:
        """Take the arrays: weights of shape (features, columns), intercepts of shape (columns,).

        Without `article` an article is judged by its best sentence alone.

        Raises:
            DataError: the shapes do not fit one another, a column is unknown, a name stands twice or a weight is no
                number.
        """
        if tuple(columns) != COLUMNS:
            raise DataError(["model: the columns are not the classes and actions of this version"])
        if weights.shape != (len(vocabulary), len(columns)) or intercepts.shape != (len(columns),):
            raise DataError(["model: the arrays do not fit one another"])
        arrays = [weights, intercepts]
        if article is not None:
            if (
                article.weights.shape != (len(vocabulary), len(_CLASSES))
                or article.intercepts.shape != (len(_CLASSES),)
                or article.verdict.shape != (len(_CLASSES), len(EVIDENCE) + 1)
            ):
                raise DataError(["model: the arrays for articles do not fit the others or this version's evidence"])
            arrays += [article.weights, article.intercepts, article.verdict]
        if not all(np.isfinite(array).all() for array in arrays):
            raise DataError(["model: a weight is not a finite number"])
        if len(set(vocabulary)) != len(vocabulary):
            raise DataError(["model: a feature stands twice in the vocabulary"])
        self.version = version
        self.vocabulary = tuple(vocabulary)
        self.features = Vocabulary(vocabulary)
        self.weights = weights
        self.intercepts = intercepts
        self.article = article
        scales = np.array([scale_of(name) for name in vocabulary])
        # Apart, since the log-odds of actions are asked of few sentences: what is read of the rest lies close together.
        # The squares of the scales add up to that of a sentence's length.
        self._heads = np.column_stack((weights[:, :_SPLIT] * scales[:, None], scales**2))
        self._tails = np.ascontiguousarray(weights[:, _SPLIT:] * scales[:, None])

    @classmethod
    def load(cls, folder: Path) -> Model:
        """Read a model.

        Raises:
            DataError: a file is missing or damaged, or its digest is not the one of the manifest.
        """
        manifest, raw, digest = _files(folder)
        if manifest.get("sha256") != digest:  # one of the two may just have been written anew
            manifest, raw, digest = _files(folder)
        if manifest.get("sha256") != digest:
            raise DataError([f"{folder}/model.npz: its digest {digest[:12]} is not the one of the manifest"])
        try:
            with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:
                vocabulary = arrays["vocabulary"].tobytes().decode("utf-8").split("\n")
                weights = arrays["weights"].astype(np.float64)
                intercepts = arrays["intercepts"].astype(np.float64)
                article = None
                if "verdict" in arrays:
                    article = ArticlePart(
                        arrays["article_weights"].astype(np.float64),
                        arrays["article_intercepts"].astype(np.float64),
                        arrays["verdict"].astype(np.float64),
                    )
        except (OSError, ValueError, KeyError, EOFError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
            raise DataError([f"{folder}/model.npz: damaged: {error}"]) from error
        columns = manifest.get("columns")
        if not isinstance(columns, list):
            raise DataError([f"{folder}/manifest.json: columns must be a list"])
        return cls(vocabulary, weights, intercepts, columns, str(manifest.get("version", "")), article)

    def decision(self, names: Sequence[str]) -> _FLOATS:
        """Return the log-odds of every column for a sentence with these features (unit length, as trained)."""
        rows = self.features.of(names)
        if not rows:
            return self.intercepts
        heads: _FLOATS = np.add.reduce(self._heads.take(rows, axis=0), axis=0)[:_SPLIT]
        tails: _FLOATS = np.add.reduce(self._tails.take(rows, axis=0), axis=0)
        return np.concatenate((heads, tails)) / self._length(rows) + self.intercepts

    def _length(self, rows: Sequence[int]) -> float:
        return math.sqrt(float(np.add.reduce(self._heads.take(rows, axis=0), axis=0)[_SPLIT]))

    def judge(self, sentences: Iterable[Sequence[int]]) -> list[float]:
        """Return the log-odds of each class for an article by the rows of the features of its sentences, together.

        A feature counts with the logarithm of how often it is there; the whole has unit length, as trained.
        """
        if self.article is None:
            return [0.0] * len(_CLASSES)
        counts = Counter(chain.from_iterable(sentences))
        if not counts:
            return [float(value) for value in self.article.intercepts]
        rows = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        values = np.log1p(np.fromiter(counts.values(), dtype=np.float64, count=len(counts)))
        values /= math.sqrt(float(values @ values))
        told: list[float] = (values @ self.article.weights.take(rows, axis=0) + self.article.intercepts).tolist()
        return told

    def verdict(self, incident_class: IncidentClass, evidence: Sequence[float]) -> float | None:
        """Return the log-odds of an incident by the evidence of an article, None where that was not learnt."""
        if self.article is None:
            return None
        weights = self.article.verdict[_CLASSES.index(incident_class)]
        return float(np.asarray(evidence) @ weights[:-1] + weights[-1])

    def verdict_terms(self, incident_class: IncidentClass, evidence: Sequence[float]) -> list[tuple[str, float]]:
        """Return what each piece of evidence adds to the log-odds, largest first."""
        if self.article is None:
            return []
        weights = self.article.verdict[_CLASSES.index(incident_class)]
        terms = [(name, float(w * value)) for name, w, value in zip(EVIDENCE, weights[:-1], evidence, strict=True)]
        return sorted(terms, key=lambda item: -abs(item[1]))

    def score(self, names: Sequence[str]) -> Scores:
        """Score one sentence by its features."""
        return self.score_rows([self.features.of(names)])[0]

    def score_sentences(self, article: Reading, positions: Iterable[int]) -> list[Scores]:
        """Score sentences of an article; together they cost less than one by one."""
        return self.score_rows([self.features.rows(article, position) for position in positions])

    def score_rows(self, sentences: Sequence[Sequence[int]]) -> list[Scores]:
        """Score sentences by the rows of their features."""
        nothing = np.array([0.0] * _SPLIT + [1.0])
        add, take = np.add.reduce, self._heads.take
        sums = np.array([add(take(rows, axis=0), axis=0) if rows else nothing for rows in sentences])
        values = sums.reshape(-1, _SPLIT + 1)
        odds = np.clip(values[:, :_SPLIT] / np.sqrt(values[:, _SPLIT:]) + self.intercepts[:_SPLIT], -30, 30)
        chances = (1 / (1 + np.exp(-odds))).tolist()
        return [
            Scores(
                incident,
                {name: incident * chance for name, chance in zip(_CLASSES, classes, strict=True)},
                _Actions(self, rows),
                rows,
            )
            for rows, (incident, *classes) in zip(sentences, chances, strict=True)
        ]

    def actions(self, rows: Sequence[int]) -> list[float]:
        """Return the log-odds of each action, in the order of `Action`, by the rows of a sentence's features."""
        own = self.intercepts[_SPLIT:]
        if not rows:
            return [float(value) for value in own]
        told: list[float] = (np.add.reduce(self._tails.take(rows, axis=0), axis=0) / self._length(rows) + own).tolist()
        return told

    def terms(self, names: Sequence[str], incident_class: IncidentClass, most: int = 6) -> list[tuple[str, float]]:
        """Return the features that weighed most for or against an incident of a class, in log-odds, largest first."""
        return self.terms_of(self.features.of(names), incident_class, most)

    def terms_of(self, rows: Sequence[int], incident_class: IncidentClass, most: int = 6) -> list[tuple[str, float]]:
        """Do as `terms` for the rows of features, as `Scores` keeps them."""
        if not rows:
            return []
        table = self._heads.take(rows, axis=0)
        weights = (table[:, 0] + table[:, COLUMNS.index(incident_class)]) * (1 / self._length(rows))
        weighed = [(self.vocabulary[row], weight) for row, weight in zip(rows, weights.tolist(), strict=True)]
        return sorted(weighed, key=lambda item: -abs(item[1]))[:most]


def _files(folder: Path) -> tuple[dict[str, Any], bytes, str]:
    """Return the manifest, the arrays as they are stored, and their digest."""
    try:
        manifest: Any = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        raw = (folder / "model.npz").read_bytes()
    except (OSError, ValueError) as error:
        raise DataError([f"{folder}: no usable model: {error}"]) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise DataError([f"{folder}/manifest.json: not a model of format {FORMAT}"])
    return manifest, raw, hashlib.sha256(raw).hexdigest()
