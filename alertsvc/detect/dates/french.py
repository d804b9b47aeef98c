"""Relative expressions of time in French."""

from __future__ import annotations

from alertsvc.detect.dates.amounts import UNITS, behind_number, counted, precision_of, stretch
from alertsvc.detect.dates.mention import Found
from alertsvc.detect.dates.passage import DatePassage
from alertsvc.detect.dates.weekdays import weekend
from alertsvc.detect.dates.words import LAST, NEXT, PARTS, UNTIL

__all__ = ["french"]


def french(passage: DatePassage, at: int) -> Found | None:
    """Read the expression that the word at token `at` gives away, None where it is none."""
    name, previous, following = passage.names[at], passage.name(at - 1), passage.name(at + 1)
    if name == "aujourd" and following == "hui":
        return passage.ago(0, at + 1)
    if name == "hier":
        if previous == "avant":
            return passage.ago(2, at, at - 1)
        return passage.ago(1, at + 1 if following in PARTS else at)
    if name == "weekend" or (name == "week" and following == "end"):
        last = at if name == "weekend" else at + 1
        behind = passage.name(last + 1)
        if behind in NEXT or passage.name(at - 2) in UNTIL or previous == "prochain":
            return passage.period(last + (behind in NEXT), "future", "day")
        told = previous in ("ce", "le", "du", "dernier")
        return weekend(passage, last + (behind in LAST), at, strict=behind in LAST) if told else None
    if name == "demain":
        return passage.period(at, "future", "day")
    if name == "lendemain":
        return passage.offset(1, at)
    if name == "surlendemain":
        return passage.offset(2, at)
    if name == "veille" and following == "de" and passage.name(at + 2) == "noel":
        return None  # a day of its own
    if name == "veille":
        return passage.offset(-2 if previous == "avant" else -1, at, at - 1 if previous == "avant" else -1)
    if name == "meme" and following in ("jour", "nuit", "soir", "journee") and previous in ("le", "la", "ce", "cette"):
        return passage.offset(0, at + 1, at - 1)
    if name == "il" and following == "y" and passage.name(at + 2) == "a":
        unit = behind_number(passage, at + 3)
        unit += passage.name(unit) in ("un", "une", "de", "d")
        return counted(passage, unit, unit, at)
    if name == "depuis":
        unit = behind_number(passage, at + 1)
        unit += passage.name(unit) in ("un", "une", "des", "de", "d", "les")
        return stretch(passage, unit, at)
    if name in ("tard", "tot", "apres", "avant"):
        shift = name in ("apres", "avant")
        unit = at - 1 if shift else at - 2
        told = unit - 1 in passage.ending and (shift or previous == "plus")
        if not told and passage.name(unit - 1) not in ("un", "une"):
            return None
        if shift and following in ("le", "la", "l", "les"):
            return None
        return counted(passage, unit, at, None, 1 if name in ("tard", "apres") else -1, anchored=True)
    if name == "nuit":
        night = (previous in ("la", "cette") and passage.name(at - 2) == "dans") or previous == "cette"
        dated = following in ("du", "de") and (passage.figure(at + 2, 31) or passage.name(at + 2) in passage.days)
        return passage.ago(0, at, at - 1) if night and not dated else None
    if name in ("semaine", "mois", "annee", "an"):
        kind = precision_of(UNITS[name])
        if following in LAST:
            return passage.period(at + 1, "near" if name == "semaine" else "past", kind)
        if following in NEXT:
            return passage.period(at + 1, "future", kind)
        return passage.period(at, "near", kind, at - 1) if previous in ("cette", "ce") else None
    return None
