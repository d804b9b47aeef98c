"""Spellings of one name, in Latin and Arabic script, and names that are not one."""

from __future__ import annotations

import csv
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.resources import data_dir
from alertsvc.track.names import name_ends, names_alike, side_names, sides_alike, sound


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Wadi Zelfana border crossing", "the Wadi Zelfana post"),
        ("Al-Toummo", "Al Toumo crossing"),
        ("Ras Ejdir", "Ras Ajdir"),
        ("Poste frontalier d'Issine", "Issine"),
        ("معبر وادي زلفانة", "وادي زلفانه"),
        ("حقل الشَّرارة النفطي", "الشرارة"),
        ("Ouazzin", "Wazin"),
        ("champ de Charara", "Sharara oilfield"),
        ("As-Sarir", "Sarir field"),
        ("معبر وادي زلفانة", "Wadi Zelfana"),
        ("Charara", "حقل الشرارة"),
        ("Wazin", "وازن"),
    ],
)
def test_spellings_of_one_name(a: str, b: str) -> None:
    assert names_alike(a, b)
    assert names_alike(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Gate 27", "Gate 37"),
        ("Rafah", "Rafha"),
        ("Port Sudan southern depot", "Port Sudan depot"),
        ("the border crossing", "the border crossing"),
        ("Sarir field", "Sabir field"),
        ("Sarir field", "Sarir refinery"),
        ("مصفاة السرير", "حقل السرير"),
        ("", ""),
        ("Al-Tum", "الطوم"),
        ("Al-Tum", "Al-Tub"),
        ("Basra", "Bousseira camp"),
    ],
)
def test_names_that_are_not_one(a: str, b: str) -> None:
    assert not names_alike(a, b)


def test_a_crossing_is_called_after_both_sides_or_either() -> None:
    assert side_names("Gallabat-Metema") == ("Gallabat", "Metema")
    assert side_names("Al-Tum") == side_names("Gate 27") == ()
    assert sides_alike("Gallabat-Metema", "Metema crossing")
    assert sides_alike("poste de Gallabat", "Gallabat and Metema")
    assert sides_alike("Gallabat-Metema", "معبر القلابات") is False  # its first vowel hides what is the article
    assert not sides_alike("Gallabat-Metema", "Humera")
    assert not names_alike("Gallabat-Metema", "Metema")


names = st.sampled_from(["Al-Tum", "Toum-Madama", "Wazin", "Ouazen", "وازن", "Gate 4", "x", "Öö"]) | st.text(
    max_size=14
)


@given(names, names)
def test_what_is_alike_is_so_either_way_and_shares_an_end(a: str, b: str) -> None:
    assert names_alike(a, b) == names_alike(b, a)
    assert sides_alike(a, b) == sides_alike(b, a)
    if sides_alike(a, b):
        assert name_ends(a) & name_ends(b)


def _aliases() -> list[tuple[str, str, list[str], list[str]]]:
    found = []
    for file, column in (("crossings.csv", "countries"), ("oil_facilities.csv", "country")):
        with (data_dir("rules") / "gazetteer" / file).open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                latin = [name for key in ("aliases_en", "aliases_fr") for name in row[key].split(";") if sound(name)]
                arabic = [name for name in row["aliases_ar"].split(";") if sound(name)]
                found.append((row["id"], row[column], latin, arabic))
    return found


def test_the_gazetteer_s_arabic_names_meet_their_latin_ones_and_hardly_any_other() -> None:
    rows = _aliases()
    pairs = [(a, b) for _, _, latin, arabic in rows for a in latin for b in arabic]
    # Many aliases are other names and no spellings, and short names are left alone.
    assert sum(names_alike(a, b) for a, b in pairs) / len(pairs) > 0.25
    strangers = [
        (a, b)
        for one, other in combinations(rows, 2)
        if set(one[1].split("-")) & set(other[1].split("-"))
        for a in one[2][:3]
        for b in other[3][:3]
    ]
    assert sum(names_alike(a, b) for a, b in strangers) / len(strangers) < 0.001
