"""What people ask for: taken field by field, and stronger than the configuration."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import pytest
from sqlalchemy import Connection

from alertsvc.domain import BriefingKind, DeliveryState, IncidentClass, SubscriberState, WatchedPlace
from alertsvc.errors import StoreError, SubscriptionError
from alertsvc.store.outbox import enqueue, list_deliveries
from alertsvc.store.subscribers import (
    add_subscriber,
    edit_subscriber,
    find_subscriber,
    list_standings,
    list_subscribers,
    remove_subscriber,
    reset_subscriber,
    sync_subscribers,
)
from tests.store.samples import DAY, NOON, delivery, subscriber

UNSUBSCRIBED = {"state": "unsubscribed"}


def names(conn: Connection) -> list[str]:
    return [item.name for item in list_subscribers(conn)]


def test_a_form_is_read_field_by_field(conn: Connection) -> None:
    before = add_subscriber(conn, subscriber("a", flash_from=2.5), NOON)
    after = edit_subscriber(
        conn,
        "a",
        {
            "classes": ["oil_facility"],
            "countries": ["LY", "TN", "LY"],
            "kinds": ["flash", "daily"],
            "min_severity": "2.0",
            "timezone": "Africa/Tripoli",
            "digest_hour": "18",
            "weekly_day": "Sunday",
            "language": "fr",
            "quiet_from": "22:00",
            "quiet_until": "6:30",
            "wake_from": "",
            "empty_digests": "false",
        },
        NOON + DAY,
    )
    assert after == replace(
        before,
        classes=(IncidentClass.OIL,),
        countries=("LY", "TN"),
        kinds=(BriefingKind.FLASH, BriefingKind.DAILY),
        min_severity=2.0,
        timezone="Africa/Tripoli",
        digest_hour=18,
        weekly_day=6,
        language="fr",
        quiet_from=time(22),
        quiet_until=time(6, 30),
        wake_from=None,
        empty_digests=False,
    )
    assert list_subscribers(conn) == [after]
    assert edit_subscriber(conn, "a", {}, NOON) == after


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"timezone": "Atlantis/Poseidonis"}, {"timezone"}),
        ({"digest_hour": "24", "min_severity": "9", "kinds": ["monthly"]}, {"digest_hour", "min_severity", "kinds"}),
        ({"countries": ["libya"], "language": "de"}, {"countries", "language"}),
        ({"quiet_from": "22:00"}, {"quiet_until"}),
        ({"quiet_from": "22:00", "quiet_until": "22:00"}, {"quiet_until"}),
        ({"quiet_from": "25:00", "quiet_until": "6"}, {"quiet_from", "quiet_until"}),
        ({"weekly_day": "someday"}, {"weekly_day"}),
        ({"places": ["nowhere"]}, {"places"}),
        ({"places": "nowhere"}, {"places"}),
        ({"state": "removed"}, {"state"}),
        ({"state": "gone", "digest_hour": -1}, {"state", "digest_hour"}),
        ({"alerts_per_hour": "-1"}, {"alerts_per_hour"}),
        ({"target": "elsewhere@example.org"}, {"target"}),
    ],
)
def test_what_is_wrong_is_told_by_field_and_changes_nothing(
    conn: Connection, changes: dict[str, Any], fields: set[str]
) -> None:
    before = add_subscriber(conn, subscriber("a"), NOON)
    with pytest.raises(SubscriptionError) as caught:
        edit_subscriber(conn, "a", {"radius_km": 7, **changes}, NOON)
    assert set(caught.value.problems) == fields
    assert all(line and "\n" not in line for line in caught.value.problems.values())
    assert list_subscribers(conn) == [before]


def test_a_zone_that_vanished_bars_no_other_change(conn: Connection) -> None:
    add_subscriber(conn, subscriber("a", timezone="Atlantis/Poseidonis"), NOON)
    assert edit_subscriber(conn, "a", {"digest_hour": 9}, NOON).digest_hour == 9
    assert edit_subscriber(conn, "a", {"timezone": "UTC"}, NOON).timezone == "UTC"


def test_places_are_kept_by_their_id_or_given_anew(conn: Connection) -> None:
    one, two = WatchedPlace("x:1", "One", 30.0, 10.0), WatchedPlace("x:2", "Two")
    add_subscriber(conn, subscriber("a", places=(one, two), radius_km=50.0), NOON)
    assert edit_subscriber(conn, "a", {"places": ["x:2"]}, NOON).places == (two,)
    assert edit_subscriber(conn, "a", {"places": [one, "x:2", one]}, NOON).places == (one, two)
    assert list_subscribers(conn)[0].places == (one, two)


def test_a_wish_stands_over_the_configuration(conn: Connection) -> None:
    configured = subscriber("a", min_severity=1.0)
    sync_subscribers(conn, [configured], NOON)
    edit_subscriber(conn, "a", {"min_severity": 3.0, "quiet_from": "22:00", "quiet_until": "07:00"}, NOON)
    assert sync_subscribers(conn, [replace(configured, min_severity=0.5, digest_hour=9)], NOON + DAY) == (0, 1, 0)
    (now,) = list_subscribers(conn)
    assert (now.min_severity, now.digest_hour, now.quiet_from) == (3.0, 9, time(22))
    assert sync_subscribers(conn, [replace(configured, min_severity=0.5, digest_hour=9)], NOON + DAY) == (0, 0, 0)
    (standing,) = list_standings(conn)
    assert set(standing.wishes) == {"min_severity", "quiet_from", "quiet_until"}
    assert reset_subscriber(conn, "a", NOON)
    sync_subscribers(conn, [configured], NOON)
    assert list_subscribers(conn)[0].min_severity == 1.0


def test_who_unsubscribed_stays_so_whatever_the_configuration_says(conn: Connection) -> None:
    sync_subscribers(conn, [subscriber("a")], NOON)
    edit_subscriber(conn, "a", UNSUBSCRIBED, NOON, why="by the link")
    for configured in ([subscriber("a")], [], [subscriber("a", digest_hour=3)], [subscriber("a")]):
        sync_subscribers(conn, configured, NOON + DAY)
        assert names(conn) == []
    standing = find_subscriber(conn, name="a")
    assert standing is not None
    assert (standing.subscriber.state, standing.since, standing.why) == (SubscriberState.UNSUBSCRIBED, NOON + DAY, None)
    assert not reset_subscriber(conn, "b", NOON)
    reset_subscriber(conn, "a", NOON)
    remove_subscriber(conn, "a", NOON)
    sync_subscribers(conn, [subscriber("a")], NOON)
    assert names(conn) == []
    edit_subscriber(conn, "a", {"state": "active"}, NOON)
    sync_subscribers(conn, [subscriber("a")], NOON)
    assert names(conn) == ["a"]


def test_another_address_under_the_name_begins_anew(conn: Connection) -> None:
    sync_subscribers(conn, [subscriber("a")], NOON)
    edit_subscriber(conn, "a", UNSUBSCRIBED | {"min_severity": 3.0}, NOON)
    sync_subscribers(conn, [subscriber("a", target="new@example.org")], NOON)
    assert [item.min_severity for item in list_subscribers(conn)] == [0.5]


def test_only_the_person_can_take_back_that_they_left(conn: Connection) -> None:
    add_subscriber(conn, subscriber("a"), NOON)
    edit_subscriber(conn, "a", UNSUBSCRIBED, NOON)
    with pytest.raises(StoreError, match="only they"):
        add_subscriber(conn, subscriber("a"), NOON)
    remove_subscriber(conn, "a", NOON)
    with pytest.raises(StoreError, match="only they"):
        add_subscriber(conn, subscriber("a"), NOON)
    pending = add_subscriber(conn, subscriber("a", state=SubscriberState.PENDING), NOON)
    assert names(conn) == []
    edit_subscriber(conn, "a", {"state": "active"}, NOON)
    assert [item.id for item in list_subscribers(conn)] == [pending.id]


def test_a_pause_survives_a_start_and_ends_when_it_is_asked_for(conn: Connection) -> None:
    sync_subscribers(conn, [subscriber("a")], NOON)
    edit_subscriber(conn, "a", {"state": "paused"}, NOON + DAY, why="bounced")
    sync_subscribers(conn, [subscriber("a")], NOON + 2 * DAY)
    (standing,) = list_standings(conn)
    assert (standing.subscriber.state, standing.since, standing.why) == (SubscriberState.PAUSED, NOON + DAY, "bounced")
    edit_subscriber(conn, "a", {"state": "active"}, NOON)
    sync_subscribers(conn, [subscriber("a")], NOON)
    assert names(conn) == ["a"]


@pytest.mark.parametrize("state", ["paused", "pending", "unsubscribed"])
def test_what_is_unsent_is_cancelled_at_once(conn: Connection, state: str) -> None:
    first = add_subscriber(conn, subscriber("a"), NOON)
    other = add_subscriber(conn, subscriber("b"), NOON)
    assert first.id is not None
    assert other.id is not None
    enqueue(conn, delivery("1", subscriber_id=first.id))
    enqueue(conn, delivery("2", subscriber_id=other.id))
    edit_subscriber(conn, "a", {"state": state}, NOON)
    states = {item.key: item.state for item in list_deliveries(conn)}
    assert states == {"1": DeliveryState.CANCELLED, "2": DeliveryState.DUE}


def test_nobody_can_be_edited_who_is_not_there(conn: Connection) -> None:
    with pytest.raises(StoreError, match="no subscriber called a"):
        edit_subscriber(conn, "a", {}, NOON)
    add_subscriber(conn, subscriber("a"), NOON)
    remove_subscriber(conn, "a", NOON)
    with pytest.raises(StoreError, match="no subscriber called a"):
        edit_subscriber(conn, "a", {}, NOON)
