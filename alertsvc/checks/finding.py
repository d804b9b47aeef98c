"""A line of `alertsvc check`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from alertsvc.errors import AlertsvcError, DataError, SettingsError

__all__ = ["Finding", "Level", "fault", "faults_of", "note", "number", "ok", "warning"]


class Level(StrEnum):
    """How a thing stands: a fault keeps the service, or a part of it, from working.

    A note is what nobody here can see, and an operator has to see to.
    """

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """Which part, how it stands, and what there is to say of it in one line."""

    area: str
    level: Level
    message: str


def ok(area: str, message: str) -> Finding:
    """Return a finding that is as it should be."""
    return Finding(area, Level.OK, message)


def note(area: str, message: str) -> Finding:
    """Return something to be seen to that cannot be seen from here."""
    return Finding(area, Level.NOTE, message)


def warning(area: str, message: str) -> Finding:
    """Return a finding that someone should know of."""
    return Finding(area, Level.WARNING, message)


def fault(area: str, message: str) -> Finding:
    """Return a finding that must be mended."""
    return Finding(area, Level.FAULT, message)


def faults_of(area: str, error: AlertsvcError) -> list[Finding]:
    """Return a fault for each thing that an error names."""
    problems = error.problems if isinstance(error, DataError | SettingsError) else [str(error)]
    return [fault(area, " ".join(problem.split())) for problem in problems]


def number(count: int, what: str) -> str:
    """Return "1 feed" or "3 feeds"."""
    return f"{count} {what}{'' if count == 1 else 's'}"
