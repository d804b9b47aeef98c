"""What a mail server's answer, or its silence, means for the mail in hand. Decided by codes, never by words."""

from __future__ import annotations

import ssl
from enum import StrEnum

import aiosmtplib

from alertsvc.deliver.errors import ChannelError
from alertsvc.deliver.text import one_line
from alertsvc.errors import DeliveryError

__all__ = ["Stage", "fault_of"]

# RFC 4954: the server wants a login, or a better one, whatever the command was.
_LOGIN_CODES = frozenset({530, 534, 535, 538})
_TOO_LARGE = 552
_NOT_AVAILABLE = 421
_REPLY_LIMIT = 200


class Stage(StrEnum):
    """The step of a session in which something failed, in words that fit behind "while" or "to"."""

    CONNECT = "connecting"
    LOGIN = "logging in"
    SENDER = "MAIL FROM"
    RECIPIENT = "RCPT TO"
    CONTENT = "DATA"


def _reply(code: int, message: str) -> str:
    words = one_line(message, _REPLY_LIMIT)
    return f"{code} {words}" if words else str(code)


def _answered(stage: Stage, code: int, message: str) -> DeliveryError:
    if stage is Stage.CONNECT:
        return ChannelError(f"the mail server refused the connection: {_reply(code, message)}")
    if stage is Stage.LOGIN or code in _LOGIN_CODES:
        return ChannelError(f"the mail server refused the login: {_reply(code, message)}")
    text = f"the mail server answered {stage} with {_reply(code, message)}"
    if not 500 <= code < 600:
        # 4yz and answers outside the protocol: nothing says that it will be refused for good. Some servers say 421 of
        # one recipient; taken for a fault of the channel, that one would stand in everybody's way.
        shut = code == _NOT_AVAILABLE and stage is Stage.SENDER
        return ChannelError(text) if shut else DeliveryError(text)
    if stage is Stage.SENDER and code != _TOO_LARGE:
        return ChannelError(f"the mail server refuses the sender: {_reply(code, message)}")
    return DeliveryError(text, permanent=True)


def fault_of(stage: Stage, error: Exception) -> DeliveryError:
    """Turn what aiosmtplib raised in a step into the error that the sender acts on.

    Codes 5yz are permanent for the recipient and the content; 4yz, silence and lost connections are not. What stands
    in the way of every mail (no connection, no trusted certificate, no login, sender refused) is a `ChannelError`.
    """
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused) and error.recipients:
        error = error.recipients[0]
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _answered(stage, error.code, error.message)
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__
    if cause is not None:
        return ChannelError(f"the mail server's certificate is not trusted: {one_line(cause.verify_message)}")
    if isinstance(error, ssl.SSLError):
        return ChannelError(f"no secure connection to the mail server: {one_line(error.reason or 'TLS failed')}")
    if isinstance(error, TimeoutError):
        text = f"the mail server did not answer in time while {stage}"
    elif isinstance(error, ConnectionError) and stage is not Stage.CONNECT:
        text = f"the mail server closed the connection during {stage}"
    else:
        text = f"the mail server cannot be used: {one_line(str(error), _REPLY_LIMIT)}"
    return ChannelError(text) if stage in (Stage.CONNECT, Stage.LOGIN) else DeliveryError(text)
