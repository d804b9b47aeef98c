"""Connections to the mail server: kept, bounded, asked after a rest, replaced when broken, closed when idle."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from alertsvc.clock import ManualClock
from alertsvc.deliver.email.smtp import SmtpTransport
from alertsvc.deliver.errors import BarredError, ChannelError, LostConnectionError, RecipientError
from alertsvc.errors import DeliveryError
from alertsvc.settings import MailSettings, SmtpSettings
from tests.deliver.support import NOW, Rendered, a_delivery
from tests.smtpserver import DISCONNECT, HANG, SmtpServer

RENDERED: Any = Rendered()


@asynccontextmanager
async def connected(server: SmtpServer, clock: ManualClock, **smtp: Any) -> AsyncIterator[SmtpTransport]:
    options = {"host": "localhost", "port": server.port, "security": server.security, "timeout": 5.0} | smtp
    settings = MailSettings(sender="alerts@example.org", smtp=SmtpSettings(**options))
    transport = SmtpTransport(settings, service="alertsvc", clock=clock)
    try:
        yield transport
    finally:
        await transport.close()


async def send(transport: SmtpTransport, *numbers: int, **changes: Any) -> None:
    for number in numbers:
        await transport.send(a_delivery(number, **changes), RENDERED)


def said(server: SmtpServer) -> list[str]:
    return [command for _, command in server.commands]


async def test_open_connection_is_used_again_without_a_word_in_between(clock: ManualClock):
    with SmtpServer() as server:
        async with connected(server, clock) as transport:
            await send(transport, 1, 2)
            await transport.tidy()
            clock.advance(timedelta(seconds=14))
            await send(transport, 3)
            assert said(server) == []
        assert (server.connections, said(server)) == (1, ["QUIT"])


async def test_after_a_rest_it_is_asked_whether_it_lives(clock: ManualClock):
    with SmtpServer() as server:
        async with connected(server, clock) as transport:
            await send(transport, 1)
            clock.advance(timedelta(seconds=16))
            await send(transport, 2)
        assert (server.connections, said(server)) == (1, ["NOOP", "QUIT"])


async def test_idle_for_long_it_is_closed(clock: ManualClock):
    with SmtpServer() as server:
        async with connected(server, clock, idle=60) as transport:
            await send(transport, 1)
            clock.advance(timedelta(seconds=59))
            await transport.tidy()
            assert said(server) == []
            clock.advance(timedelta(seconds=1))
            await transport.tidy()
            assert said(server) == ["QUIT"]
            await send(transport, 2)
            # Nobody tidied up: what is too old is not used all the same.
            clock.advance(timedelta(seconds=61))
            await send(transport, 3)
        assert server.connections == 3
        assert len(server.mails) == 3


async def test_never_more_connections_than_are_set(clock: ManualClock):
    with SmtpServer() as server:
        async with connected(server, clock, connections=3) as transport:
            await asyncio.gather(*(send(transport, number) for number in range(20)))
        assert server.most == 3
        assert server.connections == 3
        assert len(server.mails) == 20


async def test_connection_ends_after_so_many_mails(clock: ManualClock):
    with SmtpServer() as server:
        async with connected(server, clock, mails_per_connection=2) as transport:
            await send(transport, 1, 2, 3, 4, 5)
        assert server.connections == 3
        assert [mail.connection for mail in server.mails] == [1, 1, 2, 2, 3]


@pytest.mark.parametrize("answer", ["450 4.2.0 later", "550 5.1.1 unknown"])
async def test_what_was_refused_is_reset_before_the_next(clock: ManualClock, answer: str):
    with SmtpServer() as server:
        async with connected(server, clock) as transport:
            server.answer("RCPT", answer)
            with pytest.raises(DeliveryError):
                await send(transport, 1)
            await send(transport, 2, 3)
        assert (server.connections, said(server)) == (1, ["RSET", "QUIT"])


@pytest.mark.parametrize("answer", [DISCONNECT, "421 4.4.2 idle for too long"])
async def test_kept_connection_that_died_unseen_costs_no_mail(clock: ManualClock, answer: str):
    with SmtpServer() as server:
        async with connected(server, clock) as transport:
            await send(transport, 1)
            server.answer("MAIL", answer)
            await send(transport, 2)
            assert len(server.mails) == 2
            assert server.connections == 2
            # On a new connection the same is a fault of the server.
            server.answer("MAIL", answer, answer)
            with pytest.raises(ChannelError):
                await send(transport, 3)
        assert len(server.mails) == 2


async def test_kept_connection_that_does_not_answer_is_replaced(clock: ManualClock, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("alertsvc.deliver.email.pool.FAREWELL", 0.1)
    with SmtpServer() as server:
        async with connected(server, clock) as transport:
            await send(transport, 1)
            server.answer("NOOP", HANG)
            clock.advance(timedelta(seconds=20))
            await send(transport, 2)
        assert server.connections == 2


async def test_connection_lost_with_the_content_is_not_tried_again_at_once(clock: ManualClock):
    """The server may have taken the mail: the one window in which it could come twice is left to the outbox."""
    with SmtpServer() as server:
        async with connected(server, clock) as transport:
            await send(transport, 1)
            server.answer("CONTENT", DISCONNECT)
            with pytest.raises(LostConnectionError):
                await send(transport, 2)
            assert server.connections == 1


async def test_mail_larger_than_the_server_takes_is_not_even_begun(clock: ManualClock):
    server = SmtpServer()
    server.size = 2000
    with server:
        async with connected(server, clock) as transport:
            with pytest.raises(DeliveryError, match="larger than the 2000") as caught:
                await transport.send(a_delivery(), Rendered(text="word " * 2000))  # type: ignore[arg-type]
            assert caught.value.permanent
            assert not isinstance(caught.value, RecipientError)
            server.answer("MAIL", "550 never asked")
    assert server.script["MAIL"]


async def test_tls_connections_are_kept_too(clock: ManualClock, tmp_path: Path):
    with SmtpServer(security="starttls", login=("alerts", "pass")) as server:
        ca = server.write_authority(tmp_path / "ca.pem")
        async with connected(server, clock, ca_file=ca, username="alerts", password="pass") as transport:
            await send(transport, 1, 2)
            clock.advance(timedelta(seconds=30))
            await send(transport, 3)
        assert server.connections == 1
        assert len(server.logins) == 1


async def test_the_reply_is_kept_and_names_nobody(clock: ManualClock):
    with SmtpServer() as server:
        server.answer("CONTENT", "250 2.0.0 queued as 3F2 for desk@example.org")
        async with connected(server, clock) as transport:
            receipt = await transport.send(a_delivery(), RENDERED)
    assert receipt == {"reply": "250 2.0.0 queued as 3F2 for [recipient]"}


@pytest.mark.parametrize(
    ("command", "answer", "unknown"),
    [
        ("RCPT", "550 5.1.1 unknown", True),
        ("RCPT", "550 no enhanced status", True),
        ("RCPT", "551 moved", True),
        ("RCPT", "553 5.1.3 bad syntax", True),
        ("RCPT", "556 5.1.10 takes no mail", True),
        ("RCPT", "550 5.2.1 disabled", True),
        ("RCPT", "552 5.2.2 mailbox full", False),
        ("RCPT", "554 no enhanced status", False),
        ("RCPT", "550 4.1.1 a status of another class says nothing", True),
        ("CONTENT", "550 5.1.1 unknown after all", True),
        ("CONTENT", "550 looks like spam", False),
    ],
)
async def test_who_does_not_exist(clock: ManualClock, command: str, answer: str, unknown: bool):
    with SmtpServer() as server:
        server.answer(command, answer)
        async with connected(server, clock) as transport:
            with pytest.raises(DeliveryError) as caught:
                await send(transport, 1)
    assert caught.value.permanent
    assert isinstance(caught.value, RecipientError) is unknown
    assert not getattr(caught.value, "gone", False)


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("RCPT", "550 relay not permitted"),
        ("RCPT", "550 Sender verify failed"),
        ("RCPT", "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"),
        ("RCPT", "553 that domain is not in the list of rcpthosts"),
        ("RCPT", "550 5.7.1 <desk@example.org>... Relaying denied"),
        ("RCPT", "554 5.7.1 <desk@example.org>: Relay access denied"),
        ("RCPT", "550 5.1.8 bad domain of whom it is from"),
        ("RCPT", "550 5.1.0 alerts@example.org sender rejected"),
        ("RCPT", "550 authentication required"),
        ("RCPT", "550 not authorised"),
        ("RCPT", "551 we do not relay"),
        ("RCPT", "550 Administrative prohibition"),
        ("RCPT", "550 5.7.1 no reason given"),
        ("DATA", "554 refused by local policy"),
        ("CONTENT", "550 5.7.26 DMARC"),
    ],
)
async def test_a_refusal_that_is_not_about_the_recipient(clock: ManualClock, command: str, answer: str):
    with SmtpServer() as server:
        server.answer(command, answer)
        async with connected(server, clock) as transport:
            with pytest.raises(BarredError) as caught:
                await send(transport, 1)
    assert not caught.value.permanent
    assert "desk@example.org" not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        "550 <relay-policy@example.org>: no such user",
        "550 no such user relay@sender.example",
        "550 no mailbox of this name at relay.example.org",
        "550 5.1.1 no such user, ask the sender to check the address",
        "553 sorry, no mailbox here by that name (#5.1.1)",
    ],
)
async def test_words_of_an_address_or_beside_a_clear_status_are_not_read(clock: ManualClock, answer: str):
    with SmtpServer() as server:
        server.answer("RCPT", answer)
        async with connected(server, clock) as transport:
            with pytest.raises(RecipientError):
                await send(transport, 1)


def test_rates_of_server_and_domain():
    smtp = SmtpSettings(host="a", rate=120, domain_rate=30, domain_rates={"Slow.example": 3, "free.example": 0})
    transport = SmtpTransport(
        MailSettings(sender="alerts@example.org", smtp=smtp), service="alertsvc", clock=ManualClock(NOW)
    )

    def rates(target: str) -> dict[str, float]:
        found = transport.rates(a_delivery(target=target))
        return {str(key): round(rate.per_second * 60, 6) for key, rate in found.items()}

    assert rates("a@other.example") == {"('smtp', '')": 120.0, "('domain', 'other.example')": 30.0}
    assert rates("a@SLOW.example") == {"('smtp', '')": 120.0, "('domain', 'slow.example')": 3.0}
    assert rates("a@free.example") == {"('smtp', '')": 120.0}
