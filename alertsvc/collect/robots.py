"""What sites allow of their article pages: robots.txt by RFC 9309.

Feeds are asked for because their publisher offers them to programs; pages are not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, unquote_to_bytes, urlsplit

from alertsvc.clock import Clock
from alertsvc.collect.fetch import Fetcher
from alertsvc.collect.text import clean_text

__all__ = ["PRODUCT", "Robots", "Rules", "parse_robots"]

PRODUCT = "alertsvc"
_MAX_BYTES = 512 * 1024  # RFC 9309, 2.5: at least 500 KiB are to be parsed
_FRESH = timedelta(hours=24)  # RFC 9309, 2.4
_RETRY = timedelta(hours=1)
_MANY_SITES = 2000
_PRODUCT_TOKEN = re.compile(r"[A-Za-z_-]+")


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules for us: pairs of a path pattern and whether it allows."""

    lines: tuple[tuple[str, bool], ...] = ()

    def allow(self, path: str) -> bool:
        """Say whether a path (with its query) may be asked for: the longest matching rule decides, `allow` on a tie."""
        path = _normal(path or "/")
        if path == "/robots.txt":
            return True
        longest, allowed = -1, True
        for pattern, allows in self.lines:
            size = len(pattern)
            if size >= longest and _matches(pattern, path):
                allowed = allows or (allowed and size == longest)
                longest = size
        return allowed


_NOTHING = Rules((("/", False),))


def parse_robots(body: bytes, product: str = PRODUCT) -> Rules:
    """Read the rules for a product: the groups that name it, else those for `*` (RFC 9309, 2.2.1)."""
    ours: list[tuple[str, bool]] = []
    general: list[tuple[str, bool]] = []
    named = False
    agents: set[str] = set()
    in_agents = False
    for raw in body[:_MAX_BYTES].decode("utf-8", "replace").lstrip("\ufeff").splitlines():
        field, colon, value = raw.partition("#")[0].partition(":")
        field, value = field.strip().lower(), clean_text(value)
        if not colon:
            continue
        if field == "user-agent":
            if not in_agents:
                agents = set()
            in_agents = True
            token = _PRODUCT_TOKEN.match(value)
            agents.add("*" if value.startswith("*") else token[0].lower() if token else "")
            named = named or product in agents
        elif field in ("allow", "disallow"):
            in_agents = False
            if value:
                rule = (_normal(value), field == "allow")
                if product in agents:
                    ours.append(rule)
                elif "*" in agents:
                    general.append(rule)
    return Rules(tuple(ours if named else general))


def _normal(path: str) -> str:
    """Compare octets, percent-encoded or not, as the same thing; reserved ones stay as written (RFC 9309, 2.2.2)."""
    parts = re.split(r"(%2[Ff]|%3[Ff]|%2[36AaBbCc]|%3[ABDabd]|%40|%24)", path)
    return "".join(
        part.upper() if index % 2 else quote(unquote_to_bytes(part), safe="/?&=+$*:@!,;'()~-._#[]")
        for index, part in enumerate(parts)
    )


def _matches(pattern: str, path: str) -> bool:
    """Match with `*` for anything and a `$` at the end for the end, in time proportional to both."""
    anchored = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if not rest:
        return not anchored or path == first
    position = len(first)
    for piece in rest[:-1]:
        position = path.find(piece, position)
        if position < 0:
            return False
        position += len(piece)
    last = rest[-1]
    if anchored:
        return path.endswith(last) and len(path) - len(last) >= position
    return path.find(last, position) >= 0


class Robots:
    """Asks each site for its rules once a day.

    A site that has none (4xx) allows everything; one that fails (5xx, no answer) allows nothing until it is asked
    again an hour later (RFC 9309, 2.3.1).
    """

    def __init__(self, fetcher: Fetcher, clock: Clock) -> None:
        self._fetcher = fetcher
        self._clock = clock
        self._sites: dict[str, tuple[datetime, Rules]] = {}

    async def allows(self, url: str) -> bool:
        """Say whether a page may be asked for."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        known = self._sites.get(site)
        if known is None or known[0] <= self._clock.now():
            if len(self._sites) >= _MANY_SITES:
                self._sites.clear()
            known = self._sites[site] = await self._ask(site)
        return known[1].allow(parts.path + (f"?{parts.query}" if parts.query else ""))

    async def _ask(self, site: str) -> tuple[datetime, Rules]:
        result = await self._fetcher.fetch(
            f"{site}/robots.txt", max_bytes=_MAX_BYTES, accept="text/plain, */*;q=0.1", cut=True
        )
        now = self._clock.now()
        if result.outcome == "ok":
            return now + _FRESH, parse_robots(result.body)
        if result.status is not None and 400 <= result.status < 500:
            return now + _FRESH, Rules()
        return now + _RETRY, _NOTHING
