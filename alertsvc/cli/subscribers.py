"""Commands for who gets briefings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alertsvc.cli import departure, roster
from alertsvc.cli.common import ConfigOption, JsonOption, emit, fail, load, open_store, stdout
from alertsvc.cli.subscription import (
    Classes,
    Countries,
    DigestHour,
    Email,
    EmptyDigests,
    FlashFrom,
    Kinds,
    Language,
    MinSeverity,
    Name,
    PerDay,
    PerHour,
    Places,
    Quiet,
    RadiusKm,
    SlackChannel,
    SlackWebhookFile,
    Timezone,
    WakeFrom,
    WeeklyDay,
    asked_for,
    refuse,
    shown,
    source_of,
    where,
)

if TYPE_CHECKING:
    from alertsvc.cli.layout import Row
    from alertsvc.domain import Subscriber
    from alertsvc.settings import Settings
    from alertsvc.store.subscribers import Standing

__all__ = ["app"]

app = typer.Typer(help="Who gets briefings.", no_args_is_help=True)
roster.register(app)
departure.register(app)


@app.command("list")
def list_(
    config: ConfigOption = None,
    everybody: Annotated[bool, typer.Option("--all", help="Also those who were removed.")] = False,
    json_output: JsonOption = False,
) -> None:
    """List the subscribers; a webhook is never shown."""
    from alertsvc.cli.layout import listing
    from alertsvc.store.subscribers import list_standings

    settings = load(config)
    with open_store(settings) as store, store.read() as conn:
        known = list_standings(conn, removed=everybody)
    names = {item.subscriber.name for item in known}
    waiting = [item.name for item in settings.subscribers if item.name not in names]
    if json_output:
        new = [{"name": name, "source": "configuration", "state": "new"} for name in waiting]
        emit([shown(item) for item in known] + new)
    else:
        rows: list[Row] = [_row(item, settings) for item in known]
        rows += [((name, "with the next start", "", "", "", "", "", "configuration", ""), "") for name in waiting]
        columns = ("Name", "Goes to", "State", "Briefings", "From", "Flash", "Digest", "Set by", "Only")
        listing(columns, rows, "No subscribers.")


@app.command()
def show(name: Name, config: ConfigOption = None, json_output: JsonOption = False) -> None:
    """Show all of a subscription, what waits for it, and its last digests."""
    from alertsvc.store.held import list_held
    from alertsvc.store.periods import list_periods
    from alertsvc.store.subscribers import find_subscriber

    settings = load(config)
    with open_store(settings) as store, store.read() as conn:
        standing = find_subscriber(conn, name=name)
        if standing is None:
            raise fail(f"there is no subscriber called {name}")
        row = standing.subscriber.id
        held = list_held(conn, subscriber_id=row)
        periods = list_periods(conn, row or 0)
    last = {told.kind.value: told for told in periods}
    data = shown(standing) | {
        "held": [{"incident": item.incident_id, "why": item.why.value, "since": item.since} for item in held],
        "digests": {
            kind: {"period": told.period, "start": told.start, "end": told.end, "sent": told.delivery is not None}
            for kind, told in last.items()
        },
    }
    if json_output:
        emit(data)
        return
    out = stdout()
    out.print(f"{name}: {where(standing.subscriber, settings)}", markup=False)
    for field, value in data.items():
        if field in ("name", "target", "channel", "digests", "held"):
            continue
        if field == "places":
            value = [f"{place['name']} ({place['id']})" for place in value]
        told = ", ".join(map(str, value)) or "any" if isinstance(value, list) else value
        out.print(f"  {field}: {'-' if told is None else told}", markup=False)
    for kind, told in last.items():
        what = "" if told.delivery is not None else ", nothing to tell"
        out.print(f"  last {kind} digest: {told.start:%Y-%m-%d %H:%M} to {told.end:%Y-%m-%d %H:%M} UTC{what}")
    if held:
        out.print(f"  alerts that wait: {len(held)}, since {held[0].since:%Y-%m-%d %H:%M} UTC")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="A name of your choice, unique among the subscribers.")],
    config: ConfigOption = None,
    email: Email = None,
    slack_webhook_file: SlackWebhookFile = None,
    slack_channel: SlackChannel = None,
    classes: Classes = None,
    countries: Countries = None,
    places: Places = None,
    radius_km: RadiusKm = None,
    kinds: Kinds = None,
    min_severity: MinSeverity = None,
    flash_from: FlashFrom = None,
    wake_from: WakeFrom = None,
    language: Language = None,
    timezone: Timezone = None,
    digest_hour: DigestHour = None,
    weekly_day: WeeklyDay = None,
    quiet: Quiet = None,
    empty_digests: EmptyDigests = None,
    alerts_per_hour: PerHour = None,
    alerts_per_day: PerDay = None,
    json_output: JsonOption = False,
) -> None:
    """Add a subscriber; a running service takes it up by itself."""
    from dataclasses import replace

    from alertsvc.clock import SystemClock
    from alertsvc.domain import Channel, SubscriberState
    from alertsvc.store.subscribers import add_subscriber, find_subscriber

    settings = load(config)
    given = asked_for(
        quiet,
        email=email,
        slack_webhook_file=slack_webhook_file,
        slack_channel=slack_channel,
        classes=classes,
        countries=countries,
        places=places,
        radius_km=radius_km,
        kinds=kinds,
        min_severity=min_severity,
        flash_from=flash_from,
        wake_from=wake_from,
        language=language,
        timezone=timezone,
        digest_hour=digest_hour,
        weekly_day=weekly_day,
        empty_digests=empty_digests,
        alerts_per_hour=alerts_per_hour,
        alerts_per_day=alerts_per_day,
    )
    subscriber = _checked(name, given, settings)
    asked = settings.consent.double_opt_in and subscriber.channel is Channel.EMAIL
    if asked:
        subscriber = replace(subscriber, state=SubscriberState.PENDING)
    with open_store(settings) as store, store.begin() as conn:
        add_subscriber(conn, subscriber, SystemClock().now())
        standing = find_subscriber(conn, name=name)
    if json_output:
        emit(shown(standing) if standing is not None else None)
        return
    stdout().print(f"Added {name}: {where(subscriber, settings)}.", markup=False)
    if asked:
        stdout().print("Nothing is sent before the address is confirmed; the running service asks by mail.")
    if subscriber.channel is Channel.EMAIL and settings.mail.smtp.host is None:
        stdout().print(f"No mail server is set: its mail is written to {settings.mail.directory}.", markup=False)


@app.command()
def edit(
    name: Name,
    config: ConfigOption = None,
    classes: Classes = None,
    countries: Countries = None,
    places: Places = None,
    radius_km: RadiusKm = None,
    kinds: Kinds = None,
    min_severity: MinSeverity = None,
    flash_from: FlashFrom = None,
    wake_from: WakeFrom = None,
    language: Language = None,
    timezone: Timezone = None,
    digest_hour: DigestHour = None,
    weekly_day: WeeklyDay = None,
    quiet: Quiet = None,
    empty_digests: EmptyDigests = None,
    alerts_per_hour: PerHour = None,
    alerts_per_day: PerDay = None,
    reset: Annotated[
        bool, typer.Option("--reset", help="Forget what stands over the configuration; the next start takes its word.")
    ] = False,
    json_output: JsonOption = False,
) -> None:
    """Change what a subscriber gets; "any" lifts a filter. Over the configuration it stands until --reset."""
    from alertsvc.clock import SystemClock
    from alertsvc.errors import StoreError, SubscriptionError
    from alertsvc.store.subscribers import edit_subscriber, find_subscriber, reset_subscriber
    from alertsvc.watching import watched_places

    settings = load(config)
    changes = asked_for(
        quiet,
        classes=classes,
        countries=countries,
        radius_km=radius_km,
        kinds=kinds,
        min_severity=min_severity,
        flash_from=flash_from,
        wake_from=wake_from,
        language=language,
        timezone=timezone,
        digest_hour=digest_hour,
        weekly_day=weekly_day,
        empty_digests=empty_digests,
        alerts_per_hour=alerts_per_hour,
        alerts_per_day=alerts_per_day,
    )
    now = SystemClock().now()
    problems: dict[str, str] = {}
    try:
        found = asked_for(None, places=places)
        changes |= {key: watched_places(value, settings.detect.rules_dir) for key, value in found.items()}
    except SubscriptionError as error:
        problems |= error.problems
    if not changes and not problems and not reset:
        raise fail("say what to change; see `alertsvc subscribers edit --help`", 2)
    with open_store(settings) as store, store.begin() as conn:
        try:
            if reset and not reset_subscriber(conn, name, now):
                raise fail(f"the configuration names no subscriber called {name}")
            edit_subscriber(conn, name, changes, now)
        except SubscriptionError as error:
            problems |= error.problems
        except StoreError as error:
            raise fail(str(error)) from error
        if problems:
            raise refuse(problems)
        standing = find_subscriber(conn, name=name)
    if json_output:
        emit(shown(standing) if standing is not None else None)
        return
    stdout().print(f"Changed {name}: {', '.join(changes) or 'reset'}.", markup=False)
    if standing is not None and standing.source == "config" and changes:
        stdout().print("That stands over the configuration from now on; --reset goes back to it.")


def _checked(name: str, given: Mapping[str, Any], settings: Settings) -> Subscriber:
    """Return the subscriber that was asked for, by the rules of the configuration.

    Raises:
        typer.Exit: with status 2 after a line for everything that is wrong; 1 where the name is taken elsewhere.
    """
    from pydantic import ValidationError

    from alertsvc.deliver.slack.addresses import check_webhook
    from alertsvc.errors import DeliveryError, SettingsError, SubscriptionError
    from alertsvc.settings import SubscriberSettings
    from alertsvc.subscription import field_problems
    from alertsvc.sync import DEMONSTRATION_READER, subscriber_of
    from alertsvc.watching import watched_places

    problems: dict[str, str] = {}
    ways = [key for key in ("email", "slack_webhook_file", "slack_channel") if key in given]
    if len(ways) != 1:
        problems["target"] = "give one of --email, --slack-webhook-file and --slack-channel"
    chosen: SubscriberSettings | None = None
    try:
        chosen = SubscriberSettings(name=name, **given)
    except ValidationError as error:
        problems = field_problems(error) | problems
    try:
        # Apart from the rest, so that its faults are told together with theirs.
        watched_places(given.get("places", ()), settings.detect.rules_dir)
        if "slack_webhook_file" in given:
            webhook = SubscriberSettings(name="-", slack_webhook_file=given["slack_webhook_file"]).webhook() or ""
            check_webhook(webhook, settings.slack.hosts)
    except SubscriptionError as error:
        problems |= error.problems
    except SettingsError as error:
        problems["slack_webhook_file"] = error.problems[0].partition(": ")[2]
    except DeliveryError as error:
        problems["slack_webhook_file"] = str(error)
    if problems or chosen is None:
        raise refuse(problems)
    if name == DEMONSTRATION_READER:
        raise fail(f"{name} is the name of the demonstration's own subscriber; choose another")
    if any(item.name == name for item in settings.subscribers):
        raise fail(f"the configuration has a subscriber called {name} already; change it there")
    return subscriber_of(chosen, settings)


def _row(standing: Standing, settings: Settings) -> Row:
    from alertsvc.domain import BriefingKind

    subscriber = standing.subscriber
    everything = len(set(subscriber.kinds)) == len(BriefingKind)
    near = f"within {subscriber.radius_km:g} km" if subscriber.places and subscriber.radius_km else ""
    only = (*subscriber.countries, *subscriber.classes, *(place.name for place in subscriber.places), near)
    cells = (
        subscriber.name,
        where(subscriber, settings),
        subscriber.state.value,
        "all" if everything else ", ".join(subscriber.kinds),
        f"{subscriber.min_severity:.1f}",
        f"{subscriber.flash_from:.1f}",
        f"{subscriber.digest_hour:02}:00 {subscriber.timezone}",
        source_of(standing),
        ", ".join(item for item in only if item),
    )
    remarks = []
    if standing.wishes:
        remarks.append(f"stands over the configuration: {', '.join(sorted(standing.wishes))}")
    if standing.why is not None:
        remarks.append(f"{subscriber.state.value} since {standing.since:%Y-%m-%d %H:%M} UTC: {standing.why}")
    return cells, "; ".join(remarks)
