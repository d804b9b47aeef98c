from __future__ import annotations

import json
from pathlib import Path

import pytest

from alertsvc.errors import DataError
from alertsvc.measure.gate import missed, read_floors
from alertsvc.resources import data_dir

FIGURES = {
    "countries": {"all": {"f1": 0.9, "precision": None}, "en": {"f1": 0.8}},
    "calibration": {"ece": 0.02},
    "text": {"frames": 0},
}


@pytest.mark.parametrize(
    ("floors", "faults"),
    [
        ({"countries": {"all": {"f1": 0.9}, "en": {"f1": 0.7}}}, []),
        ({"countries": {"all": {"f1": 0.91}}}, ["countries, all, f1: 0.9, must not be below 0.91"]),
        ({"calibration": {"ece": 0.02}, "text": {"frames": 0}}, []),
        ({"calibration": {"ece": 0.01}}, ["calibration, ece: 0.02, must not be above 0.01"]),
        ({"countries": {"fr": {"f1": 0.1}}}, ["countries, fr, f1: not measured, floor 0.1"]),
        ({"countries": {"all": {"precision": 0.1}}}, ["countries, all, precision: not measured, floor 0.1"]),
        ({"corpus": {"all": {"f1": 0.5}}}, ["corpus, all, f1: not measured, floor 0.5"]),
    ],
)
def test_each_floor_that_is_missed_is_named(floors: dict[str, object], faults: list[str]) -> None:
    assert missed(floors, FIGURES) == faults


@pytest.mark.parametrize("content", [None, b"{", b"[]", b"\xff"])
def test_floors_that_cannot_be_read_are_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "floors.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"floors\.json"):
        read_floors(path)


def test_shipped_floors_are_all_read() -> None:
    path = data_dir("classifiers") / "floors.json"
    floors = read_floors(path)
    assert {"countries", "batches", "sentences", "calibration", "text", "heldout", "founding", "share"} <= set(floors)
    assert set(json.loads(path.read_text(encoding="utf-8"))) - set(floors) == {"comment"}
