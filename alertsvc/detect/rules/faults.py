"""What is wrong with a file that analysts edit, with the line where it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

__all__ = ["Fault", "Lines", "Location", "located"]

Location = tuple[str | int, ...]
"""The keys and numbers that lead to a value, from the root of its file."""

_LINE = re.compile(r"(?P<file>[^:\n]+\.(?:yaml|csv|json|npz))(?::(?P<line>\d+))?: (?P<rest>.*)", re.DOTALL)
_KEY = re.compile(r"(?P<key>[\w<>?-]+(?:\.[\w<>?\[\]-]+)*): (?P<message>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: file, line (None where it has none), key (empty for the file as a whole), and what."""

    file: str
    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(filter(None, (where, self.key, self.message)))


class Lines:
    """Where the values of a YAML file stand; the file is looked at again only when somebody asks."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._root: yaml.Node | None = None
        self._read = False

    def of(self, location: Sequence[str | int]) -> int | None:
        """Return the line, from 1, of the value at a location or of what leads there as far as it exists."""
        if not self._read:
            self._read = True
            try:
                self._root = yaml.compose(self._path.read_text(encoding="utf-8"), yaml.SafeLoader)
            except (OSError, ValueError, RecursionError, yaml.YAMLError):
                self._root = None
        node = self._root
        if node is None:
            return None
        line: int = node.start_mark.line
        for step in location:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return line + 1


def _child(node: yaml.Node, step: str | int) -> tuple[int, yaml.Node] | None:
    """Return the line and node of a key's value or of an item; the line of a key is that of the key."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == str(step):
                return key.start_mark.line, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item.start_mark.line, item
    return None


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
    if name.endswith((".yaml", ".yml")) and (inner := _KEY.match(rest)):
        key, message = inner["key"], inner["message"]
    if line is None and key and name in files:
        line = Lines(files[name]).of([int(part) if part.isdigit() else part for part in key.split(".")])
    return Fault(name, line, key, message)
