"""What a sentence names: sites, capitals, towns near them, armed actors, countries, distances.

A name may belong to several things (a town, the refinery in it, the crossing behind it): the words around it decide.
Sites that the gazetteer does not know are found by `sites`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alertsvc.detect.gazetteer import Entry, NameHit
from alertsvc.detect.lexicon import Hit
from alertsvc.detect.sentences import Sentence
from alertsvc.domain import PlaceKind

__all__ = ["APPROACH_KM", "Mention", "country_votes", "distances", "resolve"]

_SEATS = frozenset(("capital", "seat_of_government"))
_SITES = frozenset(PlaceKind)
_PLAIN = frozenset(("country", "actor", "agency"))  # nothing around such a name makes it something else
_DECIDING = frozenset(("CROSSING_WORD", "OIL_WORD", "CAPITAL_WORD", "CHECKPOINT_WORD"))
APPROACH_KM = 120.0
"""How far from a capital, in kilometres, a town still lies on the way to it."""
_NEAR = 8  # words within which a kind word ("crossing", "refinery") speaks for a name
_MEASURED = re.compile(r"[0-9][\W_]*(?:k|mi|كم|كلم|كيلو|ميل|اميال)")  # whatever may be a distance, folded
_KM = re.compile(r"(\d+)(km|kms|kilometres?|kilometers?|kilometros|miles?|mi|كلم|كم)?\Z")
_SPEED = re.compile(r"\s?/\s?h|\s(?:per|an) hour|\s(?:à l['’]heure|par heure)|\s?/\s?س|\s(?:في الساعة|بالساعة)")
_UNITS = {
    **dict.fromkeys(
        (
            "km",
            "kms",
            "kilometre",
            "kilometres",
            "kilometer",
            "kilometers",
            "كلم",
            "كم",
            "كيلومتر",
            "كيلومترا",
            "كيلومترات",
            "كيلو",
        ),
        1.0,
    ),
    **dict.fromkeys(("mile", "miles", "mi", "ميل", "ميلا", "اميال"), 1.609),
}


@dataclass(frozen=True, slots=True)
class Mention:
    """Something named in a sentence, tokens `first` to `last`, both within."""

    kind: str  # a PlaceKind, "actor", "country", "distance", "town" or "near-town"
    first: int
    last: int
    name: str
    entry: Entry | None = None
    strong: bool = True  # the text or the name itself leaves no doubt about what it is
    km: float | None = None
    round_about: bool = False  # the name is of a place near an unlisted site or around it

    @property
    def mark(self) -> str:
        """What rules and the classifier call it: its kind, with a question mark where that is in doubt.

        A town on the way to a capital is `<approach>` only where it is near: a battle for one far away is no push on
        the capital, and counts as `<town>`.
        """
        kind = self.kind
        if kind == PlaceKind.APPROACH and self.entry is not None and (self.entry.km_to_capital or 0.0) > APPROACH_KM:
            kind = "town"
        return f"<{kind}>" if self.strong else f"<{kind}?>"


def country_votes(hits: Iterable[NameHit]) -> Counter[str]:
    """Count the countries that an article names or that its unmistakable places lie in."""
    votes: Counter[str] = Counter()
    for hit in hits:
        for entry in hit.entries:
            if entry.kind == "country" and entry.country:
                votes[entry.country] += 2
        sure = [entry for entry in hit.entries if entry.id not in hit.ambiguous and entry.kind != "actor"]
        if len(hit.entries) == 1 and sure and sure[0].country and sure[0].kind != "country":
            for code in sure[0].country.split("-"):
                votes[code] += 1
    return votes


def resolve(
    sentence: Sentence, hits: Sequence[NameHit], concepts: Sequence[Hit], votes: Counter[str], seen: Counter[str]
) -> list[Mention]:
    """Decide for each name found in a sentence what it is there.

    Args:
        sentence: the sentence.
        hits: the names found in it.
        concepts: the concepts found in it.
        votes: the article's countries.
        seen: how often each entry is named under any of its names in the article.
    """
    if not hits:
        return []
    deciding = [hit for hit in concepts if hit.concept in _DECIDING]
    mentions = [_resolve_one(sentence, hit, deciding, votes, seen) for hit in hits]
    return [mention for mention in mentions if mention is not None]


def _resolve_one(
    sentence: Sentence, hit: NameHit, concepts: Sequence[Hit], votes: Counter[str], seen: Counter[str]
) -> Mention | None:
    spans = sentence.tokens.spans
    text = sentence.text[spans[hit.first][0] : spans[hit.last][1]]
    if len(hit.entries) == 1 and hit.entries[0].kind in _PLAIN and not hit.ambiguous:
        return Mention(hit.entries[0].kind, hit.first, hit.last, text, hit.entries[0], True)
    crossing_word = _within(hit, concepts, "CROSSING_WORD")
    oil_word = _within(hit, concepts, "OIL_WORD")
    ranked: list[tuple[int, Entry, bool]] = []
    for entry in hit.entries:
        codes = entry.country.replace(";", "-").split("-") if entry.country else ()
        at_home = any(votes[code] > 0 for code in codes if code)
        supported = entry.id not in hit.ambiguous or at_home or seen[entry.id] > 1
        if entry.id in hit.ordinary and entry.kind in _SITES:
            supported = bool(_within(hit, concepts, "CHECKPOINT_WORD"))
        if entry.kind == PlaceKind.CROSSING:
            if crossing_word:
                ranked.append((0 if crossing_word < 4 else 2, entry, True))
            elif supported:
                ranked.append((6, entry, False))
        elif entry.kind == PlaceKind.OIL:
            if oil_word:
                ranked.append((1 if oil_word < 4 else 3, entry, True))
            elif supported and (at_home or entry.id not in hit.ambiguous):
                ranked.append((7, entry, _says_what_it_is(text)))
        elif entry.kind == PlaceKind.CAPITAL:
            called = bool(_within(hit, concepts, "CAPITAL_WORD"))
            if supported or called:
                # A rival or regional seat is mostly spoken of as the city it is.
                ranked.append((4, entry, entry.detail in _SEATS or called))
        elif entry.kind == PlaceKind.APPROACH:
            if supported:
                ranked.append((5, entry, True))
        elif supported:
            ranked.append((8 if entry.kind == "country" else 9, entry, True))
    if not ranked:
        return None
    if len(ranked) > 1:
        ranked.sort(key=lambda item: (item[0], not any(votes[c] for c in (item[1].country or "").split("-"))))
    _, entry, strong = ranked[0]
    return Mention(entry.kind, hit.first, hit.last, text, entry, strong)


def _within(hit: NameHit, concepts: Sequence[Hit], concept: str) -> int:
    """Return the distance in words, counted from 1, to the nearest `concept`, or 0 where none is near."""
    if not concepts:
        return 0
    gaps = [
        max(1, other.first - hit.last, hit.first - other.last)
        for other in concepts
        if other.concept == concept and (other.first <= hit.last + _NEAR and other.last >= hit.first - _NEAR)
    ]
    return min(gaps, default=0)


def _says_what_it_is(name: str) -> bool:
    return bool(re.search(r"field|refinery|terminal|pipeline|champ|raffinerie|حقل|مصفا|ميناء", name.lower()))


def distances(sentence: Sentence) -> list[Mention]:
    """Return distances in kilometres, whatever unit the text uses; a speed is none."""
    found: list[Mention] = []
    if not _MEASURED.search(sentence.tokens.folded):
        return found
    words = sentence.tokens
    for position, name in enumerate(words.names):
        match = _KM.match(name) if name[0].isdigit() else None
        if not match:
            continue
        first, digits = _number_before(sentence, position, match[1])
        if len(digits) > 8:
            continue
        factor, last = (_UNITS.get(match[2]), position) if match[2] else (None, position)
        if factor is None and position + 1 < len(words):
            factor, last = _UNITS.get(words[position + 1].text), position + 1
        if factor is not None and not _SPEED.match(sentence.text, words[last].end):
            km = float(digits) * factor
            found.append(Mention("distance", first, last, sentence.text[words[first].start : words[last].end], km=km))
    return found


def _number_before(sentence: Sentence, position: int, digits: str) -> tuple[int, str]:
    """Return the number that ends with the digits at `position`, and its first token.

    "27.5" is three tokens to the folding, "1,200" and "1 200" too: digits that a mark alone parts belong together.
    """
    words = sentence.tokens
    if position == 0 or not words[position - 1].text.isdigit():
        return position, digits
    before = words[position - 1].text
    mark = sentence.text[words[position - 1].end : words[position].start]
    if mark in (",", ".", " ", "'", "’", "٬") and len(digits) == 3 and len(before) <= 3 and before != "0":
        return position - 1, before + digits
    if mark in (",", ".", "٫"):
        return position - 1, f"{before}.{digits}"
    return position, digits
