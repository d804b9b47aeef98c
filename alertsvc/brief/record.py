"""What the weeks before prove: whether a week was the quietest since another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from alertsvc.brief.ceilings import based
from alertsvc.brief.index import Index
from alertsvc.brief.numbers import day
from alertsvc.brief.wording.reviews import Reviews

__all__ = ["MAX_WEEKS", "Week", "quietest", "weeks_shown"]

MAX_WEEKS = 12  # in the trend
_WEEK = timedelta(days=7)
_PROOF = 4  # weeks in a row that have to be known before anything is said


@dataclass(frozen=True, slots=True)
class Week:
    """The index of one week, by its Monday. A week that nobody watched is missing, not empty."""

    monday: date
    index: Index


def _unbroken(weeks: Sequence[Week], monday: date) -> list[Week]:
    """Return the weeks before a Monday, the latest first, up to the first that is missing."""
    known = {week.monday: week for week in weeks}
    found: list[Week] = []
    while (before := monday - _WEEK * (len(found) + 1)) in known:
        found.append(known[before])
    return found


def quietest(count: int, monday: date, weeks: Sequence[Week], words: Reviews) -> dict[str, Any] | None:
    """Return that a week was the quietest for at least four weeks, where the weeks before prove it; else None.

    Args:
        count: the week's incidents.
        weeks: earlier ones, of the same area and filters; one that is missing ends the proof.
    """
    known = _unbroken(weeks, monday)
    as_quiet = next((place for place, week in enumerate(known) if week.index.count <= count), None)
    if (len(known) if as_quiet is None else as_quiet) < _PROOF:
        return None
    if as_quiet is None:
        text = words.say("quietest_of", weeks=words.count("weeks", len(known) + 1))
    else:
        ended = known[as_quiet].monday + _WEEK - timedelta(days=1)
        text = words.say("quietest_since", day=day(ended, words.code))
    return based(text, basis="record")


def weeks_shown(weeks: Sequence[Week], monday: date, now: Index) -> list[dict[str, Any]]:
    """Return the last twelve weeks for the trend, oldest first; one that nobody watched has neither count nor index."""
    known = {week.monday: week.index for week in weeks} | {monday: now}
    found = []
    for back in range(MAX_WEEKS - 1, -1, -1):
        start = monday - _WEEK * back
        index = known.get(start)
        found.append(
            {
                "monday": start.isoformat(),
                "count": None if index is None else index.count,
                "index": None if index is None or index.value is None else str(index.value),
            }
        )
    return found
