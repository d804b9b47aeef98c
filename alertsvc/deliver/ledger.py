"""The sender's side of the outbox: short transactions in a thread of their own, each finished once it has begun."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from alertsvc.store import outbox, problems

if TYPE_CHECKING:
    from alertsvc.clock import Clock
    from alertsvc.domain import Delivery
    from alertsvc.store import Store

__all__ = ["SCOPE", "Ledger"]

SCOPE = "delivery"
"""The scope under which problems of sending are recorded."""

T = TypeVar("T")


async def _finish(function: Callable[[], T]) -> T:
    """Run a transaction in a thread. Whoever waits for it may be cancelled, but only after it has ended."""
    task = asyncio.ensure_future(asyncio.to_thread(function))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # told to nobody: the caller is being stopped
        raise


class Ledger:
    """Claims rows of the outbox for one worker and writes down what became of them.

    Every method raises StoreError when the database refuses; those that return a bool say whether the row was still
    this worker's.
    """

    def __init__(self, store: Store, clock: Clock, *, worker: str, lease: float) -> None:
        self._store = store
        self._clock = clock
        self._worker = worker
        self._lease = lease

    async def claim(self, limit: int) -> list[Delivery]:
        """Take up to `limit` deliveries that are due."""

        def work() -> list[Delivery]:
            with self._store.begin() as conn:
                return outbox.claim_due(
                    conn, worker=self._worker, now=self._clock.now(), lease=self._lease, limit=limit
                )

        return await _finish(work)

    async def sent(self, delivery: Delivery, channel: str) -> bool:
        """Note that a delivery was taken by the other side, and that its channel works."""

        def work() -> bool:
            with self._store.begin() as conn:
                problems.clear_problems(conn, SCOPE, channel)
                return outbox.mark_sent(conn, _row(delivery), self._worker, self._clock.now())

        return await _finish(work)

    async def put_off(self, delivery: Delivery, seconds: float, error: str) -> bool:
        """Let a delivery be tried again in so many seconds."""

        def work() -> bool:
            with self._store.begin() as conn:
                then = self._clock.now() + timedelta(seconds=seconds)
                return outbox.mark_retry(conn, _row(delivery), self._worker, then, error)

        return await _finish(work)

    async def failed(self, delivery: Delivery, error: str, subject: str) -> bool:
        """Give a delivery up for good and record the problem under `subject`."""

        def work() -> bool:
            with self._store.begin() as conn:
                now = self._clock.now()
                ours = outbox.mark_failed(conn, _row(delivery), self._worker, error, now)
                if ours:
                    problems.record_problem(conn, SCOPE, subject, error, now)
                return ours

        return await _finish(work)

    async def problem(self, subject: str, error: str) -> None:
        """Record a problem that stands in the way of more than one delivery."""

        def work() -> None:
            with self._store.begin() as conn:
                problems.record_problem(conn, SCOPE, subject, error, self._clock.now())

        await _finish(work)

    async def release(self, delivery: Delivery | None = None) -> None:
        """Give back a delivery that was not begun, or whatever this worker still holds; no attempt is counted."""

        def work() -> None:
            with self._store.begin() as conn:
                outbox.release(conn, self._worker, None if delivery is None else [_row(delivery)])

        await _finish(work)


def _row(delivery: Delivery) -> int:
    if delivery.id is None:
        raise ValueError(f"delivery {delivery.key!r} has no row in the store")
    return delivery.id
