"""`/subscription`: one's own subscription, looked at and changed by whoever has the link of a mail.

There is no login and no cookie, so nobody else's page can make a browser change anything: the right to do so is in the
address, and it is used by POST only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from markupsafe import escape
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from alertsvc.deliver.tokens import Purpose
from alertsvc.domain import SubscriberState
from alertsvc.errors import SubscriptionError
from alertsvc.store.subscribers import Standing, edit_subscriber
from alertsvc.subscription import changed
from alertsvc.web.bearers import RefusalError, Visit, change_store, public_page, read_body, visit
from alertsvc.web.forms import Form, FormError, choices, read_form, shown, wishes, worded
from alertsvc.web.pages import pages_of, read_store
from alertsvc.web.phrases import phrases
from alertsvc.web.unsubscribe import masked

__all__ = ["routes"]

_FORM = "application/x-www-form-urlencoded"
_OPEN = frozenset({SubscriberState.ACTIVE, SubscriberState.PAUSED})


def _answer(
    request: Request, visitor: Visit, standing: Standing, form: Form, *, saved: bool = False, status: int = 200
) -> Response:
    subscriber = standing.subscriber
    left = standing.wishes.get("state") == SubscriberState.UNSUBSCRIBED.value
    form = replace(form, problems={name: escape(line) for name, line in form.problems.items()})
    facts: dict[str, Any] = {
        "address": masked(subscriber.target),
        "state": subscriber.state.value,
        "open": subscriber.state in _OPEN,
        "form": form,
        "choices": choices(subscriber, phrases(subscriber.language)),
        "saved": saved,
        "unsubscribe": visitor.token(Purpose.UNSUBSCRIBE, standing),
        "resubscribe": visitor.token(Purpose.RESUBSCRIBE, standing)
        if left and subscriber.state is not SubscriberState.REMOVED
        else None,
    }
    return public_page(request, "subscription.html", facts, status, language=subscriber.language)


async def _form_of(request: Request) -> Form:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await read_body(request)
    if kind != _FORM:
        raise RefusalError(415, "refused_form")
    try:
        return read_form(body)
    except FormError as error:
        raise RefusalError(400, "refused_form") from error


async def subscription(request: Request) -> Response:
    """`/subscription/TOKEN`."""
    visitor = visit(request, Purpose.SUBSCRIPTION)
    pages = pages_of(request)
    if request.method != "POST":
        standing = await read_store(pages, visitor.find)
        saved = request.url.query == "saved"
        return _answer(request, visitor, standing, shown(standing.subscriber), saved=saved)
    form = await _form_of(request)

    def change(conn: Connection) -> tuple[Standing, dict[str, str]]:
        standing = visitor.find(conn)
        if standing.subscriber.state not in _OPEN:
            raise RefusalError(409, "refused_closed", standing.subscriber.language)
        say = phrases(standing.subscriber.language)
        changes, problems = wishes(form, standing.subscriber, say)
        if problems:
            # What else is wrong is told together with it.
            try:
                changed(standing.subscriber, {name: value for name, value in changes.items() if name != "state"})
            except SubscriptionError as error:
                problems = worded(error.problems, say) | problems
            return standing, problems
        if changes:
            try:
                edit_subscriber(conn, standing.subscriber.name, changes, pages.clock.now(), why="on their own page")
            except SubscriptionError as error:
                return standing, worded(error.problems, say)
        return standing, {}

    standing, problems = await change_store(pages, change)
    if problems:
        return _answer(request, visitor, standing, replace(form, problems=problems), status=422)
    # Relative, since the public address may have a path before ours.
    return RedirectResponse(f"{request.path_params['token']}?saved", status_code=303)


def routes() -> list[BaseRoute]:
    """Return the routes."""
    return [Route("/subscription/{token}", subscription, methods=["GET", "POST"])]
