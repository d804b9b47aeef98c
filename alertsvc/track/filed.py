"""What became of an incident when something was filed or ruled."""

from __future__ import annotations

from dataclasses import dataclass

from alertsvc.domain import Incident, Update

__all__ = ["Filed"]


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of one detection or ruling, as stored; `update` is None where it told nothing new."""

    incident: Incident
    update: Update | None
    created: bool
    reasons: tuple[str, ...] = ()
    correction: str | None = None  # what those have to be told who had its alerts
    told: Incident | None = None  # as they were told of it, where reports have left it since
