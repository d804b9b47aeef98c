"""Dates in figures, dates with a month's name, months and years."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from alertsvc.detect.dates.calendar import TWO_WORDS
from alertsvc.detect.dates.days_in_words import day_in_words
from alertsvc.detect.dates.mention import Found, made_date
from alertsvc.detect.dates.passage import DatePassage
from alertsvc.detect.dates.words import LAST, NEXT, UNTIL

__all__ = ["TWO_WORD_ENDS", "bare_day", "bare_year", "day_and_month", "month_at", "month_first", "numeric_date"]

TWO_WORD_ENDS = tuple({first for first, _ in TWO_WORDS})
# Words that are a month only beside a day, a year or a preposition: "may", "to march", "Mars", "father", "practised".
_DOUBTFUL = frozenset(
    "may march mar jan sept sep dec jun oct nov aug feb apr jul mars avr اب مارس ماي اوت جوان".split()
)
_MONTH_BEFORE = frozenset(
    "in of since last next until till early late mid by during from this between through before after en de "
    "depuis debut fin des courant dernier avant apres entre في منذ شهر خلال من حتي اوايل اواخر مطلع نهايه بدايه "
    "وفي منتصف".split()
)
_YEAR_BEFORE = frozenset(
    "in since of by late early mid during until from between en depuis de d des fin debut annee annees l courant "
    "avant apres عام سنه العام السنه منذ وعام بعام لعام في before after through".split()
)
_YEAR_DETERMINED = frozenset("the a its his their this that du le la".split())
_YEAR_NAMES = frozenset("vision resolution boeing cop euro expo agenda windows brent opec cup".split())
_TO = frozenset("to and au et الي or ou او".split())
_COUNTED = frozenset(
    "people soldiers men fighters barrels civilians migrants troops police km kilometres kilometers miles dollars "
    "tonnes tons villages houses metres meters vehicles families personnes soldats hommes barils civils maisons "
    "شخص جندي برميل كيلومتر متر دولار مدني مقاتل عسكري طن asylum refugees refugies workers".split()
)


def numeric_date(passage: DatePassage, at: int) -> Found | None:
    """Read 31/01/2026, 31.1.2026, 31-01-2026, 2026-01-31, 2026/01/31; a 31st of a shorter month is left open."""
    mark = passage.gap(at)
    if mark not in ("/", "-", ".") or passage.gap(at + 1) != mark or (passage.gap(at - 1) == mark and at):
        return None
    one, two, three = passage.name(at), passage.name(at + 1), passage.name(at + 2)
    if not all(part.isascii() and part.isdigit() for part in (one, two, three)) or max(len(one), len(three)) > 4:
        return None
    if len(two) > 2 or (passage.gap(at + 2) == mark != "." and passage.name(at + 3)[:1].isdigit()):
        return None
    if len(one) == 4 and len(three) <= 2:
        made = made_date(int(one), int(two), int(three))
    elif len(one) <= 2 and (len(three) == 4 or (len(three) == 2 and mark == "/")):
        year = int(three) if len(three) == 4 else 2000 + int(three)
        made = made_date(year, int(two), int(one))
        if made is None and passage.language == "en":
            made = made_date(year, int(one), int(two))
    else:
        return None
    if made is None:
        day_at, year_at = (at + 2, at) if len(one) == 4 else (at, at + 2)
        told = passage.year(year_at) is not None and passage.figure(day_at, 31) is not None and mark != "."
        return passage.unread(at + 2) if told and passage.figure(at + 1, 12) is not None else None
    return passage.on(at + 2, made) if 1900 <= made.year <= 2099 else None


def day_and_month(passage: DatePassage, at: int) -> Found | None:
    """Read "31 January 2026", "1er février", "31 of January", "10 to 12 March", "31 كانون الثاني"."""
    day = passage.figure(at, 31)
    if day is None or any(mark in passage.gap(at) for mark in ".;:!?,،("):
        return None
    follows = at + 1
    if passage.name(follows) in ("of", "de", "من", "شهر"):
        follows += 1
    elif passage.name(follows) in _TO or passage.gap(at) in ("-", "–"):
        follows += passage.gap(at) not in ("-", "–")
        follows += passage.name(follows) in ("le", "the")
        if passage.figure(follows, 31) is not None:
            follows += 1
    elif passage.name(follows)[:1] == "و" and passage.name(follows)[1:].isdigit():
        follows += 1  # "between 12 and 15 March"
    month = month_at(passage, follows, sure=True)
    if month is None or (passage.name(follows) in ("may", "march") and not passage.capital(follows)):
        return None
    number, last = month
    first = at - 1 if passage.name(at - 1) in passage.days and passage.gap(at - 1) in (" ", ", ", "، ") else at
    return _with_year(passage, day, number, last, first)


def _with_year(passage: DatePassage, day: int, number: int, last: int, first: int) -> Found | None:
    """Read the year behind a day and month, and the month's other name: "January/Kanun II"."""
    if passage.language == "ar" and passage.gap(last) in ("/", " / "):  # "31 January/Kanun II"
        also = month_at(passage, last + 1, sure=True)
        last = also[1] if also and also[0] == number else last
    year = passage.year(last + 1) if passage.gap(last) in (" ", ", ", "، ", "-", ". ", "/") else None
    if year is None and passage.name(last + 1) in ("عام", "سنه", "de") and passage.year(last + 2):
        year, last = passage.year(last + 2), last + 1
    if year is None:
        return passage.without_year(day, number, last, first)
    made = made_date(year, number, day)
    return passage.unread(last + 1, first) if made is None else passage.on(last + 1, made, first)


