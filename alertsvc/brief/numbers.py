"""Numbers, dates and counts of people as they stand in running text: English, and dates in any language."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

from babel.dates import format_date

from alertsvc.domain import Count

if TYPE_CHECKING:
    from alertsvc.brief.wording.language import Language

__all__ = [
    "at_least",
    "clock_time",
    "day",
    "instant",
    "instant_utc",
    "kilometres",
    "number",
    "ordinal",
    "people",
    "points",
]

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def number(value: int) -> str:
    """Return a number in words up to ten, in digits above."""
    return _WORDS[value] if 0 <= value <= 10 else f"{value:,}"


def ordinal(value: int) -> str:
    """Return "third", in words up to ten, in digits above: "21st"."""
    if 1 <= value <= 10:
        return _ORDINALS[value - 1]
    ending = "th" if value % 100 in (11, 12, 13) else _ENDINGS.get(value % 10, "th")
    return f"{value:,}{ending}"


def at_least(count: Count) -> str:
    """Return "at least three", or "at least three and at most five" where an upper bound was given."""
    upper = f" and at most {number(count.high)}" if count.high is not None and count.high > count.low else ""
    return f"at least {number(count.low)}{upper}"


def people(value: int) -> str:
    """Return "person" for one and "people" for any other number."""
    return "person" if value == 1 else "people"


@lru_cache(maxsize=4096)  # a digest has few days and names them often
def day(value: date, locale: str = "en", *, year: bool = True) -> str:
    """Return a date as day month year: "31 January 2026"."""
    text = str(format_date(value, "d MMMM y" if year else "d MMMM", locale=locale))
    return f"1er{text[1:]}" if locale == "fr" and value.day == 1 else text


def clock_time(value: datetime) -> str:
    """Return hours and minutes."""
    return f"{value:%H:%M}"


def instant(value: datetime, zone: tzinfo = UTC, words: Language | None = None) -> str:
    """Return an instant in a zone, without the zone's name: "31 January 2026, 06:12"."""
    local = value.astimezone(zone)
    if words is None:
        return f"{day(local.date())}, {clock_time(local)}"
    return words.say("instant", day=day(local.date(), words.code), time=clock_time(local))


def instant_utc(value: datetime, words: Language | None = None) -> str:
    """Return an instant in UTC: "31 January 2026, 06:12 UTC"."""
    return f"{instant(value)} UTC" if words is None else words.say("utc", instant=instant(value, words=words))


def kilometres(value: float, words: Language | None = None) -> str:
    """Return a distance in whole kilometres: "27 km"."""
    whole = int(value + 0.5)
    return f"{whole} km" if words is None else words.say("km", km=words.grammar.digits(whole))


def points(value: float) -> str:
    """Return a summand of the severity score with as many decimals as it needs, one at least: "2.0", "0.25"."""
    text = f"{value:.2f}"
    return text[:-1] if text.endswith("0") else text
