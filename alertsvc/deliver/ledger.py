"""The sender's side of the outbox: short transactions in a thread of their own, each finished once it has begun."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from alertsvc.deliver.finishing import finished, outlasted
from alertsvc.domain import Channel, SubscriberState
from alertsvc.store import letters, outbox, problems, receipts, refusals, subscribers

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alertsvc.clock import Clock
    from alertsvc.deliver.transport import Receipt
    from alertsvc.domain import Delivery
    from alertsvc.store import Store

__all__ = ["SCOPE", "Ledger"]

SCOPE = "delivery"
"""The scope under which problems of sending are recorded."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """A delivery that left, waiting to be written down, and whoever waits for that."""

    delivery: Delivery
    channel: Channel
    receipt: Receipt
    noted: asyncio.Future[bool]


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
        self._sent: list[_Sent] = []
        self._writing: asyncio.Task[None] | None = None

    async def claim(self, limit: int, without: Collection[Channel] = ()) -> list[Delivery]:
        """Take up to `limit` deliveries that are due and do not go by one of the ways `without`."""

        def work() -> list[Delivery]:
            with self._store.begin() as conn:
                return outbox.claim_due(
                    conn, worker=self._worker, now=self._clock.now(), lease=self._lease, limit=limit, without=without
                )

        return await finished(work)

    async def holds(self, delivery: Delivery) -> bool:
        """Say whether a delivery is still to be sent, by this worker: its reader may have unsubscribed meanwhile."""

        def work() -> bool:
            with self._store.read() as conn:
                return outbox.holds(conn, _row(delivery), self._worker)

        return await finished(work)

    async def sent(self, delivery: Delivery, channel: Channel, receipt: Receipt) -> bool:
        """Note that a delivery was taken by the other side, and that its channel and its subscriber are well.

        What else leaves while one transaction is being written goes into the next one together: the more is under
        way, the fewer transactions each costs. This returns only after its own is finished.
        """
        noted: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._sent.append(_Sent(delivery, channel, receipt, noted))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await outlasted(noted)

    async def _write(self) -> None:
        try:
            while self._sent:
                batch, self._sent = self._sent, []
                try:
                    ours = await asyncio.to_thread(self._mark, batch)
                except Exception as error:  # noqa: BLE001 - whatever it is, each of those who wait is told
                    for item in batch:
                        item.noted.set_exception(error)
                else:
                    for item in batch:
                        item.noted.set_result(item.delivery.id in ours)
        finally:
            self._writing = None

    def _mark(self, batch: list[_Sent]) -> set[int]:
        with self._store.begin() as conn:
            for channel in sorted({item.channel for item in batch}):
                problems.clear_problems(conn, SCOPE, channel.value)
            ours = outbox.mark_all_sent(conn, [_row(item.delivery) for item in batch], self._worker, self._clock.now())
            mine = [item for item in batch if item.delivery.id in ours]
            receipts.add_receipts(
                conn, [(_row(item.delivery), item.delivery.message_id, item.receipt) for item in mine]
            )
            letters.drop_letters(conn, ours)
            refusals.clear_refusals(conn, {item.delivery.subscriber_id for item in mine})
        return ours

    async def receipt_of(self, message_id: str) -> Receipt | None:
        """Return what was noted when the message of this id was sent."""

        def work() -> Receipt | None:
            with self._store.read() as conn:
                return receipts.receipt_of(conn, message_id)

        return await finished(work)

    async def put_off(self, delivery: Delivery, seconds: float, error: str, *, counted: bool = True) -> bool:
        """Let a delivery be tried again in so many seconds; `counted` off, it was not tried this time."""

        def work() -> bool:
            with self._store.begin() as conn:
                then = self._clock.now() + timedelta(seconds=seconds)
                return outbox.mark_retry(conn, _row(delivery), self._worker, then, error, counted=counted)

        return await finished(work)

    async def failed(self, delivery: Delivery, error: str, subject: str) -> bool:
        """Give a delivery up for good and record the problem under `subject`."""

        def work() -> bool:
            with self._store.begin() as conn:
                return self._fail(conn, delivery, error, subject, self._clock.now())

        return await finished(work)

    async def refused(self, delivery: Delivery, error: str, subject: str, *, limit: int) -> tuple[bool, bool]:
        """Give a delivery up because its recipient is not known, and count that against the subscription.

        Args:
            limit: so many in a row pause the subscription, which cancels what is due to it; 0 for never.

        Returns:
            Whether the row was still ours, and whether the subscription was paused.
        """

        def work() -> tuple[bool, bool]:
            with self._store.begin() as conn:
                now = self._clock.now()
                if not self._fail(conn, delivery, error, subject, now):
                    return False, False
                count = refusals.count_refusal(conn, delivery.subscriber_id, delivery.target)
                if not limit or count < limit:
                    return True, False
                return True, _pause(conn, delivery, f"paused after {count} refused in a row: {error}", subject, now)

        return await finished(work)

    def _fail(self, conn: Connection, delivery: Delivery, error: str, subject: str, now: datetime) -> bool:
        ours = outbox.mark_failed(conn, _row(delivery), self._worker, error, now)
        if ours:
            problems.record_problem(conn, SCOPE, subject, error, now)
        return ours

    async def problem(self, subject: str, error: str) -> None:
        """Record a problem that stands in the way of more than one delivery."""

        def work() -> None:
            with self._store.begin() as conn:
                problems.record_problem(conn, SCOPE, subject, error, self._clock.now())

        await finished(work)

    async def release(self, delivery: Delivery | None = None) -> None:
        """Give back a delivery that was not begun, or whatever this worker still holds; no attempt is counted."""

        def work() -> None:
            with self._store.begin() as conn:
                outbox.release(conn, self._worker, None if delivery is None else [_row(delivery)])

        await finished(work)


def _pause(conn: Connection, delivery: Delivery, why: str, subject: str, now: datetime) -> bool:
    """Pause a delivery's subscription; False where it is not active under this address any more."""
    found = subscribers.find_subscriber(conn, row=delivery.subscriber_id)
    if found is None:
        return False
    person = found.subscriber
    if person.state is not SubscriberState.ACTIVE or person.target != delivery.target:
        return False
    subscribers.edit_subscriber(conn, person.name, {"state": SubscriberState.PAUSED.value}, now, why=why)
    # Whoever makes it active again gives it another chance, and as many tries as before.
    refusals.clear_refusals(conn, [delivery.subscriber_id])
    problems.record_problem(conn, SCOPE, subject, why, now)
    return True


def _row(delivery: Delivery) -> int:
    if delivery.id is None:
        raise ValueError(f"delivery {delivery.key!r} has no row in the store")
    return delivery.id
