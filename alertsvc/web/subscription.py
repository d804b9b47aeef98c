"""`/subscription`: one's own subscription, looked at and changed by whoever has the link of a mail.

There is no login and no cookie, so nobody else's page can make a browser change anything: the right to do so is in the
address, and it is used by POST only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

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
from alertsvc.web.forms import Form, FormError, choices, read_form, shown, wishes
from alertsvc.web.pages import pages_of, read_store
from alertsvc.web.unsubscribe import masked

__all__ = ["routes"]

_FORM = "application/x-www-form-urlencoded"
_LABELS = {
    "classes": "What",
    "kinds": "Which mail",
    "countries": "Countries",
    "places": "Places",
    "radius_km": "Distance in kilometres",
    "min_severity": "Nothing below",
    "flash_from": "Alerts from",
    "language": "Language of the mail",
    "timezone": "Time zone",
    "digest_hour": "Hour of digests",
    "weekly_day": "Day of the review",
    "quiet_from": "Quiet hours from",
    "quiet_until": "Quiet hours until",
    "wake_from": "Wake me all the same from",
    "alerts_per_hour": "Alerts in an hour",
    "alerts_per_day": "Alerts in a day",
    "state": "Pause",
}
_OPEN = frozenset({SubscriberState.ACTIVE, SubscriberState.PAUSED})


def _answer(
    request: Request, visitor: Visit, standing: Standing, form: Form, *, saved: bool = False, status: int = 200
) -> Response:
    subscriber = standing.subscriber
    left = standing.wishes.get("state") == SubscriberState.UNSUBSCRIBED.value
    facts: dict[str, Any] = {
        "address": masked(subscriber.target),
        "state": subscriber.state.value,
        "open": subscriber.state in _OPEN,
        "form": form,
        "labels": _LABELS,
        "choices": choices(subscriber),
        "saved": saved,
        "unsubscribe": visitor.token(Purpose.UNSUBSCRIBE, standing),
        "resubscribe": visitor.token(Purpose.RESUBSCRIBE, standing)
        if left and subscriber.state is not SubscriberState.REMOVED
        else None,
    }
    return public_page(request, "subscription.html", facts, status)


async def _form_of(request: Request) -> Form:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await read_body(request)
    if kind != _FORM:
        raise RefusalError(415, "Only the form of this page is read here.")
    try:
        return read_form(body)
    except FormError as error:
        raise RefusalError(400, f"This cannot be read: {error}.") from error


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
            raise RefusalError(409, "This subscription cannot be changed at present.")
        changes, problems = wishes(form, standing.subscriber)
        if problems:
            # What else is wrong is told together with it.
            try:
                changed(standing.subscriber, {name: value for name, value in changes.items() if name != "state"})
            except SubscriptionError as error:
                problems = error.problems | problems
            return standing, problems
        if changes:
            try:
                edit_subscriber(conn, standing.subscriber.name, changes, pages.clock.now(), why="on their own page")
            except SubscriptionError as error:
                return standing, error.problems
        return standing, {}

    standing, problems = await change_store(pages, change)
    if problems:
        return _answer(request, visitor, standing, replace(form, problems=problems), status=422)
    # Relative, since the public address may have a path before ours.
    return RedirectResponse(f"{request.path_params['token']}?saved", status_code=303)


def routes() -> list[BaseRoute]:
    """Return the routes."""
    return [Route("/subscription/{token}", subscription, methods=["GET", "POST"])]
