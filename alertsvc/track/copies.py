"""Whether one article repeats the text of another.

Both texts are cut into runs of four words. Where at least half of the shorter text's runs stand in the other too, one
is a copy: reprints cut, add a line and leave their page's junk around, while two reporters on one event share few runs
beyond a quotation. Time and memory are linear in the texts. A translation is not recognised as a copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

from alertsvc.track.words import words

__all__ = ["COPY_FROM", "Likeness", "likeness"]

COPY_FROM = 0.5
"""Share of the shorter text's runs from which it is a copy."""

_RUN = 4
_FEWEST = 12  # runs that the shorter text must have; less is compared as a whole
_MOST = 3000  # words read of a text
_LONGEST = 40_000  # characters


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much two texts share: `share` of the shorter one from 0 to 1, and how many times longer the first is."""

    share: float
    longer: float

    @property
    def copy(self) -> bool:
        """One repeats the other."""
        return self.share >= COPY_FROM


# The reports of one incident are compared with each newcomer; runs are kept as checksums to keep this small.
@lru_cache(maxsize=128)
def _runs(text: str) -> tuple[int, str, frozenset[int]]:
    found = words(text[:_LONGEST])[:_MOST]
    runs = zip(*(found[start:] for start in range(_RUN)), strict=False)
    whole = " ".join(found) if len(found) < _RUN + _FEWEST else ""
    return len(found), whole, frozenset(crc32(" ".join(run).encode("utf-8", "surrogatepass")) for run in runs)


def likeness(text: str, other: str) -> Likeness:
    """Compare two texts; texts without words are like nothing."""
    length, whole, runs = _runs(text)
    other_length, other_whole, other_runs = _runs(other)
    if not length or not other_length:
        return Likeness(0.0, 1.0)
    fewest = min(len(runs), len(other_runs))
    if fewest < _FEWEST:
        return Likeness(1.0 if length == other_length and whole == other_whole else 0.0, length / other_length)
    return Likeness(len(runs & other_runs) / fewest, length / other_length)
