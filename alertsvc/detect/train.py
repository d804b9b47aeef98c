"""Training of the classifier from `seeds/train_*.jsonl` with scikit-learn; the only place that imports it.

One logistic regression tells sentences that report an incident from all others; among those, one for each class and
action tells what it is. Features are present or not, those of the context count less, and sentences have unit length.
What is decided of whole articles is learnt on top of it, see `alertsvc.detect.judging`. Scores quoted anywhere come
from folds that hold out whole countries, so that no country is tested that was trained on.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from alertsvc.detect.clean import CleanText, mend
from alertsvc.detect.features import features, scale_of
from alertsvc.detect.fold import Words, fold
from alertsvc.detect.model import COLUMNS, FORMAT, Model
from alertsvc.detect.passages import FOLDS, Passage, fold_of
from alertsvc.detect.reading import Reader, Reading
from alertsvc.detect.sentences import Sentence
from alertsvc.domain import IncidentClass

__all__ = [
    "DECISION",
    "Example",
    "Progress",
    "examples_of",
    "fit",
    "held_out",
    "read_examples",
    "read_passage",
    "save",
    "tally",
    "unit_rows",
]

_REFERENCE_DAY = date(2026, 6, 1)  # passages carry no date of publication; years named in them lie before this day
_STRENGTH = 30.0  # inverse of the regularisation, chosen on folds by country
DECISION = 0.36  # probability from which a single sentence counts as reporting a class, where F1 is best on the folds
_TOLERANCE = 1e-4
_LEAST = 3  # sentences that a feature must stand in
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence as the trainer sees it."""

    passage: str
    language: str
    country: str
    kind: str
    features: tuple[str, ...]
    labels: frozenset[str]


def read_passage(reader: Reader, passage: Passage) -> Reading:
    """Read a passage as an article of its own, its sentences as they are given."""
    sentences = []
    for position, (raw, headline, _) in enumerate(passage.sentences):
        text = mend(raw)
        sentences.append(Sentence(position, text, Words(fold(text)), title=headline))
    return reader.read_sentences(
        tuple(sentences), text=CleanText("", (), 0), language=passage.language, published=_REFERENCE_DAY
    )


def examples_of(passage: Passage, reading: Reading) -> list[Example]:
    """Return the sentences of a passage with their features."""
    return [
        Example(
            passage.id,
            passage.language,
            passage.country,
            passage.kind,
            tuple(features(reading, position)),
            frozenset(str(part) for label in labels for part in label),
        )
        for position, (_, _, labels) in enumerate(passage.sentences)
    ]


def read_examples(reader: Reader, passages: Sequence[Passage], progress: Progress | None = None) -> list[Example]:
    """Read each passage as an article of its own and return its sentences with their features."""
    examples: list[Example] = []
    for done, passage in enumerate(passages, 1):
        examples += examples_of(passage, read_passage(reader, passage))
        if progress:
            progress("reading", done, len(passages))
    return examples


def fit(examples: Sequence[Example], version: str = "", *, actions: bool = True) -> Model:
    """Fit the classifier of sentences on these examples.

    Args:
        examples: what is learnt from.
        version: that the model is to bear.
        actions: false leaves the columns of actions out, which folds do not need.
    """
    from sklearn.linear_model import LogisticRegression

    counts = Counter(name for example in examples for name in example.features)
    vocabulary = sorted(name for name, count in counts.items() if count >= _LEAST)
    matrix = unit_rows([dict.fromkeys(example.features, 1.0) for example in examples], vocabulary)
    weights = np.zeros((len(vocabulary), len(COLUMNS)))
    intercepts = np.full(len(COLUMNS), -6.0)
    reports = np.array([bool(example.labels) for example in examples])
    for column, name in enumerate(COLUMNS):
        if not actions and column > len(IncidentClass):
            break
        wanted = reports if column == 0 else np.array([name in example.labels for example in examples])
        use = np.ones(len(examples), bool) if column == 0 else reports
        if wanted[use].sum() < _LEAST or wanted[use].all():
            continue
        regression = LogisticRegression(C=_STRENGTH, solver="liblinear", max_iter=1000, tol=_TOLERANCE)
        regression.fit(matrix[use], wanted[use])
        weights[:, column] = regression.coef_[0]
        intercepts[column] = regression.intercept_[0]
    return Model(vocabulary, weights, intercepts, COLUMNS, version)


