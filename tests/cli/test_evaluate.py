"""`alertsvc evaluate` as from a shell: on labelled articles, on the training text, and against the floors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from alertsvc.measure import whole
from alertsvc.resources import data_dir
from tests.cli.support import alertsvc, write_config

FOUNDING = data_dir("seeds") / "founding.jsonl"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_config(tmp_path)


def test_labelled_articles_are_scored_by_themselves(config: Path) -> None:
    result = alertsvc("evaluate", FOUNDING, "--json", "-c", config)
    assert (result.code, result.err) == (0, "")
    assert result.data["scores"]["all"]["f1"] == 1.0
    assert result.data["fields"]["place"] == {"agree": 6, "of": 6}
    shown = alertsvc("evaluate", FOUNDING, "-c", config)
    assert shown.code == 0
    assert "labelled articles: 5 articles" in shown.out
    assert "Field place: 6 of 6" in shown.out


def test_wrong_decisions_are_listed_when_asked_for(tmp_path: Path, config: Path) -> None:
    record = json.loads(FOUNDING.read_text(encoding="utf-8").splitlines()[0]) | {"labels": [], "incidents": []}
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps(record), encoding="utf-8")
    result = alertsvc("evaluate", path, "--errors", "5", "-c", config)
    assert (result.code, result.err) == (0, "")
    assert "false alarm: border_crossing: founding-0" in result.out
    assert "false alarm: " not in alertsvc("evaluate", path, "-c", config).out


def test_the_training_text_is_checked(config: Path) -> None:
    result = alertsvc("evaluate", "--text", "--json", "-c", config)
    assert result.code == 0
    assert set(result.data) == {"near_duplicates", "frames", "shortfalls", "twice", "kinds"}
    assert result.data["twice"] == []
    assert "Records by kind" in alertsvc("evaluate", "--text", "-c", config).out


@pytest.mark.parametrize("words", [(FOUNDING, "--gate"), (FOUNDING, "--text"), ("--text", "--card")])
def test_what_does_not_go_together(config: Path, words: tuple[str | Path, ...]) -> None:
    result = alertsvc("evaluate", *words, "-c", config)
    assert (result.code, result.out) == (2, "")
    assert "do not go together" in result.err


def row(f1: float) -> dict[str, Any]:
    return {"precision": f1, "recall": f1, "f1": f1, "f1_95": [f1, f1], "tp": 9, "fp": 1, "fn": 1}


def measured(f1: float) -> dict[str, Any]:
    """What `measure` returns, as far as the gate and the tables ask for it, every score the same."""
    keys = ("all", "border_crossing", "oil_facility", "capital_approach", "en", "fr", "ar")
    scores = {key: row(f1) for key in keys}
    labelled = {
        "articles": 5,
        "scores": scores,
        "fields": {name: {"agree": 6, "of": 6} for name in ("place", "country", "date", "action", "killed")},
        "false_alarms_per_1000_clean": 0.0,
        "clean": 3,
        "rows_beyond": {"extra": 0, "of": 6},
        "filing": {},
        "errors": [],
    }
    return {
        "articles": scores,
        "batches": scores,
        "sentences": scores,
        "calibration": {"ece": 0.01},
        "text": {"near_duplicates": [], "frames": []},
        "heldout": labelled,
        "founding": labelled,
    }


@pytest.mark.parametrize(("f1", "code"), [(1.0, 0), (0.5, 1)])
def test_the_gate_fails_below_a_floor_and_names_it(
    config: Path, monkeypatch: pytest.MonkeyPatch, f1: float, code: int
) -> None:
    monkeypatch.setattr(whole, "measure", lambda *_args, **_more: measured(f1))
    result = alertsvc("evaluate", "--gate", "-c", config)
    assert result.code == code
    assert "Articles of countries held out" in result.out
    if code:
        assert "below its floor: countries, all, f1: 0.5, must not be below" in result.err
        assert "below its floor: founding, all, f1: 0.5, must not be below 1.0" in result.err
        assert "scores are worse than their floors in classifiers/floors.json" in result.err.splitlines()[-1]
    else:
        assert "Every floor is held." in result.out
        assert result.err == ""
    data = alertsvc("evaluate", "--gate", "--json", "-c", config)
    assert (data.code, bool(data.data["missed"])) == (code, bool(code))
    assert alertsvc("evaluate", "-c", config).code == 0
