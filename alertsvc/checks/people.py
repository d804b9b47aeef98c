"""Whether briefings reach anyone: subscribers, mail, Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from alertsvc.checks.finding import Finding, fault, faults_of, number, ok, warning
from alertsvc.checks.folders import cannot_write
from alertsvc.checks.records import check_records
from alertsvc.checks.stored import Stored, authority_fault
from alertsvc.clock import SystemClock
from alertsvc.deliver.links import link_warnings
from alertsvc.deliver.slack.addresses import check_api, check_webhook, is_channel
from alertsvc.deliver.slack.transport import SlackTransport
from alertsvc.domain import Channel
from alertsvc.errors import DataError, DeliveryError, SettingsError, SubscriptionError
from alertsvc.settings import MailSettings, Settings
from alertsvc.watching import watched_places

__all__ = ["check_mail", "check_slack", "check_subscribers"]

_PLACEHOLDER = MailSettings().sender


def check_subscribers(settings: Settings, stored: Stored) -> Iterator[Finding]:
    """Yield what is wrong with anyone's webhook or places, and whether there is anyone."""
    bad = 0
    for subscriber in settings.subscribers:
        try:
            webhook = subscriber.webhook()
            if webhook is not None:
                check_webhook(webhook, settings.slack.hosts)
            watched_places(subscriber.places, settings.detect.rules_dir)
        except SubscriptionError as error:
            bad += 1
            yield fault("subscribers", f"{subscriber.name}: {error}")
        except (SettingsError, DataError) as error:
            bad += 1
            yield from faults_of("subscribers", error)
        except DeliveryError as error:
            bad += 1
            yield fault("subscribers", f"{subscriber.name}: {error}")
    configured = {subscriber.name for subscriber in settings.subscribers}
    added = [subscriber for subscriber in stored.subscribers if subscriber.name not in configured]
    for person in added:
        if person.channel is Channel.SLACK and not is_channel(person.target):
            try:
                check_webhook(person.target, settings.slack.hosts)
            except DeliveryError as error:
                bad += 1
                yield fault("subscribers", f"{person.name}: {error}")
    count = len(configured) + len(added)
    if not count:
        yield warning("subscribers", "there are none: briefings reach nobody")
    elif not bad:
        yield ok("subscribers", number(count, "subscriber"))


def check_mail(settings: Settings, stored: Stored, *, online: bool) -> Iterator[Finding]:
    """Yield whether mail can leave, or be written where there is no server."""
    mail = settings.mail
    server = mail.smtp.host is not None
    if not server or settings.demonstration.enabled:
        trouble = cannot_write(mail.directory)
        if trouble is not None:
            yield fault("mail", f"mail.directory: {mail.directory} cannot be written to: {trouble}")
        elif server:
            yield ok("mail", f"what the demonstration sends is written to {mail.directory}")
        else:
            yield from _to_files(settings, stored)
    if server:
        yield from _server(settings, online=online)


def _to_files(settings: Settings, stored: Stored) -> Iterator[Finding]:
    directory = settings.mail.directory
    waiting = {item.name for item in settings.subscribers if item.email is not None}
    waiting |= {item.name for item in stored.subscribers if item.channel is Channel.EMAIL}
    if waiting:
        who = number(len(waiting), "subscriber")
        yield warning("mail", f"no server is set: mail for {who} is only written to files in {directory}")
    else:
        yield ok("mail", f"no server is set; mail is written to files in {directory}")


def _server(settings: Settings, *, online: bool) -> Iterator[Finding]:
    smtp = settings.mail.smtp
    name = f"{smtp.host}:{smtp.effective_port} ({smtp.security})"
    if settings.mail.sender == _PLACEHOLDER:
        yield warning("mail", f"mail.sender is still {_PLACEHOLDER}: servers will refuse it")
    yield from (warning("mail", line) for line in link_warnings(settings))
    trouble = authority_fault(smtp.ca_file)
    if trouble is not None:
        yield fault("mail", f"mail.smtp.ca_file: {trouble}")
    elif not online:
        yield ok("mail", f"goes through {name}; not tried (--offline)")
    else:
        from alertsvc.deliver.email.smtp import SmtpTransport

        transport = SmtpTransport(settings.mail, service=settings.service.name, clock=SystemClock())
        try:
            asyncio.run(transport.probe())
        except DeliveryError as error:
            yield fault("mail", f"{name}: {error}")
        else:
            signed = "signed in" if smtp.username is not None else "connected, no login set"
            yield ok("mail", f"{name}: {signed}; nothing was sent")
    if settings.mail.sender != _PLACEHOLDER:
        yield from check_records(settings.mail, online=online)


def check_slack(settings: Settings, stored: Stored, *, online: bool) -> Iterator[Finding]:
    """Yield whether the bot can post, where one is set or needed."""
    waiting = [item.name for item in settings.subscribers if item.slack_channel is not None]
    waiting += [item.name for item in stored.subscribers if is_channel(item.target) and item.name not in waiting]
    if settings.slack.token is None:
        if waiting:
            yield fault("slack", f"slack.token is not set, and {', '.join(waiting)} can be reached by a bot only")
        return
    try:
        check_api(settings.slack.api_url, settings.slack.hosts)
        if not online:
            yield ok("slack", "a bot's token is set; not tried (--offline)")
            return
        yield ok("slack", f"the token is that of {asyncio.run(_whose(settings))}; nothing was posted")
    except DeliveryError as error:
        yield fault("slack", str(error))


async def _whose(settings: Settings) -> str:
    transport = SlackTransport(settings.slack)
    try:
        return await transport.probe()
    finally:
        await transport.close()
