"""The outbox: what is to be sent, frozen when it was decided, and what became of it. No key is ever there twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Text, and_, case, cast, func, or_, select, update

from alertsvc.domain import Briefing, BriefingKind, Channel, Delivery, DeliveryState
from alertsvc.store.leases import FREE, free_lease, take_rows, until
from alertsvc.store.problems import record_problem
from alertsvc.store.schema import outbox, subscribers
from alertsvc.store.upsert import insert_or_ignore

__all__ = [
    "Told",
    "alert_counts",
    "alerted",
    "cancel_alerts",
    "cancel_for_subscriber",
    "claim_due",
    "enqueue",
    "enqueue_all",
    "flashed",
    "flashed_addresses",
    "has_key",
    "holds",
    "last_told",
    "latest_delivery",
    "latest_key",
    "list_deliveries",
    "mark_all_sent",
    "mark_failed",
    "mark_retry",
    "mark_sent",
    "outbox_counts",
    "release",
    "waiting_for_news",
]

EXPIRED = "expired"

_DUE = outbox.c.state == DeliveryState.DUE.value
_DEAD = outbox.c.state.in_([DeliveryState.FAILED.value, DeliveryState.CANCELLED.value])
_FIRST = (BriefingKind.FLASH, BriefingKind.BRIEF)  # what a subscriber is sent once of an incident
_DIGEST = outbox.c.kind.in_([BriefingKind.DAILY.value, BriefingKind.WEEKLY.value])
# Alerts go before full briefs, and these before digests.
_URGENCY = case((_DIGEST, 2), (outbox.c.kind == BriefingKind.BRIEF.value, 1), else_=0)

_WAY = case((outbox.c.demonstration, Channel.FILE.value), else_=outbox.c.channel)
_root = outbox.alias("root")
_ROOT_WAITS = and_(
    outbox.c.in_reply_to.is_not(None),
    select(_root.c.id)
    .where(
        _root.c.incident_id == outbox.c.incident_id,
        _root.c.kind == BriefingKind.FLASH.value,
        _root.c.message_id == outbox.c.in_reply_to,
        _root.c.state == DeliveryState.DUE.value,
    )
    .exists(),
)


def enqueue(conn: Connection, delivery: Delivery) -> bool:
    """Write a delivery; False where its key is taken: that of a failed or cancelled flash or full brief is not."""
    row = _row(delivery) | {"extra": delivery.extra | _thread(conn, delivery)}
    statement = insert_or_ignore(conn, outbox, ("key",)).values(**row).returning(outbox.c.id)
    written = conn.execute(statement).first()
    if written is None and delivery.briefing.kind in _FIRST:
        # Of several at once the others wait here for the first, and find the key in its hands.
        freed = update(outbox).where(outbox.c.key == delivery.key, _DEAD)
        conn.execute(freed.values(key=outbox.c.key + "~" + cast(outbox.c.id, Text)))
        written = conn.execute(statement).first()
    return written is not None


def enqueue_all(conn: Connection, deliveries: Sequence[Delivery]) -> int:
    """Write deliveries that answer nothing in one statement, a few hundred at most; return how many were new."""
    if not deliveries:
        return 0
    rows = [_row(delivery) for delivery in deliveries]
    statement = insert_or_ignore(conn, outbox, ("key",)).values(rows).returning(outbox.c.id)
    return len(conn.execute(statement).all())


def _row(delivery: Delivery) -> dict[str, Any]:
    briefing = delivery.briefing
    return {
        "key": delivery.key,
        "subscriber_id": delivery.subscriber_id,
        "incident_id": briefing.incident_id,
        "update_number": briefing.update,
        "kind": briefing.kind.value,
        "facts": briefing.facts,
        "demonstration": briefing.demonstration,
        "channel": delivery.channel.value,
        "target": delivery.target,
        "message_id": delivery.message_id,
        "in_reply_to": delivery.in_reply_to,
        "template_version": delivery.template_version,
        "created": delivery.created,
        "expires": delivery.expires,
        "state": delivery.state.value,
        "attempts": delivery.attempts,
        "next_try": delivery.next_try,
        "sent": delivery.sent,
        "error": delivery.error,
        "extra": delivery.extra,
    }


def claim_due(
    conn: Connection, *, worker: str, now: datetime, lease: float, limit: int, without: Collection[Channel] = ()
) -> list[Delivery]:
    """Take up to `limit` deliveries that are due for `lease` seconds, alerts before digests, oldest first.

    Each claim counts as an attempt. What has expired is marked as failed instead, with a problem recorded, and what was
    meant for a subscriber no longer active is cancelled. An update is not due before the flash that it answers was
    sent or given up: it would arrive without the thread that it belongs to.

    Args:
        without: ways out that are blocked; what goes by them is left alone. A demonstration goes by file whatever its
            channel.
    """
    waiting = and_(_DUE, free_lease(outbox, now))
    _expire(conn, now)
    _cancel(conn, now)
    wanted = (
        select(outbox.c.id)
        .where(waiting, outbox.c.next_try.is_(None) | (outbox.c.next_try <= now), ~_ROOT_WAITS)
        .order_by(_URGENCY, outbox.c.id)
        .limit(limit)
    )
    if without:
        wanted = wanted.where(_WAY.not_in([channel.value for channel in without]))
    rows = take_rows(conn, outbox, wanted, {"attempts": outbox.c.attempts + 1}, worker=worker, end=until(now, lease))
    return [_delivery(row) for row in rows]


def mark_sent(conn: Connection, delivery_id: int, worker: str, now: datetime) -> bool:
    """Say that a delivery was sent; False, and nothing changes, where the worker no longer holds it."""
    return _settle(conn, delivery_id, worker, state=DeliveryState.SENT.value, sent=now, settled=now, error=None)


def mark_all_sent(conn: Connection, delivery_ids: Collection[int], worker: str, now: datetime) -> set[int]:
    """Say that several deliveries were sent, in one statement; return those that the worker still held."""
    values = {"state": DeliveryState.SENT.value, "sent": now, "settled": now, "error": None, **FREE}
    held = and_(outbox.c.id.in_(delivery_ids), _DUE, outbox.c.lease_owner == worker)
    return set(conn.execute(update(outbox).where(held).values(**values).returning(outbox.c.id)).scalars())


def mark_retry(
    conn: Connection, delivery_id: int, worker: str, next_try: datetime, error: str, *, counted: bool = True
) -> bool:
    """Put a delivery off; False, and nothing changes, where the worker no longer holds it.

    Args:
        counted: it was tried, and this counts as an attempt.
    """
    attempts = outbox.c.attempts - (0 if counted else 1)
    return _settle(conn, delivery_id, worker, next_try=next_try, error=error, attempts=attempts)


def mark_failed(conn: Connection, delivery_id: int, worker: str, error: str, now: datetime) -> bool:
    """Give a delivery up for good; False, and nothing changes, where the worker no longer holds it."""
    return _settle(conn, delivery_id, worker, state=DeliveryState.FAILED.value, settled=now, error=error)


def release(conn: Connection, worker: str, ids: Sequence[int] | None = None) -> int:
    """Give back what the worker holds, or only the deliveries `ids`, the attempt not counted; return how many."""
    held = and_(_DUE, outbox.c.lease_owner == worker)
    if ids is not None:
        held = and_(held, outbox.c.id.in_(ids))
    return conn.execute(update(outbox).where(held).values(attempts=outbox.c.attempts - 1, **FREE)).rowcount


def flashed(conn: Connection, incident_id: int) -> dict[int, str]:
    """Return who has had or is about to get a flash of the incident: subscriber id to message id."""
    query = select(outbox.c.subscriber_id, outbox.c.message_id).where(
        outbox.c.incident_id == incident_id,
        outbox.c.kind == BriefingKind.FLASH.value,
        outbox.c.state.in_([DeliveryState.DUE.value, DeliveryState.SENT.value]),
    )
    return {row.subscriber_id: row.message_id for row in conn.execute(query.order_by(outbox.c.id))}


def alerted(conn: Connection, incident_id: int) -> dict[int, str]:
    """Return who had an alert or brief of the incident, or is being sent one: subscriber id to the first message id."""
    under_way = and_(_DUE, outbox.c.lease_owner.is_not(None))
    query = select(outbox.c.subscriber_id, outbox.c.message_id).where(
        outbox.c.incident_id == incident_id,
        ~_DIGEST,
        or_(outbox.c.state == DeliveryState.SENT.value, under_way),
    )
    found: dict[int, str] = {}
    for row in conn.execute(query.order_by(outbox.c.id)):
        found.setdefault(row.subscriber_id, row.message_id)
    return found


def cancel_alerts(conn: Connection, incident_id: int, why: str, now: datetime) -> int:
    """Cancel the alerts of an incident that nobody has begun to send; return how many.

    Their keys become free, so that the same may be written again should the incident come back.
    """
    query = select(outbox.c.id, outbox.c.key).where(
        outbox.c.incident_id == incident_id, _DUE, ~_DIGEST, free_lease(outbox, now)
    )
    rows = conn.execute(query.with_for_update(skip_locked=True)).all()
    for row in rows:
        values = {"state": DeliveryState.CANCELLED.value, "settled": now, "error": why, "key": f"{row.key}~{row.id}"}
        conn.execute(update(outbox).where(outbox.c.id == row.id).values(**values, **FREE))
    return len(rows)


def cancel_for_subscriber(conn: Connection, subscriber_id: int, why: str, now: datetime) -> int:
    """Cancel what is due for a subscriber, also what a worker has in hand and not sent yet; return how many.

    What a worker is just handing over may still arrive; it can then not be noted as sent.
    """
    query = update(outbox).where(_DUE, outbox.c.subscriber_id == subscriber_id)
    return conn.execute(query.values(state=DeliveryState.CANCELLED.value, settled=now, error=why, **FREE)).rowcount


@dataclass(frozen=True, slots=True)
class Told:
    """What a subscriber was last told of an incident: the step, when it was written, and the flash it belongs to."""

    step: int
    at: datetime
    flash: str  # message id


def last_told(conn: Connection, incident_id: int) -> dict[int, Told]:
    """Return what each subscriber who had a flash of the incident was last told of it, by subscriber id."""
    query = select(
        outbox.c.subscriber_id, outbox.c.update_number, outbox.c.created, outbox.c.kind, outbox.c.message_id
    ).where(
        outbox.c.incident_id == incident_id,
        outbox.c.kind.in_([BriefingKind.FLASH.value, BriefingKind.UPDATE.value]),
        outbox.c.state.in_([DeliveryState.DUE.value, DeliveryState.SENT.value]),
    )
    found: dict[int, Told] = {}
    for row in conn.execute(query.order_by(outbox.c.id)):
        earlier = found.get(row.subscriber_id)
        if earlier is None and row.kind != BriefingKind.FLASH.value:
            continue
        step = max(row.update_number or 0, earlier.step if earlier else 0)
        flash = earlier.flash if earlier else row.message_id
        found[row.subscriber_id] = Told(step, row.created, flash)
    return found


def waiting_for_news(conn: Connection, *, since: datetime) -> list[int]:
    """Return the incidents of which alerts were written at `since` or later."""
    query = select(outbox.c.incident_id).where(outbox.c.created >= since, ~_DIGEST, outbox.c.incident_id.is_not(None))
    return sorted(set(conn.execute(query).scalars()))


def alert_counts(conn: Connection, since: datetime) -> dict[int, int]:
    """Return how many alerts, briefs included, were written since then, cancelled ones left out, by subscriber."""
    query = (
        select(outbox.c.subscriber_id, func.count().label("number"))
        .where(outbox.c.created > since, ~_DIGEST, outbox.c.state != DeliveryState.CANCELLED.value)
        .group_by(outbox.c.subscriber_id)
    )
    return {row.subscriber_id: row.number for row in conn.execute(query)}


def flashed_addresses(
    conn: Connection, incident_id: int, kind: BriefingKind = BriefingKind.FLASH
) -> dict[tuple[str, str], str]:
    """Return where a flash of the incident, or what else, went or is about to: channel and target to message id.

    A person who gave up one subscription and has another was told by the first.
    """
    query = select(outbox.c.channel, outbox.c.target, outbox.c.message_id).where(
        outbox.c.incident_id == incident_id,
        outbox.c.kind == kind.value,
        outbox.c.state.in_([DeliveryState.DUE.value, DeliveryState.SENT.value]),
    )
    return {(row.channel, row.target): row.message_id for row in conn.execute(query.order_by(outbox.c.id.desc()))}


def outbox_counts(conn: Connection) -> dict[str, int]:
    """Return how many deliveries are in each state."""
    query = select(outbox.c.state, func.count().label("number")).group_by(outbox.c.state)
    return {state.value: 0 for state in DeliveryState} | {row.state: row.number for row in conn.execute(query)}


def list_deliveries(conn: Connection, *, since: datetime | None = None, limit: int = 100) -> list[Delivery]:
    """Return deliveries, those written last first."""
    query = select(outbox).order_by(outbox.c.created.desc(), outbox.c.id.desc()).limit(limit)
    if since is not None:
        query = query.where(outbox.c.created >= since)
    return [_delivery(row) for row in conn.execute(query).mappings()]


def has_key(conn: Connection, key: str) -> bool:
    """Say whether a delivery of this key is due or was sent."""
    return conn.execute(select(outbox.c.id).where(outbox.c.key == key, ~_DEAD)).first() is not None


def latest_key(conn: Connection, prefix: str) -> str | None:
    """Return the key written last among those that begin with `prefix`."""
    query = (
        select(outbox.c.key)
        .where(outbox.c.key >= prefix, outbox.c.key < prefix + "\U0010ffff")
        .order_by(outbox.c.created.desc(), outbox.c.id.desc())
        .limit(1)
    )
    return conn.execute(query).scalar_one_or_none()


def latest_delivery(conn: Connection, prefix: str) -> Delivery | None:
    """Return the delivery written last among those whose key begins with `prefix`."""
    key = latest_key(conn, prefix)
    if key is None:
        return None
    row = conn.execute(select(outbox).where(outbox.c.key == key)).mappings().one()
    return _delivery(row)


def holds(conn: Connection, delivery_id: int, worker: str) -> bool:
    """Say whether a delivery is still due and in the hands of this worker."""
    query = select(outbox.c.id).where(outbox.c.id == delivery_id, _DUE, outbox.c.lease_owner == worker)
    return conn.execute(query).first() is not None


def _thread(conn: Connection, delivery: Delivery) -> dict[str, Any]:
    """Return the thread that a delivery's parent stands in, for `References` (RFC 5322, 3.6.4); empty for a root."""
    if delivery.in_reply_to is None or delivery.briefing.incident_id is None or "references" in delivery.extra:
        return {}
    query = select(outbox.c.in_reply_to, outbox.c.extra).where(
        outbox.c.incident_id == delivery.briefing.incident_id, outbox.c.message_id == delivery.in_reply_to
    )
    parent = conn.execute(query.limit(1)).one_or_none()
    if parent is None or parent.in_reply_to is None:
        return {}
    return {"references": [*parent.extra.get("references", ()), parent.in_reply_to]}


