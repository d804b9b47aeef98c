"""Reading of the YAML files that analysts edit: safe, bounded, and with the line of whatever is wrong.

The plain loader lets the later of two equal keys silently take the place of the earlier, and lets a name stand for a
part of the file: a few lines can then unfold into gigabytes, or a list hold itself. Both are refused here.
"""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

__all__ = ["MOST_BYTES", "StrictLoader", "StrictYamlError", "read_strictly"]

MOST_BYTES = 4_000_000
"""Bytes of a file; the largest of ours has a tenth of it."""


class StrictYamlError(ValueError):
    """What is wrong with a file, and the line, from 1, where that can be told."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message if line is None else f"line {line}: {message}")
        self.message = message
        self.line = line


class StrictLoader(yaml.SafeLoader):
    """PyYAML's safe loader without names for parts of a file and without keys that stand twice."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Compose a node unless it is the name of another."""
        if self.check_event(yaml.AliasEvent):
            event: Any = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(
                None, None, f"*{event.anchor}: names for parts of a file are not allowed here", event.start_mark
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Return a mapping whose keys stand once."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
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
        StrictYamlError: it cannot be read, is too large, not UTF-8 or not YAML, uses a key twice or a name for a part
            of itself; with the line where it can.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise StrictYamlError(f"cannot be read: {error.strerror or error}") from error
    if len(raw) > MOST_BYTES:
        raise StrictYamlError(f"is larger than {MOST_BYTES:,} bytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StrictYamlError("is not UTF-8 text", raw.count(b"\n", 0, error.start) + 1) from error
    try:
        return yaml.load(text, StrictLoader)  # noqa: S506  it is a safe loader
    except RecursionError as error:
        raise StrictYamlError("nested too deeply") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise StrictYamlError(", ".join(filter(None, (error.context, error.problem))), line) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise StrictYamlError(f"holds the character {error.character!r}, which no text has", line) from error
    except (yaml.YAMLError, ValueError) as error:  # PyYAML raises ValueError for a day such as 2026-02-30
        raise StrictYamlError(f"not valid YAML: {' '.join(str(error).split())}") from error
