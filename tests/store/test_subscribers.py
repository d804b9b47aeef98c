"""Subscribers: those of the configuration and those added by command."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from alertsvc.domain import BriefingKind, Channel, IncidentClass
from alertsvc.errors import StoreError
from alertsvc.store.subscribers import add_subscriber, list_subscribers, remove_subscriber, sync_subscribers
from tests.store.samples import DAY, NOON, subscriber


def _names(conn: Connection, *, active: bool = True) -> list[str]:
    return [item.name for item in list_subscribers(conn, active=active)]


def test_the_configuration_adds_changes_and_takes_away(conn: Connection) -> None:
    assert sync_subscribers(conn, [subscriber("a"), subscriber("b")], NOON) == (2, 0, 0)
    before = {item.name: item for item in list_subscribers(conn)}
    changed = subscriber("a", target="new@example.org", classes=(IncidentClass.OIL,), kinds=(BriefingKind.DAILY,))
    assert sync_subscribers(conn, [changed], NOON + DAY) == (0, 1, 1)
    assert list_subscribers(conn) == [replace(changed, id=before["a"].id, created=NOON)]
    assert _names(conn, active=False) == ["a", "b"]
    assert sync_subscribers(conn, [changed], NOON + DAY) == (0, 0, 0)
    assert sync_subscribers(conn, [changed, subscriber("b")], NOON + DAY) == (1, 0, 0)
    assert [item.id for item in list_subscribers(conn)] == [before["a"].id, before["b"].id]


def test_those_added_by_command_stay(conn: Connection) -> None:
    added = add_subscriber(conn, subscriber("c", channel=Channel.SLACK), NOON)
    assert added.created == NOON
    assert sync_subscribers(conn, [subscriber("a")], NOON) == (1, 0, 0)
    assert list_subscribers(conn)[1] == added
    assert sync_subscribers(conn, [subscriber("a"), subscriber("c")], NOON) == (0, 1, 0)
    assert sync_subscribers(conn, [subscriber("a")], NOON) == (0, 0, 1)


def test_a_name_is_taken_until_its_owner_is_removed(conn: Connection) -> None:
    first = add_subscriber(conn, subscriber("a"), NOON)
    with pytest.raises(StoreError, match="called a already"):
        add_subscriber(conn, subscriber("a", target="other@example.org"), NOON)
    assert remove_subscriber(conn, "a", NOON)
    assert not remove_subscriber(conn, "a", NOON)
    assert _names(conn) == []
    again = add_subscriber(conn, subscriber("a", target="other@example.org"), NOON + DAY)
    assert list_subscribers(conn) == [again]
    assert (again.id, again.created) == (first.id, NOON + DAY)


def test_an_unknown_name_cannot_be_removed(conn: Connection) -> None:
    assert not remove_subscriber(conn, "nobody", NOON)
