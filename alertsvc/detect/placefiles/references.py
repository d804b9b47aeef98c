"""Whether the files of the gazetteer fit one another: side files speak of rows that are there, points of their capital.

Files of different folders are not held against one another but for the codes of countries: who replaces one of our
files must not be stopped by rows of the others that speak of what was in it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from alertsvc.detect.characters import mend
from alertsvc.detect.fold import fold
from alertsvc.detect.placefiles.entry import Entry
from alertsvc.detect.placefiles.tables import Row, Table
from alertsvc.domain import PlaceKind

__all__ = ["PREFIXES", "Named", "ambiguous_names", "check_capitals", "check_countries", "check_sites"]

Named = tuple[Row, Entry, Sequence[str]]
"""A row, the entry made of it, and its names."""

PREFIXES = {
    "crossings.csv": "",
    "oil_facilities.csv": "",
    "capital_approaches.csv": "approach:",  # a town may have the id of a refinery in it
    "actors.csv": "actor:",
    "agencies.csv": "agency:",
    "countries.csv": "country:",
    "capitals.csv": "capital:",
}
"""What stands before the id of a row to make the id of its entry."""

_COUNTED = ("geonames place", "3 letters or fewer", "also in ")
_EARTH_KM = 6371.0
_ROAD, _LIMITS_KM = 2.5, 50.0  # how much longer a way may be than the distance, and how far a city reaches
Together = Callable[[str, str], bool]


def ambiguous_names(
    table: Table, files: Mapping[str, Sequence[Named]], together: Together
) -> list[tuple[str, str, str]]:
    """Return (id of an entry, name, reason) for each name that needs support.

    Of a capital only reasons that somebody gave count. Those found by counting its namesakes ("4 GeoNames place(s)
    elsewhere") do not: a capital outweighs them, or no report of Tripoli would be one of Libya's.
    """
    found = []
    by_id: dict[tuple[str, str], list[tuple[Entry, Sequence[str]]]] = defaultdict(list)
    for file, rows in files.items():
        for _, entry, names in rows:
            for given in _ids(file, entry):
                by_id[file, given].append((entry, names))
    for row in table.rows:
        file, name = row["file"], row["alias"]
        if file not in PREFIXES:
            table.fault(row.line, "file", f"{file!r} is none of {', '.join(sorted(PREFIXES))}")
            continue
        meant = by_id.get((file, _key(row["id"]) if file == "capitals.csv" else row["id"]), [])
        if not meant and together(table.name, file):
            table.fault(row.line, "id", f"{row['id']!r} is not in {file}")
        bearing = [entry for entry, names in meant if _key(name) in map(_key, names)]
        if meant and not bearing and together(table.name, file):
            table.fault(row.line, "alias", f"{name!r} is no name of {row['id']!r} in {file}")
        counts = not _counted(row["reason"])
        found += [(it.id, name, row["reason"]) for it in bearing if counts or it.kind != PlaceKind.CAPITAL]
    return found


def _counted(reason: str) -> bool:
    told = reason.lower()
    return not told.startswith("ordinary word") and any(words in told for words in _COUNTED)


def _ids(file: str, entry: Entry) -> set[str]:
    """Return what a side file may call an entry; a capital goes by its name, or its country and name."""
    own = entry.id.removeprefix(PREFIXES[file])
    return {_key(entry.name), _key(own)} if file == "capitals.csv" else {own}


def _key(name: str) -> str:
    return fold(mend(name)).strip()


def check_sites(table: Table, files: Mapping[str, Sequence[Named]], together: Together) -> None:
    """Check that sites of the first tier are there."""
    known = {(name, entry.id) for name, rows in files.items() for _, entry, _ in rows}
    for row in table.rows:
        file = row["file"]
        if file and file not in ("crossings.csv", "oil_facilities.csv"):
            table.fault(row.line, "file", f"{file!r} is neither crossings.csv nor oil_facilities.csv")
        elif file and (file, row["id"]) not in known and together(table.name, file):
            table.fault(row.line, "id", f"{row['id']!r} is not in {file}")


def check_countries(tables: Mapping[str, Table], files: Mapping[str, Sequence[Named]]) -> None:
    """Check that the countries of all rows are in `countries.csv`."""
    known = {entry.country for _, entry, _ in files.get("countries.csv", ())}
    if not known:
        return  # told already
    for name, rows in files.items():
        column = "countries" if name in ("crossings.csv", "actors.csv") else "country"
        for row, entry, _ in rows:
            codes = (entry.country or "").replace(";", "-").split("-")
            unknown = [code for code in codes if code and code not in known]
            if unknown:
                tables[name].fault(row.line, column, f"{', '.join(unknown)} is not in countries.csv")


def check_capitals(table: Table, files: Mapping[str, Sequence[Named]], together: Together) -> None:
    """Check that ways to a capital lead to one that is there and not much farther than the row says."""
    capitals = {_key(name): entry for _, entry, names in files.get("capitals.csv", ()) for name in (entry.name, *names)}
    for row, entry, _ in files.get(table.name, ()):
        capital = capitals.get(_key(entry.capital or ""))
        if capital is None:
            if capitals and together(table.name, "capitals.csv"):
                table.fault(row.line, "capital", f"{entry.capital!r} is not in capitals.csv")
            continue
        told, km = entry.km_to_capital or 0.0, _kilometres(entry, capital)
        if not km / _ROAD - _LIMITS_KM <= told <= km * _ROAD + _LIMITS_KM:
            message = f"{told:g} km, but the point lies {km:,.0f} km from that of {capital.name}"
            table.fault(row.line, "km_to_capital", message)


def _kilometres(one: Entry, other: Entry) -> float:
    """Return the great-circle distance between the points of two entries."""
    assert one.latitude is not None and one.longitude is not None  # noqa: PT018
    assert other.latitude is not None and other.longitude is not None  # noqa: PT018
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    half = math.sin((a - b) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(one.longitude - other.longitude) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, half)))
