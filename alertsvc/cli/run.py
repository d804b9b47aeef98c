"""Commands that work: run, poll, digest, replay."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alertsvc.cli.common import ConfigOption, JsonOption, emit, fail, load, open_store, progress, stderr, stdout

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from alertsvc.service import CycleSummary

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(run)
    app.command()(poll)
    app.command()(digest)
    app.command()(replay)


def _execute(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine on uvloop where that is installed."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    return uvloop.run(work)


def run(
    config: ConfigOption = None,
    once: Annotated[bool, typer.Option("--once", help="One full cycle, a summary, and the end.")] = False,
    json_output: JsonOption = False,
) -> None:
    """Run the service: poll, detect, file, brief and deliver until it is told to stop."""
    from alertsvc.service import Service

    settings = load(config, required=True)

    async def work() -> CycleSummary | None:
        async with Service.open(settings) as service:
            if not once:
                await service.run(ready=_announce)
                return None
            with progress("polling", quiet=json_output) as show:
                done = 0

                def polled(_line: object) -> None:
                    nonlocal done
                    done += 1
                    show("feeds", done, max(done, len(settings.feeds)))

                return await service.cycle(everything=True, polled=polled)

    summary = _execute(work())
    if summary is not None:
        _report(summary, json_output, str(settings.mail.directory))


def _announce(port: int | None) -> None:
    if port is not None:
        stderr().print(f"alertsvc is running; pages on http://localhost:{port} - Ctrl-C ends it")


def _report(summary: CycleSummary, as_json: bool, mail_directory: str) -> None:
    """Print what one cycle did."""
    if as_json:
        emit(_summary_data(summary))
        return
    from rich.text import Text

    console = stdout()
    polled, processed, sent = summary.polled, summary.processed, summary.sent
    failed = len(polled.failed)
    console.print(Text(f"Feeds: {len(polled.lines)} polled, {len(polled.lines) - failed} read, {failed} not", "bold"))
    for line in polled.lines:
        mark = "ok " if line.success else "-- "
        told = f"{line.new} new" if line.success else line.outcome
        console.print(Text(f"  {mark} {line.feed_id}: {told}" + (f" ({line.message})" if line.message else "")))
    languages = ", ".join(f"{count} in {code}" for code, count in sorted(processed.unsupported.items()))
    console.print(
        Text(
            f"Articles: {processed.articles} new; {processed.reporting} report an incident"
            + (f"; not read for their language: {languages}" if languages else "")
            + (f"; {processed.failed} could not be read" if processed.failed else ""),
            "bold",
        )
    )
    opened = [line for line in processed.filed if line.created]
    moved = len(processed.filed) - len(opened)
    console.print(Text(f"Incidents: {len(opened)} opened, {moved} steps in known ones", "bold"))
    for item in processed.filed:
        mark = "[DEMO] " if item.demonstration else ""
        word = "new " if item.created else "then"
        console.print(Text(f"  {mark}{item.public_id} {word} {item.severity:.1f}  {item.headline}"))
    console.print(
        Text(
            f"Briefings: {processed.planned} alerts and updates, {summary.digests} digests written; "
            f"{sent.sent} sent, {sent.retried} to be tried again, {sent.failed} failed",
            "bold",
        )
    )
    for text in sent.lines:
        console.print(Text(f"  {text}"))
    if any("written to" in line for line in sent.lines):
        console.print(Text(f"The files are in {mail_directory}"))


def _summary_data(summary: CycleSummary) -> dict[str, Any]:
    polled, processed, sent = summary.polled, summary.processed, summary.sent
    return {
        "feeds": [
            {"id": line.feed_id, "outcome": line.outcome, "ok": line.success, "new": line.new, "message": line.message}
            for line in polled.lines
        ],
        "articles": {
            "read": processed.read,
            "reporting": processed.reporting,
            "unsupported": processed.unsupported,
            "failed": processed.failed,
        },
        "incidents": [
            {
                "id": item.public_id,
                "what": item.headline,
                "severity": item.severity,
                "created": item.created,
                "demonstration": item.demonstration,
            }
            for item in processed.filed
        ],
        "briefings": {"planned": processed.planned, "digests": summary.digests},
        "deliveries": {"sent": sent.sent, "retried": sent.retried, "failed": sent.failed, "lines": list(sent.lines)},
    }


def poll(
    config: ConfigOption = None,
    due: Annotated[bool, typer.Option("--due", help="Only feeds that are due.")] = False,
    json_output: JsonOption = False,
) -> None:
    """Poll every feed once and store what is new; nothing is read, filed or sent."""
    from alertsvc.service import Service

    settings = load(config, required=True)

    async def work() -> Any:
        async with Service.open(settings, alone=False) as service:
            return await service.collector.run_once(everything=not due)

    summary = _execute(work())
    if json_output:
        emit(
            [
                {
                    "id": line.feed_id,
                    "outcome": line.outcome,
                    "ok": line.success,
                    "new": line.new,
                    "message": line.message,
                }
                for line in summary.lines
            ]
        )
        return
    for line in summary.lines:
        told = f"{line.new} new, {line.edited} edited" if line.success else line.outcome
        stdout().print(f"{line.feed_id}: {told}" + (f" ({line.message})" if line.message else ""), markup=False)
    if summary.failed and len(summary.failed) == len(summary.lines):
        raise fail("no feed could be read")


def digest(
    config: ConfigOption = None,
    send: Annotated[bool, typer.Option("--send", help="Send the digests that are due now.")] = False,
    hours: Annotated[int, typer.Option(min=1, max=24 * 31, help="Show the digest of the last so many hours.")] = 24,
    demonstration: Annotated[bool, typer.Option("--demonstration", help="Of the demonstration's incidents.")] = False,
    html: Annotated[Path | None, typer.Option(help="Also write it as HTML to this file.")] = None,
    preview_folder: Annotated[
        Path | None,
        typer.Option("--preview", help="Write every kind of briefing in every language to this folder.", metavar="DIR"),
    ] = None,
    stored: Annotated[
        bool, typer.Option("--stored", help="With --preview: of what is stored, not of the demonstration.")
    ] = False,
    incident: Annotated[
        str | None, typer.Option(help="With --preview: of this stored incident alone.", metavar="ID")
    ] = None,
    json_output: JsonOption = False,
) -> None:
    """Show the digest of the last hours, send those that are due, or write every kind of briefing to look at."""
    from datetime import timedelta

    from alertsvc.cli.briefings import write_all
    from alertsvc.clock import SystemClock
    from alertsvc.deliver.digests import DigestPeriod
    from alertsvc.digest import preview
    from alertsvc.domain import Channel, Subscriber
    from alertsvc.service import Service
    from alertsvc.stationery import Stationery

    settings = load(config, required=send)
    if preview_folder is None and (stored or incident is not None):
        raise fail("--stored and --incident go with --preview", 2)
    if preview_folder is not None:
        write_all(settings, preview_folder, incident, stored=stored, demonstration=demonstration)
        return
    if send:

        async def work() -> Any:
            async with Service.open(settings, alone=False) as service:
                written = await asyncio.to_thread(service.digester.run_once)
                return written, await service.sender.run_once()

        written, sent = _execute(work())
        if json_output:
            emit({"written": written, "sent": sent.sent, "failed": sent.failed, "retried": sent.retried})
        else:
            stdout().print(f"{written} digests written, {sent.sent} deliveries sent", markup=False)
            for line in sent.lines:
                stdout().print(f"  {line}", markup=False)
        return
    now = SystemClock().now()
    reader = Subscriber("preview", Channel.FILE, "preview@localhost.localdomain", demonstration=demonstration, id=0)
    with open_store(settings) as store, store.read() as conn:
        briefing = preview(conn, reader, DigestPeriod(now - timedelta(hours=hours), now, "preview"), settings, now)
    stationery = Stationery(settings.brief.templates_dir)
    rendered = stationery(briefing)
    for fault in stationery.faults:
        stderr().print(fault, markup=False)
    if html is not None:
        html.write_text(rendered.html, encoding="utf-8")
    if json_output:
        emit(briefing.facts)
    else:
        stdout().print(rendered.subject, rendered.text, sep="\n\n", markup=False)


def replay(
    files: Annotated[list[Path], typer.Argument(help="Saved articles (.jsonl) or feeds (.xml).", exists=True)],
    config: ConfigOption = None,
    keep: Annotated[
        Path | None, typer.Option(help="Keep the replay's database in this file, in place of a throw-away one.")
    ] = None,
    json_output: JsonOption = False,
) -> None:
    """Send saved articles or feeds through the whole service, mail included, on a simulated clock."""
    from alertsvc.replay import replay_files

    settings = load(config)
    with progress("replaying", quiet=json_output) as show:
        result = _execute(replay_files(files, settings, keep, show))
    if json_output:
        emit(result.as_data())
        return
    console = stdout()
    console.print(f"{result.articles} articles, {len(result.filed)} steps in incidents, {result.digests} digests")
    for item in result.filed:
        word = "new " if item.created else "then"
        console.print(f"  {item.public_id} {word} {item.severity:.1f}  {item.headline}", markup=False)
    console.print(f"Deliveries: {result.sent} sent, {result.retried} to be tried again, {result.failed} failed")
    for line in result.lines:
        console.print(f"  {line}", markup=False)
    for problem in result.problems:
        stderr().print(problem, markup=False)
    if result.failed:
        raise typer.Exit(1)
