"""The outbox emptied: what is due leaves once, whatever fails on the way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Hashable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from alertsvc.clock import ManualClock
from alertsvc.deliver.errors import ChannelError
from alertsvc.deliver.pace import Rate
from alertsvc.deliver.sender import LANE_LIMIT, Sender, SendSummary, back_off
from alertsvc.deliver.transport import Receipt, Transport
from alertsvc.domain import Briefing, Channel, Delivery, DeliveryState
from alertsvc.errors import DeliveryError, StoreError
from alertsvc.settings import DeliverSettings
from alertsvc.store import Store, outbox, problems
from alertsvc.store.letters import Letter
from tests.deliver.support import a_delivery, render


class Recorder:
    """A channel that keeps what it is given and does what a test lays down."""

    def __init__(self, faults: Mapping[str, Sequence[Exception]] | None = None) -> None:
        self.faults = {title: list(raised) for title, raised in (faults or {}).items()}
        self.sent: list[tuple[str, str]] = []
        self.tried: list[str] = []
        self.under_way = 0
        self.most = 0
        self.closed = 0
        self.tidied = 0
        self.pace: dict[Hashable, Rate] = {}
        self.threads: list[Receipt | None] = []
        self.gate: asyncio.Event | None = None
        self.begun = asyncio.Event()
        self.news = asyncio.Condition()

    def rates(self, delivery: Delivery) -> Mapping[Hashable, Rate]:
        return self.pace

    def letter(self, delivery: Delivery, rendered: Any) -> None:
        return None

    async def send(
        self, delivery: Delivery, rendered: Any, thread: Receipt | None = None, letter: Letter | None = None
    ) -> Receipt:
        self.tried.append(rendered.subject)
        self.threads.append(thread)
        self.begun.set()
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await asyncio.sleep(0)
            if self.gate is not None:
                await self.gate.wait()
            faults = self.faults.get(rendered.subject)
            if faults:
                raise faults.pop(0)
            self.sent.append((delivery.target, rendered.subject))
            async with self.news:
                self.news.notify_all()
            return {"ts": f"{len(self.sent)}", "reply": "250 taken"}
        finally:
            self.under_way -= 1

    def trace(self, delivery: Delivery) -> str:
        return f"taken as {delivery.key}"

    async def tidy(self) -> None:
        self.tidied += 1

    async def close(self) -> None:
        self.closed += 1

    async def until(self, count: int) -> None:
        """Wait until so many were sent."""
        async with self.news:
            await asyncio.wait_for(self.news.wait_for(lambda: len(self.sent) >= count), 30)


def a_sender(
    store: Store, clock: ManualClock, transports: Mapping[Channel, Transport], worker: str = "one", **settings: Any
) -> Sender:
    return Sender(store, transports, render, clock, DeliverSettings(**settings), worker)


def fill(store: Store, *deliveries: Delivery) -> None:
    with store.begin() as conn:
        for delivery in deliveries:
            assert outbox.enqueue(conn, delivery)


def rows(store: Store) -> dict[str, Delivery]:
    with store.read() as conn:
        return {row.briefing.facts["title"]: row for row in outbox.list_deliveries(conn, limit=1000)}


def problem_lines(store: Store) -> list[tuple[str, str, int]]:
    with store.read() as conn:
        return [(found.subject, found.message, found.count) for found in problems.list_problems(conn)]


async def test_everything_due_is_sent_once(store, clock):
    channel = Recorder()
    sender = a_sender(store, clock, {Channel.EMAIL: channel})
    fill(store, *(a_delivery(number, title=f"n{number}") for number in range(120)))
    summary = await sender.run_once()
    assert (summary.sent, summary.retried, summary.failed) == (120, 0, 0)
    assert sorted(title for _, title in channel.sent) == sorted(f"n{number}" for number in range(120))
    assert (channel.tidied, channel.closed) == (1, 0)
    assert {row.state for row in rows(store).values()} == {DeliveryState.SENT}
    assert {row.sent for row in rows(store).values()} == {clock.now()}
    assert await sender.run_once() == SendSummary()


async def test_one_recipient_in_order_several_side_by_side(store, clock):
    channel = Recorder()
    fill(
        store,
        *(a_delivery(number, title=f"n{number:02}", target=f"d{number % 6}@example.org") for number in range(30)),
    )
    await a_sender(store, clock, {Channel.EMAIL: channel}, concurrency=3).run_once()
    assert channel.most == 3
    for desk in range(6):
        titles = [title for target, title in channel.sent if target == f"d{desk}@example.org"]
        assert titles == sorted(titles)
        assert len(titles) == 5


async def test_demonstration_goes_to_files_whatever_the_row_says(store, clock):
    mail, slack, files = Recorder(), Recorder(), Recorder()
    fill(
        store,
        a_delivery(1, title="mail", demonstration=True),
        a_delivery(2, title="slack", demonstration=True, channel=Channel.SLACK),
        a_delivery(3, title="real"),
    )
    await a_sender(store, clock, {Channel.EMAIL: mail, Channel.SLACK: slack, Channel.FILE: files}).run_once()
    assert [title for _, title in mail.sent] == ["real"]
    assert slack.tried == []
    assert sorted(title for _, title in files.sent) == ["mail", "slack"]


async def test_tries_come_further_and_further_apart(store, clock):
    channel = Recorder({"late": [DeliveryError("busy")] * 6})
    sender = a_sender(store, clock, {Channel.EMAIL: channel})
    fill(store, a_delivery(title="late", expires=clock.now() + timedelta(days=1)))
    for minutes in (1, 5, 15, 30, 60, 60):
        summary = await sender.run_once()
        assert (summary.retried, summary.sent) == (1, 0)
        assert rows(store)["late"].error == "busy"
        clock.advance(timedelta(minutes=minutes) - timedelta(seconds=1))
        assert await sender.run_once() == SendSummary()
        clock.advance(timedelta(seconds=1))
    assert (await sender.run_once()).sent == 1
    assert rows(store)["late"].error is None
    assert [back_off(attempts) for attempts in (0, 1, 5, 99)] == [60.0, 60.0, 3600.0, 3600.0]


async def test_pause_that_a_recipient_asks_for_holds_all_of_its_messages(store, clock):
    channel = Recorder({"n1": [DeliveryError("slow down", retry_after=7.0)]})
    sender = a_sender(store, clock, {Channel.SLACK: channel})
    hook = {"channel": Channel.SLACK, "target": "https://hooks.slack.com/hush"}
    fill(store, a_delivery(1, title="n1", **hook), a_delivery(2, title="n2", **hook))
    fill(store, a_delivery(3, title="other", channel=Channel.SLACK, target="https://hooks.slack.com/other"))
    summary = await sender.run_once()
    assert (summary.sent, summary.retried) == (1, 2)
    assert sorted(channel.tried) == ["n1", "other"]
    clock.advance(timedelta(seconds=6))
    assert await sender.run_once() == SendSummary()
    clock.advance(timedelta(seconds=1))
    assert (await sender.run_once()).sent == 2
    assert channel.tried[-2:] == ["n1", "n2"]


async def test_refused_for_good(store, clock):
    channel = Recorder({"bad": [DeliveryError("no such user: Desk@example.org", permanent=True)]})
    fill(store, a_delivery(1, title="bad"), a_delivery(2, title="good"))
    summary = await a_sender(store, clock, {Channel.EMAIL: channel}).run_once()
    assert (summary.sent, summary.failed) == (1, 1)
    found = rows(store)["bad"]
    assert (found.state, found.error) == (DeliveryState.FAILED, "no such user: [recipient]")
    assert problem_lines(store) == [("subscriber 3", "no such user: [recipient]", 1)]
    assert not any("example.org" in line for line in summary.lines)


async def test_expired_is_not_sent(store, clock):
    channel = Recorder()
    fill(store, a_delivery(title="old", expires=clock.now() + timedelta(hours=6)))
    clock.advance(timedelta(hours=6))
    assert await a_sender(store, clock, {Channel.EMAIL: channel}).run_once() == SendSummary()
    assert channel.tried == []
    assert rows(store)["old"].state is DeliveryState.FAILED


async def test_briefing_that_cannot_be_rendered_stops_no_other(store, clock):
    channel = Recorder()
    broken = a_delivery(1)
    fill(store, broken, a_delivery(2, title="good"))

    def picky(briefing: Briefing) -> Any:
        if briefing.facts["title"] != "good":
            raise KeyError("subject\nof the briefing")
        return render(briefing)

    sender = Sender(store, {Channel.EMAIL: channel}, picky, clock, DeliverSettings(), "one")
    summary = await sender.run_once()
    assert (summary.sent, summary.failed) == (1, 1)
    ((subject, message, _),) = problem_lines(store)
    assert subject == broken.key
    assert message.startswith("the briefing cannot be rendered: KeyError:")
    assert "\n" not in message


async def test_broken_channel_is_tried_once_and_recorded_and_mends(store, clock):
    channel = Recorder({f"n{number}": [ChannelError("login refused")] * 2 for number in range(20)})
    sender = a_sender(store, clock, {Channel.EMAIL: channel}, concurrency=1)
    fill(store, *(a_delivery(number, title=f"n{number}", target=f"d{number}@example.org") for number in range(20)))
    summary = await sender.run_once()
    assert (summary.sent, summary.retried) == (0, 20)
    assert len(channel.tried) == 1
    assert problem_lines(store) == [("email", "login refused", 1)]
    # Not one attempt is counted, and until the channel has rested nothing is even claimed.
    assert {row.attempts for row in rows(store).values()} == {0}
    clock.advance(timedelta(seconds=29))
    assert await sender.run_once() == SendSummary()
    clock.advance(timedelta(seconds=1))
    assert (await sender.run_once()).retried == 20
    assert len(channel.tried) == 2
    channel.faults.clear()
    clock.advance(timedelta(seconds=59))
    assert await sender.run_once() == SendSummary()
    clock.advance(timedelta(seconds=1))
    assert (await sender.run_once()).sent == 20
    assert problem_lines(store) == []


async def test_nothing_set_up_for_a_channel(store, clock):
    fill(store, a_delivery(title="n", channel=Channel.SLACK))
    summary = await a_sender(store, clock, {Channel.EMAIL: Recorder()}).run_once()
    assert summary.retried == 1
    assert problem_lines(store) == [("slack", "nothing is set up to send by slack", 1)]


async def test_surprise_in_a_channel_is_told_without_its_words(store, clock):
    channel = Recorder({"n": [RuntimeError("token hush")]})
    fill(store, a_delivery(title="n"))
    summary = await a_sender(store, clock, {Channel.EMAIL: channel}).run_once()
    assert summary.retried == 1
    assert rows(store)["n"].error == "unexpected RuntimeError while sending by email"


async def test_dead_channel_holds_up_no_other_not_even_what_comes_later(store, clock, monkeypatch):
    monkeypatch.setattr("alertsvc.deliver.sender.LOOK_AGAIN", 0.01)
    dead, mail = Recorder(), Recorder()
    dead.gate = asyncio.Event()
    fill(store, a_delivery(1, title="stuck", channel=Channel.SLACK), a_delivery(2, title="first"))
    sender = a_sender(store, clock, {Channel.SLACK: dead, Channel.EMAIL: mail})
    task = asyncio.create_task(sender.run_once())
    await dead.begun.wait()
    fill(store, a_delivery(3, title="second"))
    await mail.until(2)
    assert not task.done()
    dead.gate.set()
    assert (await task).sent == 3


async def test_flood_for_one_channel_leaves_room_for_another(store, clock, monkeypatch):
    monkeypatch.setattr("alertsvc.deliver.sender.LOOK_AGAIN", 0.01)
    dead, mail = Recorder(), Recorder()
    dead.gate = asyncio.Event()
    fill(store, *(a_delivery(n, title=f"s{n}", channel=Channel.SLACK) for n in range(LANE_LIMIT + 60)))
    fill(store, a_delivery(9999, title="mail"))
    task = asyncio.create_task(a_sender(store, clock, {Channel.SLACK: dead, Channel.EMAIL: mail}).run_once())
    await mail.until(1)
    dead.gate.set()
    summary = await task
    assert LANE_LIMIT < summary.sent < LANE_LIMIT + 60
    clock.advance(timedelta(minutes=1))
    again = await a_sender(store, clock, {Channel.SLACK: dead}).run_once()
    assert summary.sent + again.sent == LANE_LIMIT + 61


async def test_what_waited_too_long_is_given_back_not_sent(store, clock):
    channel = Recorder()
    channel.gate = asyncio.Event()
    fill(store, a_delivery(1, title="a"), a_delivery(2, title="b"))
    task = asyncio.create_task(a_sender(store, clock, {Channel.EMAIL: channel}, lease=100.0).run_once())
    await channel.begun.wait()
    clock.advance(timedelta(seconds=60))
    channel.gate.set()
    summary = await task
    # "b" was given back when its turn came too late, claimed anew, and sent under the new claim.
    assert summary.sent == 2
    assert rows(store)["b"].attempts == 1


async def test_send_is_cut_off_before_its_lease_ends(store, clock):
    channel = Recorder()
    channel.gate = asyncio.Event()
    fill(store, a_delivery(title="slow"))
    summary = await a_sender(store, clock, {Channel.EMAIL: channel}, lease=0.2).run_once()
    assert (summary.sent, summary.retried) == (0, 1)
    assert rows(store)["slow"].error == "it took too long to hand over"


async def test_sent_counts_only_while_the_row_is_ours(store, clock):
    first, second = Recorder(), Recorder()
    first.gate = asyncio.Event()
    fill(store, a_delivery(title="n"))
    task = asyncio.create_task(a_sender(store, clock, {Channel.EMAIL: first}, "one").run_once())
    await first.begun.wait()
    clock.advance(timedelta(seconds=121))
    await a_sender(store, clock, {Channel.EMAIL: second}, "two").run_once()
    taken_over = clock.now()
    clock.advance(timedelta(seconds=5))
    first.gate.set()
    summary = await task
    assert any("no longer ours" in line for line in summary.lines)
    assert rows(store)["n"].sent == taken_over


async def test_stopped_sender_ends_what_it_began_and_gives_back_the_rest(store, clock):
    channel = Recorder()
    channel.gate = asyncio.Event()
    fill(store, *(a_delivery(number, title=f"n{number}") for number in range(5)))
    task = asyncio.create_task(a_sender(store, clock, {Channel.EMAIL: channel}).run_once())
    await channel.begun.wait()
    task.cancel()
    await asyncio.sleep(0)
    channel.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert channel.tried == ["n0"]
    assert channel.tidied == 1
    assert rows(store)["n0"].state is DeliveryState.SENT
    assert {rows(store)[f"n{number}"].attempts for number in range(1, 5)} == {0}
    other = Recorder()
    assert (await a_sender(store, clock, {Channel.EMAIL: other}, "two").run_once()).sent == 4


async def test_stopped_sender_waits_for_nobody_for_ever(store, clock, monkeypatch):
    monkeypatch.setattr("alertsvc.deliver.sender.GRACE", 0.05)
    channel = Recorder()
    channel.gate = asyncio.Event()
    fill(store, a_delivery(title="stuck"))
    task = asyncio.create_task(a_sender(store, clock, {Channel.EMAIL: channel}).run_once())
    await channel.begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert channel.under_way == 0
    other = Recorder()
    assert (await a_sender(store, clock, {Channel.EMAIL: other}, "two").run_once()).sent == 1


async def test_stopped_while_claiming_keeps_nothing(store, clock, monkeypatch):
    claiming, gate = threading.Event(), threading.Event()
    real = outbox.claim_due

    def slow(*args: Any, **options: Any) -> list[Delivery]:
        claiming.set()
        assert gate.wait(30)
        return real(*args, **options)

    fill(store, a_delivery(title="n"))
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "claim_due", slow)
        task = asyncio.create_task(a_sender(store, clock, {Channel.EMAIL: Recorder()}).run_once())
        assert await asyncio.to_thread(claiming.wait, 30)
        task.cancel()
        done, _ = await asyncio.wait({task}, timeout=0.2)
        assert not done
        gate.set()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert rows(store)["n"].attempts == 0
    assert (await a_sender(store, clock, {Channel.EMAIL: Recorder()}, "two").run_once()).sent == 1


async def test_two_senders_never_send_the_same(store, clock):
    channel = Recorder()
    fill(
        store,
        *(a_delivery(number, title=f"n{number}", target=f"d{number % 7}@example.org") for number in range(200)),
    )
    senders = [a_sender(store, clock, {Channel.EMAIL: channel}, name) for name in ("one", "two", "three")]
    summaries = await asyncio.gather(*(sender.run_once() for sender in senders))
    assert sum(summary.sent for summary in summaries) == 200
    assert len(channel.sent) == len(set(channel.sent)) == 200


async def test_same_facts_are_rendered_once(store, clock):
    rendered = []

    def counting(briefing: Briefing) -> Any:
        rendered.append(briefing)
        return render(briefing)

    fill(store, *(a_delivery(number, title="same", target=f"d{number}@example.org") for number in range(10)))
    channel = Recorder()
    summary = await Sender(store, {Channel.EMAIL: channel}, counting, clock, DeliverSettings(), "one").run_once()
    assert summary.sent == 10
    assert len(rendered) == 1


async def test_database_that_fails_at_the_mark_leaves_the_row_to_its_lease(store, clock, monkeypatch):
    channel = Recorder()
    fill(store, a_delivery(title="n"))
    real = outbox.mark_all_sent
    with monkeypatch.context() as patch:

        def broken(*_: Any) -> bool:
            raise StoreError("disk full")

        patch.setattr(outbox, "mark_all_sent", broken)
        summary = await a_sender(store, clock, {Channel.EMAIL: channel}).run_once()
    assert outbox.mark_all_sent is real
    assert summary.sent == 0
    assert any("disk full" in line for line in summary.lines)
    clock.advance(timedelta(seconds=121))
    assert (await a_sender(store, clock, {Channel.EMAIL: channel}).run_once()).sent == 1
    assert channel.sent[0] == channel.sent[1]
