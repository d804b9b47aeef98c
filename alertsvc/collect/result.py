"""What came of asking for a document."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Literal, Protocol

__all__ = ["FetchResult", "Fetches", "Outcome"]

Outcome = Literal[
    "ok",
    "not_modified",
    "gone",  # 410
    "rate_limited",  # 429, 503 with Retry-After, or the host is on hold since one of these
    "http_error",
    "network_error",
    "timeout",
    "refused",  # by us: the address, or where it leads, may not be asked for
    "too_large",
    "bad_body",
]


@dataclass(frozen=True, slots=True)
class FetchResult:
    """The answer to one request, redirects followed.

    `message` is one clear line where the outcome is not `ok` or `not_modified`. `permanent_url` is where a chain of
    nothing but permanent redirects ended. `etag` and `last_modified` are as received and belong to `final_url`.
    `retry_after` and `max_age` are seconds.
    """

    outcome: Outcome
    final_url: str
    message: str = ""
    status: int | None = None
    permanent_url: str | None = None
    body: bytes = b""
    content_type: str | None = None
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    retry_after: float | None = None
    max_age: float | None = None


class Fetches(Protocol):
    """Gets documents: over HTTP, or from the feeds that come with the service."""

    def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        validators_url: str | None = None,
        max_bytes: int,
        accept: str,
    ) -> Awaitable[FetchResult]:
        """Ask for a document; see `fetch.Fetcher.fetch`."""
        ...
