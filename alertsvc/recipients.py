"""Which addresses are those of one person. Pure, and below the store, which asks it of whoever left."""

from __future__ import annotations

from contextlib import suppress

import idna

from alertsvc.domain import Channel

__all__ = ["ascii_domain", "recipient"]


def ascii_domain(domain: str) -> str:
    """Return a domain in ASCII, by IDNA 2008 (RFC 5891) after the mapping of UTS 46.

    Python's own codec follows IDNA 2003, which turns "ß" into "ss": another domain, with other people behind it.

    Raises:
        ValueError: no such domain can exist.
    """
    try:
        return domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise ValueError("the domain is not a valid one") from error


def recipient(channel: Channel | str, target: str) -> tuple[str, str]:
    """Return channel and target in the form in which those of one mailbox are equal.

    Of mail addresses case does not count, and a domain is the same in its own script and in ASCII. RFC 5321 lets
    servers tell local parts apart by case; none that matters does, and one person told twice is certain otherwise.
    """
    if channel == Channel.SLACK or "@" not in target:
        return str(channel), target
    local, _, domain = target.rpartition("@")
    with suppress(ValueError):
        domain = ascii_domain(domain)
    return str(channel), f"{local.casefold()}@{domain.casefold()}"
