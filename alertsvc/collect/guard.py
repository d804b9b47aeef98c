"""Which addresses may be connected to.

Feeds, redirects and article links are written by strangers and must not reach what only this machine or its network
can reach. The list is our own and explicit, since what a library calls private changes with its version. Each block
is from the IANA special-purpose address registries.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import SplitResult, urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult

from alertsvc.collect.links import host_of
from alertsvc.errors import CollectError

__all__ = ["AllowedHosts", "GuardedResolver", "address_fault", "check_url", "socket_factory"]

_V4 = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "carrier's own network",
    "127.0.0.0/8": "loopback",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "protocol assignments",
    "192.0.2.0/24": "documentation",
    "192.31.196.0/24": "AS112",
    "192.52.193.0/24": "AMT",
    "192.88.99.0/24": "6to4 relay",
    "192.168.0.0/16": "private",
    "192.175.48.0/24": "AS112",
    "198.18.0.0/15": "benchmarking",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
}
_V6 = {
    "::/128": "unspecified",
    "::1/128": "loopback",
    "::ffff:0:0/96": "IPv4-mapped",
    "::/96": "IPv4-compatible",
    "64:ff9b::/96": "NAT64",
    "64:ff9b:1::/48": "NAT64",
    "100::/64": "discard",
    "2001::/32": "Teredo",
    "2001::/23": "protocol assignments",
    "2001:db8::/32": "documentation",
    "2002::/16": "6to4",
    "2620:4f:8000::/48": "AS112",
    "3fff::/20": "documentation",
    "5f00::/16": "segment routing",
    "fc00::/7": "private",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "ff00::/8": "multicast",
}
_REFUSED_V4 = [(ipaddress.IPv4Network(block), kind) for block, kind in _V4.items()]
_REFUSED_V6 = [(ipaddress.IPv6Network(block), kind) for block, kind in _V6.items()]
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")  # all that is given out for use so far
_NUMERIC_LABEL = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)\Z")


def address_fault(address: str) -> str | None:
    """Return what kind of special address this is, or None for one that is globally reachable."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "not an address"
    if isinstance(parsed, ipaddress.IPv4Address):
        return next((kind for network, kind in _REFUSED_V4 if parsed in network), None)
    if parsed.scope_id is not None:
        return "link-local"
    fault = next((kind for network, kind in _REFUSED_V6 if parsed in network), None)
    return fault or (None if parsed in _GLOBAL_V6 else "reserved")


class AllowedHosts:
    """Hosts that may be anywhere and on any port: `localhost`, `127.0.0.1`, `feeds.internal`, `host:port`."""

    def __init__(self, entries: Iterable[str]) -> None:
        self._entries: set[tuple[str, int | None]] = set()
        for entry in entries:
            text = entry.strip().lower()
            if text.count(":") > 1 and not text.startswith("["):
                text = f"[{text}]"  # a bare IPv6 address
            try:
                parts = urlsplit(f"//{text}")
                host, port = parts.hostname, parts.port
            except ValueError:
                host, port = None, None
            if not host or parts.path or parts.query or parts.username is not None:
                raise CollectError(f"collect.allow_hosts: {entry!r} is not a host or host:port", permanent=True)
            self._entries.add((host.removesuffix("."), port))

    def __contains__(self, place: tuple[str, int]) -> bool:
        host, port = place[0].lower().removesuffix("."), place[1]
        return (host, None) in self._entries or (host, port) in self._entries

    @property
    def addresses(self) -> set[str]:
        """Those of the hosts that are addresses themselves, in their plain spelling."""
        found: set[str] = set()
        for host, _ in self._entries:
            with contextlib.suppress(ValueError):
                found.add(str(ipaddress.ip_address(host)))
        return found


def check_url(url: str, allowed: AllowedHosts) -> SplitResult:
    """Return the parts of an address that may be asked for.

    Raises:
        CollectError: it is not http or https, carries a user name, uses another port than the usual ones, or names a
            special address in any spelling; unless its host is allowed by name.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise CollectError("refused: the address cannot be read", permanent=True) from None
    if parts.scheme not in ("http", "https"):
        raise CollectError(f"refused: {parts.scheme[:20] or 'no'} address; only http and https", permanent=True)
    host = host_of(url)
    if not host:
        raise CollectError("refused: the address names no usable host", permanent=True)
    if parts.username is not None or parts.password is not None:
        raise CollectError("refused: the address carries a user name", permanent=True)
    if (host, port or {"http": 80, "https": 443}[parts.scheme]) in allowed:
        return parts
    if port not in (None, 80, 443):
        raise CollectError(
            f"refused: port {port} of {host}; only 80 and 443 unless allow_hosts names it", permanent=True
        )
    if ":" in host or _NUMERIC_LABEL.match(host.rpartition(".")[2]):
        # A host that ends in a number is an IPv4 address to some readers (WHATWG URL, inet_aton) in any of its
        # spellings; only the plain one is taken.
        fault = address_fault(host)
        if fault is not None:
            raise CollectError(f"refused: {host} is no public address ({fault})", permanent=True)
    return parts


class GuardedResolver(AbstractResolver):
    """Resolves names and gives back only addresses that may be connected to.

    The connection goes to exactly these addresses, so that a name cannot mean one thing when it is checked and
    another when it is used. Addresses of allowed hosts are remembered in `permitted` for `socket_factory`.
    """

    def __init__(self, inner: AbstractResolver, allowed: AllowedHosts, permitted: set[str]) -> None:
        self._inner = inner
        self._allowed = allowed
        self._permitted = permitted

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if (host, port) in self._allowed:
            self._permitted.update(result["host"] for result in found)
            return found
        usable = [result for result in found if address_fault(result["host"]) is None]
        if not usable and found:
            address = found[0]["host"]
            kind = address_fault(address)
            raise CollectError(f"refused: {host} leads to {address}, no public address ({kind})", permanent=True)
        return usable

    async def close(self) -> None:
        await self._inner.close()


def socket_factory(permitted: set[str]) -> Callable[[Any], socket.socket]:
    """Return what makes the sockets: the last check, on the very address that is connected to."""

    def make(info: tuple[int, int, int, str, tuple[Any, ...]]) -> socket.socket:
        family, kind, protocol, _, target = info
        address = str(target[0])
        if address not in permitted and address_fault(address) is not None:
            raise CollectError(f"refused: {address} is no public address", permanent=True)
        return socket.socket(family, kind, protocol)

    return make
