"""Entries made of rows; what is wrong with a row is noted with its column, all of it at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from alertsvc.detect.characters import mend
from alertsvc.detect.fold import fold
from alertsvc.detect.placefiles.entry import Entry
from alertsvc.detect.placefiles.naming import name_fault
from alertsvc.detect.placefiles.references import PREFIXES
from alertsvc.detect.placefiles.tables import Row, Table
from alertsvc.detect.placefiles.territory import AT_SEA_KM, ON_LAND_KM, territory
from alertsvc.domain import PlaceKind

__all__ = ["ALIAS_COLUMNS", "BUILDERS", "Builder", "names_of"]

ALIAS_COLUMNS = ("aliases_en", "aliases_fr", "aliases_ar")

_ID = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")
_VOWELS = re.compile("[\u064b-\u0652\u0670]")
_FARTHEST_KM = 600.0  # of a place on the way to a capital
_OIL_TYPES = ("field", "gas_field", "terminal", "refinery", "pipeline", "depot", "pumping_station", "lng")
_ACTOR_TYPES = ("state", "rebel", "militia", "jihadist", "mercenary", "gang", "un")
_APPROACH_KINDS = ("town", "district", "base", "airport", "checkpoint", "junction")
_SEATS = ("capital", "seat_of_government", "rival_seat", "regional_seat", "disputed_capital", "disputed_seat")
Build = Callable[[Table, Row, Collection[str]], Entry | None]


@dataclass(frozen=True, slots=True)
class Builder:
    """How a file is read: columns that must be filled, others that mean something, and what makes an entry of a row."""

    needed: tuple[str, ...]
    others: tuple[str, ...]
    build: Build


def names_of(table: Table, row: Row, entry: Entry) -> list[str]:
    """Return the names of a row, mended as texts are, and note those that cannot be searched for."""
    found: list[str] = []
    for column in ("capital" if table.name == "capitals.csv" else "name", *ALIAS_COLUMNS):
        for written in row[column].split(";") if column in ALIAS_COLUMNS else [entry.name]:
            name = _mended(written)
            if not name:
                continue
            fault = name_fault(name)
            if fault:
                table.fault(row.line, column, fault)
            else:
                found.append(name)
    return list(dict.fromkeys(found))


def _mended(written: str) -> str:
    """Return a name as `clean` would mend it in a text; most have nothing to be mended and are not looked at.

    Vowel signs stay: with them a name is that of one place (Amman), without them that of two (Oman).
    """
    if (written.isascii() and "  " not in written and "&" not in written) or _VOWELS.search(written):
        return written.strip()
    return mend(written).replace("\n", " ")


def _id(table: Table, row: Row) -> str:
    if not _ID.fullmatch(row["id"]):
        table.fault(row.line, "id", f"{row['id']!r} is not of letters, digits and hyphens")
    return PREFIXES[table.name] + row["id"]


def _number(table: Table, row: Row, column: str, low: float, high: float) -> float | None:
    text = row[column]
    try:
        value = float(text)
    except ValueError:
        table.fault(row.line, column, f"{text!r} is not a number")
        return None
    if not low <= value <= high:
        table.fault(row.line, column, f"{text} lies outside {low:g} to {high:g}")
        return None
    return value


def _point(table: Table, row: Row, codes: list[str], tolerance: float) -> tuple[float | None, float | None]:
    """Return latitude and longitude; far from the countries of the row they are a fault."""
    latitude = _number(table, row, "lat", -90, 90)
    longitude = _number(table, row, "lon", -180, 180)
    if latitude is None or longitude is None:
        return None, None
    for code in codes:
        km = territory().outside(code, latitude, longitude, tolerance)
        if km:
            message = f"{latitude:g}, {longitude:g} lies {km:,.0f} km outside {code}; up to {tolerance:g} km are taken"
            table.fault(row.line, "lat, lon", message + _hint(codes, latitude, longitude, tolerance))
            break
    return latitude, longitude


def _hint(codes: list[str], latitude: float, longitude: float, tolerance: float) -> str:
    """Return the slip of the hand that would explain a point, if it is one of the common ones."""
    slips = (
        ("latitude and longitude exchanged", longitude, latitude),
        ("the sign of the longitude", latitude, -longitude),
        ("the sign of the latitude", -latitude, longitude),
    )
    for what, lat, lon in slips:
        if abs(lat) <= 90 and not any(territory().outside(code, lat, lon, tolerance) for code in codes):
            return f" ({what}?)"
    return ""


def _one_of(table: Table, row: Row, column: str, allowed: tuple[str, ...]) -> str:
    """Return a word of a list; an empty cell is the first of it."""
    word = row[column] or allowed[0]
    if word not in allowed:
        table.fault(row.line, column, f"{word!r} is none of {', '.join(allowed)}")
    return word


def _crossing(table: Table, row: Row, tier1: Collection[str]) -> Entry | None:
    countries, identity = row["countries"], _id(table, row)
    if not re.fullmatch("[A-Z]{2}-[A-Z]{2}", countries) or countries[:2] >= countries[3:]:
        table.fault(row.line, "countries", f"{countries!r} is not two codes in alphabetical order")
        _point(table, row, [], ON_LAND_KM)
        return None
    latitude, longitude = _point(table, row, countries.split("-"), ON_LAND_KM)
    tier = 1 if row["id"] in tier1 else 2
    return Entry(PlaceKind.CROSSING, identity, _mended(row["name"]), countries, latitude, longitude, tier=tier)


def _oil(table: Table, row: Row, tier1: Collection[str]) -> Entry | None:
    identity = _id(table, row)
    latitude, longitude = _point(table, row, [row["country"]], AT_SEA_KM)
    detail = _one_of(table, row, "type", _OIL_TYPES)
    tier = 1 if row["id"] in tier1 else 2
    return Entry(
        PlaceKind.OIL, identity, _mended(row["name"]), row["country"], latitude, longitude, detail=detail, tier=tier
    )


def _capital(table: Table, row: Row, tier1: Collection[str]) -> Entry | None:
    name = _mended(row["capital"])
    latitude, longitude = _point(table, row, [row["country"]], ON_LAND_KM)
    return Entry(
        PlaceKind.CAPITAL,
        f"{PREFIXES[table.name]}{row['country']}:{fold(name)}",
        name,
        row["country"],
        latitude,
        longitude,
        detail=_one_of(table, row, "status", _SEATS),
        capital=name,
        km_to_capital=0.0,
    )


def _approach(table: Table, row: Row, tier1: Collection[str]) -> Entry | None:
    identity = _id(table, row)
    latitude, longitude = _point(table, row, [row["country"]], ON_LAND_KM)
    return Entry(
        PlaceKind.APPROACH,
        identity,
        _mended(row["name"]),
        row["country"],
        latitude,
        longitude,
        detail=_one_of(table, row, "kind", _APPROACH_KINDS),
        capital=_mended(row["capital"]),
        km_to_capital=_number(table, row, "km_to_capital", 0, _FARTHEST_KM),
    )


def _actor(table: Table, row: Row, tier1: Collection[str]) -> Entry | None:
    detail = _one_of(table, row, "type", _ACTOR_TYPES)
    return Entry("actor", _id(table, row), _mended(row["name"]), row["countries"] or None, detail=detail)


def _agency(table: Table, row: Row, tier1: Collection[str]) -> Entry | None:
    return Entry("agency", _id(table, row), _mended(row["name"]))


def _country(table: Table, row: Row, tier1: Collection[str]) -> Entry | None:
    code = row["code"]
    if not re.fullmatch("[A-Z]{2}", code):
        table.fault(row.line, "code", f"{code!r} is not two capital letters")
        return None
    return Entry("country", PREFIXES[table.name] + code, _mended(row["name"]), code)


BUILDERS = {
    "crossings.csv": Builder(("id", "name", "countries", "lat", "lon"), ("source",), _crossing),
    "oil_facilities.csv": Builder(("id", "name", "country", "type", "lat", "lon"), ("source",), _oil),
    "capitals.csv": Builder(("country", "capital", "lat", "lon"), ("status", "source"), _capital),
    "capital_approaches.csv": Builder(
        ("id", "name", "capital", "country", "lat", "lon", "km_to_capital"), ("kind", "source"), _approach
    ),
    "actors.csv": Builder(("id", "name", "type"), ("countries", "source"), _actor),
    "agencies.csv": Builder(("id", "name"), ("source",), _agency),
    "countries.csv": Builder(("code", "name"), ("source",), _country),
}
"""The files whose rows become entries, in the order in which they are read."""
