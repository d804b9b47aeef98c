"""Channels beside one another: what one server, recipient or bot does concerns no other."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alertsvc.clock import ManualClock
from alertsvc.deliver.email.smtp import SmtpTransport
from alertsvc.deliver.errors import ChannelError, LostConnectionError, RecipientError, SetupError
from alertsvc.deliver.keys import update_key
from alertsvc.deliver.pace import Rate
from alertsvc.deliver.sender import Sender, SendSummary
from alertsvc.deliver.slack.transport import SlackTransport
from alertsvc.deliver.transport import Transport
from alertsvc.domain import Briefing, BriefingKind, Channel, Delivery, DeliveryState, SubscriberState
from alertsvc.errors import DeliveryError
from alertsvc.settings import DeliverSettings, MailSettings, SlackSettings, SmtpSettings
from alertsvc.store import Store, outbox, problems, receipts, refusals, subscribers
from tests.deliver.support import a_delivery, a_subscriber, render
from tests.deliver.test_sender import Recorder, a_sender, fill, problem_lines, rows
from tests.slackstub import TOKEN, SlackStub
from tests.smtpserver import HANG, SmtpServer

CHANNEL = "C024BE91L"


def an_update_of(flash: Delivery, number: int = 2, **changes: Any) -> Delivery:
    """Return an update that answers a flash."""
    public_id = flash.key.split(":")[1]
    facts = {"title": f"update {number} of {public_id}", "correction": changes.pop("correction", None)}
    return replace(
        flash,
        key=update_key(public_id, number, flash.subscriber_id),
        briefing=Briefing(BriefingKind.UPDATE, facts, flash.briefing.incident_id, number),
        message_id=f"update.{public_id}.{number}.abcdef012345@example.org",
        in_reply_to=flash.message_id,
        **changes,
    )


def a_person(store: Store, clock: ManualClock, name: str = "desk", **changes: Any) -> int:
    person = replace(a_subscriber(name=name, **changes), id=None, created=None)
    with store.begin() as conn:
        row = subscribers.add_subscriber(conn, person, clock.now()).id
    assert row is not None
    return row


def standing(store: Store, row: int) -> tuple[SubscriberState, str | None]:
    with store.read() as conn:
        (found,) = [item for item in subscribers.list_standings(conn) if item.subscriber.id == row]
    return found.subscriber.state, found.why


async def test_a_tarpit_holds_up_no_other_channel(store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch):
    """A mail server that takes connections and then says nothing, for as long as it likes."""
    monkeypatch.setattr("alertsvc.deliver.sender.LOOK_AGAIN", 0.01)
    with SmtpServer() as server, SlackStub() as stub:
        server.answer("CONNECT", *[HANG] * 50)
        smtp = SmtpSettings(host=server.host, port=server.port, security="none", timeout=60)
        mail = SmtpTransport(MailSettings(sender="a@example.org", smtp=smtp), service="alertsvc", clock=clock)
        slack = SlackTransport(SlackSettings(hosts=(stub.host,)))
        fill(store, *(a_delivery(number, target=f"d{number}@example.org") for number in range(20)))
        fill(store, a_delivery(30, channel=Channel.SLACK, target=stub.webhook("one")))
        sender = a_sender(store, clock, {Channel.EMAIL: mail, Channel.SLACK: slack})
        task = asyncio.create_task(sender.run_once())
        await asyncio.to_thread(stub.wait_for, 1)
        assert await asyncio.to_thread(server.hung.wait, 30)
        fill(store, a_delivery(31, channel=Channel.SLACK, target=stub.webhook("two")))
        await asyncio.to_thread(stub.wait_for, 2)
        assert not task.done()
        server.drop_connections()
        summary = await task
        assert (summary.sent, summary.failed, server.mails) == (2, 0, [])
        assert {row.attempts for row in rows(store).values() if row.channel is Channel.EMAIL} == {0}
        await sender.close()


async def test_a_slow_recipient_holds_up_no_other(store: Store, clock: ManualClock):
    with SmtpServer() as server:
        server.answer("RCPT", HANG)
        smtp = SmtpSettings(host=server.host, port=server.port, security="none", timeout=60)
        mail = SmtpTransport(MailSettings(sender="a@example.org", smtp=smtp), service="alertsvc", clock=clock)
        fill(store, *(a_delivery(number, target=f"d{number}@example.org") for number in range(12)))
        sender = a_sender(store, clock, {Channel.EMAIL: mail})
        task = asyncio.create_task(sender.run_once())
        await asyncio.to_thread(server.wait_for, 11)
        assert not task.done()
        server.drop_connections()
        summary = await task
        assert (summary.sent, summary.retried) == (11, 1)
        await sender.close()


async def test_greylisted_is_taken_when_it_comes_again(store: Store, clock: ManualClock):
    with SmtpServer() as server:
        server.answer("RCPT", "451 4.7.1 greylisted, come again", "451 4.7.1 greylisted, come again")
        smtp = SmtpSettings(host=server.host, port=server.port, security="none")
        mail = SmtpTransport(MailSettings(sender="a@example.org", smtp=smtp), service="alertsvc", clock=clock)
        fill(store, a_delivery())
        sender = a_sender(store, clock, {Channel.EMAIL: mail})
        done = []
        for wait in (0, 60, 300):
            clock.advance(timedelta(seconds=wait))
            summary = await sender.run_once()
            done.append((summary.sent, summary.retried))
        await sender.close()
        assert done == [(0, 1), (0, 1), (1, 0)]
        assert len(server.mails) == 1


async def test_connections_outlast_a_run_and_are_closed_when_idle(store: Store, clock: ManualClock):
    with SmtpServer() as server:
        smtp = SmtpSettings(host=server.host, port=server.port, security="none", idle=60)
        mail = SmtpTransport(MailSettings(sender="a@example.org", smtp=smtp), service="alertsvc", clock=clock)
        sender = a_sender(store, clock, {Channel.EMAIL: mail})
        for number in range(3):
            fill(store, a_delivery(number))
            assert (await sender.run_once()).sent == 1
            clock.advance(timedelta(seconds=2))
        assert (server.connections, server.commands) == (1, [])
        clock.advance(timedelta(seconds=60))
        await sender.run_once()
        assert server.commands == [(1, "QUIT")]
        await sender.close()


async def test_no_such_mailbox_pauses_a_subscription_after_so_many(store: Store, clock: ManualClock):
    row = a_person(store, clock, target="gone@example.org")
    channel = Recorder({f"n{n}": [RecipientError("550 5.1.1 unknown: gone@example.org")] for n in range(3)})
    sender = a_sender(store, clock, {Channel.EMAIL: channel}, pause_after=3)
    for number in range(3):
        fill(store, a_delivery(number, title=f"n{number}", subscriber_id=row, target="gone@example.org"))
        assert standing(store, row)[0] is SubscriberState.ACTIVE
        summary = await sender.run_once()
        assert summary.failed == 1
    state, why = standing(store, row)
    assert state is SubscriberState.PAUSED
    assert why == "paused after 3 refused in a row: 550 5.1.1 unknown: [recipient]"
    assert ("subscriber 1", why, 1) in problem_lines(store)
    assert any("the subscription is paused" in line for line in summary.lines)
    # Nothing more goes out, and who makes it active again gives it as many tries as before.
    fill(store, a_delivery(9, title="later", subscriber_id=row, target="gone@example.org"))
    assert await sender.run_once() == SendSummary()
    with store.read() as conn:
        assert refusals.refusals_of(conn, row) == 0


async def test_one_that_gets_through_begins_the_count_anew(store: Store, clock: ManualClock):
    row = a_person(store, clock)
    titles = ["n0", "n1", "good", "n3", "n4"]
    channel = Recorder({title: [RecipientError("550 5.1.1 unknown")] for title in titles if title != "good"})
    sender = a_sender(store, clock, {Channel.EMAIL: channel}, pause_after=3)
    for number, title in enumerate(titles):
        fill(store, a_delivery(number, title=title, subscriber_id=row))
        await sender.run_once()
    assert standing(store, row)[0] is SubscriberState.ACTIVE
    with store.read() as conn:
        assert refusals.refusals_of(conn, row) == 2
    with store.begin() as conn:
        # Another address is another matter.
        assert refusals.count_refusal(conn, row, "new@example.org") == 1


@pytest.mark.parametrize(
    ("fault", "limit", "state"),
    [
        (RecipientError("404 no_service", gone=True), 3, SubscriberState.PAUSED),
        (RecipientError("404 no_service", gone=True), 0, SubscriberState.ACTIVE),
        (RecipientError("550 5.1.1 unknown"), 0, SubscriberState.ACTIVE),
        (DeliveryError("554 5.7.1 spam", permanent=True), 1, SubscriberState.ACTIVE),
        (DeliveryError("552 5.2.2 mailbox full", permanent=True), 1, SubscriberState.ACTIVE),
    ],
)
async def test_what_counts_against_a_subscription(
    store: Store, clock: ManualClock, fault: DeliveryError, limit: int, state: SubscriberState
):
    row = a_person(store, clock)
    fill(store, a_delivery(title="n", subscriber_id=row))
    sender = a_sender(store, clock, {Channel.EMAIL: Recorder({"n": [fault]})}, pause_after=limit)
    assert (await sender.run_once()).failed == 1
    assert standing(store, row)[0] is state


async def test_an_update_waits_for_the_flash_that_it_answers(store: Store, clock: ManualClock):
    flash = a_delivery(1, title="flash")
    channel = Recorder({"flash": [DeliveryError("greylisted")]})
    sender = a_sender(store, clock, {Channel.EMAIL: channel})
    fill(store, flash, an_update_of(flash))
    assert (await sender.run_once()).retried == 1
    assert channel.tried == ["flash"]
    clock.advance(timedelta(minutes=1))
    assert (await sender.run_once()).sent == 2
    assert [title for _, title in channel.sent] == ["flash", f"update 2 of {flash.key.split(':')[1]}"]


@pytest.mark.parametrize("end", ["failed", "expired"])
async def test_an_update_goes_alone_where_its_flash_never_will(store: Store, clock: ManualClock, end: str):
    faults = {"flash": [DeliveryError("no", permanent=True) if end == "failed" else DeliveryError("later")]}
    flash = a_delivery(1, title="flash")
    fill(store, flash, an_update_of(flash, expires=clock.now() + timedelta(hours=9)))
    channel = Recorder(faults)
    sender = a_sender(store, clock, {Channel.EMAIL: channel})
    await sender.run_once()
    clock.advance(timedelta(hours=7))
    await sender.run_once()
    assert [title[:6] for _, title in channel.sent] == ["update"]


async def test_updates_and_corrections_join_the_thread_in_slack(store: Store, clock: ManualClock):
    with SlackStub() as stub:
        settings = SlackSettings(hosts=(stub.host,), token=TOKEN, api_url=stub.api_url)
        way = {"channel": Channel.SLACK, "target": CHANNEL}
        flash, other = a_delivery(1, **way), a_delivery(2, **way)
        fill(store, flash, an_update_of(flash, 2), an_update_of(flash, 3, correction={"text": "Corrected"}), other)
        with store.read() as conn:
            assert receipts.receipt_of(conn, flash.message_id) is None

        async def rest(seconds: float) -> None:
            clock.advance(timedelta(seconds=seconds))

        # A process that starts anew between the messages finds the thread again.
        for _ in range(3):
            sender = Sender(
                store, {Channel.SLACK: SlackTransport(settings)}, render, clock, DeliverSettings(), "w", sleep=rest
            )
            await sender.run_once()
            await sender.close()
        assert {row.state for row in rows(store).values()} == {DeliveryState.SENT}
        posted = {item.payload["text"]: item.payload for item in stub.api_posts}
        assert len(posted) == len(stub.api_posts) == 4
        root = next(text for text in posted if text == flash.briefing.facts["title"])
        with store.read() as conn:
            receipt = receipts.receipt_of(conn, flash.message_id)
        assert receipt is not None
        for text, payload in posted.items():
            if text.startswith("update"):
                assert payload["thread_ts"] == receipt["ts"]
                assert payload["reply_broadcast"] is ("3" in text[:9])
            else:
                assert "thread_ts" not in payload
        assert root


async def test_a_bad_token_concerns_no_webhook(store: Store, clock: ManualClock):
    with SlackStub() as stub:
        settings = SlackSettings(hosts=(stub.host,), token="xoxb-wrong", api_url=stub.api_url)
        sender = a_sender(store, clock, {Channel.SLACK: SlackTransport(settings)})
        fill(store, a_delivery(1, channel=Channel.SLACK, target=CHANNEL))
        fill(store, a_delivery(2, channel=Channel.SLACK, target=stub.webhook()))
        summary = await sender.run_once()
        await sender.close()
    assert (summary.sent, summary.retried) == (1, 1)
    with store.read() as conn:
        told = [found.message for found in problems.list_problems(conn)]
    assert all("xoxb" not in line for line in [*told, *summary.lines])


async def test_a_fault_of_the_set_up_is_told_to_the_operator(store: Store, clock: ManualClock):
    channel = Recorder({"n": [SetupError("slack.token is not set")]})
    fill(store, a_delivery(title="n"))
    assert (await a_sender(store, clock, {Channel.EMAIL: channel}).run_once()).retried == 1
    assert problem_lines(store) == [("email", "slack.token is not set", 1)]


async def test_connections_that_break_for_two_recipients_rest_the_channel(store: Store, clock: ManualClock):
    faults = {f"n{number}": [LostConnectionError("the connection broke")] for number in range(3)}
    channel = Recorder(faults)
    sender = a_sender(store, clock, {Channel.EMAIL: channel}, concurrency=1)
    fill(store, *(a_delivery(number, title=f"n{number}", target=f"d{number}@example.org") for number in range(6)))
    summary = await sender.run_once()
    assert channel.tried == ["n0", "n1"]
    assert (summary.sent, summary.retried) == (0, 6)
    # Those that met it wait for themselves too; the others only for the channel.
    assert [row.attempts for _, row in sorted(rows(store).items())] == [1, 1, 0, 0, 0, 0]
    clock.advance(timedelta(seconds=30))
    assert (await sender.run_once()).sent == 3


async def test_one_that_always_breaks_the_connection_stops_no_other(store: Store, clock: ManualClock):
    channel = Recorder({"bad": [LostConnectionError("the connection broke")] * 9})
    sender = a_sender(store, clock, {Channel.EMAIL: channel}, concurrency=1)
    for number in range(5):
        fill(store, a_delivery(10 + number, title="bad" if not number else f"n{number}", target=f"d{number}@a.example"))
        await sender.run_once()
        clock.advance(timedelta(minutes=6))
    assert len(channel.sent) == 4


async def test_a_resting_channel_is_not_even_claimed_for_and_files_go_on(store: Store, clock: ManualClock):
    mail, files = Recorder({"n": [ChannelError("no login")]}), Recorder()
    transports: dict[Channel, Transport] = {Channel.EMAIL: mail, Channel.FILE: files}
    sender = a_sender(store, clock, transports)
    fill(store, a_delivery(1, title="n"))
    assert (await sender.run_once()).retried == 1
    fill(store, a_delivery(2, title="more"), a_delivery(3, title="invented", demonstration=True))
    assert (await sender.run_once()).sent == 1
    assert [title for _, title in files.sent] == ["invented"]
    with store.begin() as conn:
        claimed = outbox.claim_due(conn, worker="x", now=clock.now(), lease=9, limit=9, without=[Channel.FILE])
    assert [item.briefing.facts["title"] for item in claimed] == ["more"]


async def test_turns_are_waited_for_without_a_place_taken(store: Store, clock: ManualClock):
    channel = Recorder()
    slept: list[float] = []

    async def rest(seconds: float) -> None:
        slept.append(seconds)
        clock.advance(timedelta(seconds=seconds))

    def paced(delivery: Delivery) -> dict[Any, Rate]:
        return {"slow": Rate(1.0)} if delivery.target.endswith("slow.example") else {}

    channel.rates = paced  # type: ignore[method-assign]
    fill(store, *(a_delivery(number, title=f"s{number}", target=f"{number}@slow.example") for number in range(3)))
    fill(store, *(a_delivery(10 + number, title=f"q{number}", target=f"{number}@quick.example") for number in range(3)))
    sender = Sender(store, {Channel.EMAIL: channel}, render, clock, DeliverSettings(concurrency=1), "w", sleep=rest)
    assert (await sender.run_once()).sent == 6
    assert slept
    assert [title for _, title in channel.sent if title[0] == "s"] == ["s0", "s1", "s2"]


async def test_what_would_wait_too_long_is_put_off_and_no_attempt_counted(store: Store, clock: ManualClock):
    channel = Recorder()
    channel.pace = {"slow": Rate(1 / 60)}
    sender = a_sender(store, clock, {Channel.EMAIL: channel})
    fill(store, *(a_delivery(number, title=f"n{number}", target=f"{number}@slow.example") for number in range(3)))
    done = []
    for _ in range(3):
        summary = await sender.run_once()
        done.append((summary.sent, summary.retried))
        clock.advance(timedelta(seconds=60))
    assert done == [(1, 2), (1, 1), (1, 0)]
    assert {row.attempts for row in rows(store).values()} == {1}


async def test_a_stopped_sender_waits_for_no_turn(store: Store, clock: ManualClock):
    channel = Recorder()
    channel.pace = {"slow": Rate(1 / 20)}
    asleep = asyncio.Event()

    async def rest(seconds: float) -> None:
        asleep.set()
        await asyncio.Event().wait()

    sender = Sender(store, {Channel.EMAIL: channel}, render, clock, DeliverSettings(), "w", sleep=rest)
    fill(store, *(a_delivery(number, title=f"n{number}", target=f"{number}@slow.example") for number in range(2)))
    task = asyncio.create_task(sender.run_once())
    await asleep.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(row.attempts for row in rows(store).values())[0] == 0


async def test_what_leaves_together_is_written_down_together(store: Store, clock: ManualClock, monkeypatch: Any):
    marked: list[int] = []
    real = outbox.mark_all_sent

    def counting(conn: Any, ids: Any, *rest: Any) -> set[int]:
        marked.append(len(ids))
        return real(conn, ids, *rest)

    monkeypatch.setattr(outbox, "mark_all_sent", counting)
    fill(store, *(a_delivery(number, title=f"n{number}", target=f"{number}@a.example") for number in range(60)))
    sender = a_sender(store, clock, {Channel.EMAIL: Recorder()}, concurrency=20)
    assert (await sender.run_once()).sent == 60
    assert sum(marked) == 60
    assert len(marked) < 30


async def test_a_slack_that_is_down_counts_no_attempt_and_stops_no_other(store: Store, clock: ManualClock):
    with SlackStub() as gone:
        dead = gone.webhook("dead")
    with SlackStub() as stub:
        hosts = (stub.host, gone.host)
        sender = a_sender(store, clock, {Channel.SLACK: SlackTransport(SlackSettings(hosts=hosts))})
        fill(
            store, *(a_delivery(number, title=f"d{number}", channel=Channel.SLACK, target=dead) for number in range(3))
        )
        fill(store, a_delivery(9, title="well", channel=Channel.SLACK, target=stub.webhook()))
        summary = await sender.run_once()
        assert (summary.sent, summary.retried, summary.failed) == (1, 3, 0)
        # The first was tried and the others were spared it; after a rest, one is tried again.
        for wait in (30, 60, 120, 300, 300):
            assert {row.attempts for title, row in rows(store).items() if title != "well"} == {0}
            clock.advance(timedelta(seconds=wait - 1))
            assert await sender.run_once() == SendSummary()
            clock.advance(timedelta(seconds=1))
            assert (await sender.run_once()).retried == 3
        await sender.close()
    assert any("Slack cannot be reached" in message for _, message, _ in problem_lines(store))
