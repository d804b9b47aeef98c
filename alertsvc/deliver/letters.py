"""Headers and foot of each mail are written down before it first leaves, and every later try takes them from there.

They are made of settings, of wordings and of code, all of which may change between two tries of a delivery. What an
edition keeps of the text (`alertsvc.deliver.editions`), this keeps of what is the recipient's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alertsvc.deliver.finishing import finished
from alertsvc.store.letters import Letter, drop_letters_from, find_letters, keep_letters

if TYPE_CHECKING:
    from alertsvc.brief.render import Rendered
    from alertsvc.clock import Clock
    from alertsvc.deliver.transport import Transport
    from alertsvc.domain import Delivery
    from alertsvc.store import Store

__all__ = ["Letters", "Unwritten"]

_HELD = 1000  # letters in memory: more than are in hand at a time


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A delivery, what its briefing was rendered to, and the way out that makes its letter."""

    delivery: Delivery
    rendered: Rendered
    transport: Transport

    @property
    def row(self) -> int:
        """The delivery's row in the outbox."""
        if self.delivery.id is None:
            raise ValueError(f"delivery {self.delivery.key!r} has no row in the store")
        return self.delivery.id

    def write(self) -> Letter | None:
        """Return the letter by the settings as they are now; None where none is needed.

        Raises:
            DeliveryError: permanent; none can be made.
        """
        return self.transport.letter(self.delivery, self.rendered)


class Letters:
    """Gives the letter of a delivery; safe to be asked for many at the same time."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._held: dict[int, Letter] = {}

    async def prepare(self, deliveries: Iterable[Unwritten]) -> None:
        """Have the letters of many deliveries ready, those that are new stored in one transaction.

        One that cannot be written is passed over; sending it tells what stands in its way.

        Raises:
            StoreError: the database does not answer.
        """
        made: dict[int, Letter | None] = {}
        for item in deliveries:
            try:
                letter = item.write()
            except Exception:  # noqa: BLE001 - raised again, and told, when this one is sent; the others go on
                made[item.row] = None  # one may be kept from before
            else:
                if letter is not None:
                    made[item.row] = letter
        if made:
            self._hold(await finished(lambda: self._kept(made)))

    async def of(self, item: Unwritten) -> Letter | None:
        """Return the letter of a delivery, written and stored now where it never was; None where there is none.

        It is given out of memory once: whoever asks again is told what is stored.

        Raises:
            StoreError: the database does not answer.
        """
        if item.row not in self._held:
            await self.prepare([item])
        return self._held.pop(item.row, None)

    async def unwrite(self, delivery: Delivery) -> None:
        """Forget every letter from the address that a delivery's is from, since the mail server refuses it for good.

        Kept, they would go on being refused after the operator has set another address, and hold up all mail. Nothing
        from that address can have been taken meanwhile, and each Message-ID stays the same.

        Raises:
            StoreError: the database does not answer.
        """
        row = delivery.id

        def work() -> None:
            with self._store.begin() as conn:
                letter = find_letters(conn, [row] if row is not None else []).get(row or 0)
                if letter is not None:
                    drop_letters_from(conn, letter.sender)

        await finished(work)
        self._held.clear()

    def _kept(self, made: Mapping[int, Letter | None]) -> dict[int, Letter]:
        with self._store.read() as conn:
            kept = find_letters(conn, made.keys())
        new = {row: letter for row, letter in made.items() if letter is not None and row not in kept}
        if new:
            with self._store.begin() as conn:
                kept |= keep_letters(conn, new, self._clock.now())
        return kept

    def _hold(self, letters: Mapping[int, Letter]) -> None:
        self._held |= letters
        while len(self._held) > _HELD:
            del self._held[next(iter(self._held))]
