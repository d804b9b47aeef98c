"""Precision, recall and F1 with intervals, calibration, and the cut at which F1 is best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from alertsvc.domain import IncidentClass

__all__ = ["CLASSES", "Case", "best_cuts", "calibration", "said_at", "table"]

CLASSES = tuple(str(name) for name in IncidentClass)
_RESAMPLES = 1000
_SEED = 20260601
_TAILS = (2.5, 97.5)  # percentiles that 95 % lie between
_BINS = 10
_FLOATS = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """An article or a sentence: its language, the classes it reports, and the score of each class.

    A class with nothing to go by has no score; it is then not reported.
    """

    language: str
    labels: frozenset[str]
    scores: Mapping[str, float]


def said_at(cases: Sequence[Case], cuts: Mapping[str, float]) -> list[frozenset[str]]:
    """Return the classes of each case whose score reaches the class's cut."""
    return [frozenset(name for name, score in case.scores.items() if score >= cuts[name]) for case in cases]


def table(
    cases: Sequence[Case], said: Sequence[frozenset[str]], *, intervals: bool = True
) -> dict[str, dict[str, Any]]:
    """Return the scores of all, of each class, each language, and each class in each language ("oil_facility en").

    Each has `precision`, `recall` and `f1` (None where there is nothing to divide by), the counts `tp`, `fp` and `fn`,
    and, with `intervals`, the bounds of each under `precision_95` and so on: percentiles of 1,000 resamples of the
    cases, always the same ones (Efron 1979).
    """
    right = np.array([[name in case.labels for name in CLASSES] for case in cases], dtype=bool).reshape(-1, 3)
    told = np.array([[name in found for name in CLASSES] for found in said], dtype=bool).reshape(-1, 3)
    language = np.array([case.language for case in cases])
    sums: dict[str, npt.NDArray[np.int64]] = {}
    languages = sorted(set(language.tolist()))
    for code in ("", *languages):
        rows = (language == code) if code else np.ones(len(cases), bool)
        for at, name in [(slice(None), ""), *((slice(n, n + 1), name) for n, name in enumerate(CLASSES))]:
            r, t = right[:, at] & rows[:, None], told[:, at] & rows[:, None]
            key = " ".join(filter(None, (name, code))) or "all"
            sums[key] = np.stack([(r & t).sum(1), (t & ~r).sum(1), (r & ~t).sum(1)], axis=1)
    result = {key: _scores(*(int(n) for n in counts.sum(0))) for key, counts in sums.items()}
    if intervals and len(cases):
        stacked = np.concatenate([sums[key] for key in sums], axis=1).astype(np.float64)
        for key, spread in zip(sums, _resampled(stacked), strict=True):
            result[key] |= spread
    return result


def _scores(tp: int, fp: int, fn: int) -> dict[str, Any]:
    return {
        "precision": round(tp / (tp + fp), 4) if tp + fp else None,
        "recall": round(tp / (tp + fn), 4) if tp + fn else None,
        "f1": round(2 * tp / (2 * tp + fp + fn), 4) if tp + fp + fn else None,
        "tp": tp,
        "fp": fp,
        "fn": fn,
    }


def _resampled(counts: _FLOATS) -> list[dict[str, list[float] | None]]:
    """Return the bounds for each three columns of counts (tp, fp, fn)."""
    random = np.random.default_rng(_SEED)
    size = len(counts)
    drawn = np.empty((_RESAMPLES, counts.shape[1]))
    for number in range(_RESAMPLES):
        drawn[number] = np.bincount(random.integers(0, size, size), minlength=size) @ counts
    found = []
    for first in range(0, counts.shape[1], 3):
        tp, fp, fn = drawn[:, first], drawn[:, first + 1], drawn[:, first + 2]
        bounds = {"precision_95": (tp, tp + fp), "recall_95": (tp, tp + fn), "f1_95": (2 * tp, 2 * tp + fp + fn)}
        found.append({name: _bounds(above, below) for name, (above, below) in bounds.items()})
    return found


def _bounds(above: _FLOATS, below: _FLOATS) -> list[float] | None:
    usable = below > 0
    if not usable.any():
        return None
    return [round(float(value), 4) for value in np.percentile(above[usable] / below[usable], _TAILS)]


def best_cuts(cases: Sequence[Case]) -> dict[str, float]:
    """Return for each class the score from which F1 is best on these cases."""
    cuts = {}
    for name in CLASSES:
        scored = sorted(
            ((case.scores[name], name in case.labels) for case in cases if name in case.scores),
            key=lambda pair: -pair[0],
        )
        wanted = sum(name in case.labels for case in cases)
        best, cuts[name], hits = 0.0, float("inf"), 0
        for number, (score, right) in enumerate(scored, 1):
            hits += right
            if number < len(scored) and scored[number][0] == score:
                continue  # equal scores are on one side of any cut
            f1 = 2 * hits / (number + wanted)
            if f1 > best:
                best, cuts[name] = f1, score
    return cuts


def calibration(cases: Sequence[Case]) -> dict[str, Any]:
    """Return how often a probability came true, in ten bins, and the expected calibration error (Naeini 2015).

    Each article counts once for each class that it has a probability of; classes that nothing in it speaks of are left
    out, since those zeros are right for free.
    """
    pairs = [(chance, name in case.labels) for case in cases for name, chance in case.scores.items()]
    chances = np.array([chance for chance, _ in pairs])
    right = np.array([right for _, right in pairs], dtype=np.float64)
    place = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    bins, error = [], 0.0
    for number in range(_BINS):
        inside = place == number
        count = int(inside.sum())
        if count:
            mean, rate = float(chances[inside].mean()), float(right[inside].mean())
            error += count / len(pairs) * abs(mean - rate)
            bins.append(
                {"from": number / _BINS, "to": (number + 1) / _BINS, "count": count, "said": mean, "true": rate}
            )
    return {"ece": round(error, 4), "pairs": len(pairs), "bins": bins}
