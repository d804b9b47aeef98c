"""All that is held on a subscriber: given out on request, and erased on request.

Erasing leaves rows that say nothing of a person: numbers that other rows hang on, what briefings were sent when, and of
the consent a salted digest of the address, by which it can be proved to somebody who names it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, delete, or_, select, update

from alertsvc.domain import Subscriber, SubscriberState, to_json
from alertsvc.errors import StoreError
from alertsvc.store.consent import ConsentEvent, list_events, record_event
from alertsvc.store.outbox import cancel_for_subscriber
from alertsvc.store.problems import add_count
from alertsvc.store.schema import (
    confirmations,
    consents,
    digest_periods,
    held_alerts,
    letters,
    outbox,
    problems,
    receipts,
    refusals,
    subscribers,
    subscriptions,
)
from alertsvc.store.subscribers import Standing, find_subscriber, remove_subscriber

__all__ = ["EXPIRED_COUNT", "erase_person", "erase_unconfirmed", "export_person", "proves"]

EXPIRED_COUNT = "consent_expired"
"""The name under which those are counted who were asked and did not confirm in time."""
_SALT = 16


def export_person(conn: Connection, name: str) -> dict[str, Any]:
    """Return everything that is held on a subscriber as JSON data: subscription, deliveries, consent, problems.

    A Slack webhook is part of it: what comes out is for the person, or whoever may see the subscription.

    Raises:
        StoreError: there is no subscriber of this name.
    """
    standing = _standing(conn, name)
    row = standing.subscriber.id
    data = to_json(standing.subscriber)
    deliveries = conn.execute(select(outbox).where(outbox.c.subscriber_id == row).order_by(outbox.c.id)).mappings()
    found = conn.execute(select(problems).where(_about(standing.subscriber)).order_by(problems.c.id)).mappings()
    said = select(receipts).join(outbox, outbox.c.id == receipts.c.delivery_id).where(outbox.c.subscriber_id == row)
    written = select(letters).join(outbox, outbox.c.id == letters.c.delivery_id).where(outbox.c.subscriber_id == row)
    heads = {item["delivery_id"]: item["head"] for item in conn.execute(written).mappings()}
    answers = {item["delivery_id"]: item["receipt"] for item in conn.execute(said).mappings()}
    return {
        "subscription": data
        | {"source": standing.source, "since": _time(standing.since), "why": standing.why}
        | {"wishes": dict(standing.wishes)},
        "deliveries": [
            {
                "key": item["key"],
                "kind": item["kind"],
                "subject": item["facts"].get("subject"),
                "channel": item["channel"],
                "target": item["target"],
                "message_id": item["message_id"],
                "created": _time(item["created"]),
                "sent": _time(item["sent"]),
                "state": item["state"],
                "error": item["error"],
                "receipt": answers.get(item["id"]),
                "headers": heads.get(item["id"]),
            }
            for item in deliveries
        ],
        "consent": [
            {
                "number": item["id"],
                "event": item["event"],
                "at": _time(item["at"]),
                "address": item["address"],
                "client": item["client"],
                "wording": item["wording"],
                "request": item["request"],
                "evidence": item["evidence"],
            }
            for item in list_events(conn, row or 0)
        ],
        "problems": [
            {"scope": item["scope"], "message": item["message"], "last_seen": _time(item["last_seen"])}
            for item in found
        ],
    }


def erase_person(conn: Connection, name: str, now: datetime) -> dict[str, int]:
    """Take everything personal of a subscriber out of the database; return how many rows were changed or removed.

    Nothing more is sent to it. The name becomes free, and the old one leads to nobody. A subscriber that the
    configuration names has to be taken out there first, or the next start adds it anew.

    Raises:
        StoreError: there is no subscriber of this name.
    """
    standing = _standing(conn, name)
    who = standing.subscriber
    row = who.id
    assert row is not None
    done = {"cancelled": cancel_for_subscriber(conn, row, "erased", now)}
    if who.state is not SubscriberState.REMOVED:
        remove_subscriber(conn, who.name, now)
    mail = select(outbox.c.id).where(outbox.c.subscriber_id == row)
    done["receipts"] = conn.execute(delete(receipts).where(receipts.c.delivery_id.in_(mail))).rowcount
    done["letters"] = conn.execute(delete(letters).where(letters.c.delivery_id.in_(mail))).rowcount
    done["deliveries"] = _blank_deliveries(conn, row)
    done["problems"] = conn.execute(delete(problems).where(_about(who))).rowcount
    for table in (held_alerts, digest_periods, refusals, confirmations):
        done[table.name] = conn.execute(delete(table).where(table.c.subscriber_id == row)).rowcount
    record_event(conn, who, ConsentEvent.ERASED, now)
    done["consents"] = _digest_addresses(conn, row)
    nobody = {
        "name": f"erased-{row}",
        "target": "",
        "classes": [],
        "countries": [],
        "kinds": [],
        "min_severity": 0.5,
        "flash_from": 5.0,
        "timezone": "UTC",
        "digest_hour": 0,
        "source": "command",  # of the configuration no more
    }
    conn.execute(update(subscribers).where(subscribers.c.id == row).values(**nobody))
    plain = {"options": {}, "wishes": {}, "why": "erased", "since": now}
    conn.execute(update(subscriptions).where(subscriptions.c.subscriber_id == row).values(**plain))
    return done


def erase_unconfirmed(conn: Connection, now: datetime) -> int:
    """Erase those who were asked and did not confirm in time; return how many, and count them by day.

    Whoever was made active by the operator meanwhile stays.
    """
    query = select(confirmations.c.subscriber_id).where(confirmations.c.expires <= now)
    late = list(conn.execute(query.with_for_update(skip_locked=True)).scalars())
    erased = 0
    for row in late:
        standing = find_subscriber(conn, row=row)
        if standing is not None and standing.subscriber.state is SubscriberState.PENDING:
            record_event(conn, standing.subscriber, ConsentEvent.EXPIRED, now)
            erase_person(conn, standing.subscriber.name, now)
            erased += 1
        conn.execute(delete(confirmations).where(confirmations.c.subscriber_id == row))
    if erased:
        add_count(conn, EXPIRED_COUNT, now.date(), erased)
    return erased


def proves(evidence: str, address: str) -> bool:
    """Say whether the evidence of a consent is that of an address."""
    salt, _, digest = evidence.partition("$")
    return hmac.compare_digest(digest, _digest(salt, address))


def _standing(conn: Connection, name: str) -> Standing:
    standing = find_subscriber(conn, name=name)
    if standing is None:
        raise StoreError(f"there is no subscriber called {name}", permanent=True)
    return standing


def _about(subscriber: Subscriber) -> ColumnElement[bool]:
    """Return the condition that a problem is about a subscriber, as the parts that record them name it."""
    return or_(
        problems.c.subject.in_([subscriber.name, f"subscriber {subscriber.id}"]),
        problems.c.subject.in_(select(outbox.c.key).where(outbox.c.subscriber_id == subscriber.id)),
    )


def _blank_deliveries(conn: Connection, row: int) -> int:
    """Take address, names and answers out of what was sent; what was sent when stays, and keys stay taken."""
    empty = {
        "target": "",
        # A digest of name and address is part of it.
        "message_id": "erased@invalid",
        "in_reply_to": case((outbox.c.in_reply_to.is_not(None), "erased@invalid"), else_=None),
        "error": case((outbox.c.error.is_not(None), "erased"), else_=None),
    }
    return conn.execute(update(outbox).where(outbox.c.subscriber_id == row).values(**empty)).rowcount


def _digest_addresses(conn: Connection, row: int) -> int:
    changed = 0
    for item in list_events(conn, row):
        evidence = item["evidence"]
        if item["address"]:
            salt = secrets.token_hex(_SALT)
            evidence = f"{salt}${_digest(salt, item['address'])}"
        values = {"address": None, "client": None, "evidence": evidence}
        changed += conn.execute(update(consents).where(consents.c.id == item["id"]).values(**values)).rowcount
    return changed


def _digest(salt: str, address: str) -> str:
    # Slow on purpose: addresses can be guessed, and evidence of one is only ever looked at singly.
    raw = hashlib.scrypt(
        address.strip().lower().encode("utf-8", "replace"), salt=salt.encode("ascii"), n=2**12, r=8, p=1
    )
    return raw.hex()


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()
