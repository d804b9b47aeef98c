"""Mail through a server, one recipient for each mail, over connections that are kept."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from alertsvc.deliver.email.address import ascii_address, domain_of
from alertsvc.deliver.email.message import sealed, write_letter
from alertsvc.deliver.email.pool import Connection, SmtpPool
from alertsvc.deliver.email.replies import TROUBLE, Stage, fault_of, reply_line
from alertsvc.deliver.errors import ChannelError, LostConnectionError
from alertsvc.deliver.pace import Rate
from alertsvc.deliver.text import without, without_addresses
from alertsvc.errors import DeliveryError

if TYPE_CHECKING:
    from alertsvc.brief.render import Rendered
    from alertsvc.clock import Clock
    from alertsvc.deliver.links import Links
    from alertsvc.deliver.transport import Receipt
    from alertsvc.domain import Delivery
    from alertsvc.settings import MailSettings
    from alertsvc.store.letters import Letter

__all__ = ["SmtpTransport"]

BURST = 10.0  # mails that may leave at once after a rest, where a rate is set


class SmtpTransport:
    """Sends mail by SMTP, one recipient for each message.

    STARTTLS, where configured, is required: without it nothing is sent. Every step has the time limit of the
    settings. Connections are kept from one message to the next, and from one run to the next, until they are idle for
    too long or `close`.
    """

    def __init__(self, settings: MailSettings, *, service: str, clock: Clock, links: Links | None = None) -> None:
        """Prepare; nothing is opened yet.

        Args:
            settings: with `smtp.host` set.
            service: the service's name, for the identity of its lists.
            links: makes the links by which a recipient leaves or changes the subscription.
        """
        if settings.smtp.host is None:
            raise ValueError("mail.smtp.host is not set")
        self._settings = settings
        self._service = service
        self._links = links
        self._pool = SmtpPool(settings.smtp, clock, name=_own_name(settings.sender))

    def __repr__(self) -> str:
        smtp = self._settings.smtp
        return f"SmtpTransport({smtp.host}:{smtp.effective_port}, {smtp.security})"

    def rates(self, delivery: Delivery) -> dict[Hashable, Rate]:
        """Return the rates set for the server and for the recipient's domain."""
        smtp = self._settings.smtp
        try:
            domain = domain_of(ascii_address(delivery.target))
        except DeliveryError:
            return {}  # no mail goes there, as sending it will tell
        minute = {("smtp", ""): smtp.rate, ("domain", domain): smtp.domain_rates.get(domain, smtp.domain_rate)}
        # A burst longer than what a minute allows would make the limit mean something else.
        return {key: Rate(rate / 60, max(1.0, min(BURST, rate))) for key, rate in minute.items() if rate}

    def letter(self, delivery: Delivery, rendered: Rendered) -> Letter:
        """Return headers and foot of a mail by the settings as they are now."""
        return write_letter(delivery, rendered.subject, self._settings, service=self._service, links=self._links)

    async def send(
        self, delivery: Delivery, rendered: Rendered, thread: Receipt | None = None, letter: Letter | None = None
    ) -> Receipt:
        """Send one mail; returning means that the server has taken it into its care. Returns the server's reply.

        Raises:
            DeliveryError: permanent where the server refused recipient or content for good; else worth another try.
            SenderError: the server refuses the letter's sender for good.
            ChannelError: no mail can be sent at present.
        """
        recipient = ascii_address(delivery.target)
        letter = letter or self.letter(delivery, rendered)
        sender = letter.sender  # SPF is checked against the same domain that the reader sees
        data = sealed(letter, rendered)
        try:
            try:
                reply = await self._hand_over(sender, recipient, data)
            except _DeadConnectionError:
                # Nothing of this mail was said yet when a kept connection turned out to be dead: no mail is doubled.
                reply = await self._hand_over(sender, recipient, data, fresh=True)
        except DeliveryError as error:
            # Servers like to repeat the address; it belongs in no log.
            error.args = (without(without(str(error), recipient), delivery.target),)
            raise
        return {"reply": without_addresses(without(reply, recipient))}

    def trace(self, delivery: Delivery) -> str:
        """Say that it went by mail."""
        return "mailed"

    async def probe(self) -> None:
        """Connect, secure the connection and log in as for a mail, and say goodbye without sending one.

        Raises:
            ChannelError: no mail could be sent at present.
        """
        smtp = await self._pool.open()
        try:
            await smtp.noop()
        except TROUBLE as error:
            raise ChannelError(str(fault_of(Stage.LOGIN, error))) from error
        finally:
            await self._pool.quit(smtp)

    async def tidy(self) -> None:
        """Close connections that nobody has needed for long."""
        await self._pool.tidy()

    async def close(self) -> None:
        """Say goodbye on every open connection."""
        await self._pool.close()

    async def _hand_over(self, sender: str, recipient: str, data: bytes, *, fresh: bool = False) -> str:
        # Faults are raised outside the handlers: the library's errors hold the address, and would hang on as context.
        async with self._pool.connection(fresh=fresh) as connection:
            fault, reply = await self._exchange(connection, sender, recipient, data)
            if fault is not None:
                raise fault
            return reply

    async def _exchange(
        self, connection: Connection, sender: str, recipient: str, data: bytes
    ) -> tuple[Exception | None, str]:
        """Say a mail on a connection; return what went wrong, or the server's last answer."""
        smtp = connection.smtp
        stage = Stage.SENDER
        try:
            options = []
            if smtp.supports_extension("size"):
                limit = smtp.esmtp_extensions.get("size", "")
                if limit.isdecimal() and 0 < int(limit) < len(data):
                    told = f"the mail of {len(data)} bytes is larger than the {limit} that the mail server takes"
                    return DeliveryError(told, permanent=True), ""
                options = [f"size={len(data)}"]
            await smtp.mail(sender, options=options)
            stage = Stage.RECIPIENT
            await smtp.rcpt(recipient)
            stage = Stage.CONTENT
            answer = await smtp.data(data)
        except TROUBLE as error:
            fault = fault_of(stage, error)
            if stage is Stage.SENDER and connection.kept and not smtp.is_connected:
                return _DeadConnectionError(str(fault)), ""
            # After 421 the server hangs up, whether or not we have seen it yet.
            connection.broken = isinstance(fault, LostConnectionError)
            return fault, ""
        return None, reply_line(answer.code, answer.message)


def _own_name(sender: str) -> str:
    """Return what EHLO says: the domain of the sender's address."""
    try:
        return domain_of(ascii_address(sender))
    except DeliveryError:
        return "localhost"  # no mail can be sent from such an address, as each of them will say


class _DeadConnectionError(Exception):
    """A kept connection that the server had dropped unnoticed."""
