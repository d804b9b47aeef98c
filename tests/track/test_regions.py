"""The table of regions."""

from __future__ import annotations

from pathlib import Path

import pytest

from alertsvc.errors import DataError
from alertsvc.resources import data_dir
from alertsvc.track.regions import ELSEWHERE, Regions


def test_the_shipped_table() -> None:
    regions = Regions.load(data_dir("rules") / "regions.csv")
    assert regions.of("LY") == ("North Africa",)
    assert regions.of("LY-TN") == ("North Africa",)
    assert regions.of("LY-NE") == ("North Africa", "Sahel")
    assert regions.of(None) == regions.of("ZZ") == (ELSEWHERE,)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "1: the columns"),
        ("region,country\nA,LY\n", "1: the columns"),
        ("region,countries\nA,LY TN\nB,LY\n", "3: LY is in A already"),
        ("region,countries\nA,ly\n", "2: 'ly' is no ISO code"),
        ("region,countries\nA\n", "2: a line is"),
        ("region,countries\n ,LY\n", "2: a line is"),
    ],
)
def test_faults_are_told_with_their_line(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "regions.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as raised:
        Regions.load(path)
    assert fault in str(raised.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        Regions.load(tmp_path / "none.csv")
