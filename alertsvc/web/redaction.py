"""What may stand on an open page of a line that was written for the log."""

from __future__ import annotations

import re

from alertsvc.brief.texts import clean

__all__ = ["public_address", "public_line"]

MAX_LINE = 300
_MAIL = re.compile(r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;:]+")
_ADDRESS = re.compile(r"\b(https?://)([^\s/?#<>\"']*)([^\s<>\"']*)", re.I)


def _host_only(match: re.Match[str]) -> str:
    host = match[2].rpartition("@")[2]
    return f"{match[1]}{host}{'/…' if len(match[3]) > 1 else match[3]}"


def public_line(text: str) -> str:
    """Return a message as one line without mail addresses and with no more of web addresses than their host.

    A webhook's address is a secret, a feed's may carry a key, and who gets mail is nobody's business.
    """
    line = _ADDRESS.sub(_host_only, clean(text))
    return clean(_MAIL.sub("(address)", line), MAX_LINE)


def public_address(url: str) -> str:
    """Return a feed's address without a user's name and without its query, which may carry a key."""
    bare, mark, _ = clean(url).partition("?")
    bare = re.sub(r"(?<=://)[^/@]*@", "", bare.partition("#")[0])
    return clean(bare, MAX_LINE) + ("?…" if mark else "")
