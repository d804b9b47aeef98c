"""Messages over HTTP, to a server that answers as Slack does."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from alertsvc.clock import ManualClock
from alertsvc.deliver.slack.replies import fault_of
from alertsvc.deliver.slack.webhook import SlackTransport, check_webhook
from alertsvc.domain import Channel
from alertsvc.errors import DeliveryError
from alertsvc.settings import SlackSettings
from tests.deliver.support import NOW, Rendered, a_delivery
from tests.slackstub import DOCUMENTED, HANG, SlackStub

RENDERED: Any = Rendered(slack={"text": "Al-Toum attacked", "blocks": []})
SECRET = "hush"
SLACK = ("hooks.slack.com", "hooks.slack-gov.com")


class Pace:
    """A clock and a sleep that moves it, with a record of how long was slept."""

    def __init__(self) -> None:
        self.clock = ManualClock(NOW)
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.advance(timedelta(seconds=seconds))


@asynccontextmanager
async def connected(stub: SlackStub, pace: Pace | None = None, limit: float = 5.0) -> AsyncIterator[SlackTransport]:
    pace = pace or Pace()
    settings = SlackSettings(hosts=(*SLACK, stub.host), timeout=limit)
    transport = SlackTransport(settings, clock=pace.clock, sleep=pace.sleep)
    try:
        yield transport
    finally:
        await transport.close()


def to(url: str, number: int = 1) -> Any:
    return a_delivery(number, channel=Channel.SLACK, target=url)


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
    assert posted.payload == RENDERED.slack
    assert posted.path == "/services/T000/B000/hush"
    assert posted.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize("word", [word for word, status in DOCUMENTED.items() if status != 200])
async def test_what_slack_answers(word: str):
    status = DOCUMENTED[word]
    with SlackStub() as stub:
        stub.answer(word)
        fault = await refused(stub)
    assert fault.permanent is (status in (400, 403, 404, 410))
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


async def test_one_message_a_second_to_one_webhook():
    pace = Pace()
    with SlackStub() as stub:
        async with connected(stub, pace) as transport:
            for number in range(3):
                await transport.send(to(stub.webhook("one"), number), RENDERED)
            assert pace.slept == [1.0, 1.0]
            await transport.send(to(stub.webhook("two")), RENDERED)
            assert pace.slept == [1.0, 1.0]
            pace.clock.advance(timedelta(seconds=5))
            await transport.close()
            await transport.send(to(stub.webhook("one"), 9), RENDERED)
            assert pace.slept == [1.0, 1.0]
        assert len(stub.taken) == 5


async def test_turns_are_kept_side_by_side():
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    with SlackStub() as stub:
        settings = SlackSettings(hosts=(stub.host,))
        transport = SlackTransport(settings, clock=ManualClock(NOW), sleep=sleep)
        await asyncio.gather(*(transport.send(to(stub.webhook(), number), RENDERED) for number in range(4)))
        await transport.close()
    assert sorted(waits) == [1.0, 2.0, 3.0]


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
    settings = SlackSettings(hosts=(*SLACK, "127.0.0.1:8099", "chat.example:8443"))
    transport = SlackTransport(settings, clock=ManualClock(NOW))
    with pytest.raises(DeliveryError) as caught:
        await transport.send(to(url), RENDERED)
    assert caught.value.permanent
    assert SECRET not in str(caught.value)


async def test_host_that_is_not_listed_is_not_even_called():
    with SlackStub() as stub:
        transport = SlackTransport(SlackSettings(), clock=ManualClock(NOW))
        with pytest.raises(DeliveryError, match=r"slack\.hosts"):
            await transport.send(to(stub.webhook()), RENDERED)
        assert stub.posts == []
