"""Emptying the outbox: claim, render, hand to the channel, write down what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from alertsvc.deliver.editions import Editions
from alertsvc.deliver.errors import (
    BarredError,
    ChannelError,
    LostConnectionError,
    RecipientError,
    SenderError,
    SetupError,
    UnreachableError,
)
from alertsvc.deliver.lane import Claimed, Lane
from alertsvc.deliver.ledger import Ledger
from alertsvc.deliver.letters import Letters, Unwritten
from alertsvc.deliver.pace import Pace
from alertsvc.deliver.pauses import Pauses
from alertsvc.deliver.text import one_line, without, without_addresses
from alertsvc.domain import Channel
from alertsvc.errors import DeliveryError, StoreError

if TYPE_CHECKING:
    from alertsvc.brief.render import Rendered
    from alertsvc.clock import Clock
    from alertsvc.deliver.transport import Receipt, Transport
    from alertsvc.domain import Briefing, Delivery
    from alertsvc.settings import DeliverSettings
    from alertsvc.store import Store
    from alertsvc.store.letters import Letter

__all__ = ["SendSummary", "Sender", "back_off"]

BATCH = 50
LANE_LIMIT = 200  # deliveries of one channel in hand; more are left to other workers, or for later
LANE_FULL_WAIT = 30.0
LOOK_AGAIN = 1.0  # seconds after which new deliveries are looked for while slow ones are under way
GRACE = 5.0  # seconds that what is under way gets to end when the sender is stopped
ERROR_LIMIT = 400
BARRED_WAIT = 900.0  # longer than a channel rests, so that others have their turn, and soon enough once it is mended
BACK_OFF = (60.0, 300.0, 900.0, 1800.0, 3600.0)


def back_off(attempts: int) -> float:
    """Return the seconds to wait after so many tries: 1, 5, 15, 30 and then always 60 minutes."""
    return BACK_OFF[min(max(attempts, 1), len(BACK_OFF)) - 1]


@dataclass(frozen=True, slots=True)
class SendSummary:
    """What one run did, and a line for each delivery without any address in it."""

    sent: int = 0
    retried: int = 0
    failed: int = 0
    lines: tuple[str, ...] = ()


@dataclass(slots=True)
class _Run:
    lanes: dict[Channel, Lane] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    sent: int = 0
    retried: int = 0
    failed: int = 0

    @property
    def tasks(self) -> set[asyncio.Task[None]]:
        return {task for lane in self.lanes.values() for task in lane.tasks}

    def summary(self) -> SendSummary:
        return SendSummary(self.sent, self.retried, self.failed, tuple(self.lines))


def _way(delivery: Delivery) -> Channel:
    # Invented events never leave the machine, whatever channel the row names.
    return Channel.FILE if delivery.briefing.demonstration else delivery.channel


class Sender:
    """Sends what is due in the outbox. Any number may work on one store, each under a worker name of its own.

    Connections stay open from one run to the next until `close`. What a channel's failures came to is remembered
    too: it rests longer and longer, and meanwhile its deliveries are left alone and no attempt of them is counted.
    """

    def __init__(
        self,
        store: Store,
        transports: Mapping[Channel, Transport],
        render: Callable[[Briefing], Rendered],
        clock: Clock,
        settings: DeliverSettings,
        worker: str,
        *,
        pace: Pace | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Put the parts together.

        Args:
            transports: one for each channel; `Channel.FILE` also takes every demonstration.
            render: makes text of a briefing's facts; asked once for each edition, see `alertsvc.deliver.editions`.
            worker: the name under which rows are claimed.
            pace: keeps to the rates, shared with whoever else sends by the same transports.
            sleep: waits for so many seconds, where messages must not follow one another faster.
        """
        self._transports = dict(transports)
        self._editions = Editions(store, render, clock)
        self._letters = Letters(store, clock)
        self._clock = clock
        self._settings = settings
        self._sleep = sleep
        self._ledger = Ledger(store, clock, worker=worker, lease=settings.lease)
        self._pauses = Pauses()
        self._pace = pace or Pace()

    async def run_once(self) -> SendSummary:
        """Send until nothing is due any more that can leave.

        Cancelled, it lets what is under way end within a few seconds and gives the rest back.

        Raises:
            StoreError: nothing could be claimed; what had been is finished first.
        """
        run = _Run()
        try:
            await self._empty(run)
        except BaseException:
            for lane in run.lanes.values():
                lane.stop()
            await self._wind_up(run, GRACE)
            with suppress(StoreError):  # what cannot be given back comes free when its lease runs out
                await self._ledger.release()
            raise
        finally:
            await self._each(lambda transport: transport.tidy())
        return run.summary()

    async def close(self) -> None:
        """End every connection that was kept."""
        await self._each(lambda transport: transport.close())

    async def _each(self, end: Callable[[Transport], Awaitable[None]]) -> None:
        # Everything was sent or noted; a bad farewell changes nothing.
        await asyncio.gather(*(end(transport) for transport in set(self._transports.values())), return_exceptions=True)

    async def _empty(self, run: _Run) -> None:
        while True:
            until = self._clock.now() + timedelta(seconds=self._settings.lease)
            batch = await self._ledger.claim(BATCH, self._pauses.blocked(self._clock.now()))
            await self._editions.prepare(batch)
            await self._letters.prepare(self._to_write(batch))
            for delivery in batch:
                await self._take_in(run, Claimed(delivery, until))
            if len(batch) == BATCH:
                continue
            tasks = run.tasks
            if not tasks:
                return
            done, _ = await asyncio.wait(tasks, timeout=LOOK_AGAIN)
            for lane in run.lanes.values():
                lane.tasks -= done
            for task in done:
                task.result()

    def _to_write(self, batch: Iterable[Delivery]) -> Iterator[Unwritten]:
        for delivery in batch:
            transport = self._transports.get(_way(delivery))
            rendered = self._editions.at_hand(delivery)
            if transport is not None and rendered is not None:
                yield Unwritten(delivery, rendered, transport)

    async def _take_in(self, run: _Run, claimed: Claimed) -> None:
        channel = _way(claimed.delivery)
        lane = run.lanes.get(channel)
        if lane is None:

            async def handle(lane: Lane, claimed: Claimed, ready: bool) -> None:
                await self._handle(run, lane, claimed, ready)

            lane = run.lanes[channel] = Lane(channel, self._settings.concurrency, self._turn, handle, self._sleep)
        if lane.waiting >= LANE_LIMIT:
            await self._ledger.put_off(claimed.delivery, LANE_FULL_WAIT, "waiting: too many before it", counted=False)
        else:
            lane.put(claimed)

    def _turn(self, lane: Lane, claimed: Claimed) -> float | None:
        """Take a turn for a delivery; None where it would come too late for its claim."""
        transport = self._transports.get(lane.channel)
        now = self._clock.now()
        if transport is None or self._pauses.resting(lane.channel, now) is not None:
            return 0.0
        rates = transport.rates(claimed.delivery)
        if self._pace.wait(rates, now) > self._settings.lease / 4:
            return None
        return self._pace.take(rates, now)

    async def _handle(self, run: _Run, lane: Lane, claimed: Claimed, ready: bool) -> None:
        delivery = claimed.delivery
        try:
            if not await self._waits(run, lane, claimed, ready):
                await self._attempt(run, lane, claimed)
        except StoreError as error:
            # The lease runs out by itself and the delivery comes back, with the same bytes if it had left already.
            run.lines.append(f"{delivery.key}: the outbox could not be written: {error}")

    async def _waits(self, run: _Run, lane: Lane, claimed: Claimed, ready: bool) -> bool:
        """Put a delivery back that cannot be tried now, no attempt counted; False where it can be."""
        delivery = claimed.delivery
        now = self._clock.now()
        resting = self._pauses.resting(lane.channel, now)
        if resting is not None:
            await self._ledger.release(delivery)
            run.retried += 1
            run.lines.append(f"{delivery.key}: waits for {lane.channel}: {resting[1]}")
            return True
        if (claimed.until - now).total_seconds() < self._settings.lease / 2:
            await self._ledger.release(delivery)
            return True
        held = self._pauses.held(lane.channel, delivery.target, now)
        if held is not None:
            seconds = (held - now).total_seconds()
            await self._again(run, delivery, seconds, "waiting: the recipient is left alone for now", counted=False)
            return True
        if not ready:
            seconds = self._pace.wait(self._transports[lane.channel].rates(delivery), now)
            await self._again(run, delivery, seconds, "waiting: the rate that is set is used up", counted=False)
            return True
        return False

    async def _attempt(self, run: _Run, lane: Lane, claimed: Claimed) -> None:
        delivery = claimed.delivery
        waited = self._settings.lease - (claimed.until - self._clock.now()).total_seconds()
        if waited > LOOK_AGAIN and not await self._ledger.holds(delivery):
            run.lines.append(f"{delivery.key}: cancelled while it waited")
            return
        try:
            rendered = await self._editions.of(delivery)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a template may raise stops this briefing and no other
            said = one_line(f"the briefing cannot be rendered: {type(error).__name__}: {error}", ERROR_LIMIT)
            await self._give_up(run, delivery, said, delivery.key)
            return
        thread = None
        if lane.channel is Channel.SLACK and delivery.in_reply_to is not None:
            thread = await self._ledger.receipt_of(delivery.in_reply_to)
        transport = self._transports.get(lane.channel)
        letter = None if transport is None else await self._letters.of(Unwritten(delivery, rendered, transport))
        left = (claimed.until - self._clock.now()).total_seconds()
        done = await self._send(lane.channel, delivery, rendered, thread, letter, left * 0.9)
        if isinstance(done, DeliveryError):
            await self._failed(run, lane, delivery, done)
            return
        self._pauses.passed(lane.channel, delivery.target)
        ours = await self._ledger.sent(delivery, lane.channel, done)
        run.sent += 1
        where = self._transports[lane.channel].trace(delivery)
        run.lines.append(f"{delivery.key}: {where}" + ("" if ours else ", but no longer ours"))

    async def _failed(self, run: _Run, lane: Lane, delivery: Delivery, fault: DeliveryError) -> None:
        said = one_line(without_addresses(without(str(fault), delivery.target)), ERROR_LIMIT)
        subject = f"subscriber {delivery.subscriber_id}"
        if isinstance(fault, RecipientError) and self._pauses.alike(lane.channel, delivery.target, fault.words):
            said = one_line(f"the server says of all recipients that it does not know them: {said}", ERROR_LIMIT)
            fault = BarredError(said)
        if isinstance(fault, RecipientError):
            limit = min(self._settings.pause_after, 1) if fault.gone else self._settings.pause_after
            ours, paused = await self._ledger.refused(delivery, said, subject, limit=limit)
            if ours:
                run.failed += 1
                run.lines.append(f"{delivery.key}: failed: {said}" + ("; the subscription is paused" if paused else ""))
            return
        if fault.permanent:
            await self._give_up(run, delivery, said, subject)
            return
        if isinstance(fault, SenderError):
            await self._letters.unwrite(delivery)
        if isinstance(fault, ChannelError):
            await self._again(run, delivery, await self._shut(lane, said, fault.retry_after), said, counted=False)
            return
        if isinstance(fault, UnreachableError):
            now = self._clock.now()
            until = self._pauses.shut_for(lane.channel, delivery.target, now, said)
            await self._ledger.problem(lane.channel.value, said)
            await self._again(run, delivery, (until - now).total_seconds(), said, counted=False)
            return
        if isinstance(fault, LostConnectionError) and self._pauses.lost(lane.channel, delivery.target):
            await self._shut(lane, said, None)
        if isinstance(fault, BarredError):
            await self._barred(run, lane, delivery, said)
            return
        if isinstance(fault, SetupError):
            await self._ledger.problem(lane.channel.value, said)
        wait = back_off(delivery.attempts) if fault.retry_after is None else fault.retry_after
        if fault.retry_after is not None:
            self._pauses.hold(lane.channel, delivery.target, self._clock.now() + timedelta(seconds=wait))
        await self._again(run, delivery, wait, said)

    async def _barred(self, run: _Run, lane: Lane, delivery: Delivery, said: str) -> None:
        """Keep a message that the server refuses for no fault of its recipient, and tell the operator."""
        if self._pauses.lost(lane.channel, delivery.target):
            await self._shut(lane, said, None)
        else:
            await self._ledger.problem(lane.channel.value, said)
        await self._again(run, delivery, min(back_off(delivery.attempts), BARRED_WAIT), said)

    async def _shut(self, lane: Lane, said: str, retry_after: float | None) -> float:
        """Let a channel rest and record why, unless another delivery has just seen to that; return for how long."""
        now = self._clock.now()
        resting = self._pauses.resting(lane.channel, now)
        until = resting[0] if resting else self._pauses.shut(lane.channel, now, said, retry_after)
        if resting is None:
            await self._ledger.problem(lane.channel.value, said)
        return (until - now).total_seconds()

    async def _send(
        self,
        channel: Channel,
        delivery: Delivery,
        rendered: Rendered,
        thread: Receipt | None,
        letter: Letter | None,
        limit: float,
    ) -> Receipt | DeliveryError:
        """Hand a delivery over before its lease runs out; return its receipt, or what went wrong."""
        transport = self._transports.get(channel)
        if transport is None:
            return ChannelError(f"nothing is set up to send by {channel}")
        try:
            async with asyncio.timeout(limit):
                return await transport.send(delivery, rendered, thread, letter)
        except DeliveryError as error:
            return error
        except TimeoutError:
            return LostConnectionError("it took too long to hand over")
        except Exception as error:  # noqa: BLE001 - a fault in one channel must not stop the others
            # Its words are not repeated: nobody has checked them for addresses and secrets.
            return DeliveryError(f"unexpected {type(error).__name__} while sending by {channel}")

    async def _again(self, run: _Run, delivery: Delivery, seconds: float, error: str, *, counted: bool = True) -> None:
        if await self._ledger.put_off(delivery, seconds, error, counted=counted):
            run.retried += 1
            run.lines.append(f"{delivery.key}: again in {seconds:.0f} s: {error}")

    async def _give_up(self, run: _Run, delivery: Delivery, error: str, subject: str) -> None:
        if await self._ledger.failed(delivery, error, subject):
            run.failed += 1
            run.lines.append(f"{delivery.key}: failed: {error}")

    async def _wind_up(self, run: _Run, grace: float) -> None:
        tasks = run.tasks
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=grace)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
