"""Mail through a server: a few connections for one run, each used for many messages, secured as configured."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING

import aiosmtplib

from alertsvc.deliver.email.address import ascii_address, domain_of
from alertsvc.deliver.email.message import build_mail
from alertsvc.deliver.email.replies import Stage, fault_of
from alertsvc.deliver.errors import ChannelError
from alertsvc.deliver.text import without
from alertsvc.errors import DeliveryError

if TYPE_CHECKING:
    from alertsvc.brief.render import Rendered
    from alertsvc.domain import Delivery
    from alertsvc.settings import MailSettings, SmtpSettings

__all__ = ["SmtpTransport"]

_FAREWELL = 5.0  # seconds that a server is given to answer QUIT
_TROUBLE = (aiosmtplib.SMTPException, OSError)  # of which TimeoutError is one


def _trust(settings: SmtpSettings) -> ssl.SSLContext:
    """Return what certificates are checked against: the machine's authorities and those of `ca_file`."""
    context = ssl.create_default_context()
    if settings.ca_file is not None:
        try:
            context.load_verify_locations(cafile=settings.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise ChannelError(f"mail.smtp.ca_file: cannot read certificates from {settings.ca_file}") from error
    return context


async def _drop(connection: aiosmtplib.SMTP) -> None:
    """Close a connection that failed, and its socket before this returns: the event loop may end right after."""
    transport = connection.transport
    connection.close()
    abort = getattr(transport, "abort", None)  # uvloop's transports are no asyncio.WriteTransport
    if abort is not None:
        abort()
        for _ in range(2):  # rounds of the loop in which a secured connection lets go of the one beneath it
            await asyncio.sleep(0)


class SmtpTransport:
    """Sends mail by SMTP, one recipient for each message.

    STARTTLS, where configured, is required: without it nothing is sent. Every step has the time limit of the
    settings. Connections are kept from one message to the next until `close`.
    """

    def __init__(self, settings: MailSettings, *, service: str) -> None:
        """Prepare; nothing is opened yet.

        Args:
            settings: with `smtp.host` set.
            service: the service's name, for the identity of its lists.
        """
        if settings.smtp.host is None:
            raise ValueError("mail.smtp.host is not set")
        self._settings = settings
        self._service = service
        self._idle: list[aiosmtplib.SMTP] = []
        self._context: ssl.SSLContext | None = None

    def __repr__(self) -> str:
        smtp = self._settings.smtp
        return f"SmtpTransport({smtp.host}:{smtp.effective_port}, {smtp.security})"

    async def send(self, delivery: Delivery, rendered: Rendered) -> None:
        """Send one mail; returning means that the server has taken it into its care.

        Raises:
            DeliveryError: permanent where the server refused recipient or content for good; else worth another try.
            ChannelError: no mail can be sent at present.
        """
        sender = ascii_address(self._settings.sender)
        recipient = ascii_address(delivery.target)
        data = build_mail(delivery, rendered, self._settings, service=self._service)
        try:
            await self._hand_over(sender, recipient, data)
        except DeliveryError as error:
            # Servers like to repeat the address; it belongs in no log.
            error.args = (without(without(str(error), recipient), delivery.target),)
            raise

    def trace(self, delivery: Delivery) -> str:
        """Say that it went by mail."""
        return "mailed"

    async def probe(self) -> None:
        """Connect, secure the connection and log in as for a mail, and say goodbye without sending one.

        Raises:
            ChannelError: no mail could be sent at present.
        """
        await self._quit(await self._open())

    async def close(self) -> None:
        """Say goodbye on every open connection."""
        idle, self._idle = self._idle, []
        await asyncio.gather(*(self._quit(connection) for connection in idle))

    async def _hand_over(self, sender: str, recipient: str, data: bytes) -> None:
        while self._idle:
            connection = self._idle.pop()
            # A server may have hung up on a kept connection; nothing of this mail is lost by trying the next.
            with suppress(*_TROUBLE):
                if connection.is_connected:
                    await connection.rset()
                    break
            connection.close()
        else:
            connection = await self._open()
        try:
            await self._exchange(connection, sender, recipient, data)
        except BaseException as error:
            if isinstance(error, DeliveryError) and connection.is_connected:
                self._idle.append(connection)
            else:
                connection.close()
            raise
        self._idle.append(connection)

    async def _exchange(self, connection: aiosmtplib.SMTP, sender: str, recipient: str, data: bytes) -> None:
        # Faults are raised outside the handlers: the library's errors hold the address, and would hang on as context.
        fault: DeliveryError | None = None
        stage = Stage.SENDER
        try:
            size = [f"size={len(data)}"] if connection.supports_extension("size") else []
            await connection.mail(sender, options=size)
            stage = Stage.RECIPIENT
            await connection.rcpt(recipient)
            stage = Stage.CONTENT
            await connection.data(data)
        except _TROUBLE as error:
            fault = fault_of(stage, error)
        if fault is not None:
            raise fault

    async def _open(self) -> aiosmtplib.SMTP:
        smtp = self._settings.smtp
        if self._context is None and smtp.security != "none":
            self._context = await asyncio.to_thread(_trust, smtp)
        connection = aiosmtplib.SMTP(
            hostname=smtp.host,
            port=smtp.effective_port,
            timeout=smtp.timeout,
            use_tls=smtp.security == "tls",
            start_tls=smtp.security == "starttls",
            tls_context=self._context,
            # The machine's own name needs a lookup that no time limit covers, and tells more than it should.
            local_hostname=domain_of(ascii_address(self._settings.sender)),
        )
        stage = Stage.CONNECT
        try:
            await connection.connect()
            if smtp.username is not None and smtp.password is not None:
                stage = Stage.LOGIN
                await connection.login(smtp.username, smtp.password.get_secret_value())
        except _TROUBLE as error:
            await _drop(connection)
            raise fault_of(stage, error) from error
        except BaseException:
            connection.close()
            raise
        return connection

    async def _quit(self, connection: aiosmtplib.SMTP) -> None:
        with suppress(*_TROUBLE):
            if connection.is_connected:
                await connection.quit(timeout=_FAREWELL)
        connection.close()
