"""The queue of one channel: messages to one recipient in order, recipients side by side, no channel behind another."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from alertsvc.domain import Channel, Delivery

__all__ = ["Claimed", "Lane"]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery in hand and the instant at which the claim to it runs out."""

    delivery: Delivery
    until: datetime


@dataclass(slots=True, eq=False)
class Lane:
    """Deliveries of one channel within one run.

    Attributes:
        channel: the way that is used, which for a demonstration is not the subscriber's own.
        limit: how many deliveries are under way at once.
        turn: takes a turn for the next delivery of a recipient and returns the seconds until it has come, or None
            where that is too long and the delivery is to be put off.
        handle: does one delivery, whatever comes of it; told whether it has its turn.
        sleep: waits for so many seconds.
    """

    channel: Channel
    limit: int
    turn: Callable[[Lane, Claimed], float | None]
    handle: Callable[[Lane, Claimed, bool], Awaitable[None]]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _queues: dict[str, deque[Claimed]] = field(default_factory=dict)
    _waiting: set[asyncio.Task[None]] = field(default_factory=set)
    _turns: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._turns = asyncio.Semaphore(self.limit)

    @property
    def waiting(self) -> int:
        """How many deliveries have not been begun."""
        return sum(len(queue) for queue in self._queues.values())

    def put(self, claimed: Claimed) -> None:
        """Add a delivery behind those for the same recipient and see that somebody works on it."""
        target = claimed.delivery.target
        queue = self._queues.get(target)
        if queue is not None:
            queue.append(claimed)
            return
        queue = self._queues[target] = deque([claimed])
        task = asyncio.create_task(self._work(target, queue))
        self.tasks.add(task)

    def stop(self) -> None:
        """Forget what has not been begun; what is under way goes on."""
        for queue in self._queues.values():
            queue.clear()
        for task in self._waiting:
            task.cancel()

    async def _work(self, target: str, queue: deque[Claimed]) -> None:
        try:
            while queue:
                # The turn is waited for before a place is taken, so that a slow pace for some holds up no others.
                wait = self.turn(self, queue[0])
                if wait:
                    await self._wait(wait)
                async with self._turns:
                    if queue:  # not emptied by `stop` in the meantime
                        await self.handle(self, queue.popleft(), wait is not None)
        finally:
            # Within one step of the loop nothing can be added between the last look and this.
            del self._queues[target]

    async def _wait(self, seconds: float) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._waiting.add(task)
        try:
            await self.sleep(seconds)
        finally:
            self._waiting.discard(task)
