"""What briefings take from the shipped gazetteer: names of places and actors in the reader's language, kinds of sites.

Detection hands on the English `name` of an entry and its id. Names in other languages are read from the alias columns
of `rules/gazetteer/*.csv`, the first of a language unless `display_names.csv` gives another.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from alertsvc.brief.texts import is_latin, without_brackets
from alertsvc.resources import data_dir

__all__ = ["ActorEntry", "SiteEntry", "actor_entry", "capital_names", "known_actors", "site_entry"]

_ALIASES = ("aliases_en", "aliases_fr", "aliases_ar")
_SITES = ("crossings.csv", "oil_facilities.csv", "capital_approaches.csv")


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """A site: `type` is empty for a crossing; `names` are its aliases by language; `shown` is what is to be shown."""

    id: str
    name: str
    type: str
    names: dict[str, tuple[str, ...]]
    shown: dict[str, str]


@dataclass(frozen=True, slots=True)
class ActorEntry:
    """An armed actor; `type` is that of `actors.csv`."""

    id: str
    name: str
    type: str
    countries: frozenset[str]
    names: dict[str, tuple[str, ...]]
    shown: dict[str, str]


def _rows(file: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a file; none where the installation carries no gazetteer."""
    try:
        path = data_dir("rules") / "gazetteer" / file
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    for row in csv.DictReader(text.splitlines()):
        yield {key: (value or "").strip() for key, value in row.items() if isinstance(value, str) or value is None}


def _names(row: dict[str, str]) -> dict[str, tuple[str, ...]]:
    return {
        column.removeprefix("aliases_"): tuple(alias.strip() for alias in row[column].split(";") if alias.strip())
        for column in _ALIASES
    }


@cache
def _shown() -> dict[tuple[str, str], dict[str, str]]:
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in _rows("display_names.csv"):
        found[row["file"], row["id"]] = {code: row[code] for code in ("fr", "ar") if row[code]}
    return found


@cache
def _sites() -> dict[str, SiteEntry]:
    return {
        row["id"]: SiteEntry(
            row["id"],
            row["name"],
            row.get("type") or row.get("kind") or "",
            _names(row),
            _shown().get((file, row["id"]), {}),
        )
        for file in _SITES
        for row in _rows(file)
    }


def site_entry(gazetteer_id: str | None) -> SiteEntry | None:
    """Return the entry of a crossing, an oil site or a place on the way to a capital; None for none."""
    return _sites().get(gazetteer_id.rpartition(":")[2]) if gazetteer_id else None


@cache
def _capitals() -> dict[tuple[str, str], dict[str, tuple[str, ...]]]:
    found = {}
    for row in _rows("capitals.csv"):
        shown = _shown().get(("capitals.csv", f"{row['country']}:{row['capital'].casefold()}"), {})
        found[row["country"], row["capital"].casefold()] = _names(row) | {code: (name,) for code, name in shown.items()}
    return found


def capital_names(country: str | None, name: str) -> dict[str, tuple[str, ...]]:
    """Return the names of a capital by language; empty for one that is not listed."""
    for code in (country or "").split("-"):
        found = _capitals().get((code, name.casefold()))
        if found is not None:
            return found
    return {}


@cache
def known_actors() -> dict[str, ActorEntry]:
    """Map each name and alias of the shipped gazetteer, case folded, to its actor.

    Types are those of `rules/gazetteer/actors.csv`: state, militia, rebel, jihadist, gang, mercenary, un.
    """
    found: dict[str, ActorEntry] = {}
    for row in _rows("actors.csv"):
        names = _names(row)
        entry = ActorEntry(
            row["id"],
            row["name"],
            row["type"],
            frozenset(row["countries"].split(";")),
            names,
            _shown().get(("actors.csv", row["id"]), {}),
        )
        aliases = [alias for listed in names.values() for alias in listed]
        # What is written small ("gunmen", "bandits") is a word for anyone; and an Arabic word for a gang is one too.
        proper = [alias for alias in aliases if alias[:1].isupper() or (row["type"] != "gang" and not is_latin(alias))]
        for name in (row["name"], without_brackets(row["name"]), *proper):
            found.setdefault(name.casefold(), entry)
    return found


def actor_entry(*names: str) -> ActorEntry | None:
    """Return the entry of the first of several names of one actor that is known; None for none."""
    known = known_actors()
    return next((known[name.casefold()] for name in names if name.casefold() in known), None)
