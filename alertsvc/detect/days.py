"""Which of the days that an article names is the event's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from alertsvc.detect.dates import DateMention
from alertsvc.detect.day_roles import first_word, is_aside, is_of_another_thing, is_of_lasting, is_of_saying, is_since
from alertsvc.detect.reading import Reading, SentenceReading
from alertsvc.detect.sources import Sources

__all__ = ["date_of", "first_word"]

_LEAD = 4  # sentences on top of an article that may date an event told elsewhere
_BESIDE = 2  # sentences from the event within which its day is told where its own sentence dates a statement alone
_OLD = 60  # days before publication up to which the one day told with an event is still its own
_SLIP = range(6, 61)  # days by which a date without its year lies ahead and is thought a slip, not last year's
_YEAR = 365
_NO_DEEDS = ("VISIT", "COMMERCE", "SPORT", "CULTURE", "ANNIVERSARY", "EXERCISE")

_Told = tuple[SentenceReading, DateMention]


def date_of(carrying: list[SentenceReading], reading: Reading, sources: Sources | None = None) -> date | None:
    """Return the day of the event: the first near date that the sentences that carry it give, else that of publication.

    News tells the event first, so the order is that of the text; a dateline's day stands behind its own paragraph. A
    day on which something was said counts only where no other is told, there or right beside it. A day that is told
    with the event and cannot be read ("30 February", "12 Ramadan") leaves the date open, so that no wrong one looks
    certain. An article without a date of publication is never given one: only a date with its year in the text counts
    there.
    """
    sources = sources or Sources()
    filed = reading.filed
    told = sorted(carrying, key=lambda s: s.sentence.position)
    lead = [s for s in reading.sentences[:_LEAD] if s not in carrying and not _told_before(s)]
    found = _first(told, reading) or _open(told, reading)
    if found is None:
        found = _earlier(told, reading) or _first(lead, reading)
    elif found[1].day is not None and (is_of_saying(found[1], found[0]) or is_of_lasting(found[1], found[0])):
        found = _first(_beside(found[0], reading), reading, said=False) or found
    if found is not None:
        sentence, day = found
        if day.day is None:
            words = sentence.sentence.text[day.start : day.end]
            sources.inferred("event_date", f"open: no day can be made of “{words}”", sentence)
            return None
        sources.words("event_date", sentence, day.start, day.end)
        return day.day
    written = filed or reading.published
    if written is None:
        return None
    for sentence in carrying:
        for mention in sentence.dates:
            if mention.offset_days is not None and mention.relation == "near":
                sources.words("event_date", sentence, mention.start, mention.end)
                return written + timedelta(days=min(0, mention.offset_days))
    sources.inferred("event_date", "day of the dateline" if filed else "day of publication")
    return written


def _first(sentences: Iterable[SentenceReading], reading: Reading, *, said: bool = True) -> _Told | None:
    """Return the day of the first sentence that tells one; without `said` none of a statement or an aside."""
    for sentence in sentences:
        if said and _behind_dateline(sentence, reading):
            break
        days = [
            m
            for m in sentence.dates
            if m.relation == "near"
            and m.day is not None
            and m.precision == "day"
            and not is_of_another_thing(m, sentence)
            and (said or not _says_or_lasts(m, sentence))
        ]
        if days:
            best = min(days, key=lambda m: _rank(m, sentence))
            return sentence, best
    return None


def _says_or_lasts(day: DateMention, sentence: SentenceReading) -> bool:
    return is_of_saying(day, sentence) or is_aside(day, sentence) or is_of_lasting(day, sentence)


def _rank(day: DateMention, sentence: SentenceReading) -> tuple[bool, bool, bool, int]:
    """Order the days of a sentence by how likely the first is that of the deed."""
    return is_of_lasting(day, sentence), is_of_saying(day, sentence), is_aside(day, sentence), day.start


def _behind_dateline(sentence: SentenceReading, reading: Reading) -> bool:
    return (
        reading.filed is not None and not sentence.sentence.title and sentence.sentence.paragraph > reading.text.dated
    )


def _beside(sentence: SentenceReading, reading: Reading) -> list[SentenceReading]:
    """Return the sentences right behind the first that carries the event but for what is no deed or was before."""
    at = sentence.sentence.position
    return [s for s in reading.sentences[at + 1 : at + 1 + _BESIDE] if not (s.has(*_NO_DEEDS) or _told_before(s))]


def _told_before(sentence: SentenceReading) -> bool:
    """Say whether a sentence tells what had been before: "they had announced it on Monday".

    Behind a verb of saying the same form tells what is news: "he said that they had attacked".
    """
    if not sentence.dates:
        return False
    before = next((k for k, token in enumerate(sentence.sentence.tokens) if token.text in _PLUPERFECT), None)
    return before is not None and not any(first < before for first, _ in sentence.marks.get("SAY", ()))


_PLUPERFECT = frozenset("had avait avaient كان كانت كانوا وكان وكانت وكانوا".split())


def _open(told: list[SentenceReading], reading: Reading) -> _Told | None:
    """Return a day told with the event that cannot be made out, where publication would tell it if anything could."""
    if reading.published is None or reading.filed is not None:
        return None
    for sentence in told:
        for mention in sentence.dates:
            unread = mention.relation == "near" and mention.day is None and mention.offset_days is None
            if mention.precision != "day" or is_since(mention, sentence):
                continue
            if unread or _is_slip(mention, sentence, reading.published):
                words = DateMention(mention.start, mention.end, None, "day", "near")
                return sentence, words
    return None


def _is_slip(day: DateMention, sentence: SentenceReading, published: date) -> bool:
    """Say whether a day without its year lies shortly ahead of publication, and was read as last year's for that."""
    if day.day is None or day.relation != "past" or is_aside(day, sentence):
        return False
    years = any(len(part) == 4 for part in sentence.sentence.text[day.start : day.end].split() if part.isdigit())
    return not years and (day.day - published).days + _YEAR in _SLIP


def _earlier(told: list[SentenceReading], reading: Reading) -> _Told | None:
    """Return the one day that is told with the event where that is weeks ago: some news comes late."""
    if reading.published is None:
        return None
    for sentence in told:
        days = [m for m in sentence.dates if m.precision == "day" and m.day is not None]
        if len(days) != 1 or days[0].relation != "past" or days[0].day is None:
            continue
        old = (reading.published - days[0].day).days
        others = (is_since, is_aside, is_of_another_thing)
        if old <= _OLD and not any(other(days[0], sentence) for other in others):
            return sentence, days[0]
    return None
