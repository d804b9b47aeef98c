"""Each briefing is rendered once, before the first of its mails leaves, and what came out is kept.

The outbox holds facts; code and templates make text of them. Were they to change between two tries of a delivery, by an
upgrade perhaps, the same Message-ID would stand over two different mails. So the text is stored before anything is
sent, once for all recipients, and every later try takes it from there.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from alertsvc.brief.render import Rendered
from alertsvc.errors import DeliveryError
from alertsvc.store.editions import StoredEdition, drop_editions, find_editions, keep_editions
from alertsvc.store.letters import drop_settled_letters

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alertsvc.clock import Clock
    from alertsvc.domain import Briefing, Delivery
    from alertsvc.settings import DeliverSettings
    from alertsvc.store import Store

__all__ = ["Editions", "drop_old", "edition_key"]

_HELD = 128  # editions in memory
_MARGIN = timedelta(days=1)  # beyond the expiry of any delivery, since editions are stored after their rows


def edition_key(delivery: Delivery) -> str:
    """Return what deliveries of the same edition have in common: a digest of kind, facts and template version."""
    briefing = delivery.briefing
    parts = [briefing.kind.value, briefing.demonstration, delivery.template_version, briefing.facts]
    data = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(data.encode("utf-8")).hexdigest()


class Editions:
    """Gives the edition of a delivery; safe to be asked for many at the same time."""

    def __init__(self, store: Store, render: Callable[[Briefing], Rendered], clock: Clock) -> None:
        self._store = store
        self._render = render
        self._clock = clock
        self._held: dict[str, Rendered] = {}
        self._under_way: dict[str, asyncio.Future[None]] = {}

    async def prepare(self, deliveries: Iterable[Delivery]) -> None:
        """Have the editions of many deliveries ready, those that are new rendered and stored in one transaction.

        One that cannot be rendered is passed over; `of` raises what stands in its way.

        Raises:
            StoreError: the database does not answer.
        """
        wanted: dict[str, Briefing] = {}
        for delivery in deliveries:
            key = edition_key(delivery)
            if key not in self._held and key not in self._under_way:
                wanted.setdefault(key, delivery.briefing)
        if not wanted:
            return
        done = asyncio.get_running_loop().create_future()
        for key in wanted:
            self._under_way[key] = done
        task = asyncio.ensure_future(asyncio.to_thread(self._load_or_make, wanted))
        try:
            found = await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task})  # the store may be closed as soon as this returns
            if not task.cancelled():
                task.exception()
            raise
        finally:
            for key in wanted:
                del self._under_way[key]
            done.set_result(None)  # whoever waited looks for itself
        for key, rendered in found.items():
            self._hold(key, rendered)

    async def of(self, delivery: Delivery) -> Rendered:
        """Return what a delivery's briefing was rendered to; rendered and stored now where it never was.

        Raises:
            StoreError: the database does not answer.
            Exception: whatever the templates raise over facts that they cannot lay out.
        """
        key = edition_key(delivery)
        while key in self._under_way:
            await asyncio.shield(self._under_way[key])
        if key not in self._held:
            await self.prepare([delivery])
        held = self._held.get(key)
        if held is None:
            self._render(delivery.briefing)  # raises what stood in the way
            raise DeliveryError("the briefing could not be rendered at first and can be now")
        return held

    def at_hand(self, delivery: Delivery) -> Rendered | None:
        """Return what a delivery's briefing was rendered to where that is in memory."""
        return self._held.get(edition_key(delivery))

    def _hold(self, key: str, rendered: Rendered) -> None:
        while len(self._held) >= _HELD:
            del self._held[next(iter(self._held))]
        self._held[key] = rendered

    def _load_or_make(self, wanted: Mapping[str, Briefing]) -> dict[str, Rendered]:
        with self._store.read() as conn:
            kept = find_editions(conn, wanted)
        made: dict[str, StoredEdition] = {}
        for key in wanted.keys() - kept.keys():
            with suppress(Exception):  # raised again, and told, by `of`
                new = self._render(wanted[key])
                invented = wanted[key].demonstration
                made[key] = StoredEdition(new.subject, new.text, new.html, new.slack, new.pictures, invented)
        if made:
            with self._store.begin() as conn:
                kept |= keep_editions(conn, made, self._clock.now())
        return {key: Rendered(one.subject, one.text, one.html, one.slack, one.pictures) for key, one in kept.items()}


def drop_old(conn: Connection, settings: DeliverSettings, now: datetime) -> int:
    """Forget the editions of which no delivery can be due any more, and letters of what is settled; return how many."""
    drop_settled_letters(conn)
    longest = max(settings.flash_expires, settings.digest_expires)
    return drop_editions(conn, now - timedelta(seconds=longest) - _MARGIN)
