"""Whether the feeds' hosts can be found from here, and the feeds be read."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Iterator
from contextlib import suppress

import aiohttp

from alertsvc import __version__
from alertsvc.checks.finding import Finding, fault, number, ok, warning
from alertsvc.clock import SystemClock
from alertsvc.collect.collector import Collector
from alertsvc.collect.fetch import Fetcher
from alertsvc.collect.guard import AllowedHosts, GuardedResolver, check_url
from alertsvc.collect.summary import FeedCheck
from alertsvc.errors import CollectError
from alertsvc.settings import FeedSettings, Settings
from alertsvc.store import Store
from alertsvc.worker import WorkerPool

__all__ = ["check_hosts", "fetch_feeds"]

_MEMORY_MB = 2048


def check_hosts(settings: Settings) -> Generator[Finding, None, frozenset[str]]:
    """Look up the host of each enabled feed; one that is lost is a warning, since the others go on; all is a fault.

    Returns:
        The ids of feeds that need not be fetched: their address is refused, or their host was not found.
    """
    everything = frozenset(feed.id for feed in settings.feeds)
    try:
        allowed = AllowedHosts(settings.collect.allow_hosts)
    except CollectError:
        return everything  # told with the feeds
    hosts: dict[tuple[str, int], list[str]] = {}
    for feed in settings.feeds:
        with suppress(CollectError):  # told with the feeds
            if feed.enabled:
                parts = check_url(feed.url, allowed)
                port = parts.port or {"http": 80, "https": 443}[parts.scheme]
                hosts.setdefault((parts.hostname or "", port), []).append(feed.id)
    if not hosts:
        return everything
    troubles = asyncio.run(_look_up(list(hosts), allowed, settings.collect.timeout))
    for place, trouble in troubles.items():
        yield warning("network", f"{', '.join(hosts[place])}: {trouble}")
    if len(troubles) == len(hosts):
        yield fault("network", "not one feed's host can be found: is there a network, and a name server?")
    elif not troubles:
        yield ok("network", f"{number(len(hosts), 'host')} of feeds found")
    return everything - {name for place in hosts if place not in troubles for name in hosts[place]}


def fetch_feeds(settings: Settings, lost: frozenset[str]) -> Iterator[Finding]:
    """Fetch each enabled feed once, as politely as in service, and read it; nothing of it is stored.

    One that cannot be read is a warning, since the others go on; all is a fault.

    Args:
        lost: ids of feeds of which it is known already that they cannot be fetched.
    """
    feeds = [feed for feed in settings.feeds if feed.enabled and feed.id not in lost]
    if not feeds:
        return
    seen = asyncio.run(_fetch(settings, feeds))
    bad = {name: found for name, found in seen.items() if not found.ok}
    for name, found in bad.items():
        said = found.outcome.replace("_", " ")
        yield warning("network", f"{name}: {said}: {found.message}" if found.message else f"{name}: {said}")
    if len(bad) == len(seen):
        yield fault("network", "not one feed can be read")
    else:
        yield ok("network", f"{number(len(seen) - len(bad), 'feed')} fetched and read")


async def _fetch(settings: Settings, feeds: list[FeedSettings]) -> dict[str, FeedCheck]:
    clock, collect, service = SystemClock(), settings.collect, settings.service
    fetcher = Fetcher(collect, version=__version__, contact=service.contact, public_url=service.public_url, clock=clock)
    room = asyncio.Semaphore(collect.concurrency)
    with Store.open("sqlite:///:memory:") as store:
        async with fetcher, WorkerPool(2, memory_mb=_MEMORY_MB) as pool:
            collector = Collector(store, fetcher, None, pool, collect, clock, "check")

            async def one(feed: FeedSettings) -> tuple[str, FeedCheck]:
                async with room:
                    return feed.id, await collector.check_feed(feed.url)

            return dict(await asyncio.gather(*(one(feed) for feed in feeds)))


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
