"""`/unsubscribe`, `/resubscribe`, `/confirm`: one wish each, carried out by POST and by nothing else.

RFC 8058: a mail program POSTs to the address of `List-Unsubscribe` without cookie or login, with a form of any type or
none, and is not redirected. Scanners follow every link of a mail by GET, so GET and HEAD only show a button.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from alertsvc.deliver.tokens import Purpose
from alertsvc.domain import SubscriberState
from alertsvc.store.consent import Answer, answer_request, resubscribe, unsubscribe
from alertsvc.store.subscribers import Standing
from alertsvc.web.bearers import RefusalError, Visit, change_store, public_page, read_body, visit
from alertsvc.web.pages import pages_of, read_store
from alertsvc.wordings import consent_version, withdrawal_version, wording_text

__all__ = ["masked", "routes"]


def masked(address: str) -> str:
    """Return as much of a mail address as its owner needs to know it by."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}…{at}{domain}" if at else "…"


def _facts(visitor: Visit, standing: Standing, service: str) -> dict[str, Any]:
    left = standing.wishes.get("state") == SubscriberState.UNSUBSCRIBED.value
    gone = standing.subscriber.state is SubscriberState.REMOVED
    language = standing.subscriber.language
    return {
        "address": masked(standing.subscriber.target),
        "state": "unsubscribed" if left else standing.subscriber.state.value,
        # Only who left by their own wish can come back by themselves.
        "resubscribe": visitor.token(Purpose.RESUBSCRIBE, standing) if left and not gone else None,
        "consent": wording_text(consent_version(language), service),
        "withdrawal": wording_text(withdrawal_version(language), service),
    }


async def unsubscribing(request: Request) -> Response:
    """`/unsubscribe/TOKEN`."""
    visitor = visit(request, Purpose.UNSUBSCRIBE)
    pages = pages_of(request)
    if request.method == "POST":
        await read_body(request)  # whatever it says: who has the token is believed

        def change(conn: Connection) -> tuple[Standing, Answer]:
            visitor.find(conn)
            answer = unsubscribe(conn, visitor.bearer.subscriber, pages.clock.now(), visitor.client)
            return visitor.find(conn), answer

        standing, answer = await change_store(pages, change)
        facts = _facts(visitor, standing, pages.service_name) | {"done": answer is Answer.DONE}
    else:
        standing = await read_store(pages, visitor.find)
        facts = _facts(visitor, standing, pages.service_name) | {"done": False}
    return public_page(request, "unsubscribe.html", facts, language=standing.subscriber.language)


async def resubscribing(request: Request) -> Response:
    """`/resubscribe/TOKEN`."""
    visitor = visit(request, Purpose.RESUBSCRIBE)
    pages = pages_of(request)
    answer: Answer | None = None
    if request.method == "POST":
        await read_body(request)

        def change(conn: Connection) -> tuple[Standing, Answer]:
            visitor.find(conn)
            answer = resubscribe(conn, visitor.bearer.subscriber, pages.clock.now(), visitor.client)
            return visitor.find(conn), answer

        standing, answer = await change_store(pages, change)
        if answer is Answer.GONE:
            raise RefusalError(410, "refused_ended", standing.subscriber.language)
    else:
        standing = await read_store(pages, visitor.find)
    facts = _facts(visitor, standing, pages.service_name)
    return public_page(request, "resubscribe.html", facts, language=standing.subscriber.language)


async def confirming(request: Request) -> Response:
    """`/confirm/TOKEN`."""
    visitor = visit(request, Purpose.CONFIRM)
    pages = pages_of(request)
    now = pages.clock.now()
    # The end of the time for it is signed too, so that an old link needs no database to be known as old.
    number, until = visitor.bearer.numbers if len(visitor.bearer.numbers) == 2 else (0, 0)
    late = now.timestamp() >= until
    answer: Answer | None = None
    if request.method == "POST":
        await read_body(request)

        def change(conn: Connection) -> tuple[Standing, Answer]:
            standing = visitor.find(conn)
            if late and standing.subscriber.state is SubscriberState.PENDING:
                return standing, Answer.GONE
            answer = answer_request(conn, visitor.bearer.subscriber, number, now, visitor.client)
            return visitor.find(conn), answer

        standing, answer = await change_store(pages, change)
        if answer is Answer.GONE:
            raise RefusalError(410, "refused_late", standing.subscriber.language)
    else:
        standing = await read_store(pages, visitor.find)
        if late and standing.subscriber.state is SubscriberState.PENDING:
            raise RefusalError(410, "refused_late", standing.subscriber.language)
    facts = _facts(visitor, standing, pages.service_name) | {
        "done": answer is not None,
        "subscription": visitor.token(Purpose.SUBSCRIPTION, standing),
    }
    return public_page(request, "confirm.html", facts, language=standing.subscriber.language)


def routes() -> list[BaseRoute]:
    """Return the routes."""
    methods = ["GET", "POST"]  # HEAD comes with GET
    return [
        Route("/unsubscribe/{token}", unsubscribing, methods=methods),
        Route("/resubscribe/{token}", resubscribing, methods=methods),
        Route("/confirm/{token}", confirming, methods=methods),
    ]
