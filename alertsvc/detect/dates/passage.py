"""A sentence to be read for dates, and the day of publication against which they are resolved."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from alertsvc.detect.dates.calendar import DAYS, MONTHS
from alertsvc.detect.dates.mention import Found, Precision, Relation, made_date, shifted
from alertsvc.detect.dates.words import ARABIC_BARE, LOOKS_AHEAD
from alertsvc.detect.fold import Token
from alertsvc.detect.numerals import NumberedPassage

__all__ = ["NEAR_DAYS", "DatePassage"]

NEAR_DAYS = 10  # older than this before publication is no news
_LEAP = 366
_AHEAD = 90  # how far ahead a date without a year may lie in a sentence that looks ahead


class DatePassage(NumberedPassage):
    """A sentence with its words, its numbers and its day of publication, None where that is unknown."""

    def __init__(self, text: str, words: Sequence[Token], language: str, published: date | None) -> None:
        super().__init__(text, words, language)
        self.published = published
        self.months = MONTHS[language]
        self.days = DAYS[language]
        self.looks_ahead = not LOOKS_AHEAD.isdisjoint(self.names)

    def bare(self, at: int) -> str:
        """Return the word at token `at`, an Arabic one without the particles before it."""
        name = self.name(at)
        return ARABIC_BARE.get(name, name) if self.language == "ar" else name

    def capital(self, at: int) -> bool:
        """Tell whether the word at token `at` is written with a capital."""
        return self.text[self.words[at].start].isupper()

    def figure(self, at: int, most: int) -> int | None:
        """Return the value of the digits at token `at`, ordinals too ("1er", "31st"), if it is 1 to `most`."""
        name = self.name(at)
        if len(name) > 2 and name[:1].isdigit():
            name = name.removesuffix("er").removesuffix("st").removesuffix("nd").removesuffix("rd").removesuffix("th")
        if len(name) <= 4 and name.isascii() and name.isdigit() and 1 <= int(name) <= most:
            return int(name)
        return None

    def year(self, at: int) -> int | None:
        """Return the year from 1900 to 2099 that token `at` is, else None."""
        name = self.name(at)
        if len(name) == 4 and name.isascii() and name.isdigit() and 1900 <= int(name) <= 2099:
            return int(name)
        return None

    def relation(self, day: date) -> Relation:
        """Tell how `day` lies to publication, "near" where that is unknown."""
        if self.published is None:
            return "near"
        distance = (day - self.published).days
        if distance < -NEAR_DAYS:
            return "past"
        return "near" if distance <= 1 else "future"

    def on(self, last: int, day: date, first: int = -1) -> Found:
        """Make the finding of a day, ending at token `last`."""
        return Found(last, day, "day", self.relation(day), first=first)

    def ago(self, days: int, last: int, first: int = -1) -> Found:
        """Make the finding of the day so many days before publication."""
        day = None if self.published is None else shifted(self.published, -days)
        return Found(last, day, "day", "past" if days > NEAR_DAYS else "near", first=first)

    def period(self, last: int, relation: Relation, precision: Precision = "period", first: int = -1) -> Found:
        """Make the finding of a time that is no single day."""
        return Found(last, None, precision, relation, first=first)

    def unread(self, last: int, first: int = -1) -> Found:
        """Make the finding of a day that is told and cannot be: "30 February", "12 Ramadan"."""
        return Found(last, None, "day", "near", first=first)

    def offset(self, days: int, last: int, first: int = -1) -> Found:
        """Make the finding of a day that is counted from another date of the text."""
        return Found(last, None, "day", "past" if days < -NEAR_DAYS else "near", days, first)

    def without_year(self, day: int, month: int, last: int, first: int) -> Found | None:
        """Give a day and month the year of the nearest past, or of the near future where the sentence looks ahead.

        A day that the month does not have, 29 February in most years too, is left open.
        """
        if day > monthrange(2024, month)[1]:
            return self.unread(last, first)
        if self.published is None:
            return Found(last, None, "day", "near", first=first)
        candidates = [
            made for shift in (1, 0, -1, -2, -3, -4) if (made := made_date(self.published.year + shift, month, day))
        ]
        past = next((made for made in candidates if (made - self.published).days <= 1), None)
        ahead = [made for made in candidates if 1 < (made - self.published).days <= _AHEAD]
        if ahead and self.looks_ahead:
            return self.on(last, ahead[-1], first)
        if past is not None and (self.published - past).days > _LEAP:
            return self.unread(last, first)
        return None if past is None else self.on(last, past, first)
