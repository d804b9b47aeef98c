"""What the reports of one incident say happened, in order: the turns that its situation took.

The order is that of the happenings and not of the mails: a report counts on the day it gives for the event, else on
the day of the article. Within a day an onset comes before its outcome, so that a slower outlet's "seized" does not
undo "retaken". The same reports give the same course in whatever order they arrive.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from alertsvc.domain import Action, Report
from alertsvc.track.memo import remembered

__all__ = ["EASING", "STATE", "Turn", "course", "dated", "day_of", "told_at"]

# Onsets by their weight, then what changes control or traffic, then what eases it.
_RANK: dict[Action, int] = {
    Action.THREAT: 0,
    Action.MOBILISATION: 1,
    Action.ACCIDENT: 2,
    Action.ADVANCE: 3,
    Action.ATTACK: 4,
    Action.CLASH: 4,
    Action.AIRSTRIKE: 4,
    Action.CLOSURE: 5,
    Action.SHUTDOWN: 6,
    Action.BLOCKADE: 7,
    Action.SIEGE: 8,
    Action.SEIZURE: 9,
    Action.REPELLED: 10,
    Action.RECAPTURE: 11,
    Action.REOPENING: 12,
    Action.RESUMPTION: 13,
}

EASING = frozenset({Action.REPELLED, Action.RECAPTURE, Action.REOPENING, Action.RESUMPTION})
"""What eases a situation that came before."""

STATE = frozenset(action for action, rank in _RANK.items() if rank >= _RANK[Action.CLOSURE])
"""What changes who holds a site or whether it works."""

# A site may be retaken and stay shut: what stops traffic and is told after a recapture of the same day comes after it.
_RESTORED = frozenset({Action.RECAPTURE, Action.REPELLED})
_TRAFFIC = frozenset({Action.CLOSURE, Action.SHUTDOWN})

# After these, violence of a later day is news; after a seizure or a siege it is part of the same state.
_YIELDING = EASING | {Action.CLOSURE}


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of the situation, the day it happened, and the reports that tell it, the earliest first."""

    action: Action
    day: date
    reports: tuple[Report, ...]


def told_at(report: Report) -> datetime:
    """Return the instant that counts as a report's: the article's date unless it has none or lies in the future."""
    return report.fetched if report.published is None else min(report.published, report.fetched)


def day_of(report: Report) -> date:
    """Return the day of the happening: as reported, else that of the article."""
    return report.detection.event_date or told_at(report).date()


def dated(report: Report) -> bool:
    """Say whether a report itself tells the day of the happening: one that was read off no words is a guess."""
    if report.detection.event_date is None:
        return False
    read = [item for item in report.detection.reasons if item.kind == "field" and item.name == "event_date"]
    return not read or read[0].start is not None


def _order(report: Report, retaken: dict[date, datetime]) -> tuple[date, float, datetime, int]:
    day, told, action = day_of(report), told_at(report), report.detection.action
    rank: float = _RANK[action]
    if action in _TRAFFIC and day in retaken and told > retaken[day]:
        rank = _RANK[Action.RECAPTURE] + 0.5
    return day, rank, told, report.article_id


@remembered
def course(reports: Iterable[Report]) -> tuple[Turn, ...]:
    """Return the turns of an incident; at least one where there is any report."""
    known = list(reports)
    retaken: dict[date, datetime] = {}
    for report in known:
        if report.detection.action in _RESTORED:
            day, told = day_of(report), told_at(report)
            retaken[day] = min(told, retaken.get(day, told))
    turns: list[list[Report]] = []
    for report in sorted(known, key=lambda report: _order(report, retaken)):
        if not turns or _turns([told[0] for told in turns], report):
            turns.append([report])
        elif report.detection.action is turns[-1][0].detection.action:
            turns[-1].append(report)
    return tuple(Turn(told[0].detection.action, day_of(told[0]), tuple(told)) for told in turns)


def _turns(turns: Sequence[Report], report: Report) -> bool:
    """Say whether a report tells of a change after the turns so far, of each of which the first report is given."""
    last, action = turns[-1].detection.action, report.detection.action
    if action is last:
        return False
    gap = (day_of(report) - day_of(turns[-1])).days
    if not dated(report):
        # Without a day of its own a report may be telling the story again.
        if last in EASING and action not in EASING and gap <= 1:
            return False
        if last not in EASING and action in {turn.detection.action for turn in turns}:
            return False
    if action in STATE:
        return True
    if last in _YIELDING:
        return gap > 0
    return _RANK[action] > _RANK[last]
