"""What is wrong with a file that analysts edit, with the line where it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from alertsvc.strictyaml import Lines

__all__ = ["Fault", "located"]

_LINE = re.compile(r"(?P<file>[^:\n]+\.(?:yaml|csv|json|npz))(?::(?P<line>\d+))?: (?P<rest>.*)", re.DOTALL)
_KEY = re.compile(r"(?P<key>[\w<>?-]+(?:\.[\w<>?\[\]-]+)*): (?P<message>.+)", re.DOTALL)
_COLUMN = re.compile(r"(?P<key>[a-z]\w*(?:, \w+)*): (?P<message>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: file, line (None where it has none), key (empty for the file as a whole), and what.

    The key of a table is the name of the column.
    """

    file: str
    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(filter(None, (where, self.key, self.message)))


def located(problems: Sequence[str], files: Mapping[str, Path]) -> list[Fault]:
    """Return faults told as "file: key: message", or with a line behind the file, as data.

    Args:
        problems: as `DataError` has them.
        files: YAML files by name, to find the line of a key where none is told.
    """
    return [_located(problem, files) for problem in problems]


def _located(problem: str, files: Mapping[str, Path]) -> Fault:
    match = _LINE.match(problem)
    if match is None:
        return Fault("", None, "", problem)
    name, rest = Path(match["file"]).name, match["rest"]
    line = int(match["line"]) if match["line"] else None
    key, message = "", rest
    if inner := (_KEY if name.endswith((".yaml", ".yml")) else _COLUMN).match(rest):
        key, message = inner["key"], inner["message"]
    if line is None and key and name in files:
        line = Lines(files[name]).of([int(part) if part.isdigit() else part for part in key.split(".")])
    return Fault(name, line, key, message)
