"""Messages to Slack's incoming webhooks. The webhook's address is a secret: it stands in no message, log or repr."""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

import aiohttp

from alertsvc.deliver.slack.replies import fault_of
from alertsvc.deliver.text import one_line
from alertsvc.errors import DeliveryError

if TYPE_CHECKING:
    from alertsvc.brief.render import Rendered
    from alertsvc.clock import Clock
    from alertsvc.domain import Delivery
    from alertsvc.settings import SlackSettings

__all__ = ["SlackTransport", "check_webhook"]

GAP = timedelta(seconds=1)  # between two messages to one webhook
_ANSWER_BYTES = 256


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _split(url: str) -> tuple[SplitResult, str, int | None] | None:
    try:
        parts = urlsplit(url)
        return parts, (parts.hostname or "").lower().rstrip("."), parts.port
    except ValueError:
        return None


def check_webhook(url: str, hosts: tuple[str, ...]) -> None:
    """Make sure that a webhook leads where messages may go.

    Args:
        url: the webhook.
        hosts: names that are allowed, with `:port` behind where it is not the usual one.

    Raises:
        DeliveryError: permanent; another host, port or scheme, or an address with a user name. It never shows the
            webhook.
    """
    split = _split(url)
    if split is None:
        raise DeliveryError("the Slack webhook is not a web address", permanent=True)
    parts, host, port = split
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise DeliveryError("the Slack webhook must begin with https://", permanent=True)
    if parts.username is not None or parts.password is not None:
        raise DeliveryError("the Slack webhook must not carry a user name or password", permanent=True)
    usual = 443 if parts.scheme == "https" else 80
    name = f"[{host}]" if ":" in host else host
    allowed = {entry.lower() for entry in hosts}
    named = {f"{name}:{port or usual}"} | ({name} if port in (None, usual) else set())
    if named.isdisjoint(allowed):
        raise DeliveryError("the Slack webhook leads to a host that slack.hosts does not allow", permanent=True)


class SlackTransport:
    """Posts messages, at most one each second to any one webhook."""

    def __init__(
        self,
        settings: SlackSettings,
        *,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._session: aiohttp.ClientSession | None = None
        self._free_from: dict[bytes, datetime] = {}

    async def send(self, delivery: Delivery, rendered: Rendered) -> None:
        """Post one message; returning means that Slack answered ok.

        Raises:
            DeliveryError: permanent where Slack refused the message or knows the webhook no more; else worth another
                try, after `retry_after` seconds where Slack named them.
        """
        check_webhook(delivery.target, self._settings.hosts)
        await self._take_turn(delivery.target)
        fault = await self._post(delivery.target, rendered)
        if fault is not None:
            raise fault

    def trace(self, delivery: Delivery) -> str:
        """Say that it was posted."""
        return "posted to Slack"

    async def close(self) -> None:
        """Close connections; the turns of webhooks are remembered."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _take_turn(self, url: str) -> None:
        now = self._clock.now()
        webhook = hashlib.sha256(url.encode("utf-8", "replace")).digest()
        self._free_from = {key: free for key, free in self._free_from.items() if free > now}
        turn = max(now, self._free_from.get(webhook, now))
        self._free_from[webhook] = turn + GAP
        if turn > now:
            await self._sleep((turn - now).total_seconds())

    async def _post(self, url: str, rendered: Rendered) -> DeliveryError | None:
        # The library's errors carry the address. They are judged here and let go, so that none hangs on to what is
        # raised as its cause or context.
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self._settings.timeout),
                trust_env=False,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        try:
            async with self._session.post(url, json=rendered.slack, allow_redirects=False) as answer:
                body = await answer.content.read(_ANSWER_BYTES)
                return fault_of(answer.status, body.decode("utf-8", "replace"), answer.headers.get("Retry-After"))
        except TimeoutError:
            return DeliveryError("Slack did not answer in time")
        except aiohttp.ClientConnectorCertificateError:
            return DeliveryError("Slack's certificate is not trusted")
        except aiohttp.ClientConnectorError as error:
            return DeliveryError(f"Slack cannot be reached: {one_line(error.os_error.strerror or 'no connection')}")
        except aiohttp.InvalidURL:
            return DeliveryError("the Slack webhook is not a web address", permanent=True)
        except (aiohttp.ClientError, OSError) as error:
            return DeliveryError(f"the connection to Slack failed: {type(error).__name__}")
