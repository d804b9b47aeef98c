"""Messages over HTTP, to a server that answers as Slack does."""

from __future__ import annotations

import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from alertsvc.deliver.errors import RecipientError, SetupError
from alertsvc.deliver.slack.addresses import check_api, check_webhook, is_channel
from alertsvc.deliver.slack.replies import fault_of
from alertsvc.deliver.slack.transport import SlackTransport
from alertsvc.domain import Briefing, BriefingKind, Channel
from alertsvc.errors import DeliveryError
from alertsvc.settings import SlackSettings
from tests.deliver.support import Rendered, a_delivery
from tests.slackstub import DOCUMENTED, HANG, TOKEN, SlackStub

BLOCK = {"type": "section", "text": {"type": "mrkdwn", "text": "Al-Toum attacked"}}
RENDERED: Any = Rendered(slack={"text": "Al-Toum attacked", "blocks": [BLOCK]})
MARK = {
    "type": "context",
    "elements": [
        {"type": "plain_text", "text": "Delivery flash.LY-2026-0131-0001.1.abcdef012345", "emoji": False},
    ],
}
SECRET = "hush"
CHANNEL = "C024BE91L"
SLACK = ("hooks.slack.com", "hooks.slack-gov.com")


@asynccontextmanager
async def connected(stub: SlackStub, limit: float = 5.0, **settings: Any) -> AsyncIterator[SlackTransport]:
    transport = SlackTransport(SlackSettings(hosts=(*SLACK, stub.host), timeout=limit, **settings))
    try:
        yield transport
    finally:
        await transport.close()


def to(url: str, number: int = 1, **changes: Any) -> Any:
    return a_delivery(number, channel=Channel.SLACK, target=url, **changes)


async def refused(stub: SlackStub, limit: float = 5.0) -> DeliveryError:
    """Post what must not be taken; return what was said, after a look for the secret in it."""
    async with connected(stub, limit=limit) as transport:
        with pytest.raises(DeliveryError) as caught:
            await transport.send(to(stub.webhook(SECRET)), RENDERED)
    told = "".join(traceback.format_exception(caught.value)) + repr(transport)
    assert SECRET not in told
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return caught.value


async def test_message_arrives():
    with SlackStub() as stub:
        async with connected(stub) as transport:
            await transport.send(to(stub.webhook("hush")), RENDERED)
        (posted,) = stub.taken
    assert posted.payload == RENDERED.slack | {"blocks": [*RENDERED.slack["blocks"], MARK]}
    assert posted.path == "/services/T000/B000/hush"
    assert posted.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize("word", [word for word, status in DOCUMENTED.items() if status != 200])
async def test_what_slack_answers(word: str):
    status = DOCUMENTED[word]
    with SlackStub() as stub:
        stub.answer(word)
        fault = await refused(stub)
    assert fault.permanent is (status in (400, 403, 404, 410))
    gone = isinstance(fault, RecipientError) and fault.gone
    assert gone is (status in (403, 404, 410) or word in ("invalid_token", "user_not_found"))
    assert fault.retry_after == (7.0 if status == 429 else None)
    assert f"{status} {word}" in str(fault)


@pytest.mark.parametrize(
    ("status", "body", "permanent"),
    [
        (200, "<html>welcome</html>", True),
        (302, "", True),
        (307, "", True),  # which, followed, would post the message a second time
        (401, "no", True),
        (408, "", False),
        (502, "bad gateway", False),
        (503, "", False),
    ],
)
async def test_answers_that_slack_does_not_document(status: int, body: str, permanent: bool):
    with SlackStub() as stub:
        stub.answer((status, body))
        fault = await refused(stub)
        assert fault.permanent is permanent
        assert len(stub.posts) == 1
    assert body not in str(fault) or not body or body == "no"


@pytest.mark.parametrize(
    ("header", "wait"), [(None, 30.0), ("soon", 30.0), ("12", 12.0), ("0", 1.0), ("2.5", 2.5), ("999999", 3600.0)]
)
def test_how_long_to_wait(header: str | None, wait: float):
    fault = fault_of(429, "rate_limited", header)
    assert fault is not None
    assert fault.retry_after == wait


