"""Whether a count is news or background: the words of time nearest to it."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from itertools import accumulate

from alertsvc.detect.casualties.european_words import GRAMMARS
from alertsvc.detect.casualties.passage import HARD, CasualtyPassage
from alertsvc.detect.dates import DAYS, MONTHS

__all__ = ["TimeCues"]

_APART = 40  # a distance in tokens beyond which a word of time says nothing
_NEAR = frozenset(day for days in DAYS.values() for day in days) | frozenset(
    "today yesterday overnight tonight morning evening night week hier aujourd matin soir nuit semaine veille اليوم "
    "امس فجر صباح مساء ليل الاسبوع".split()
)
_SINCE = frozenset(("since", "depuis", "منذ"))
_SHORT = frozenset(
    "then lors day days hour hours dawn morning night week heures jour jours matin aube ايام ساعات ساعه يوم يومين "
    "فجر صباح".split()
)
_AGO = frozenset("ago earlier قبل".split())
_LONG = frozenset(
    "year years month months decade decades ans an annees mois سنوات عام عامين سنه اشهر شهر شهرين اعوام سنتين".split()
)
_PAST_PAIRS = frozenset(
    tuple(pair.split())
    for pair in (
        "last year|past year|past decade|past years|last month|this year|recent years|last decade|previous years|"
        "the war|the conflict|an dernier|annee derniere|cette annee|dernieres annees|la guerre|mois dernier|"
        "le passe|the past|العام الماضي|السنه الماضيه|الشهر الماضي|السنوات الماضيه|السنوات الاخيره|هذا العام|"
        "اعوام مضت|العام الجاري"
    ).split("|")
)
_YEAR_BEFORE = frozenset(
    "in since the a of en depuis de by early late mid عام سنه العام في منذ during fin debut his its".split()
)
_SAID = frozenset("said told says announced reported dit declare annonce قال قالت اعلن اعلنت".split())
_CLAUSE = frozenset("that which who where whose qui que dont التي الذي الذين".split())
_MONTHS = frozenset(name for months in MONTHS.values() for name in months)
_PEOPLE = GRAMMARS["en"].people | GRAMMARS["fr"].people
_BEGAN = frozenset("began started broke erupted qui that which".split())
_RELATIVE = 15  # tokens that a relative pronoun before a word of time counts for
_PAST = _AGO | {"il"} | {first for first, _ in _PAST_PAIRS}  # what may begin a long past period


class TimeCues:
    """The words of time of a sentence: those of a long past period or bare year, and those of these days."""

    def __init__(self, passage: CasualtyPassage) -> None:
        self._passage = passage
        self._past, self._near = _cues(passage)

    def in_past(self, begin: int, end: int) -> bool:
        """Tell whether what tokens `begin` to `end` say is background: the nearest word of time decides.

        Behind a relative pronoun or a hard stop a word of time speaks of something else.
        """
        if not self._past:
            return False
        behind = self._closest(self._past, begin, end)
        return behind < _APART and behind <= self._closest(self._near, begin, end)

    def _closest(self, cues: list[int], begin: int, end: int) -> int:
        at = bisect_left(cues, begin)
        return min((self._distance(cue, begin, end) for cue in cues[max(0, at - 2) : at + 3]), default=10 * _APART)

    def _distance(self, cue: int, begin: int, end: int) -> int:
        if begin <= cue <= end:
            return 0
        hard, clauses = self._stops
        low, high = (cue, begin) if cue < begin else (end, cue)
        apart = high - low + (_APART if hard[high] > hard[low] else 0)
        return apart + (_RELATIVE if cue > end and clauses[high] > clauses[low + 1] else 0)

    @cached_property
    def _stops(self) -> tuple[list[int], list[int]]:
        """The hard stops and the words that open a clause, counted up to each token."""
        passage = self._passage
        hard = (not HARD.isdisjoint(passage.gap(k).replace(":", "")) for k in range(len(passage.words) - 1))
        opens = (name in _CLAUSE for name in passage.names)
        return list(accumulate(hard, initial=0)), list(accumulate(opens, initial=0))


def _cues(passage: CasualtyPassage) -> tuple[list[int], list[int]]:
    past: list[int] = []
    near: list[int] = []
    for at, name in enumerate(passage.names):
        if name in _NEAR:
            if passage.name(at - 1) not in _SAID and passage.name(at - 2) not in _SAID:
                near.append(at)
        elif name in _SINCE:
            if _long_ago(passage, at):
                past.append(at)
        elif name in _MONTHS and (passage.name(at - 1).isdigit() or passage.name(at + 1).isdigit()):
            if len(passage.name(at - 1)) <= 2 and len(passage.name(at + 1)) <= 4:
                near.append(at)
        elif (name in _PAST or _is_year(name)) and _long_past(passage, at):
            past.append(at)
    return past, near


def _is_year(name: str) -> bool:
    return len(name) == 4 and name.isascii() and name.isdigit() and name[:2] in ("19", "20")


def _long_past(passage: CasualtyPassage, at: int) -> bool:
    """Tell whether the word at token `at` is a bare year or belongs to "last year", "il y a deux ans", "years ago"."""
    name = passage.names[at]
    if name[0].isdigit():
        return _bare_year(passage, at)
    if (name, passage.name(at + 1)) in _PAST_PAIRS:
        return True
    if name == "il":
        return passage.name(at + 2) == "a" and not _LONG.isdisjoint(passage.names[at + 3 : at + 6])
    if name not in _AGO:
        return False
    return not _LONG.isdisjoint((passage.name(at - 1), passage.name(at + 1), passage.name(at + 2)))


def _long_ago(passage: CasualtyPassage, at: int) -> bool:
    """Tell whether "since" at `at` reaches back further than days."""
    if passage.name(at - 1) in ("has", "have", "had"):
        return False  # "has since received seven bodies"
    following = passage.names[at + 1 : at + 4]
    return bool(following) and _NEAR.isdisjoint(following) and _SHORT.isdisjoint(following)


def _bare_year(passage: CasualtyPassage, at: int) -> bool:
    """Tell whether the year at token `at` stands alone, and not for the beginning of something that goes on."""
    names = passage.names
    if not _BEGAN.isdisjoint(names[max(0, at - 4) : at]):
        return False
    around = {passage.name(at - 1), passage.name(at - 2)}
    if around & _MONTHS:
        return not any(name.isdigit() or name == "1er" for name in names[max(0, at - 3) : at])
    previous = passage.name(at - 1)
    return previous in _YEAR_BEFORE and passage.name(at + 1) not in _PEOPLE
