"""Whether one article repeats the text of another.

Both texts are cut into runs of four words. Where at least half of the shorter text's runs stand in the other too, one
is a copy: reprints cut, retitle, change a word here and there, add a line and leave their page's junk around, while two
reporters on one event share few runs beyond a quotation. A translation is not recognised as a copy.

What is compared are sketches: of the runs' checksums those that begin with the most zero bits, as many zeros as it
takes to leave `_MOST_RUNS` at most. Short texts keep all of theirs, of a long one any part is represented by its share,
so that an excerpt is found in it. Time is linear in the text, a sketch takes a kilobyte at most.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from struct import Struct, pack, unpack
from zlib import crc32

from alertsvc.track.words import words

__all__ = ["COPY_FROM", "Likeness", "Sketch", "likeness", "sketch"]

COPY_FROM = 0.5
"""Share of the shorter text's runs from which it is a copy."""

_RUN = 4
_FEWEST = 12  # runs that the shorter text must have; less is compared as a whole
_FEW_OF_PART = 5  # runs that tell enough where they stand for many more
_MOST = 3000  # words read of a text
_LONGEST = 40_000  # characters
_MOST_RUNS = 256
_BITS = 32
_HEAD = Struct("<HBI")  # words, zero bits, checksum of a short text


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much two texts share: `share` of the shorter one from 0 to 1, and how many times longer the first is."""

    share: float
    longer: float

    @property
    def copy(self) -> bool:
        """One repeats the other."""
        return self.share >= COPY_FROM


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a text to compare it: number of words, checksums of runs, and of a short text as a whole."""

    length: int
    zeros: int  # bits that every checksum kept begins with
    whole: int  # 0 for a text of more than a few words
    packed: bytes  # the checksums, four bytes each: thousands of sketches are kept in memory

    @property
    def runs(self) -> tuple[int, ...]:
        """The checksums of the text's runs, the smallest first."""
        return unpack(f"<{len(self.packed) // 4}I", self.packed)

    def to_bytes(self) -> bytes:
        """Return everything packed."""
        return _HEAD.pack(self.length, self.zeros, self.whole) + self.packed

    @classmethod
    def from_bytes(cls, data: bytes) -> Sketch:
        """Read back what `to_bytes` made."""
        length, zeros, whole = _HEAD.unpack_from(data)
        return cls(length, zeros, whole, data[_HEAD.size :])


@lru_cache(maxsize=64)
def _run_set(text: Sketch, most: int) -> frozenset[int]:
    """Return the checksums of a text below `most`."""
    return frozenset(run for run in text.runs if run < most)


@lru_cache(maxsize=256)
def sketch(text: str) -> Sketch:
    """Return the sketch of a text."""
    found = words(text[:_LONGEST])[:_MOST]
    joined = " ".join(found).encode("utf-8", "surrogatepass")
    if len(found) < _RUN + _FEWEST:
        return Sketch(len(found), 0, crc32(joined) or 1, b"")
    runs = frozenset(_checksums(found))
    zeros = 0
    while len(runs) > _MOST_RUNS:
        zeros += 1
        runs = frozenset(run for run in runs if run < 1 << (_BITS - zeros))
    return Sketch(len(found), zeros, 0, pack(f"<{len(runs)}I", *sorted(runs)))


def _checksums(found: list[str]) -> list[int]:
    encoded = [word.encode("utf-8", "surrogatepass") for word in found]
    runs = zip(*(encoded[start:] for start in range(_RUN)), strict=False)
    return [crc32(b" ".join(run)) for run in runs]


@lru_cache(maxsize=512)
def likeness(one: Sketch, other: Sketch) -> Likeness:
    """Compare two texts; texts without words are like nothing."""
    if not one.length or not other.length:
        return Likeness(0.0, 1.0)
    longer = one.length / other.length
    if one.whole or other.whole:
        return Likeness(1.0 if one.length == other.length and one.whole == other.whole else 0.0, longer)
    most = 1 << (_BITS - max(one.zeros, other.zeros))
    mine = _run_set(one, most)
    theirs = other.runs if other.zeros >= one.zeros else other.runs[: bisect_left(other.runs, most)]
    fewest = min(len(mine), len(theirs))
    common = len(mine.intersection(theirs))
    if fewest < (_FEW_OF_PART if one.zeros or other.zeros else _FEWEST):
        # A text that says the same few words over and over, or too small a part of a very long one.
        return Likeness(1.0 if fewest and common == len(mine) == len(theirs) else 0.0, longer)
    return Likeness(common / fewest, longer)
