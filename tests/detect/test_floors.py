"""The pinned floors: a change of rules, features or training text that makes detection worse fails here."""

from __future__ import annotations

import json

import pytest

from alertsvc.detect.detector import Detector, load_reader
from alertsvc.detect.train import held_out, read_examples, read_passages
from alertsvc.evaluate import evaluate, read_labels
from alertsvc.offline import detect_saved
from alertsvc.resources import data_dir
from alertsvc.saved import load_saved
from alertsvc.settings import Settings

FLOORS = json.loads((data_dir("classifiers") / "floors.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def scores() -> dict[str, dict[str, float]]:
    passages = read_passages(sorted(data_dir("seeds").glob("train_*.jsonl")))
    _, table = held_out(read_examples(load_reader(), passages))
    return table


@pytest.mark.parametrize("name", sorted(FLOORS["held_out_countries_f1"]))
def test_sentences_of_countries_never_seen(name, scores):
    assert scores[name]["f1"] >= FLOORS["held_out_countries_f1"][name]


def test_manifest_states_what_the_folds_give(scores):
    manifest = json.loads((data_dir("classifiers") / "manifest.json").read_text(encoding="utf-8"))
    for name, row in manifest["held_out_countries"].items():
        assert row["f1"] == pytest.approx(scores[name]["f1"], abs=0.01), f"{name}: train again: make train"


def test_founding_articles_in_every_field():
    path = data_dir("seeds") / "founding.jsonl"
    articles, problems = load_saved([path])
    assert not problems
    found = list(detect_saved(articles, Settings()))
    result = evaluate(read_labels([path]), found, Detector.load().reader.gazetteer).as_data()
    assert result["scores"]["all"]["f1"] == FLOORS["founding"]["f1"], result
    for name, counted in result["fields"].items():
        assert counted["agree"] == counted["of"], f"{name}: {counted}"
    assert result["rows_beyond"]["extra"] == 0
    rows = {row["id"]: row["incidents"] for row in found}
    assert rows["founding-0"][0]["incident_id"] == rows["founding-1"][0]["incident_id"]
