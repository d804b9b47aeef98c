"""The templates that briefings are laid out by: an operator's own as they are now, over ours.

Templates are edited while the service runs. They are read again when a file has changed; one that is broken is told of
and ours is used in its place, so a mistake in them neither keeps a service from starting nor a briefing from leaving.
What is kept is kept for the process, by folder.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from alertsvc.brief.layouts import OURS, Layouts
from alertsvc.brief.render import Rendered, render_by
from alertsvc.domain import Briefing

__all__ = ["SCOPE", "Stationery"]

SCOPE = "templates"
"""The scope of the problems that are recorded; their subject is the file."""

_log = structlog.get_logger(__name__)
_MAX_FAULTS = 50
_Stamp = tuple[tuple[str, int, int], ...]


@dataclass
class Stationery:
    """Renders briefings by the templates of a folder over ours; of ours alone where there is none.

    `faults` are told as `file:line: fault`, each once, until the folder changes.
    """

    folder: Path | None
    _layouts: Layouts = field(default=OURS, init=False)
    _stamp: _Stamp | None = field(default=None, init=False)
    _faults: dict[str, None] = field(default_factory=dict, init=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __call__(self, briefing: Briefing) -> Rendered:
        """Render a briefing.

        Raises:
            jinja2.UndefinedError: the facts lack a name that one of our templates asks for.
        """
        rendered, faults = render_by(self.current(), briefing)
        for fault in faults:
            self._note(fault)
        return rendered

    def current(self) -> Layouts:
        """Return the templates as they are now."""
        if self.folder is None:
            return OURS
        with self._turn:
            stamp = _stamped(self.folder)
            if stamp != self._stamp:
                self._layouts, self._stamp = Layouts.load(self.folder), stamp
                self._faults = {}
                for fault in self._layouts.problems:
                    self._note(fault)
        return self._layouts

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong with the files as they are now, as far as it has shown."""
        self.current()
        return tuple(self._faults)

    def _note(self, fault: str) -> None:
        if fault not in self._faults and len(self._faults) < _MAX_FAULTS:
            self._faults[fault] = None
            _log.error("a template of your own cannot be used, ours is in its place", fault=fault)


def _stamped(folder: Path) -> _Stamp:
    found = []
    try:
        for path in sorted(folder.iterdir()):
            status = path.stat()
            found.append((path.name, status.st_mtime_ns, status.st_size))
    except OSError:  # told on loading
        return ((str(folder), -1, len(found)),)
    return tuple(found)
