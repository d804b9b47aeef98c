"""Commands on what is stored: incidents, refile, export, db."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from alertsvc.cli import incidents
from alertsvc.cli.common import ConfigOption, JsonOption, emit, fail, load, open_store, progress, stderr, stdout
from alertsvc.cli.incidents import DemonstrationOption, SinceOption, selection

__all__ = ["register"]

_db = typer.Typer(help="The database.", no_args_is_help=True)
_export = typer.Typer(help="Write out what is stored.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(incidents.app, name="incidents")
    app.command()(refile)
    app.add_typer(_export, name="export")
    app.add_typer(_db, name="db")


def refile(
    since: Annotated[str, typer.Option(help="Articles since: 7d, 12h, or a date such as 2026-01-31.", metavar="WHEN")],
    apply: Annotated[bool, typer.Option("--apply", help="Keep what comes of it; else it is only shown.")] = False,
    config: ConfigOption = None,
    json_output: JsonOption = False,
) -> None:
    """Decide stored articles again after a change of rules or model, and show the difference. Never sends anything."""
    from alertsvc.cli.times import read_since
    from alertsvc.clock import SystemClock
    from alertsvc.refile import refile as decide_again

    settings = load(config)
    now = SystemClock().now()
    start = read_since(since, now)
    assert start is not None
    with open_store(settings) as store, progress("deciding again", quiet=json_output) as show:
        result = decide_again(store, settings, now, since=start, apply=apply, progress=show)
    if json_output:
        emit(result.as_data())
    else:
        console = stdout()
        for item in result.differences:
            console.print(f"article {item.article_id}, {item.outlet}: {item.title}", markup=False)
            for sign, lines in (("-", item.before), ("+", item.after)):
                for line in lines:
                    console.print(f"  {sign} {line}", markup=False)
        told = {"opened": result.opened, "changed": result.changed, "merged": result.merged}
        counts = ", ".join(f"{what} {len(names)}" for what, names in (told | {"withdrawn": result.withdrawn}).items())
        done = "" if apply else "; nothing is kept: add --apply"
        console.print(
            f"{result.articles} articles, {len(result.differences)} decided otherwise; incidents {counts}{done}"
        )
        if result.alerted:
            console.print(f"Alerts were sent of these, and no correction is: {', '.join(result.alerted)}")
    for problem in result.problems:
        stderr().print(problem, markup=False)


@_export.callback()
def _export_root() -> None:
    pass  # without it, a group of one command would be that command


@_export.command("incidents")
def export_incidents(
    format_: Annotated[str, typer.Option("--format", "-f", help="json, csv or geojson.", metavar="FORMAT")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file in place of standard output.")
    ] = None,
    config: ConfigOption = None,
    since: SinceOption = None,
    demonstration: DemonstrationOption = False,
) -> None:
    """Write out incidents, those changed last first.

    In CSV, text that a spreadsheet would take for a formula has an apostrophe before it.
    """
    from alertsvc.clock import SystemClock
    from alertsvc.export import FORMATS, select

    if format_ not in FORMATS:
        raise fail(f"--format: give one of {', '.join(FORMATS)}, not {format_!r}", 2)
    settings = load(config)
    now = SystemClock().now()
    wanted = selection(now, None, None, None, since, demonstration=demonstration)
    with open_store(settings) as store, store.read() as conn:
        found = list(select(conn, wanted))
    text = FORMATS[format_](found, settings, now, demonstration=demonstration)
    if output is None:
        sys.stdout.write(text)
        return
    try:
        _write(output, text)
    except OSError as error:
        raise fail(f"{output}: cannot be written: {error.strerror or error}") from error
    stderr().print(f"{len(found)} incident{'' if len(found) == 1 else 's'} written to {output}", markup=False)


def _write(path: Path, text: str) -> None:
    """Put a file in place whole or not at all; what is no regular file, such as a pipe, is written to as it is."""
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8", newline="")
        return
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        unfinished.write_text(text, encoding="utf-8", newline="")
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


@_db.command()
def upgrade(config: ConfigOption = None) -> None:
    """Set the database up, or bring it to the schema of this version; `run` does so by itself."""
    from alertsvc.store.info import public_name, schema_version
    from alertsvc.store.schema import SCHEMA_VERSION

    settings = load(config)
    name = public_name(settings.store.url)
    before = schema_version(settings.store.url)
    with open_store(settings):
        pass
    if before == SCHEMA_VERSION:
        told = f"is at schema {SCHEMA_VERSION} already"
    else:
        told = (
            f"set up at schema {SCHEMA_VERSION}"
            if before is None
            else f"brought from schema {before} to {SCHEMA_VERSION}"
        )
    stdout().print(f"{name}: {told}", markup=False)


@_db.command()
def info(config: ConfigOption = None, json_output: JsonOption = False) -> None:
    """Say which database this is, how large, and what lies in it. Nothing is changed, not even upgraded."""
    from alertsvc.cli.times import exact
    from alertsvc.store import Store
    from alertsvc.store.info import public_name, store_info

    settings = load(config)
    name = public_name(settings.store.url)
    with Store.open(settings.store.url, migrate=False) as store:
        dialect = store.dialect
        with store.read() as conn:
            seen = store_info(conn)
    if json_output:
        oldest, newest = (moment.isoformat() if moment else None for moment in (seen.oldest, seen.newest))
        emit(
            {
                "dialect": dialect,
                "database": name,
                "schema": seen.schema,
                "bytes": seen.size,
                "rows": seen.rows,
                "oldest_article": oldest,
                "newest_article": newest,
            }
        )
        return
    span = f"{exact(seen.oldest)} to {exact(seen.newest)}" if seen.oldest else "none"
    lines = {
        "Database": f"{name} ({dialect})",
        "Schema": seen.schema,
        "Size": _size(seen.size),
        "Articles from": span,
        **{f"  {table}": f"{count:>9,}" for table, count in seen.rows.items()},
    }
    for label, value in lines.items():
        stdout().print(f"{label:20}{value}", markup=False)


def _size(count: int) -> str:
    if count < 1_000_000:
        return f"{count / 1000:.0f} kB"
    return f"{count / 1e6:.1f} MB" if count < 1_000_000_000 else f"{count / 1e9:.2f} GB"
