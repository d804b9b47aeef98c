"""What is said around a number: "at least", "up to", "about", and whether the number counts anything."""

from __future__ import annotations

from alertsvc.detect.numerals.digits import figure
from alertsvc.detect.numerals.passage import DASHES, Number, Part, Passage
from alertsvc.detect.numerals.tables import SMALL

__all__ = ["qualified"]

_BREAKS = frozenset(".,;:!?؟؛،()[]\n")
# Phrases before a number: what they do to it.
_BEFORE: dict[str, list[tuple[str, str]]] = {
    "en": [
        ("min", "at least|more than|over|no fewer than|no less than|not less than|upwards of|a minimum of|well over"),
        ("max", "up to|at most|no more than|fewer than|less than|under|a maximum of"),
        ("about", "about|around|some|nearly|almost|roughly|approximately|an estimated|estimated|close to|exactly|only"),
        ("about", "as many as|just|a total of|the|a further|a|an"),
    ],
    "fr": [
        ("min", "au moins|plus de|plus d|pas moins de|au minimum|un minimum de|bien plus de"),
        ("max", "jusqu a|au plus|moins de|au maximum|un maximum de|pas plus de"),
        ("about", "environ|pres de|quelque|presque|autour de|a peu pres|un total de|les|des|une|un|seulement"),
    ],
    "ar": [
        ("min", "ما لا يقل عن|لا يقل عن|اكثر من|باكثر من|لاكثر من|واكثر من|ازيد من|ما يزيد عن|ما يزيد علي|يزيد علي"),
        ("min", "يزيد عن|علي الاقل|بما لا يقل عن"),
        ("max", "ما يصل الي|يصل الي|اقل من|لا يزيد عن|لا يزيد علي|لا يتجاوز"),
        ("about", "نحو|حوالي|قرابه|زهاء|ما يقارب|ونحو|بنحو|وحوالي|بحوالي"),
    ],
}
_AFTER: dict[str, list[tuple[str, ...]]] = {
    "en": [("at", "least"), ("or", "more")],
    "fr": [("au", "moins"), ("ou", "plus"), ("au", "minimum")],
    "ar": [("علي", "الاقل"), ("علي", "اقل", "تقدير"), ("او", "اكثر"), ("فاكثر",)],
}


def _by_last_word(rows: list[tuple[str, str]]) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    table: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for effect, phrases in rows:
        for phrase in phrases.split("|"):
            words = tuple(phrase.split())
            table.setdefault(words[-1], []).append((words, effect))
    for choices in table.values():
        choices.sort(key=lambda row: -len(row[0]))
    return table


_OPENS = {
    "en": (("between",), ("from",)),
    "fr": (("entre",), ("de",)),
    "ar": (("ما", "بين"), ("بين",), ("من",)),
}
"""What opens a range of two numbers."""
_QUALIFIERS = {language: _by_last_word(rows) for language, rows in _BEFORE.items()}
_AFTER_FIRST = {language: frozenset(row[0] for row in rows) for language, rows in _AFTER.items()}


def qualified(passage: Passage, at: int, part: Part, floor: int) -> Number | None:
    """Put the qualifiers around a number; None where it counts nothing. No token before `floor` is taken."""
    if not part.counts:
        return None
    text, words, names, language = passage.text, passage.words, passage.names, passage.language
    last = part.last
    if language == "en" and text[words[last].end : words[last].end + 1] in DASHES and passage.close(last):
        return None  # "a three-day truce"
    low, high, first = part.low, part.high, at
    if high is not None and high > low:  # two numbers joined: "between 10 and 15" begins with the preposition
        first = next((at - len(o) for o in _OPENS[language] if tuple(names[max(floor, at - len(o)) : at]) == o), at)
    table = _QUALIFIERS[language]
    while first > floor:
        effect = None
        for phrase, kind in table.get(names[first - 1], ()):
            begin = first - len(phrase)
            if begin >= floor and tuple(names[begin:first]) == phrase:
                effect, left = kind, begin
                break
        if effect is None or not _BREAKS.isdisjoint(text[words[left].start : words[first].start]):
            break
        first = left
        if effect == "min":
            high = None
        elif effect == "max" and high is not None:
            low = 0
    for step in (1, 2, 3):  # "13 of them at least": the qualifier may stand behind the noun
        if passage.name(last + step) in _AFTER_FIRST[language]:
            if _trails(passage, last, step):
                high = None
            break
    second = last + 1
    if passage.gap(last).strip() == "(" and figure(names[second]) == part.low:
        last = second  # "forty-one (41)"
    plain = part.digits and part.last == at and len(names[at]) == 4
    year_like = plain and 1900 <= part.low <= 2099 and first == at
    return Number(low, high, words[first].start, words[last].end, first, at, last, year_like)


def _trails(passage: Passage, last: int, step: int) -> bool:
    """Tell whether "at least" or the like stands `step` tokens behind the number and belongs to it."""
    words, names = passage.words, passage.names
    for phrase in _AFTER[passage.language]:
        end = last + step + len(phrase)
        if tuple(names[last + step : end]) != phrase:
            continue
        if any(mark in passage.text[words[last].end : words[end - 1].start] for mark in ".;:!?,،"):
            return False
        if end >= len(names) or "," in passage.gap(end - 1) or "،" in passage.gap(end - 1):
            return True
        return not (names[end][-1].isdigit() or names[end] in SMALL[passage.language])
    return False
