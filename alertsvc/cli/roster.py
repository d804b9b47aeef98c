"""Commands on many subscribers at once, import and export, and on what one would have got."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alertsvc.cli.common import ConfigOption, JsonOption, emit, fail, load, open_store, stderr, stdout
from alertsvc.cli.subscription import Name

if TYPE_CHECKING:
    from alertsvc.cli.layout import Row
    from alertsvc.roster import Format

__all__ = ["register"]

_SUFFIXES: dict[str, Format] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
FormatOption = Annotated[str | None, typer.Option("--format", help="csv or jsonl; else by the file's name.")]


def register(app: typer.Typer) -> None:
    """Add the commands to those of the subscribers."""
    app.command("import")(import_)
    app.command("export")(export)
    app.command("preview")(preview)


def import_(
    file: Annotated[
        Path, typer.Argument(help="CSV or JSON Lines, as `subscribers export` writes it; - for standard input.")
    ],
    config: ConfigOption = None,
    form: FormatOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come of it and change nothing.")] = False,
    json_output: JsonOption = False,
) -> None:
    """Add and change subscribers from a file; a row that is wrong is told by line and field and stops no other."""
    from alertsvc.clock import SystemClock
    from alertsvc.enrolment import Outcome, enrol
    from alertsvc.errors import DataError
    from alertsvc.roster import read_roster

    settings = load(config)
    chosen = _format(file, form)
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        rows = list(read_roster(data, chosen))
    except OSError as error:
        raise fail(f"{file}: {error.strerror}") from error
    except DataError as error:
        raise fail(f"{file}: {error}") from error
    with open_store(settings) as store, store.begin() as conn:
        taken = enrol(conn, rows, settings, SystemClock().now())
        transaction = conn.get_transaction()
        if dry_run and transaction is not None:
            transaction.rollback()
    for item in taken:
        for field, line in item.problems.items():
            stderr().print(f"{file}:{item.line}: {field}: {line}", markup=False)
    counts = Counter(item.outcome for item in taken)
    if json_output:
        emit(
            {
                "dry_run": dry_run,
                "rows": [
                    {
                        "line": item.line,
                        "name": item.name,
                        "outcome": item.outcome.value,
                        "problems": dict(item.problems),
                    }
                    for item in taken
                ],
            }
        )
    else:
        told = ", ".join(f"{counts[outcome]} {outcome.value}" for outcome in Outcome if counts[outcome])
        stdout().print(f"{told or 'no rows'}{'; nothing was changed' if dry_run else ''}", markup=False)
    if counts[Outcome.REFUSED]:
        raise typer.Exit(1)


def export(
    file: Annotated[Path, typer.Argument(help="CSV or JSON Lines by its name; - for standard output.")],
    config: ConfigOption = None,
    form: FormatOption = None,
    secrets: Annotated[
        bool, typer.Option("--secrets/--no-secrets", help="With webhooks, without which they cannot be imported.")
    ] = True,
    json_output: JsonOption = False,
) -> None:
    """Write all subscribers to a file that `subscribers import` reads; only its owner can read it."""
    from alertsvc.roster import write_roster
    from alertsvc.store.subscribers import list_standings

    settings = load(config)
    chosen = _format(file, form)
    with open_store(settings) as store, store.read() as conn:
        people = [item.subscriber for item in list_standings(conn) if not item.subscriber.demonstration]
    text = write_roster(people, chosen, secrets=secrets)
    if str(file) == "-":
        if json_output:
            raise fail("--json tells of a file that was written; standard output is the file itself", 2)
        sys.stdout.write(text)
        return
    try:
        file.touch(0o600)
        file.chmod(0o600)
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise fail(f"{file}: {error.strerror}") from error
    webhooks = sum(item.channel.value == "slack" and item.target.startswith("http") for item in people)
    if json_output:
        emit({"file": str(file), "subscribers": len(people), "webhooks": webhooks if secrets else 0})
        return
    noted = f"; {webhooks} with a webhook, which is a secret" if webhooks and secrets else ""
    stdout().print(f"{len(people)} subscribers written to {file}{noted}.", markup=False)


def preview(
    name: Name,
    config: ConfigOption = None,
    days: Annotated[int, typer.Option(min=1, max=31, help="How far back.")] = 7,
    json_output: JsonOption = False,
) -> None:
    """Show what a subscriber would have got in the last days; nothing is sent."""
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    from alertsvc.cli.layout import listing
    from alertsvc.clock import SystemClock
    from alertsvc.hindsight import would_have_got
    from alertsvc.store.subscribers import find_subscriber

    settings = load(config)
    now = SystemClock().now()
    with open_store(settings) as store, store.read() as conn:
        standing = find_subscriber(conn, name=name)
        if standing is None:
            raise fail(f"there is no subscriber called {name}")
        found = would_have_got(conn, standing.subscriber, settings, now - timedelta(days=days), now)
    if json_output:
        emit(
            [
                {
                    "at": item.at.isoformat(),
                    "kind": item.kind,
                    "subject": item.subject,
                    "incident": item.incident,
                    "waited": item.waited,
                }
                for item in found
            ]
        )
        return
    zone = ZoneInfo(standing.subscriber.timezone)
    rows: list[Row] = [
        (
            (f"{item.at.astimezone(zone):%Y-%m-%d %H:%M}", item.kind, item.subject),
            f"waited {item.waited}" if item.waited else "",
        )
        for item in found
    ]
    listing(("When", "Kind", "Subject"), rows, f"Nothing in the last {days} days.")
    if rows:
        stdout().print(f"{len(rows)} messages in {days} days; times are those of {zone.key}.", markup=False)


def _format(file: Path, form: str | None) -> Format:
    """Return the format that a file has by its name, or the one asked for.

    Raises:
        typer.Exit: there is none of that name.
    """
    known = {"csv": _SUFFIXES[".csv"], "jsonl": _SUFFIXES[".jsonl"]}
    chosen = known.get(form.lower()) if form is not None else _SUFFIXES.get(file.suffix.lower())
    if chosen is None:
        raise fail("--format: say csv or jsonl, or give the file such a name", 2)
    return chosen
