"""Who comes with a link of a mail: the token read, the body taken within bounds, the answer never kept anywhere.

A token that we did not make is answered the same whatever is wrong with it, and too many of them from one visitor are
not looked at any more. Good ones are never held up by others' bad ones.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from markupsafe import escape
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from alertsvc.deliver.links import Links
from alertsvc.deliver.pace import Rate
from alertsvc.deliver.tokens import Bearer, Purpose
from alertsvc.errors import AlertsvcError
from alertsvc.store.subscribers import Standing, find_subscriber
from alertsvc.web.limits import Turnstile, visitor_of
from alertsvc.web.pages import Pages, pages_of
from alertsvc.web.phrases import phrases
from alertsvc.web.rendering import page

__all__ = ["MAX_BODY", "RefusalError", "Visit", "change_store", "public_page", "read_body", "refused", "visit"]

T = TypeVar("T")

MAX_BODY = 16 * 1024
BODY_SECONDS = 10.0  # in which a body has to be there
BAD_TOKENS = Rate(per_second=0.5, burst=30)  # of one visitor
GOOD_TOKENS = Rate(per_second=0.5, burst=30)  # of one subscription and purpose


class RefusalError(AlertsvcError):
    """A request that is not gone on with: the status of the answer, and the name of the phrase that it tells."""

    def __init__(self, status: int, phrase: str, /, language: str = "en", *, retry_after: float | None = None) -> None:
        super().__init__(phrases(language)[phrase], permanent=True, retry_after=retry_after)
        self.status = status
        self.language = language


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody with a good token: whom it speaks for, and where from."""

    bearer: Bearer
    client: str
    links: Links

    def find(self, conn: Connection) -> Standing:
        """Return the subscription, as it is in this transaction.

        Raises:
            RefusalError: there is none, or the link was sent to another address than it has now.
        """
        standing = find_subscriber(conn, row=self.bearer.subscriber)
        target = standing.subscriber.target if standing is not None else ""
        fits = self.links.tokens.fits(self.bearer, target)  # always asked, so that it takes as long for nobody
        if standing is None or not fits:
            raise RefusalError(410, "refused_gone")
        return standing

    def token(self, purpose: Purpose, standing: Standing) -> str:
        """Return a token of another purpose for the same subscription."""
        return self.links.tokens.sign(purpose, self.bearer.subscriber, standing.subscriber.target)


def visit(request: Request, purpose: Purpose) -> Visit:
    """Read the token of a request.

    Raises:
        RefusalError: it is not ours or not for this purpose, or there were too many.
    """
    pages = pages_of(request)
    now = pages.clock.now()
    client = visitor_of(request)
    bearer = pages.links.tokens.read(purpose, request.path_params["token"]) if pages.links is not None else None
    if pages.links is None or bearer is None:
        wait = _gate(request, "bad_tokens", BAD_TOKENS).take(client, now)
        if wait:
            raise RefusalError(429, "refused_often", retry_after=wait)
        raise RefusalError(404, "refused_link")
    wait = _gate(request, "good_tokens", GOOD_TOKENS).take((purpose, bearer.subscriber), now)
    if wait:
        raise RefusalError(429, "refused_often", retry_after=wait)
    return Visit(bearer, client, pages.links)


def _gate(request: Request, name: str, rate: Rate) -> Turnstile:
    state = request.app.state
    if not hasattr(state, name):
        setattr(state, name, Turnstile(rate))
    gate: Turnstile = getattr(state, name)
    return gate


async def read_body(request: Request) -> bytes:
    """Return the body of a request.

    Raises:
        RefusalError: it is longer than `MAX_BODY`, too slow, or breaks off.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY:
                    raise RefusalError(413, "refused_long")
    except TimeoutError as error:
        raise RefusalError(408, "refused_slow") from error
    except ClientDisconnect as error:
        raise RefusalError(400, "refused_slow") from error
    return bytes(body)


async def change_store(pages: Pages, change: Callable[[Connection], T]) -> T:
    """Run `change` in a write transaction, in a thread; it is finished once begun, even if the visitor has gone.

    Raises:
        StoreError: the database did not answer; nothing was changed.
    """

    def work() -> T:
        with pages.store.begin() as conn:
            return change(conn)

    return await run_in_threadpool(work)


def public_page(
    request: Request, template: str, facts: dict[str, Any], status: int = 200, *, language: str
) -> Response:
    """Render a page for readers of mail, in their language: kept nowhere, found by no search engine."""
    # Escaped here: the renderer isolates right-to-left words in lines of ours, which are from left to right elsewhere.
    say = {name: escape(text) for name, text in phrases(language).items()}
    answer = page(request, template, facts | {"say": say}, status)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


async def refused(request: Request, error: Exception) -> Response:
    """Answer what was refused; beyond the limit in one line, which costs next to nothing."""
    assert isinstance(error, RefusalError)
    if error.status == 429:
        seconds = math.ceil(error.retry_after or 1)
        return PlainTextResponse(f"{error}\n", status_code=429, headers={"Retry-After": str(seconds)})
    say = phrases(error.language)
    title = say.get(f"title_{error.status}", say["title_other"])
    facts = {"title": escape(title), "message": escape(str(error))}
    return public_page(request, "notice.html", facts, error.status, language=error.language)
