"""What is held on a person, given out whole and erased whole."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Connection, select

from alertsvc.domain import SubscriberState
from alertsvc.errors import StoreError
from alertsvc.store.consent import ask_consent, list_events, unsubscribe
from alertsvc.store.letters import Letter, keep_letters
from alertsvc.store.outbox import claim_due, enqueue, list_deliveries, mark_failed, mark_sent
from alertsvc.store.privacy import EXPIRED_COUNT, erase_person, erase_unconfirmed, export_person, proves
from alertsvc.store.problems import counts, record_problem
from alertsvc.store.schema import metadata
from alertsvc.store.subscribers import add_subscriber, edit_subscriber, find_subscriber, list_standings
from tests.store.samples import DAY, HOUR, NOON, delivery, subscriber

NAME, ADDRESS, CLIENT = "Zeinab Q.", "zeinab.q@example.org", "192.0.2.7"


def filled(conn: Connection) -> int:
    """Add somebody to whom much has happened, and somebody else; return the row of the first."""
    who = add_subscriber(conn, subscriber(NAME, target=ADDRESS), NOON)
    other = add_subscriber(conn, subscriber("other"), NOON)
    assert who.id is not None
    assert other.id is not None
    ask_consent(conn, who, NOON, expires=3600)
    for number in range(3):
        key = f"flash:X{number}:{who.id}"
        row = delivery(
            key, subscriber_id=who.id, target=ADDRESS, message_id=f"{number}.zeinab@x", in_reply_to="zeinab@x"
        )
        assert enqueue(conn, row)
    assert enqueue(conn, delivery(f"flash:X0:{other.id}", subscriber_id=other.id))
    sent, failed, *_ = claim_due(conn, worker="w", now=NOON, lease=60, limit=2)
    assert sent.id is not None
    assert failed.id is not None
    keep_letters(conn, {failed.id: Letter("a@example.org", f"To: {ADDRESS}\r\n", "foot", "<p>foot</p>")}, NOON)
    mark_sent(conn, sent.id, "w", NOON)
    mark_failed(conn, failed.id, "w", f"no such user {ADDRESS}", NOON)
    record_problem(conn, "delivery", f"subscriber {who.id}", "refused", NOON)
    record_problem(conn, "digest", NAME, "no such zone", NOON)
    record_problem(conn, "delivery", failed.key, "refused", NOON)
    record_problem(conn, "digest", "other", "no such zone", NOON)
    edit_subscriber(conn, NAME, {"countries": ["LY"], "language": "ar"}, NOON)
    unsubscribe(conn, who.id, NOON + HOUR, CLIENT)
    return who.id


def everything(conn: Connection) -> str:
    """Return every value of every table as text."""
    rows: list[Any] = []
    for table in metadata.tables.values():
        rows += [list(row) for row in conn.execute(select(table))]
    return json.dumps(rows, default=str, ensure_ascii=False)


def test_export_tells_all_that_is_held(conn: Connection) -> None:
    filled(conn)
    data = json.loads(json.dumps(export_person(conn, NAME)))
    assert data["subscription"]["target"] == ADDRESS
    assert data["subscription"]["countries"] == ["LY"]
    assert data["subscription"]["state"] == "unsubscribed"
    assert [item["state"] for item in data["deliveries"]] == ["sent", "failed", "cancelled"]
    assert [item["headers"] for item in data["deliveries"]] == [None, f"To: {ADDRESS}\r\n", None]
    assert {item["target"] for item in data["deliveries"]} == {ADDRESS}
    assert [item["event"] for item in data["consent"]] == ["asked", "withdrawn"]
    assert data["consent"][1]["client"] == CLIENT
    assert sorted(item["message"] for item in data["problems"]) == ["no such zone", "refused", "refused"]
    with pytest.raises(StoreError, match="no subscriber called nobody"):
        export_person(conn, "nobody")


def test_erasing_leaves_nothing_of_the_person(conn: Connection) -> None:
    row = filled(conn)
    before = everything(conn)
    assert all(word in before for word in (NAME, ADDRESS, CLIENT, "zeinab"))
    done = erase_person(conn, NAME, NOON + DAY)
    after = everything(conn)
    assert not [word for word in (NAME, ADDRESS, CLIENT, "zeinab", "Zeinab") if word in after]
    assert done["deliveries"] == 3
    assert done["problems"] == 3
    assert done["letters"] == 1
    assert "other@example.org" in after
    assert [item.target for item in list_deliveries(conn) if item.subscriber_id != row] == ["desk@example.org"]
    assert find_subscriber(conn, name=NAME) is None
    assert [item.subscriber.name for item in list_standings(conn)] == ["other"]
    with pytest.raises(StoreError):
        erase_person(conn, NAME, NOON)


def test_evidence_of_a_consent_is_left_and_proves_the_address_to_who_names_it(conn: Connection) -> None:
    row = filled(conn)
    erase_person(conn, NAME, NOON + DAY)
    events = list_events(conn, row)
    assert [item["event"] for item in events] == ["asked", "withdrawn", "erased"]
    assert [item["at"] for item in events] == [NOON, NOON + HOUR, NOON + DAY]
    found = {item["evidence"] for item in events}
    assert len(found) == 3  # salted, so that equal addresses are not seen to be equal
    for evidence in found:
        assert proves(evidence, ADDRESS)
        assert proves(evidence, f" {ADDRESS.upper()} ")
        assert not proves(evidence, "somebody@example.org")
    assert not proves("", ADDRESS)


def test_the_name_is_free_and_the_old_row_is_nobody(conn: Connection) -> None:
    row = filled(conn)
    erase_person(conn, NAME, NOON)
    again = add_subscriber(conn, subscriber(NAME, target=ADDRESS), NOON)
    assert again.id != row
    assert list_events(conn, again.id or 0) == []
    old = find_subscriber(conn, row=row)
    assert old is not None
    assert old.subscriber.state is SubscriberState.REMOVED
    assert old.subscriber.target == ""


def test_who_does_not_confirm_in_time_is_erased_and_counted(conn: Connection) -> None:
    late = add_subscriber(conn, subscriber("late", state=SubscriberState.PENDING), NOON)
    early = add_subscriber(conn, subscriber("early", state=SubscriberState.PENDING), NOON)
    freed = add_subscriber(conn, subscriber("freed", state=SubscriberState.PENDING), NOON)
    for who, expires in ((late, 3600), (early, 7200), (freed, 3600)):
        ask_consent(conn, who, NOON, expires=expires)
    edit_subscriber(conn, "freed", {"state": "active"}, NOON)
    assert erase_unconfirmed(conn, NOON) == 0
    assert erase_unconfirmed(conn, NOON + HOUR) == 1
    assert erase_unconfirmed(conn, NOON + HOUR) == 0
    assert "late" not in everything(conn)
    assert {item.subscriber.name for item in list_standings(conn)} == {"early", "freed"}
    assert [item["event"] for item in list_events(conn, late.id or 0)] == ["asked", "expired", "erased"]
    assert counts(conn, since_day=NOON.date()) == {EXPIRED_COUNT: 1}
