"""The reading of an article: every sentence with what it names and says, before anything is decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain
from operator import attrgetter

from alertsvc.detect.casualties import CasualtyMention, read_casualties
from alertsvc.detect.clean import Cleaner, CleanText
from alertsvc.detect.dates import DateMention, read_dates
from alertsvc.detect.fold import Words, fold
from alertsvc.detect.gazetteer import Gazetteer, NameHit
from alertsvc.detect.lexicon import Hit, Lexicon
from alertsvc.detect.mentions import Mention, country_votes, distances, resolve
from alertsvc.detect.sentences import Sentence, split
from alertsvc.detect.sites import Capitals, unlisted
from alertsvc.detect.towns import Towns
from alertsvc.domain import PlaceKind

__all__ = ["DATED", "Reader", "Reading", "SentenceReading", "Span"]


Span = tuple[int, int]
_NEAR_KM = 150.0
_FULL = 5  # words of a sentence that is more than a line of the page's own
DATED = frozenset(("<near-date>", "<past-date>", "<future-date>"))
"""The marks that come of dates."""

_OF_EVENTS = frozenset((PlaceKind.CROSSING, PlaceKind.OIL, PlaceKind.APPROACH, "actor"))
_SITES = frozenset(("CROSSING_WORD", "OIL_WORD"))


@dataclass(frozen=True)
class SentenceReading:
    """A sentence, the concepts and names found in it, its dates and its counts of people.

    Dates and counts are read when first asked for: most sentences are of no subject and nobody asks.
    """

    sentence: Sentence
    concepts: tuple[Hit, ...]
    mentions: tuple[Mention, ...]
    language: str
    published: date | None

    @cached_property
    def dates(self) -> tuple[DateMention, ...]:
        """The expressions of time in the sentence."""
        return read_dates(self.sentence.text, self.language, self.published, self.sentence.tokens)

    @cached_property
    def casualties(self) -> tuple[CasualtyMention, ...]:
        """The counts of people in the sentence."""
        return read_casualties(self.sentence.text, self.language, self.sentence.tokens)

    @cached_property
    def undated(self) -> dict[str, list[Span]]:
        """The marks but for those of dates."""
        found: dict[str, list[Span]] = {}
        for hit in self.concepts:
            found.setdefault(hit.concept, []).append((hit.first, hit.last))
        for mention in self.mentions:
            span = (mention.first, mention.last)
            if mention.kind == "distance":
                found.setdefault("<near-km>" if (mention.km or 0) <= _NEAR_KM else "<far-km>", []).append(span)
            else:
                found.setdefault(mention.mark, []).append(span)
        return found

    @cached_property
    def marks(self) -> dict[str, list[Span]]:
        """What rules can speak of: each concept and kind of mention with the words that it covers."""
        if not self.dates:
            return self.undated
        found = dict(self.undated)
        for day in self.dates:
            words = [k for k, t in enumerate(self.sentence.tokens) if t.start < day.end and t.end > day.start]
            if words:
                found.setdefault(f"<{day.relation}-date>", []).append((words[0], words[-1]))
        return found

    def has(self, *concepts: str) -> bool:
        """Say whether any of these concepts stands in the sentence."""
        if not self.undated.keys().isdisjoint(concepts):
            return True
        return not DATED.isdisjoint(concepts) and not self.marks.keys().isdisjoint(concepts)

    def of_kind(self, *kinds: str) -> list[Mention]:
        """Return the mentions of these kinds."""
        return [mention for mention in self.mentions if mention.kind in kinds]


@dataclass(frozen=True)
class Reading:
    """An article as it was read."""

    language: str
    published: date | None
    text: CleanText
    sentences: tuple[SentenceReading, ...]
    countries: tuple[str, ...]  # those the article speaks of, most often first
    agency: str = ""  # that its dateline credits
    filed: date | None = None  # the day that its dateline gives

    @cached_property
    def ranks(self) -> list[int]:
        """How many full sentences stand above each sentence below the headline.

        Pages put dates, names of sections, bylines and captions between the headline and the text; what counts as the
        top of an article must not depend on how many.
        """
        found, rank = [], 0
        for sentence in self.sentences:
            found.append(rank)
            rank += not sentence.sentence.title and len(sentence.sentence.tokens.names) >= _FULL
        return found

    @cached_property
    def neighbours(self) -> list[tuple[SentenceReading | None, SentenceReading | None]]:
        """The full sentences next before and next after each sentence, the headline among them."""
        before: list[SentenceReading | None] = []
        after: list[SentenceReading | None] = []
        for sentences, found in ((self.sentences, before), (reversed(self.sentences), after)):
            last: SentenceReading | None = None
            for sentence in sentences:
                found.append(last)
                if sentence.sentence.title or len(sentence.sentence.tokens.names) >= _FULL:
                    last = sentence
        return list(zip(before, reversed(after), strict=True))

    @cached_property
    def told(self) -> Counter[str]:
        """What the article speaks of: each mark of its sentences, and in how many of them it stands."""
        return Counter(chain.from_iterable(sentence.undated for sentence in self.sentences))


class Reader:
    """Reads articles with one lexicon and one gazetteer."""

    def __init__(self, cleaner: Cleaner, lexicon: Lexicon, gazetteer: Gazetteer, towns: Towns | None = None) -> None:
        self.cleaner = cleaner
        self.lexicon = lexicon
        self.gazetteer = gazetteer
        self.towns = towns or Towns({})

    def read(self, title: str, text: str, *, language: str, published: date | None) -> Reading:
        """Read one article in a supported language."""
        return self.read_clean(self.cleaner.clean(title, text), language=language, published=published)

    def read_clean(self, text: CleanText, *, language: str, published: date | None) -> Reading:
        """Read an article that is clean already.

        Its dateline is read apart: it gives the countries and the agency, and the sentence goes without it. One that
        names what may be the event itself, a site or a side, or nothing that is known, is the sentence's beginning. The
        date that a page shows of itself stands in for a date of publication that is not known.
        """
        if published is None and text.stamp:
            published = _stamped(text.stamp, language)
        filed = self._filed(text.dateline, language)
        if filed is None:
            text = text.whole()
        return self.read_sentences(split(text), text=text, language=language, published=published, filed=filed or ())

    def _filed(self, dateline: str, language: str) -> list[NameHit] | None:
        """Return the names in a dateline, None where it is to be read with its sentence."""
        if not dateline:
            return []
        words = Words(fold(dateline))
        hits = self.gazetteer.find(words, dateline)
        telling = any(entry.kind in _OF_EVENTS for hit in hits for entry in hit.entries)
        telling = telling or any(hit.concept in _SITES for hit in self.lexicon.find(words, language))
        # An agency in brackets leaves no doubt; a name before a dash must be one that is known.
        return None if telling or not (hits or "(" in dateline) else hits

    def read_sentences(
        self,
        sentences: tuple[Sentence, ...],
        *,
        text: CleanText,
        language: str,
        published: date | None,
        filed: Sequence[NameHit] = (),
    ) -> Reading:
        """Read given sentences, as training does with passages whose sentences are labelled.

        Args:
            sentences: what is read.
            text: what they were taken from.
            language: one of those that the lexicon has.
            published: the day that "on Sunday" is counted from.
            filed: the names in the dateline.
        """
        names = [self.gazetteer.find(sentence.tokens, sentence.text) for sentence in sentences]
        spoken_of = country_votes(hit for hits in names for hit in hits)
        votes = spoken_of + country_votes(filed)
        seen = Counter(entry.id for hits in names for hit in hits for entry in hit.entries)
        capitals = Capitals(sentences)
        readings = tuple(
            self._sentence(sentence, hits, votes, seen, language, published, capitals)
            for sentence, hits in zip(sentences, names, strict=True)
        )
        # Where a report was filed may complete what it speaks of, the other side of a border; it is no subject itself.
        countries = dict.fromkeys(code for code, _ in spoken_of.most_common())
        agency = next((entry.name for hit in filed for entry in hit.entries if entry.kind == "agency"), "")
        day = _day(text.dateline, language, published)
        return Reading(language, published, text, readings, tuple(countries | votes) if countries else (), agency, day)

    def _sentence(
        self,
        sentence: Sentence,
        names: list[NameHit],
        votes: Counter[str],
        seen: Counter[str],
        language: str,
        published: date | None,
        capitals: Capitals,
    ) -> SentenceReading:
        concepts = self.lexicon.find(sentence.tokens, language)
        mentions = resolve(sentence, names, concepts, votes, seen)
        mentions += unlisted(sentence, language, concepts, mentions, self.gazetteer.named, capitals)
        mentions += distances(sentence)
        taken = {k for m in mentions for k in range(m.first, m.last + 1)}
        mentions += self.towns.find(sentence, votes, taken)
        if len(mentions) > 1:
            mentions.sort(key=_begin)
        return SentenceReading(
            sentence, tuple(_capitals_told(sentence, concepts, mentions)), tuple(mentions), language, published
        )


_begin = attrgetter("first")


_OF = frozenset(("of", "de", "du", "d"))  # what joins "capital" to the land behind it


def _capitals_told(sentence: Sentence, concepts: Sequence[Hit], mentions: Sequence[Mention]) -> list[Hit]:
    """Return the concepts with the capital of a land that is no country told as that of a province.

    "South Kivu's capital" and "capitale du Nord-Kivu" name a province by a name that no country bears.
    """
    if not any(hit.concept == "CAPITAL_WORD" for hit in concepts):
        return list(concepts)
    known = {k for m in mentions if m.kind in ("country", PlaceKind.CAPITAL) for k in range(m.first, m.last + 1)}
    told = []
    for hit in concepts:
        if hit.concept == "CAPITAL_WORD":
            of = _land_of(sentence, hit)
            if of is not None and of not in known:
                hit = Hit("PROVINCE_CAPITAL", hit.first, hit.last)
        told.append(hit)
    return told


def _land_of(sentence: Sentence, hit: Hit) -> int | None:
    """Return the word that names the land whose capital is spoken of, None where none is named beside it."""
    words, text = sentence.tokens, sentence.text

    def capital(at: int) -> bool:
        return 0 <= at < len(words) and text[words.spans[at][0]].isupper()

    if hit.first >= 2 and words.names[hit.first - 1] == "s" and capital(hit.first - 2):
        return hit.first - 2
    after = hit.last + 1
    if after + 1 < len(words) and words.names[after] in _OF and capital(after + 1):
        return after + 1
    return None


def _stamped(stamp: str, language: str) -> date | None:
    """Return the day that a page shows of itself."""
    return next((item.day for item in read_dates(stamp, language, None) if item.precision == "day" and item.day), None)


def _day(dateline: str, language: str, published: date | None) -> date | None:
    """Return the day that a dateline gives, None where it gives none of these days."""
    found = read_dates(dateline, language, published) if dateline else ()
    return next((item.day for item in found if item.relation == "near" and item.precision == "day" and item.day), None)
