"""Relative expressions of time in Arabic."""

from __future__ import annotations

from alertsvc.detect.dates.amounts import amount, behind_number, counted, precision_of, stretch, unit_days
from alertsvc.detect.dates.mention import Found, Precision
from alertsvc.detect.dates.passage import NEAR_DAYS, DatePassage
from alertsvc.detect.dates.weekdays import no_weekday, weekend
from alertsvc.detect.dates.words import LAST, NEXT, PAPERS, PARTS_ARABIC, THIS, UNTIL

__all__ = ["arabic"]

_NOT_TODAY = frozenset("السابع الاول الثاني الثالث الرابع الخامس العالمي الوطني".split())  # "the seventh day"
_SPANS = {
    **dict.fromkeys("الاسبوع الايام الاسابيع".split(), 7),
    **dict.fromkeys("الشهر الاشهر".split(), 30),
    **dict.fromkeys("العام السنه السنوات الاعوام".split(), 365),
}
_MANY = frozenset("السنوات الاعوام الاشهر".split())


def arabic(passage: DatePassage, at: int) -> Found | None:
    """Read the expression that the word at token `at` gives away, None where it is none."""
    name, previous, following = passage.bare(at), passage.bare(at - 1), passage.bare(at + 1)
    if name == "اليوم":
        return _today(passage, at, previous, following)
    if name in ("امس", "الامس", "البارحه"):
        if _weekday_behind(passage, at):
            return None
        if following == "الاول":
            return passage.ago(2, at + 1)
        if previous == "اول" or (previous == "من" and passage.bare(at - 2) == "اول"):
            return passage.ago(2, at, at - 1 if previous == "اول" else at - 2)
        return passage.ago(1, at, at - 1 if previous in PARTS_ARABIC else at)
    if name == "الليله":
        if following == "السابقه":
            return passage.offset(-1, at + 1)
        return passage.ago(1 if following == "الماضيه" else 0, at)
    if name == "غدا":
        return passage.period(at, "future", "day")
    if name == "غداه":
        return passage.offset(1, at)
    if name == "عشيه":
        return passage.offset(-1, at)
    if name in ("قبل", "منذ", "بعد"):
        return _arabic_shift(passage, at, name)
    if name == "الاسبوع" and previous == "نهايه":
        first = at - 2 if passage.bare(at - 2) == "عطله" else at - 1
        behind = passage.name(at + 1)
        if behind in NEXT or passage.bare(first - 1) in UNTIL:
            return passage.period(at + (behind in NEXT), "future", "day", first)
        return weekend(passage, at + (behind in LAST), first, strict=behind in LAST)
    if name in _SPANS:
        size = _SPANS[name]
        kind: Precision = "period" if name in _MANY else precision_of(size)
        if following in LAST or following == "الاخيره":
            return passage.period(at + 1, "near" if size == 7 else "past", kind)
        if following in NEXT:
            return passage.period(at + 1, "future", kind)
        if following in THIS or previous in THIS:
            return passage.period(at + (following in THIS), "near", kind)
    return None


def _weekday_behind(passage: DatePassage, at: int) -> bool:
    """Tell whether a weekday follows, "today, Monday", which says more."""
    named = passage.bare(at + 1) in passage.days and not no_weekday(passage, at + 1)
    return named and passage.gap(at).strip() in ("", "(", "،")


def _today(passage: DatePassage, at: int, previous: str, following: str) -> Found | None:
    if following in ("التالي", "الموالي"):
        return passage.offset(1, at + 1)
    if following == "السابق":
        return passage.offset(-1, at + 1)
    if following in ("نفسه", "ذاته"):
        return passage.offset(0, at + 1)
    if _weekday_behind(passage, at) or previous in PAPERS or following in _NOT_TODAY:
        return None
    if previous == "في" or passage.names[at].startswith("ل"):
        return None  # "barrels a day"
    return passage.ago(0, at, at - 1 if previous in ("صباح", "مساء", "فجر", "ظهر", "عصر") else at)


def _arabic_shift(passage: DatePassage, at: int, name: str) -> Found | None:
    """Read "قبل يومين", "منذ عامين", "بعد ساعات"; with "of that" behind it counts from another date."""
    unit = behind_number(passage, at + 1)
    days = unit_days(passage, unit)
    if days is None or passage.year(unit + 1) is not None:
        return None
    if name == "بعد":
        if passage.bare(at - 1) in ("يوم", "يوما"):
            return None  # "day after day"
        told = amount(passage, unit)[0] or not days
        return counted(passage, unit, unit, at, 1, anchored=True) if told else None
    if passage.name(unit + 1) == "من" and passage.name(unit + 2) == "ذلك":
        return counted(passage, unit, unit + 2, at, -1, anchored=True)
    if name == "منذ":  # Arabic says "since two days" where others say "two days ago"
        count = amount(passage, unit)[0]
        short = count is not None and ((0 < days <= 7 and days * count <= NEAR_DAYS) or (days == 0 and count >= 24))
        return counted(passage, unit, unit, at) if short else stretch(passage, unit, at)
    return counted(passage, unit, unit, at)
