"""Who gets briefings, and what each of them asked for.

Nobody is ever deleted, since the outbox and its keys know a subscriber by its row. What a person asked for stands over
the configuration: it is kept beside what the file says and laid over it again with every start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, Select, delete, select, update

from alertsvc.domain import Subscriber, SubscriberState, from_json, to_json
from alertsvc.errors import StoreError, SubscriptionError
from alertsvc.recipients import recipient
from alertsvc.store.leases import take_lock
from alertsvc.store.outbox import cancel_for_subscriber
from alertsvc.store.schema import held_alerts, subscriptions
from alertsvc.store.schema import subscribers as table
from alertsvc.store.subscriber_rows import columns_of, options_of, subscriber_of_row
from alertsvc.store.upsert import upsert
from alertsvc.store.values import scrub, scrub_text
from alertsvc.subscription import changed

__all__ = [
    "Standing",
    "add_subscriber",
    "edit_subscriber",
    "find_subscriber",
    "list_standings",
    "list_subscribers",
    "put_subscriber",
    "remove_subscriber",
    "reset_subscriber",
    "subscriptions_of",
    "sync_subscribers",
]

_Source = Literal["config", "command"]
_CHOSEN = frozenset({SubscriberState.ACTIVE, SubscriberState.PAUSED, SubscriberState.UNSUBSCRIBED})
_STATES = frozenset(SubscriberState) - {SubscriberState.REMOVED}
_STATE_WORDS = {
    SubscriberState.PAUSED: "subscription paused",
    SubscriberState.PENDING: "subscription not confirmed",
    SubscriberState.UNSUBSCRIBED: "unsubscribed",
    SubscriberState.REMOVED: "subscriber removed",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A subscriber with what an operator sees of it: who set it up, since when it stands so, what was changed by wish.

    `wishes` holds the fields that stand over the configuration, as JSON data; `state` is one of them where the person
    paused or unsubscribed.
    """

    subscriber: Subscriber
    source: str  # "config" or "command"
    since: datetime
    why: str | None
    wishes: Mapping[str, Any]


def sync_subscribers(conn: Connection, subscribers: Sequence[Subscriber], now: datetime) -> tuple[int, int, int]:
    """Make the table agree with the configuration; return how many were added, changed and set inactive.

    Those added by command stay, unless the configuration names one like them: then it rules. What somebody asked for
    by `edit_subscriber` stands over it: who unsubscribed stays so, whatever the configuration says. That holds for an
    address; a new one under the same name begins anew, and a new name of an address that left has left, too.
    """
    take_lock(conn, "subscribers")
    stored = {row["name"]: row for row in conn.execute(_rows()).mappings()}
    added = changed_ = 0
    for subscriber in subscribers:
        row = stored.get(scrub_text(subscriber.name))
        if row is None:
            left = _names_left(conn, subscriber)
            state = SubscriberState.UNSUBSCRIBED if left else subscriber.state
            wishes = {"state": state.value} if left else None
            put_subscriber(conn, replace(subscriber, state=state), now, source="config", wishes=wishes)
            added += 1
            continue
        wishes = _kept_wishes(row, subscriber)
        wanted = _wished(replace(subscriber, state=_state_after(row, wishes)), wishes)
        back = row["state"] == SubscriberState.REMOVED.value
        if back or row["source"] != "config" or _differs(row, wanted, wishes):
            put_subscriber(conn, wanted, now, source="config", wishes=wishes, created=None if back else row["created"])
            added += back
            changed_ += not back
    names = {scrub_text(subscriber.name) for subscriber in subscribers}
    gone = [
        row
        for row in stored.values()
        if row["source"] == "config" and row["name"] not in names and row["state"] != SubscriberState.REMOVED.value
    ]
    for row in gone:
        _set_state(conn, row, SubscriberState.REMOVED, "no longer in the configuration", now)
    return added, changed_, len(gone)


def add_subscriber(conn: Connection, subscriber: Subscriber, now: datetime) -> Subscriber:
    """Add a subscriber by command, in the state it has; return it with its id. One that was removed comes back.

    Raises:
        StoreError: the name is taken, or this address unsubscribed, under whatever name, and the new state is
            active or paused: only the person can take that back.
    """
    take_lock(conn, "subscribers")
    left = _names_left(conn, subscriber)
    if left and subscriber.state in (SubscriberState.ACTIVE, SubscriberState.PAUSED):
        raise StoreError(
            f"this address has unsubscribed, as {', '.join(left)}; only they can take that back, by the link in any "
            "mail they were sent",
            permanent=True,
        )
    row = _row(conn, subscriber.name)
    if row is not None and subscriber.name not in left and row["state"] != SubscriberState.REMOVED.value:
        raise StoreError(f"there is a subscriber called {subscriber.name} already", permanent=True)
    return put_subscriber(conn, subscriber, now, source="command")


