"""The command line. Every listing has `--json`; exit status 0 done, 1 failed, 2 wrong usage or configuration."""

from __future__ import annotations

import sys

import typer

from alertsvc import __version__
from alertsvc.errors import AlertsvcError, DataError, SettingsError

__all__ = ["app", "main"]

app = typer.Typer(
    name="alertsvc",
    help="News feeds in, risk briefings out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"alertsvc {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", help="Print the version.", callback=_version, is_eager=True),
) -> None:
    pass


def main() -> None:
    """Run the command line; a fault is one line for each thing that is wrong, never a stack trace."""
    from alertsvc.cli.analyse import register as analyse
    from alertsvc.cli.data import register as data
    from alertsvc.cli.manage import register as manage
    from alertsvc.cli.run import register as run

    for register in (run, analyse, manage, data):
        register(app)
    try:
        app()
    except (SettingsError, DataError) as error:
        for problem in error.problems:
            sys.stderr.write(f"alertsvc: {problem}\n")
        sys.exit(2)
    except AlertsvcError as error:
        sys.stderr.write(f"alertsvc: {error}\n")
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
