"""A subscription and the links of its mail, for the tests of the pages for readers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from alertsvc.deliver.links import Links
from alertsvc.deliver.tokens import Purpose, Tokens
from alertsvc.domain import Channel, Subscriber
from alertsvc.store import Store
from alertsvc.store.subscribers import Standing, add_subscriber, find_subscriber
from tests.web.support import NOW, Answer, Visitor

__all__ = ["FORM", "LINKS", "TOKENS", "a_reader", "address", "post_form", "standing"]

TOKENS = Tokens("a key of the tests alone")
LINKS = Links("https://alerts.example.org", TOKENS)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def a_reader(store: Store, **changes: Any) -> Subscriber:
    """Add a subscriber and return it with its row."""
    values = {"name": "reader", "channel": Channel.EMAIL, "target": "secret.reader@example.org"} | changes
    with store.begin() as conn:
        return add_subscriber(conn, Subscriber(**values), NOW)


def address(purpose: Purpose, who: Subscriber, *numbers: int, target: str | None = None) -> str:
    """Return the path of a link."""
    assert who.id is not None
    return f"/{purpose}/{TOKENS.sign(purpose, who.id, who.target if target is None else target, *numbers)}"


def standing(store: Store, who: Subscriber) -> Standing:
    """Return a subscription as it now is."""
    with store.read() as conn:
        found = find_subscriber(conn, row=who.id)
    assert found is not None
    return found


async def post_form(visitor: Visitor, path: str, fields: list[tuple[str, str]]) -> Answer:
    """Send a form as a browser does."""
    return await visitor.ask(path, "POST", data=urlencode(fields).encode(), headers=FORM)