def unit_rows(found: Sequence[Mapping[str, float]], vocabulary: Sequence[str], *, scaled: bool = True) -> Any:
    """Return a sparse matrix of named values, a row of unit length for each item; names beyond the vocabulary fall out.

    Args:
        found: the values of each item by name.
        vocabulary: the names, in the order of the columns.
        scaled: whether features of the context count less, as they do in a sentence.
    """
    from scipy.sparse import csr_matrix
    from sklearn.preprocessing import normalize

    index = {name: row for row, name in enumerate(vocabulary)}
    scales = [scale_of(name) if scaled else 1.0 for name in vocabulary]
    rows = [sorted((index[name], value) for name, value in item.items() if name in index) for item in found]
    indptr = np.cumsum([0, *map(len, rows)])
    indices = np.array([column for row in rows for column, _ in row], dtype=np.int32)
    values = np.array([value * scales[column] for row in rows for column, value in row], dtype=np.float64)
    return normalize(csr_matrix((values, indices, indptr), shape=(len(rows), len(vocabulary))))


def held_out(
    examples: Sequence[Example], progress: Progress | None = None
) -> tuple[list[dict[str, float]], dict[str, dict[str, float]]]:
    """Score every sentence by a model that saw no sentence of its countries.

    Returns the probabilities of each class for each example, and precision, recall and F1 of each class and language.
    """
    groups = [fold_of(example.country) for example in examples]
    scored: list[dict[str, float]] = [{} for _ in examples]
    for part in range(FOLDS):
        model = fit([example for example, group in zip(examples, groups, strict=True) if group != part], actions=False)
        for position, group in enumerate(groups):
            if group == part:
                score = model.score(examples[position].features)
                scored[position] = {str(k): v for k, v in score.classes.items()}
        if progress:
            progress("folds by country", part + 1, FOLDS)
    return scored, tally([(example.language, example.labels) for example in examples], scored)


def tally(
    labelled: Sequence[tuple[str, frozenset[str]]],
    scored: Sequence[Mapping[str, float]],
    decision: float = DECISION,
) -> dict[str, dict[str, float]]:
    """Return precision, recall and F1 of each class, language and all.

    Args:
        labelled: language and labels of each item.
        scored: its probability of each class.
        decision: probability above which a class counts as reported.
    """
    table: dict[str, Counter[str]] = {}
    for (language, labels), scores in zip(labelled, scored, strict=True):
        for name in IncidentClass:
            said, true = scores[name] > decision, name in labels
            slot = "tp" if said and true else "fp" if said else "fn" if true else "tn"
            for key in (str(name), language, "all"):
                table.setdefault(key, Counter())[slot] += 1
    result = {}
    for key, c in sorted(table.items()):
        precision = c["tp"] / (c["tp"] + c["fp"]) if c["tp"] + c["fp"] else 0.0
        recall = c["tp"] / (c["tp"] + c["fn"]) if c["tp"] + c["fn"] else 0.0
        f1 = 2 * c["tp"] / (2 * c["tp"] + c["fp"] + c["fn"]) if c["tp"] else 0.0
        result[key] = {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}
    return result


def save(model: Model, folder: Path, manifest: dict[str, Any]) -> str:
    """Write a model so that the same arrays always give the same bytes; return the digest.

    Each of the two files takes the place of the old one in a single step.
    """
    arrays: dict[str, npt.NDArray[Any]] = {
        "vocabulary": np.frombuffer("\n".join(model.vocabulary).encode("utf-8"), dtype=np.uint8),
        "weights": model.weights.astype(np.float32),
        "intercepts": model.intercepts.astype(np.float32),
    }
    if model.article is not None:
        arrays["article_weights"] = model.article.weights.astype(np.float32)
        arrays["article_intercepts"] = model.article.intercepts.astype(np.float32)
        arrays["verdict"] = model.article.verdict.astype(np.float32)
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
            # A fixed time stamp: numpy.savez would write the hour of the training into the file.
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), member.getvalue(), zipfile.ZIP_DEFLATED
            )
    digest = hashlib.sha256(raw.getvalue()).hexdigest()
    text = json.dumps({"format": FORMAT, "sha256": digest, "columns": COLUMNS, **manifest}, indent=1, sort_keys=True)
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / "model.npz", raw.getvalue())
    _replace(folder / "manifest.json", (text + "\n").encode("utf-8"))
    return digest


def _replace(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there, so that no reader sees half of it."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as beside:
        made = Path(beside.name)
        try:
            beside.write(content)
            beside.flush()
            os.fsync(beside.fileno())
            made.chmod(0o644)
            made.replace(path)
        except BaseException:
            made.unlink(missing_ok=True)
            raise
