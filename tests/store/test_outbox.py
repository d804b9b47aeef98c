"""The outbox: each key once, each row with one sender at a time, nothing lost."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from alertsvc.domain import Briefing, BriefingKind, Delivery, DeliveryState
from alertsvc.store.outbox import (
    claim_due,
    enqueue,
    flashed,
    has_key,
    latest_key,
    list_deliveries,
    mark_failed,
    mark_retry,
    mark_sent,
    outbox_counts,
    release,
)
from alertsvc.store.problems import list_problems
from alertsvc.store.subscribers import add_subscriber, remove_subscriber
from tests.store.samples import HOUR, MINUTE, NOON, delivery, subscriber


def _claim(conn: Connection, worker: str = "a", now=NOON, limit: int = 99) -> list[Delivery]:
    return claim_due(conn, worker=worker, now=now, lease=60, limit=limit)


def _one(conn: Connection) -> Delivery:
    (only,) = list_deliveries(conn)
    return only


def _id(item: Delivery) -> int:
    assert item.id is not None
    return item.id


def test_a_key_is_written_once(conn: Connection) -> None:
    assert enqueue(conn, delivery("k"))
    assert not enqueue(conn, delivery("k", target="other@example.org"))
    assert _one(conn).target == "desk@example.org"
    assert has_key(conn, "k")
    assert not has_key(conn, "l")


@pytest.mark.parametrize(
    ("kind", "state", "free"),
    [
        (BriefingKind.FLASH, DeliveryState.FAILED, True),
        (BriefingKind.FLASH, DeliveryState.CANCELLED, True),
        (BriefingKind.BRIEF, DeliveryState.FAILED, True),
        (BriefingKind.FLASH, DeliveryState.DUE, False),
        (BriefingKind.FLASH, DeliveryState.SENT, False),
        (BriefingKind.UPDATE, DeliveryState.FAILED, False),
        (BriefingKind.DAILY, DeliveryState.CANCELLED, False),
    ],
)
def test_only_what_never_leaves_gives_its_key_away(
    conn: Connection, kind: BriefingKind, state: DeliveryState, free: bool
) -> None:
    briefing = Briefing(kind, {})
    assert enqueue(conn, delivery("k", briefing=briefing, state=state))
    assert has_key(conn, "k") is (state in {DeliveryState.DUE, DeliveryState.SENT})
    assert enqueue(conn, delivery("k", briefing=briefing)) is free
    assert not enqueue(conn, delivery("k", briefing=briefing))
    states = {item.key.partition("~")[::2]: item.state for item in list_deliveries(conn)}
    assert states.pop(("k", "")) is (DeliveryState.DUE if free else state)
    assert list(states.values()) == [state] * free


def test_alerts_go_before_digests_and_older_before_newer(conn: Connection) -> None:
    digest = Briefing(BriefingKind.DAILY, {})
    update = Briefing(BriefingKind.UPDATE, {})
    enqueue(conn, delivery("daily", briefing=digest))
    enqueue(conn, delivery("flash"))
    enqueue(conn, delivery("update", briefing=update))
    enqueue(conn, delivery("later", next_try=NOON + MINUTE))
    assert [item.key for item in _claim(conn, limit=2)] == ["flash", "update"]
    assert [item.key for item in _claim(conn, "b")] == ["daily"]
    assert _claim(conn) == []
    assert [item.key for item in _claim(conn, "c", NOON + MINUTE)] == ["flash", "update", "later", "daily"]


def test_a_claim_is_an_attempt(conn: Connection) -> None:
    enqueue(conn, delivery())
    (taken,) = _claim(conn)
    assert taken.attempts == 1
    assert release(conn, "b") == 0
    assert release(conn, "a", [_id(taken) + 1]) == 0
    assert release(conn, "a", [_id(taken)]) == 1
    assert [item.attempts for item in _claim(conn)] == [1]
    assert release(conn, "a") == 1


def test_sent_is_sent(conn: Connection) -> None:
    enqueue(conn, delivery())
    (taken,) = _claim(conn)
    assert mark_retry(conn, _id(taken), "a", NOON + MINUTE, "421 later")
    waiting = _one(conn)
    assert (waiting.state, waiting.error, waiting.next_try) == (DeliveryState.DUE, "421 later", NOON + MINUTE)
    assert _claim(conn) == []
    (taken,) = _claim(conn, now=NOON + MINUTE)
    assert mark_sent(conn, _id(taken), "a", NOON + MINUTE)
    sent = _one(conn)
    assert (sent.state, sent.sent, sent.error, sent.attempts) == (DeliveryState.SENT, NOON + MINUTE, None, 2)
    assert _claim(conn, now=NOON + HOUR) == []


def test_failed_is_final(conn: Connection) -> None:
    enqueue(conn, delivery())
    (taken,) = _claim(conn)
    assert mark_failed(conn, _id(taken), "a", "550 no such user", NOON)
    assert (_one(conn).state, _one(conn).error) == (DeliveryState.FAILED, "550 no such user")
    assert _claim(conn, now=NOON + HOUR) == []


def test_only_the_holder_says_what_became_of_it(conn: Connection) -> None:
    enqueue(conn, delivery())
    row = _id(_one(conn))
    assert not mark_sent(conn, row, "a", NOON)
    _claim(conn, "a")
    assert _claim(conn, "b", NOON + MINUTE * 0.99) == []
    assert len(_claim(conn, "b", NOON + MINUTE)) == 1
    assert not mark_sent(conn, row, "a", NOON + MINUTE)
    assert not mark_retry(conn, row, "a", NOON + HOUR, "late")
    assert not mark_failed(conn, row, "a", "late", NOON + MINUTE)
    assert _one(conn).state is DeliveryState.DUE
    assert mark_sent(conn, row, "b", NOON + MINUTE)
    assert not mark_sent(conn, row, "b", NOON + MINUTE)
    assert not mark_failed(conn, row, "b", "late", NOON + MINUTE)


def test_what_expired_fails_and_is_told(conn: Connection) -> None:
    enqueue(conn, delivery("late"))
    enqueue(conn, delivery("good", expires=NOON + 24 * HOUR))
    now = NOON + 6 * HOUR
    (late, _) = _claim(conn, now=now - MINUTE)
    mark_retry(conn, _id(late), "a", now, "421 later")
    assert [item.key for item in _claim(conn, "b", now)] == ["good"]
    states = {item.key: (item.state, item.error) for item in list_deliveries(conn)}
    assert states["late"] == (DeliveryState.FAILED, "expired; last error: 421 later")
    assert [(problem.scope, problem.subject) for problem in list_problems(conn)] == [("delivery", "late")]


def test_what_expires_while_it_is_being_sent_is_left_to_its_sender(conn: Connection) -> None:
    enqueue(conn, delivery(expires=NOON + MINUTE / 2))
    (taken,) = _claim(conn)
    assert _claim(conn, "b", NOON + MINUTE * 0.9) == []
    assert mark_sent(conn, _id(taken), "a", NOON + MINUTE * 0.9)


def test_nothing_more_goes_to_a_subscriber_that_was_removed(conn: Connection) -> None:
    gone = add_subscriber(conn, subscriber("gone"), NOON)
    stays = add_subscriber(conn, subscriber("stays"), NOON)
    assert gone.id is not None
    assert stays.id is not None
    enqueue(conn, delivery("1", subscriber_id=gone.id))
    enqueue(conn, delivery("2", subscriber_id=stays.id))
    remove_subscriber(conn, "gone", NOON)
    assert [item.key for item in _claim(conn)] == ["2"]
    assert {item.key: item.state for item in list_deliveries(conn)}["1"] is DeliveryState.CANCELLED


def test_who_had_a_flash(conn: Connection) -> None:
    def put(key: str, subscriber_id: int, kind=BriefingKind.FLASH, incident_id=7, state=DeliveryState.DUE) -> None:
        briefing = Briefing(kind, {}, incident_id=incident_id)
        assert enqueue(conn, delivery(key, briefing=briefing, subscriber_id=subscriber_id, state=state))

    put("due", 1)
    put("sent", 2, state=DeliveryState.SENT)
    put("failed", 3, state=DeliveryState.FAILED)
    put("cancelled", 4, state=DeliveryState.CANCELLED)
    put("update", 5, kind=BriefingKind.UPDATE)
    put("other", 6, incident_id=8)
    assert flashed(conn, 7) == {1: "due@alerts.example", 2: "sent@alerts.example"}
    assert flashed(conn, 99) == {}
    assert outbox_counts(conn) == {"due": 3, "sent": 1, "failed": 1, "cancelled": 1}


def test_the_latest_key_of_a_prefix(conn: Connection) -> None:
    assert outbox_counts(conn) == {"due": 0, "sent": 0, "failed": 0, "cancelled": 0}
    for minutes, key in enumerate(["daily:1:first", "daily:1:2026-02-01", "daily:12:2026-02-02", "daily:1é"]):
        enqueue(conn, delivery(key, created=NOON + minutes * MINUTE))
    assert latest_key(conn, "daily:1:") == "daily:1:2026-02-01"
    assert latest_key(conn, "daily:12:") == "daily:12:2026-02-02"
    assert latest_key(conn, "daily:1") == "daily:1é"
    assert latest_key(conn, "daily:2:") is None
    assert latest_key(conn, "%") is None


def test_the_list_is_newest_first(conn: Connection) -> None:
    for hours in range(4):
        enqueue(conn, delivery(str(hours), created=NOON + hours * HOUR))
    assert [item.key for item in list_deliveries(conn)] == ["3", "2", "1", "0"]
    assert [item.key for item in list_deliveries(conn, since=NOON + 2 * HOUR)] == ["3", "2"]
    assert [item.key for item in list_deliveries(conn, limit=1)] == ["3"]
