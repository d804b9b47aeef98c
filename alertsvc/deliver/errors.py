"""Faults of sending by what they are about: the channel, the recipient, or a connection in the middle of a message."""

from __future__ import annotations

from alertsvc.errors import DeliveryError

__all__ = [
    "BarredError",
    "ChannelError",
    "LostConnectionError",
    "RecipientError",
    "SenderError",
    "SetupError",
    "UnreachableError",
]


class ChannelError(DeliveryError):
    """The way out itself is blocked: no server, no trust, no login, no room on the disk.

    Never permanent for the delivery that met it: once the fault is mended every one of them can leave. The sender
    records it as a problem of the service, pauses the channel, and counts no attempt of any delivery.
    """

    def __init__(self, message: str, /, *, retry_after: float | None = None) -> None:
        super().__init__(message, permanent=False, retry_after=retry_after)


class SenderError(ChannelError):
    """The mail server refuses for good whom a mail is from: nothing of it can leave as it stands.

    Whatever is due from that address is made out anew, so that it leaves once the operator has set another.
    """


class RecipientError(DeliveryError):
    """The other side does not know the recipient, or knows it no more. Always permanent.

    It counts against the subscription, which is paused after so many in a row.

    Attributes:
        words: what the other side said, without what differs from one recipient to the next. Said of several in a row
            it is a fault of the server. Empty where no such thing is to be read out of it.
        gone: one such answer is enough, since nothing can bring the recipient back: a webhook that was taken away.
    """

    def __init__(self, message: str, /, *, gone: bool = False, words: str = "") -> None:
        super().__init__(message, permanent=True)
        self.words = words
        self.gone = gone


class BarredError(DeliveryError):
    """The mail server refuses for good, but for what it or the sender is: no relaying, a sender or a policy of its own.

    The operator is told, who alone can mend it, and the message is kept until it expires. It says nothing of the
    recipient. Others may be taken, so only this one waits; when it meets two recipients in a row, the channel rests.
    """

    def __init__(self, message: str, /) -> None:
        super().__init__(message, permanent=False)


class LostConnectionError(DeliveryError):
    """The server ended the connection, or the talk, after it had been told for whom the message is.

    One such end may be due to the message or its recipient, and only they wait; when it meets two recipients in a row,
    the sender takes it for a fault of the channel.
    """

    def __init__(self, message: str, /) -> None:
        super().__init__(message, permanent=False)


class UnreachableError(DeliveryError):
    """The server by which this recipient is reached cannot be: nothing was handed over.

    Others of the channel may be reached by another server, so only this one waits, and no attempt is counted.
    """


class SetupError(DeliveryError):
    """What this recipient is reached by is not set up, or no longer holds: a token that is missing or was revoked.

    Other recipients of the channel may be reached otherwise, so only this one waits; the operator is told, who alone
    can mend it.
    """

    def __init__(self, message: str, /, *, retry_after: float = 300.0) -> None:
        super().__init__(message, permanent=False, retry_after=retry_after)
