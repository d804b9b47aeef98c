"""Mail over the wire, to a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme

from alertsvc.clock import ManualClock
from alertsvc.deliver.email.message import build_mail
from alertsvc.deliver.email.smtp import SmtpTransport
from alertsvc.deliver.errors import ChannelError
from alertsvc.errors import DeliveryError
from alertsvc.settings import MailSettings, SmtpSettings
from tests.deliver.support import NOW, Rendered, a_delivery
from tests.smtpserver import DISCONNECT, HANG, SmtpServer

RENDERED: Any = Rendered()
LOGIN = ("alerts", "correct horse battery")


def settings(server: SmtpServer, **smtp: Any) -> MailSettings:
    options = {"host": "localhost", "port": server.port, "security": server.security, "timeout": 5.0} | smtp
    return MailSettings(sender="alerts@example.org", smtp=SmtpSettings(**options))


@asynccontextmanager
async def connected(server: SmtpServer, clock: ManualClock | None = None, **smtp: Any) -> AsyncIterator[SmtpTransport]:
    transport = SmtpTransport(settings(server, **smtp), service="alertsvc", clock=clock or ManualClock(NOW))
    try:
        yield transport
    finally:
        await transport.close()


async def refused(server: SmtpServer, **smtp: Any) -> DeliveryError:
    """Send one mail that must not get through; return what was said."""
    async with connected(server, **smtp) as transport:
        with pytest.raises(DeliveryError) as caught:
            await transport.send(a_delivery(), RENDERED)
    assert server.mails == []
    assert "desk@example.org" not in str(caught.value)
    assert LOGIN[1] not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_secure_connection_and_login(tmp_path: Path, security: Any):
    with SmtpServer(security=security, login=LOGIN) as server:
        ca = server.write_authority(tmp_path / "ca.pem")
        async with connected(server, ca_file=ca, username=LOGIN[0], password=LOGIN[1]) as transport:
            await transport.send(a_delivery(), RENDERED)
        (mail,) = server.mails
    assert (mail.sender, mail.recipients) == ("alerts@example.org", ("desk@example.org",))
    assert mail.secure
    assert mail.login == LOGIN[0]
    assert mail.data == build_mail(a_delivery(), RENDERED, settings(server), service="alertsvc")
    assert LOGIN[1] not in repr(transport)


async def test_one_connection_for_many_mails_and_a_new_one_after_close():
    with SmtpServer() as server:
        async with connected(server) as transport:
            for number in range(5):
                await transport.send(a_delivery(number), RENDERED)
            assert server.connections == 1
            await transport.close()
            await transport.send(a_delivery(9), RENDERED)
        assert server.connections == 2
        assert len(server.mails) == 6


async def test_mails_side_by_side_share_no_connection():
    with SmtpServer() as server:
        async with connected(server) as transport:
            await asyncio.gather(*(transport.send(a_delivery(number), RENDERED) for number in range(8)))
            await asyncio.gather(*(transport.send(a_delivery(number), RENDERED) for number in range(8, 16)))
        assert len({mail.message["Message-ID"] for mail in server.mails}) == 16
        assert server.connections <= 8


async def test_lines_that_begin_with_a_dot_arrive_whole():
    with SmtpServer() as server:
        rendered: Any = Rendered(text=".\n..\n.hidden\n", html="<p>\n.\n</p>")
        async with connected(server) as transport:
            await transport.send(a_delivery(), rendered)
        (mail,) = server.mails
    part = mail.message.get_body(("plain",))
    assert part is not None
    assert part.get_content().replace("\r\n", "\n").startswith(".\n..\n.hidden\n")


async def test_wrong_password(tmp_path: Path):
    with SmtpServer(security="starttls", login=LOGIN) as server:
        ca = server.write_authority(tmp_path / "ca.pem")
        fault = await refused(server, ca_file=ca, username=LOGIN[0], password="wrong horse")
        assert isinstance(fault, ChannelError)
        assert not fault.permanent
        assert "refused the login: 535" in str(fault)
        assert "wrong horse" not in str(fault)
        assert server.logins
        assert not any(good for _, good in server.logins)


async def test_login_that_is_needed_but_not_set():
    with SmtpServer(login=LOGIN) as server:
        fault = await refused(server)
    assert isinstance(fault, ChannelError)
    assert "530" in str(fault)


async def test_server_without_login_is_not_sent_to_when_one_is_set(tmp_path: Path):
    with SmtpServer(security="tls") as server:
        ca = server.write_authority(tmp_path / "ca.pem")
        fault = await refused(server, ca_file=ca, username=LOGIN[0], password=LOGIN[1])
    assert isinstance(fault, ChannelError)
    assert "AUTH" in str(fault)


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_certificate_of_an_unknown_authority(tmp_path: Path, security: Any):
    with SmtpServer(security=security) as server:
        trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
        for ca in (None, tmp_path / "other.pem"):
            fault = await refused(server, ca_file=ca)
            assert isinstance(fault, ChannelError)
            assert "certificate is not trusted" in str(fault)


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_certificate_for_another_name(tmp_path: Path, security: Any):
    with SmtpServer(security=security, certificate=("mail.example.net",)) as server:
        fault = await refused(server, ca_file=server.write_authority(tmp_path / "ca.pem"))
    assert isinstance(fault, ChannelError)
    assert "certificate is not trusted" in str(fault)


@pytest.mark.parametrize("content", [None, "not a certificate"])
async def test_authorities_that_cannot_be_read(tmp_path: Path, content: str | None):
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with SmtpServer(security="tls") as server:
        fault = await refused(server, ca_file=path)
        assert server.connections == 0
    assert isinstance(fault, ChannelError)
    assert "mail.smtp.ca_file" in str(fault)


async def test_never_in_the_clear_where_starttls_is_not_offered():
    with SmtpServer() as server:
        fault = await refused(server, security="starttls")
    assert isinstance(fault, ChannelError)
    assert "STARTTLS" in str(fault)


async def test_tls_to_a_server_that_speaks_plain():
    with SmtpServer() as server:
        fault = await refused(server, security="tls")
    assert isinstance(fault, ChannelError)


async def test_nobody_listens():
    with SmtpServer() as server:
        pass
    fault = await refused(server)
    assert isinstance(fault, ChannelError)
    assert "cannot be used" in str(fault)


@pytest.mark.parametrize(
    ("command", "answer", "permanent", "channel"),
    [
        ("CONNECT", "421 4.3.2 too busy", False, True),
        ("CONNECT", "554 5.7.1 go away", False, True),
        ("CONNECT", DISCONNECT, False, True),
        ("CONNECT", HANG, False, True),
        ("MAIL", "421 4.3.2 shutting down", False, True),
        ("MAIL", "451 4.3.0 later", False, True),
        ("MAIL", "530 5.7.0 authentication required", False, True),
        ("MAIL", "550 5.7.1 sender not yours", False, True),
        ("MAIL", "552 5.3.4 too large", True, False),
        ("MAIL", DISCONNECT, False, True),
        ("MAIL", HANG, False, True),
        ("RCPT", "421 4.7.0 try later", False, False),
        ("RCPT", "450 4.2.0 greylisted <desk@example.org>", False, False),
        ("RCPT", "452 4.2.2 mailbox full", False, False),
        ("RCPT", "550 5.1.1 <DESK@example.org> is unknown", True, False),
        ("RCPT", "554 5.7.1 relay denied", False, False),
        ("RCPT", DISCONNECT, False, False),
        ("RCPT", HANG, False, False),
        ("DATA", "451 4.3.0 later", False, False),
        ("DATA", "554 5.5.1 no", True, False),
        ("DATA", DISCONNECT, False, False),
        ("CONTENT", "451 4.7.1 scanner busy", False, False),
        ("CONTENT", "552 5.2.2 over quota", True, False),
        ("CONTENT", "554 5.7.1 looks like spam", False, False),
        ("CONTENT", DISCONNECT, False, False),
        ("CONTENT", HANG, False, False),
    ],
)
async def test_what_the_answers_mean(command: str, answer: str, permanent: bool, channel: bool):
    with SmtpServer() as server:
        server.answer(command, answer)
        fault = await refused(server, timeout=0.2 if answer == HANG else 5.0)
        assert fault.permanent is permanent
        assert isinstance(fault, ChannelError) is channel
        assert "desk@" not in str(fault).lower()
        if answer[0] in "45":
            assert answer[:3] in str(fault)
        # The next one gets through, whatever state the connection was left in.
        async with connected(server) as transport:
            await transport.send(a_delivery(), RENDERED)
        assert len(server.mails) == 1


@pytest.mark.parametrize("answer", ["450 4.2.0 later", "550 5.1.1 unknown", "421 4.7.0 enough", DISCONNECT])
async def test_a_refusal_does_not_spoil_the_connection_for_the_next(answer: str):
    with SmtpServer() as server:
        async with connected(server) as transport:
            await transport.send(a_delivery(1), RENDERED)
            server.answer("RCPT", answer)
            with pytest.raises(DeliveryError):
                await transport.send(a_delivery(2), RENDERED)
            await transport.send(a_delivery(3), RENDERED)
        assert [mail.message["Message-ID"] for mail in server.mails] == [
            f"<{a_delivery(number).message_id}>" for number in (1, 3)
        ]


async def test_kept_connection_that_the_server_has_dropped():
    with SmtpServer() as server:
        async with connected(server) as transport:
            await transport.send(a_delivery(1), RENDERED)
            server.drop_connections()
            await transport.send(a_delivery(2), RENDERED)
        assert len(server.mails) == 2
        assert server.connections == 2


async def test_cancelled_half_way_leaves_no_connection_in_use():
    with SmtpServer() as server:
        async with connected(server) as transport:
            server.answer("RCPT", HANG)
            task = asyncio.create_task(transport.send(a_delivery(1), RENDERED))
            assert await asyncio.to_thread(server.hung.wait, 30)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await transport.send(a_delivery(2), RENDERED)
        assert server.connections == 2
        assert len(server.mails) == 1


async def test_bad_address_reaches_no_server():
    with SmtpServer() as server:
        async with connected(server) as transport:
            with pytest.raises(DeliveryError) as caught:
                await transport.send(a_delivery(target="a@b> SIZE=1\r\nDATA"), RENDERED)
        assert caught.value.permanent
        assert server.connections == 0


def test_needs_a_host():
    with pytest.raises(ValueError, match=r"mail\.smtp\.host"):
        SmtpTransport(MailSettings(), service="alertsvc", clock=ManualClock(NOW))
