"""Names by which the outbox knows a delivery and mail programs know a message.

A key says what is sent to whom, so that nothing is ever written twice. A Message-ID follows from the same facts, so
that a message sent again after a crash is the same message.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime

from alertsvc.deliver.email.address import ascii_domain
from alertsvc.domain import BriefingKind, Subscriber

__all__ = [
    "brief_key",
    "daily_key",
    "daily_prefix",
    "first_daily_key",
    "flash_key",
    "held_key",
    "message_id",
    "reference",
    "subscriber_id",
    "update_key",
    "weekly_key",
]

_HELD = "held"
_BY_DAY = (BriefingKind.DAILY, BriefingKind.WEEKLY, _HELD)
_NOT_ATOM = re.compile(r"[^A-Za-z0-9_-]+")


def flash_key(public_id: str, subscriber: int) -> str:
    """Return the key of the one flash that a subscriber gets for an incident."""
    return f"{BriefingKind.FLASH}:{public_id}:{subscriber}"


def update_key(public_id: str, number: int, subscriber: int) -> str:
    """Return the key of an incident's update `number` for a subscriber."""
    return f"{BriefingKind.UPDATE}:{public_id}:{number}:{subscriber}"


def brief_key(public_id: str, subscriber: int) -> str:
    """Return the key of the one full brief that a subscriber is sent of an incident by itself."""
    return f"{BriefingKind.BRIEF}:{public_id}:{subscriber}"


def daily_prefix(subscriber: int) -> str:
    """Return what the keys of all daily digests of a subscriber begin with."""
    return f"{BriefingKind.DAILY}:{subscriber}:"


def first_daily_key(subscriber: int) -> str:
    """Return the key of a subscriber's very first daily digest."""
    return daily_prefix(subscriber) + "first"


def daily_key(subscriber: int, day: date) -> str:
    """Return the key of a subscriber's daily digest for a day of its own calendar."""
    return daily_prefix(subscriber) + day.isoformat()


def weekly_key(subscriber: int, sunday: date) -> str:
    """Return the key of a subscriber's review of the week that ended with a Sunday of its own calendar."""
    return f"{BriefingKind.WEEKLY}:{subscriber}:{sunday.isoformat()}"


def held_key(subscriber: int, since: datetime) -> str:
    """Return the key of the summary of what was held back of a subscriber since an instant."""
    return f"{_HELD}:{subscriber}:{since:%Y%m%dT%H%M%S%f}"


def reference(key: str) -> str:
    """Return what a key is about: an incident's public id, with `.n` for update n, or a digest's or summary's day."""
    kind, _, rest = key.partition(":")
    parts = rest.split(":")
    if kind in _BY_DAY:
        return parts[-1]
    return ".".join(parts[:-1]) if len(parts) > 1 else rest


def subscriber_id(subscriber: Subscriber) -> int:
    """Return the row of a subscriber.

    Raises:
        ValueError: the subscriber was never stored and so can be sent nothing.
    """
    if subscriber.id is None:
        raise ValueError(f"subscriber {subscriber.name!r} has no row in the store")
    return subscriber.id


def message_id(
    kind: BriefingKind | str, about: str, number: int | datetime, subscriber: Subscriber, *, sender: str
) -> str:
    """Return the Message-ID, without angle brackets, of a briefing for a subscriber.

    Args:
        kind: that of the briefing, or what else the message is.
        about: the incident's public id, or "digest".
        number: which of its steps this is, counted from 1; for a digest the instant its period ends, so that a
            service set up anew does not repeat the id of an older message.
        subscriber: whom it is for; only a digest of its name and address enters, never these themselves.
        sender: the address that mail is sent from, whose domain vouches for the id's uniqueness.
    """
    whom = hashlib.sha256(f"{subscriber.id}\0{subscriber.name}\0{subscriber.target}".encode("utf-8", "replace"))
    step = f"{number:%Y%m%dT%H%M%S}" if isinstance(number, datetime) else str(number)
    domain = ascii_domain(sender.rpartition("@")[2].strip("[]")).lower()
    return f"{kind}.{_NOT_ATOM.sub('-', about)}.{step}.{whom.hexdigest()[:12]}@{domain}"
