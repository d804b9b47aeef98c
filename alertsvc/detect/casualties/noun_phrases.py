"""People as English and French count or name them: from a number to its noun, and single persons."""

from __future__ import annotations

from alertsvc.detect.casualties.attachment import anchor_before
from alertsvc.detect.casualties.mention import Part
from alertsvc.detect.casualties.passage import SUBSET, EuropeanPassage
from alertsvc.detect.numerals import Number

__all__ = ["noun_phrase", "singles"]

_SUBSET_BEHIND = frozenset("them whom which eux elles entre those".split())
_THEM = frozenset("them eux elles".split())
_OPENING = frozenset("and et but mais while tandis l que".split())
_PARTITIVE = frozenset("les des ces those these".split())
_ALSO_ADJECTIVES = frozenset("general major private national paramilitary".split())
_NO_ONE = frozenset("bill plan deal project proposal idea motion law story dog projet texte idee loi accord".split())
_QUALIFYING = frozenset("border camp police state oil field security local".split())  # things that tell which people
_OF = frozenset({"of", "among", "parmi"})
_SOME = frozenset("several some many most none all dozens scores hundreds number few both one".split())


def noun_phrase(passage: EuropeanPassage, number: Number) -> Part | None:
    """Read on from a number to the noun that it counts; None where that is no person or only part of a group."""
    names, grammar = passage.names, passage.grammar
    at = number.last + 1
    if passage.name(number.first - 1) in SUBSET and not passage.broken(number.first - 1):
        whole = passage.name(number.first - 2) in grammar.passive and passage.name(number.first - 1) != "dont"
        if not whole:  # "two children were among five people killed" counts the five
            return None
    if passage.name(at) in ("of", "de", "d", "des") and not passage.broken(at - 1):
        at += passage.name(at) != "des"
        if passage.name(at) == "entre":
            at += 1
        if passage.name(at) in _SUBSET_BEHIND:
            return _some_of_them(passage, number.low, number.high, number.first, at)
        if passage.name(at) in grammar.determiners or passage.name(at) in _PARTITIVE:
            at += 1
            if passage.name(at) in passage.anchors:  # "three of the wounded died": the wounded are who
                hurt = passage.anchors[names[at]].kind == "wounded"
                return Part(number.low, number.high, number.first, at, at, at, False) if hurt else None
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


def _some_of_them(passage: EuropeanPassage, low: int, high: int | None, first: int, at: int) -> Part | None:
    """Read "two of them died", "l'un d'eux a succombé", from token `first` to the pronoun; None for an insertion."""
    grammar, before = passage.grammar, first - 1
    opens = before < 0 or passage.broken(before, comma=False) or passage.name(before) in _OPENING
    told = passage.name(at) in _THEM and not passage.broken(at)
    verbs = passage.names[at + 1 : at + 4]
    verb = any(n in grammar.passive or n in grammar.have for n in verbs[:2]) or any(
        n in passage.anchors and passage.anchors[n].role == "I" for n in verbs
    )
    return Part(low, high, first, at, -1, at, True) if opens and told and verb else None


def singles(passage: EuropeanPassage, taken: set[int]) -> list[Part]:
    """Find one person without a number: "a soldier", "un soldat", "killing the officer", "un mort".

    `taken` are the tokens of numbers and their qualifiers.
    """
    grammar = passage.grammar
    found: list[Part | None] = []
    for at, name in enumerate(passage.names):
        if at in taken:
            continue
        if name in grammar.indefinite:
            k = _behind_another(passage, at)
            if k not in taken and passage.name(k) in passage.anchors and (k > at + 1 or name not in ("a", "an")):
                found.append(_nameless(passage, at, k))
                continue
        if name in grammar.determiners:
            found.append(_determined(passage, at, taken))
        elif at < 5 and name in grammar.one and passage.name(at + 1) in passage.anchors and name != "person":
            headline = taken.isdisjoint(range(at)) and grammar.determiners.isdisjoint(passage.names[:at])
            found.append(Part(1, 1, 0, at, at, at, False) if headline else None)  # "Ranger killed at gate"
    return [part for part in found if part is not None]


def _behind_another(passage: EuropeanPassage, at: int) -> int:
    """Return the token behind "another was", "a third", "un autre a été" at token `at`, where the verb may stand."""
    grammar = passage.grammar
    k = at + 1
    more = passage.names[at] == "another"
    if passage.name(k) in grammar.others or passage.name(k) in grammar.ordinals:
        k, more = k + 1, True
    while more and k < at + 5 and (passage.name(k) in grammar.passive or passage.name(k) in grammar.have):
        k += 1
    return k


