"""The reading of tolls and dates holds its agreement with sentences that were written before its grammar."""

from __future__ import annotations

import pytest

from alertsvc.detect.detector import load_reader
from benchmarks.agreement import Compared, compare_dates, compare_dead, compare_tolls, shares

FLOORS = {
    ("date", "a"): 0.97,
    ("date", "b"): 0.96,
    ("dead", "a"): 0.94,
    ("dead", "b"): 0.78,
    ("killed", "a"): 0.97,
    ("killed", "b"): 0.87,
    ("wounded", "a"): 0.96,
    ("wounded", "b"): 0.94,
    ("captured", "a"): 0.99,
    ("captured", "b"): 0.77,
}


@pytest.fixture(scope="module")
def compared() -> list[Compared]:
    reader = load_reader()
    return compare_tolls(reader) + compare_dead(reader) + compare_dates(reader)


def test_every_field_holds_its_floor_in_both_halves(compared: list[Compared]) -> None:
    found = shares(compared)
    assert found.keys() == FLOORS.keys()
    assert {key: share for key, share in found.items() if share < FLOORS[key]} == {}


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_no_language_falls_behind(compared: list[Compared], language: str) -> None:
    found = shares([item for item in compared if item.language == language and item.field in ("date", "killed")])
    assert min(found.values()) > 0.8


def test_there_is_enough_to_tell(compared: list[Compared]) -> None:
    assert len({item.text for item in compared if item.field == "killed"}) >= 300
    assert sum(item.field == "dead" for item in compared) >= 120
    assert sum(item.field == "date" for item in compared) >= 200
