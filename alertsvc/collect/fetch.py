"""Asking for documents over HTTP, on our own terms: where to, how long, how much."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urljoin, urlsplit, urlunsplit

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from alertsvc.clock import Clock, SystemClock
from alertsvc.collect.body import BodyTooLargeError, Decoder
from alertsvc.collect.guard import AllowedHosts, GuardedResolver, check_url, socket_factory
from alertsvc.collect.headers import max_age, media_type, retry_after, user_agent, validator
from alertsvc.collect.links import host_of
from alertsvc.collect.politeness import HostHeldError, Politeness
from alertsvc.collect.result import FetchResult, Outcome
from alertsvc.errors import CollectError
from alertsvc.settings import CollectSettings

__all__ = ["FEED_TYPES", "PAGE_TYPES", "Fetcher"]

FEED_TYPES = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
)
PAGE_TYPES = "text/html, application/xhtml+xml, */*;q=0.1"

_PERMANENT = (301, 308)
_REDIRECTS = (301, 302, 303, 307, 308)
_CHUNK = 65_536


class Fetcher:
    """One HTTP session. Use it as an async context manager.

    Args:
        settings: limits, hosts that may be anywhere, a further authority to trust.
        version: of this program, for the User-Agent.
        contact: how to reach who runs it, likewise.
        public_url: its address, likewise.
        clock: what time it is.
        politeness: keeps requests to one host apart; made from the settings where not given.
        resolver: how names are looked up; the system's way where not given.
    """

    def __init__(
        self,
        settings: CollectSettings,
        *,
        version: str,
        contact: str | None,
        public_url: str | None,
        clock: Clock | None = None,
        politeness: Politeness | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._settings = settings
        self._agent = user_agent(version, contact, public_url)
        self._clock = clock or SystemClock()
        self._politeness = politeness or Politeness(self._clock, settings.host_gap)
        self._inner_resolver = resolver
        self._allowed = AllowedHosts(settings.allow_hosts)
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        permitted = self._allowed.addresses
        inner = self._inner_resolver or aiohttp.ThreadedResolver()
        connector = aiohttp.TCPConnector(
            resolver=GuardedResolver(inner, self._allowed, permitted),
            socket_factory=socket_factory(permitted),
            ssl=_trust(self._settings),
            limit=0,
            use_dns_cache=False,  # each connection is made to what was looked up and checked for it
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._agent, "Accept-Encoding": "gzip, deflate"},
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),  # the deadline is ours, over every hop
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        validators_url: str | None = None,
        max_bytes: int,
        accept: str,
        cut: bool = False,
    ) -> FetchResult:
        """Ask for a document, following redirects; never raises for anything that the other side does.

        Args:
            url: where it is.
            etag: sent back with If-None-Match, unchanged, but only to the address it came from.
            last_modified: likewise with If-Modified-Since.
            validators_url: the address that both came from; `url` where not given.
            max_bytes: how large the decoded body may be.
            accept: the Accept header.
            cut: take the first `max_bytes` of a larger body rather than none.
        """
        if self._session is None:
            raise RuntimeError("use the fetcher as an async context manager")
        condition = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        job = _Job(
            conditions={name: value for name, value in condition.items() if value},
            conditions_for=_request_url(validators_url or url),
            accept=accept,
            max_bytes=max_bytes,
            cut=cut,
            remaining=self._settings.timeout,
        )
        here, permanent, seen = url, True, set[str]()
        try:
            while True:
                check_url(here, self._allowed)
                here = _request_url(here)
                seen.add(here)
                answer = await self._hop(here, job)
                if isinstance(answer, FetchResult):
                    moved = here if permanent and len(seen) > 1 else None
                    return answer if moved is None else replace(answer, permanent_url=moved)
                status, target = answer
                permanent = permanent and status in _PERMANENT
                target = _joined(here, target)
                if _request_url(target) in seen:
                    return FetchResult("http_error", here, "the redirects go round in a circle", status=status)
                if len(seen) > self._settings.max_redirects:
                    limit = self._settings.max_redirects
                    return FetchResult("http_error", here, f"more than {limit} redirects", status=status)
                here = target
        except HostHeldError as error:
            return FetchResult("rate_limited", here, str(error), retry_after=error.retry_after)
        except BodyTooLargeError as error:
            return FetchResult("too_large", here, str(error))
        except CollectError as error:
            return FetchResult("refused" if error.permanent else "bad_body", here, str(error))
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError, UnicodeError) as error:
            return self._failure(here, error)

    async def _hop(self, url: str, job: _Job) -> FetchResult | tuple[int, str]:
        """Make one request; return the answer, or status and target of a redirect.

        The turn of the host comes before the place among all requests: those who wait for a slow host do not keep
        others from their own. The deadline stands still while we wait.
        """
        host = host_of(url) or ""
        loop = asyncio.get_running_loop()
        async with self._politeness.turn(host), self._slots:
            begun = loop.time()
            try:
                async with asyncio.timeout(max(job.remaining, 0.0)):
                    return await self._request(url, host, job)
            finally:
                job.remaining -= loop.time() - begun

    async def _request(self, url: str, host: str, job: _Job) -> FetchResult | tuple[int, str]:
        headers = {"Accept": job.accept}
        conditional = bool(job.conditions) and url == job.conditions_for
        if conditional:
            headers |= job.conditions
        assert self._session is not None
        async with self._session.get(URL(url), headers=headers, allow_redirects=False) as response:
            now = self._clock.now()
            status = response.status
            wait = retry_after(response.headers.get("Retry-After"), now)
            if status == 429 or (status == 503 and wait is not None):
                if wait is not None:
                    self._politeness.hold(host, wait)
                return self._told(url, "rate_limited", status, f"{host} asks for fewer requests ({status})", wait)
            if status in _REDIRECTS:
                target = response.headers.get("Location", "").strip()
                if not target:
                    return self._told(url, "http_error", status, f"{host} redirects ({status}) without saying where to")
                return status, target
            if status == 304:
                if not conditional:
                    return self._told(url, "http_error", status, f"{host} says not modified (304) without being asked")
                return self._found("not_modified", url, response, b"")
            if status == 410:
                return self._told(url, "gone", status, f"{host} says that it is gone for good (410)")
            if status != 200:
                reason = " ".join((response.reason or "").split())[:60]
                return self._told(url, "http_error", status, f"{host} answers {status} {reason}".rstrip(), wait)
            return self._found("ok", url, response, await self._body(response, job))

    async def _body(self, response: aiohttp.ClientResponse, job: _Job) -> bytes:
        decoder = Decoder(response.headers.get("Content-Encoding"), job.max_bytes)
        length = response.headers.get("Content-Length", "")
        if not job.cut and length.isdigit() and int(length[:15]) > job.max_bytes:
            raise BodyTooLargeError(f"the body is larger than {job.max_bytes} bytes (it says {length[:15]})")
        try:
            async for chunk in response.content.iter_chunked(_CHUNK):
                decoder.feed(chunk)
        except BodyTooLargeError:
            if job.cut:
                return decoder.body
            raise
        return decoder.finish()

    @staticmethod
    def _told(url: str, outcome: Outcome, status: int, message: str, wait: float | None = None) -> FetchResult:
        return FetchResult(outcome, url, message, status=status, retry_after=wait)

    def _found(self, outcome: Outcome, url: str, response: aiohttp.ClientResponse, body: bytes) -> FetchResult:
        kind, charset = media_type(response.headers.get("Content-Type"))
        return FetchResult(
            outcome,
            url,
            status=response.status,
            body=body,
            content_type=kind,
            charset=charset,
            etag=validator(b"etag", response.raw_headers),
            last_modified=validator(b"last-modified", response.raw_headers),
            max_age=max_age(response.headers, self._clock.now()),
        )

    def _failure(self, url: str, error: Exception) -> FetchResult:
        host = host_of(url) or "the host"
        cause: BaseException | None = error
        while cause is not None:  # what our guard says may arrive wrapped by the library
            if isinstance(cause, CollectError):
                return FetchResult("refused", url, str(cause))
            cause = cause.__cause__ or cause.__context__
        if isinstance(error, TimeoutError):
            return FetchResult("timeout", url, f"{host} did not answer in full within {self._settings.timeout:g} s")
        if isinstance(error, aiohttp.ClientPayloadError):
            return FetchResult("bad_body", url, f"{host} sent a body that was cut short")
        return FetchResult("network_error", url, _network_message(host, error))


@dataclass(slots=True, kw_only=True)
class _Job:
    """What stays the same from hop to hop, and the seconds that are left."""

    conditions: Mapping[str, str]
    conditions_for: str
    accept: str
    max_bytes: int
    cut: bool
    remaining: float


def _trust(settings: CollectSettings) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.ca_file is not None:
        try:
            context.load_verify_locations(cafile=settings.ca_file)
        except (OSError, ssl.SSLError) as error:
            reason = "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
            raise CollectError(f"collect.ca_file: cannot read {settings.ca_file}: {reason}", permanent=True) from error
    return context


def _request_url(url: str) -> str:
    """Return the address as it is asked for: the host in the form that was checked, no fragment."""
    try:
        parts = urlsplit(url)
        host, port = host_of(url) or "", parts.port
    except ValueError:
        return url
    host = f"[{host}]" if ":" in host else host
    return urlunsplit((parts.scheme, f"{host}:{port}" if port else host, parts.path or "/", parts.query, ""))


def _joined(base: str, target: str) -> str:
    try:
        return urljoin(base, target)
    except ValueError:
        raise CollectError("refused: the address it redirects to cannot be read", permanent=True) from None


def _network_message(host: str, error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"{host} cannot be found (DNS)"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        detail = getattr(error.certificate_error, "verify_message", "") or "not trusted"
        return f"the certificate of {host} is not valid: {detail}"
    if isinstance(error, aiohttp.ClientSSLError):
        return f"no secure connection to {host} can be made"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"{host} cannot be reached: {error.os_error.strerror or 'no connection'}"
    if isinstance(error, aiohttp.ServerDisconnectedError | ConnectionError | aiohttp.ClientOSError):
        return f"{host} closed the connection without an answer"
    if isinstance(error, aiohttp.ClientResponseError):
        return f"{host} sent what is no proper HTTP answer"
    if isinstance(error, aiohttp.InvalidURL | ValueError):
        return "the address cannot be asked for"
    return f"the exchange with {host} failed ({type(error).__name__})"
