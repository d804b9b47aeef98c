"""The trained classifier as plain arrays: scored with numpy alone, loaded without running any code.

A model is a folder with `model.npz` (vocabulary, weights, intercepts) and `manifest.json` (labels, versions, digest of
the arrays, digest of the training text). Its scores are those of the scikit-learn model it was made from, see
`alertsvc.detect.train`.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from alertsvc.domain import Action, IncidentClass
from alertsvc.errors import DataError

__all__ = ["COLUMNS", "FORMAT", "Model", "Scores"]

FORMAT = 1
# "incident" is learnt on all sentences; the classes and actions only on those that report one.
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
    actions: dict[Action, float]


class Model:
    """A linear model over named features with the columns `COLUMNS`."""

    def __init__(
        self, vocabulary: Sequence[str], weights: _FLOATS, intercepts: _FLOATS, columns: Sequence[str], version: str
    ) -> None:
        """Take the arrays: weights of shape (features, columns), intercepts of shape (columns,).

        Raises:
            DataError: the shapes do not fit one another, a column is unknown, a name stands twice or a weight is no
                number.
        """
        if tuple(columns) != COLUMNS:
            raise DataError(["model: the columns are not the classes and actions of this version"])
        if weights.shape != (len(vocabulary), len(columns)) or intercepts.shape != (len(columns),):
            raise DataError(["model: the arrays do not fit one another"])
        if not (np.isfinite(weights).all() and np.isfinite(intercepts).all()):
            raise DataError(["model: a weight is not a finite number"])
        if len(set(vocabulary)) != len(vocabulary):
            raise DataError(["model: a feature stands twice in the vocabulary"])
        self.version = version
        self.vocabulary = tuple(vocabulary)
        self._index = {name: row for row, name in enumerate(vocabulary)}
        self.weights = weights
        self.intercepts = intercepts

    @classmethod
    def load(cls, folder: Path) -> Model:
        """Read a model.

        Raises:
            DataError: a file is missing or damaged, or its digest is not the one of the manifest.
        """
        try:
            manifest: Any = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            raw = (folder / "model.npz").read_bytes()
        except (OSError, ValueError) as error:
            raise DataError([f"{folder}: no usable model: {error}"]) from error
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise DataError([f"{folder}/manifest.json: not a model of format {FORMAT}"])
        digest = hashlib.sha256(raw).hexdigest()
        if manifest.get("sha256") != digest:
            raise DataError([f"{folder}/model.npz: its digest {digest[:12]} is not the one of the manifest"])
        try:
            with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:
                vocabulary = arrays["vocabulary"].tobytes().decode("utf-8").split("\n")
                weights = arrays["weights"].astype(np.float64)
                intercepts = arrays["intercepts"].astype(np.float64)
        except (OSError, ValueError, KeyError, EOFError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
            raise DataError([f"{folder}/model.npz: damaged: {error}"]) from error
        columns = manifest.get("columns")
        if not isinstance(columns, list):
            raise DataError([f"{folder}/manifest.json: columns must be a list"])
        return cls(vocabulary, weights, intercepts, columns, str(manifest.get("version", "")))

    def decision(self, names: Sequence[str]) -> _FLOATS:
        """Return the log-odds of every column for a sentence with these features (unit length, as trained)."""
        rows = [row for row in (self._index.get(name) for name in names) if row is not None]
        if not rows:
            return self.intercepts
        total: _FLOATS = self.weights[rows].sum(axis=0) / np.sqrt(len(rows))
        return total + self.intercepts

    def score(self, names: Sequence[str]) -> Scores:
        """Score one sentence by its features."""
        values = [float(value) for value in self.decision(names)]
        incident = _sigmoid(values[0])
        split = 1 + len(IncidentClass)
        classes = {name: incident * _sigmoid(value) for name, value in zip(IncidentClass, values[1:split], strict=True)}
        return Scores(incident, classes, dict(zip(Action, values[split:], strict=True)))

    def terms(self, names: Sequence[str], incident_class: IncidentClass, most: int = 6) -> list[tuple[str, float]]:
        """Return the features that weighed most for or against an incident of a class, in log-odds, largest first."""
        rows = [(name, self._index[name]) for name in names if name in self._index]
        if not rows:
            return []
        column = COLUMNS.index(incident_class)
        scale = 1 / float(np.sqrt(len(rows)))
        weighed = [(name, float(self.weights[row, 0] + self.weights[row, column]) * scale) for name, row in rows]
        return sorted(weighed, key=lambda item: -abs(item[1]))[:most]


def _sigmoid(value: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(value, -30, 30))))