def edit_subscriber(
    conn: Connection, name: str, changes: Mapping[str, object], now: datetime, *, why: str | None = None
) -> Subscriber:
    """Change what a subscriber asked for, at once; return it as it then is.

    For a subscriber of the configuration the changes are kept as wishes that stand over the file from then on. What is
    unsent is cancelled in the same transaction when the subscription does not stay active.

    Args:
        changes: by the names of `alertsvc.subscription.SubscriptionFields`, as the strings of a form or as values; and
            `state`, one of `active`, `paused`, `pending` and `unsubscribed`. Fields that are not named stay as they
            are. `places` takes `WatchedPlace`, or ids of those that the subscriber has.
        why: what the operator is told of a change of state.

    Raises:
        StoreError: there is no subscriber of this name, or it was removed.
        SubscriptionError: with a line for each field that cannot be taken; nothing was changed.
    """
    take_lock(conn, "subscribers")
    row = _row(conn, name)
    if row is None or row["state"] == SubscriberState.REMOVED.value:
        raise StoreError(f"there is no subscriber called {name}", permanent=True)
    before = subscriber_of_row(row)
    fields = {key: value for key, value in changes.items() if key != "state"}
    problems: dict[str, str] = {}
    state = before.state
    if "state" in changes:
        asked = {item.value: item for item in _STATES}.get(str(changes["state"]))
        if asked is None:
            problems["state"] = f"must be one of {', '.join(sorted(_STATES))}"
        else:
            state = asked
    taken: dict[str, Any] = {}
    try:
        taken = changed(before, fields)
    except SubscriptionError as error:
        problems = error.problems | problems
    if problems:
        raise SubscriptionError(problems)
    after = replace(before, **taken, state=state)
    wishes = dict(row["wishes"])
    if row["source"] == "config":
        as_data = to_json(after)
        wishes |= {key: as_data[key] for key in taken}
    if state in _CHOSEN and "state" in changes:
        wishes.pop("state", None)
        if state is not SubscriberState.ACTIVE:
            wishes["state"] = state.value
    _write(conn, row["id"], after, wishes)
    if state is not before.state:
        _set_state(conn, row, state, why, now)
    return after


def reset_subscriber(conn: Connection, name: str, now: datetime) -> bool:
    """Forget what stands over the configuration, so that the next start takes the file's word; False for nobody.

    Who unsubscribed stays unsubscribed.
    """
    take_lock(conn, "subscribers")
    row = _row(conn, name)
    if row is None or row["source"] != "config":
        return False
    wishes = {key: value for key, value in row["wishes"].items() if key == "state" and value == "unsubscribed"}
    conn.execute(update(subscriptions).where(subscriptions.c.subscriber_id == row["id"]).values(wishes=wishes))
    if not wishes and row["state"] == SubscriberState.PAUSED.value:
        _set_state(conn, row, SubscriberState.ACTIVE, None, now)
    return True


def remove_subscriber(conn: Connection, name: str, now: datetime) -> bool:
    """Set a subscriber inactive: nothing more goes out to it. Return False where there is none of this name.

    One that the configuration names comes back with the next start, unless it had unsubscribed.
    """
    take_lock(conn, "subscribers")
    row = _row(conn, name)
    if row is None or row["state"] == SubscriberState.REMOVED.value:
        return False
    _set_state(conn, row, SubscriberState.REMOVED, "by command", now)
    return True


def list_subscribers(conn: Connection, *, active: bool = True) -> list[Subscriber]:
    """Return those who are sent briefings, or with `active` off all that ever were, in the order of their names."""
    query = _rows().order_by(table.c.name)
    if active:
        query = query.where(table.c.active)
    return [subscriber_of_row(row) for row in conn.execute(query).mappings()]


def list_standings(conn: Connection, *, removed: bool = False) -> list[Standing]:
    """Return every subscriber with how it stands, those who were removed only where asked for, by name."""
    query = _rows().order_by(table.c.name)
    if not removed:
        query = query.where(subscriptions.c.state != SubscriberState.REMOVED.value)
    return [_standing(row) for row in conn.execute(query).mappings()]


def find_subscriber(conn: Connection, *, name: str | None = None, row: int | None = None) -> Standing | None:
    """Return a subscriber, in whatever state it is, by its name or by its row; None for nobody."""
    condition = table.c.name == scrub_text(name) if name is not None else table.c.id == row
    found = conn.execute(_rows().where(condition)).mappings().one_or_none()
    return None if found is None else _standing(found)


def subscriptions_of(conn: Connection, subscriber: Subscriber) -> list[Standing]:
    """Return every subscription of the person at a subscriber's address, in whatever state, in the order of rows."""
    whom = recipient(subscriber.channel, scrub_text(subscriber.target))
    query = (
        _rows()
        .where(table.c.channel == subscriber.channel.value, table.c.demonstration.is_(subscriber.demonstration))
        .order_by(table.c.id)
    )
    # Compared here: no database folds case and domains as `recipient` does.
    rows = conn.execute(query).mappings()
    return [_standing(row) for row in rows if recipient(row["channel"], row["target"]) == whom]


