"""The context notes that are told: always the last set that could be used.

An operator's notes are edited while the service runs. A half-written file is told of and changes nothing, and since a
briefing without context is still a briefing, a mistake in them does not keep a service from starting either: it then
tells ours alone. What is kept is kept for the process, by folder.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import structlog

from alertsvc.brief.context import NO_NOTES, Notes, load_notes, note_layers
from alertsvc.errors import DataError

__all__ = ["SCOPE", "check_notes", "note_problems", "notes_of"]

SCOPE = "context"
"""The scope of the problems that are recorded; their subject is the file."""

_log = structlog.get_logger(__name__)
_Stamp = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: _Stamp  # of the files that were read last
    notes: Notes
    problems: tuple[str, ...]


_kept: dict[Path | None, _Kept] = {}
_turn = threading.Lock()


def notes_of(own: Path | None) -> Notes:
    """Return the notes of an operator's folder of rules over ours, or the last ones that could be used.

    Args:
        own: the folder; None for ours alone.
    """
    return _current(own).notes


def note_problems(own: Path | None) -> tuple[str, ...]:
    """Return what is wrong with the files as they are now; empty where nothing is."""
    return _current(own).problems


def check_notes(own: Path | None, known: Collection[str] | None, today: date) -> tuple[int, list[str]]:
    """Return how many notes there are, and everything that is wrong with the files as they are now.

    Args:
        known: ids of the gazetteer; None where it cannot be read. Under an operator's own gazetteer our notes may well
            be on places that are no longer in it, so there only the operator's are held against it.
    """
    try:
        notes = load_notes(note_layers(own), today)
    except DataError as error:
        return 0, error.problems
    unknown = notes.unknown(known, layer=0 if own is None else 1) if known is not None else []
    return sum(len(topic.notes) for topic in notes.topics.values()), unknown


def _current(own: Path | None) -> _Kept:
    with _turn:
        layers = note_layers(own)
        stamp = _stamped([path for files in layers for path in files])
        before = _kept.get(own)
        if before is not None and before.stamp == stamp:
            return before
        try:
            found = _Kept(stamp, load_notes(layers), ())
        except DataError as error:
            _log.error("context notes cannot be used", problems=error.problems, last_good=before is not None)
            notes = before.notes if before is not None else _ours()
            found = _Kept(stamp, notes, tuple(error.problems))
        _kept[own] = found
        return found


def _ours() -> Notes:
    try:
        return load_notes(note_layers())
    except DataError:  # told already, as ours lie under an operator's
        return NO_NOTES


def _stamped(files: Sequence[Path]) -> _Stamp:
    found = []
    for path in files:
        try:
            status = path.stat()
        except OSError:  # gone since it was listed
            continue
        found.append((str(path), status.st_mtime_ns, status.st_size, status.st_ino))
    return tuple(found)