async def test_no_answer_in_time():
    with SlackStub() as stub:
        stub.answer(HANG)
        fault = await refused(stub, limit=0.2)
    assert not fault.permanent
    assert "in time" in str(fault)


async def test_nobody_listens():
    with SlackStub() as stub:
        pass
    fault = await refused(stub)
    assert not fault.permanent
    assert "cannot be reached" in str(fault)


def test_one_message_a_second_to_one_webhook_or_channel():
    transport = SlackTransport(SlackSettings())
    one, two, bot = (to(url) for url in ("https://hooks.slack.com/1", "https://hooks.slack.com/2", CHANNEL))
    rates = [transport.rates(delivery) for delivery in (one, two, bot)]
    assert len({key for found in rates for key in found}) == 3
    assert [rate.per_second for found in rates for rate in found.values()] == [1.0, 1.0, 1.0]
    assert SECRET not in repr(transport.rates(to("https://hooks.slack.com/hush")))


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.slack.com/services/T/B/x",
        "https://HOOKS.slack.com:443/services/T/B/x",
        "https://hooks.slack-gov.com/services/T/B/x",
        "http://127.0.0.1:8099/services/x",
        "http://localhost/services/x",
        "https://chat.example:8443/hooks/x",
        "http://[::1]:8099/x",
    ],
)
def test_webhooks_that_are_allowed(url: str):
    check_webhook(url, (*SLACK, "127.0.0.1:8099", "localhost", "chat.example:8443", "[::1]:8099"))


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/services/hush",
        "https://hooks.slack.com:8443/services/hush",
        "https://hooks.slack.com.example/services/hush",
        "https://hooks.slack.com@evil.example/hush",
        "https://user:hush@hooks.slack.com/services",
        "https://evil.example/hush",
        "https://evil.example\\@hooks.slack.com/hush",
        "http://127.0.0.1/hush",
        "http://127.0.0.1:8098/hush",
        "https://chat.example/hush",
        "http://chat.example:8443/hush",
        "ftp://hooks.slack.com/hush",
        "//hooks.slack.com/hush",
        "hush",
        "",
        "https://[hush/",
        "https://hooks.slack.com:port/hush",
    ],
)
async def test_webhooks_that_are_not(url: str):
    transport = SlackTransport(SlackSettings(hosts=(*SLACK, "127.0.0.1:8099", "chat.example:8443")))
    with pytest.raises(DeliveryError) as caught:
        await transport.send(to(url), RENDERED)
    assert caught.value.permanent
    assert SECRET not in str(caught.value)


async def test_host_that_is_not_listed_is_not_even_called():
    with SlackStub() as stub:
        transport = SlackTransport(SlackSettings())
        with pytest.raises(DeliveryError, match=r"slack\.hosts"):
            await transport.send(to(stub.webhook()), RENDERED)
        assert stub.posts == []


def bot(stub: SlackStub) -> dict[str, Any]:
    return {"token": TOKEN, "api_url": stub.api_url}


async def test_bot_posts_and_answers_in_the_thread():
    with SlackStub() as stub:
        async with connected(stub, **bot(stub)) as transport:
            receipt = await transport.send(to(CHANNEL), RENDERED)
            assert receipt == {"channel": CHANNEL, "ts": "1700000000.000100"}
            again = await transport.send(to(CHANNEL, 2), RENDERED, receipt)
            assert again == receipt  # what follows joins the thread of the first
            facts = Briefing(BriefingKind.UPDATE, {"correction": {"text": "Corrected"}}, 1, 2)
            await transport.send(to(CHANNEL, 3, briefing=facts), RENDERED, receipt)
        first, second, third = stub.api_posts
    assert first.path == "/api/chat.postMessage"
    assert first.headers["Authorization"] == f"Bearer {TOKEN}"
    assert first.payload == {
        "channel": CHANNEL,
        "text": RENDERED.slack["text"],
        "blocks": [BLOCK, MARK],
    }
    assert second.payload["thread_ts"] == receipt["ts"]
    assert second.payload["reply_broadcast"] is False
    assert third.payload["thread_ts"] == receipt["ts"]
    assert third.payload["reply_broadcast"] is True


