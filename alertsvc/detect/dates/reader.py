"""Reading a sentence word by word for expressions of time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from alertsvc.detect.dates.absolute import (
    TWO_WORD_ENDS,
    bare_day,
    bare_year,
    day_and_month,
    month_at,
    month_first,
    numeric_date,
)
from alertsvc.detect.dates.arabic import arabic
from alertsvc.detect.dates.calendar import DAYS, MONTHS
from alertsvc.detect.dates.english import english
from alertsvc.detect.dates.feasts import FEASTS, HIJRI, feast, hijri_day
from alertsvc.detect.dates.french import french
from alertsvc.detect.dates.mention import DateMention, Found
from alertsvc.detect.dates.passage import DatePassage
from alertsvc.detect.dates.weekdays import weekday
from alertsvc.detect.dates.words import ARABIC_BARE, QUICK, STARTS
from alertsvc.detect.fold import Words, fold

__all__ = ["read_dates"]

_RELATIVE = {"en": english, "fr": french, "ar": arabic}
_FEASTS = {language: table.keys() | HIJRI[language] for language, table in FEASTS.items()}
_STARTS = {language: starts | _FEASTS[language] for language, starts in STARTS.items()}
_DIGIT = re.compile(r"[0-9]")
_REMEMBERED = 100_000  # words of a language


def read_dates(
    sentence: str, language: str, published: date | None, words: Words | None = None
) -> tuple[DateMention, ...]:
    """Return the expressions of time in one sentence, in order and without overlaps.

    Args:
        sentence: the text; offsets of the result are into it.
        language: "en", "fr" or "ar".
        published: the day of publication, where the news was written. Without it only dates with a full year get a
            `day`, and they count as "near", since nothing tells their age; bare years and months count as "past".
        words: the folded words of the sentence, where they are known already.

    Raises:
        ValueError: `language` is none of the three.
    """
    starts = _STARTS.get(language)
    if starts is None:
        raise ValueError(f"dates are read in English, French and Arabic, not in {language!r}")
    words = Words(fold(sentence)) if words is None else words
    telling = [at for at, tells in enumerate(map(_TELLING[language].__getitem__, words.names)) if tells]
    if not telling or (not _DIGIT.search(words.folded) and starts.isdisjoint(words.names)):
        return ()
    return tuple(_mentions(DatePassage(sentence, words, language, published), telling))


class _Telling(dict[str, bool]):
    """Whether a word of a language may begin an expression of time; see `_expression`."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._quick = QUICK[language] | DAYS[language].keys() | _FEASTS[language]
        self._months = MONTHS[language].keys()
        self._bare = ARABIC_BARE if language == "ar" else {}

    def __missing__(self, word: str) -> bool:
        bare = self._bare.get(word, word)
        tells = word[0].isdigit() or word in self._quick or bare in self._months
        if len(self) > _REMEMBERED:
            self.clear()
        known = self[word] = tells or self._bare.get(word, word).endswith(TWO_WORD_ENDS)
        return known


_TELLING = {language: _Telling(language) for language in STARTS}


def _mentions(passage: DatePassage, telling: Sequence[int]) -> Iterator[DateMention]:
    words = passage.words
    floor = 0
    for at in telling:
        if at < floor:
            continue
        found = _expression(passage, at)
        first = at if found is None or found.first < 0 else found.first
        if found is None or first < floor:
            continue
        yield DateMention(
            words[first].start, words[found.last].end, found.day, found.precision, found.relation, found.offset
        )
        floor = max(found.last, at) + 1


def _expression(passage: DatePassage, at: int) -> Found | None:
    """Read the expression that the word at token `at` gives away."""
    name = passage.names[at]
    if name[0].isdigit():
        return (
            numeric_date(passage, at) or day_and_month(passage, at) or bare_year(passage, at) or bare_day(passage, at)
        )
    if name in _FEASTS[passage.language]:
        found = hijri_day(passage, at) if name in HIJRI[passage.language] else feast(passage, at)
        if found is not None:
            return found
    if name in passage.days:
        return weekday(passage, at)
    month = month_at(passage, at)
    if month is not None:
        return month_first(passage, at, *month)
    return _RELATIVE[passage.language](passage, at) if name in QUICK[passage.language] else None
