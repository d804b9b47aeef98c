"""The templates of every kind: ours, and an operator's own over them by file name.

Ours lie beside this module: `KIND.txt.j2` and `KIND.html.j2`. They only lay out; every word and figure stands in the
facts. HTML is escaped on its own, an unknown name is an error, and each run of text that is written in the other
direction than the briefing is isolated wherever it comes to stand.

An operator's are run in a sandbox: they reach the facts and nothing else. One that is broken, or that makes nothing,
far too much or what cannot be sent, is told of with file and line, and ours is used in its place, so that no briefing
is lost.
"""

from __future__ import annotations

import re
import textwrap
import traceback
from collections.abc import Mapping, Sized
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    TemplateSyntaxError,
    meta,
    select_autoescape,
)
from jinja2.exceptions import TemplateNotFound
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from alertsvc.brief.texts import anchored, direction, isolated

__all__ = ["MAX_OUTPUT", "OURS", "TEXT_WIDTH", "Layouts", "shipped_names", "wrapped_text"]

TEXT_WIDTH = 76
MAX_TEMPLATE = 200_000  # bytes of an operator's file
MAX_OUTPUT = 2_000_000  # characters that an operator's template may make; a mail holds a twentieth
_MAX_BITS = 4096
_SUFFIX = ".j2"
_BLANK = re.compile(r"\n{3,}")
_PREFIX = "ours"  # `{% extends "ours/flash.html.j2" %}` in an operator's flash.html.j2


# The direction of the briefing that is being laid out; macros that are imported without context need it too.
_BASE: ContextVar[str] = ContextVar("base", default="ltr")


