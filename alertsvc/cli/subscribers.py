"""Commands for who gets briefings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alertsvc.cli.common import ConfigOption, JsonOption, emit, fail, load, open_store, stdout

if TYPE_CHECKING:
    from alertsvc.cli.layout import Row
    from alertsvc.domain import Subscriber
    from alertsvc.settings import Settings

__all__ = ["app"]

app = typer.Typer(help="Who gets briefings.", no_args_is_help=True)

_OPTIONS = {
    "name": "NAME",
    "email": "--email",
    "slack_webhook_file": "--slack-webhook-file",
    "classes": "--class",
    "countries": "--country",
    "kinds": "--kind",
    "min_severity": "--min-severity",
    "flash_from": "--flash-from",
    "timezone": "--timezone",
    "digest_hour": "--digest-hour",
}
"""What each key of a configured subscriber is called on the command line."""


@app.command("list")
def list_(config: ConfigOption = None, json_output: JsonOption = False) -> None:
    """List the subscribers; a webhook is never shown."""
    from alertsvc.cli.layout import listing
    from alertsvc.store.info import subscriber_sources
    from alertsvc.store.subscribers import list_subscribers

    settings = load(config)
    with open_store(settings) as store, store.read() as conn:
        known = list_subscribers(conn)
        sources = subscriber_sources(conn)
    waiting = [item.name for item in settings.subscribers if item.name not in sources]
    if json_output:
        new = [{"name": name, "source": "configuration", "state": "new"} for name in waiting]
        emit([_data(item, sources[item.name]) for item in known] + new)
    else:
        rows: list[Row] = [_row(item, sources[item.name], settings) for item in known]
        rows += [((name, "with the next start", "", "", "", "", "configuration", ""), "") for name in waiting]
        columns = ("Name", "Goes to", "Briefings", "From", "Flash", "Digest", "Set by", "Only")
        listing(columns, rows, "No subscribers.")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="A name of your choice, unique among the subscribers.")],
    config: ConfigOption = None,
    email: Annotated[str | None, typer.Option(help="Address to send mail to.", metavar="ADDRESS")] = None,
    slack_webhook_file: Annotated[
        Path | None, typer.Option(help="File that holds a Slack webhook; it is read once and kept in the database.")
    ] = None,
    classes: Annotated[
        list[str] | None,
        typer.Option("--class", help="Only border_crossing, oil_facility or capital_approach; may be repeated."),
    ] = None,
    countries: Annotated[
        list[str] | None, typer.Option("--country", help="Only this country, such as LY; may be repeated.")
    ] = None,
    kinds: Annotated[
        list[str] | None, typer.Option("--kind", help="Only flash, update, brief, daily or weekly; may be repeated.")
    ] = None,
    min_severity: Annotated[
        float | None, typer.Option(help="Nothing below this severity, 0.5 to 5.0; else 0.5.")
    ] = None,
    flash_from: Annotated[float | None, typer.Option(help="Flash alerts from this severity on; else 1.5.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Such as Africa/Tripoli; else UTC.")] = None,
    digest_hour: Annotated[int | None, typer.Option(help="Local hour of the daily digest, 0 to 23; else 7.")] = None,
) -> None:
    """Add a subscriber; a running service takes it up by itself."""
    from alertsvc.clock import SystemClock
    from alertsvc.store.subscribers import add_subscriber

    settings = load(config)
    given = {
        "email": email,
        "slack_webhook_file": slack_webhook_file,
        "classes": classes or None,
        "countries": countries or None,
        "kinds": kinds or None,
        "min_severity": min_severity,
        "flash_from": flash_from,
        "timezone": timezone,
        "digest_hour": digest_hour,
    }
    subscriber = _checked(name, {key: value for key, value in given.items() if value is not None}, settings)
    with open_store(settings) as store, store.begin() as conn:
        add_subscriber(conn, subscriber, SystemClock().now())
    stdout().print(f"Added {name}: {_where(subscriber, settings)}.", markup=False)
    if subscriber.channel.value == "email" and settings.mail.smtp.host is None:
        stdout().print(f"No mail server is set: its mail is written to {settings.mail.directory}.", markup=False)


@app.command()
def remove(
    name: Annotated[str, typer.Argument(help="Its name, as `subscribers list` shows it.")], config: ConfigOption = None
) -> None:
    """Remove a subscriber: nothing more is written for it."""
    from alertsvc.store.subscribers import remove_subscriber
    from alertsvc.sync import DEMONSTRATION_READER

    settings = load(config)
    with open_store(settings) as store, store.begin() as conn:
        removed = remove_subscriber(conn, name)
    if not removed:
        raise fail(f"there is no subscriber called {name}")
    stdout().print(f"Removed {name}.", markup=False)
    if any(item.name == name for item in settings.subscribers):
        stdout().print("The configuration names it: take it out there too, or it is back with the next start.")
    elif name == DEMONSTRATION_READER and settings.demonstration.enabled:
        stdout().print("It belongs to the demonstration and is back with the next start, unless that is removed too:")
        stdout().print("  alertsvc feeds demonstration --remove")


def _checked(name: str, given: Mapping[str, Any], settings: Settings) -> Subscriber:
    """Return the subscriber that was asked for, by the rules of the configuration.

    Raises:
        typer.Exit: with status 2 after a line for everything that is wrong; 1 where the name is taken elsewhere.
    """
    from pydantic import ValidationError

    from alertsvc.deliver.slack.webhook import check_webhook
    from alertsvc.errors import DeliveryError, SettingsError
    from alertsvc.settings import SubscriberSettings
    from alertsvc.sync import DEMONSTRATION_READER, subscriber_of

    problems: list[str] = []
    if ("email" in given) == ("slack_webhook_file" in given):
        problems.append("give either --email or --slack-webhook-file")
    chosen: SubscriberSettings | None = None
    try:
        chosen = SubscriberSettings(name=name, **given)
    except ValidationError as error:
        items = error.errors(include_url=False, include_input=False)
        problems += [f"{_OPTIONS[str(item['loc'][0])]}: {_told(item)}" for item in items if item["loc"]]
    try:
        if "slack_webhook_file" in given:
            # Apart from the rest, so that its faults are told together with theirs.
            webhook = SubscriberSettings(name="-", slack_webhook_file=given["slack_webhook_file"]).webhook() or ""
            check_webhook(webhook, settings.slack.hosts)
    except SettingsError as error:
        problems += [f"--slack-webhook-file: {problem.partition(': ')[2]}" for problem in error.problems]
    except DeliveryError as error:
        problems.append(f"--slack-webhook-file: {error}")
    if problems or chosen is None:
        for problem in problems[:-1]:
            fail(problem, 2)
        raise fail(problems[-1], 2)
    if name == DEMONSTRATION_READER:
        raise fail(f"{name} is the name of the demonstration's own subscriber; choose another")
    if any(item.name == name for item in settings.subscribers):
        raise fail(f"the configuration has a subscriber called {name} already; change it there")
    return subscriber_of(chosen)


def _told(item: Mapping[str, Any]) -> str:
    return str(item["msg"]).removeprefix("Value error, ")


def _where(subscriber: Subscriber, settings: Settings) -> str:
    """Say where briefings go, never showing a webhook."""
    if subscriber.channel.value == "slack":
        return "a Slack webhook"
    return f"files in {settings.mail.directory}" if subscriber.channel.value == "file" else subscriber.target


def _source(subscriber: Subscriber, source: str) -> str:
    return "demonstration" if subscriber.demonstration else {"config": "configuration"}.get(source, source)


def _row(subscriber: Subscriber, source: str, settings: Settings) -> Row:
    from alertsvc.domain import BriefingKind

    everything = len(set(subscriber.kinds)) == len(BriefingKind)
    cells = (
        subscriber.name,
        _where(subscriber, settings),
        "all" if everything else ", ".join(subscriber.kinds),
        f"{subscriber.min_severity:.1f}",
        f"{subscriber.flash_from:.1f}",
        f"{subscriber.digest_hour:02}:00 {subscriber.timezone}",
        _source(subscriber, source),
        ", ".join((*subscriber.countries, *subscriber.classes)),
    )
    return cells, ""


def _data(subscriber: Subscriber, source: str) -> dict[str, Any]:
    from alertsvc.domain import to_json

    data: dict[str, Any] = to_json(subscriber)
    if subscriber.channel.value == "slack":
        data["target"] = None  # the webhook is a secret
    return data | {"source": _source(subscriber, source), "state": "active"}
