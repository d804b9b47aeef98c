"""People as English and French count or name them: from a number to its noun, and single persons."""

from __future__ import annotations

from alertsvc.detect.casualties.attachment import anchor_before
from alertsvc.detect.casualties.mention import Part
from alertsvc.detect.casualties.passage import SUBSET, EuropeanPassage
from alertsvc.detect.numerals import Number

__all__ = ["noun_phrase", "singles"]

_SUBSET_BEHIND = frozenset("them whom which eux elles entre those".split())
_PARTITIVE = frozenset("les des ces those these".split())
_QUALIFYING = frozenset("border camp police state oil field security local".split())  # things that tell which people


def noun_phrase(passage: EuropeanPassage, number: Number) -> Part | None:
    """Read on from a number to the noun that it counts; None where that is no person or only part of a group."""
    names, grammar = passage.names, passage.grammar
    at = number.last + 1
    if passage.name(number.first - 1) in SUBSET and not passage.broken(number.first - 1):
        return None
    if passage.name(at) in ("of", "de", "d") and not passage.broken(at - 1):
        at += 1
        if passage.name(at) in _SUBSET_BEHIND:
            return None
        if passage.name(at) in grammar.determiners or passage.name(at) in _PARTITIVE:
            at += 1
            if passage.name(at) in passage.anchors:
                return None
        if at in passage.starting:
            at = passage.starting[at].last + 1
    if passage.name(number.last) in ("several", "few", "plusieurs") and not passage.name(at):
        return None
    head, last, bare = -1, number.last, True
    for k in range(at, min(at + 7, len(names))):
        name = names[k]
        if passage.broken(k - 1) or k in passage.starting or name in passage.anchors:
            break
        if passage.ends_noun(name):
            bare = bare and name not in ("of", "de", "d", "des")
            break
        if head < 0 and name in grammar.things and not passage.is_person(k + 1):
            if name in _QUALIFYING:
                continue
            return None
        bare = bare and name in grammar.others
        if passage.is_person(k):
            head = last = k
        elif head < 0 and name not in grammar.fillers:
            last = k
    if number.year_like and head < 0:
        return None
    return Part(number.low, number.high, number.first, number.last, head, last, bare)


def singles(passage: EuropeanPassage, taken: set[int]) -> list[Part]:
    """Find one person without a number: "a soldier", "un soldat", "killing the officer", "un mort".

    `taken` are the tokens of numbers and their qualifiers.
    """
    grammar = passage.grammar
    found: list[Part | None] = []
    for at, name in enumerate(passage.names):
        if at in taken:
            continue
        if name in ("un", "une", "another"):
            k = at + 1 + (passage.name(at + 1) == "autre")
            k += name == "another" and passage.name(k) in grammar.passive
            if k not in taken and passage.name(k) in passage.anchors and (name != "un" or passage.language == "fr"):
                found.append(_nameless(passage, at, k))
                continue
        if name in grammar.determiners:
            found.append(_determined(passage, at, taken))
        elif at < 5 and name in grammar.one and passage.name(at + 1) in passage.anchors and name != "person":
            headline = taken.isdisjoint(range(at)) and grammar.determiners.isdisjoint(passage.names[:at])
            found.append(Part(1, 1, 0, at, at, at, False) if headline else None)  # "Ranger killed at gate"
    return [part for part in found if part is not None]


def _nameless(passage: EuropeanPassage, at: int, anchor: int) -> Part | None:
    """Read "another killed", "un mort": the article at token `at` stands for a person."""
    name = passage.names[anchor]
    person = passage.anchors[name].role in "NPI" and name not in ("arrete", "capture", "massacre")
    return Part(1, 1, at, at, -1, at, True) if person else None


def _determined(passage: EuropeanPassage, at: int, taken: set[int]) -> Part | None:
    """Read the person behind the article at token `at`; "the" needs a verb before it."""
    names, grammar = passage.names, passage.grammar
    for k in range(at + 1, min(at + 5, len(names))):
        if k in taken or passage.broken(k - 1) or passage.ends_noun(names[k]) or names[k] in passage.anchors:
            return None
        if names[k] in grammar.one and passage.name(k + 1) not in grammar.people:
            told = names[at] in grammar.indefinite or anchor_before(passage, at) is not None
            return Part(1, 1, at, at, k, k, False) if told else None
    return None
