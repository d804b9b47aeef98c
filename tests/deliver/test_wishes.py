"""What a reader wants counts at once, also for what a sender has in hand already; threads are told whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from alertsvc.clock import ManualClock
from alertsvc.deliver.email.message import build_mail
from alertsvc.domain import Briefing, BriefingKind, Channel, Delivery, DeliveryState, Subscriber
from alertsvc.settings import MailSettings
from alertsvc.store import Store, outbox
from alertsvc.store.consent import unsubscribe
from alertsvc.store.subscribers import add_subscriber
from tests.deliver.support import NOW, Rendered, a_delivery
from tests.deliver.test_message import parse
from tests.deliver.test_sender import Recorder, a_sender


async def test_what_waits_in_hand_is_not_sent_once_its_reader_has_left(store: Store, clock: ManualClock):
    with store.begin() as conn:
        who = add_subscriber(conn, Subscriber("reader", Channel.EMAIL, "reader@example.org"), NOW)
        assert who.id is not None
        for number in range(1, 5):
            assert outbox.enqueue(conn, a_delivery(number, subscriber_id=who.id, target=who.target))
        other = add_subscriber(conn, Subscriber("other", Channel.EMAIL, "other@example.org"), NOW)
        assert outbox.enqueue(conn, a_delivery(9, key="x", subscriber_id=other.id, target=other.target))

    class Slow(Recorder):
        async def send(self, delivery: Delivery, rendered: Any, thread: Any = None, letter: Any = None) -> Any:
            if delivery.target == who.target:
                # While the first is handed over, its reader clicks on the link.
                clock.advance(timedelta(seconds=2))
                with store.begin() as conn:
                    unsubscribe(conn, who.id or 0, clock.now(), None)
            return await super().send(delivery, rendered, thread)

    channel = Slow()
    summary = await a_sender(store, clock, {Channel.EMAIL: channel}, concurrency=1).run_once()
    assert sorted(target for target, _ in channel.sent) == ["other@example.org", "reader@example.org"]
    assert sum("cancelled while it waited" in line for line in summary.lines) == 3
    with store.read() as conn:
        states = [row.state for row in outbox.list_deliveries(conn) if row.subscriber_id == who.id]
    assert states == [DeliveryState.CANCELLED] * 4


def test_an_answer_to_an_answer_names_the_whole_thread(store: Store):
    def step(number: int, parent: str | None) -> Delivery:
        briefing = Briefing(BriefingKind.UPDATE if parent else BriefingKind.FLASH, {}, 7, number)
        row = a_delivery(number, message_id=f"{number}@example.org", in_reply_to=parent, briefing=briefing)
        return replace(row, key=f"k{number}")

    with store.begin() as conn:
        for row in (step(1, None), step(2, "1@example.org"), step(3, "2@example.org"), step(4, "3@example.org")):
            assert outbox.enqueue(conn, row)
        assert outbox.enqueue(conn, step(5, "unheard-of@example.org"))
        found = {row.briefing.update: row for row in outbox.list_deliveries(conn)}
    references = {
        number: parse(build_mail(row, Rendered(), MailSettings(sender="a@example.org"), service="x"))["References"]  # type: ignore[arg-type]
        for number, row in found.items()
    }
    assert references == {
        1: None,
        2: "<1@example.org>",
        3: "<1@example.org> <2@example.org>",
        4: "<1@example.org> <2@example.org> <3@example.org>",
        5: "<unheard-of@example.org>",
    }
