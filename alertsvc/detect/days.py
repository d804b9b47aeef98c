"""Which of the days that an article names is the event's."""

from __future__ import annotations

from datetime import date, timedelta

from alertsvc.detect.dates import DateMention
from alertsvc.detect.reading import Reading, SentenceReading
from alertsvc.detect.sources import Sources

__all__ = ["date_of", "first_word"]


def date_of(carrying: list[SentenceReading], reading: Reading, sources: Sources | None = None) -> date | None:
    """Return the day of the event: the first near date that the sentences that carry it give, else that of publication.

    News tells the event first, so the order is that of the text; a dateline's day stands behind its own paragraph. An
    article without a date of publication is never given one: only a date with its year in the text counts there.
    """
    sources = sources or Sources()
    filed = reading.filed
    lead = [s for s in reading.sentences[:4] if s not in carrying]
    for sentences in (sorted(carrying, key=lambda s: s.sentence.position), lead):
        for sentence in sentences:
            if filed is not None and not sentence.sentence.title and sentence.sentence.paragraph > reading.text.dated:
                break
            days = [m for m in sentence.dates if m.relation == "near" and m.day is not None and m.precision == "day"]
            days = [m for m in days if not _of_another_thing(m, sentence)]
            if days:
                best = min(days, key=lambda m: (_of_saying(m, sentence), m.start))
                sources.words("event_date", sentence, best.start, best.end)
                return best.day
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


_OF = frozenset("of du de d".split())
_NO_DEEDS = ("CITY_UNREST", "DIPLOMACY", "COMMERCE", "ANNIVERSARY", "SPORT", "CULTURE", "EXERCISE")
_SAID = 2  # words from a verb of saying to its day: "said late on Monday"


def first_word(day: DateMention, sentence: SentenceReading) -> int:
    """Return the token that a day begins with."""
    return next((k for k, token in enumerate(sentence.sentence.tokens) if token.end > day.start), 0)


def _of_saying(day: DateMention, sentence: SentenceReading) -> bool:
    """Say whether a day is that of a statement: "announced on Monday"."""
    first = first_word(day, sentence)
    return any(
        0 < first - last <= _SAID for mark in ("SAY", "CLAIM", "DENY") for _, last in sentence.marks.get(mark, ())
    )


def _of_another_thing(day: DateMention, sentence: SentenceReading) -> bool:
    """Say whether a day belongs to a thing that is no deed: "the election of 27 December"."""
    words, first = sentence.sentence.tokens, first_word(day, sentence)
    of = first if words[first].text in _OF else first - 1
    if of < 1 or words[of].text not in _OF:
        return False
    return any(last == of - 1 for mark in _NO_DEEDS for _, last in sentence.marks.get(mark, ()))
