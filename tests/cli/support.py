"""The command line called as from a shell, but within this process, and configurations for it."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import structlog

from alertsvc import cli

GOOD_SERVICE = 'contact = "desk@example.org"\npublic_url = "https://alerts.example.org"'


@dataclass(frozen=True)
class Result:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


def alertsvc(*words: str | Path) -> Result:
    """Run a command to its end."""
    out, err = io.StringIO(), io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    commands, groups = cli.app.registered_commands[:], cli.app.registered_groups[:]
    code: Any = 0
    try:
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            mock.patch.object(sys, "argv", ["alertsvc", *map(str, words)]),
        ):
            cli.main()
    except SystemExit as exit_:
        code = exit_.code or 0
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
        cli.app.registered_commands[:], cli.app.registered_groups[:] = commands, groups
    assert isinstance(code, int)
    return Result(code, out.getvalue(), err.getvalue())


def write_config(folder: Path, text: str = "", *, url: str | None = None, demonstration: bool = False) -> Path:
    """Write a configuration whose database and mail lie in `folder`; `text` may name any section but these two."""
    path = folder / "config.toml"
    path.write_text(
        f'[store]\nurl = "{url or f"sqlite:///{folder}/var/alertsvc.db"}"\n'
        f"[demonstration]\nenabled = {str(demonstration).lower()}\n{text}\n",
        encoding="utf-8",
    )
    return path


def feed_table(feed_id: str, url: str, more: str = "") -> str:
    return f'[[feeds]]\nid = "{feed_id}"\nurl = "{url}"\n{more}\n'
