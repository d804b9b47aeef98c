"""Commands that manage: check, send-test, feeds, subscribers."""

from __future__ import annotations

from typing import Annotated

import typer

from alertsvc.cli import feeds, subscribers
from alertsvc.cli.common import ConfigOption, JsonOption, emit, load, stdout
from alertsvc.cli.sendtest import send_test

__all__ = ["register"]

_STYLES = {"ok": "green", "note": "cyan", "warning": "yellow", "fault": "bold red"}


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(check)
    app.command("send-test")(send_test)
    app.add_typer(feeds.app, name="feeds")
    app.add_typer(subscribers.app, name="subscribers")


def check(
    config: ConfigOption = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Try nothing over the network: no feed, no mail server, no Slack.")
    ] = False,
    json_output: JsonOption = False,
) -> None:
    """Say whether the service would start, read and reach people: one line for each thing.

    Feeds are fetched, the mail server is signed in to and Slack's token tried. Nothing is changed and nothing is sent.
    """
    from alertsvc.checks import run_checks
    from alertsvc.clock import SystemClock

    settings = load(config)
    seen: list[tuple[str, str, str]] = []
    for finding in run_checks(settings, SystemClock().now(), online=not offline):
        seen.append((finding.area, finding.level.value, finding.message))
        if not json_output:
            _show(*seen[-1])
    levels = [level for _, level, _ in seen]
    faults, warnings = levels.count("fault"), levels.count("warning")
    if json_output:
        findings = [{"area": area, "level": level, "message": message} for area, level, message in seen]
        emit({"ok": not faults, "faults": faults, "warnings": warnings, "findings": findings})
    else:
        told = [
            f"{count} {word}{'' if count == 1 else 's'}" for count, word in ((faults, "fault"), (warnings, "warning"))
        ]
        stdout().print(", ".join(told))
    if faults:
        raise typer.Exit(1)


def _show(area: str, level: str, message: str) -> None:
    from rich.text import Text

    from alertsvc.brief.texts import clean

    stdout().print(Text.assemble((f"{level:8}", _STYLES[level]), f"{area:14}{clean(message)}"))