def wrapped_text(text: str, indent: str = "", first: str | None = None) -> str:
    """Wrap text for plain mail; `first` stands before the first line in place of the indent.

    Within a right-to-left briefing every line of one text shows in its direction, also one that holds none of its
    letters because a name or passage in another script was broken there.
    """
    lead = indent if first is None else first
    if text and len(lead) + len(text) <= TEXT_WIDTH and text.isprintable() and text == text.strip():
        return lead + text
    lines = textwrap.wrap(
        text,
        width=TEXT_WIDTH,
        initial_indent=lead,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    base = _BASE.get()
    return "\n".join(anchored(line, base, within=text) for line in lines)


def _finalised(value: Any) -> Any:
    return isolated(value, _BASE.get()) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _environment(kind: type[Environment], loader: BaseLoader) -> Environment:
    environment = kind(
        loader=loader,
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        finalize=_finalised,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["wrap"] = wrapped_text
    environment.filters["direction"] = direction
    return environment


class _Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox of an operator's templates, which refuses products that would fill the memory."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Return the product or power.

        Raises:
            OverflowError: it would be larger than `MAX_OUTPUT`, or a number of more than 4,096 bits.
        """
        if operator == "*":
            for factor, other in ((left, right), (right, left)):
                if isinstance(factor, int) and isinstance(other, Sized) and factor * len(other) > MAX_OUTPUT:
                    raise OverflowError("a product is too large")
            bits = _bits(left) + _bits(right)
        else:
            bits = _bits(left) * abs(right) if isinstance(right, int) else 0
        if bits > _MAX_BITS:
            raise OverflowError("a number is too large")
        return super().call_binop(context, operator, left, right)


def _bits(value: Any) -> int:
    return value.bit_length() if isinstance(value, int) else 0


@cache
def _shipped() -> Environment:
    return _environment(Environment, PackageLoader("alertsvc.brief"))


@cache
def shipped_names() -> frozenset[str]:
    """Return the file names of our templates."""
    return frozenset(_shipped().list_templates())


class _Files(BaseLoader):
    """Templates held in memory, so that a file that is being written changes nothing."""

    def __init__(self, sources: Mapping[str, tuple[str, Path]]) -> None:
        self._sources = sources

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:
        if template not in self._sources:
            raise TemplateNotFound(template)
        text, path = self._sources[template]
        return text, str(path), None

    def list_templates(self) -> list[str]:
        return sorted(self._sources)


@dataclass(frozen=True, slots=True)
class Layouts:
    """A set of templates; `OURS`, or an operator's by `Layouts.load`.

    `problems` are faults found on reading them, each as `file:line: fault`.
    """

    folder: Path | None = None  # None for ours
    environment: Environment | None = None
    names: frozenset[str] = frozenset()  # of the operator's files that can be used
    problems: tuple[str, ...] = field(default=())

    @classmethod
    def load(cls, folder: Path) -> Layouts:
        """Read an operator's folder of templates. What cannot be used is left out and told; nothing is raised."""
        problems: list[str] = []
        sources: dict[str, tuple[str, Path]] = {}
        try:
            files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
        except OSError as error:
            return cls(folder, problems=(f"{folder}: cannot be read: {error.strerror or error}",))
        parser = _environment(_Sandbox, _Files({}))
        used: set[str] = set()
        for path in files:
            if path.suffix != _SUFFIX:
                problems.append(f"{path.name}: is not read; the name of a template ends with {_SUFFIX}")
                continue
            text = _read(path, problems)
            if text is None:
                continue
            try:
                tree = parser.parse(text, path.name, str(path))
                parser.compile(tree, path.name, str(path))
            except TemplateSyntaxError as error:
                problems.append(f"{path.name}:{error.lineno}: {error.message}")
                continue
            used |= {name for name in meta.find_referenced_templates(tree) if name is not None}
            sources[path.name] = (text, path)
        problems += [
            f"{name}: is not used; it has the name of no template of ours, and none of yours asks for it"
            for name in sources
            if name not in shipped_names() and name not in used
        ]
        ours = PackageLoader("alertsvc.brief")
        loader = ChoiceLoader([_Files(sources), PrefixLoader({_PREFIX: ours}), ours])
        environment = _environment(_Sandbox, loader)
        return cls(folder, environment, frozenset(sources), tuple(problems))

    def laid_out(self, name: str, facts: Mapping[str, Any]) -> tuple[str, str | None]:
        """Return what a template makes of the facts, by our own where the operator's fails, and why it failed.

        Raises:
            jinja2.UndefinedError: the facts lack a name that our own template asks for.
            jinja2.TemplateNotFound: there is no such template.
        """
        base = str(facts.get("direction", "ltr"))
        token = _BASE.set(base)
        problem = None
        try:
            if self.environment is not None and self.names:
                try:
                    return _lined(_usable(self.environment.get_template(name), facts), name, base), None
                except Exception as error:  # noqa: BLE001  whatever an operator's template does, the briefing goes out
                    problem = _fault(error, name, self.folder)
            return _lined(_shipped().get_template(name).render(facts), name, base), problem
        finally:
            _BASE.reset(token)


def _usable(template: Template, facts: Mapping[str, Any]) -> str:
    """Return what an operator's template makes.

    Raises:
        ValueError: nothing, more than `MAX_OUTPUT` characters, or what no mail can carry.
    """
    parts: list[str] = []
    length = 0
    for part in template.generate(facts):
        length += len(part)
        if length > MAX_OUTPUT:
            raise ValueError(f"makes more than {MAX_OUTPUT:,} characters")
        parts.append(part)
    text = "".join(parts)
    if not text.strip():
        raise ValueError("makes an empty text")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(f"makes a character that cannot be sent: U+{ord(text[error.start]):04X}") from error
    return text


def _lined(text: str, name: str, base: str) -> str:
    """Return plain text whose lines show in the direction of the briefing; HTML says its direction itself.

    Where a part is left out, one blank line stays between those round it.
    """
    if name.endswith(".html.j2"):
        return text
    return "\n".join(anchored(line, base) for line in _BLANK.sub("\n\n", text).split("\n"))


OURS = Layouts()


def _read(path: Path, problems: list[str]) -> str | None:
    """Return the text of a template; None where it cannot be had, which is told."""
    try:
        data = path.read_bytes()
        if len(data) > MAX_TEMPLATE:
            problems.append(f"{path.name}: has {len(data):,} bytes; {MAX_TEMPLATE:,} are the most")
            return None
        return data.decode("utf-8")
    except OSError as error:
        problems.append(f"{path.name}: cannot be read: {error.strerror or error}")
    except UnicodeDecodeError as error:
        problems.append(f"{path.name}: is not UTF-8 text: byte {error.start}")
    return None


def _fault(error: Exception, name: str, folder: Path | None) -> str:
    """Return `file:line: fault` for what went wrong in a template, by the innermost line of an operator's."""
    said = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, TemplateSyntaxError):
        return f"{error.name or name}:{error.lineno}: {said}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(_SUFFIX)]
    lines = [frame for frame in frames if Path(frame.filename).parent == folder] or frames
    where = f"{Path(lines[-1].filename).name}:{lines[-1].lineno}" if lines else name
    return f"{where}: {said}"
