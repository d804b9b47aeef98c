"""Commands by which an analyst rules on incidents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alertsvc.cli.common import ConfigOption, JsonOption, emit, load, open_store, stdout

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from alertsvc.ruling import Outcome
    from alertsvc.track.analyst import Analyst
    from alertsvc.track.filed import Filed

__all__ = ["close", "merge", "move", "split", "withdraw"]

_Incident = Annotated[str, typer.Argument(metavar="INCIDENT", help="Its id, as `incidents list` gives it.")]
_Articles = Annotated[
    list[int], typer.Argument(metavar="ARTICLE...", help="Number of the article, as `incidents show` gives it.")
]


def merge(
    target: Annotated[str, typer.Argument(metavar="INTO", help="The incident that keeps its id.")],
    others: Annotated[list[str], typer.Argument(metavar="INCIDENT...", help="Those that are one event with it.")],
    config: ConfigOption = None,
    json_output: JsonOption = False,
) -> None:
    """Make one incident of several. Who had alerts of the others gets a correction."""
    _carry_out(config, json_output, lambda analyst, conn, now: analyst.merge(conn, target, others, now))


def split(
    incident: _Incident, articles: _Articles, config: ConfigOption = None, json_output: JsonOption = False
) -> None:
    """Take the reports of some articles out into an incident of their own; they stay there when they are edited."""
    _carry_out(config, json_output, lambda analyst, conn, now: analyst.split(conn, incident, articles, now))


def move(
    incident: _Incident,
    article: Annotated[int, typer.Argument(metavar="ARTICLE", help="Number of the article.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="The incident that it belongs to.")],
    config: ConfigOption = None,
    json_output: JsonOption = False,
) -> None:
    """Take an article's report out of one incident into another; it stays there when it is edited."""
    _carry_out(config, json_output, lambda analyst, conn, now: analyst.move(conn, incident, article, target, now))


def withdraw(
    incident: _Incident,
    why: Annotated[str, typer.Option(help="The reason, which the correction tells.", metavar="TEXT")] = "",
    config: ConfigOption = None,
    json_output: JsonOption = False,
) -> None:
    """Take an incident back. What is unsent is cancelled, and everyone who had an alert gets a correction."""
    _carry_out(config, json_output, lambda analyst, conn, now: analyst.withdraw(conn, incident, why.strip(), now))


def close(incident: _Incident, config: ConfigOption = None, json_output: JsonOption = False) -> None:
    """Close an incident: what happens there from now on is a new one, linked to it."""
    _carry_out(config, json_output, lambda analyst, conn, now: analyst.close(conn, incident, now))


def _carry_out(
    config: Path | None,
    json_output: bool,
    decide: Callable[[Analyst, Connection, datetime], Sequence[Filed]],
) -> None:
    from alertsvc.clock import SystemClock
    from alertsvc.ruling import rule

    settings = load(config)
    now = SystemClock().now()
    with open_store(settings) as store:
        outcomes = rule(store, settings, now, lambda analyst, conn: decide(analyst, conn, now))
    if json_output:
        emit([_data(outcome) for outcome in outcomes])
        return
    console = stdout()
    for outcome in outcomes:
        console.print(_line(outcome), markup=False)


def _data(outcome: Outcome) -> dict[str, Any]:
    incident, update = outcome.filed.incident, outcome.filed.update
    return {
        "public_id": incident.public_id,
        "created": outcome.filed.created,
        "status": incident.status.value,
        "phase": incident.phase.value,
        "severity": incident.severity.value,
        "articles": sorted({report.article_id for report in incident.reports}),
        "merged_into": incident.merged_into,
        "changes": list(update.changes) if update else [],
        "correction": outcome.filed.correction,
        "messages": outcome.messages,
    }


def _line(outcome: Outcome) -> str:
    incident, update = outcome.filed.incident, outcome.filed.update
    changes = "; ".join(update.changes) if update else "nothing changed"
    kind = "corrections" if outcome.filed.correction else "alerts and updates"
    mails = f"; {kind} to send: {outcome.messages}" if outcome.messages else ""
    return f"{incident.public_id} ({incident.status.value}, {incident.phase.value}): {changes}{mails}"
