"""Lengths of time: "three days ago", "two days later", "the past three years"."""

from __future__ import annotations

from alertsvc.detect.dates.mention import Found, Precision, Relation
from alertsvc.detect.dates.passage import NEAR_DAYS, DatePassage

_A_DAY = 24  # hours
__all__ = ["UNITS", "amount", "behind_number", "counted", "precision_of", "stretch", "unit_days"]

# Units of time in days; 0 for what is shorter than a day.
UNITS = {
    **dict.fromkeys("hour hours minute minutes heure heures ساعه ساعات ساعتين دقايق moments instants قليل".split(), 0),
    **dict.fromkeys("day days jour jours يوم يوما ايام يومين night nights nuits".split(), 1),
    **dict.fromkeys("week weeks semaine semaines اسبوع اسابيع اسبوعين اسبوعا fortnight".split(), 7),
    **dict.fromkeys("month months mois شهر اشهر شهور شهرين شهرا".split(), 30),
    **dict.fromkeys("year years an ans annee annees عام عاما اعوام عامين سنه سنوات سنتين سنين".split(), 365),
    **dict.fromkeys("decade decades decennie decennies عقد عقود عقدين".split(), 3650),
    **dict.fromkeys("century centuries siecle siecles قرن قرون".split(), 36500),
}
_HOURS = frozenset("hour hours heure heures ساعه ساعات ساعتين".split())
_DUALS = frozenset("ساعتين يومين اسبوعين شهرين عامين سنتين عقدين".split())


def unit_days(passage: DatePassage, at: int) -> int | None:
    """Return the days of the unit of time at token `at`, 0 below a day, None where it is no unit."""
    return UNITS.get(passage.name(at))


def precision_of(days: int) -> Precision:
    """Return the precision of "this" or "last" with a unit of so many days."""
    return "month" if days == 30 else "year" if days == 365 else "period"


def amount(passage: DatePassage, unit_at: int) -> tuple[int | None, int]:
    """Return how many units are told before token `unit_at` (None: an open number) and the first token of it."""
    number = passage.ending.get(unit_at - 1)
    if number is not None:
        return (number.low if number.high == number.low else None), number.first
    if passage.name(unit_at - 1) in ("a", "an", "one", "un", "une"):
        return 1, unit_at - 1
    if passage.name(unit_at) in _DUALS:
        return 2, unit_at
    return (1 if not passage.name(unit_at).endswith(("s", "ات", "ايام")) else None), unit_at


def behind_number(passage: DatePassage, at: int) -> int:
    """Return the token behind the number that begins at `at`, else `at`."""
    number = passage.starting.get(at)
    return at if number is None else number.last + 1


def counted(
    passage: DatePassage, unit_at: int, last: int, first: int | None = None, sign: int = -1, anchored: bool = False
) -> Found | None:
    """Resolve "three days ago" (from publication) or, when `anchored`, "three days earlier" (from another date)."""
    size = unit_days(passage, unit_at)
    if size is None:
        return None
    count, begin = amount(passage, unit_at)
    begin = begin if first is None else min(first, begin)
    if size == 0 and count is not None and count >= _A_DAY and passage.name(unit_at) in _HOURS:
        size, count = 1, count // _A_DAY  # "48 hours ago"
    if size == 0:
        return passage.offset(0, last, begin) if anchored else passage.period(last, "near", first=begin)
    if count is None or size > 7:
        relation: Relation = "past" if size * (count or 3) > NEAR_DAYS and sign < 0 else "near"
        return passage.period(last, relation, first=begin)
    days = min(size * count, 100_000)
    return passage.offset(sign * days, last, begin) if anchored else passage.ago(days, last, begin)


def stretch(passage: DatePassage, unit: int, first: int) -> Found | None:
    """Read a period up to publication: "the past three years", "depuis deux ans", "منذ عامين"."""
    size = unit_days(passage, unit)
    if size is None:
        return None
    count, _ = amount(passage, unit)
    span = size * (3 if count is None else count)
    return passage.period(unit, "past" if span > 30 else "near", first=first)
