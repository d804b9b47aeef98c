from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from alertsvc.detect.detector import load_reader
from alertsvc.detect.judging import train
from alertsvc.detect.lexicon import LANGUAGES
from alertsvc.detect.model import Model
from alertsvc.detect.passages import Passage, fold_of, read_passages
from alertsvc.detect.rules import RuleSet
from alertsvc.detect.train import DECISION, held_out, read_examples
from alertsvc.domain import Action, IncidentClass
from alertsvc.errors import DataError
from alertsvc.measure.text import frames, near_duplicates, shortfalls
from alertsvc.resources import data_dir, layered_files

SEEDS = sorted(data_dir("seeds").glob("train_*.jsonl"))


@pytest.fixture(scope="module")
def passages() -> list[Passage]:
    return read_passages(SEEDS)


def record(**changed: Any) -> dict[str, Any]:
    made = {
        "id": "x-1",
        "lang": "en",
        "country": "LY-TN",
        "kind": "incident",
        "sentences": [{"t": "Gunmen took the post.", "labels": ["border_crossing:seizure"], "title": True}],
    } | changed
    return {key: value for key, value in made.items() if value is not None}


def sentence(**changed: Any) -> list[dict[str, Any]]:
    made = {"t": "Gunmen took the post.", "labels": []} | changed
    return [{key: value for key, value in made.items() if value is not None}]


