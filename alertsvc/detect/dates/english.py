"""Relative expressions of time in English."""

from __future__ import annotations

from alertsvc.detect.dates.amounts import UNITS, behind_number, counted, precision_of, stretch, unit_days
from alertsvc.detect.dates.mention import Found
from alertsvc.detect.dates.passage import DatePassage
from alertsvc.detect.dates.weekdays import weekend
from alertsvc.detect.dates.words import LAST, NEXT, PAPERS, PARTS, UNTIL

__all__ = ["english"]


def english(passage: DatePassage, at: int) -> Found | None:
    """Read the expression that the word at token `at` gives away, None where it is none."""
    name, previous, following = passage.names[at], passage.name(at - 1), passage.name(at + 1)
    if name in ("today", "tonight", "overnight"):
        if name == "today" and previous in PAPERS and passage.capital(at):
            return None
        return passage.ago(0, at)
    if name == "yesterday":
        if previous == "before" and passage.name(at - 2) == "day":
            return passage.ago(2, at, at - 3 if passage.name(at - 3) == "the" else at - 2)
        return passage.ago(1, at + 1 if following in PARTS else at)
    if name == "weekend":
        if previous in NEXT or passage.name(at - 2) in UNTIL or previous in UNTIL:
            return passage.period(at, "future", "day", at - 1)
        told = previous in LAST or previous in ("the", "this")
        return weekend(passage, at, at - 1, strict=previous in LAST) if told else None
    if name == "tomorrow":
        return passage.period(at, "future", "day")
    if name == "ago":
        return counted(passage, at - 1, at)
    if name in ("earlier", "before", "later", "after", "previous", "following", "next", "same", "last", "past"):
        return _english_shift(passage, at, name, previous, following)
    if name in ("week", "month", "year") and previous == "this":
        days = UNITS[name]
        return passage.period(at, "near", precision_of(days), at - 1)
    return None


def _english_shift(passage: DatePassage, at: int, name: str, previous: str, following: str) -> Found | None:
    if name == "before" and previous == "day" and following == "yesterday":
        return None
    if name in ("earlier", "before", "later", "after"):
        sign = 1 if name in ("later", "after") else -1
        if name == "earlier" and following == "this" and (days := unit_days(passage, at + 2)):
            return passage.period(at + 2, "near", precision_of(days))
        alone = previous == "day" and passage.name(at - 2) not in ("a", "the", "one", "day")
        if alone and at - 2 not in passage.ending:
            return None
        first = at - 2 if passage.name(at - 2) == "the" else None
        return counted(passage, at - 1, at, first, sign, anchored=True)
    if name == "same" and following in ("day", "night", "evening", "morning"):
        return passage.offset(0, at + 1, at - 1 if previous == "the" else at)
    if name in ("previous", "following", "next") and following in ("day", "morning", "night"):
        if name == "next" and previous != "the":
            return None
        return passage.offset(-1 if name == "previous" else 1, at + 1, at - 1 if previous == "the" else at)
    if name in ("next", "following") and following in ("week", "month", "year"):
        return passage.period(at + 1, "future")
    if name in ("last", "past"):
        if following in ("night", "evening"):
            return passage.ago(1, at + 1)
        if following in ("week", "month", "year", "decade", "century"):
            days = UNITS[following]
            return passage.period(at + 1, "near" if days == 7 else "past", precision_of(days))
        unit = behind_number(passage, at + 1)
        if unit > at + 1 or following in ("days", "weeks", "months", "years", "decades"):
            return stretch(passage, unit, at)
    return None
