"""What two reports have in common beyond place, day and action, in whatever languages they are told.

Counts of people are the same number in every language, actors go by the gazetteer's names, and names of people and
towns are compared by their consonants (see `names`). An equal toll of ten or more tells an event; a few dead are said
of too many. Rules of ours; `benchmarks/filing.py` measures what becomes of the incidents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from alertsvc.domain import Count, Detection
from alertsvc.track.names import sound
from alertsvc.track.words import words

__all__ = ["TELLING", "agree", "kinship", "toll_of"]

TELLING = 10
"""People from whom on a number tells an event."""

_KIN = 2  # what an equal count weighs; a name or a number of the text in common weighs one
_MOST = 4  # that names and numbers weigh together at most
_NAME = re.compile(r"(?<![.!?\"“«]\s)(?<!^)\b[A-ZÀ-Þ][\w'’-]{3,}")
_ARABIC_WORD = re.compile(r"[\u0621-\u064a]{4,}")
_NUMBER = re.compile(r"(?<![\d.,/:-])\d{2,3}(?:[.,\s]?\d{3})*(?![\d/:-])")
_YEARS = range(1900, 2100)
_FEWEST = 4  # consonants of a name


def toll_of(detection: Detection) -> int | None:
    """Return the dead that a detection gives as a lower bound, where the number tells an event."""
    return _telling(detection.killed)


def agree(one: Detection, other: Detection) -> bool:
    """Say whether two detections give the same telling number of dead, wounded or captured."""
    return any(mine is not None and mine == theirs for mine, theirs in zip(_counts(one), _counts(other), strict=True))


def _counts(detection: Detection) -> tuple[int | None, ...]:
    return tuple(_telling(count) for count in (detection.killed, detection.wounded, detection.captured))


def _telling(count: Count | None) -> int | None:
    return None if count is None or count.low < TELLING else count.low


def kinship(one: Detection, other: Detection) -> int:
    """Return how much two detections have in common: equal counts, actors, names and numbers of their sentences."""
    counts = zip(_counts(one), _counts(other), strict=True)
    same = sum(mine is not None and mine == theirs for mine, theirs in counts)
    actors = len(_folded((*one.attackers, *one.targets)) & _folded((*other.attackers, *other.targets)))
    said = len(_said(one.sentences) & _said(other.sentences))
    return _KIN * same + actors + min(said, _MOST)


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(" ".join(words(name)) for name in names)


@lru_cache(maxsize=512)
def _said(sentences: tuple[str, ...]) -> frozenset[str]:
    """Return the names, by sound, and the numbers of sentences; years and days are none."""
    found: set[str] = set()
    for sentence in sentences:
        names = (*_NAME.findall(sentence), *_ARABIC_WORD.findall(sentence))
        found.update(heard for name in names if len(heard := sound(name)) >= _FEWEST)
        for number in _NUMBER.findall(sentence):
            value = int("".join(char for char in number if char.isdecimal()))
            if value not in _YEARS and value > 31:
                found.add(str(value))
    return frozenset(found)
