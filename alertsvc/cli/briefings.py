"""Commands that show briefings: the full brief of an incident, and previews of every kind."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alertsvc.cli.common import ConfigOption, JsonOption, emit, fail, load, open_store, stderr, stdout

if TYPE_CHECKING:
    from datetime import datetime

    from alertsvc.brief.record import Week
    from alertsvc.domain import Incident
    from alertsvc.settings import Settings

__all__ = ["brief", "write_all"]

_MOST = 500  # incidents that are looked at for previews


def brief(
    public_id: Annotated[str, typer.Argument(help="Its id, as `incidents list` and the briefings give it.")],
    config: ConfigOption = None,
    send: Annotated[
        str | None, typer.Option("--send", help="Send it to this subscriber.", metavar="SUBSCRIBER")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Also write it as HTML to this file.")] = None,
    json_output: JsonOption = False,
) -> None:
    """Show everything that is known of an incident as a full brief, or send it to a subscriber."""
    from alertsvc.clock import SystemClock
    from alertsvc.fullbrief import brief_of
    from alertsvc.stationery import Stationery
    from alertsvc.store.incidents import get_current

    settings = load(config, required=send is not None)
    if send is not None:
        _send(settings, public_id, send, as_json=json_output)
        return
    with open_store(settings) as store, store.read() as conn:
        incident = get_current(conn, public_id)
        if incident is None:
            raise fail(f"there is no incident {public_id}; `alertsvc incidents list` shows them")
        try:
            briefing = brief_of(conn, incident, settings, SystemClock().now())
        except ValueError as error:
            raise fail(str(error)) from error
    stationery = Stationery(settings.brief.templates_dir)
    rendered = stationery(briefing)
    if html is not None:
        html.write_text(rendered.html, encoding="utf-8")
    if json_output:
        emit(briefing.facts)
    else:
        stdout().print(rendered.subject, rendered.text, sep="\n\n", markup=False)
    for fault in stationery.faults:
        stderr().print(fault, markup=False)


def _send(settings: Settings, public_id: str, name: str, *, as_json: bool) -> None:
    """Write the brief for a subscriber and send what is due."""
    from alertsvc.clock import SystemClock
    from alertsvc.fullbrief import request_brief
    from alertsvc.service import Service
    from alertsvc.store.incidents import get_current
    from alertsvc.store.subscribers import list_subscribers

    async def work() -> Any:
        async with Service.open(settings, alone=False) as service:
            with service.store.begin() as conn:
                incident = get_current(conn, public_id)
                if incident is None:
                    raise fail(f"there is no incident {public_id}; `alertsvc incidents list` shows them")
                people = list_subscribers(conn)
                subscriber = next((item for item in people if item.name == name), None)
                if subscriber is None:
                    raise fail(f"there is no subscriber {name!r}; `alertsvc subscribers list` shows them")
                try:
                    key = request_brief(conn, incident, subscriber, settings, SystemClock().now())
                except ValueError as error:
                    raise fail(str(error)) from error
            return key, await service.sender.run_once()

    key, sent = asyncio.run(work())
    own = [line for line in sent.lines if key is not None and line.startswith(f"{key}:")]
    if as_json:
        emit({"key": key, "sent": sent.sent, "failed": sent.failed, "retried": sent.retried, "lines": own})
    else:
        # Another service on the same database may have taken the row up first.
        stdout().print("\n".join(own) or f"{key}: written to the outbox", markup=False)
    if any(": failed: " in line for line in own):
        raise typer.Exit(1)


def write_all(settings: Settings, folder: Path, incident: str | None, *, stored: bool, demonstration: bool) -> None:
    """Write every kind of briefing to a folder.

    Args:
        incident: tell of this stored incident alone.
        stored: tell of what the database holds, in place of the demonstration made on the spot.
        demonstration: of the stored incidents the invented ones.

    Raises:
        typer.Exit: with status 1, after a line, where there is no such incident or the folder cannot be written to.
    """
    from alertsvc.clock import SystemClock
    from alertsvc.demonstrated import demonstration_incidents
    from alertsvc.errors import AlertsvcError
    from alertsvc.notebook import notes_of
    from alertsvc.previews import previews, write_previews
    from alertsvc.screenshots import browser_program, take
    from alertsvc.stationery import Stationery

    now = SystemClock().now()
    earlier: dict[str, list[Incident]] = {}
    history: list[Week] = []
    if stored or incident is not None:
        found, earlier, history = _stored(settings, incident, now, demonstration=demonstration)
        demonstration = any(item.demonstration for item in found) if found else demonstration
    else:
        found, demonstration = asyncio.run(demonstration_incidents(settings)), True
    made = previews(
        found,
        now=now,
        service=settings.service.name,
        demonstration=demonstration,
        notes=notes_of(settings.detect.rules_dir),
        earlier=earlier,
        history=history,
    )
    stationery, program = Stationery(settings.brief.templates_dir), browser_program()
    try:
        written = write_previews(folder, made, stationery, shots=program is not None)
        if program is not None:
            asyncio.run(take(written.shots, program))
    except AlertsvcError as error:  # the pages are there; only their pictures are not
        raise fail(f"{folder}: no pictures: {error}") from error
    except OSError as error:
        raise fail(f"{folder}: {error.strerror or error}") from error
    for fault in stationery.faults:
        stderr().print(fault, markup=False)
    pictures = f"{len(written.shots)} pictures" if program is not None else "no pictures, as no Chromium is installed"
    stdout().print(f"{written.pages} briefings, {pictures}: {written.index}", markup=False)


def _stored(
    settings: Settings, incident: str | None, now: datetime, *, demonstration: bool
) -> tuple[list[Incident], dict[str, list[Incident]], list[Week]]:
    """Return the stored incidents that are wanted, what was at their places before, and the weeks before."""
    from datetime import UTC

    from alertsvc.earlier import earlier_at
    from alertsvc.history import weeks_before
    from alertsvc.previews import monday_of
    from alertsvc.store.incidents import get_current, list_incidents

    with open_store(settings) as store, store.read() as conn:
        if incident is None:
            found = list_incidents(conn, demonstration=demonstration, limit=_MOST)
        else:
            one = get_current(conn, incident)
            if one is None:
                raise fail(f"there is no incident {incident}; `alertsvc incidents list` shows them")
            found = [one]
        gravest = sorted(found, key=lambda item: -item.severity.value)[:5]
        weeks = weeks_before(conn, monday_of(found, now), UTC, lambda _: True, demonstration=demonstration)
        return found, {item.public_id: earlier_at(conn, item) for item in gravest}, weeks
