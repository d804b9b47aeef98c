"""What an expression of time says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

__all__ = ["DateMention", "Found", "Precision", "Relation", "made_date", "shifted"]

Precision = Literal["day", "month", "year", "period"]
Relation = Literal["near", "past", "future"]


@dataclass(frozen=True, slots=True)
class DateMention:
    """One expression of time at characters `start` to `end` of the sentence.

    `day` is None where the text or a missing publication date leaves it open; for a month, year or period it is
    always None unless the text names its first day. `relation` is "near" from 10 days before publication to one day
    after it, "past" for what is clearly no news. `offset_days` is set where the text counts from another date that
    it told ("a day earlier": -1, "hours later": 0), and `day` is then None.
    """

    start: int
    end: int
    day: date | None
    precision: Precision
    relation: Relation
    offset_days: int | None = None


class Found(NamedTuple):
    """An expression of time by its tokens; the rest is as in `DateMention`."""

    last: int  # token, within
    day: date | None
    precision: Precision
    relation: Relation
    offset: int | None = None
    first: int = -1  # token, where the expression begins before the word that gave it away


def made_date(year: int, month: int, day: int) -> date | None:
    """Return the date, None where there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def shifted(day: date, days: int) -> date | None:
    """Return `day` moved by `days`, None beyond the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None
