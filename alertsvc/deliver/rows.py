"""From a decision to a row of the outbox: key, Message-ID, expiry, everything frozen. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from alertsvc.deliver.digests import DigestPeriod
from alertsvc.deliver.keys import brief_key, flash_key, message_id, subscriber_id, update_key
from alertsvc.deliver.routing import Route
from alertsvc.domain import Briefing, BriefingKind, Delivery, Incident, Subscriber, Update
from alertsvc.settings import DeliverSettings

__all__ = ["alert_row", "digest_row"]


def alert_row(
    route: Route,
    incident: Incident,
    update: Update,
    briefing: Briefing,
    *,
    now: datetime,
    sender: str,
    settings: DeliverSettings,
    template_version: str,
) -> Delivery:
    """Return the row that tells a subscriber of an incident's step.

    Args:
        sender: the address that mail is sent from.

    Raises:
        ValueError: the subscriber has no row in the store.
    """
    row = subscriber_id(route.subscriber)
    if route.kind is BriefingKind.FLASH:
        key = flash_key(incident.public_id, row)
    elif route.kind is BriefingKind.BRIEF:
        key = brief_key(incident.public_id, row)
    else:
        key = update_key(incident.public_id, update.number, row)
    return Delivery(
        key=key,
        briefing=briefing,
        subscriber_id=row,
        channel=route.subscriber.channel,
        target=route.subscriber.target,
        message_id=message_id(route.kind, incident.public_id, update.number, route.subscriber, sender=sender),
        created=now,
        expires=now + timedelta(seconds=settings.flash_expires),
        template_version=template_version,
        in_reply_to=route.in_reply_to,
    )


def digest_row(
    subscriber: Subscriber,
    period: DigestPeriod,
    briefing: Briefing,
    *,
    now: datetime,
    sender: str,
    settings: DeliverSettings,
    template_version: str,
) -> Delivery:
    """Return the row of a digest; `extra` keeps its period as ISO times under `start` and `end`.

    Raises:
        ValueError: the subscriber has no row in the store.
    """
    return Delivery(
        key=period.key,
        briefing=briefing,
        subscriber_id=subscriber_id(subscriber),
        channel=subscriber.channel,
        target=subscriber.target,
        message_id=message_id(briefing.kind, "digest", period.end, subscriber, sender=sender),
        created=now,
        expires=now + timedelta(seconds=settings.digest_expires),
        template_version=template_version,
        extra={"start": period.start.isoformat(), "end": period.end.isoformat()},
    )
