"""The command that sends one test message."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from alertsvc.cli.common import ConfigOption, JsonOption, emit, fail, load, open_store, stdout
from alertsvc.errors import DeliveryError

if TYPE_CHECKING:
    from alertsvc.deliver.links import Links
    from alertsvc.domain import Subscriber
    from alertsvc.settings import Settings

__all__ = ["send_test"]


def send_test(
    address: Annotated[str | None, typer.Argument(metavar="ADDRESS", help="The e-mail address to send to.")] = None,
    subscriber: Annotated[
        str | None, typer.Option("--subscriber", help="Send to this subscriber, by its channel, in place of ADDRESS.")
    ] = None,
    kind: Annotated[str, typer.Option("--kind", help="flash, update, brief, daily or weekly.")] = "flash",
    config: ConfigOption = None,
    json_output: JsonOption = False,
) -> None:
    """Send one message that is marked as a test, made of an invented incident, and tell what the server answered."""
    from alertsvc.clock import SystemClock
    from alertsvc.domain import BriefingKind
    from alertsvc.sendtest import KINDS, make_test
    from alertsvc.sendtest import send_test as send

    settings = load(config)
    if (address is None) == (subscriber is None):
        raise fail("give either an ADDRESS or --subscriber NAME", 2)
    if kind not in KINDS:
        raise fail(f"a test is {', '.join(KINDS[:-1])} or {KINDS[-1]}", 2)
    wanted = BriefingKind(kind)
    person, links = _stored(settings, subscriber) if subscriber else (_anybody(address or ""), None)
    clock = SystemClock()
    delivery = make_test(settings, person, wanted, clock.now())
    try:
        outcome = asyncio.run(send(settings, delivery, clock, links))
    except DeliveryError as error:
        if json_output:
            emit({"ok": False, "channel": person.channel, "error": str(error), "permanent": error.permanent})
        advice = "it would be refused again" if error.permanent else "the service would try again"
        raise fail(f"not sent: {error} ({advice})") from error
    if json_output:
        emit(
            {
                "ok": True,
                "channel": outcome.channel,
                "where": outcome.trace,
                "message_id": outcome.message_id,
                "answer": outcome.receipt,
            }
        )
        return
    stdout().print(f"{outcome.trace}: Message-ID {outcome.message_id}", markup=False)
    for name, said in outcome.receipt.items():
        stdout().print(f"{name}: {said}", markup=False)


def _anybody(address: str) -> Subscriber:
    """Return somebody who subscribed to nothing.

    Raises:
        typer.Exit: with status 2, where the address is none.
    """
    from alertsvc.deliver.email.address import ascii_address
    from alertsvc.domain import Channel, Subscriber

    try:
        return Subscriber("test", Channel.EMAIL, ascii_address(address))
    except DeliveryError as error:
        raise fail(str(error), 2) from error


def _stored(settings: Settings, name: str) -> tuple[Subscriber, Links]:
    """Return a subscriber of the database or the configuration, and what makes its links.

    Raises:
        typer.Exit: with status 2, where there is none of this name.
    """
    from alertsvc.deliver.links import make_links
    from alertsvc.store.subscribers import find_subscriber
    from alertsvc.sync import subscriber_of

    with open_store(settings) as store:
        with store.read() as conn:
            found = find_subscriber(conn, name=name)
        links = make_links(store, settings)
    if found is not None:
        return found.subscriber, links
    for item in settings.subscribers:
        if item.name == name:
            return subscriber_of(item, settings), links
    raise fail(f"there is no subscriber called {name}", 2)