def test_a_passage(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    text = "One\u2028two\u0085three."
    path.write_text(
        json.dumps(record(sentences=sentence(t=text)), ensure_ascii=False) + "\n\n" + json.dumps(record(id="x-2"))
    )
    first, second = read_passages([path])
    assert first.sentences == ((text, False, ()),)
    assert second.sentences == (("Gunmen took the post.", True, ((IncidentClass.BORDER, Action.SEIZURE),)),)


WRONG: list[tuple[Any, str]] = [
    ("{", "Expecting property name"),
    ([], "list indices must be"),
    (None, "'NoneType' object"),
    (record(id=None), "no 'id'"),
    (record(id=["x"]), "id, country and kind must be text"),
    (record(kind=""), "id, country and kind must be text"),
    (record(batch=7), "batch and voice must be text"),
    (record(lang=None), "no 'lang'"),
    (record(lang="de"), "language 'de' is not one of en, fr, ar"),
    (record(sentences=None), "no 'sentences'"),
    (record(sentences=[]), "no sentences"),
    (record(sentences=["x"]), "string indices must be"),
    (record(sentences=sentence(t=None)), "no 't'"),
    (record(sentences=sentence(t=5)), "a sentence without text"),
    (record(sentences=sentence(t=" ")), "a sentence without text"),
    (record(sentences=sentence(labels=None)), "no 'labels'"),
    (record(sentences=sentence(labels=[5])), "'int' object has no attribute"),
    (record(sentences=sentence(labels=["seizure"])), "not enough values"),
    (record(sentences=sentence(labels=["sea_port:seizure"])), "'sea_port' is not a valid IncidentClass"),
    (record(sentences=sentence(labels=["border_crossing:theft"])), "'theft' is not a valid Action"),
]


def test_every_malformed_line_is_told_with_file_and_line(tmp_path: Path) -> None:
    lines = [json.dumps(record())]
    lines += [item if isinstance(item, str) else json.dumps(item) for item, _ in WRONG]
    lines += [json.dumps(record())]
    path = tmp_path / "seeds.jsonl"
    path.write_text("\n".join(lines))
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\n")
    with pytest.raises(DataError) as caught:
        read_passages([path, tmp_path / "absent.jsonl", tmp_path / "bytes.jsonl"])
    problems = caught.value.problems
    assert len(problems) == len(WRONG) + 3
    for number, ((_, fault), problem) in enumerate(zip(WRONG, problems, strict=False), 2):
        assert problem.startswith(f"seeds.jsonl:{number}: {fault}")
    assert problems[-3] == f"seeds.jsonl:{len(WRONG) + 2}: id 'x-1' is used twice"
    assert problems[-2].startswith("absent.jsonl: ")
    assert problems[-1].startswith("bytes.jsonl: 'utf-8' codec")


def test_shipped_training_text_is_well_formed(passages: list[Passage]) -> None:
    assert len(passages) > 2000
    assert {passage.language for passage in passages} == set(LANGUAGES)
    for passage in passages:
        assert passage.id.startswith(passage.language + "-")
        headlines = [position for position, (_, title, _) in enumerate(passage.sentences) if title]
        assert headlines in ([], [0]), passage.id
        for text, _, labels in passage.sentences:
            assert len(labels) == len(set(labels)), passage.id
            assert text == text.strip(), passage.id
            assert "\n" not in text, passage.id


def test_passages_of_other_kinds_report_nothing(passages: list[Passage]) -> None:
    labelled = {p.id for p in passages if any(labels for _, _, labels in p.sentences)}
    assert {p.id for p in passages if p.kind == "incident"} - labelled == set()
    mislabelled = [p.id for p in passages if p.kind in ("sport", "film", "metaphor", "exercise") and p.id in labelled]
    assert mislabelled == []


def test_each_class_and_action_is_taught_in_each_language(passages: list[Passage]) -> None:
    classes: Counter[tuple[str, str]] = Counter()
    actions: Counter[str] = Counter()
    for passage in passages:
        for name, action in {label for _, _, labels in passage.sentences for label in labels}:
            classes[passage.language, name] += 1
            actions[action] += 1
    assert all(classes[language, name] >= 50 for language in LANGUAGES for name in IncidentClass)
    assert {action for action in Action if actions[action] < 10} == set()


def test_training_text_hardly_repeats_itself(passages: list[Passage]) -> None:
    found = near_duplicates(passages)
    assert [item for item in found if item[2] > 0.25] == []
    assert len(found) <= 10


def test_no_frame_stands_in_more_than_a_hundredth_of_the_records(passages: list[Passage]) -> None:
    assert frames(passages) == []


# What hardly ever happens, and of which there is too little to tell of it in fifteen ways.
SELDOM = {
    ("border_crossing", "siege"),
    ("oil_facility", "siege"),
    ("oil_facility", "mobilisation"),
}


def test_each_action_of_a_class_is_taught_in_each_language(passages: list[Passage]) -> None:
    assert [item for item in shortfalls(passages) if item[1:3] not in SELDOM] == []


def test_near_misses_of_every_kind_are_taught_in_each_language(passages: list[Passage]) -> None:
    kinds = Counter((passage.language, passage.kind) for passage in passages)
    assert {kind for _, kind in kinds} >= {"incident", "denial", "exercise", "background", "forecast", "elsewhere"}
    assert [item for item in {(p.language, p.kind) for p in passages} if kinds[item] < 10] == []


@pytest.mark.parametrize("name", ["founding", "heldout"])
def test_what_is_held_out_is_not_trained_on(passages: list[Passage], name: str) -> None:
    lines = (data_dir("seeds") / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    held = [json.loads(line) for line in lines]
    told = {line.strip() for record in held for line in record["text"].split("\n") if len(line) > 60}
    titles = {record["title"].strip() for record in held}
    assert [p.id for p in passages for text, _, _ in p.sentences if text in titles] == []
    everything = "\n".join(told)
    assert [p.id for p in passages for text, _, _ in p.sentences if len(text) > 60 and text in everything] == []


def test_folds_never_part_a_country(passages: list[Passage]) -> None:
    groups = Counter(fold_of(country) for country in {passage.country for passage in passages})
    assert set(groups) == {0, 1, 2, 3, 4}
    assert fold_of("DZ-LY") == fold_of("DZ-LY")


def test_training_writes_a_model_with_its_scores(tmp_path: Path) -> None:
    source = tmp_path / "some.jsonl"
    lines = (data_dir("seeds") / "train_en.jsonl").read_text(encoding="utf-8").splitlines()[::4]
    lines += (data_dir("seeds") / "train_en_articles.jsonl").read_text(encoding="utf-8").splitlines()[::40]
    source.write_text("\n".join(lines), encoding="utf-8")
    steps: list[tuple[str, int, int]] = []
    reader = load_reader()
    rules = RuleSet.load(layered_files("rules", "classes/*.yaml"), reader.lexicon.concepts)
    report = train(reader, rules, [source], tmp_path / "model", lambda *step: steps.append(step))
    manifest = json.loads((tmp_path / "model" / "manifest.json").read_text())
    assert manifest["passages"] == report.passages == len(lines)
    assert manifest["held_out_countries"] == report.scores
    assert manifest["held_out_articles"] == report.articles
    assert {"all", "en", *IncidentClass} == set(report.scores)
    assert 0.3 < report.scores["all"]["f1"] < 1
    model = Model.load(tmp_path / "model")
    assert model.version == manifest["version"] == manifest["text_sha256"][:12]
    assert any(stage == "reading" and done == of >= len(lines) for stage, done, of in steps)
    assert ("folds", 5, 5) in steps


def test_held_out_scores_come_from_models_that_did_not_see_the_country() -> None:
    examples = read_examples(load_reader(), read_passages([data_dir("seeds") / "train_en.jsonl"])[::6])
    scored, table = held_out(examples)
    assert all(set(scores) == set(IncidentClass) for scores in scored)
    said = sum(scores[name] > DECISION for scores in scored for name in IncidentClass)
    right = sum(
        scores[name] > DECISION and name in example.labels
        for scores, example in zip(scored, examples, strict=True)
        for name in IncidentClass
    )
    assert table["all"]["precision"] == pytest.approx(right / said, abs=1e-4)
