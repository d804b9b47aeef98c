"""What a mail server's answer, or its silence, means for the mail in hand.

Decided by codes. Words are read for one thing only: whether a refusal that names no reason by its code is about
relaying, the sender, a login or a policy, and so not about the recipient.

Sources: RFC 5321 for the three digits and what becomes of 4yz and 5yz, RFC 3463 with its registry for the enhanced
status that many servers put before their words, RFC 4954 for those of a login. qmail puts the status behind its words.
"""

from __future__ import annotations

import re
import ssl
from enum import StrEnum

import aiosmtplib

from alertsvc.deliver.errors import BarredError, ChannelError, LostConnectionError, RecipientError, SenderError
from alertsvc.deliver.text import one_line, without_addresses
from alertsvc.errors import DeliveryError

__all__ = ["TROUBLE", "Stage", "fault_of", "reply_line"]

TROUBLE = (aiosmtplib.SMTPException, OSError)
"""What a step of a session may raise; TimeoutError is one of them."""

# RFC 4954: the server wants a login, or a better one, whatever the command was.
_LOGIN_CODES = frozenset({530, 534, 535, 538})
_NOT_AVAILABLE = 421
_TOO_LARGE = 552
_SIZES = frozenset({(2, 3), (3, 4)})  # message longer than a mailbox, or than the system, takes
# The address is wrong or leads nowhere: unknown mailbox or system, bad syntax, ambiguous, moved away, a domain that
# takes no mail (RFC 7505), a mailbox that was disabled. A full mailbox (2.2) is none of these: it may be emptied.
_NOBODY = frozenset({(1, 1), (1, 2), (1, 3), (1, 4), (1, 6), (1, 10), (2, 1)})
# Where a server gives no enhanced status, what RFC 5321 has these codes say of a recipient.
_NOBODY_CODES = frozenset({550, 551, 553})
# Whom a mail is from is not taken (1.7, 1.8), and all of 7: security or policy.
_BARRED = frozenset({(1, 7), (1, 8)})
_POLICY = 7
_BARRED_WORDS = re.compile(
    r"\brelay|rcpthosts|not a gateway|\bsender|\bauth(?:[eo]|\b)|\bpolic(?:y|ies)\b|administrative|prohibit"
    r"|access denied|(?:black|block)[ -]?list|\bblocked\b|\bbanned\b|\b(?:dnsbl|rbl|spf|dkim|dmarc)\b|reputation",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"<[^<>]*>")
_HOST = re.compile(r"\b[\w-]{1,63}(?:\.[\w-]{1,63})+")
_NUMBERED = re.compile(r"\b\w*\d\w*")
_TRAILING = re.compile(r"\(#([245])\.(\d{1,3})\.(\d{1,3})\)\s*\Z")
_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?!\d)")
_REPLY_LIMIT = 200


class Stage(StrEnum):
    """The step of a session in which something failed, in words that fit behind "while" or "to"."""

    CONNECT = "connecting"
    LOGIN = "logging in"
    SENDER = "MAIL FROM"
    RECIPIENT = "RCPT TO"
    CONTENT = "DATA"


def reply_line(code: int, message: str) -> str:
    """Return a server's answer on one line, cut where it is long."""
    words = one_line(message, _REPLY_LIMIT)
    return f"{code} {words}" if words else str(code)


def _enhanced(code: int, message: str) -> tuple[int, int] | None:
    """Return subject and detail of the enhanced status; None where there is none, or one of another class."""
    found = _ENHANCED.match(message.lstrip()) or _TRAILING.search(message)
    if found is None or int(found[1]) != code // 100:
        return None
    return int(found[2]), int(found[3])


def _words(message: str) -> str:
    """Return what a server says without addresses, hosts and numbers: the same for each recipient."""
    bare = _HOST.sub(" ", without_addresses(_BRACKETS.sub(" ", message), " "))
    return one_line(_NUMBERED.sub(" ", bare)).lower()


def _is_barred(status: tuple[int, int] | None, message: str) -> bool:
    """Say whether a refusal is about the way or the sender, whoever it is for."""
    if status is not None and (status in _BARRED or status[0] == _POLICY):
        return True
    return status not in _NOBODY and status not in _SIZES and _BARRED_WORDS.search(_words(message)) is not None


def _answered(stage: Stage, code: int, message: str) -> DeliveryError:
    reply = reply_line(code, message)
    if stage is Stage.CONNECT:
        return ChannelError(f"the mail server refused the connection: {reply}")
    if stage is Stage.LOGIN or code in _LOGIN_CODES:
        return ChannelError(f"the mail server refused the login: {reply}")
    text = f"the mail server answered {stage} with {reply}"
    status = _enhanced(code, message)
    if not 500 <= code < 600:
        return _later(stage, code, text)
    if stage is Stage.SENDER:
        if code == _TOO_LARGE or status in _SIZES:
            return DeliveryError(text, permanent=True)
        return SenderError(f"the mail server refuses the sender: {reply}")
    if _is_barred(status, message):
        return BarredError(f"the mail server refuses to pass it on, which is not about the recipient: {text}")
    known = status in _NOBODY if status is not None else stage is Stage.RECIPIENT and code in _NOBODY_CODES
    return RecipientError(text, words=f"{code} {_words(message)}") if known else DeliveryError(text, permanent=True)


def _later(stage: Stage, code: int, text: str) -> DeliveryError:
    """Judge 4yz, and answers outside the protocol: nothing says that it will be refused for good.

    At MAIL FROM no recipient is named yet, so the answer concerns every mail. 421 ends the connection; some servers
    say so of one recipient, and taken at once for a fault of the channel, that one would stand in everybody's way.
    """
    if stage is Stage.SENDER:
        return ChannelError(text)
    return LostConnectionError(text) if code == _NOT_AVAILABLE else DeliveryError(text)


def fault_of(stage: Stage, error: Exception) -> DeliveryError:
    """Turn what aiosmtplib raised in a step into the error that the sender acts on.

    Codes 5yz are permanent for the recipient and the content, a `RecipientError` where the recipient does not exist; a
    `BarredError`, which is not permanent, where they are about relaying, the sender, a login or a policy. 4yz, silence
    and lost connections are not permanent. What stands in the way of every mail (no connection, no trusted certificate,
    no login, sender refused) is a `ChannelError`.
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
    if stage in (Stage.RECIPIENT, Stage.CONTENT):
        return LostConnectionError(text)
    return ChannelError(text)
