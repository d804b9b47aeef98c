"""The gazetteer's own data: what no reader can repair and a slip of the hand easily breaks."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from math import asin, cos, radians, sin, sqrt

import pytest

from alertsvc.detect.fold import fold, tokens
from alertsvc.detect.gazetteer import Gazetteer
from alertsvc.resources import layered_files

FILES = {path.name: path for path in layered_files("rules", "gazetteer/*.csv")}
PLACES = ("crossings.csv", "oil_facilities.csv", "capital_approaches.csv", "capitals.csv")
NAMED = (*PLACES, "actors.csv", "agencies.csv", "countries.csv")
SITES = ("crossings.csv", "oil_facilities.csv")
COLUMNS = ("aliases_en", "aliases_fr", "aliases_ar")
EARTH_KM = 6371.0088

# Rough boxes: south, north, west, east. Fields at sea belong to their country, so the boxes reach past the coast.
BOXES = {
    "LY": (19.0, 35.5, 9.0, 26.0),
    "SD": (8.0, 23.0, 21.5, 39.0),
    "NG": (2.5, 14.5, 2.5, 15.0),
    "ML": (10.0, 25.1, -12.5, 4.5),
    "CD": (-14.0, 6.0, 12.0, 31.5),
    "SO": (-2.0, 12.2, 40.9, 51.6),
    "SY": (32.0, 37.5, 35.5, 42.6),
    "IQ": (28.9, 37.6, 38.5, 49.0),
    "IR": (24.5, 40.0, 43.9, 63.5),
    "YE": (12.0, 19.1, 41.5, 55.0),
    "SA": (16.0, 32.5, 34.4, 56.0),
    "UA": (44.0, 52.6, 22.0, 40.5),
    "RU": (41.0, 78.0, 19.0, 180.0),
    "PK": (23.5, 37.2, 60.8, 77.9),
    "MM": (9.5, 28.6, 91.9, 101.2),
    "KH": (9.9, 14.8, 102.2, 107.7),
    "VE": (0.6, 12.6, -73.5, -59.7),
    "CO": (-4.4, 13.5, -79.2, -66.8),
    "MX": (14.4, 32.8, -117.3, -86.5),
    "HT": (17.9, 20.2, -74.6, -71.5),
    "US": (18.5, 71.6, -171.0, -66.0),
}


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    with FILES[name].open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream, strict=True))


def key(name: str, row: dict[str, str]) -> str:
    return row[{"capitals.csv": "capital", "countries.csv": "code"}.get(name, "id")]


def title(row: dict[str, str]) -> str:
    return row.get("name") or row["capital"]


def folded(alias: str) -> str:
    return " ".join(token.text for token in tokens(fold(alias)))


def aliases(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    for column in COLUMNS:
        for alias in (row.get(column) or "").split(";"):
            if alias:
                yield column, alias


def countries(row: dict[str, str]) -> list[str]:
    return (row.get("countries") or row.get("country") or "").replace(";", "-").split("-")


@cache
def needing_support() -> frozenset[tuple[str, str, str]]:
    return frozenset((row["file"], row["id"], folded(row["alias"])) for row in rows("ambiguous_aliases.csv"))


def great_circle(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Return kilometres between two points in degrees: the haversine formula on a sphere of the mean radius."""
    north, east = radians(lat2 - lat1), radians(lon2 - lon1)
    half = sin(north / 2) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(east / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))


def foreign_letters(alias: str, script: str) -> list[str]:
    return [char for char in alias if char.isalpha() and not unicodedata.name(char).startswith(script)]


def test_the_reader_takes_all_of_it() -> None:
    gazetteer = Gazetteer.load(FILES)
    expected = sum(len(rows(name)) for name in NAMED)
    assert len(gazetteer.entries) == expected


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_bytes_are_plain(name: str) -> None:
    data = FILES[name].read_bytes()
    assert b"\r" not in data
    assert not data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\n")
    assert unicodedata.is_normalized("NFC", data.decode("utf-8"))


@pytest.mark.parametrize("name", [*PLACES, "actors.csv", "agencies.csv"])
def test_ids_and_names_are_unique_and_aliases_clean(name: str) -> None:
    ids: set[str] = set()
    titles: set[str] = set()
    faults = []
    for row in rows(name):
        identity = (row["country"] + ":" if name == "capitals.csv" else "") + key(name, row)
        if identity in ids:
            faults.append(f"{identity}: id twice")
        if title(row) in titles:
            faults.append(f"{identity}: name {title(row)!r} twice")
        ids.add(identity)
        titles.add(title(row))
        if "id" in row and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row["id"]):
            faults.append(f"{identity}: not an id")
        if not row["aliases_en"]:
            faults.append(f"{identity}: no English name")
        for column in COLUMNS:
            cells = (row.get(column) or "").split(";") if row.get(column) else []
            if any(cell != cell.strip() or not folded(cell) for cell in cells) or len(set(cells)) != len(cells):
                faults.append(f"{identity}: {column} has an empty, padded or repeated name")
    assert not faults


@pytest.mark.parametrize("name", PLACES)
def test_a_name_of_two_rows_is_ambiguous_in_both(name: str) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for row in rows(name):
        for alias in [title(row), *(alias for _, alias in aliases(row))]:
            owners[folded(alias)].add(key(name, row))
    faults = [
        (alias, sorted(ids))
        for alias, ids in owners.items()
        if len(ids) > 1 and not all((name, owner, alias) in needing_support() for owner in ids)
    ]
    assert not faults


