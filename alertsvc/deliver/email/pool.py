"""Connections to the mail server: opened when needed, used for many mails, closed when nobody has needed them for long.

Opening one costs several round trips and, with TLS, a handshake; a mail on an open one costs four. What is kept is
bounded, and a server is never asked to hold a connection that nobody uses.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import aiosmtplib

from alertsvc.deliver.email.replies import TROUBLE, Stage, fault_of
from alertsvc.deliver.errors import ChannelError

if TYPE_CHECKING:
    from alertsvc.clock import Clock
    from alertsvc.settings import SmtpSettings

__all__ = ["Connection", "SmtpPool"]

FAREWELL = 5.0  # seconds that a server is given to answer QUIT, and a kept connection to answer NOOP
ASK_AFTER = timedelta(seconds=15)  # a connection unused for longer is asked whether it still lives before it is used


@dataclass(slots=True, eq=False)
class Connection:
    """An open connection.

    Attributes:
        mails: how many were begun on it.
        used: when it was last given back.
        dirty: a mail was begun and not finished, so the server's state has to be reset before the next.
        broken: the server is about to hang up.
        kept: it comes from the pool, so the server may have dropped it unnoticed.
    """

    smtp: aiosmtplib.SMTP
    used: datetime
    mails: int = 0
    dirty: bool = False
    broken: bool = False
    kept: bool = False


def _trust(settings: SmtpSettings) -> ssl.SSLContext:
    """Return what certificates are checked against: the machine's authorities and those of `ca_file`."""
    context = ssl.create_default_context()
    if settings.ca_file is not None:
        try:
            context.load_verify_locations(cafile=settings.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise ChannelError(f"mail.smtp.ca_file: cannot read certificates from {settings.ca_file}") from error
    return context


async def _drop(smtp: aiosmtplib.SMTP) -> None:
    """Close a connection that failed, and its socket before this returns: the event loop may end right after."""
    transport = smtp.transport
    smtp.close()
    abort = getattr(transport, "abort", None)  # uvloop's transports are no asyncio.WriteTransport
    if abort is not None:
        abort()
        for _ in range(2):  # rounds of the loop in which a secured connection lets go of the one beneath it
            await asyncio.sleep(0)


class SmtpPool:
    """At most `connections` connections to one server, each used by one mail at a time."""

    def __init__(self, settings: SmtpSettings, clock: Clock, *, name: str) -> None:
        """Prepare; nothing is opened yet.

        Args:
            settings: the server, how connections are secured, and for how long and how many mails they are kept.
            name: what EHLO says who we are. The machine's own name would need a look-up that no time limit covers,
                and tell more than it should.
        """
        self._settings = settings
        self._clock = clock
        self._name = name
        self._idle: list[Connection] = []
        self._turns = asyncio.Semaphore(settings.connections)
        self._context: ssl.SSLContext | None = None

    @property
    def idle(self) -> int:
        """How many connections are kept open without being used."""
        return len(self._idle)

    @asynccontextmanager
    async def connection(self, *, fresh: bool = False) -> AsyncIterator[Connection]:
        """Lend a connection on which a mail may begin, and take it back unless it broke.

        Args:
            fresh: open a new one, since a kept one has just turned out to be dead.

        Raises:
            ChannelError: there is none to be had.
        """
        async with self._turns:
            found = None if fresh else await self._kept()
            connection = found or Connection(await self.open(), self._clock.now())
            connection.mails += 1
            try:
                yield connection
            except BaseException as error:
                connection.dirty = True
                # Whoever was cancelled has left an answer under way that the next mail would take for its own.
                if not isinstance(error, Exception):
                    await _drop(connection.smtp)
                raise
            finally:
                await self._take_back(connection)

    async def open(self) -> aiosmtplib.SMTP:
        """Connect, secure the connection and log in.

        Raises:
            ChannelError: the server cannot be reached, trusted or logged in to.
        """
        settings = self._settings
        if self._context is None and settings.security != "none":
            self._context = await asyncio.to_thread(_trust, settings)
        smtp = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.effective_port,
            timeout=settings.timeout,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=self._context,
            local_hostname=self._name,
        )
        stage = Stage.CONNECT
        try:
            await smtp.connect()
            if settings.username is not None and settings.password is not None:
                stage = Stage.LOGIN
                await smtp.login(settings.username, settings.password.get_secret_value())
            elif smtp.is_ehlo_or_helo_needed:
                await smtp.ehlo()
        except TROUBLE as error:
            await _drop(smtp)
            raise fault_of(stage, error) from error
        except BaseException:
            await _drop(smtp)
            raise
        return smtp

    async def tidy(self) -> None:
        """Say goodbye on connections that nobody has needed for `idle` seconds."""
        limit = self._clock.now() - timedelta(seconds=self._settings.idle)
        old = [connection for connection in self._idle if connection.used <= limit]
        self._idle = [connection for connection in self._idle if connection.used > limit]
        await asyncio.gather(*(self.quit(connection.smtp) for connection in old))

    async def close(self) -> None:
        """Say goodbye on every kept connection; the pool may be used again."""
        idle, self._idle = self._idle, []
        await asyncio.gather(*(self.quit(connection.smtp) for connection in idle))

    async def quit(self, smtp: aiosmtplib.SMTP) -> None:
        """Say goodbye on a connection and close it, whatever the server makes of that."""
        with suppress(*TROUBLE):
            if smtp.is_connected:
                await smtp.quit(timeout=FAREWELL)
        await _drop(smtp)

    async def _kept(self) -> Connection | None:
        """Return the connection that was used last, of those that can be used; None where none is left."""
        while self._idle:
            connection = self._idle.pop()
            silent = self._clock.now() - connection.used
            if connection.smtp.is_connected and silent < timedelta(seconds=self._settings.idle):
                if silent <= ASK_AFTER and not connection.dirty:
                    return connection
                with suppress(*TROUBLE):
                    ask = connection.smtp.rset if connection.dirty else connection.smtp.noop
                    await ask(timeout=FAREWELL)
                    connection.dirty = False
                    return connection
                await _drop(connection.smtp)
            else:
                await self.quit(connection.smtp)
        return None

    async def _take_back(self, connection: Connection) -> None:
        if connection.broken or not connection.smtp.is_connected:
            await _drop(connection.smtp)
        elif connection.mails >= self._settings.mails_per_connection:
            await self.quit(connection.smtp)
        else:
            connection.used = self._clock.now()
            connection.kept = True
            self._idle.append(connection)
