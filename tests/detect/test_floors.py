"""The pinned floors: a change of rules, features or training text that makes detection worse fails here.

`make evaluate` holds everything against them; here it is the shipped model's own figures, the whole of detection on the
articles that nothing is trained on, and the folds on a share of the text, which take seconds.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from alertsvc.detect.detector import load_reader
from alertsvc.detect.rules import RuleSet
from alertsvc.domain import IncidentClass
from alertsvc.measure.counts import said_at, table
from alertsvc.measure.folds import country_folds, read_text, within_share
from alertsvc.measure.gate import missed, read_floors
from alertsvc.measure.held import score_labelled
from alertsvc.measure.whole import HELD_OUT, figures_of
from alertsvc.offline import detect_saved
from alertsvc.resources import data_dir, layered_files
from alertsvc.saved import load_saved
from alertsvc.settings import Settings

FLOORS = read_floors(data_dir("classifiers") / "floors.json")
TEXT = sorted(data_dir("seeds").glob("train_*.jsonl"))
SHARE = 12  # hundredths of the text


@pytest.fixture(scope="module")
def manifest() -> Any:
    return json.loads((data_dir("classifiers") / "manifest.json").read_text(encoding="utf-8"))


def test_the_shipped_model_is_that_of_the_shipped_text(manifest: Any) -> None:
    text = hashlib.sha256(b"".join(path.read_bytes() for path in TEXT)).hexdigest()
    assert manifest["text_sha256"] == text, "the training text has changed: make train card"


def test_the_shipped_model_holds_the_floors(manifest: Any) -> None:
    assert missed({"countries": FLOORS["countries"]}, {"countries": manifest["held_out_articles"]}) == []
    assert missed({"sentences": FLOORS["sentences"]}, {"sentences": manifest["held_out_countries"]}) == []


def test_a_share_of_the_text_learnt_here_and_now_holds_its_floor() -> None:
    reader = load_reader()
    rules = RuleSet.load(layered_files("rules", "classes/*.yaml"), reader.lexicon.concepts)
    inside = within_share(SHARE)
    articles = read_text(reader, rules, TEXT, only=inside)
    assert len(articles) > 1000
    cases = country_folds(articles, rules).cases
    cuts = {str(name): rules.classes[name].threshold for name in IncidentClass}
    found = table(cases, said_at(cases, cuts), intervals=False)
    assert missed({"share": FLOORS["share"]}, {"share": found}) == []


@pytest.mark.parametrize("name", HELD_OUT)
def test_articles_that_nothing_is_trained_on(name: str) -> None:
    data = score_labelled([data_dir("seeds") / f"{name}.jsonl"], Settings())
    assert data["not_read"] == 0
    assert missed({name: FLOORS[name]}, {name: figures_of(data)}) == []


def test_founding_articles_make_the_incidents_that_they_should() -> None:
    articles, problems = load_saved([data_dir("seeds") / "founding.jsonl"])
    assert not problems
    rows = {row["id"]: row["incidents"] for row in detect_saved(articles, Settings())}
    assert sum(map(len, rows.values())) == 6
    assert rows["founding-0"][0]["incident_id"] == rows["founding-1"][0]["incident_id"]
