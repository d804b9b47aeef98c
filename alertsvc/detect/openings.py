"""Sentences that go over to something else: the words by which an article turns to another place or happening."""

from __future__ import annotations

from alertsvc.detect.fold import spelt
from alertsvc.detect.reading import SentenceReading

__all__ = ["adds_another", "turns_elsewhere"]

_OPENINGS = tuple(
    tuple(words.split())
    for words in (
        "elsewhere|separately|meanwhile|in a separate|in another|in an unrelated|in other|in a second|further north|"
        "further south|further east|further west|farther north|farther south|farther east|farther west|"
        "ailleurs|par ailleurs|dans un autre|dans une autre|entre temps|pendant ce temps|parallelement|"
        "plus au nord|plus au sud|plus a l est|plus a l ouest|"
        "في حادث|في سياق|في هجوم اخر|في هجوم منفصل|من جهه اخري|في غضون ذلك|الي الشمال|الي الجنوب|الي الشرق|الي الغرب|"
        "في الشمال|في الجنوب|في الشرق|في الغرب"
    ).split("|")
)
_ALSO = frozenset(
    "also too separate unrelated another second egalement aussi autre second seconde ايضا كما اخر".split()
)
_OPENING = 6  # words in which an article says that it turns to something else


_BY_FIRST: dict[str, list[tuple[str, ...]]] = {}
for _words in _OPENINGS:
    _BY_FIRST.setdefault(_words[0], []).append(_words)


def _opening(sentence: SentenceReading) -> list[str]:
    names = spelt(sentence.sentence.tokens)[:_OPENING]
    if sentence.language == "ar" and names and names[0] in ("وفي", "والي", "ومن"):
        names[0] = names[0][1:]
    return names


def turns_elsewhere(sentence: SentenceReading) -> bool:
    """Say whether a sentence opens by turning to another place or happening: "Elsewhere", "In a separate attack"."""
    names = _opening(sentence)
    return bool(names) and any(tuple(names[: len(words)]) == words for words in _BY_FIRST.get(names[0], ()))


def adds_another(sentence: SentenceReading) -> bool:
    """Say whether a sentence tells of a further happening: it turns to it, or says "also", "a second", "another"."""
    return turns_elsewhere(sentence) or not _ALSO.isdisjoint(spelt(sentence.sentence.tokens))