def _nameless(passage: EuropeanPassage, at: int, anchor: int) -> Part | None:
    """Read "another killed", "un mort": the article at token `at` stands for a person."""
    name = passage.names[anchor]
    person = passage.anchors[name].role in "NPI" and name not in ("arrete", "capture", "massacre")
    return Part(1, 1, at, at, -1, at, True) if person else None


def _determined(passage: EuropeanPassage, at: int, taken: set[int]) -> Part | None:
    """Read the person behind the article at token `at`; "the" needs a verb before it."""
    names, grammar = passage.names, passage.grammar
    if at > 1 and names[at - 1] in _OF and (at - 2 in taken or names[at - 2] in _SOME):
        return None  # "four of their drivers", "one of the guards": they are counted by what stands before
    if names[at] in ("un", "une") and passage.name(at + 1) == "d" and passage.name(at + 2) in _THEM:
        return _some_of_them(passage, 1, 1, at, at + 2)
    if names[at] in ("un", "une") and passage.name(at + 1) in ("de", "des"):  # "un de ses soldats"
        k = next((k for k in range(at + 2, at + 5) if passage.is_person(k)), None)
        return None if k is None or passage.broken(k - 1) else Part(1, 1, at, at, k, k, False)
    if names[at] in grammar.indefinite and _foreigner(passage, at + 1):
        return Part(1, 1, at, at, at + 1, at + 1, False)
    anchored: int | None = -1
    for k in range(at + 1, min(at + 7, len(names))):
        if k in taken or passage.broken(k - 1) or passage.ends_noun(names[k]) or names[k] in passage.anchors:
            return None
        if names[k] in grammar.others:
            return None
        listed = names[k] in grammar.one and not (names[k] in _ALSO_ADJECTIVES and _plain_word(passage, k + 1))
        if not listed and not passage.is_agent(k):
            if (
                k == at + 1
                and not names[k].endswith("s")  # people, and nobody says how many
                and passage.text[passage.words[k].start].islower()
                and names[k] not in _NO_ONE
                and names[k] not in grammar.things
                and _befallen(passage, k, True)
            ):
                return Part(1, 1, at, at, k, k, False)  # "the muleteer was shot dead"
            continue
        if not passage.broken(k) and (passage.name(k + 1) in grammar.people or passage.is_agent(k + 1)):
            continue
        anchored = anchor_before(passage, at)
        if anchored is None and not listed and not _befallen(passage, k):
            return None
        if names[at] in grammar.indefinite or names[at] in grammar.possessive or anchored is not None:
            return Part(1, 1, at, at, k, k, False)
        return Part(1, 1, at, at, k, k, False) if _befallen(passage, k) else None
    return None


def _foreigner(passage: EuropeanPassage, at: int) -> bool:
    """Tell whether the word at token `at` is a name for one of a people, as in "a Briton and an Algerian were"."""
    grammar, behind = passage.grammar, passage.name(at + 1)
    if at >= len(passage.words) or passage.broken(at - 1) or not passage.text[passage.words[at].start].isupper():
        return False
    return behind in grammar.passive or behind in grammar.have or behind in ("and", "et") or behind in passage.anchors


def _plain_word(passage: EuropeanPassage, at: int) -> bool:
    """Tell whether the word at token `at` carries a noun phrase on: "a major attack", but not "a major and"."""
    name = passage.name(at)
    stops = passage.broken(at - 1) or passage.ends_noun(name) or name in passage.anchors
    return bool(name) and not stops and passage.text[passage.words[at].start].islower()


def _befallen(passage: EuropeanPassage, head: int, passive: bool = False) -> bool:
    """Tell whether a form of "be" or "have", or the verb itself, stands right behind the person at token `head`.

    "The driver was killed", "le grutier de 41 ans a été tué"; what only tells when something else happened, "after the
    commander was killed", is passed over. `passive`: only the passive of killing will do.
    """
    grammar, at = passage.grammar, head + 1
    if passage.broken(head):
        return False
    if passage.name(at) == "de" and passage.name(at + 2) == "ans":
        at += 3
    seen = False
    for k in range(at, at + 4):
        name = passage.name(k)
        anchor = passage.anchors.get(name)
        if anchor is not None:
            if passive:
                return seen and anchor.role == "P" and anchor.kind == "killed"
            return anchor.role == "I" or (seen and anchor.role in "PN")
        if name in grammar.passive or name in grammar.have:
            seen = True
        elif name not in grammar.fillers:
            return False
    return False
