"""What a map shows beside its incidents: capitals, towns on the ways to them, other crossings and oil sites.

Read from the gazetteer that comes with the service; names in the reader's language where it has one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from babel import Locale

from alertsvc.brief.gazetteer import site_entry
from alertsvc.brief.places import country_name
from alertsvc.brief.texts import without_brackets
from alertsvc.domain import PlaceKind
from alertsvc.resources import data_dir

__all__ = ["Landmark", "capitals_of", "country_label", "landmark_points", "landmarks"]

_FILES = {
    "capitals.csv": PlaceKind.CAPITAL,
    "crossings.csv": PlaceKind.CROSSING,
    "oil_facilities.csv": PlaceKind.OIL,
    "capital_approaches.csv": PlaceKind.APPROACH,
}
_SEATS = ("capital", "seat_of_government")
# Where the names of Unicode's CLDR are too long for a map.
_SHORT = {
    ("en", "CF"): "C. African Rep.",
    ("en", "BA"): "Bosnia",
    ("fr", "CD"): "RD Congo",
    ("fr", "CG"): "Congo",
    ("fr", "CF"): "Centrafrique",
    ("fr", "BA"): "Bosnie",
    ("fr", "PS"): "Palestine",
    ("ar", "CD"): "الكونغو الديمقراطية",
    ("ar", "CG"): "الكونغو",
    ("ar", "CF"): "أفريقيا الوسطى",
    ("ar", "PS"): "فلسطين",
}


@dataclass(frozen=True, slots=True)
class Landmark:
    """A place of the gazetteer. `names` holds a name for each language that it has one in."""

    id: str
    kind: PlaceKind
    countries: tuple[str, ...]
    longitude: float
    latitude: float
    names: dict[str, str]
    detail: str  # status of a capital, kind of an approach, type of an oil site

    def name(self, language: str) -> str:
        """Return the name in a language, else the one that the gazetteer leads with."""
        return self.names.get(language) or self.names["en"]


def _row(row: dict[str, str], kind: PlaceKind) -> Landmark:
    name = row.get("name") or row["capital"]
    names = {"en": without_brackets(name)}
    for language in ("fr", "ar"):
        first = row.get(f"aliases_{language}", "").split(";")[0].strip()
        if first:
            names[language] = without_brackets(first)
    entry = site_entry(row.get("id"))
    if entry is not None:
        names |= {language: without_brackets(name) for language, name in entry.shown.items()}
    return Landmark(
        id=row.get("id") or f"{row['country']}:{row['capital']}",
        kind=kind,
        countries=tuple((row.get("countries") or row.get("country") or "").split("-")),
        longitude=float(row["lon"]),
        latitude=float(row["lat"]),
        names=names,
        detail=row.get("status") or row.get("kind") or row.get("type") or "",
    )


def _read() -> Iterator[Landmark]:
    folder = data_dir("rules") / "gazetteer"
    for name, kind in _FILES.items():
        with (folder / name).open(encoding="utf-8", newline="") as file:
            yield from (_row(row, kind) for row in csv.DictReader(file) if row["lat"] and row["lon"])


@cache
def landmarks() -> tuple[Landmark, ...]:
    """Return every place of the gazetteer that has coordinates, capitals first."""
    return tuple(_read())


@cache
def landmark_points() -> npt.NDArray[np.float64]:
    """Return longitude and latitude of each of `landmarks`."""
    return np.array([(item.longitude, item.latitude) for item in landmarks()])


@cache
def capitals_of(country: str) -> tuple[Landmark, ...]:
    """Return the capital of a country, then other seats of its government."""
    found = [item for item in landmarks() if item.kind is PlaceKind.CAPITAL and country in item.countries]
    return tuple(sorted((item for item in found if item.detail in _SEATS), key=lambda item: _SEATS.index(item.detail)))


@cache
def country_label(code: str, language: str) -> str:
    """Return the name of a country as it stands on a map."""
    if (language, code) in _SHORT:
        return _SHORT[language, code]
    if language == "en":
        return country_name(code) or code
    name = Locale(language).territories.get(code)
    return without_brackets(str(name)) if name else code