async def test_thread_of_another_channel_is_not_joined():
    with SlackStub() as stub:
        async with connected(stub, **bot(stub)) as transport:
            await transport.send(to(CHANNEL), RENDERED, {"channel": "C0OTHERONE", "ts": "1.0"})
            await transport.send(to(CHANNEL), RENDERED, {"reply": "250 ok"})
    assert not any("thread_ts" in posted.payload for posted in stub.api_posts)


async def test_thread_that_was_deleted_is_begun_anew():
    with SlackStub() as stub:
        async with connected(stub, **bot(stub)) as transport:
            stub.answer("thread_not_found")
            receipt = await transport.send(to(CHANNEL), RENDERED, {"channel": CHANNEL, "ts": "1.0"})
        refused, taken = stub.api_posts
    assert (refused.taken, taken.taken) == (False, True)
    assert "thread_ts" not in taken.payload
    assert receipt["ts"] != "1.0"


@pytest.mark.parametrize(
    ("answer", "kind", "permanent", "wait"),
    [
        ("channel_not_found", RecipientError, True, None),
        ("is_archived", RecipientError, True, None),
        ("not_in_channel", RecipientError, True, None),
        ("invalid_auth", SetupError, False, 300.0),
        ("token_revoked", SetupError, False, 300.0),
        ("missing_scope", SetupError, False, 300.0),
        ("invalid_blocks", DeliveryError, True, None),
        ("msg_too_long", DeliveryError, True, None),
        ("internal_error", DeliveryError, False, None),
        ((429, "ratelimited"), DeliveryError, False, 7.0),
        ((503, "service_unavailable"), DeliveryError, False, None),
        (HANG, DeliveryError, False, None),
    ],
)
async def test_what_the_api_answers(answer: Any, kind: type[DeliveryError], permanent: bool, wait: float | None):
    with SlackStub() as stub:
        stub.answer(answer)
        async with connected(stub, 0.3 if answer == HANG else 5.0, **bot(stub)) as transport:
            with pytest.raises(DeliveryError) as caught:
                await transport.send(to(CHANNEL), RENDERED)
    fault = caught.value
    assert type(fault) is kind
    assert (fault.permanent, fault.retry_after) == (permanent, wait)
    assert getattr(fault, "gone", False) is (answer in ("channel_not_found", "is_archived"))
    told = "".join(traceback.format_exception(fault))
    assert TOKEN not in told


async def test_channel_without_a_token():
    with SlackStub() as stub:
        async with connected(stub) as transport:
            with pytest.raises(SetupError, match=r"slack\.token"):
                await transport.send(to(CHANNEL), RENDERED)
        assert stub.posts == []


async def test_whose_token_it_is():
    with SlackStub() as stub:
        async with connected(stub, **bot(stub)) as transport:
            assert await transport.probe() == "alertsvc in Risk desk"
        async with connected(stub, token="xoxb-wrong", api_url=stub.api_url) as transport:
            with pytest.raises(SetupError) as caught:
                await transport.probe()
    assert "xoxb" not in str(caught.value)


@pytest.mark.parametrize("url", ["https://slack.com/api/", "https://slack-gov.com/api", "http://127.0.0.1:8099/api/"])
def test_addresses_of_the_api_that_are_allowed(url: str):
    check_api(url, (*SLACK, "127.0.0.1:8099"))


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.slack.com/api/",
        "https://slack.com.example/api/",
        "http://slack.com/api/",
        "https://chat.example:8443/api/",  # listed for webhooks; the token goes there no more than anywhere
        "http://127.0.0.1:8098/api/",
        "https://user:hush@slack.com/api/",
        "https://slack.com:8443/api/",
        "https://slack.com/api/?x=1",
        "slack.com",
    ],
)
async def test_token_goes_nowhere_else(url: str):
    with pytest.raises(DeliveryError, match=r"slack\.api_url"):
        check_api(url, (*SLACK, "127.0.0.1:8099", "chat.example:8443"))


@pytest.mark.parametrize(
    ("target", "is_one"),
    [("C024BE91L", True), ("G01ABCDEFGH", True), ("D0123456789", True), ("#general", False), ("https://x/", False)],
)
def test_what_is_a_channel(target: str, is_one: bool):
    assert is_channel(target) is is_one