@pytest.mark.parametrize("name", NAMED)
def test_each_column_keeps_to_its_script(name: str) -> None:
    faults = []
    for row in rows(name):
        for column, alias in aliases(row):
            if name == "agencies.csv" and column == "aliases_ar" and alias.isascii():
                continue  # agencies sign with their initials in Arabic text too
            script = "ARABIC" if column == "aliases_ar" else "LATIN"
            if foreign_letters(alias, script) or not any(char.isalpha() for char in alias):
                faults.append((key(name, row), column, alias))
    assert not faults


@pytest.mark.parametrize("name", PLACES)
def test_points_lie_in_their_country(name: str) -> None:
    faults = []
    for row in rows(name):
        lat, lon = float(row["lat"]), float(row["lon"])
        if (lat, lon) == (0.0, 0.0) or not (-90 <= lat <= 90 and -180 <= lon <= 180):
            faults.append(f"{key(name, row)}: no point")
        for code in countries(row):
            south, north, west, east = BOXES.get(code, (-90, 90, -180, 180))
            if not (south - 0.2 <= lat <= north + 0.2 and west - 0.2 <= lon <= east + 0.2):
                faults.append(f"{key(name, row)}: {lat}, {lon} is not in {code}")
    assert not faults
    boxed = {code for row in rows(name) for code in countries(row)} & BOXES.keys()
    assert len(boxed) >= 12  # else the boxes test nothing


def test_distances_to_the_capital_are_those_of_the_points() -> None:
    points = {row["capital"]: row for row in rows("capitals.csv")}
    faults = []
    for row in rows("capital_approaches.csv"):
        capital = points.get(row["capital"])
        if capital is None:
            faults.append(f"{row['id']}: {row['capital']} is not in capitals.csv")
            continue
        km = great_circle(float(row["lat"]), float(row["lon"]), float(capital["lat"]), float(capital["lon"]))
        if abs(km - float(row["km_to_capital"])) > 1:
            faults.append(f"{row['id']}: {row['km_to_capital']} km, computed {km:.1f}")
    assert not faults


def test_an_approach_lies_in_the_country_of_its_capital_or_across_the_river() -> None:
    capitals = {(row["country"], row["capital"]) for row in rows("capitals.csv")}
    abroad = [row for row in rows("capital_approaches.csv") if (row["country"], row["capital"]) not in capitals]
    assert [row["id"] for row in abroad if float(row["km_to_capital"]) > 25] == []


def test_pairs_of_countries_are_known_and_in_order() -> None:
    codes = {row["code"] for row in rows("countries.csv")}
    for row in rows("crossings.csv"):
        first, second = row["countries"].split("-")
        assert first < second, row["id"]
        assert {first, second} <= codes, row["id"]
    for row in (*rows("oil_facilities.csv"), *rows("capital_approaches.csv"), *rows("capitals.csv")):
        assert row["country"] in codes, row


@pytest.mark.parametrize(
    ("name", "column", "allowed"),
    [
        ("oil_facilities.csv", "type", "field gas_field terminal refinery pipeline depot pumping_station lng"),
        ("capital_approaches.csv", "kind", "town district base airport checkpoint junction"),
        (
            "capitals.csv",
            "status",
            "capital seat_of_government rival_seat regional_seat disputed_capital disputed_seat",
        ),
        ("actors.csv", "type", "state rebel militia jihadist mercenary gang un"),
    ],
)
def test_sorts_are_those_of_the_handbook(name: str, column: str, allowed: str) -> None:
    assert {row[column] for row in rows(name)} <= set(allowed.split())


@pytest.mark.parametrize("name", PLACES)
def test_every_point_names_its_source(name: str) -> None:
    assert [key(name, row) for row in rows(name) if not row["source"].strip()] == []


def test_tier_one_names_sites_once() -> None:
    listed = [(row["file"], row["id"]) for row in rows("tier1.csv")]
    known = {(name, row["id"]) for name in SITES for row in rows(name)}
    assert set(listed) <= known
    assert len(listed) == len(set(listed))


def test_ambiguous_names_are_names_of_their_rows() -> None:
    known = {
        (name, key(name, row), folded(alias))
        for name in NAMED
        for row in rows(name)
        for alias in [title(row), *(alias for _, alias in aliases(row))]
    }
    listed = [(row["file"], row["id"], folded(row["alias"])) for row in rows("ambiguous_aliases.csv")]
    assert [item for item in listed if item not in known] == []
    assert len(listed) == len(set(listed))
    assert all(row["reason"].strip() for row in rows("ambiguous_aliases.csv"))


def test_an_ordinary_word_is_one_word() -> None:
    long = [
        row["alias"]
        for row in rows("ambiguous_aliases.csv")
        if row["reason"].startswith("ordinary word") and row["file"] in PLACES and len(tokens(fold(row["alias"]))) > 1
    ]
    assert set(long) <= {"the border triangle", "Elephant field", "Al-Hilal"}


def test_very_short_names_of_sites_need_support() -> None:
    faults = [
        (name, row["id"], alias)
        for name in SITES
        for row in rows(name)
        for _, alias in aliases(row)
        if len(folded(alias).replace(" ", "")) <= 3 and (name, row["id"], folded(alias)) not in needing_support()
    ]
    assert not faults


@pytest.mark.parametrize("country", sorted({"LY", "SD", "SY", "IQ", "YE", "SA", "KW", "OM", "AE", "QA", "DZ", "EG"}))
def test_where_arabic_is_read_nearly_every_site_has_an_arabic_name(country: str) -> None:
    sites = [row for name in SITES for row in rows(name) if country in countries(row)]
    without = [row["id"] for row in sites if not row["aliases_ar"]]
    assert sites
    assert len(without) <= len(sites) / 10, without
