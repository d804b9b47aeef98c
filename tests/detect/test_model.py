from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alertsvc.detect.detector import load_reader
from alertsvc.detect.model import COLUMNS, FORMAT, Model
from alertsvc.detect.passages import read_passages
from alertsvc.detect.train import Example, fit, read_examples, save
from alertsvc.domain import Action, IncidentClass
from alertsvc.errors import DataError
from alertsvc.resources import data_dir


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    """Every fifth passage of the training text in English: enough of each class, quick to fit."""
    passages = read_passages([data_dir("seeds") / "train_en.jsonl"])[::5]
    return read_examples(load_reader(), passages)


@pytest.fixture(scope="module")
def fitted(examples: list[Example]) -> Model:
    return fit(examples, "test")


def tiny(**changed: Any) -> dict[str, Any]:
    return {
        "vocabulary": ("c:SEIZE", "w:a"),
        "weights": np.arange(2 * len(COLUMNS), dtype=float).reshape(2, -1) / 10,
        "intercepts": np.linspace(-1, 1, len(COLUMNS)),
        "columns": COLUMNS,
        "version": "1",
    } | changed


def write(folder: Path, raw: bytes, **changed: Any) -> Path:
    """Write raw bytes as a model with a manifest that fits them, but for what is changed."""
    folder.mkdir(exist_ok=True)
    (folder / "model.npz").write_bytes(raw)
    manifest = {
        "format": FORMAT,
        "sha256": hashlib.sha256(raw).hexdigest(),
        "columns": COLUMNS,
        "version": "1",
    } | changed
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def packed(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def names(*vocabulary: str) -> Any:
    return np.frombuffer("\n".join(vocabulary).encode(), dtype=np.uint8)


GOOD = {"vocabulary": names("a", "b"), "weights": np.zeros((2, len(COLUMNS))), "intercepts": np.zeros(len(COLUMNS))}


def test_a_written_model_reads_back(tmp_path: Path) -> None:
    digest = save(Model(**tiny()), tmp_path, {"version": "1"})
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["sha256"] == digest == hashlib.sha256((tmp_path / "model.npz").read_bytes()).hexdigest()
    model = Model.load(tmp_path)
    assert (model.vocabulary, model.version) == (("c:SEIZE", "w:a"), "1")
    np.testing.assert_allclose(model.weights, tiny()["weights"], rtol=1e-6)
    np.testing.assert_allclose(model.intercepts, tiny()["intercepts"], rtol=1e-6)


@pytest.mark.parametrize(
    ("raw", "changed", "fault"),
    [
        (packed(**GOOD), {"sha256": "0" * 64}, "model.npz: its digest .* is not the one of the manifest"),
        (packed(**GOOD), {"format": FORMAT + 1}, f"manifest.json: not a model of format {FORMAT}"),
        (packed(**GOOD), {"columns": ["incident"]}, "the columns are not the classes and actions of this version"),
        (packed(**GOOD), {"columns": 7}, "columns must be a list"),
        (packed(**GOOD), {"columns": None}, "columns must be a list"),
        (b"", {}, "model.npz: damaged"),
        (b"not a zip file", {}, "model.npz: damaged"),
        (packed(**GOOD)[:-40], {}, "model.npz: damaged"),
        (packed(**GOOD).replace(b"a\nb", b"a\nc"), {}, "model.npz: damaged: Bad CRC-32"),
        (
            packed(**{**GOOD, "vocabulary": np.array([b"x", None], dtype=object)}),
            {},
            "model.npz: damaged: Object arrays",
        ),
        (packed(vocabulary=names("a"), weights=GOOD["weights"]), {}, "model.npz: damaged: .*intercepts"),
        (packed(**{**GOOD, "vocabulary": np.array([0xFF], dtype=np.uint8)}), {}, "model.npz: damaged: 'utf-8' codec"),
        (packed(**{**GOOD, "weights": np.array([["x"]])}), {}, "model.npz: damaged: could not convert"),
        (packed(**{**GOOD, "vocabulary": names("a")}), {}, "do not fit one another"),
        (packed(**{**GOOD, "intercepts": np.zeros(3)}), {}, "do not fit one another"),
        (packed(**{**GOOD, "weights": np.full((2, len(COLUMNS)), np.nan)}), {}, "not a finite number"),
        (packed(**{**GOOD, "vocabulary": names("a", "a")}), {}, "stands twice"),
    ],
)
def test_a_model_that_cannot_be_trusted_is_refused(
    tmp_path: Path, raw: bytes, changed: dict[str, Any], fault: str
) -> None:
    with pytest.raises(DataError, match=fault):
        Model.load(write(tmp_path / "model", raw, **changed))


@pytest.mark.parametrize("name", ["model.npz", "manifest.json"])
def test_a_missing_file_is_told(tmp_path: Path, name: str) -> None:
    (write(tmp_path / "model", packed(**GOOD)) / name).unlink()
    with pytest.raises(DataError, match=f"no usable model: .*{name}"):
        Model.load(tmp_path / "model")


@pytest.mark.parametrize("manifest", [b"{", b"[]", b"\xff", b"null"])
def test_a_manifest_that_cannot_be_read_is_told(tmp_path: Path, manifest: bytes) -> None:
    folder = write(tmp_path / "model", packed(**GOOD))
    (folder / "manifest.json").write_bytes(manifest)
    with pytest.raises(DataError, match="model"):
        Model.load(folder)


def test_a_flipped_byte_anywhere_is_noticed(tmp_path: Path) -> None:
    raw = packed(**GOOD)
    for position in range(0, len(raw), 97):
        folder = write(tmp_path / "model", raw)
        damaged = bytearray(raw)
        damaged[position] ^= 1
        (folder / "model.npz").write_bytes(bytes(damaged))
        with pytest.raises(DataError, match="digest"):
            Model.load(folder)


def test_scores_are_those_of_the_arrays() -> None:
    model = Model(**tiny())
    one, both = model.decision(["c:SEIZE", "unknown"]), model.decision(["w:a", "c:SEIZE"])
    np.testing.assert_allclose(one, model.weights[0] + model.intercepts)
    np.testing.assert_allclose(both, model.weights.sum(axis=0) / np.sqrt(2) + model.intercepts)
    np.testing.assert_allclose(model.decision([]), model.intercepts)
    np.testing.assert_allclose(model.decision(["unknown"]), model.intercepts)
    scores = model.score(["c:SEIZE"])
    odds = dict(zip(COLUMNS, one, strict=True))
    assert scores.incident == pytest.approx(1 / (1 + np.exp(-odds["incident"])))
    for name in IncidentClass:
        assert scores.classes[name] == pytest.approx(scores.incident / (1 + np.exp(-odds[name])))
    assert scores.actions == {action: pytest.approx(odds[action]) for action in Action}


def test_terms_sum_up_to_what_they_explain() -> None:
    model = Model(**tiny())
    terms = model.terms(["w:a", "c:SEIZE", "unknown"], IncidentClass.OIL, most=10)
    assert [name for name, _ in terms] == ["w:a", "c:SEIZE"], "heaviest first"
    column = COLUMNS.index(IncidentClass.OIL)
    gained = model.decision(["w:a", "c:SEIZE"]) - model.intercepts
    assert sum(weight for _, weight in terms) == pytest.approx(gained[0] + gained[column])
    assert len(model.terms(["w:a", "c:SEIZE"], IncidentClass.OIL, most=1)) == 1
    assert model.terms(["unknown"], IncidentClass.OIL) == []


CONTEXT = ("before", "after", "headline", "article", "often")


def sklearn_columns(examples: list[Example], vocabulary: tuple[str, ...]) -> dict[str, tuple[Any, Any]]:
    """Fit scikit-learn anew, by its own vectoriser, and return for each column its decisions and probabilities."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import normalize

    vectorise = CountVectorizer(analyzer=lambda item: item, vocabulary=list(vocabulary), binary=True, dtype=np.float64)
    scales = [0.5 if name.partition(":")[0] in CONTEXT else 1.0 for name in vocabulary]
    matrix = normalize(vectorise.transform([example.features for example in examples]).multiply(scales).tocsr())
    reports = np.array([bool(example.labels) for example in examples])
    found = {}
    for name in COLUMNS:
        wanted = reports if name == "incident" else np.array([name in example.labels for example in examples])
        use = np.ones(len(examples), bool) if name == "incident" else reports
        if wanted[use].sum() < 3:
            continue
        model = LogisticRegression(C=30.0, solver="liblinear", max_iter=1000, tol=1e-4).fit(matrix[use], wanted[use])
        found[name] = (model.decision_function(matrix), model.predict_proba(matrix)[:, 1])
    return found


def test_scores_are_those_of_scikit_learn(examples: list[Example], fitted: Model, tmp_path: Path) -> None:
    reference = sklearn_columns(examples, fitted.vocabulary)
    assert len(reference) >= 15, "the sample should hold nearly every action"
    save(fitted, tmp_path, {"version": "test"})
    stored = Model.load(tmp_path)
    exact = np.array([fitted.decision(example.features) for example in examples])
    rounded = np.array([stored.decision(example.features) for example in examples])
    for name, (decisions, probabilities) in reference.items():
        column = COLUMNS.index(name)
        np.testing.assert_allclose(exact[:, column], decisions, atol=1e-9, rtol=0, err_msg=name)
        np.testing.assert_allclose(rounded[:, column], decisions, atol=1e-4, rtol=0, err_msg=name)
        np.testing.assert_allclose(1 / (1 + np.exp(-rounded[:, column])), probabilities, atol=1e-4, rtol=0)
    incident = [stored.score(example.features).incident for example in examples]
    np.testing.assert_allclose(incident, reference["incident"][1], atol=1e-4, rtol=0)


def test_a_column_without_examples_never_speaks_up(examples: list[Example], fitted: Model) -> None:
    counts = Counter(label for example in examples for label in example.labels)
    for name in COLUMNS[1:]:
        if counts[name] < 3:
            assert fitted.intercepts[COLUMNS.index(name)] == -6.0
            assert not fitted.weights[:, COLUMNS.index(name)].any()


def test_training_twice_gives_the_same_bytes(examples: list[Example], fitted: Model, tmp_path: Path) -> None:
    one = save(fitted, tmp_path / "one", {"version": "test"})
    two = save(fit(examples, "test"), tmp_path / "two", {"version": "test"})
    assert one == two
    for name in ("model.npz", "manifest.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_reading_again_gives_the_same_examples(examples: list[Example]) -> None:
    passages = read_passages([data_dir("seeds") / "train_en.jsonl"])[::5][:40]
    assert read_examples(load_reader(), passages) == examples[: sum(len(passage.sentences) for passage in passages)]


def test_the_shipped_model_loads_and_knows_its_features() -> None:
    model = Model.load(data_dir("classifiers"))
    assert len(model.vocabulary) > 5000
    assert model.version


SCRIPT = """
import sys
from alertsvc.detect.detector import Detector
title = "Gunmen seize the Ras Ajdir crossing in Libya"
text = "Gunmen seized the crossing at dawn on Sunday, guards said."
result = Detector.load().detect(title, text, published=None, language="en")
print(len(result.detections), sorted({name.partition(".")[0] for name in sys.modules} & {"sklearn", "scipy"}))
"""


def test_detecting_imports_neither_scikit_learn_nor_scipy() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "1 []\n"
