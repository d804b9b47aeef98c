"""The floors: scores that detection must not fall below, and which of them it misses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alertsvc.errors import DataError

__all__ = ["missed", "read_floors"]

_CEILINGS = frozenset(("ece", "false_alarms_per_1000_clean", "near_duplicates", "frames"))
"""Figures that must not be above what is pinned; all others must not be below."""


def read_floors(path: Path) -> dict[str, Any]:
    """Read `floors.json`.

    Raises:
        DataError: it cannot be read or is no table of numbers.
    """
    try:
        floors = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError([f"{path}: {error}"]) from error
    if not isinstance(floors, dict):
        raise DataError([f"{path}: not a table of floors"])
    return {name: value for name, value in floors.items() if name != "comment"}


def missed(floors: Mapping[str, Any], figures: Mapping[str, Any]) -> list[str]:
    """Return a line for each floor that is missed, or that nothing was measured for.

    Args:
        floors: numbers by name, nested as the figures are; one under "all f1" is that of "all", its "f1".
        figures: what was measured, see `alertsvc.measure.whole.figures`.
    """
    return list(_missed(floors, figures, ()))


def _missed(floors: Mapping[str, Any], figures: Any, above: tuple[str, ...]) -> list[str]:
    faults: list[str] = []
    for name, floor in floors.items():
        where = (*above, name)
        got = figures.get(name) if isinstance(figures, Mapping) else None
        if isinstance(floor, Mapping):
            faults += _missed(floor, got or {}, where)
        elif got is None:
            faults.append(f"{', '.join(where)}: not measured, floor {floor}")
        elif name in _CEILINGS and got > floor:
            faults.append(f"{', '.join(where)}: {got:.4g}, must not be above {floor}")
        elif name not in _CEILINGS and got < floor:
            faults.append(f"{', '.join(where)}: {got:.4g}, must not be below {floor}")
    return faults
