"""Context notes: how they are read, and which are told of a place."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.brief.background import source_of
from alertsvc.brief.context import LANGUAGES, MAX_NOTES, MAX_SENTENCE, NO_NOTES, Notes, load_notes, note_layers
from alertsvc.brief.wording import language
from alertsvc.detect.detector import load_reader
from alertsvc.domain import Place, PlaceKind
from alertsvc.errors import DataError

TODAY = date(2031, 5, 7)
MONTHS = "January February March April May June July August September October November December".split()
ENGLISH_WORDS = re.compile(rf"\b(?:{'|'.join(MONTHS)}|of|on|the|report|reports|statement|press|map|bank)\b", re.I)
GOOD = {
    "en": "The gate stands on the salt road.",
    "fr": "La porte est sur la route du sel.",
    "ar": "تقع البوابة على طريق الملح.",
    "as_of": "2030-11",
    "source": "company report",
}


def written(tmp_path: Path, tree: Any, name: str = "borders.yaml") -> Path:
    path = tmp_path / name
    path.write_text(
        tree if isinstance(tree, str) else yaml.safe_dump(tree, allow_unicode=True, sort_keys=False), "utf-8"
    )
    return path


def faults(path: Path) -> list[str]:
    with pytest.raises(DataError) as caught:
        load_notes([[path]], TODAY)
    return list(caught.value.problems)


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in GOOD.items() if key != name}


def test_a_note_is_read(tmp_path: Path):
    notes = load_notes([[written(tmp_path, {"ly-gate": [GOOD, GOOD | {"as_of": "2030-11-09"}]})]], TODAY)
    first, second = notes.topics["ly-gate"].notes
    assert (first.as_of, first.whole_month) == (date(2030, 11, 1), True)
    assert (second.as_of, second.whole_month) == (date(2030, 11, 9), False)
    assert (dict(first.texts), first.source) == ({code: GOOD[code] for code in LANGUAGES}, "company report")
    assert (notes.topics["ly-gate"].file, notes.topics["ly-gate"].line) == ("borders.yaml", 1)


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        (without("ar"), "borders.yaml:2: a.0.ar: is missing"),
        (without("source"), "borders.yaml:2: a.0.source: is missing"),
        (without("as_of"), "borders.yaml:2: a.0.as_of: is missing"),
        (GOOD | {"source": ""}, "borders.yaml:6: a.0.source: is empty"),
        (GOOD | {"source": "x" * 81}, "borders.yaml:6: a.0.source: has more than 80 characters"),
        (GOOD | {"fr": None}, "borders.yaml:3: a.0.fr: is empty"),
        (GOOD | {"fr": ["x"]}, "borders.yaml:3: a.0.fr: must be text"),
        (GOOD | {"en": "x" * MAX_SENTENCE + "."}, "borders.yaml:2: a.0.en: has 221 characters; 220 are the most"),
        (GOOD | {"en": "No end"}, "borders.yaml:2: a.0.en: must end with a full stop"),
        (GOOD | {"ar": GOOD["en"]}, "borders.yaml:4: a.0.ar: is not in Arabic script"),
        (GOOD | {"en": GOOD["ar"]}, "borders.yaml:2: a.0.en: holds Arabic script"),
        (GOOD | {"as_of": "2031-06"}, "borders.yaml:5: a.0.as_of: 2031-06 lies in the future"),
        (GOOD | {"as_of": "2030-13"}, "neither a month (2025-01) nor a day"),
        (GOOD | {"as_of": "spring"}, "neither a month (2025-01) nor a day"),
        (GOOD | {"de": "Nein."}, "a.0.de: unknown key"),
        ("text", "borders.yaml:2: a.0: must have en, fr, ar, as_of, source"),
    ],
)
def test_faults_are_told_with_file_line_and_key(tmp_path: Path, note: Any, expected: str):
    told = faults(written(tmp_path, {"a": [note]}))
    assert len(told) == 1
    assert expected in told[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a\n", "borders.yaml:1: must be a mapping"),
        ("a: text\n", "borders.yaml:1: a: must be a list of notes"),
        ("a: []\na: []\n", "borders.yaml:2: a: is given twice"),
        ("[x]: []\n", "borders.yaml:1: a key must be plain text"),
        ("a: [\n", "borders.yaml:2: "),
        ("a: \x07\n", "borders.yaml: not valid YAML"),
        ("[" * 5000, "borders.yaml"),
    ],
)
def test_files_that_are_no_notes(tmp_path: Path, text: str, expected: str):
    assert faults(written(tmp_path, text))[0].startswith(expected)


def test_unreadable_files_are_told(tmp_path: Path):
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe9\n")
    assert faults(tmp_path / "latin.yaml") == ["latin.yaml: is not UTF-8 text"]
    assert faults(tmp_path / "gone.yaml") == ["gone.yaml: cannot be read: No such file or directory"]


def test_every_fault_is_told_at_once(tmp_path: Path):
    first = written(tmp_path, {"a": [without("ar")], "b": [GOOD] * (MAX_NOTES + 1)})
    second = written(tmp_path, {"c": [GOOD | {"en": "No end"}]}, "oil.yaml")
    with pytest.raises(DataError) as caught:
        load_notes([[first, second]], TODAY)
    assert [problem.split(": ")[1] for problem in caught.value.problems] == ["a.0.ar", "b", "c.0.en"]


def test_a_key_stands_in_one_file_of_a_layer(tmp_path: Path):
    first, second = written(tmp_path, {"a": [GOOD]}), written(tmp_path, {"a": [GOOD]}, "oil.yaml")
    with pytest.raises(DataError, match=r"oil.yaml:1: a: stands already at borders.yaml:1"):
        load_notes([[first, second]], TODAY)


def test_a_layer_above_takes_a_key_over_or_away(tmp_path: Path):
    below = written(tmp_path, {"a": [GOOD], "b": [GOOD], "c": [GOOD]})
    above = written(tmp_path, {"a": [GOOD | {"source": "own"}], "b": []}, "own.yaml")
    notes = load_notes([[below], [above]], TODAY)
    assert {key: topic.notes[0].source for key, topic in notes.topics.items()} == {
        "a": "own",
        "c": "company report",
    }
    assert notes.unknown({"a", "c"}) == []
    assert notes.unknown({"c"}) == ["own.yaml:1: a: there is no such id in the gazetteer"]
    assert notes.unknown(set(), layer=1) == ["own.yaml:1: a: there is no such id in the gazetteer"]


def test_a_file_of_the_same_name_takes_the_place_of_ours(tmp_path: Path):
    (tmp_path / "context").mkdir()
    mine = written(tmp_path / "context", {"ly-gate": [GOOD]}, "oil.yaml")
    ours, own = note_layers(tmp_path)
    assert own == [mine]
    assert sorted(path.name for path in ours) == ["borders.yaml", "capitals.yaml", "countries.yaml"]


def about(notes: Notes, place: Place) -> list[str]:
    return [key for key, _ in notes.about(place)]


def test_site_then_capital_then_country(tmp_path: Path):
    keys = ["country:NE", "country:LY", "capital:LY:tripoli", "ly-gate", "capital:TD:n djamena", "country:TD"]
    notes = load_notes([[written(tmp_path, {key: [GOOD] for key in keys})]], TODAY)
    gate = Place("Gate", PlaceKind.CROSSING, "LY-NE", "ly-gate")
    assert about(notes, gate) == ["ly-gate", "country:LY", "country:NE"]
    suburb = Place("Somewhere", PlaceKind.APPROACH, "LY", "ly-elsewhere", capital="Tripoli")
    assert about(notes, suburb) == ["capital:LY:tripoli", "country:LY"]
    named = Place("N'Djaména", PlaceKind.CAPITAL, "TD")
    assert about(notes, named) == ["capital:TD:n djamena", "country:TD"]
    assert about(notes, Place("Nowhere", PlaceKind.OIL)) == []


@given(st.text(max_size=200))
def test_no_text_breaks_the_loader(tmp_path_factory: pytest.TempPathFactory, text: str):
    path = tmp_path_factory.mktemp("notes") / "any.yaml"
    path.write_text(text, encoding="utf-8", errors="replace", newline="")
    try:
        found, problems = load_notes([[path]], TODAY), ["any.yaml"]
    except DataError as error:
        found, problems = NO_NOTES, error.problems
    assert found.topics == {}
    assert problems
    assert all(problem.startswith("any.yaml") for problem in problems)


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,5}(-[a-z]{1,5})?", fullmatch=True),
        st.lists(st.dates(date(2000, 1, 1), TODAY), min_size=1, max_size=MAX_NOTES),
        max_size=5,
    )
)
def test_what_is_written_is_what_is_read(tmp_path_factory: pytest.TempPathFactory, days: dict[str, list[date]]):
    tree = {key: [GOOD | {"as_of": day.isoformat()} for day in found] for key, found in days.items()}
    notes = load_notes([[written(tmp_path_factory.mktemp("notes"), tree)]], TODAY)
    assert {key: [note.as_of for note in topic.notes] for key, topic in notes.topics.items()} == days


def test_ours_are_right_and_on_places_of_the_gazetteer():
    notes = load_notes(note_layers(), date(2026, 1, 1))
    entries = load_reader(None).gazetteer.entries
    assert notes.unknown(set(entries)) == []
    countries = [key for key in notes.topics if key.startswith("country:")]
    assert (len(countries) >= 40, len(notes.topics) - len(countries) >= 150) == (True, True)


# What a source of ours may be: a publisher with a name, or a kind of document with its date. Nothing else can be cited.
CITABLE = re.compile(
    r"map, OpenStreetMap|EIA, country analysis|press reports, [A-Z][a-z]+ \d{4}"
    r"|.+, company (report|(report|statement) of \d{1,2} [A-Z][a-z]+ \d{4})"
    r"|(UN|United Nations|International|World|African|Asian|Government|US|Panama's|EU|Eritrea-Ethiopia) ?.+|UNHCR"
    r"|Council Regulation \(EU\) \d{4}/\d+|(treaty|armistice agreement) of \d{1,2} [A-Z][a-z]+ \d{4}"
)
NAMES = re.compile(
    r"OpenStreetMap|OCHA|HCR|EIA|CNPC|Eni|Statoil|TotalEnergies|Dangote|Woodside|International Crisis Group|ES-11/1|UE"
)


def test_every_source_of_ours_can_be_cited_and_is_told_in_every_language():
    """None is from what is generally known, and none is left in English in a briefing of another language."""
    told = {note.source for topic in load_notes(note_layers()).topics.values() for note in topic.notes}
    assert len(told) > 60
    for source in told:
        assert CITABLE.fullmatch(source), source
        for words in (language("fr"), language("ar")):
            left = NAMES.sub("", source_of(source, words))
            found = re.findall(r"[A-Za-z]{2,}", left) if words.code == "ar" else ENGLISH_WORDS.findall(left)
            assert not found, (source, source_of(source, words))


def test_no_source_of_ours_is_younger_than_its_note():
    """What a note says is known to hold up to a day cannot come from a document of a later one."""
    for topic in load_notes(note_layers()).topics.values():
        for note in topic.notes:
            dated = re.search(rf"({'|'.join(MONTHS)}) (\d{{4}})$", note.source)
            year = re.search(r"\((\d{4})\)$", note.source)
            if dated:
                assert (int(dated[2]), MONTHS.index(dated[1]) + 1) <= (note.as_of.year, note.as_of.month), topic.key
            elif year:
                assert int(year[1]) <= note.as_of.year, topic.key


def test_every_note_of_ours_on_a_capital_is_found_by_its_name():
    notes = load_notes(note_layers(), date(2026, 1, 1))
    entries = load_reader(None).gazetteer.entries
    capitals = [key for key in notes.topics if key.startswith("capital:")]
    assert capitals
    for key in capitals:
        _, country, _ = key.split(":")
        assert key in about(notes, Place(entries[key].name, PlaceKind.CAPITAL, country))
