"""Days that are told by their feast: "New Year's Eve", "le jour de Noël", "أول أيام عيد الفطر".

Feasts of the civil year give a day. Those that move (Easter by two calendars, the feasts of the Islamic year, which are
fixed by sight) are recognised and left open: to put a wrong day in their place would be worse than none.
"""

from __future__ import annotations

from typing import NamedTuple

from alertsvc.detect.dates.days_in_words import day_in_words
from alertsvc.detect.dates.mention import Found
from alertsvc.detect.dates.passage import DatePassage

__all__ = ["FEASTS", "HIJRI", "feast", "hijri_day"]


class Feast(NamedTuple):
    """A feast: the words up to and behind the word that gives it away, its month and day, None where it moves."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    day: tuple[int, int] | None


def _table(text: str) -> dict[str, tuple[Feast, ...]]:
    """Read lines such as "new year s *eve = 12 31"; the word with the star gives the feast away; "= ?" moves."""
    found: dict[str, list[Feast]] = {}
    for line in text.strip().split("\n"):
        phrase, told = (part.split() for part in line.split(" = "))
        at = next(k for k, word in enumerate(phrase) if word.startswith("*"))
        day = None if told == ["?"] else (int(told[0]), int(told[1]))
        found.setdefault(phrase[at][1:], []).append(Feast(tuple(phrase[:at]), tuple(phrase[at + 1 :]), day))
    return {word: tuple(sorted(rows, key=lambda f: -len(f.before + f.after))) for word, rows in found.items()}


FEASTS = {
    "en": _table(
        "new year s *eve = 12 31\nnew year s *day = 1 1\nnew *year s day = 1 1\n*christmas eve = 12 24\n"
        "*christmas day = 12 25\non *christmas = 12 25\n*boxing day = 12 26\n*may day = 5 1\nbastille *day = 7 14\n"
        "on *easter = ?\n*easter sunday = ?\n*easter monday = ?\npalm *sunday = ?\ngood *friday = ?\nday of *eid = ?\n"
        "eve of *eid = ?\non *eid = ?\nday of *ashura = ?\non *ashura = ?\non *nowruz = ?\non *ascension day = ?"
    ),
    "fr": _table(
        "saint *sylvestre = 12 31\nreveillon du nouvel *an = 12 31\njour de l *an = 1 1\nnouvel *an = 1 1\n"
        "veille de *noel = 12 24\nreveillon de *noel = 12 24\njour de *noel = 12 25\na *noel = 12 25\n"
        "a la *toussaint = 11 1\njour de la *toussaint = 11 1\nlundi de *paques = ?\ndimanche de *paques = ?\n"
        "a *paques = ?\nlundi de *pentecote = ?\nvendredi *saint = ?\njeudi de l *ascension = ?\n"
        "de l *aid = ?\na l *aid = ?\njour de l *achoura = ?\njour du *mouled = ?"
    ),
    "ar": _table(
        "ليله راس *السنه = 12 31\nراس *السنه الهجريه = ?\nراس *السنه = 1 1\nليله عيد *الميلاد = 12 24\n"
        "عيد *الميلاد = 12 25\nايام عيد *الفطر = ?\nيوم عيد *الفطر = ?\nليله عيد *الفطر = ?\nايام عيد *الاضحي = ?\n"
        "يوم عيد *الاضحي = ?\nليله عيد *الاضحي = ?\nايام *العيد = ?\nيوم *العيد = ?\n"
        "ليله *العيد = ?\nيوم *عاشوراء = ?\n"
        "عيد *النوروز = ?\nعيد *الفصح = ?"
    ),
}
# Months of the Islamic year, by which days are told that no table turns into ours for certain.
HIJRI = {
    "en": frozenset("muharram safar shaban shaaban ramadan ramadhan shawwal".split()),
    "fr": frozenset("mouharram muharram safar chaabane ramadan chawwal chaoual".split()),
    "ar": frozenset("محرم صفر شعبان رمضان شوال رجب".split()),
}


def feast(passage: DatePassage, at: int) -> Found | None:
    """Read the feast that the word at token `at` gives away, None where it is none."""
    for row in FEASTS[passage.language].get(passage.name(at), ()):
        first, last = at - len(row.before), at + len(row.after)
        if first < 0 or any(passage.bare(first + k) != word for k, word in enumerate(row.before)):
            continue
        if any(passage.name(at + 1 + k) != word for k, word in enumerate(row.after)):
            continue
        if row.day is None:
            return passage.unread(last, first)
        return passage.without_year(row.day[1], row.day[0], last, first)
    return None


def hijri_day(passage: DatePassage, at: int) -> Found | None:
    """Read a day of the month of the Islamic year named at token `at`: told, and left open."""
    worded = day_in_words(passage, at)
    if worded is not None:
        return passage.unread(at, worded[1])
    first = at - 2 if passage.name(at - 1) in ("of", "من", "de") else at - 1
    return passage.unread(at, first) if passage.figure(first, 30) is not None else None
