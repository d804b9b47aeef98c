"""Unsubscribing with one click, taking it back, and giving consent, over real HTTP."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from alertsvc.clock import ManualClock
from alertsvc.deliver.tokens import Purpose, Tokens
from alertsvc.domain import Channel, DeliveryState, Subscriber, SubscriberState
from alertsvc.store import Store
from alertsvc.store.consent import ask_consent, list_events
from alertsvc.store.outbox import list_deliveries
from alertsvc.store.privacy import erase_person
from alertsvc.store.subscribers import edit_subscriber, list_subscribers, remove_subscriber, sync_subscribers
from alertsvc.web.bearers import MAX_BODY
from tests.web.readers import LINKS, TOKENS, a_reader, address, standing
from tests.web.support import NOW, Markup, Visitor, a_delivery, pages_for, store_deliveries, visiting
from tests.web.test_errors import assert_headers

PATHS = ("unsubscribe", "resubscribe", "confirm", "subscription")


@pytest.fixture
async def visitor(store: Store, clock: ManualClock) -> AsyncIterator[Visitor]:
    """Someone with links of our mails."""
    async with visiting(pages_for(store, clock, links=LINKS)) as found:
        yield found


def multipart() -> Any:
    form = aiohttp.FormData()
    form.add_field("List-Unsubscribe", "One-Click", content_type="text/plain")
    return form


BODIES: dict[str, dict[str, Any]] = {
    "urlencoded": {"data": {"List-Unsubscribe": "One-Click"}},
    "multipart": {"data": multipart()},
    "nothing": {},
    "empty": {"data": b""},
    "other type": {"data": b"\0\xff", "headers": {"Content-Type": "application/octet-stream"}},
    "no type": {"data": b"x=1", "skip_auto_headers": ["Content-Type"]},
    "cookie": {"data": b"x", "headers": {"Cookie": "session=1", "Origin": "https://mail.example"}},
}


@pytest.mark.parametrize("body", BODIES)
async def test_one_post_ends_the_subscription_and_what_is_unsent(store: Store, visitor: Visitor, body: str):
    who = a_reader(store)
    due = {"state": DeliveryState.DUE, "sent": None, "subscriber_id": who.id}
    store_deliveries(store, a_delivery("a", **due), a_delivery("b"), a_delivery("c", **due))
    answer = await visitor.ask(address(Purpose.UNSUBSCRIBE, who), "POST", **BODIES[body])
    assert answer.status == 200
    assert "location" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert standing(store, who).subscriber.state is SubscriberState.UNSUBSCRIBED
    with store.read() as conn:
        assert {row.key: row.state for row in list_deliveries(conn)} == {
            "a": DeliveryState.CANCELLED,
            "b": DeliveryState.SENT,
            "c": DeliveryState.CANCELLED,
        }
        (event,) = list_events(conn, who.id or 0)
    assert (event["event"], event["client"], event["address"]) == ("withdrawn", "127.0.0.1", who.target)


async def test_a_second_post_changes_nothing(store: Store, visitor: Visitor):
    who = a_reader(store)
    path = address(Purpose.UNSUBSCRIBE, who)
    answers = await asyncio.gather(*(visitor.ask(path, "POST") for _ in range(5)))
    assert {answer.status for answer in answers} == {200}
    with store.read() as conn:
        assert len(list_events(conn, who.id or 0)) == 1
    assert "You are unsubscribed" in (await visitor.text(path))


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])
async def test_nothing_but_post_changes_anything(store: Store, visitor: Visitor, purpose: Purpose, method: str):
    who = a_reader(store, state=SubscriberState.PENDING if purpose is Purpose.CONFIRM else SubscriberState.ACTIVE)
    with store.begin() as conn:
        number = ask_consent(conn, who, NOW, expires=3600)
        if purpose is Purpose.RESUBSCRIBE:
            edit_subscriber(conn, who.name, {"state": "unsubscribed"}, NOW)
    before = standing(store, who)
    until = int((NOW + timedelta(hours=1)).timestamp())
    numbers = (number, until) if purpose is Purpose.CONFIRM else ()
    answer = await visitor.ask(address(purpose, who, *numbers), method)
    assert answer.status == (200 if method in ("GET", "HEAD") else 405)
    if method == "GET":
        assert "<button" in answer.text
    if method == "HEAD":
        assert answer.body == b""
    assert standing(store, who) == before


async def test_pages_tell_no_address_and_bear_no_script(store: Store, visitor: Visitor):
    who = a_reader(store, name="Secret name")
    for purpose in (Purpose.UNSUBSCRIBE, Purpose.RESUBSCRIBE, Purpose.SUBSCRIPTION, Purpose.CONFIRM):
        answer = await visitor.ask(address(purpose, who, 1, 2**31))
        assert answer.status == 200
        assert_headers(answer.headers)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
        assert who.target not in answer.text
        assert "Secret name" not in answer.text
        assert "s…@example.org" in answer.text
        markup = Markup(answer.text)
        assert not [tag for tag, _ in markup.tags if tag in ("script", "iframe", "img", "style")]
        assert not [name for _, attributes in markup.tags for name in attributes if name.startswith("on")]
        for name in ("href", "action"):
            found = [str(attributes[name]) for _, attributes in markup.tags if name in attributes]
            assert all(target.startswith(("../", "#")) for target in found), found


async def test_forged_tokens_are_all_answered_alike(store: Store, visitor: Visitor):
    who = a_reader(store)
    good = TOKENS.sign(Purpose.UNSUBSCRIBE, who.id or 0, who.target)
    other = Tokens("another key of the tests").sign(Purpose.UNSUBSCRIBE, who.id or 0, who.target)
    wrong = ("x", "a.b", good[:-2], good + "x", other, "%00", "é", "x" * 3000, TOKENS.sign(Purpose.CONFIRM, 1, "x"))
    found = set()
    for token in wrong:
        answer = await visitor.ask(f"/unsubscribe/{token}", "POST")
        assert answer.status == 404
        assert_headers(answer.headers)
        found.add(answer.text)
    assert len(found) == 1, "an answer tells more than that the link is not valid"
    assert standing(store, who).subscriber.state is SubscriberState.ACTIVE


@pytest.mark.parametrize("made_for", list(Purpose))
@pytest.mark.parametrize("used_for", list(Purpose))
async def test_a_token_is_good_for_its_purpose_only(
    store: Store, visitor: Visitor, made_for: Purpose, used_for: Purpose
):
    who = a_reader(store)
    token = TOKENS.sign(made_for, who.id or 0, who.target, 1, 2**31)
    status = (await visitor.ask(f"/{used_for}/{token}")).status
    assert status == (200 if made_for is used_for else 404)


async def test_a_link_dies_when_the_address_changes_hands_or_is_erased(store: Store, visitor: Visitor):
    who = a_reader(store)
    path = address(Purpose.UNSUBSCRIBE, who, target="former@example.org")
    assert (await visitor.ask(path, "POST")).status == 410
    assert (await visitor.ask(address(Purpose.UNSUBSCRIBE, who))).status == 200
    with store.begin() as conn:
        erase_person(conn, who.name, NOW)
    for purpose in Purpose:
        for method in ("GET", "POST"):
            assert (await visitor.ask(address(purpose, who, 1, 2**31), method)).status in (410, 415)
    assert (await visitor.ask(f"/unsubscribe/{TOKENS.sign(Purpose.UNSUBSCRIBE, 99, 'x')}", "POST")).status == 410


async def test_a_configured_reader_stays_away_whatever_the_file_says(store: Store, visitor: Visitor):
    configured = [Subscriber("desk", Channel.EMAIL, "desk@example.org")]
    with store.begin() as conn:
        sync_subscribers(conn, configured, NOW)
        (who,) = list_subscribers(conn)
    assert (await visitor.ask(address(Purpose.UNSUBSCRIBE, who), "POST")).status == 200
    with store.begin() as conn:
        sync_subscribers(conn, configured, NOW + timedelta(days=1))
        assert list_subscribers(conn) == []


async def test_subscribing_again_from_the_page(store: Store, visitor: Visitor):
    who = a_reader(store)
    page = Markup((await visitor.ask(address(Purpose.UNSUBSCRIBE, who), "POST")).text)
    (form,) = page.all("form")
    action = str(form["action"])
    assert action.startswith("../resubscribe/")
    answer = await visitor.ask(action.removeprefix(".."), "POST")
    assert "You are subscribed" in answer.text
    assert standing(store, who).subscriber.state is SubscriberState.ACTIVE
    assert (await visitor.ask(action.removeprefix(".."), "POST")).status == 200
    with store.read() as conn:
        assert [item["event"] for item in list_events(conn, who.id or 0)] == ["withdrawn", "given"]
    with store.begin() as conn:
        remove_subscriber(conn, who.name, NOW)
    assert (await visitor.ask(action.removeprefix(".."), "POST")).status == 410
    assert standing(store, who).subscriber.state is SubscriberState.REMOVED


async def test_consent_is_given_by_the_link_in_time(store: Store, visitor: Visitor, clock: ManualClock):
    who = a_reader(store, state=SubscriberState.PENDING)
    with store.begin() as conn:
        number = ask_consent(conn, who, NOW, expires=3600)
    until = int((NOW + timedelta(hours=1)).timestamp())
    path = address(Purpose.CONFIRM, who, number, until)
    assert "I agree that Risk desk sends" in (await visitor.text(path))
    assert (await visitor.ask(address(Purpose.CONFIRM, who, number), "POST")).status == 410
    assert (await visitor.ask(address(Purpose.CONFIRM, who, number + 1, until), "POST")).status == 410
    assert standing(store, who).subscriber.state is SubscriberState.PENDING
    answer = await visitor.ask(path, "POST")
    assert answer.status == 200
    assert standing(store, who).subscriber.state is SubscriberState.ACTIVE
    (link,) = [item for item in Markup(answer.text).all("a") if item["href"] != "#content"]
    assert (await visitor.ask(str(link["href"]).removeprefix(".."))).status == 200
    clock.advance(timedelta(days=30))
    assert (await visitor.ask(path, "POST")).status == 200  # it is so already


async def test_consent_that_comes_too_late_counts_for_nothing(store: Store, visitor: Visitor, clock: ManualClock):
    who = a_reader(store, state=SubscriberState.PENDING)
    with store.begin() as conn:
        number = ask_consent(conn, who, NOW, expires=3600)
    path = address(Purpose.CONFIRM, who, number, int((NOW + timedelta(hours=1)).timestamp()))
    clock.advance(timedelta(hours=1))
    for method in ("GET", "POST"):
        answer = await visitor.ask(path, method)
        assert answer.status == 410
        assert "the time for it is over" in answer.text
    assert standing(store, who).subscriber.state is SubscriberState.PENDING


async def test_too_many_bad_tokens_are_not_looked_at_and_hold_up_no_good_one(
    store: Store, visitor: Visitor, clock: ManualClock
):
    who = a_reader(store)
    statuses = [(await visitor.ask(f"/unsubscribe/x{number}", "POST")).status for number in range(40)]
    assert statuses == [404] * 30 + [429] * 10
    limited = await visitor.ask("/confirm/x")
    assert limited.status == 429
    assert int(limited.headers["retry-after"]) >= 1
    assert_headers(limited.headers)
    assert (await visitor.ask(address(Purpose.UNSUBSCRIBE, who), "POST")).status == 200
    clock.advance(timedelta(minutes=1))
    assert (await visitor.ask("/unsubscribe/x")).status == 404


async def test_one_subscription_cannot_keep_the_database_busy(store: Store, visitor: Visitor):
    one, other = a_reader(store), a_reader(store, name="other")
    statuses = [(await visitor.ask(address(Purpose.UNSUBSCRIBE, one), "POST")).status for _ in range(35)]
    assert statuses == [200] * 30 + [429] * 5
    assert (await visitor.ask(address(Purpose.UNSUBSCRIBE, other), "POST")).status == 200


async def test_a_body_too_long_is_not_read(store: Store, visitor: Visitor):
    who = a_reader(store)
    path = address(Purpose.UNSUBSCRIBE, who)

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b"x" * 4096

    answer = await visitor.ask(path, "POST", data=b"x" * (MAX_BODY + 1))
    assert answer.status == 413
    assert (await visitor.ask(path, "POST", data=endless())).status == 413
    assert standing(store, who).subscriber.state is SubscriberState.ACTIVE
    assert (await visitor.ask(path, "POST", data=b"x" * MAX_BODY)).status == 200


async def test_a_body_that_never_comes_is_given_up(store: Store, visitor: Visitor, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("alertsvc.web.bearers.BODY_SECONDS", 0.05)
    who = a_reader(store)
    host, _, port = visitor.base.removeprefix("http://").partition(":")
    head = f"POST {address(Purpose.UNSUBSCRIBE, who)} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100\r\n\r\nx"

    def talk() -> bytes:
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(head.encode())
            return connection.recv(65536)

    assert (await asyncio.to_thread(talk)).startswith(b"HTTP/1.1 408 ")
    assert standing(store, who).subscriber.state is SubscriberState.ACTIVE


async def test_without_links_there_are_no_such_pages(store: Store, clock: ManualClock):
    who = a_reader(store)
    async with visiting(pages_for(store, clock)) as visitor:
        for path in PATHS:
            assert (await visitor.ask(f"/{path}/x", "POST")).status == 404
        assert (await visitor.ask(address(Purpose.UNSUBSCRIBE, who), "POST")).status == 404
        assert (await visitor.ask("/unsubscribe/")).status == 404


async def test_a_database_that_is_gone_is_told_so_that_it_is_tried_again(store: Store, visitor: Visitor):
    who = a_reader(store)
    path = address(Purpose.UNSUBSCRIBE, who)
    store.close()
    assert (await visitor.ask(path, "POST")).status == 503
