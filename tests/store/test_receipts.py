"""What is kept of deliveries that left, and of subscribers that nobody knows, and what of the outbox is claimed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from alertsvc.domain import Briefing, BriefingKind, Channel, DeliveryState
from alertsvc.store.outbox import claim_due, enqueue, list_deliveries, mark_all_sent, mark_failed, mark_retry
from alertsvc.store.receipts import add_receipts, receipt_of
from alertsvc.store.refusals import clear_refusals, count_refusal, refusals_of
from tests.store.samples import NOON, delivery

LEASE = 60.0


def claim(conn: Connection, worker: str = "a", **options: object) -> list[int]:
    taken = claim_due(conn, worker=worker, now=NOON, lease=LEASE, limit=50, **options)  # type: ignore[arg-type]
    return [row.id for row in taken if row.id is not None]


def test_several_are_marked_at_once_where_they_are_still_held(conn: Connection) -> None:
    for number in range(4):
        enqueue(conn, delivery(str(number)))
    first = claim(conn)
    assert mark_failed(conn, first[0], "a", "no", NOON)
    assert mark_all_sent(conn, first, "b", NOON) == set()
    assert mark_all_sent(conn, first, "a", NOON + timedelta(seconds=1)) == set(first[1:])
    assert mark_all_sent(conn, first, "a", NOON) == set()
    states = sorted(row.state for row in list_deliveries(conn))
    assert states == [DeliveryState.FAILED] + [DeliveryState.SENT] * 3


def test_putting_off_without_a_try_counts_none(conn: Connection) -> None:
    enqueue(conn, delivery("1"))
    for counted, attempts in ((True, 1), (False, 1), (True, 2)):
        (row,) = claim(conn)
        assert mark_retry(conn, row, "a", NOON, "later", counted=counted)
        assert [item.attempts for item in list_deliveries(conn)] == [attempts]


def test_ways_that_rest_are_not_claimed_for(conn: Connection) -> None:
    enqueue(conn, delivery("mail", channel=Channel.EMAIL))
    enqueue(conn, delivery("slack", channel=Channel.SLACK))
    enqueue(conn, delivery("file", channel=Channel.FILE))
    assert len(claim(conn, without=[Channel.EMAIL, Channel.FILE])) == 1
    assert len(claim(conn, without=[Channel.EMAIL])) == 1
    assert len(claim(conn)) == 1


def test_the_receipt_is_that_of_the_message_sent_last(conn: Connection) -> None:
    for number in range(3):
        enqueue(conn, delivery(str(number), message_id="same@example.org"))
    first, second, third = claim(conn)
    assert receipt_of(conn, "same@example.org") is None
    add_receipts(conn, [(first, "same@example.org", {"ts": "1"}), (second, "same@example.org", {"ts": "2"})])
    add_receipts(conn, [(third, "same@example.org", {})])
    add_receipts(conn, [])
    assert receipt_of(conn, "same@example.org") == {"ts": "2"}


def test_refusals_are_counted_for_one_address(conn: Connection) -> None:
    assert [count_refusal(conn, 7, "a@example.org") for _ in range(3)] == [1, 2, 3]
    assert count_refusal(conn, 8, "a@example.org") == 1
    assert count_refusal(conn, 7, "b@example.org") == 1
    clear_refusals(conn, [])
    assert (refusals_of(conn, 7), refusals_of(conn, 8)) == (1, 1)
    clear_refusals(conn, {7})
    assert (refusals_of(conn, 7), refusals_of(conn, 8), refusals_of(conn, 9)) == (0, 1, 0)


def test_an_update_is_not_due_before_its_flash(conn: Connection) -> None:
    update = Briefing(BriefingKind.UPDATE, {}, incident_id=1, update=2)
    enqueue(conn, delivery("flash", message_id="root@example.org"))
    enqueue(conn, delivery("update", briefing=update, in_reply_to="root@example.org"))
    (flash,) = claim(conn)
    assert claim(conn, "b") == []
    assert mark_all_sent(conn, [flash], "a", NOON) == {flash}
    assert len(claim(conn, "b")) == 1
