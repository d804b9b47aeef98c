"""Whether the database can be used, and what it knows of the feeds."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alertsvc.checks.finding import Finding, fault, faults_of, number, ok, warning
from alertsvc.checks.folders import cannot_write
from alertsvc.collect.bundled import demonstration_feeds
from alertsvc.collect.guard import AllowedHosts, check_url
from alertsvc.domain import Subscriber
from alertsvc.errors import AlertsvcError, CollectError, DataError
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.engine import database_path
from alertsvc.store.feeds import list_feeds
from alertsvc.store.info import public_name, schema_version
from alertsvc.store.subscribers import list_subscribers

__all__ = ["Stored", "authority_fault", "check_database", "check_feeds"]

_NAMED = 5  # feeds named in one line


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database knows beyond the configuration; nothing where there is none yet."""

    verified: frozenset[str] = frozenset()  # ids of feeds
    subscribers: tuple[Subscriber, ...] = ()  # those of the demonstration left out


def check_database(settings: Settings) -> Generator[Finding, None, Stored]:
    """Yield how the database stands and return what it knows."""
    url = settings.store.url
    try:
        name = public_name(url)
    except AlertsvcError as error:
        yield from faults_of("database", error)
        return Stored()
    try:
        path = database_path(url)
        if path is not None and not path.exists():
            trouble = cannot_write(path.parent)
            if trouble is None:
                yield ok("database", f"{name} is not there yet; the first start makes it")
            else:
                yield fault("database", f"{name} cannot be made: {trouble}")
            return Stored()
        with Store.open(url, migrate=False) as store:
            with store.begin():
                pass  # to see that it can be written to
            with store.read() as conn:
                feeds, people = list_feeds(conn), list_subscribers(conn)
            yield ok("database", f"{name} ({store.dialect}) can be read and written and is at the right schema")
    except AlertsvcError as error:
        if _is_empty(url):
            yield warning("database", f"{name} is empty; the first start or `alertsvc db upgrade` sets it up")
        else:
            yield from faults_of("database", error)
        return Stored()
    return Stored(
        frozenset(feed.id for feed in feeds if feed.verified),
        tuple(person for person in people if not person.demonstration),
    )


def _is_empty(url: str) -> bool:
    try:
        return schema_version(url) is None
    except AlertsvcError:
        return False


def check_feeds(settings: Settings, stored: Stored, now: datetime) -> Iterator[Finding]:
    """Yield what is amiss with the feeds as they are configured, and those that nobody has seen working yet."""
    trouble = authority_fault(settings.collect.ca_file)
    if trouble is not None:
        yield fault("feeds", f"collect.ca_file: {trouble}")
    if settings.demonstration.enabled:
        try:
            yield ok("demonstration", f"switched on; {number(len(demonstration_feeds(now)), 'invented feed')}")
        except DataError as error:
            yield from faults_of("demonstration", error)
        if settings.mail.smtp.host is not None:
            yield warning(
                "demonstration",
                "switched on beside a mail server; its invented events go to files only, never to people",
            )
    try:
        allowed = AllowedHosts(settings.collect.allow_hosts)
    except CollectError as error:
        yield from faults_of("feeds", error)
        return
    feeds = [feed for feed in settings.feeds if feed.enabled]
    if not feeds:
        yield warning("feeds", "none is configured and enabled: no news will come in")
        return
    refused = 0
    for feed in feeds:
        try:
            check_url(feed.url, allowed)
        except CollectError as error:
            refused += 1
            yield fault("feeds", f"{feed.id}: {error}")
    unseen = [feed.id for feed in feeds if not feed.verified and feed.id not in stored.verified]
    if unseen:
        more = ", ..." if len(unseen) > _NAMED else ""
        named = ", ".join(unseen[:_NAMED]) + more
        yield warning("feeds", f"{len(unseen)} of {len(feeds)} not verified, try `alertsvc feeds check`: {named}")
    elif not refused:
        yield ok("feeds", f"{number(len(feeds), 'feed')}, all verified")


def authority_fault(path: Path | None) -> str | None:
    """Return why the certificates of a file cannot be trusted; None where they can, or none are named."""
    if path is None:
        return None
    with contextlib.suppress(OSError, ssl.SSLError):
        ssl.create_default_context().load_verify_locations(cafile=path)
        return None
    return f"cannot read certificates from {path}"
