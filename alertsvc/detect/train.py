"""Training of the classifier from `seeds/train_*.jsonl` with scikit-learn; the only place that imports it.

One logistic regression tells sentences that report an incident from all others; among those, one for each class and
action tells what it is. Features are binary, sentences of unit length. Scores quoted anywhere come
from folds that hold out whole countries, so that no country is tested that was trained on.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from alertsvc.detect.clean import CleanText, mend
from alertsvc.detect.features import features
from alertsvc.detect.fold import fold, tokens
from alertsvc.detect.lexicon import LANGUAGES
from alertsvc.detect.model import COLUMNS, FORMAT, Model
from alertsvc.detect.reading import Reader
from alertsvc.detect.sentences import Sentence
from alertsvc.domain import Action, IncidentClass
from alertsvc.errors import DataError

__all__ = [
    "DECISION",
    "Example",
    "Passage",
    "TrainReport",
    "fit",
    "held_out",
    "read_examples",
    "read_passages",
    "save",
    "train",
]

_REFERENCE_DAY = date(2026, 6, 1)  # passages carry no date of publication; years named in them lie before this day
_STRENGTH = 10.0  # inverse of the regularisation, chosen on folds by country
DECISION = 0.36  # probability from which a single sentence counts as reporting a class, where F1 is best on the folds
_FOLDS = 5
_LEAST = 2  # sentences that a feature must stand in
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Passage:
    """A labelled passage: sentences in order with the (class, action) pairs that each newly reports."""

    id: str
    language: str
    country: str
    kind: str
    sentences: tuple[tuple[str, bool, tuple[tuple[IncidentClass, Action], ...]], ...]  # text, headline?, labels


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence as the trainer sees it."""

    passage: str
    language: str
    country: str
    kind: str
    features: tuple[str, ...]
    labels: frozenset[str]


@dataclass(frozen=True, slots=True)
class TrainReport:
    """What was trained on and how the folds by country came out, sentence by sentence at `DECISION`."""

    passages: int
    sentences: int
    features: int
    digest: str
    scores: dict[str, dict[str, float]]


def read_passages(paths: Sequence[Path]) -> list[Passage]:
    """Read training text.

    Raises:
        DataError: with file, line and fault of every malformed record.
    """
    problems: list[str] = []
    passages: list[Passage] = []
    seen: set[str] = set()
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").split("\n")  # not splitlines: text may hold U+2028 or U+0085
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{path.name}: {error}")
            continue
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                passage = _passage(json.loads(line))
            except KeyError as error:
                problems.append(f"{path.name}:{number}: no {error}")
                continue
            except (ValueError, TypeError, AttributeError) as error:
                problems.append(f"{path.name}:{number}: {error}")
                continue
            if passage.id in seen:
                problems.append(f"{path.name}:{number}: id {passage.id!r} is used twice")
            seen.add(passage.id)
            passages.append(passage)
    if problems:
        raise DataError(problems)
    return passages


def _passage(record: dict[str, Any]) -> Passage:
    sentences = []
    for item in record["sentences"]:
        labels = []
        for label in item["labels"]:
            class_name, action = label.split(":")
            labels.append((IncidentClass(class_name), Action(action)))
        if not isinstance(item["t"], str) or not item["t"].strip():
            raise ValueError("a sentence without text")
        sentences.append((item["t"], bool(item.get("title", False)), tuple(labels)))
    if record["lang"] not in LANGUAGES:
        raise ValueError(f"language {record['lang']!r} is not one of {', '.join(LANGUAGES)}")
    if not sentences:
        raise ValueError("no sentences")
    if not all(isinstance(record[key], str) and record[key] for key in ("id", "country", "kind")):
        raise ValueError("id, country and kind must be text")
    return Passage(record["id"], record["lang"], record["country"], record["kind"], tuple(sentences))


def read_examples(reader: Reader, passages: Sequence[Passage], progress: Progress | None = None) -> list[Example]:
    """Read each passage as an article of its own and return its sentences with their features."""
    examples: list[Example] = []
    for done, passage in enumerate(passages):
        sentences = []
        for position, (raw, headline, _) in enumerate(passage.sentences):
            text = mend(raw)
            sentences.append(Sentence(position, text, tuple(tokens(fold(text))), title=headline))
        reading = reader.read_sentences(
            tuple(sentences),
            text=CleanText("", (), 0),
            language=passage.language,
            published=_REFERENCE_DAY,
        )
        for position, (_, _, labels) in enumerate(passage.sentences):
            names = {str(part) for label in labels for part in label}
            examples.append(
                Example(
                    passage.id,
                    passage.language,
                    passage.country,
                    passage.kind,
                    tuple(features(reading, position)),
                    frozenset(names),
                )
            )
        if progress:
            progress("reading", done + 1, len(passages))
    return examples


