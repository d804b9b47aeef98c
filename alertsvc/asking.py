"""New recipients are asked before anything is sent to them, and forgotten where they do not answer in time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from alertsvc.deliver.email.asking import render_question
from alertsvc.deliver.email.message import ASKS
from alertsvc.deliver.errors import ChannelError
from alertsvc.deliver.keys import message_id, subscriber_id
from alertsvc.deliver.pace import Pace
from alertsvc.deliver.sender import back_off
from alertsvc.deliver.text import one_line, without, without_addresses
from alertsvc.deliver.tokens import Purpose
from alertsvc.domain import Briefing, BriefingKind, Channel, Delivery
from alertsvc.errors import DeliveryError
from alertsvc.store.asked import questions_since
from alertsvc.store.consent import Request, ask_consent, claim_requests, mark_asked, put_off_request, to_be_asked
from alertsvc.store.leases import take_lock
from alertsvc.store.privacy import erase_unconfirmed
from alertsvc.store.problems import clear_problems, record_problem
from alertsvc.store.subscribers import find_subscriber
from alertsvc.wordings import consent_version, wording_text

if TYPE_CHECKING:
    from datetime import datetime

    from alertsvc.clock import Clock
    from alertsvc.deliver.links import Links
    from alertsvc.deliver.transport import Transport
    from alertsvc.settings import Settings
    from alertsvc.store import Store

__all__ = ["AskSummary", "Asker"]

SCOPE = "consent"
_TOGETHER = 20  # questions in one round
_ERROR_LIMIT = 400
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class AskSummary:
    """What one round did: questions sent, and people erased who did not answer in time."""

    asked: int = 0
    erased: int = 0


class Asker:
    """Asks those who are pending, by mail; any number may work on one store."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        clock: Clock,
        transport: Transport,
        links: Links,
        pace: Pace | None = None,
    ) -> None:
        """Put the parts together.

        Args:
            transport: for mail.
            links: makes the link by which a question is answered.
            pace: keeps to the rates of the server and of each domain, together with all other mail.
        """
        self._pace = pace or Pace()
        self._store = store
        self._settings = settings
        self._clock = clock
        self._transport = transport
        self._links = links

    async def run_once(self) -> AskSummary:
        """Erase who is late, write down who is to be asked, and send the questions that are due.

        Raises:
            StoreError: the database does not answer.
        """
        erased, requests = await asyncio.to_thread(self._prepare)
        asked = 0
        for request in requests:
            delivery = self._delivery(request)
            rates = self._transport.rates(delivery)
            wait = self._pace.wait(rates, self._clock.now())
            if wait:
                await asyncio.to_thread(self._let_wait, request, wait)
                continue
            self._pace.take(rates, self._clock.now())
            fault = await self._send(request, delivery)
            await asyncio.to_thread(self._settle, request, fault)
            asked += fault is None
            if isinstance(fault, ChannelError):
                break  # nothing can leave at present; what is claimed comes free by itself
        return AskSummary(asked, erased)

    def _prepare(self) -> tuple[int, list[Request]]:
        now = self._clock.now()
        with self._store.begin() as conn:
            take_lock(conn, SCOPE)  # two services at once would count the same questions, and both add theirs
            erased = erase_unconfirmed(conn, now)
            waiting = to_be_asked(conn)
            if self._links.base is None:
                if waiting:
                    said = "nobody can confirm: service.public_url is not set, or the pages are off"
                    record_problem(conn, SCOPE, "double opt-in", said, now)
                return erased, []
            clear_problems(conn, SCOPE, "double opt-in")
            for row in waiting:
                standing = find_subscriber(conn, row=row)
                if standing is None:
                    continue
                asked = questions_since(conn, standing.subscriber.target, now - _HOUR)
                if asked >= self._settings.consent.per_hour:
                    said = f"not asked yet: the same mailbox was asked {asked} times within the hour"
                    record_problem(conn, SCOPE, f"subscriber {row}", said, now)
                else:
                    ask_consent(conn, standing.subscriber, now, expires=self._settings.consent.expires)
            lease = self._settings.deliver.lease
            return erased, claim_requests(conn, now, lease=lease, limit=_TOGETHER)

    async def _send(self, request: Request, delivery: Delivery) -> DeliveryError | None:
        settings = self._settings
        target = request.subscriber.target
        try:
            link = self._link(request)
            language = request.subscriber.language
            wording = wording_text(consent_version(language), settings.service.name) or ""
            question = render_question(settings.service.name, wording, link, request.expires, language)
            async with asyncio.timeout(settings.deliver.lease * 0.9):
                await self._transport.send(delivery, question)
        except DeliveryError as error:
            said = one_line(without_addresses(without(str(error), target)), _ERROR_LIMIT)
            if isinstance(error, ChannelError):
                return ChannelError(said, retry_after=error.retry_after)
            return DeliveryError(said, permanent=error.permanent, retry_after=error.retry_after)
        except TimeoutError:
            return DeliveryError("it took too long to hand over")
        return None

    def _let_wait(self, request: Request, seconds: float) -> None:
        with self._store.begin() as conn:
            put_off_request(conn, request, self._clock.now() + timedelta(seconds=seconds), counted=False)

    def _settle(self, request: Request, fault: DeliveryError | None) -> None:
        now = self._clock.now()
        row = subscriber_id(request.subscriber)
        with self._store.begin() as conn:
            if fault is None:
                mark_asked(conn, request, now)
                return
            # Refused for good: it is not tried again, and the time for answering runs out.
            wait = fault.retry_after if fault.retry_after is not None else back_off(request.attempts)
            then = request.expires if fault.permanent else now + timedelta(seconds=wait)
            put_off_request(conn, request, then)
            record_problem(conn, SCOPE, f"subscriber {row}", f"could not be asked: {fault}", now)

    def _link(self, request: Request) -> str:
        row, target = subscriber_id(request.subscriber), request.subscriber.target
        link = self._links.to(Purpose.CONFIRM, row, target, request.number, _seconds(request.expires))
        assert link is not None  # without a public address nothing is claimed
        return link

    def _delivery(self, request: Request) -> Delivery:
        """Return the question as a delivery; it is no row of the outbox, since nothing may go to who did not agree."""
        who = request.subscriber
        row = subscriber_id(who)
        return Delivery(
            key=f"confirm:{row}:{request.number}",
            briefing=Briefing(BriefingKind.FLASH, {"language": who.language}),
            subscriber_id=row,
            channel=Channel.EMAIL,
            target=who.target,
            message_id=message_id("confirm", "consent", request.number, who, sender=self._settings.mail.sender),
            created=request.asked,
            expires=request.expires,
            template_version="1",
            extra={ASKS: True},
        )


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())
