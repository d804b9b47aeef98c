"""What the commands on subscribers share: their options, how a subscription is shown, and how faults are told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alertsvc.cli.common import fail

if TYPE_CHECKING:
    from alertsvc.domain import Subscriber
    from alertsvc.settings import Settings
    from alertsvc.store.subscribers import Standing

__all__ = [
    "ANY",
    "Classes",
    "Countries",
    "DigestHour",
    "Email",
    "EmptyDigests",
    "FlashFrom",
    "Kinds",
    "Language",
    "MinSeverity",
    "Name",
    "PerDay",
    "PerHour",
    "Places",
    "Quiet",
    "RadiusKm",
    "SlackChannel",
    "SlackWebhookFile",
    "Timezone",
    "WakeFrom",
    "WeeklyDay",
    "asked_for",
    "refuse",
    "shown",
    "source_of",
    "where",
]

ANY = "any"
"""In place of values of a filter: none is set."""

Name = Annotated[str, typer.Argument(help="Its name, as `subscribers list` shows it.")]
Email = Annotated[str | None, typer.Option(help="Address to send mail to.", metavar="ADDRESS")]
SlackWebhookFile = Annotated[
    Path | None, typer.Option(help="File that holds a Slack webhook; it is read once and kept in the database.")
]
SlackChannel = Annotated[str | None, typer.Option(help="Id of a channel that the bot of slack.token is in.")]
Classes = Annotated[
    list[str] | None,
    typer.Option("--class", help="Only border_crossing, oil_facility or capital_approach; may be repeated."),
]
Countries = Annotated[
    list[str] | None, typer.Option("--country", help="Only this country, such as LY; may be repeated.")
]
Places = Annotated[
    list[str] | None, typer.Option("--place", help="Only this place, by name or id of the gazetteer; may be repeated.")
]
RadiusKm = Annotated[float | None, typer.Option(help="And what lies within so many kilometres of a place.")]
Kinds = Annotated[
    list[str] | None, typer.Option("--kind", help="Only flash, update, daily or weekly; may be repeated.")
]
MinSeverity = Annotated[float | None, typer.Option(help="Nothing below this severity, 0.5 to 5.0; else 0.5.")]
FlashFrom = Annotated[float | None, typer.Option(help="Flash alerts from this severity on; else 1.5.")]
WakeFrom = Annotated[
    str | None, typer.Option(help="Severity from which quiet hours hold nothing back, or never; else 4.0.")
]
Language = Annotated[str | None, typer.Option(help="Language of what is sent: en, fr or ar; else en.")]
Timezone = Annotated[str | None, typer.Option(help="Such as Africa/Tripoli; else UTC.")]
DigestHour = Annotated[int | None, typer.Option(help="Local hour of digests, 0 to 23; else 7.")]
WeeklyDay = Annotated[str | None, typer.Option(help="Day of the weekly review, such as sunday; else monday.")]
Quiet = Annotated[str | None, typer.Option(help="Local hours in which alerts wait, such as 22:00-07:00; off for none.")]
EmptyDigests = Annotated[
    bool | None, typer.Option("--empty/--no-empty", help="Digests also when all is quiet, or only with news.")
]
PerHour = Annotated[
    int | None, typer.Option("--alerts-per-hour", help="Flashes and updates in an hour; 0 for no limit.")
]
PerDay = Annotated[int | None, typer.Option("--alerts-per-day", help="Flashes and updates in a day; 0 for no limit.")]

_OPTIONS = {
    "name": "NAME",
    "email": "--email",
    "slack_webhook": "--slack-webhook-file",
    "slack_webhook_file": "--slack-webhook-file",
    "slack_channel": "--slack-channel",
    "target": "NAME",
    "classes": "--class",
    "countries": "--country",
    "places": "--place",
    "radius_km": "--radius-km",
    "kinds": "--kind",
    "min_severity": "--min-severity",
    "flash_from": "--flash-from",
    "wake_from": "--wake-from",
    "language": "--language",
    "timezone": "--timezone",
    "digest_hour": "--digest-hour",
    "weekly_day": "--weekly-day",
    "quiet_from": "--quiet",
    "quiet_until": "--quiet",
    "empty_digests": "--empty",
    "alerts_per_hour": "--alerts-per-hour",
    "alerts_per_day": "--alerts-per-day",
}
"""What each field is called on the command line."""


def asked_for(quiet: str | None, **given: Any) -> dict[str, Any]:
    """Return the fields that options name, `any` taken for a filter that is not set."""
    fields: dict[str, Any] = {}
    for name, value in given.items():
        if value is None or value == []:
            continue
        lifted = isinstance(value, list) and [str(item).lower() for item in value] == [ANY]
        if not lifted:
            fields[name] = value
        elif name == "kinds":
            from alertsvc.domain import BriefingKind

            fields[name] = list(BriefingKind)
        else:
            fields[name] = []
    if quiet is not None:
        begin, dash, end = ("", "-", "") if quiet.strip().lower() == "off" else quiet.partition("-")
        fields |= {"quiet_from": begin.strip(), "quiet_until": end.strip() if dash else "-"}
    return fields


def refuse(problems: Mapping[str, str]) -> typer.Exit:
    """Print a line for each field that is wrong, by its option, and return the exit to raise."""
    lines = dict.fromkeys(f"{_OPTIONS.get(field, field)}: {line}" for field, line in problems.items())
    code = typer.Exit(2)
    for line in lines:
        code = fail(line, 2)
    return code


def where(subscriber: Subscriber, settings: Settings) -> str:
    """Say where briefings go, never showing a webhook."""
    if subscriber.channel.value == "slack":
        return "a Slack webhook" if subscriber.target.startswith("http") else f"Slack channel {subscriber.target}"
    return f"files in {settings.mail.directory}" if subscriber.channel.value == "file" else subscriber.target


def source_of(standing: Standing) -> str:
    """Say who set a subscriber up."""
    if standing.subscriber.demonstration:
        return "demonstration"
    return {"config": "configuration"}.get(standing.source, standing.source)


def shown(standing: Standing) -> dict[str, Any]:
    """Return all of a subscription as JSON data; a webhook, which is a secret, is left out."""
    from alertsvc.domain import to_json

    subscriber = standing.subscriber
    data: dict[str, Any] = to_json(subscriber)
    if subscriber.channel.value == "slack" and subscriber.target.startswith("http"):
        data["target"] = None
    return data | {
        "source": source_of(standing),
        "since": standing.since.isoformat(),
        "why": standing.why,
        "changed": sorted(standing.wishes),
    }