def _names_left(conn: Connection, subscriber: Subscriber) -> list[str]:
    """Return the names under which the person at a subscriber's address has unsubscribed."""
    return sorted(
        item.subscriber.name
        for item in subscriptions_of(conn, subscriber)
        if SubscriberState.UNSUBSCRIBED in (item.wishes.get("state"), item.subscriber.state)
    )


def put_subscriber(
    conn: Connection,
    subscriber: Subscriber,
    now: datetime,
    *,
    source: _Source,
    wishes: Mapping[str, Any] | None = None,
    created: datetime | None = None,
) -> Subscriber:
    """Write a subscriber over whoever had its name; return it with its id."""
    active = subscriber.state is SubscriberState.ACTIVE
    values = columns_of(subscriber) | {
        "source": source,
        "active": active,
        "created": created or subscriber.created or now,
    }
    row = {"name": subscriber.name, **values}
    statement = upsert(conn, table, row, on=("name",), change=values).returning(table.c.id)
    subscriber_id: int = conn.execute(statement).scalar_one()
    before = conn.execute(
        select(subscriptions.c.state, subscriptions.c.since).where(subscriptions.c.subscriber_id == subscriber_id)
    ).one_or_none()
    same = before is not None and before.state == subscriber.state.value
    standing = {
        "state": subscriber.state.value,
        "since": before.since if before is not None and same else now,
        "why": None,
        "options": options_of(subscriber),
        "wishes": dict(wishes or {}),
    }
    change = standing if not same else {key: standing[key] for key in ("options", "wishes")}
    conn.execute(
        upsert(conn, subscriptions, {"subscriber_id": subscriber_id, **standing}, on=("subscriber_id",), change=change)
    )
    if not active:
        cancel_for_subscriber(conn, subscriber_id, _STATE_WORDS[subscriber.state], now)
    return replace(subscriber, id=subscriber_id, created=values["created"])


def _rows() -> Select[Any]:
    other = [column for column in subscriptions.c if column.name != "subscriber_id"]
    return select(table, *other).join(subscriptions, subscriptions.c.subscriber_id == table.c.id)


def _row(conn: Connection, name: str) -> RowMapping | None:
    return conn.execute(_rows().where(table.c.name == scrub_text(name))).mappings().one_or_none()


def _write(conn: Connection, row: int, subscriber: Subscriber, wishes: Mapping[str, Any]) -> None:
    conn.execute(update(table).where(table.c.id == row).values(**columns_of(subscriber)))
    conn.execute(
        update(subscriptions)
        .where(subscriptions.c.subscriber_id == row)
        .values(options=options_of(subscriber), wishes=dict(wishes))
    )


def _set_state(conn: Connection, row: RowMapping, state: SubscriberState, why: str | None, now: datetime) -> None:
    active = state is SubscriberState.ACTIVE
    conn.execute(update(table).where(table.c.id == row["id"]).values(active=active))
    conn.execute(
        update(subscriptions)
        .where(subscriptions.c.subscriber_id == row["id"])
        .values(state=state.value, since=now, why=why)
    )
    if not active:
        cancel_for_subscriber(conn, row["id"], _STATE_WORDS[state], now)
        conn.execute(delete(held_alerts).where(held_alerts.c.subscriber_id == row["id"]))


def _kept_wishes(row: RowMapping, subscriber: Subscriber) -> dict[str, Any]:
    """Return the wishes that hold for a subscriber of the configuration: those of the same address."""
    wishes: dict[str, Any] = row["wishes"]
    same = row["target"] == scrub_text(subscriber.target) and row["channel"] == subscriber.channel.value
    return dict(wishes) if same else {}


def _state_after(row: RowMapping, wishes: Mapping[str, Any]) -> SubscriberState:
    """Return the state that a configured subscriber is to have."""
    if "state" in wishes:
        return SubscriberState(wishes["state"])
    if row["state"] == SubscriberState.PENDING.value and row["source"] == "config":
        return SubscriberState.PENDING
    return SubscriberState.ACTIVE


def _wished(subscriber: Subscriber, wishes: Mapping[str, Any]) -> Subscriber:
    """Return a subscriber of the configuration with what stands over it."""
    over = {key: value for key, value in wishes.items() if key != "state"}
    return from_json(Subscriber, to_json(subscriber) | over) if over else subscriber


def _differs(row: RowMapping, wanted: Subscriber, wishes: Mapping[str, Any]) -> bool:
    after = columns_of(wanted) | {
        "state": wanted.state.value,
        "options": options_of(wanted),
        "wishes": scrub(dict(wishes)),
    }
    return any(row[name] != value for name, value in after.items())


def _standing(row: RowMapping) -> Standing:
    return Standing(subscriber_of_row(row), row["source"], row["since"], row["why"], dict(row["wishes"]))
