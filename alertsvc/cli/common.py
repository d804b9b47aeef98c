"""What the commands share: settings, output, progress, and how faults end a command."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from alertsvc.settings import Settings
    from alertsvc.store import Store

__all__ = [
    "ConfigOption",
    "JsonOption",
    "emit",
    "fail",
    "load",
    "open_store",
    "progress",
    "stderr",
    "stdout",
    "table",
]

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", "-c", help="Configuration file; else ALERTSVC_CONFIG, else config.toml.", show_default=False
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def stdout() -> Console:
    """Return the console that results are printed to."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True)


def stderr() -> Console:
    """Return the console for progress and remarks, so that results can be piped."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


def load(config: Path | None, *, required: bool = False) -> Settings:
    """Load the settings and set up logging as they say.

    Args:
        required: the command writes what is configured into the database, so there has to be a configuration.

    Raises:
        SettingsError: with every fault.
    """
    from alertsvc.configuration import load_settings
    from alertsvc.logs import configure

    settings = load_settings(config, required=required)
    configure(settings.log)
    return settings


@contextlib.contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    """Open the configured database for a command; commands may work beside a running service."""
    from alertsvc.store import Store

    store = Store.open(settings.store.url)
    try:
        yield store
    finally:
        store.close()


def emit(data: Any) -> None:
    """Print data as JSON."""
    json.dump(data, sys.stdout, ensure_ascii=False, indent=1, default=str)
    sys.stdout.write("\n")


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> None:
    """Print a table, or one line where there is nothing to show."""
    from rich.table import Table
    from rich.text import Text

    console = stdout()
    if not rows:
        console.print(empty, markup=False)
        return
    shown = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        # Text, so that brackets in a headline are never taken for markup.
        shown.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    console.print(shown)


@contextlib.contextmanager
def progress(what: str, quiet: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar for long work on standard error where that is a terminal; yields a function of (step, done, of)."""
    if quiet or not sys.stderr.isatty():
        yield lambda _step, _done, _of: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=stderr()
    )
    with bar:
        tasks: dict[str, Any] = {}

        def show(step: str, done: int, of: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(f"{what}: {step}" if step else what, total=of)
            bar.update(tasks[step], completed=done, total=of)

        yield show


def fail(message: str, code: int = 1) -> typer.Exit:
    """Print an error line and return the exit to raise."""
    sys.stderr.write(f"alertsvc: {message}\n")
    return typer.Exit(code)
