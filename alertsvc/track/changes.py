"""What a report changed about an incident, in short phrases, and whether that is worth telling.

Material are: a turn of the situation, a new lower bound of the dead, a new status, a severity that moved by half a
point or more, further places hit, traffic or output that changed, an eased situation that opens again. A copy of a
text that is known never is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from alertsvc.domain import Action, Count, Incident, Phase, Report, Severity, Status
from alertsvc.track.assessment import facts_of
from alertsvc.track.course import course
from alertsvc.track.origins import latest, voices

__all__ = ["Changes", "compare"]

STEP = 0.5
"""Change of severity that is worth telling."""

_DONE: dict[Action, str] = {
    Action.ATTACK: "attacked",
    Action.CLASH: "fighting reported",
    Action.SEIZURE: "seized",
    Action.RECAPTURE: "retaken",
    Action.AIRSTRIKE: "struck from the air",
    Action.CLOSURE: "closed",
    Action.REOPENING: "reopened",
    Action.BLOCKADE: "blockaded",
    Action.SHUTDOWN: "shut down",
    Action.RESUMPTION: "working again",
    Action.ADVANCE: "advance reported",
    Action.REPELLED: "attackers driven back",
    Action.SIEGE: "under siege",
    Action.MOBILISATION: "forces on the move",
    Action.THREAT: "threatened",
    Action.ACCIDENT: "accident reported",
}
# Why the score moves when a term that lowered it, or raised it, falls away.
_RELIEF = {
    "doubt": "no longer one side's word alone, or no longer disputed",
    "reversal": "the site is no longer back with its holder",
    "flow": "traffic or output goes on again",
}
_FLOW = {
    "stopped": "traffic or output stopped",
    "partly": "traffic or output partly stopped",
    "resumed": "traffic or output resumed",
}


@dataclass(frozen=True, slots=True)
class Changes:
    """Phrases in the order of their weight; none where nothing changed."""

    phrases: tuple[str, ...] = ()
    material: bool = False


def compare(before: Incident, after: Incident, *, copy: bool = False) -> Changes:
    """Say what changed between two states of one incident.

    Args:
        before: as it stood, with its reports.
        after: as assessed with the new or changed report.
        copy: the new report repeats a text that is known; what it changed is then told and never material.
    """
    told: list[tuple[str, bool]] = []
    told += _turn(before, after)
    told += _status(before, after)
    told += _toll(before.killed, after.killed)
    told += _severity(before, after)
    told += _facts(before, after)
    told += _people("wounded", before.wounded, after.wounded)
    told += _people("captured", before.captured, after.captured)
    return Changes(tuple(phrase for phrase, _ in told), not copy and any(material for _, material in told))


def _turn(before: Incident, after: Incident) -> Iterable[tuple[str, bool]]:
    heard = voices(after.reports)
    heard_before = voices(before.reports)
    if not heard or not heard_before:
        return
    turns = course(heard)
    if before.action is not after.action or len(turns) > len(course(heard_before)):
        words = _DONE[after.action]
        if after.action in {turn.action for turn in turns[:-1]}:
            words += " again"
        telling = latest(turns[-1].reports)
        if any(report.detection.disputed for report in telling):
            words += ", which the other side disputes"
        elif all(report.detection.one_party for report in telling):
            words += ", says one side"
        # A turn that came before what is known completes the story and does not move it.
        yield (words, True) if before.action is not after.action else (f"{_earlier(before, after)} before that", False)
    elif before.phase is Phase.RESOLVED and after.phase is Phase.OPEN:
        yield "open again", True
    elif before.phase is Phase.OPEN and after.phase is Phase.RESOLVED:
        yield "eased", False


def _earlier(before: Incident, after: Incident) -> str:
    known = [turn.action for turn in course(voices(before.reports))]
    added = [turn.action for turn in course(voices(after.reports))]
    for action in known:
        if action in added:
            added.remove(action)
    return _DONE[added[0]]


def _status(before: Incident, after: Incident) -> Iterable[tuple[str, bool]]:
    if before.status is after.status:
        return
    origins = len(latest(voices(after.reports)))
    why = {
        Status.CLAIMED: "only one side says so",
        Status.REPORTED: "one independent source reports it" if origins == 1 else "more than one side reports it",
        Status.CONFIRMED: "a second independent source reports it"
        if origins == 2
        else f"{origins} independent sources report it",
        Status.DISPUTED: "the sides contradict each other",
        Status.REVERSED: "the previous holder had the site again within 24 hours",
        Status.WITHDRAWN: "its source no longer reports it",
    }[after.status]
    yield f"now {after.status.value}: {why}", True


def _toll(before: Count | None, after: Count | None) -> Iterable[tuple[str, bool]]:
    if after is None:
        if before is not None:
            yield f"toll of at least {before.low} no longer given", True
    elif before is None:
        yield f"toll now at least {after.low} (no figures before)", True
    elif before.low != after.low:
        yield f"toll now at least {after.low} (was at least {before.low})", True
    elif _most(before) != _most(after):
        yield f"highest toll given now {_most(after)} (was {_most(before)})", False


def _most(count: Count) -> int:
    return count.low if count.high is None else count.high


def _severity(before: Incident, after: Incident) -> Iterable[tuple[str, bool]]:
    old, new = before.severity, after.severity
    if old.value != new.value:
        why = _reason(old, new)
        yield (
            f"severity {old.value:.1f} -> {new.value:.1f}" + (f": {why}" if why else ""),
            abs(new.value - old.value) >= STEP,
        )


def _reason(old: Severity, new: Severity) -> str:
    """Return the words of the term that moved the score most in its direction."""
    was = {term.name: term for term in old.terms}
    now = {term.name: term for term in new.terms}
    sign = 1.0 if new.value > old.value else -1.0
    moved = [
        (sign * ((now[name].value if name in now else 0.0) - (was[name].value if name in was else 0.0)), name)
        for name in dict.fromkeys([*now, *was])
    ]
    weight, name = max(moved, key=lambda item: item[0], default=(0.0, ""))
    if weight <= 0:
        return ""
    return now[name].why if name in now else _RELIEF.get(name, f"no longer counted: {was[name].why}")


def _facts(before: Incident, after: Incident) -> Iterable[tuple[str, bool]]:
    old_reports, new_reports = voices(before.reports), voices(after.reports)
    if not old_reports or not new_reports:
        return
    old, new = facts_of(before.incident_class, old_reports), facts_of(after.incident_class, new_reports)
    if new.sites > old.sites:
        widest = max(new_reports, key=lambda report: len(set(report.detection.other_sites)))
        yield f"further places hit: {', '.join(dict.fromkeys(widest.detection.other_sites))}", True
    if new.flow is not None and new.flow != old.flow and not _said_by_turn(before, after, new.flow):
        yield _FLOW[new.flow], old.flow is not None
    seen = {report.detection.action for report in old_reports} | {turn.action for turn in course(new_reports)}
    fresh = _unseen(new_reports, seen)
    if fresh:
        yield f"also reported: {', '.join(action.value for action in fresh)}", False


def _said_by_turn(before: Incident, after: Incident, flow: str) -> bool:
    eased = after.action in (Action.REOPENING, Action.RESUMPTION)
    return before.action is not after.action and eased == (flow == "resumed")


def _unseen(reports: Iterable[Report], seen: set[Action]) -> list[Action]:
    return list(dict.fromkeys(report.detection.action for report in reports if report.detection.action not in seen))


def _people(what: str, before: Count | None, after: Count | None) -> Iterable[tuple[str, bool]]:
    if after is not None and (before is None or before.low != after.low):
        was = "no figures before" if before is None else f"was at least {before.low}"
        yield f"{what} now at least {after.low} ({was})", False
