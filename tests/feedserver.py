"""A real HTTP server on loopback that answers as it is told: rightly, wrongly, late, or not at all."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

__all__ = ["Answer", "Cut", "Drip", "FeedServer", "Raw", "Seen", "Silent", "bomb"]


@dataclass(frozen=True)
class Answer:
    """A proper answer. An ETag among the headers makes it answer 304 to a request that carries it."""

    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cut:
    """Announces `declared` bytes (else chunks without end), sends `body`, and hangs up."""

    body: bytes
    declared: int | None = None


@dataclass(frozen=True)
class Drip:
    """Sends a byte now and then, for as long as one listens."""

    body: bytes = b" " * 100_000
    pause: float = 0.005


@dataclass(frozen=True)
class Silent:
    """Takes the request and says nothing."""


@dataclass(frozen=True)
class Raw:
    """Writes these bytes in place of an answer and hangs up."""

    data: bytes


Reply = Answer | Cut | Drip | Silent | Raw


@dataclass(frozen=True)
class Seen:
    """A request as it arrived, header names in lower case."""

    path: str
    headers: dict[str, str]
    at: float


def bomb(megabytes: int) -> bytes:
    """Return a small gzip file that unpacks to so many megabytes."""
    return gzip.compress(b"\x00" * 1024 * 1024 * megabytes, 9)


class FeedServer:
    """Serves what `script` says for each path: its replies one after the other, the last one again and again.

    Paths without a script get 404.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._scripts: dict[str, list[Reply]] = {}
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.requests: list[Seen] = []
        self.active = 0
        self.most_active = 0
        self.port = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self._tls)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def script(self, path: str, *replies: Reply) -> str:
        """Say what is served at a path, and return its address."""
        self._scripts[path] = list(replies)
        return self.url(path)

    def paths(self) -> list[str]:
        return [seen.path for seen in self.requests]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append(Seen(request.path_qs, headers, asyncio.get_running_loop().time()))
        self.active += 1
        self.most_active = max(self.most_active, self.active)
        try:
            replies = self._scripts.get(request.path_qs) or self._scripts.get(request.path) or [Answer("none", 404)]
            reply = replies.pop(0) if len(replies) > 1 else replies[0]
            return await self._reply(request, reply)
        finally:
            self.active -= 1

    async def _reply(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        if isinstance(reply, Answer):
            etag = reply.headers.get("ETag")
            if etag is not None and request.headers.get("If-None-Match") == etag:
                return web.Response(status=304, headers={"ETag": etag})
            body = reply.body.encode() if isinstance(reply.body, str) else reply.body
            return web.Response(status=reply.status, body=body, headers=_with_type(reply.headers))
        if isinstance(reply, Silent):
            await self._closing.wait()
            return web.Response()
        if isinstance(reply, Raw):
            return self._hang_up(request, reply.data)
        if isinstance(reply, Cut):
            if reply.declared is not None:
                head = f"HTTP/1.1 200 OK\r\nContent-Length: {reply.declared}\r\n\r\n".encode()
                return self._hang_up(request, head + reply.body)
            chunk = f"{len(reply.body):x}\r\n".encode() + reply.body + b"\r\n"
            return self._hang_up(request, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk)
        response = web.StreamResponse(headers=_with_type({}))
        await response.prepare(request)
        for byte in reply.body:
            if self._closing.is_set():
                break
            try:
                await response.write(bytes([byte]))
            except ConnectionError:
                break
            await asyncio.sleep(reply.pause)
        return response

    @staticmethod
    def _hang_up(request: web.Request, data: bytes) -> web.StreamResponse:
        transport: Any = request.transport
        transport.write(data)
        transport.close()
        return web.Response()


def _with_type(headers: Mapping[str, str]) -> dict[str, str]:
    return {"Content-Type": "application/rss+xml", **headers}
