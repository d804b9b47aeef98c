"""Whether the feeds' hosts can be found from here."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import aiohttp

from alertsvc.checks.finding import Finding, fault, number, ok, warning
from alertsvc.collect.guard import AllowedHosts, GuardedResolver, check_url
from alertsvc.errors import CollectError
from alertsvc.settings import Settings

__all__ = ["check_hosts"]


def check_hosts(settings: Settings) -> Iterator[Finding]:
    """Look up the host of each enabled feed; one that is lost is a warning, since the others go on; all is a fault."""
    try:
        allowed = AllowedHosts(settings.collect.allow_hosts)
    except CollectError:
        return  # told with the feeds
    hosts: dict[tuple[str, int], list[str]] = {}
    for feed in settings.feeds:
        with suppress(CollectError):  # told with the feeds
            if feed.enabled:
                parts = check_url(feed.url, allowed)
                port = parts.port or {"http": 80, "https": 443}[parts.scheme]
                hosts.setdefault((parts.hostname or "", port), []).append(feed.id)
    if not hosts:
        return
    troubles = asyncio.run(_look_up(list(hosts), allowed, settings.collect.timeout))
    for place, trouble in troubles.items():
        yield warning("network", f"{', '.join(hosts[place])}: {trouble}")
    if len(troubles) == len(hosts):
        yield fault("network", "not one feed's host can be found: is there a network, and a name server?")
    elif not troubles:
        yield ok("network", f"{number(len(hosts), 'host')} of feeds found")


async def _look_up(hosts: list[tuple[str, int]], allowed: AllowedHosts, seconds: float) -> dict[tuple[str, int], str]:
    """Return what keeps each host from being found; hosts that are found are missing."""
    resolver = GuardedResolver(aiohttp.ThreadedResolver(), allowed, set())

    async def one(host: str, port: int) -> str | None:
        try:
            async with asyncio.timeout(seconds):
                found = await resolver.resolve(host, port)
        except CollectError as error:
            return str(error)
        except TimeoutError:
            return f"{host}: the name server did not answer in time"
        except OSError:
            found = []
        return None if found else f"{host} cannot be found (DNS)"

    try:
        told = await asyncio.gather(*(one(*place) for place in hosts))
    finally:
        await resolver.close()
    return {place: trouble for place, trouble in zip(hosts, told, strict=True) if trouble is not None}
