"""Who agreed to be sent mail, who took that back, and who has been asked and has not answered.

Each step is a row of evidence: when, which address, from where, which version of the words. Together with the change
of the subscription it is one transaction, in which what is unsent is cancelled too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, or_, select, update

from alertsvc.domain import Channel, Subscriber, SubscriberState
from alertsvc.store.leases import take_lock
from alertsvc.store.schema import confirmations, consents, subscribers, subscriptions
from alertsvc.store.subscribers import Standing, edit_subscriber, find_subscriber, subscriptions_of
from alertsvc.wordings import consent_version, withdrawal_version

__all__ = [
    "Answer",
    "ConsentEvent",
    "Request",
    "answer_request",
    "ask_consent",
    "claim_requests",
    "list_events",
    "mark_asked",
    "put_off_request",
    "record_event",
    "resubscribe",
    "to_be_asked",
    "unsubscribe",
]


class ConsentEvent(StrEnum):
    """What happened."""

    ASKED = "asked"
    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"  # asked, and no answer in time
    ERASED = "erased"  # on request, all else that was held


class Answer(StrEnum):
    """What came of somebody's wish."""

    DONE = "done"
    ALREADY = "already"  # it was so before, nothing changed
    GONE = "gone"  # there is no such subscription or question any more


@dataclass(frozen=True, slots=True)
class Request:
    """A question that waits to be sent: `number` is its row of evidence."""

    subscriber: Subscriber
    number: int
    asked: datetime
    expires: datetime
    attempts: int


def ask_consent(conn: Connection, subscriber: Subscriber, now: datetime, *, expires: float) -> int:
    """Write down that somebody is to be asked within `expires` seconds; return the number of the question.

    A question that was open before is void with that.
    """
    row = _row(subscriber)
    number = record_event(conn, subscriber, ConsentEvent.ASKED, now, wording=consent_version(subscriber.language))
    conn.execute(delete(confirmations).where(confirmations.c.subscriber_id == row))
    until = now + timedelta(seconds=expires)
    values = {"subscriber_id": row, "request": number, "asked": now, "expires": until, "attempts": 0}
    conn.execute(confirmations.insert().values(**values))
    return number


def to_be_asked(conn: Connection) -> list[int]:
    """Return the rows of those who wait for confirming by mail and have not been asked."""
    query = (
        select(subscribers.c.id)
        .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
        .outerjoin(confirmations, confirmations.c.subscriber_id == subscribers.c.id)
        .where(
            subscriptions.c.state == SubscriberState.PENDING.value,
            subscribers.c.channel == Channel.EMAIL.value,
            confirmations.c.subscriber_id.is_(None),
        )
        .order_by(subscribers.c.id)
    )
    return list(conn.execute(query).scalars())


