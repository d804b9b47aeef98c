"""Reading a sentence word by word for expressions of time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from alertsvc.detect.dates.absolute import bare_year, day_and_month, month_at, month_first, numeric_date
from alertsvc.detect.dates.arabic import arabic
from alertsvc.detect.dates.english import english
from alertsvc.detect.dates.french import french
from alertsvc.detect.dates.mention import DateMention, Found
from alertsvc.detect.dates.passage import DatePassage
from alertsvc.detect.dates.weekdays import weekday
from alertsvc.detect.dates.words import QUICK, STARTS
from alertsvc.detect.fold import fold, tokens

__all__ = ["read_dates"]

_RELATIVE = {"en": english, "fr": french, "ar": arabic}
_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"[0-9]")


def read_dates(sentence: str, language: str, published: date | None) -> tuple[DateMention, ...]:
    """Return the expressions of time in one sentence, in order and without overlaps.

    Args:
        sentence: the text; offsets of the result are into it.
        language: "en", "fr" or "ar".
        published: the day of publication, where the news was written. Without it only dates with a full year get a
            `day`, and they count as "near", since nothing tells their age; bare years and months count as "past".

    Raises:
        ValueError: `language` is none of the three.
    """
    starts = STARTS.get(language)
    if starts is None:
        raise ValueError(f"dates are read in English, French and Arabic, not in {language!r}")
    folded = fold(sentence)
    if not _DIGIT.search(folded) and starts.isdisjoint(_WORD.findall(folded)):
        return ()
    return tuple(_mentions(DatePassage(sentence, tokens(folded), language, published)))


def _mentions(passage: DatePassage) -> Iterator[DateMention]:
    words = passage.words
    at = floor = 0
    while at < len(words):
        found = _expression(passage, at)
        first = at if found is None or found.first < 0 else found.first
        if found is None or first < floor:
            at += 1
            continue
        yield DateMention(
            words[first].start, words[found.last].end, found.day, found.precision, found.relation, found.offset
        )
        at = floor = max(found.last, at) + 1


def _expression(passage: DatePassage, at: int) -> Found | None:
    """Read the expression that the word at token `at` gives away."""
    name = passage.names[at]
    if name[0].isdigit():
        return numeric_date(passage, at) or day_and_month(passage, at) or bare_year(passage, at)
    if name in passage.days:
        return weekday(passage, at)
    month = month_at(passage, at)
    if month is not None:
        return month_first(passage, at, *month)
    return _RELATIVE[passage.language](passage, at) if name in QUICK[passage.language] else None
