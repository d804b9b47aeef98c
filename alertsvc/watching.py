"""Places that somebody watches: names and ids, as people write them, looked up in the gazetteer."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from alertsvc.detect.fold import fold
from alertsvc.detect.gazetteer import Entry, Gazetteer
from alertsvc.domain import PlaceKind, WatchedPlace
from alertsvc.errors import SubscriptionError
from alertsvc.resources import layered_files

__all__ = ["watched_places"]

_KINDS = frozenset(PlaceKind)
_SUGGESTED = 3
_ALIKE = 0.6  # of 1: how much a suggestion must resemble what was written


def watched_places(wanted: Iterable[str], rules_dir: Path | None) -> tuple[WatchedPlace, ...]:
    """Return the places that names or ids of the gazetteer stand for, each once.

    Args:
        wanted: in any spelling and language that the gazetteer knows, or ids of it.
        rules_dir: the operator's own rules, whose places lie over ours.

    Raises:
        SubscriptionError: for the field `places`: a name is unknown, with what resembles it, or stands for several
            places, with the ids of all.
        DataError: the gazetteer itself is wrong.
    """
    names = list(wanted)
    if not names:
        return ()
    gazetteer = _gazetteer(rules_dir)
    found: dict[str, WatchedPlace] = {}
    problems: list[str] = []
    for name in names:
        entries = _entries(name.strip(), gazetteer)
        if len(entries) == 1:
            entry = entries[0]
            found[entry.id] = WatchedPlace(entry.id, entry.name, entry.latitude, entry.longitude)
        elif entries:
            ids = ", ".join(f"{entry.id} ({entry.name}, {entry.country})" for entry in entries)
            problems.append(f"{name} stands for several places; give the id of one: {ids}")
        else:
            problems.append(f"the gazetteer has no {name}{_suggestions(name, gazetteer)}")
    if problems:
        raise SubscriptionError({"places": "; ".join(problems)})
    return tuple(found.values())


@lru_cache(maxsize=2)
def _loaded(files: tuple[tuple[str, Path, int], ...]) -> Gazetteer:
    return Gazetteer.load({name: path for name, path, _ in files})


def _gazetteer(rules_dir: Path | None) -> Gazetteer:
    """Load the gazetteer, again where a file was changed."""
    files = layered_files("rules", "gazetteer/*.csv", rules_dir)
    return _loaded(tuple((path.name, path, path.stat().st_mtime_ns) for path in files))


def _entries(name: str, gazetteer: Gazetteer) -> list[Entry]:
    exact = gazetteer.entries.get(name)
    if exact is not None and exact.kind in _KINDS:
        return [exact]
    named = {entry.id: entry for entry in gazetteer.named(name) if entry.kind in _KINDS}
    return [named[key] for key in sorted(named)]


def _suggestions(name: str, gazetteer: Gazetteer) -> str:
    known: dict[str, Entry] = {}
    for entry in gazetteer.entries.values():
        if entry.kind in _KINDS:
            known.setdefault(fold(entry.name), entry)
            known.setdefault(entry.id, entry)
    close = get_close_matches(fold(name), known, n=2 * _SUGGESTED, cutoff=_ALIKE)
    entries = list({known[item].id: known[item] for item in close}.values())[:_SUGGESTED]
    return "; did you mean " + " or ".join(f"{entry.name} ({entry.id})" for entry in entries) + "?" if entries else ""
