"""Consent given and withdrawn: what is written down, and that a wish counts at once and for good."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from alertsvc.domain import Channel, DeliveryState, Subscriber, SubscriberState
from alertsvc.errors import StoreError
from alertsvc.store.consent import (
    Answer,
    answer_request,
    ask_consent,
    claim_requests,
    list_events,
    mark_asked,
    put_off_request,
    resubscribe,
    to_be_asked,
    unsubscribe,
)
from alertsvc.store.outbox import claim_due, enqueue, list_deliveries
from alertsvc.store.subscribers import (
    add_subscriber,
    edit_subscriber,
    find_subscriber,
    list_subscribers,
    remove_subscriber,
    sync_subscribers,
)
from alertsvc.wordings import CONSENT_TEXTS, WITHDRAWAL_TEXTS, consent_version, withdrawal_version, wording_text
from tests.store.samples import DAY, HOUR, NOON, delivery, subscriber

WEEK = 7 * 86400.0
CLIENT = "192.0.2.7"


def pending(conn: Connection, name: str = "desk") -> Subscriber:
    return add_subscriber(conn, subscriber(name, state=SubscriberState.PENDING), NOON)


def state(conn: Connection, row: int | None) -> SubscriberState:
    standing = find_subscriber(conn, row=row)
    assert standing is not None
    return standing.subscriber.state


def events(conn: Connection, row: int | None) -> list[str]:
    assert row is not None
    return [item["event"] for item in list_events(conn, row)]


def row_of(who: Subscriber) -> int:
    assert who.id is not None
    return who.id


def test_who_waits_is_asked_once(conn: Connection) -> None:
    who = pending(conn)
    add_subscriber(conn, subscriber("active"), NOON)
    add_subscriber(conn, subscriber("slack", channel=Channel.SLACK, state=SubscriberState.PENDING), NOON)
    assert to_be_asked(conn) == [who.id]
    number = ask_consent(conn, who, NOON, expires=WEEK)
    assert to_be_asked(conn) == []
    (request,) = claim_requests(conn, NOON, lease=60, limit=10)
    assert (request.number, request.subscriber.id, request.attempts) == (number, who.id, 1)
    assert request.expires == NOON + 7 * DAY
    assert claim_requests(conn, NOON + timedelta(seconds=59), lease=60, limit=10) == []
    (again,) = claim_requests(conn, NOON + timedelta(seconds=60), lease=60, limit=10)
    assert again.attempts == 2
    assert put_off_request(conn, again, NOON + 2 * HOUR)
    assert claim_requests(conn, NOON + HOUR, lease=60, limit=10) == []
    (third,) = claim_requests(conn, NOON + 2 * HOUR, lease=60, limit=10)
    assert mark_asked(conn, third, NOON + 2 * HOUR)
    assert claim_requests(conn, NOON + 3 * HOUR, lease=60, limit=10) == []


def test_nobody_is_asked_who_was_made_active_meanwhile(conn: Connection) -> None:
    who = pending(conn)
    ask_consent(conn, who, NOON, expires=WEEK)
    edit_subscriber(conn, who.name, {"state": "active"}, NOON)
    assert claim_requests(conn, NOON, lease=60, limit=10) == []
    assert to_be_asked(conn) == []


def test_an_answer_makes_the_subscription_active_and_is_written_down(conn: Connection) -> None:
    who = pending(conn)
    row, number = row_of(who), ask_consent(conn, who, NOON, expires=WEEK)
    assert list_subscribers(conn) == []
    assert answer_request(conn, row, number, NOON + HOUR, CLIENT) is Answer.DONE
    assert state(conn, row) is SubscriberState.ACTIVE
    assert answer_request(conn, row, number, NOON + DAY, CLIENT) is Answer.ALREADY
    asked, given = list_events(conn, row)
    assert (asked["event"], asked["address"], asked["wording"]) == ("asked", who.target, "consent-1")
    assert (given["event"], given["address"], given["wording"]) == ("given", who.target, "consent-1")
    assert (given["at"], given["client"], given["request"]) == (NOON + HOUR, CLIENT, number)


def test_an_answer_that_comes_too_late_or_to_an_older_question_counts_for_nothing(conn: Connection) -> None:
    who = pending(conn)
    row, first = row_of(who), ask_consent(conn, who, NOON, expires=3600)
    assert answer_request(conn, row, first, NOON + HOUR, CLIENT) is Answer.GONE
    second = ask_consent(conn, who, NOON + HOUR, expires=3600)
    assert second != first
    assert answer_request(conn, row, first, NOON + HOUR, CLIENT) is Answer.GONE
    assert state(conn, row) is SubscriberState.PENDING
    assert answer_request(conn, row + 1, second, NOON + HOUR, CLIENT) is Answer.GONE
    assert answer_request(conn, row, second, NOON + HOUR, CLIENT) is Answer.DONE
    remove_subscriber(conn, who.name, NOON)
    assert answer_request(conn, row, second, NOON + HOUR, CLIENT) is Answer.GONE


def test_unsubscribing_cancels_what_is_unsent_and_counts_once(conn: Connection) -> None:
    who = add_subscriber(conn, subscriber(), NOON)
    row = row_of(who)
    for number in range(3):
        assert enqueue(conn, delivery(f"flash:X{number}:{row}", subscriber_id=row))
    assert enqueue(conn, delivery("flash:X:99", subscriber_id=99))
    assert len(claim_due(conn, worker="w", now=NOON, lease=60, limit=1)) == 1
    assert unsubscribe(conn, row, NOON, CLIENT) is Answer.DONE
    states = {item.subscriber_id: set[DeliveryState]() for item in list_deliveries(conn)}
    for item in list_deliveries(conn):
        states[item.subscriber_id].add(item.state)
    assert states == {row: {DeliveryState.CANCELLED}, 99: {DeliveryState.DUE}}
    assert unsubscribe(conn, row, NOON + HOUR, CLIENT) is Answer.ALREADY
    assert unsubscribe(conn, 12345, NOON, CLIENT) is Answer.GONE
    (withdrawn,) = list_events(conn, row)
    assert (withdrawn["event"], withdrawn["at"], withdrawn["wording"]) == ("withdrawn", NOON, "withdrawal-1")


@pytest.mark.parametrize("before", ["active", "removed"])
def test_a_wish_survives_the_configuration(conn: Connection, before: str) -> None:
    configured = [subscriber("a")]
    sync_subscribers(conn, configured, NOON)
    (who,) = list_subscribers(conn)
    row = row_of(who)
    if before == "removed":
        remove_subscriber(conn, "a", NOON)
    assert unsubscribe(conn, row, NOON, CLIENT) is Answer.DONE
    assert unsubscribe(conn, row, NOON, CLIENT) is Answer.ALREADY
    sync_subscribers(conn, configured, NOON + DAY)
    assert list_subscribers(conn) == []
    assert state(conn, row) is SubscriberState.UNSUBSCRIBED
    with pytest.raises(StoreError, match="only they can take that back"):
        add_subscriber(conn, subscriber("a"), NOON)
    assert resubscribe(conn, row, NOON + DAY, CLIENT) is Answer.DONE
    sync_subscribers(conn, configured, NOON + 2 * DAY)
    assert state(conn, row) is SubscriberState.ACTIVE


def test_who_leaves_leaves_by_every_subscription_of_the_address(conn: Connection) -> None:
    desk = add_subscriber(conn, subscriber("desk", target="desk@Bücher.example"), NOON)
    second = add_subscriber(conn, subscriber("desk2", target="Desk@xn--bcher-kva.example"), NOON)
    other = add_subscriber(conn, subscriber("other", target="desk+1@xn--bcher-kva.example"), NOON)
    assert enqueue(conn, delivery("flash:X:2", subscriber_id=row_of(second)))
    assert unsubscribe(conn, row_of(desk), NOON, CLIENT) is Answer.DONE
    assert [item.name for item in list_subscribers(conn)] == [other.name]
    assert [item.state for item in list_deliveries(conn)] == [DeliveryState.CANCELLED]
    assert events(conn, row_of(second)) == events(conn, row_of(desk)) == ["withdrawn"]
    assert unsubscribe(conn, row_of(second), NOON, CLIENT) is Answer.ALREADY
    assert resubscribe(conn, row_of(desk), NOON, CLIENT) is Answer.DONE
    assert state(conn, second.id) is SubscriberState.UNSUBSCRIBED


def test_who_left_is_not_brought_back_under_another_name(conn: Connection) -> None:
    who = add_subscriber(conn, subscriber("desk", target="desk@example.org"), NOON)
    assert unsubscribe(conn, row_of(who), NOON, CLIENT) is Answer.DONE
    with pytest.raises(StoreError, match="as desk; only they can take that back, by the link in any mail"):
        add_subscriber(conn, subscriber("again", target="DESK@Example.org"), NOON)
    assert find_subscriber(conn, name="again") is None
    add_subscriber(conn, subscriber("colleague", target="colleague@example.org"), NOON)
    # Asking is no bringing back: nothing is sent before they confirm.
    add_subscriber(conn, subscriber("asked", target="Desk@example.org", state=SubscriberState.PENDING), NOON)


def test_unsubscribing_takes_back_a_question(conn: Connection) -> None:
    who = pending(conn)
    row, number = row_of(who), ask_consent(conn, who, NOON, expires=WEEK)
    assert unsubscribe(conn, row, NOON, None) is Answer.DONE
    assert answer_request(conn, row, number, NOON, CLIENT) is Answer.GONE
    assert claim_requests(conn, NOON, lease=60, limit=10) == []
    assert events(conn, row) == ["asked", "withdrawn"]


def test_only_who_left_by_own_wish_can_come_back(conn: Connection) -> None:
    who = add_subscriber(conn, subscriber(), NOON)
    row = row_of(who)
    assert resubscribe(conn, row, NOON, CLIENT) is Answer.ALREADY
    remove_subscriber(conn, who.name, NOON)
    assert resubscribe(conn, row, NOON, CLIENT) is Answer.GONE
    assert resubscribe(conn, 12345, NOON, CLIENT) is Answer.GONE
    waiting = pending(conn, "waiting")
    assert resubscribe(conn, row_of(waiting), NOON, CLIENT) is Answer.GONE
    assert events(conn, row) == []


def test_a_new_name_in_the_configuration_brings_nobody_back(conn: Connection) -> None:
    sync_subscribers(conn, [subscriber("desk", target="desk@example.org")], NOON)
    desk = find_subscriber(conn, name="desk")
    assert desk is not None
    assert unsubscribe(conn, row_of(desk.subscriber), NOON, CLIENT) is Answer.DONE
    configured = [
        subscriber("renamed", target="Desk@Example.org"),
        subscriber("colleague", target="colleague@example.org"),
    ]
    for _ in range(2):
        sync_subscribers(conn, configured, NOON)
        assert [item.name for item in list_subscribers(conn)] == ["colleague"]
    renamed = find_subscriber(conn, name="renamed")
    assert renamed is not None
    assert renamed.subscriber.state is SubscriberState.UNSUBSCRIBED
    assert resubscribe(conn, row_of(renamed.subscriber), NOON, CLIENT) is Answer.DONE
    sync_subscribers(conn, configured, NOON)
    assert [item.name for item in list_subscribers(conn)] == ["colleague", "renamed"]


def test_a_wording_that_was_shown_is_never_edited() -> None:
    # Evidence names the version only. A new text needs a new version beside the old one, and a line here.
    texts = CONSENT_TEXTS | WITHDRAWAL_TEXTS
    found = {version: hashlib.sha256(text.encode()).hexdigest()[:12] for version, text in texts.items()}
    assert found == {
        "consent-1": "5907258dfbc3",
        "consent-1-fr": "cfbbda252e9c",
        "consent-1-ar": "88e55103b05d",
        "withdrawal-1": "f9784385c656",
        "withdrawal-1-fr": "2068a10e9beb",
        "withdrawal-1-ar": "e0ca2cf2952b",
    }
    for version in (consent_version, withdrawal_version):
        assert len({version(code) for code in ("en", "fr", "ar")}) == 3
        assert {version(code) for code in ("en", "fr", "ar")} <= set(texts)
        assert version("xx") == version("en")
    assert all("{service}" in text for text in texts.values())
    assert wording_text("consent-1", "Risk desk") == texts["consent-1"].replace("{service}", "Risk desk")
    assert wording_text("unheard-of", "x") is None
    assert wording_text(None, "x") is None