def fit(examples: Sequence[Example], version: str = "") -> Model:
    """Fit the classifier on these examples."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import normalize

    counts = Counter(name for example in examples for name in example.features)
    vocabulary = sorted(name for name, count in counts.items() if count >= _LEAST)
    index = {name: row for row, name in enumerate(vocabulary)}
    rows = [[index[name] for name in example.features if name in index] for example in examples]
    indptr = np.cumsum([0, *(len(row) for row in rows)])
    indices = np.array([column for row in rows for column in sorted(row)], dtype=np.int32)
    matrix = normalize(csr_matrix((np.ones(len(indices)), indices, indptr), shape=(len(rows), len(vocabulary))))
    weights = np.zeros((len(vocabulary), len(COLUMNS)))
    intercepts = np.full(len(COLUMNS), -6.0)
    reports = np.array([bool(example.labels) for example in examples])
    for column, name in enumerate(COLUMNS):
        wanted = reports if column == 0 else np.array([name in example.labels for example in examples])
        use = np.ones(len(examples), bool) if column == 0 else reports
        if wanted[use].sum() < _LEAST or wanted[use].all():
            continue
        regression = LogisticRegression(C=_STRENGTH, solver="liblinear", max_iter=1000, tol=1e-6)
        regression.fit(matrix[use], wanted[use])
        weights[:, column] = regression.coef_[0]
        intercepts[column] = regression.intercept_[0]
    return Model(vocabulary, weights, intercepts, COLUMNS, version)


def held_out(
    examples: Sequence[Example], progress: Progress | None = None
) -> tuple[list[dict[str, float]], dict[str, dict[str, float]]]:
    """Score every sentence by a model that saw no sentence of its countries.

    Returns the probabilities of each class for each example, and precision, recall and F1 of each class and language.
    """
    groups = [fold_of(example.country) for example in examples]
    scored: list[dict[str, float]] = [{} for _ in examples]
    for part in range(_FOLDS):
        model = fit([example for example, group in zip(examples, groups, strict=True) if group != part])
        for position, group in enumerate(groups):
            if group == part:
                score = model.score(examples[position].features)
                scored[position] = {str(k): v for k, v in score.classes.items()}
        if progress:
            progress("folds by country", part + 1, _FOLDS)
    return scored, _tally(examples, scored)


def fold_of(country: str) -> int:
    """Return the fold of a country or pair: a fixed hash, so that folds never change with the text."""
    return int(hashlib.sha256(country.encode()).hexdigest(), 16) % _FOLDS


def _tally(examples: Sequence[Example], scored: Sequence[dict[str, float]]) -> dict[str, dict[str, float]]:
    table: dict[str, Counter[str]] = {}
    for example, scores in zip(examples, scored, strict=True):
        for name in IncidentClass:
            said, true = scores[name] > DECISION, name in example.labels
            slot = "tp" if said and true else "fp" if said else "fn" if true else "tn"
            for key in (str(name), example.language, "all"):
                table.setdefault(key, Counter())[slot] += 1
    result = {}
    for key, c in sorted(table.items()):
        precision = c["tp"] / (c["tp"] + c["fp"]) if c["tp"] + c["fp"] else 0.0
        recall = c["tp"] / (c["tp"] + c["fn"]) if c["tp"] + c["fn"] else 0.0
        f1 = 2 * c["tp"] / (2 * c["tp"] + c["fp"] + c["fn"]) if c["tp"] else 0.0
        result[key] = {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}
    return result


def save(model: Model, folder: Path, manifest: dict[str, Any]) -> str:
    """Write a model so that the same arrays always give the same bytes; return the digest."""
    arrays: dict[str, npt.NDArray[Any]] = {
        "vocabulary": np.frombuffer("\n".join(model.vocabulary).encode("utf-8"), dtype=np.uint8),
        "weights": model.weights.astype(np.float32),
        "intercepts": model.intercepts.astype(np.float32),
    }
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
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.npz").write_bytes(raw.getvalue())
    text = json.dumps({"format": FORMAT, "sha256": digest, "columns": COLUMNS, **manifest}, indent=1, sort_keys=True)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
    return digest


def train(reader: Reader, paths: Sequence[Path], folder: Path, progress: Progress | None = None) -> TrainReport:
    """Train on the given files, write the model into `folder` and return how it did on held-out countries.

    Raises:
        DataError: the training text is malformed.
    """
    passages = read_passages(paths)
    examples = read_examples(reader, passages, progress)
    _, scores = held_out(examples, progress)
    text_digest = hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
    model = fit(examples, version=text_digest[:12])
    digest = save(
        model,
        folder,
        {
            "version": text_digest[:12],
            "text_sha256": text_digest,
            "passages": len(passages),
            "sentences": len(examples),
            "features": len(model.vocabulary),
            "held_out_countries": scores,
        },
    )
    return TrainReport(len(passages), len(examples), len(model.vocabulary), digest, scores)
