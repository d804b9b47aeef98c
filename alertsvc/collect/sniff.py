"""Telling what a document is before anything parses it."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Literal

from alertsvc.collect.links import canonical_url

__all__ = ["Sniffed", "feeds_named_by", "sniff"]

_REACH = 20_000
_FEED_START = re.compile(r"<\?xml\b|<!doctype\s+(?!html)|<(?:[\w.-]+:)?(?:rss|feed|rdf)\b", re.I)
_ROOT = re.compile(r"<((?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*))")
_HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.I)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_LINK = re.compile(r"<link\b[^>]{1,2000}>", re.I)
_ATTRIBUTE = re.compile(r"""([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What a document seems to be, and where it begins.

    `root` is the name of the root element as written, for `feed` and `xml`; `start` the index of the first character
    that belongs to the document.
    """

    kind: Literal["empty", "json", "html", "text", "xml", "feed"]
    root: str = ""
    start: int = 0


def sniff(text: str) -> Sniffed:
    """Look at the beginning of a document."""
    head = text[:_REACH]
    stripped = head.lstrip("\ufeff \t\r\n")
    if not stripped.strip():
        return Sniffed("empty")
    if _HTML.match(_COMMENT.sub("", stripped)):
        return Sniffed("html")
    found = _FEED_START.search(head)
    start = found.start() if found else head.find("<")
    root = _ROOT.search(_COMMENT.sub("", head[start:])) if start >= 0 else None
    if root is None or (found is None and stripped[0] != "<"):
        return Sniffed("json" if stripped[0] in "{[" else "text")
    local = root[3].lower()
    if local in ("rss", "feed", "rdf"):
        return Sniffed("feed", root[1], start)
    return Sniffed("html" if local in ("html", "head", "body") else "xml", root[1], start)


def feeds_named_by(page: str, url: str) -> list[str]:
    """Return the addresses of feeds that an HTML page names in its head, at most five."""
    found: list[str] = []
    for link in _LINK.findall(page[: 10 * _REACH]):
        values = {name.lower(): a or b or c for name, a, b, c in _ATTRIBUTE.findall(link)}
        if values.get("type", "").lower() in ("application/rss+xml", "application/atom+xml"):
            address = canonical_url(html.unescape(values.get("href", "")), url)
            if address and address not in found:
                found.append(address)
    return found[:5]
