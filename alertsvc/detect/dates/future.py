"""Whether a day stands under a verb of the future: "will reopen on Sunday", "rouvrira dimanche", "سيفتح الأحد"."""

from __future__ import annotations

import re

from alertsvc.detect.dates.passage import DatePassage

__all__ = ["looks_ahead"]

_REACH = 10  # tokens from the verb to its day
# Verbs and their helpers that put what follows ahead, the second word where it needs one.
_AHEAD: dict[str, dict[str, frozenset[str] | None]] = {
    "en": {
        **dict.fromkeys("will shall would".split(), None),
        **dict.fromkeys(
            "is are was were set scheduled expected expects expect plans plan planned hopes hope intends intend vowed "
            "promised pledged".split(),
            frozenset(("to",)),
        ),
        "due": frozenset("on to".split()),
        "scheduled": frozenset("to for on".split()),
        "planned": frozenset("to for on".split()),
    },
    "fr": {
        **dict.fromkeys("doit doivent devrait devraient va vont compte comptent prevoit prevoient".split(), None),
        **dict.fromkeys("prevu prevue prevus prevues programme programmee attendu attendue".split(), None),
    },
    "ar": dict.fromkeys(
        "سوف المقرر المتوقع المنتظر يعتزم تعتزم يعتزمون ينوي تنوي يتوقع المزمع مقرر مقررا".split(), None
    ),
}
_FUTURE = {
    "fr": re.compile(r"[a-z]{2,}(?:er|ir|dr|tr|vr|ur|r)(?:a|ont)\Z"),
    "ar": re.compile(r"[وف]?س[يت][ء-ي]{3,}\Z"),
}
_NO_FUTURE = {
    "fr": frozenset("opera camera cholera mascara para guerra durant pourra feront sierra terra".split()),
    "ar": frozenset("سيدات سيدتي سيدتان ستائر ستاير ستمايه ستميه ستينات ستينيات سيدنا سيدهم سيفهم سيفه".split()),
}
# Arabic nouns and verbs of the past that begin like a future.
_NO_FUTURE_BEGINNINGS = tuple(
    "سيطر سيار سياس سياح سياج سياد سياق سينا سيول سيجار سيبري سيرال سيره ستراتيج ستاد ستوك ستون ستين".split()
)
# What begins a clause of its own, or a verb of the past, ends the reach of the future.
_ENDS = frozenset(
    "after since following because who which that where when had has have did closed qui que dont apres depuis ete "
    "avait avaient ont suite بعد بعدما منذ عقب اثر الذي التي الذين كان كانت وكان وكانت قد".split()
)
_TO_BE = frozenset("is are was were set due".split())
_VERBS = frozenset(
    "reopen open resume restart start begin close shut meet end leave arrive return vote hold be visit lift".split()
)


def looks_ahead(passage: DatePassage, first: int) -> bool:
    """Tell whether the day that begins at token `first` belongs to a verb of the future before it.

    The verb has to stand in the same clause: punctuation, a conjunction of time and a verb of the past end its reach.
    """
    language, names = passage.language, passage.names
    helpers, endings = _AHEAD[language], _FUTURE.get(language)
    for at in range(first - 1, max(-1, first - 1 - _REACH), -1):
        gap = passage.gap(at)
        if len(gap) > 1 and any(mark in gap for mark in ",.;:!?،؛؟"):
            return False
        name = names[at]
        if name in helpers and _helps(passage, at, helpers[name]):
            return True
        if endings is not None and endings.match(name) and not _no_verb(passage, at):
            return True
        if name in _ENDS:
            return False
    return False


def _helps(passage: DatePassage, at: int, needed: frozenset[str] | None) -> bool:
    if needed is None:
        return True
    if passage.name(at + 1) not in needed:
        return False
    # "Is to reopen", but not "was to the north"; "due to reopen", but not "due to fighting".
    return passage.names[at] not in _TO_BE or passage.name(at + 1) != "to" or passage.name(at + 2) in _VERBS


def _no_verb(passage: DatePassage, at: int) -> bool:
    name = passage.names[at]
    if passage.language == "fr":
        return name in _NO_FUTURE["fr"] or not passage.text[passage.words[at].start].islower()
    bare = name[1:] if name[0] in "وف" else name
    return bare in _NO_FUTURE["ar"] or bare.startswith(_NO_FUTURE_BEGINNINGS)
