"""A capital whose name is listed as ambiguous, from the file to what a sentence is taken to name."""

from __future__ import annotations

import pytest

from alertsvc.detect.detector import load_reader
from alertsvc.detect.reading import Reader
from alertsvc.resources import data_dir


@pytest.fixture(scope="module")
def doubtful(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    own = tmp_path_factory.mktemp("rules")
    (own / "gazetteer").mkdir()
    shipped = (data_dir("rules") / "gazetteer" / "ambiguous_aliases.csv").read_text(encoding="utf-8")
    content = shipped + "capitals.csv,LY:tripoli,Tripoli,a town elsewhere\n"
    (own / "gazetteer" / "ambiguous_aliases.csv").write_text(content, encoding="utf-8")
    return load_reader(own)


def capitals(reader: Reader, text: str) -> list[str]:
    reading = reader.read("", text, language="en", published=None)
    return [m.name for sentence in reading.sentences for m in sentence.of_kind("capital")]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Rebel fighters advanced on Tripoli.", []),
        ("Rebel fighters advanced on Tripoli in Libya.", ["Tripoli"]),
        ("Rebel fighters advanced on the capital, Tripoli.", ["Tripoli"]),
        ("Rebel fighters advanced on Tripoli. The port of Tripoli was shut.", ["Tripoli", "Tripoli"]),
    ],
)
def test_it_counts_only_with_support(doubtful: Reader, text: str, named: list[str]) -> None:
    assert capitals(doubtful, text) == named


def test_namesakes_found_by_counting_take_nothing_from_a_capital() -> None:
    assert capitals(load_reader(), "Rebel fighters advanced on Tripoli.") == ["Tripoli"]
