"""One test message to one recipient, made of an invented incident, by the way that real ones take."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from alertsvc.brief.render import TEMPLATE_VERSION, render
from alertsvc.checks.sample import sample_briefings, sample_incident
from alertsvc.deliver.keys import message_id
from alertsvc.domain import Briefing, BriefingKind, Channel, Delivery, Subscriber
from alertsvc.service import make_transports

if TYPE_CHECKING:
    from alertsvc.clock import Clock
    from alertsvc.deliver.links import Links
    from alertsvc.deliver.transport import Receipt
    from alertsvc.settings import Settings

__all__ = ["KINDS", "Outcome", "make_test", "send_test"]

MARK = "[TEST]"
KINDS = tuple(BriefingKind)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a test: by which channel, where it went in a few words, and what the other side answered."""

    channel: Channel
    trace: str
    receipt: Receipt
    message_id: str


def make_test(settings: Settings, subscriber: Subscriber, kind: BriefingKind, now: datetime) -> Delivery:
    """Return a test message to a subscriber, stored or not; it is marked in its subject and at its top.

    Raises:
        DataError: the severity table or the table of outlets is wrong.
    """
    samples = sample_briefings(sample_incident(settings, now), settings, now)
    briefing = next(item for item in samples if item.kind is kind)
    return Delivery(
        key=f"test:{now.isoformat()}:{subscriber.id or 0}",
        briefing=_marked(briefing),
        subscriber_id=subscriber.id or 0,
        channel=subscriber.channel,
        target=subscriber.target,
        message_id=message_id(kind, "test", now, subscriber, sender=settings.mail.sender),
        created=now,
        expires=now + timedelta(seconds=settings.deliver.flash_expires),
        template_version=TEMPLATE_VERSION,
    )


def _marked(briefing: Briefing) -> Briefing:
    facts = {**briefing.facts, "subject": f"{MARK} {briefing.facts['subject']}"}
    return replace(briefing, facts=facts)


async def send_test(settings: Settings, delivery: Delivery, clock: Clock, links: Links | None) -> Outcome:
    """Send a test message at once, by the transport that the service would use; nothing is stored.

    Args:
        links: makes the links to leave or change the subscription, where there is one.

    Raises:
        DeliveryError: it was not taken; `permanent` says whether it ever would be.
    """
    transports = make_transports(settings, clock, links)
    transport = transports[delivery.channel]
    try:
        receipt = await transport.send(delivery, render(delivery.briefing))
    finally:
        await asyncio.gather(*(each.close() for each in set(transports.values())))
    return Outcome(delivery.channel, transport.trace(delivery), receipt, delivery.message_id)
