"""Asking the name servers of this machine, with an answer for everything that may come of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import dns.asyncresolver
import dns.exception
import dns.name
import dns.resolver
import dns.reversename

from alertsvc.deliver.text import one_line

__all__ = ["NameServer", "Outcome", "Records"]

_SECONDS = 5.0  # for one question, all servers and tries together
_MOST = 2000  # characters of a record that are looked at


class Outcome(StrEnum):
    """What a question came to."""

    FOUND = "found"
    NONE = "none"  # the name is there, and has no record of the kind
    NO_NAME = "no name"  # nor is there any name below it (RFC 8020)
    SILENT = "silent"  # no name server gave an answer that counts


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one name and kind as text, each on one line; strings of a TXT record are joined."""

    outcome: Outcome
    values: tuple[str, ...] = ()


class NameServer:
    """The name servers that this machine is set to use."""

    async def ask(self, name: str, kind: str) -> Records:
        """Return the records of a name and kind, such as "TXT" or "MX"; never raises for what an answer may be."""
        try:
            answer = await dns.asyncresolver.get_default_resolver().resolve(
                dns.name.from_text(name), kind, lifetime=_SECONDS, search=False
            )
        except dns.resolver.NXDOMAIN:
            return Records(Outcome.NO_NAME)
        except dns.resolver.NoAnswer:
            return Records(Outcome.NONE)
        except (dns.exception.DNSException, OSError, ValueError):
            return Records(Outcome.SILENT)
        values = tuple(_text(record) for record in answer)
        return Records(Outcome.FOUND, values)

    async def name_of(self, address: str) -> Records:
        """Return the names that an IP address leads back to."""
        try:
            reverse = dns.reversename.from_address(address)
        except (dns.exception.DNSException, ValueError):
            return Records(Outcome.NONE)
        return await self.ask(reverse.to_text(), "PTR")


def _text(record: object) -> str:
    strings = getattr(record, "strings", None)
    said = b"".join(strings).decode("utf-8", "replace") if strings is not None else str(record)
    return one_line(said, _MOST)
