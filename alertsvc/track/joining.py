"""Incidents that turn out to be one: joined when a report arrives that belongs to both. Pure.

Who reports first must not decide what is one incident. Where a report fits a second incident by a place, as surely as
it would have opened one with both, the younger goes into the older. Only what is young is moved, and nothing that an
analyst has ruled on: neither incidents with a ruling nor those that hold a report which was put there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alertsvc.domain import Incident, Phase, Ruling, Status
from alertsvc.track.assessment import assess
from alertsvc.track.changes import Changes, compare
from alertsvc.track.filing import Filing, step
from alertsvc.track.severity import SeverityTable
from alertsvc.track.sites import placed

__all__ = ["Ruled", "bridge", "join"]


@dataclass(frozen=True, slots=True)
class Ruled:
    """What became of one incident. `correction` is what those have to be told who had its alerts; None for nothing."""

    filing: Filing
    correction: str | None = None


def join(
    target: Incident,
    others: Sequence[Incident],
    *,
    phrase: str,
    ruling: Ruling | None,
    now: datetime,
    table: SeverityTable,
) -> list[Ruled]:
    """Put the reports of `others` into `target`; they are closed and point to it.

    Args:
        phrase: what the target's step says of it.
        ruling: that the others carry from now on; None where no analyst decided it.

    Returns:
        The target, then the others in their order.
    """
    known = {(report.article_id, report.detection.place) for report in target.reports}
    moved = []
    for report in (report for incident in others for report in incident.reports):
        account = (report.article_id, report.detection.place)
        if account not in known:
            known.add(account)
            moved.append(report)
    after = assess(replace(target, reports=(*target.reports, *moved)), table)
    told = compare(target, after)
    joined = [Ruled(step(target, after, Changes((phrase, *told.phrases), told.material), now, ()))]
    for incident in others:
        gone = replace(
            incident, status=Status.WITHDRAWN, phase=Phase.CLOSED, merged_into=target.public_id, ruling=ruling
        )
        changes = Changes((f"merged into {target.public_id}: one event",), True)
        filing = step(incident, gone, changes, now, ())
        emptied = replace(filing, incident=replace(filing.incident, reports=()))
        joined.append(
            Ruled(emptied, f"It is one event with incident {target.public_id}, under which news of it follows.")
        )
    return joined


def bridge(
    filing: Filing,
    outlet: str,
    known: Callable[[str], Incident | None],
    *,
    now: datetime,
    table: SeverityTable,
    window_days: int,
) -> list[Ruled]:
    """Join the incidents that a report was found to belong to with the one that it was filed in.

    Args:
        filing: what became of the report, stored.
        outlet: who tells that they are one, by name.
        known: returns an incident as it now stands.

    Returns:
        The incident that is left first, then those that went into it; nothing where none may be joined.
    """
    mine = filing.incident
    found = [other for name in filing.bridges if (other := known(name)) is not None and name != mine.public_id]
    free = [other for other in found if _unruled(other)]
    if not free or not _unruled(mine):
        return []
    target, *rest = sorted((mine, *free), key=lambda incident: (incident.opened, incident.public_id))
    young = now - timedelta(days=window_days)
    others = [incident for incident in rest if incident.opened >= young]
    if not others:
        return []
    names = ", ".join(incident.public_id for incident in others)
    phrase = f"{names} merged into this: told as one event by {outlet}"
    return join(target, others, phrase=phrase, ruling=None, now=now, table=table)


def _unruled(incident: Incident) -> bool:
    return (
        incident.ruling is None
        and incident.merged_into is None
        and incident.phase is not Phase.CLOSED
        and incident.status is not Status.WITHDRAWN
        and all(placed(report) for report in incident.reports)
    )
