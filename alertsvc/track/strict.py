"""Reading of a YAML file that must be exactly right: every fault is told with its file and key."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from alertsvc.errors import DataError
from alertsvc.strictyaml import StrictYamlError, read_strictly

__all__ = ["Faults", "read_yaml"]


def read_yaml(path: Path) -> Any:
    """Read a YAML file.

    Raises:
        DataError: the file cannot be read, is no YAML, gives a key twice or names a part of itself.
    """
    try:
        return read_strictly(path)
    except StrictYamlError as error:
        where = f"{path}:{error.line}" if error.line else str(path)
        raise DataError([f"{where}: {error.message}"]) from error


class Faults:
    """Collects what is wrong with a file while its values are read, to tell all of it at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: list[str] = []

    def add(self, key: str, fault: str) -> None:
        """Note a fault of a key."""
        self._found.append(f"{self._path}: {key}: {fault}" if key else f"{self._path}: {fault}")

    def check(self) -> None:
        """Raise what was found.

        Raises:
            DataError: with every fault noted so far.
        """
        if self._found:
            raise DataError(self._found)

    def section(self, value: Any, key: str, expected: Iterable[str]) -> Mapping[str, Any]:
        """Return a mapping that has exactly the expected keys; an empty one where it is none."""
        if not isinstance(value, Mapping):
            self.add(key, "must be a mapping of names to values")
            return {}
        names = list(expected)
        prefix = f"{key}." if key else ""
        for name in names:
            if name not in value:
                self.add(f"{prefix}{name}", "is missing")
        for name in value:
            if name not in names:
                self.add(f"{prefix}{name}", "unknown key")
        return value

    def items(self, value: Any, key: str) -> list[Any]:
        """Return a list of at least one item; an empty one where it is none."""
        if not isinstance(value, list) or not value:
            self.add(key, "must be a list of at least one item")
            return []
        return value

    def number(self, value: Any, key: str, *, low: float = 0.0, high: float = 1e9) -> float:
        """Return a finite number from `low` to `high`; `low` where it is none. A missing one is told by `section`."""
        if value is None:
            return low
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.add(key, f"must be a number, not {value!r}")
            return low
        if not low <= value <= high:
            self.add(key, f"must lie between {low:g} and {high:g}, not {value:g}")
            return low
        return float(value)
