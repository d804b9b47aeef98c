"""What the pages are built on, and how a handler reaches it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from alertsvc.clock import Clock
from alertsvc.deliver.links import Links
from alertsvc.store import Store

__all__ = ["Pages", "base_address", "pages_of", "read_store", "tag_authority"]

T = TypeVar("T")

_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?\Z")
NO_AUTHORITY = "alertsvc.invalid"
"""Names the entries of a service that has no public address: RFC 2606 keeps `.invalid` free of owners."""


@dataclass(frozen=True, slots=True)
class Pages:
    """What the pages need.

    Attributes:
        poll_interval: seconds between two polls of a feed, as configured.
        heartbeat: returns when the scheduler ticked last; None before it has.
        demonstration: the invented feeds are switched on.
        public_url: where the pages are reached from outside; None where nobody said.
        links: knows the links of our mails; None where none lead here.
    """

    store: Store
    clock: Clock
    service_name: str
    version: str
    poll_interval: float
    heartbeat: Callable[[], datetime | None]
    demonstration: bool
    public_url: str | None = None
    links: Links | None = None


def pages_of(request: Request) -> Pages:
    """Return what the application was made with."""
    pages = request.app.state.pages
    assert isinstance(pages, Pages)
    return pages


async def read_store(pages: Pages, read: Callable[[Connection], T]) -> T:
    """Run `read` on one state of the database, in a thread.

    Raises:
        StoreError: the database did not answer.
    """

    def work() -> T:
        with pages.store.read() as conn:
            return read(conn)

    return await run_in_threadpool(work)


def base_address(request: Request) -> str:
    """Return what absolute links begin with, without a slash at the end.

    That is the public address where one is set, else the host that was asked for; empty where that is no host's name,
    which leaves links relative.
    """
    pages = pages_of(request)
    if pages.public_url:
        return pages.public_url.rstrip("/")
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host}" if _HOST.match(host) else ""


def tag_authority(pages: Pages) -> str:
    """Return the authority of `tag:` ids (RFC 4151). It does not depend on how the service was reached."""
    host = urlsplit(pages.public_url).hostname if pages.public_url else None
    return host.lower() if host and ":" not in host else NO_AUTHORITY
