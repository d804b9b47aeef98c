"""Subscribers taken in from a file: each row added, changed or refused by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from alertsvc.deliver.slack.addresses import check_webhook
from alertsvc.domain import Channel, Subscriber, SubscriberState
from alertsvc.errors import DeliveryError, SettingsError, StoreError, SubscriptionError
from alertsvc.roster import TARGETS, RosterRow
from alertsvc.settings import Settings
from alertsvc.store.subscribers import Standing, add_subscriber, edit_subscriber, find_subscriber
from alertsvc.sync import DEMONSTRATION_READER, subscriber_of

__all__ = ["Outcome", "Taken", "enrol"]


class Outcome(StrEnum):
    """What came of a row."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "unchanged"
    LEFT = "left to the configuration"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Taken:
    """A row and what came of it; `problems` by field where it was refused."""

    line: int
    name: str
    outcome: Outcome
    problems: Mapping[str, str] = field(default_factory=dict)


def enrol(conn: Connection, rows: Iterable[RosterRow], settings: Settings, now: datetime) -> list[Taken]:
    """Take in the rows of a file, and return what came of each.

    A name that is new is added; with `consent.double_opt_in`, an e-mail address waits for its confirmation. Of a
    subscriber that is there already, the fields that the row gives are changed. Nobody is made active who unsubscribed
    or has not confirmed, and no address is changed: that is another person.

    Raises:
        StoreError: the database does not answer.
        DataError: the gazetteer is wrong.
    """
    return [_take(conn, row, settings, now) for row in rows]


def _take(conn: Connection, row: RosterRow, settings: Settings, now: datetime) -> Taken:
    if row.wanted is None:
        return Taken(row.line, row.name, Outcome.REFUSED, row.problems)
    if row.name == DEMONSTRATION_READER or any(item.name == row.name for item in settings.subscribers):
        return Taken(row.line, row.name, Outcome.LEFT)
    try:
        wanted = replace(subscriber_of(row.wanted, settings), state=row.state)
        if wanted.channel is Channel.SLACK and wanted.target.startswith("http"):
            check_webhook(wanted.target, settings.slack.hosts)
        standing = find_subscriber(conn, name=row.name)
        if standing is None or standing.subscriber.state is SubscriberState.REMOVED:
            asked = settings.consent.double_opt_in and wanted.channel is Channel.EMAIL
            if asked and wanted.state is SubscriberState.ACTIVE:
                wanted = replace(wanted, state=SubscriberState.PENDING)
            add_subscriber(conn, wanted, now)
            return Taken(row.line, row.name, Outcome.ADDED)
        return Taken(row.line, row.name, _change(conn, standing, wanted, row.given, now))
    except SettingsError as error:
        name, _, message = error.problems[0].removeprefix(f"subscribers.{row.name}.").partition(": ")
        problems = {name: message}
    except SubscriptionError as error:
        problems = error.problems
    except DeliveryError as error:
        problems = {"slack_webhook": str(error)}
    except StoreError as error:
        if not error.permanent:
            raise
        problems = {"name": str(error)}
    return Taken(row.line, row.name, Outcome.REFUSED, problems)


def _change(conn: Connection, standing: Standing, wanted: Subscriber, given: frozenset[str], now: datetime) -> Outcome:
    """Change what a row gives of a subscriber that is there.

    Raises:
        SubscriptionError: it cannot be had.
    """
    known = standing.subscriber
    if (known.channel, known.target) != (wanted.channel, wanted.target):
        raise SubscriptionError({"name": "is taken by a subscriber of another address"})
    if standing.source != "command":
        return Outcome.LEFT
    changes: dict[str, Any] = {
        name: getattr(wanted, name)
        for name in sorted(given - {*TARGETS, "state"})
        if getattr(wanted, name) != getattr(known, name)
    }
    if "state" in given and wanted.state is not known.state:
        if known.state is SubscriberState.UNSUBSCRIBED:
            raise SubscriptionError({"state": "has unsubscribed; only they can take that back"})
        if known.state is SubscriberState.PENDING and wanted.state is not SubscriberState.UNSUBSCRIBED:
            raise SubscriptionError({"state": "has not confirmed the address yet"})
        changes["state"] = wanted.state.value
    if not changes:
        return Outcome.SAME
    edit_subscriber(conn, known.name, changes, now, why="by import" if "state" in changes else None)
    return Outcome.CHANGED
