"""Commands by which a subscriber gets nothing for a time, or nothing any more, and what is held on somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from alertsvc.cli.common import ConfigOption, JsonOption, emit, fail, load, open_store, stdout
from alertsvc.cli.subscription import Name, shown

if TYPE_CHECKING:
    from pathlib import Path

    from alertsvc.domain import SubscriberState
    from alertsvc.store.subscribers import Standing

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands to those of the subscribers."""
    app.command()(pause)
    app.command()(resume)
    app.command()(remove)
    app.command("export-data")(export_data)
    app.command()(erase)


def pause(name: Name, config: ConfigOption = None, json_output: JsonOption = False) -> None:
    """Send a subscriber nothing until it is resumed; what is unsent is cancelled."""
    from alertsvc.domain import SubscriberState

    standing = _set_state(name, config, SubscriberState.PAUSED)
    if json_output:
        emit(shown(standing))
    else:
        stdout().print(f"Paused {name}.", markup=False)


def resume(name: Name, config: ConfigOption = None, json_output: JsonOption = False) -> None:
    """Send to a paused subscriber again; the next digest tells what happened meanwhile, 31 days at most."""
    from alertsvc.domain import SubscriberState

    standing = _set_state(name, config, SubscriberState.ACTIVE)
    if json_output:
        emit(shown(standing))
    else:
        stdout().print(f"Resumed {name}.", markup=False)


def remove(name: Name, config: ConfigOption = None, json_output: JsonOption = False) -> None:
    """Remove a subscriber: nothing more is written for it."""
    from alertsvc.clock import SystemClock
    from alertsvc.store.subscribers import remove_subscriber
    from alertsvc.sync import DEMONSTRATION_READER

    settings = load(config)
    with open_store(settings) as store, store.begin() as conn:
        removed = remove_subscriber(conn, name, SystemClock().now())
    if not removed:
        raise fail(f"there is no subscriber called {name}")
    configured = any(item.name == name for item in settings.subscribers)
    demonstrated = name == DEMONSTRATION_READER and settings.demonstration.enabled
    if json_output:
        emit({"name": name, "removed": True, "back_with_the_next_start": configured or demonstrated})
        return
    stdout().print(f"Removed {name}.", markup=False)
    if configured:
        stdout().print("The configuration names it: take it out there too, or it is back with the next start.")
    elif demonstrated:
        stdout().print("It belongs to the demonstration and is back with the next start, unless that is removed too:")
        stdout().print("  alertsvc feeds demonstration --remove")


def export_data(
    name: Name,
    config: ConfigOption = None,
    json_output: Annotated[bool, typer.Option("--json", help="JSON, as always with this command.")] = True,
) -> None:
    """Print as JSON all that is held on a subscriber, for the person to have; a webhook is part of it."""
    from alertsvc.errors import StoreError
    from alertsvc.store.privacy import export_person

    settings = load(config)
    with open_store(settings) as store, store.read() as conn:
        try:
            data = export_person(conn, name)
        except StoreError as error:
            raise fail(str(error)) from error
    emit(data)


def erase(name: Name, config: ConfigOption = None, json_output: JsonOption = False) -> None:
    """Take everything personal of a subscriber out of the database for good."""
    from alertsvc.clock import SystemClock
    from alertsvc.errors import StoreError
    from alertsvc.store.privacy import erase_person

    settings = load(config)
    if any(item.name == name for item in settings.subscribers):
        raise fail(f"the configuration names {name}: take it out there first, or the next start adds it anew")
    with open_store(settings) as store, store.begin() as conn:
        try:
            done = erase_person(conn, name, SystemClock().now())
        except StoreError as error:
            raise fail(str(error)) from error
    if json_output:
        emit(done)
    else:
        told = ", ".join(f"{what} {number}" for what, number in done.items() if number)
        stdout().print(f"Erased {name}: {told or 'nothing but the subscription was held'}.", markup=False)


def _set_state(name: str, config: Path | None, state: SubscriberState) -> Standing:
    """Pause or resume; who unsubscribed, or has not confirmed, is not made active by an operator.

    Raises:
        typer.Exit: it cannot be.
    """
    from alertsvc.clock import SystemClock
    from alertsvc.domain import SubscriberState as States
    from alertsvc.errors import StoreError
    from alertsvc.store.subscribers import edit_subscriber, find_subscriber

    with open_store(load(config)) as store, store.begin() as conn:
        standing = find_subscriber(conn, name=name)
        if standing is None:
            raise fail(f"there is no subscriber called {name}")
        if standing.subscriber.state is States.UNSUBSCRIBED:
            raise fail(f"{name} has unsubscribed; only they can take that back")
        if standing.subscriber.state is States.PENDING:
            raise fail(f"{name} has not confirmed the address yet")
        try:
            edit_subscriber(conn, name, {"state": state.value}, SystemClock().now(), why="by command")
        except StoreError as error:
            raise fail(str(error)) from error
        return find_subscriber(conn, name=name) or standing