def claim_requests(conn: Connection, now: datetime, *, lease: float, limit: int) -> list[Request]:
    """Take up to `limit` questions that are to be sent; nobody else gets them for `lease` seconds.

    Each claim counts as an attempt.
    """
    wanted = (
        select(confirmations)
        .where(
            confirmations.c.sent.is_(None),
            confirmations.c.expires > now,
            or_(confirmations.c.next_try.is_(None), confirmations.c.next_try <= now),
        )
        .order_by(confirmations.c.asked, confirmations.c.subscriber_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found: list[Request] = []
    for row in conn.execute(wanted).mappings().all():
        values = {"attempts": row["attempts"] + 1, "next_try": now + timedelta(seconds=lease)}
        conn.execute(update(confirmations).where(_same(row["subscriber_id"], row["request"])).values(**values))
        standing = find_subscriber(conn, row=row["subscriber_id"])
        if standing is None or standing.subscriber.state is not SubscriberState.PENDING:
            # Made active or removed by the operator in the meantime: there is nothing to ask.
            conn.execute(delete(confirmations).where(_same(row["subscriber_id"], row["request"])))
            continue
        found.append(Request(standing.subscriber, row["request"], row["asked"], row["expires"], row["attempts"] + 1))
    return found


def mark_asked(conn: Connection, request: Request, now: datetime) -> bool:
    """Say that a question was sent; False where it is void by now."""
    same = _same(_row(request.subscriber), request.number)
    return conn.execute(update(confirmations).where(same).values(sent=now, next_try=None)).rowcount > 0


def put_off_request(conn: Connection, request: Request, next_try: datetime, *, counted: bool = True) -> bool:
    """Let a question be sent again at `next_try`; False where it is void by now.

    Args:
        counted: it was tried, and this counts as an attempt.
    """
    same = _same(_row(request.subscriber), request.number)
    attempts = request.attempts - (0 if counted else 1)
    changed = update(confirmations).where(same).values(next_try=next_try, attempts=attempts)
    return conn.execute(changed).rowcount > 0


def answer_request(conn: Connection, row: int, number: int, now: datetime, client: str | None) -> Answer:
    """Take somebody's consent in answer to question `number`; a second time changes nothing.

    Raises:
        StoreError: the database does not answer.
    """
    standing = find_subscriber(conn, row=row)
    if standing is None:
        return Answer.GONE
    given = select(consents.c.id).where(
        consents.c.subscriber_id == row,
        consents.c.request == number,
        consents.c.event == ConsentEvent.GIVEN.value,
    )
    state = standing.subscriber.state
    if conn.execute(given.limit(1)).scalar_one_or_none() is not None:
        return Answer.ALREADY if state in (SubscriberState.ACTIVE, SubscriberState.PAUSED) else Answer.GONE
    open_ = conn.execute(select(confirmations).where(_same(row, number))).mappings().one_or_none()
    if state is not SubscriberState.PENDING or open_ is None or open_["expires"] <= now:
        return Answer.GONE
    subscriber = edit_subscriber(conn, standing.subscriber.name, {"state": SubscriberState.ACTIVE.value}, now)
    wording = consent_version(subscriber.language)
    record_event(conn, subscriber, ConsentEvent.GIVEN, now, client=client, wording=wording, request=number)
    conn.execute(delete(confirmations).where(confirmations.c.subscriber_id == row))
    return Answer.DONE


def unsubscribe(conn: Connection, row: int, now: datetime, client: str | None) -> Answer:
    """Send a person nothing more, by any subscription of the address of `row`, from this transaction on.

    Who presses the button of a mail program leaves the sender, not one of several subscriptions that they may not even
    know apart. A second time changes nothing.

    Raises:
        StoreError: the database does not answer.
    """
    take_lock(conn, "subscribers")
    standing = find_subscriber(conn, row=row)
    if standing is None:
        return Answer.GONE
    answers = [_leave(conn, item, now, client) for item in subscriptions_of(conn, standing.subscriber)]
    return Answer.DONE if Answer.DONE in answers else Answer.ALREADY


def _leave(conn: Connection, standing: Standing, now: datetime, client: str | None) -> Answer:
    left = SubscriberState.UNSUBSCRIBED.value
    row = _row(standing.subscriber)
    wording = withdrawal_version(standing.subscriber.language)
    if standing.wishes.get("state") == left:
        return Answer.ALREADY
    if standing.subscriber.state is SubscriberState.REMOVED:
        # Should the operator or the configuration bring the subscriber back, the wish still holds.
        wishes = {**standing.wishes, "state": left}
        conn.execute(update(subscriptions).where(subscriptions.c.subscriber_id == row).values(wishes=wishes))
        record_event(conn, standing.subscriber, ConsentEvent.WITHDRAWN, now, client=client, wording=wording)
        return Answer.DONE
    subscriber = edit_subscriber(conn, standing.subscriber.name, {"state": left}, now, why="by the link in a mail")
    record_event(conn, subscriber, ConsentEvent.WITHDRAWN, now, client=client, wording=wording)
    conn.execute(delete(confirmations).where(confirmations.c.subscriber_id == row))
    return Answer.DONE


def resubscribe(conn: Connection, row: int, now: datetime, client: str | None) -> Answer:
    """Take an unsubscribing back; only for somebody who left by their own wish.

    Raises:
        StoreError: the database does not answer.
    """
    standing = find_subscriber(conn, row=row)
    if standing is None or standing.subscriber.state in (SubscriberState.REMOVED, SubscriberState.PENDING):
        return Answer.GONE
    if standing.subscriber.state is not SubscriberState.UNSUBSCRIBED:
        return Answer.ALREADY
    subscriber = edit_subscriber(
        conn, standing.subscriber.name, {"state": SubscriberState.ACTIVE.value}, now, why="took it back by link"
    )
    record_event(conn, subscriber, ConsentEvent.GIVEN, now, client=client, wording=consent_version(subscriber.language))
    return Answer.DONE


def record_event(
    conn: Connection,
    subscriber: Subscriber,
    event: ConsentEvent,
    now: datetime,
    *,
    client: str | None = None,
    wording: str | None = None,
    request: int | None = None,
) -> int:
    """Write a row of evidence; return its number.

    Args:
        client: the network address that it came from.
        wording: version of the words, see `alertsvc.wordings`.
        request: number of the question that it answers.
    """
    values = {
        "subscriber_id": _row(subscriber),
        "event": event.value,
        "at": now,
        "address": subscriber.target if subscriber.channel is not Channel.SLACK else None,
        "client": client,
        "wording": wording,
        "request": request,
    }
    number: int = conn.execute(consents.insert().values(**values).returning(consents.c.id)).scalar_one()
    return number


def list_events(conn: Connection, row: int) -> list[RowMapping]:
    """Return the evidence about a subscriber, oldest first: the columns of the table by name."""
    query = select(consents).where(consents.c.subscriber_id == row).order_by(consents.c.id)
    return list(conn.execute(query).mappings())


def _same(row: int, number: int) -> ColumnElement[bool]:
    return and_(confirmations.c.subscriber_id == row, confirmations.c.request == number)


def _row(subscriber: Subscriber) -> int:
    if subscriber.id is None:
        raise ValueError(f"subscriber {subscriber.name!r} has no row in the store")
    return subscriber.id
