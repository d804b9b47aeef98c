"""Reading of the YAML files that analysts edit: safe, bounded, and with the line of whatever is wrong.

The plain loader lets the later of two equal keys silently take the place of the earlier, and lets a name stand for a
part of the file: a few lines can then unfold into gigabytes, or a list hold itself. Both are refused here.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import yaml

from alertsvc.textfile import NotTextError, decoded, line_at

__all__ = ["MOST_BYTES", "Lines", "Location", "StrictLoader", "StrictYamlError", "read_strictly"]

Location = tuple[str | int, ...]
"""The keys and numbers that lead to a value, from the root of its file."""

MOST_BYTES = 4_000_000
"""Bytes of a file; the largest of ours has a tenth of it."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")  # can be written as "\\0" or "\\ud800"
_DEEPEST = 50  # levels of a file; ours have eight
# What PyYAML raises besides its own errors: for a day such as 2026-02-30, `!!int` without a figure, `!!bool x`.
_UNTOLD = (ValueError, LookupError, AttributeError, TypeError, ArithmeticError)


class StrictYamlError(ValueError):
    """What is wrong with a file, and the line, from 1, where that can be told."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message if line is None else f"line {line}: {message}")
        self.message = message
        self.line = line


class StrictLoader(yaml.SafeLoader):
    """PyYAML's safe loader without names for parts of a file, keys that stand twice and nesting without end."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Compose a node unless it is the name of another or lies too deep."""
        if self.check_event(yaml.AliasEvent):
            event: Any = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(
                None, None, f"*{event.anchor}: names for parts of a file are not allowed here", event.start_mark
            )
        if self._depth >= _DEEPEST:
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "nested too deeply", event.start_mark)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Return the value of a node; whatever is wrong with it is told with its place."""
        if isinstance(node, yaml.ScalarNode) and (odd := _CONTROL.search(node.value)):
            raise yaml.constructor.ConstructorError(
                None, None, f"holds the control character U+{ord(odd[0]):04X}", node.start_mark
            )
        try:
            return super().construct_object(node, deep)
        except _UNTOLD as error:
            shown = f"{node.value[:60]!r}: " if isinstance(node, yaml.ScalarNode) else ""
            why = " ".join(str(error).split()) if isinstance(error, ValueError) else "not a value of its type"
            raise yaml.constructor.ConstructorError(None, None, f"{shown}{why}", node.start_mark) from error

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Return a mapping whose keys stand once."""
        seen: set[Any] = set()
        for key_node, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is not None and key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is used twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def read_strictly(path: Path) -> Any:
    """Read a file that analysts edit.

    Raises:
        StrictYamlError: it cannot be read, is too large, empty, not UTF-8 or not YAML, is nested too deeply, uses a key
            twice or a name for a part of itself; with the line where there is one.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise StrictYamlError(f"cannot be read: {error.strerror or error}") from error
    if len(raw) > MOST_BYTES:
        raise StrictYamlError(f"is larger than {MOST_BYTES:,} bytes")
    try:
        text = decoded(raw)
    except NotTextError as error:
        raise StrictYamlError(error.message, error.line) from error
    try:
        tree = yaml.load(text, StrictLoader)  # noqa: S506  it is a safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = line_at(text, mark.index) if mark else None
        raise StrictYamlError(", ".join(filter(None, (error.context, error.problem))), line) from error
    except yaml.reader.ReaderError as error:
        line = line_at(text, error.position)
        raise StrictYamlError(f"holds the character {error.character!r}, which no text has", line) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise StrictYamlError(f"not valid YAML: {' '.join(str(error).split())}") from error
    if tree is None:
        raise StrictYamlError("the file is empty", 1)
    return tree


class Lines:
    """Where the values of a YAML file stand; the file is looked at again only when somebody asks."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._text = ""
        self._root: yaml.Node | None = None
        self._read = False

    def of(self, location: Sequence[str | int]) -> int | None:
        """Return the line, from 1, of the value at a location or of what leads there as far as it exists."""
        if not self._read:
            self._read = True
            try:
                self._text = decoded(self._path.read_bytes())
                self._root = yaml.compose(self._text, StrictLoader)
            except (OSError, ValueError, RecursionError, yaml.YAMLError):
                self._root = None
        node = self._root
        if node is None:
            return None
        index: int = node.start_mark.index
        for step in location:
            found = _child(node, step)
            if found is None:
                break
            index, node = found
        return line_at(self._text, index)


def _child(node: yaml.Node, step: str | int) -> tuple[int, yaml.Node] | None:
    """Return the place and node of a key's value or of an item; the place of a key's value is that of the key."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == str(step):
                return key.start_mark.index, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item.start_mark.index, item
    return None