def bare_day(passage: DatePassage, at: int) -> Found | None:
    """Read a day without its month, "on the 12th", "le 12": the last such day up to publication."""
    day, name = passage.figure(at, 31), passage.name(at)
    if day is None or passage.published is None:
        return None
    if passage.language == "en":
        told = not name.isdigit() and passage.name(at - 1) == "the" and passage.name(at - 2) in ("on", "from")
    else:
        told = passage.language == "fr" and passage.name(at - 1) == "le" and at + 1 < len(passage.words) + 1
    behind = passage.gap(at)
    if not told or not (
        behind[:1] in (",", ".", ";") and not behind[1:].strip() and not passage.name(at + 1)[:1].isdigit()
    ):
        return None
    month, year = passage.published.month, passage.published.year
    if day > passage.published.day:
        month, year = (12, year - 1) if month == 1 else (month - 1, year)
    made = made_date(year, month, day)
    return passage.unread(at) if made is None else passage.on(at, made)


def month_at(passage: DatePassage, at: int, sure: bool = False) -> tuple[int, int] | None:
    """Return the month named at token `at` and its last token; `sure` when a day stands beside it."""
    name = passage.bare(at)
    number = passage.months.get(name)
    if number is None:
        if not name.endswith(TWO_WORD_ENDS):
            return None
        number = TWO_WORDS.get((name.lstrip("و"), passage.name(at + 1)))
        return None if number is None else (number, at + 1)
    if sure or name not in _DOUBTFUL:
        return number, at
    following = at + 1
    beside = passage.gap(at) in (" ", ". ", ", ", "، ") and (passage.figure(following, 31) or passage.year(following))
    beside = beside or (passage.name(following) == "the" and passage.figure(following + 1, 31) is not None)
    before = passage.name(at - 1) in _MONTH_BEFORE and passage.gap(at - 1) == " "
    if passage.language == "fr":
        before = before or passage.name(following) in ("dernier", "prochain")
        before = before or passage.name(at - 1) == "premier" or at - 1 in passage.ending
        ok = bool(beside or before) and not (name == "mars" and passage.capital(at) and not beside)
    elif passage.language == "en":
        ok = passage.capital(at) and bool(beside or (before and (len(name) != 3 or name == "may")))
    else:
        ok = bool(before and name != "اب") or passage.year(following) is not None
    return (number, at) if ok else None