def _expire(conn: Connection, now: datetime) -> None:
    late = conn.execute(
        select(outbox.c.id, outbox.c.key, outbox.c.error)
        .where(_DUE, free_lease(outbox, now), outbox.c.expires <= now)
        .with_for_update(skip_locked=True)
    ).all()
    for delivery_id, key, error in late:
        why = EXPIRED if error is None else f"{EXPIRED}; last error: {error}"
        values = {"state": DeliveryState.FAILED.value, "settled": now, "error": why, **FREE}
        conn.execute(update(outbox).where(outbox.c.id == delivery_id).values(**values))
        record_problem(conn, "delivery", key, why, now)


def _cancel(conn: Connection, now: datetime) -> None:
    inactive = select(subscribers.c.id).where(~subscribers.c.active)
    query = select(outbox.c.id).where(_DUE, free_lease(outbox, now), outbox.c.subscriber_id.in_(inactive))
    ids = list(conn.execute(query.with_for_update(skip_locked=True, of=outbox)).scalars())
    if ids:
        values = {"state": DeliveryState.CANCELLED.value, "settled": now, "error": "subscriber removed", **FREE}
        conn.execute(update(outbox).where(outbox.c.id.in_(ids)).values(**values))


def _settle(conn: Connection, delivery_id: int, worker: str, **values: Any) -> bool:
    held = and_(outbox.c.id == delivery_id, _DUE, outbox.c.lease_owner == worker)
    return conn.execute(update(outbox).where(held).values(**values, **FREE)).rowcount > 0


def _delivery(row: RowMapping) -> Delivery:
    briefing = Briefing(
        kind=BriefingKind(row["kind"]),
        facts=row["facts"],
        incident_id=row["incident_id"],
        update=row["update_number"],
        demonstration=row["demonstration"],
    )
    return Delivery(
        id=row["id"],
        key=row["key"],
        briefing=briefing,
        subscriber_id=row["subscriber_id"],
        channel=Channel(row["channel"]),
        target=row["target"],
        message_id=row["message_id"],
        in_reply_to=row["in_reply_to"],
        template_version=row["template_version"],
        created=row["created"],
        expires=row["expires"],
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        next_try=row["next_try"],
        sent=row["sent"],
        error=row["error"],
        extra=row["extra"],
    )
