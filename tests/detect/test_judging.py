"""What is learnt of whole articles: against scikit-learn, and the same bytes whenever it is learnt again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alertsvc.detect import judging
from alertsvc.detect.decide import overall
from alertsvc.detect.detector import load_reader
from alertsvc.detect.features import features
from alertsvc.detect.judging import Article, held_out_articles, judge_again, read_articles, train, with_features
from alertsvc.detect.lengthening import in_passing, lengthened
from alertsvc.detect.model import Model
from alertsvc.detect.passages import FOLDS, fold_of, read_passages
from alertsvc.detect.reading import Reader
from alertsvc.detect.rules import RuleSet
from alertsvc.detect.train import save
from alertsvc.detect.verdict import EVIDENCE, FREE, LESS
from alertsvc.domain import IncidentClass
from alertsvc.resources import data_dir, layered_files

Judgement = tuple[list[Any], list[dict[str, float]], Any]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


@pytest.fixture(scope="module")
def rules(reader: Reader) -> RuleSet:
    return RuleSet.load(layered_files("rules", "classes/*.yaml"), reader.lexicon.concepts)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A share of the training text: enough articles of each class to learn from, quick to learn."""
    path = tmp_path_factory.mktemp("text") / "some.jsonl"
    lines: list[str] = []
    for language, step in (("en", 20), ("ar", 16)):
        whole = data_dir("seeds") / f"train_{language}_articles.jsonl"
        lines += whole.read_text(encoding="utf-8").rstrip("\n").split("\n")[::step]
    lines += (data_dir("seeds") / "train_fr.jsonl").read_text(encoding="utf-8").rstrip("\n").split("\n")[::16]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def trained(reader: Reader, rules: RuleSet, source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    train(reader, rules, [source], folder)
    return folder


@pytest.fixture(scope="module")
def articles(reader: Reader, rules: RuleSet, source: Path) -> list[Article]:
    passages = read_passages([source])
    return read_articles(reader, rules, [*passages, *lengthened(passages)])


@pytest.fixture(scope="module")
def judgement(articles: list[Article], rules: RuleSet) -> Judgement:
    return held_out_articles(articles, rules)


def test_the_article_as_a_whole_is_that_of_scikit_learn(articles: list[Article], rules: RuleSet, trained: Path) -> None:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import normalize

    model = Model.load(trained)
    told: list[list[list[str]]] = []
    for item in articles:
        reading = item.reading
        marked = rules.marked(reading)
        looked = [rules.look(name, reading, marked, ()).looked for name in IncidentClass]
        together = overall(reading, looked) or range(min(3, len(reading.sentences)))
        told.append([features(reading, position) for position in together])
    counts = [Counter(name for names in sentences for name in names) for sentences in told]
    vectorise = DictVectorizer().fit([dict.fromkeys(model.vocabulary, 1.0)])
    assert tuple(vectorise.feature_names_) == model.vocabulary
    matrix = vectorise.transform([{name: float(np.log1p(n)) for name, n in count.items()} for count in counts])
    unit = normalize(matrix)
    ours = np.array([model.judge([model.features.of(names) for names in sentences]) for sentences in told])
    for at, name in enumerate(IncidentClass):
        wanted = [name in item.labels for item in articles]
        assert sum(wanted) > 10, "the sample should hold every class"
        regression = LogisticRegression(C=30.0, solver="liblinear", max_iter=1000).fit(unit, wanted)
        np.testing.assert_allclose(ours[:, at], regression.decision_function(unit), atol=1e-4, rtol=0)


def verdict_of(model: Model, name: IncidentClass) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the weights of the evidence for a class, found by what each adds."""
    nothing = model.verdict(name, [0.0] * len(EVIDENCE)) or 0.0
    rows = np.eye(len(EVIDENCE)).tolist()
    return np.array([(model.verdict(name, row) or 0.0) - nothing for row in rows]).round(12)


def test_no_evidence_counts_against_its_sense(judgement: Judgement, trained: Path) -> None:
    model = Model.load(trained)
    for name in IncidentClass:
        for evidence, weight in zip(EVIDENCE, verdict_of(model, name), strict=True):
            assert evidence in FREE or (weight <= 0.0 if evidence in LESS else weight >= 0.0), (name, evidence)


def test_an_incident_told_in_passing_teaches_no_verdict(judgement: Judgement) -> None:
    judged, _, verdict = judgement
    told = [item for item in judged if not in_passing(item.article.passage)]
    assert 0 < len(told) < len(judged)
    alone = judging._verdicts([item.article for item in told], [item.evidence for item in told])
    np.testing.assert_array_equal(verdict, alone)


def test_the_verdict_is_that_of_scikit_learn(judgement: Judgement, trained: Path) -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = Model.load(trained)
    judged, _, _ = judgement
    for name in IncidentClass:
        known = [item for item in judged if item.evidence[name] and not in_passing(item.article.passage)]
        values = np.array([item.evidence[name] for item in known])
        wanted = [name in item.article.labels for item in known]
        weights = verdict_of(model, name)
        kept = weights != 0.0
        fitted = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000)).fit(values * kept, wanted)
        ours = [model.verdict(name, row) or 0.0 for row in values]
        np.testing.assert_allclose(ours, fitted.decision_function(values * kept), atol=1e-3, rtol=0, err_msg=str(name))


AGAIN = """
import sys
from pathlib import Path
from alertsvc.detect.detector import load_reader
from alertsvc.detect.judging import train
from alertsvc.detect.rules import RuleSet
from alertsvc.resources import layered_files
reader = load_reader()
rules = RuleSet.load(layered_files("rules", "classes/*.yaml"), reader.lexicon.concepts)
train(reader, rules, [Path(sys.argv[1])], Path(sys.argv[2]))
"""


@pytest.mark.parametrize("seed", ["1", "4711"])
def test_training_again_gives_the_same_bytes(source: Path, trained: Path, tmp_path: Path, seed: str) -> None:
    subprocess.run(
        [sys.executable, "-c", AGAIN, str(source), str(tmp_path)],
        check=True,
        timeout=300,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )
    for name in ("model.npz", "manifest.json"):
        assert (tmp_path / name).read_bytes() == (trained / name).read_bytes()


def test_a_model_that_cannot_be_written_leaves_the_old_one(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Model.load(trained)
    save(model, tmp_path, {"version": "old"})
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(before) == ["manifest.json", "model.npz"]

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, f"no space for {self} as {target}")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="no space"):
        save(model, tmp_path, {"version": "new"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert Model.load(tmp_path).version == "old"


def test_a_model_that_is_replaced_while_it_is_read_is_read_again(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Model.load(trained)
    save(model, tmp_path, {"version": "old"})
    real = Path.read_bytes
    calls: list[Path] = []

    def slow(self: Path) -> bytes:
        if self.name == "model.npz" and not calls:
            calls.append(self)
            model.weights[0] += 1
            save(model, tmp_path, {"version": "new"})
        return real(self)

    monkeypatch.setattr(Path, "read_bytes", slow)
    assert Model.load(tmp_path).version == "new"


def test_no_article_is_judged_by_what_it_taught(articles: list[Article], rules: RuleSet, judgement: Judgement) -> None:
    judged, sentences, verdict = judgement
    assert [item.article.passage.id for item in judged] == [
        item.passage.id for item in articles if len(item.examples) > 2
    ]
    assert len(sentences) == sum(len(item.examples) for item in articles)
    assert verdict.shape == (3, len(EVIDENCE) + 1)
    # Whatever the articles of one fold are said to report, what is known of them by the other folds stays the same.
    groups = [fold_of(item.passage.country) for item in articles]
    wrong = [_blind(item) if group == 0 else item for item, group in zip(articles, groups, strict=True)]
    again, _, _ = held_out_articles(wrong, rules)
    same = [
        (one.evidence, two.evidence)
        for one, two in zip(judged, again, strict=True)
        if fold_of(one.article.passage.country) == 0
    ]
    assert same
    assert all(one == two for one, two in same)


def _blind(article: Article) -> Article:
    """Return an article that says it reports nothing."""
    from dataclasses import replace

    told = tuple((text, title, ()) for text, title, _ in article.passage.sentences)
    examples = tuple(replace(item, labels=frozenset()) for item in article.examples)
    return replace(article, passage=replace(article.passage, sentences=told), examples=examples)


def test_what_is_left_out_weighs_nothing(judgement: Judgement) -> None:
    judged, _, _ = judgement
    groups = [fold_of(item.article.passage.country) for item in judged]
    same = judge_again(judged, groups)
    assert [item.probabilities for item in same] == [item.probabilities for item in judged]
    less = judge_again(judged, groups, without=("article as a whole",))
    column = EVIDENCE.index("article as a whole")
    assert {item.evidence[name][column] for item in less for name in IncidentClass if item.evidence[name]} == {0.0}
    assert [item.probabilities for item in less] != [item.probabilities for item in judged]


def test_features_can_be_changed_for_a_measurement(articles: list[Article]) -> None:
    plain = with_features(articles[0], lambda example, at: example.features)
    assert (plain.examples, plain.whole) == (articles[0].examples, articles[0].whole)
    bare = with_features(articles[0], lambda example, at: (f"w:{at}",))
    assert set(bare.whole) == {f"w:{at}" for at in articles[0].together}


def test_every_fold_has_articles() -> None:
    countries = {p.country for p in read_passages(sorted(data_dir("seeds").glob("train_*.jsonl")))}
    assert {fold_of(country) for country in countries} == set(range(FOLDS))
