"""py3langid's identifier, taking its steps through a text side by side instead of one after another.

Its automaton finds byte sequences of up to six bytes, so where it stands depends on the last six bytes alone: every
place of a text can be reached from the start by itself, which numpy does for all places at once. What it sums over is
kept as float32 for what is met often. Results are those of py3langid to the bit; where its model turns out to be made
otherwise, py3langid goes its own way.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt
from py3langid.langid import LanguageIdentifier

__all__ = ["REACH", "Identifier"]

REACH = 6  # bytes that the automaton remembers
_KEPT = 8192  # rows of the table that are kept as float32
_TRIAL = "The troops took the town. Les forces ont repris la ville à l'aube, après 3 jours. سيطرت القوات على المدينة."


class Identifier(LanguageIdentifier):  # type: ignore[misc]  # py3langid has no types
    """Identifies languages as py3langid does."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.quick = False
        try:
            self._prepare()
            trial = self._encode(_TRIAL)
            self.quick = self._ours(trial).tobytes() == super()._raw_score(trial).tobytes()
        except (AttributeError, IndexError, TypeError, ValueError):
            return  # not the py3langid that we know; it does without us

    def _prepare(self) -> None:
        self._moves = np.frombuffer(self.tk_nextmove, dtype=f"u{self.tk_nextmove.itemsize}")
        self._rows = np.array(self.tk_row, dtype=np.int64) << 8
        self._told = np.array(self.tk_output, dtype=np.int64)
        letters = np.arange(256)
        first = self._rows[self._moves[self._rows[0] + letters]]
        # Where two bytes lead from the start, as the beginning of its row.
        self._pairs = self._rows[self._moves[first[:, None] + letters]].ravel()
        self._slots = np.full(len(self.nb_ptc), -1, dtype=np.int64)
        self._kept = np.empty((_KEPT, self.nb_ptc.shape[1]), dtype=np.float32)
        self._used = 0

    def _visits(self, text: bytes) -> Counter[int]:
        """Count the features of a text, in the order in which they are first met."""
        letters = np.frombuffer(text, dtype=np.uint8).astype(np.int64)
        size = len(letters)
        moves, rows = self._moves, self._rows
        # `place` is where the automaton stands at each byte after the bytes from REACH before it, so far.
        place = np.full(size, rows[0], dtype=np.int64)
        place[REACH - 1 :] = self._pairs.take((letters[: size - REACH + 1] << 8) + letters[1 : size - REACH + 2])
        place[REACH - 2] = rows[moves[rows[0] + letters[0]]]
        for back in range(REACH - 3, 0, -1):
            place[back:] = rows.take(moves.take(place[back:] + letters[: size - back]))
        told = self._told.take(moves.take(place + letters))
        return Counter(told[told >= 0].tolist())

    def _raw_score(self, text: bytes) -> npt.NDArray[np.float32]:
        scores: npt.NDArray[np.float32]
        scores = self._ours(text) if self.quick and len(text) > REACH else super()._raw_score(text)
        return scores

    def _ours(self, text: bytes) -> npt.NDArray[np.float32]:
        visits = self._visits(text)
        if not 0 < len(visits) <= _KEPT:
            theirs: npt.NDArray[np.float32] = super()._raw_score(text)
            return theirs
        found = np.array(list(visits))
        counts = np.array(list(visits.values()), dtype=np.float32)
        slots = self._slots.take(found)
        unknown = found[slots < 0]
        if len(unknown):
            if self._used + len(unknown) > _KEPT:
                self._slots.fill(-1)
                self._used, unknown = 0, found
            fresh = np.arange(self._used, self._used + len(unknown))
            self._kept[fresh] = self.nb_ptc[unknown]
            self._slots[unknown] = fresh
            self._used += len(unknown)
            slots = self._slots.take(found)
        scores: npt.NDArray[np.float32] = np.log1p(counts) @ self._kept.take(slots, axis=0) + self.nb_pc
        return scores
