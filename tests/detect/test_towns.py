"""Towns of the world: found where the article speaks of their country, and told near from far."""

from __future__ import annotations

from pathlib import Path

import pytest

from alertsvc.detect.detector import load_reader
from alertsvc.detect.reading import Reader
from alertsvc.detect.towns import FILE, Towns
from alertsvc.errors import DataError
from alertsvc.resources import data_dir

_HEADER = "geonames,name,country,lat,lon,km_to_capital,aliases,aliases_ar\n"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def marks(reader: Reader, title: str, text: str, language: str = "en") -> dict[str, str]:
    reading = reader.read(title, text, language=language, published=None)
    return {m.name: m.mark for s in reading.sentences for m in s.mentions if m.kind in ("town", "near-town")}


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Rebels in Ethiopia entered Shashamane on Monday.", {"Shashamane": "<town>"}),
        ("en", "Troops of the Philippines guard Batangas.", {"Batangas": "<near-town>"}),
        ("en", "Fighting in Sudan reached Kassala and the road behind it.", {"Kassala": "<town>"}),
        ("fr", "Au Tchad, des rebelles sont entrés dans Moundou lundi.", {"Moundou": "<town>"}),
        ("ar", "شهدت كسلا في السودان هدوءا يوم الأحد", {"كسلا": "<town>"}),
        ("ar", "قال الجيش في السودان إن رتلا يتجه وبكسلا قواته", {"وبكسلا": "<town>"}),
    ],
)
def test_a_town_is_found_and_told_near_or_far(
    reader: Reader, language: str, text: str, expected: dict[str, str]
) -> None:
    assert marks(reader, "", text, language) == expected


def test_a_town_counts_only_in_an_article_that_speaks_of_its_country(reader: Reader) -> None:
    assert marks(reader, "", "Mr Moundou opened a shop in Portugal.") == {}


def test_what_is_written_small_names_no_town(reader: Reader) -> None:
    assert marks(reader, "", "The army of Sudan said that kassala is quiet.") == {}


def test_a_site_of_the_same_name_stays_a_site(reader: Reader) -> None:
    reading = reader.read("", "Gunmen in Iraq attacked the Baiji refinery.", language="en", published=None)
    assert [m.kind for m in reading.sentences[0].mentions if "Baiji" in m.name] == ["oil"]


def test_without_a_file_no_town_is_known() -> None:
    assert Towns.load(None).find is not None
    assert not Towns.load(None)._names


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("1,,SD,13,30,200,,", 2),
        ("1,Kosti,,13,30,200,,", 2),
        ("1,Kosti,SD,13,30,far,,", 2),
        ("1,Kosti,SD,13,30,200,,\n2,Sennar,SD", 3),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, row: str, line: int) -> None:
    path = tmp_path / FILE
    path.write_text(_HEADER + row + "\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        Towns.load(path)
    assert [problem.split(": ")[0] for problem in caught.value.problems] == [f"{FILE}:{line}"]


def test_a_missing_column_and_a_file_that_is_no_text_are_told(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text("name,country\nKosti,SD\n", encoding="utf-8")
    with pytest.raises(DataError, match="no column"):
        Towns.load(path)
    path.write_bytes(_HEADER.encode() + b"\xff\xfe\n")
    with pytest.raises(DataError, match="cannot be read"):
        Towns.load(path)


def test_of_two_towns_of_one_name_in_a_country_the_far_one_counts(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text(_HEADER + "1,Kosti,SD,13,30,20,,\n2,Kosti,SD,10,30,500,,\n", encoding="utf-8")
    assert Towns.load(path)._names["kosti"][()] == {"SD": False}


def test_the_shipped_file_names_towns_of_every_continent() -> None:
    names = Towns.load(data_dir("rules") / "gazetteer" / FILE)._names
    countries = {code for rests in names.values() for codes in rests.values() for code in codes}
    assert {"NG", "SY", "UA", "CO", "MX", "PG", "MM"} <= countries
