"""What an analyst decides of incidents: merged, split, moved, withdrawn, closed. Pure.

Every ruling is a step of the incidents that it touches, and later filing keeps to it: what would go to a merged
incident goes to the one that has its reports, a report that was split off or moved stays where it is however its
article is edited, a withdrawn incident takes copies of its own reports and nothing else, and what happens at the place
of a closed one later is a new incident.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from alertsvc.domain import Incident, Phase, Report, Ruling
from alertsvc.errors import AlertsvcError
from alertsvc.track.assessment import assess
from alertsvc.track.changes import Changes, compare
from alertsvc.track.course import day_of
from alertsvc.track.filing import Filing, free_id, opening, step
from alertsvc.track.joining import Ruled, join
from alertsvc.track.origins import standing
from alertsvc.track.severity import SeverityTable
from alertsvc.track.sites import MOVED

__all__ = ["Ruled", "RulingError", "close", "merge", "move", "split", "withdraw"]


class RulingError(AlertsvcError):
    """What was asked for cannot be done to these incidents."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)


def merge(target: Incident, others: Sequence[Incident], *, now: datetime, table: SeverityTable) -> list[Ruled]:
    """Put the reports of `others` into `target`; they are closed and point to it.

    Raises:
        RulingError: they are not of one kind, one is named twice, or was merged or withdrawn before.
    """
    if not others:
        raise RulingError("name the incident to merge into and at least one other")
    names = [incident.public_id for incident in (target, *others)]
    if target.public_id in names[1:]:
        raise RulingError(f"{target.public_id} cannot be merged into itself")
    if len(set(names)) < len(names):
        raise RulingError("an incident to merge is named twice")
    for incident in (target, *others):
        _untouched(incident)
        if (incident.incident_class, incident.demonstration) != (target.incident_class, target.demonstration):
            raise RulingError(f"{incident.public_id} and {target.public_id} are of different classes")
    phrase = f"{', '.join(names[1:])} merged into this: one event"
    return join(target, others, phrase=phrase, ruling=Ruling.CLOSED, now=now, table=table)


def split(
    incident: Incident, articles: Collection[int], *, now: datetime, table: SeverityTable, taken: Collection[str] = ()
) -> list[Ruled]:
    """Take the reports of some articles out of an incident into a new one.

    Args:
        taken: public ids in use.

    Raises:
        RulingError: an article has no report in it, or no report that stands would be left.
    """
    gone, left = _parted(incident, articles)
    gone = [_put_there(report) for report in gone]
    if not any(standing(report) for report in left):
        raise RulingError(f"no report would be left in {incident.public_id}: withdraw it, or name fewer articles")
    first = min(gone, key=lambda report: (day_of(report), report.article_id))
    detection = first.detection
    name = free_id(
        detection, day_of(first), f"split/{incident.public_id}/{first.article_id}", {*taken, incident.public_id}
    )
    ordered = [first, *(report for report in gone if report is not first)]
    new = opening(
        name, ordered, f"split off from {incident.public_id}", now, table, demonstration=incident.demonstration
    )
    alertable = any(update.alertable for update in incident.updates)
    told = replace(new.updates[0], report_id=first.id, alertable=alertable)
    opened = Filing(replace(new, updates=(told,)), True, told, ())
    return [_without(incident, gone, left, name, now, table), Ruled(opened)]


def move(incident: Incident, article: int, target: Incident, *, now: datetime, table: SeverityTable) -> list[Ruled]:
    """Take one article's reports out of an incident into another one that is there already.

    An incident that is left without a report is withdrawn and points to the other one.

    Raises:
        RulingError: the article has no report in it, or the incidents are not of one kind, or the same.
    """
    if incident.public_id == target.public_id:
        raise RulingError(f"the report is in {target.public_id} already")
    _untouched(target)
    if (incident.incident_class, incident.demonstration) != (target.incident_class, target.demonstration):
        raise RulingError(f"{incident.public_id} and {target.public_id} are of different classes")
    gone, left = _parted(incident, [article])
    put = [_put_there(report) for report in gone]
    after = assess(replace(target, reports=(*target.reports, *put)), table)
    told = compare(target, after)
    phrases = (f"a report of {gone[0].outlet_name} moved here from {incident.public_id}", *told.phrases)
    arrived = step(target, after, Changes(phrases, told.material), now, (), report_id=gone[0].id)
    return [_without(incident, gone, left, target.public_id, now, table), Ruled(arrived)]


def withdraw(incident: Incident, why: str, *, now: datetime, table: SeverityTable) -> list[Ruled]:
    """Take an incident back.

    Raises:
        RulingError: it is withdrawn already.
    """
    _untouched(incident)
    after = assess(replace(incident, ruling=Ruling.WITHDRAWN), table)
    phrase = f"withdrawn by an analyst: {why}" if why else "withdrawn by an analyst"
    changes = Changes((phrase,), True)
    return [Ruled(step(incident, after, changes, now, ()), f"It is withdrawn{': ' + why if why else ''}.")]


def close(incident: Incident, *, now: datetime) -> list[Ruled]:
    """Close an incident: whatever happens at its place from now on is another one.

    Raises:
        RulingError: an analyst closed or withdrew it already.
    """
    _untouched(incident)
    if incident.ruling is Ruling.CLOSED:
        raise RulingError(f"{incident.public_id} is closed already")
    after = replace(incident, ruling=Ruling.CLOSED, phase=Phase.CLOSED)
    return [Ruled(step(incident, after, Changes(("closed by an analyst",), False), now, ()))]


def _untouched(incident: Incident) -> None:
    if incident.merged_into is not None:
        raise RulingError(f"{incident.public_id} was merged into {incident.merged_into}")
    if incident.ruling is Ruling.WITHDRAWN:
        raise RulingError(f"{incident.public_id} is withdrawn")


def _parted(incident: Incident, articles: Collection[int]) -> tuple[list[Report], list[Report]]:
    _untouched(incident)
    held = {report.article_id for report in incident.reports}
    missing = sorted(set(articles) - held)
    if missing or not articles:
        listed = ", ".join(str(article) for article in sorted(held))
        raise RulingError(
            f"{incident.public_id} has reports of articles {listed}, not of {', '.join(map(str, missing))}"
        )
    gone = [report for report in incident.reports if report.article_id in articles]
    return gone, [report for report in incident.reports if report.article_id not in articles]


def _put_there(report: Report) -> Report:
    kept = tuple(reason for reason in report.detection.reasons if reason != MOVED)
    return replace(report, detection=replace(report.detection, reasons=(*kept, MOVED)))


def _without(
    incident: Incident, gone: Sequence[Report], left: Sequence[Report], where: str, now: datetime, table: SeverityTable
) -> Ruled:
    """Return an incident without some of its reports."""
    after = assess(replace(incident, reports=tuple(left)), table)
    if not left:
        after = replace(after, phase=Phase.CLOSED, merged_into=where, ruling=Ruling.CLOSED)
    outlets = ", ".join(dict.fromkeys(report.outlet_name for report in gone))
    # Where nothing is left, its sources have not taken it back: they tell of the other one.
    told = compare(incident, after) if left else Changes()
    changes = Changes((f"what {outlets} reported is another event, now {where}", *told.phrases), True)
    filing = step(incident, after, changes, now, ())
    return Ruled(filing, f"What {outlets} reported is another event: incident {where}.")
