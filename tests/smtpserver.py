"""A real mail server on loopback: STARTTLS or TLS from the start, login, scripted answers, and every mail kept.

It runs in a thread of its own, so that commands, services and event loops under test can all talk to it.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
import threading
from collections import defaultdict, deque
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

__all__ = ["DISCONNECT", "HANG", "LoopThread", "Mail", "SmtpServer"]

DISCONNECT = "disconnect"
"""Scripted answer: the connection is cut without a word."""
HANG = "hang"
"""Scripted answer: none ever, the connection stays open."""

T = TypeVar("T")


class LoopThread:
    """An event loop in a thread, for servers that tests of any kind can use."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the thread and wait for what it returns."""
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self.loop)
        return future.result(timeout=30)

    def stop(self) -> None:
        """Cancel what still runs and end the thread."""
        self.run(self._cancel_all())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=30)
        self.loop.close()

    async def _cancel_all(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)


@dataclass(frozen=True)
class Mail:
    """One mail as the server took it."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes
    secure: bool
    login: str | None
    connection: int

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.data, policy=email.policy.default)


class _Session(SMTP):
    """The protocol of one connection, whose answers can be scripted."""

    def __init__(self, server: SmtpServer, **options: Any) -> None:
        self._server = server
        super().__init__(server, **options)
        # Set late, since together with TLS from the start the constructor takes it for a mistake and warns.
        self._auth_required = server.login is not None
        self.secure = False
        self.number = 0
        self._greeted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if not self.number:
            self._server.connections += 1
            self.number = self._server.connections
            self._server.open.add(self)
            self._server.most = max(self._server.most, len(self._server.open))
        self.secure = transport.get_extra_info("sslcontext") is not None

    def connection_lost(self, error: Exception | None) -> None:
        self._server.open.discard(self)
        super().connection_lost(error)

    def abort(self) -> None:
        """Cut the connection without a word."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    async def push(self, status: Any) -> None:
        if not self._greeted:
            self._greeted = True
            status = await self.scripted("CONNECT") or status
        await super().push(status)

    async def smtp_NOOP(self, arg: str) -> None:  # noqa: N802
        self._server.commands.append((self.number, "NOOP"))
        await self.scripted("NOOP")
        await super().smtp_NOOP(arg)

    async def smtp_RSET(self, arg: str) -> None:  # noqa: N802
        self._server.commands.append((self.number, "RSET"))
        await super().smtp_RSET(arg)

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
        self._server.commands.append((self.number, "QUIT"))
        await super().smtp_QUIT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        answer = await self.scripted("DATA")
        if answer is None:
            await super().smtp_DATA(arg)
        else:
            await self.push(answer)

    async def scripted(self, command: str) -> str | None:
        """Return the next answer laid down for a command; None for the usual one."""
        answers = self._server.script[command]
        answer = answers.popleft() if answers else None
        if answer == DISCONNECT:
            self.abort()
            await asyncio.Event().wait()
        if answer == HANG:
            self._server.hung.set()
            await asyncio.Event().wait()
        return answer


class SmtpServer:
    """Start it as a context manager; `host` and `port` say where it listens.

    Attributes:
        mails: everything taken, in order.
        contents: the bytes of every mail that was said to the end, taken or not.
        script: answers still to be given, by command: CONNECT, EHLO, MAIL, RCPT, DATA (before the content) or CONTENT
            (after it); each is a line such as "450 4.2.0 later", DISCONNECT or HANG.
        logins: the user name of every attempt to log in, with whether it succeeded.
        connections: how many were made so far.
        most: how many were open at once.
        commands: each NOOP, RSET and QUIT, with the number of its connection.
        size: the largest mail that is taken, in bytes, as EHLO tells.
        hung: set once an answer was withheld.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        *,
        security: Literal["starttls", "tls", "none"] = "none",
        login: tuple[str, str] | None = None,
        certificate: tuple[str, ...] = ("localhost", "127.0.0.1"),
    ) -> None:
        self.security = security
        self.login = login
        self.authority = trustme.CA()
        self._certificate = certificate
        self.mails: list[Mail] = []
        self.contents: list[bytes] = []
        self.script: defaultdict[str, deque[str]] = defaultdict(deque)
        self.logins: list[tuple[str, bool]] = []
        self.connections = 0
        self.most = 0
        self.commands: list[tuple[int, str]] = []
        self.size = 33554432
        self.hung = threading.Event()
        self.open: set[_Session] = set()
        self.port = 0
        self._news = threading.Condition()

    def wait_for(self, count: int) -> None:
        """Wait until so many mails were taken."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.mails) >= count, 30)

    def answer(self, command: str, *answers: str) -> None:
        """Lay down the next answers to a command."""
        self.script[command].extend(answers)

    def drop_connections(self) -> None:
        """Cut every open connection, as a server does with one that was idle for long."""
        self._thread.run(self._drop())

    def write_authority(self, path: Path) -> Path:
        """Write the certificate of the authority that vouches for this server."""
        self.authority.cert_pem.write_to_path(str(path))
        return path

    def __enter__(self) -> Self:
        self._thread = LoopThread()
        self._listener = self._thread.run(self._listen())
        self.port = self._listener.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.run(self._shut())
        self._thread.stop()

    async def _listen(self) -> asyncio.Server:
        context: ssl.SSLContext | None = None
        if self.security != "none":
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.authority.issue_cert(*self._certificate).configure_cert(context)
        options: dict[str, Any] = {"hostname": "mail.example", "loop": asyncio.get_running_loop()}
        options["data_size_limit"] = self.size
        if self.security == "starttls":
            options |= {"tls_context": context, "require_starttls": True}
        if self.login is not None:
            options |= {"authenticator": self._authenticate, "auth_require_tls": self.security == "starttls"}
        return await asyncio.get_running_loop().create_server(
            lambda: _Session(self, **options), self.host, 0, ssl=context if self.security == "tls" else None
        )

    async def _drop(self) -> None:
        for session in list(self.open):
            session.abort()
        await asyncio.sleep(0)

    async def _shut(self) -> None:
        self._listener.close()
        await self._drop()
        await self._listener.wait_closed()

    def _authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        given = data if isinstance(data, LoginPassword) else LoginPassword(b"", b"")
        good = (given.login.decode(), given.password.decode()) == self.login
        self.logins.append((given.login.decode(), good))
        return AuthResult(success=good, handled=good, auth_data=given.login.decode())

    # The hooks below are aiosmtpd's, their names too.

    async def handle_EHLO(  # noqa: N802
        self, server: _Session, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        answer = await server.scripted("EHLO")
        return [answer] if answer else responses

    async def handle_MAIL(  # noqa: N802
        self, server: _Session, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await server.scripted("MAIL")
        if answer is None or answer.startswith("2"):
            envelope.mail_from = address
        return answer or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: _Session, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await server.scripted("RCPT")
        if answer is None or answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: _Session, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.contents.append(envelope.original_content or b"")
        answer = await server.scripted("CONTENT")
        if answer is None or answer.startswith("2"):
            data = envelope.original_content or b""
            login = session.auth_data if session.authenticated else None
            with self._news:
                self.mails.append(
                    Mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), data, server.secure, login, server.number)
                )
                self._news.notify_all()
        return answer or "250 OK"
