"""Emptying the outbox: claim, render, hand to the channel, write down what became of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from alertsvc.deliver.errors import ChannelError
from alertsvc.deliver.lane import Claimed, Lane
from alertsvc.deliver.ledger import Ledger
from alertsvc.deliver.text import one_line, without, without_addresses
from alertsvc.domain import Channel
from alertsvc.errors import DeliveryError, StoreError

if TYPE_CHECKING:
    from alertsvc.brief.render import Rendered
    from alertsvc.clock import Clock
    from alertsvc.deliver.transport import Transport
    from alertsvc.domain import Briefing, Delivery
    from alertsvc.settings import DeliverSettings
    from alertsvc.store import Store

__all__ = ["SendSummary", "Sender", "back_off"]

BATCH = 50
LANE_LIMIT = 200  # deliveries of one channel in hand; more are left to other workers, or for later
LANE_FULL_WAIT = 30.0
LOOK_AGAIN = 1.0  # seconds after which new deliveries are looked for while slow ones are under way
GRACE = 5.0  # seconds that what is under way gets to end when the sender is stopped
RENDERED_KEPT = 32
ERROR_LIMIT = 400
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
    rendered: dict[str, Rendered] = field(default_factory=dict)
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
    """Sends what is due in the outbox. Any number may work on one store, each under a worker name of its own."""

    def __init__(
        self,
        store: Store,
        transports: Mapping[Channel, Transport],
        render: Callable[[Briefing], Rendered],
        clock: Clock,
        settings: DeliverSettings,
        worker: str,
    ) -> None:
        """Put the parts together.

        Args:
            transports: one for each channel; `Channel.FILE` also takes every demonstration.
            render: makes text of a briefing's facts.
            worker: the name under which rows are claimed.
        """
        self._transports = dict(transports)
        self._render = render
        self._clock = clock
        self._settings = settings
        self._ledger = Ledger(store, clock, worker=worker, lease=settings.lease)

    async def run_once(self) -> SendSummary:
        """Send until nothing is due any more.

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
            await asyncio.gather(*(self._close(transport) for transport in set(self._transports.values())))
        return run.summary()

    async def _empty(self, run: _Run) -> None:
        while True:
            until = self._clock.now() + timedelta(seconds=self._settings.lease)
            batch = await self._ledger.claim(BATCH)
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

    async def _take_in(self, run: _Run, claimed: Claimed) -> None:
        channel = _way(claimed.delivery)
        lane = run.lanes.get(channel)
        if lane is None:

            async def handle(lane: Lane, claimed: Claimed) -> None:
                await self._handle(run, lane, claimed)

            lane = run.lanes[channel] = Lane(channel, self._settings.concurrency, handle)
        if lane.waiting >= LANE_LIMIT:
            await self._ledger.put_off(claimed.delivery, LANE_FULL_WAIT, "waiting: too many before it")
        else:
            lane.put(claimed)

    async def _handle(self, run: _Run, lane: Lane, claimed: Claimed) -> None:
        delivery = claimed.delivery
        try:
            await self._attempt(run, lane, claimed)
        except StoreError as error:
            # The lease runs out by itself and the delivery comes back, with the same bytes if it had left already.
            run.lines.append(f"{delivery.key}: the outbox could not be written: {error}")

    async def _attempt(self, run: _Run, lane: Lane, claimed: Claimed) -> None:
        delivery = claimed.delivery
        now = self._clock.now()
        left = (claimed.until - now).total_seconds()
        if left < self._settings.lease / 2:
            await self._ledger.release(delivery)
            return
        if lane.fault is not None:
            await self._again(run, delivery, back_off(delivery.attempts), lane.fault)
            return
        held = lane.held.get(delivery.target)
        if held is not None and held > now:
            await self._again(run, delivery, (held - now).total_seconds(), "waiting: the recipient asked for a pause")
            return
        try:
            rendered = self._rendered(run, delivery.briefing)
        except Exception as error:  # noqa: BLE001 - whatever a template may raise stops this briefing and no other
            said = one_line(f"the briefing cannot be rendered: {type(error).__name__}: {error}", ERROR_LIMIT)
            await self._give_up(run, delivery, said, delivery.key)
            return
        fault = await self._send(lane.channel, delivery, rendered, left * 0.9)
        if fault is None:
            ours = await self._ledger.sent(delivery, lane.channel.value)
            run.sent += 1
            where = self._transports[lane.channel].trace(delivery)
            run.lines.append(f"{delivery.key}: {where}" + ("" if ours else ", but no longer ours"))
            return
        said = one_line(without_addresses(without(str(fault), delivery.target)), ERROR_LIMIT)
        if fault.permanent:
            await self._give_up(run, delivery, said, f"subscriber {delivery.subscriber_id}")
            return
        if isinstance(fault, ChannelError) and lane.fault is None:
            lane.fault = said
            await self._ledger.problem(lane.channel.value, said)
        wait = back_off(delivery.attempts) if fault.retry_after is None else fault.retry_after
        if fault.retry_after is not None:
            lane.held[delivery.target] = self._clock.now() + timedelta(seconds=wait)
        await self._again(run, delivery, wait, said)

    async def _send(
        self, channel: Channel, delivery: Delivery, rendered: Rendered, limit: float
    ) -> DeliveryError | None:
        """Hand a delivery over before its lease runs out; return what went wrong."""
        transport = self._transports.get(channel)
        if transport is None:
            return ChannelError(f"nothing is set up to send by {channel}")
        try:
            async with asyncio.timeout(limit):
                await transport.send(delivery, rendered)
        except DeliveryError as error:
            return error
        except TimeoutError:
            return DeliveryError("it took too long to hand over")
        except Exception as error:  # noqa: BLE001 - a fault in one channel must not stop the others
            # Its words are not repeated: nobody has checked them for addresses and secrets.
            return DeliveryError(f"unexpected {type(error).__name__} while sending by {channel}")
        return None

    def _rendered(self, run: _Run, briefing: Briefing) -> Rendered:
        """Render a briefing, or take what the same facts gave for another recipient."""
        facts = json.dumps([briefing.kind, briefing.facts, briefing.demonstration], sort_keys=True)
        rendered = run.rendered.get(facts)
        if rendered is None:
            while len(run.rendered) >= RENDERED_KEPT:
                del run.rendered[next(iter(run.rendered))]
            rendered = run.rendered[facts] = self._render(briefing)
        return rendered

    async def _again(self, run: _Run, delivery: Delivery, seconds: float, error: str) -> None:
        if await self._ledger.put_off(delivery, seconds, error):
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

    async def _close(self, transport: Transport) -> None:
        with suppress(Exception):  # everything was sent or noted; a bad farewell changes nothing
            await transport.close()
