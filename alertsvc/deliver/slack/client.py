"""Posts to Slack over HTTP, judged. No address, token or answer of strangers gets into what is raised."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from alertsvc.deliver.errors import UnreachableError
from alertsvc.deliver.slack.addresses import check_api
from alertsvc.deliver.slack.replies import api_fault, fault_of
from alertsvc.deliver.text import one_line
from alertsvc.errors import DeliveryError
from alertsvc.settings import SlackSettings

__all__ = ["SlackClient"]

_WEBHOOK_BYTES = 256
_API_BYTES = 256 * 1024  # chat.postMessage sends the message back


class SlackClient:
    """Keeps connections from one post to the next until `close`."""

    def __init__(self, settings: SlackSettings) -> None:
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None

    async def webhook(self, url: str, payload: Mapping[str, Any]) -> DeliveryError | None:
        """Post to an incoming webhook that was checked; return what went wrong."""
        status, body, retry_after, fault = await self._post(url, payload, {}, _WEBHOOK_BYTES)
        return fault or fault_of(status, body.decode("utf-8", "replace"), retry_after)

    async def call(
        self, method: str, payload: Mapping[str, Any], token: str
    ) -> tuple[dict[str, Any], DeliveryError | None]:
        """Call a method of the Web API; return its answer, and what went wrong.

        Raises:
            DeliveryError: permanent; `slack.api_url` leads where the token must not go.
        """
        base = self._settings.api_url
        check_api(base, self._settings.hosts)
        headers = {"Authorization": f"Bearer {token}"}
        status, body, retry_after, fault = await self._post(
            f"{base.rstrip('/')}/{method}", payload, headers, _API_BYTES
        )
        if fault is not None:
            return {}, fault
        try:
            answer = json.loads(body)
        except ValueError:
            answer = {}
        answer = answer if isinstance(answer, dict) else {}
        return answer, api_fault(status, answer, retry_after)

    async def close(self) -> None:
        """Close connections; the client may be used again."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _post(
        self, url: str, payload: Mapping[str, Any], headers: Mapping[str, str], limit: int
    ) -> tuple[int, bytes, str | None, DeliveryError | None]:
        # The library's errors carry the address. They are judged here and let go, so that none hangs on to what is
        # raised as its cause or context.
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self._settings.timeout),
                trust_env=False,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        fault: DeliveryError
        try:
            async with self._session.post(url, json=payload, headers=headers, allow_redirects=False) as answer:
                body = await _beginning(answer.content, limit)
                return answer.status, body, answer.headers.get("Retry-After"), None
        except TimeoutError:
            fault = DeliveryError("Slack did not answer in time")
        except aiohttp.ClientConnectorCertificateError:
            fault = UnreachableError("Slack's certificate is not trusted")
        except aiohttp.ClientConnectorError as error:
            fault = UnreachableError(f"Slack cannot be reached: {one_line(error.os_error.strerror or 'no connection')}")
        except aiohttp.InvalidURL:
            fault = DeliveryError("the Slack webhook is not a web address", permanent=True)
        except (aiohttp.ClientError, OSError) as error:
            fault = DeliveryError(f"the connection to Slack failed: {type(error).__name__}")
        return 0, b"", None, fault


async def _beginning(stream: aiohttp.StreamReader, limit: int) -> bytes:
    """Read up to `limit` bytes of an answer."""
    found = b""
    while len(found) < limit:
        chunk = await stream.read(limit - len(found))
        if not chunk:
            break
        found += chunk
    return found