def month_first(passage: DatePassage, at: int, number: int, last: int) -> Found | None:
    """Read on from a month: "January 31, 2026", "March 2019", "last April", "the first of March"."""
    worded = day_in_words(passage, at)
    if worded is not None:
        return _with_year(passage, worded[0], number, last, worded[1])
    last += passage.language == "en" and passage.name(last + 1) == "the" and passage.figure(last + 2, 31) is not None
    day = passage.figure(last + 1, 31) if passage.language == "en" and passage.gap(last) in (" ", ". ", ".") else None
    tail = passage.gap(last + 1) if day is not None else ""
    if day is not None and not (tail == ":" or (tail == "," and passage.name(last + 2).isdigit())):
        first = at - 1 if passage.name(at - 1) in passage.days and passage.gap(at - 1) in (" ", ", ") else at
        last += 1
        if (tail == " " and passage.name(last + 1) in ("to", "and")) or tail in (
            "-",
            "–",
        ):  # "September 11 to 12, 2025"
            to = last + 1 + (tail == " ")
            if passage.figure(to, 31) is not None and month_at(passage, to + 1) is None:
                last, tail = to, passage.gap(to)
        year = passage.year(last + 1) if tail in (" ", ", ", ",") else None
        if year is None:
            return passage.without_year(day, number, last, first)
        made = made_date(year, number, day)
        return None if made is None else passage.on(last + 1, made, first)
    year = passage.year(last + 1) if passage.gap(last) in (" ", ", ", "، ", ". ") else None
    if year is None and passage.name(last + 1) in ("of", "de", "عام", "سنه"):
        year = passage.year(last + 2)
        last += year is not None
    if year is not None:
        return _whole_month(passage, year, number, last + 1)
    if passage.bare(at - 1) in NEXT or passage.name(last + 1) in NEXT:
        return passage.period(last + (passage.name(last + 1) in NEXT), "future", "month")
    last += passage.name(last + 1) in LAST
    if passage.published is None:
        return passage.period(last, "past", "month")
    if passage.name(at - 1) in UNTIL and number > passage.published.month:
        return passage.period(last, "future", "month")
    return _whole_month(passage, passage.published.year - (number > passage.published.month), number, last)


def _whole_month(passage: DatePassage, year: int, number: int, last: int) -> Found:
    """Make the finding of a month; it is past once its last day is more than ten days old."""
    if passage.published is None:
        return passage.period(last, "past", "month")
    end = date(year, number, monthrange(year, number)[1])
    relation = "future" if date(year, number, 1) > passage.published else passage.relation(min(end, passage.published))
    return passage.period(last, relation, "month")


def bare_year(passage: DatePassage, at: int) -> Found | None:
    """Read "in 2014", "since 2011", "the 2012 attack"; not "2000 barrels" nor "Vision 2030"."""
    year = passage.year(at)
    previous, following, gap = passage.name(at - 1), passage.name(at + 1), passage.gap(at)
    if not at or year is None or following in _COUNTED or gap[:1] in ("%", "/") or previous in _YEAR_NAMES:
        return None
    start = passage.words[at].start
    if passage.text[start - 1 : start] in ("$", "€", "-", "/", ".", ",", "£"):
        return None
    if len(following) == 3 and following.isdigit() and (gap in (",", ".") or gap.isspace()):
        return None
    determined = previous in _YEAR_DETERMINED and following and not passage.capital(at + 1)
    if previous not in _YEAR_BEFORE and not determined:
        return None
    if passage.language != "ar" and passage.gap(at - 1).strip() not in ("", "("):
        return None
    if passage.published is None or year < passage.published.year:
        recent = passage.published is not None and passage.relation(date(year, 12, 31)) == "near"
        return passage.period(at, "near" if recent else "past", "year")
    return passage.period(at, "near" if year == passage.published.year else "future", "year")
