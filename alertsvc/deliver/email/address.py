"""Mail addresses as they may stand in a header and on an SMTP command line: ASCII, bare, nothing to smuggle in."""

from __future__ import annotations

import re

from alertsvc.errors import DeliveryError
from alertsvc.recipients import ascii_domain

__all__ = ["ascii_address", "ascii_domain", "domain_of"]

# RFC 5321 dot-string; the quoted form is refused, since nothing needs it and parsers disagree on it.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_DOMAIN = re.compile(r"([A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\Z")
_LITERAL = re.compile(r"\[[A-Fa-f0-9:.]+\]\Z|\[IPv6:[A-Fa-f0-9:.]+\]\Z")


def ascii_address(address: str) -> str:
    """Return an address with its domain in ASCII (`xn--`).

    Raises:
        DeliveryError: permanent; it is no address, or its local part needs SMTPUTF8, which is not used here. The
            message does not repeat the address.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local.isascii():
        reason = "has letters outside ASCII before the @" if at else "has no @"
        raise DeliveryError(f"the e-mail address {reason}", permanent=True)
    try:
        plain = ascii_domain(domain)
    except ValueError:
        plain = ""
    if len(local) > 64 or not _LOCAL.match(local) or not (_DOMAIN.match(plain) or _LITERAL.match(plain)):
        raise DeliveryError("the e-mail address is not a valid one", permanent=True)
    return f"{local}@{plain}"


def domain_of(address: str) -> str:
    """Return the domain of an address that `ascii_address` has passed, in lower case, without brackets."""
    return address.rpartition("@")[2].strip("[]").lower()
