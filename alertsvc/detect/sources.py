"""Where in an article each field of a detection was read: the words, the sentence and their place in it.

The readers of the fields note it while they read; nothing is read a second time. A field that was not read off any
words says how it was inferred.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alertsvc.detect.gazetteer import Entry
from alertsvc.detect.mentions import Mention
from alertsvc.detect.reading import Reading, SentenceReading
from alertsvc.domain import FIELDS, Place, PlaceKind, Reason

__all__ = ["Sources", "note_country", "note_distance", "note_place"]


class Sources:
    """Collects where the fields of one detection were read; what is noted first of a field stands."""

    def __init__(self) -> None:
        self._found: dict[str, Reason] = {}

    def words(self, field: str, sentence: SentenceReading, start: int, end: int) -> None:
        """Note that a field was read off the characters `start` to `end` of a sentence."""
        text = sentence.sentence.text[start:end]
        self._note(Reason("field", field, 0.0, text, sentence.sentence.position, start, end))

    def tokens(self, field: str, sentence: SentenceReading, first: int, last: int) -> None:
        """Note that a field was read off the words `first` to `last` of a sentence, both within."""
        words = sentence.sentence.tokens
        self.words(field, sentence, words[first].start, words[last].end)

    def inferred(self, field: str, how: str, sentence: SentenceReading | None = None) -> None:
        """Note that a field stands in no words, and how it came about."""
        self._note(Reason("field", field, 0.0, how, sentence.sentence.position if sentence else None))

    def _note(self, reason: Reason) -> None:
        self._found.setdefault(reason.name, reason)

    def reasons(self) -> tuple[Reason, ...]:
        """Return what was noted, a reason for each field, in the order of `FIELDS`."""
        return tuple(self._found[field] for field in FIELDS if field in self._found)


def note_place(sources: Sources, place: Place, carrying: Sequence[SentenceReading], reading: Reading) -> None:
    """Note the name of an incident's place: in a sentence that carries it, else the first one in the article."""
    found = _named(place, (*carrying, *reading.sentences))
    if found is not None:
        sources.tokens("place", found[0], found[1].first, found[1].last)
    elif place.gazetteer_id is None:
        sources.inferred("place", "no site is named; called after the country")
    elif place.kind is PlaceKind.CAPITAL:
        sources.inferred("place", "the capital of the country that the article speaks of most")
    else:
        sources.inferred("place", "the gazetteer's only site of that kind at a town that is named")


def note_country(sources: Sources, place: Place, carrying: Sequence[SentenceReading], reading: Reading) -> None:
    """Note where an incident's country comes from: the gazetteer, the words beside its place, or the whole article."""
    if place.country is None:
        return
    codes = set(place.country.split("-"))
    found = _named(place, (*carrying, *reading.sentences))
    if found is not None and found[1].entry is not None and found[1].entry.country == place.country:
        sources.inferred("country", f"{place.country}, by the gazetteer's entry of the place", found[0])
        return
    for sentence in (*([found[0]] if found else []), *carrying):
        named = [m for m in sentence.of_kind("country") if m.entry and m.entry.country in codes]
        if {m.entry.country for m in named if m.entry} == codes:
            sources.tokens("country", sentence, min(m.first for m in named), max(m.last for m in named))
            return
    if place.gazetteer_id is not None:
        sources.inferred("country", f"{place.country}, by the gazetteer's entry of the place")
    else:
        sources.inferred("country", f"{place.country}, of the countries that the article speaks of")


def note_distance(sources: Sources, place: Place, carrying: Sequence[SentenceReading]) -> None:
    """Note the words that say how near to a capital it came: a distance, else the name of a place on the way."""
    km = place.km_to_capital
    if km is None:
        return
    for sentence in carrying:
        for mention in sentence.of_kind("distance"):
            if mention.km == km:
                sources.tokens("distance", sentence, mention.first, mention.last)
                return
    for sentence in carrying:
        for mention in sentence.of_kind(PlaceKind.APPROACH):
            if mention.entry is not None and mention.entry.km_to_capital == km:
                sources.tokens("distance", sentence, mention.first, mention.last)
                return


def _named(place: Place, sentences: Iterable[SentenceReading]) -> tuple[SentenceReading, Mention] | None:
    """Return the first mention of a place, one that leaves no doubt before others; of a capital, also by its approach.

    A capital's approach counts only where the capital itself is not named.
    """
    found: list[tuple[int, int, SentenceReading, Mention]] = []
    for order, sentence in enumerate(sentences):
        for mention in sentence.mentions:
            rank = _rank(place, mention)
            if rank is not None:
                found.append((rank, order, sentence, mention))
    best = min(found, key=lambda item: item[:2], default=None)
    return None if best is None else best[2:]


def _rank(place: Place, mention: Mention) -> int | None:
    entry: Entry | None = mention.entry
    if entry is None:
        same = place.gazetteer_id is None and mention.kind == place.kind and mention.name == place.name
        return 0 if same else None
    if place.gazetteer_id is not None and entry.id == place.gazetteer_id:
        return 0 if mention.strong else 1
    if place.kind is PlaceKind.CAPITAL and entry.kind == PlaceKind.APPROACH and entry.capital == place.name:
        return 2
    return None
