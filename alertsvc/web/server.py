"""Serving the pages with uvicorn inside the service's own event loop, which keeps its signals and its logging."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable, Generator

import structlog
import uvicorn
from starlette.types import ASGIApp

from alertsvc.errors import AlertsvcError

__all__ = ["GRACE_SECONDS", "Server", "serve"]

GRACE_SECONDS = 3
"""How long requests that are being answered get once the server is told to stop."""

MAX_CONNECTIONS = 200
_BACKLOG = 128
_MISSING = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT})

_log = structlog.get_logger("alertsvc.web")


class _Embedded(uvicorn.Server):
    """uvicorn's server without its hold on signals; says when it takes connections."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.announce: Callable[[], None] = lambda: None

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.announce()


class Server:
    """Serves one application at one address; it can be run once."""

    def __init__(self, app: ASGIApp, *, host: str, port: int, grace: int = GRACE_SECONDS) -> None:
        """Prepare to serve.

        Args:
            host: a name or an address of this machine.
            port: 0 for any that is free.
            grace: seconds that requests under way get when the server is told to stop.
        """
        self._host = host
        self._port = port
        self._server = _Embedded(
            uvicorn.Config(
                app,
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=MAX_CONNECTIONS,
                timeout_graceful_shutdown=grace,
                h11_max_incomplete_event_size=32 * 1024,
            )
        )

    def stop(self) -> None:
        """Ask `serve` to end: no new connections, the grace for answers under way, then it returns."""
        self._server.should_exit = True

    async def serve(self, ready: Callable[[int], None] | None = None) -> None:
        """Serve until `stop` is called or this is cancelled.

        Args:
            ready: called with the port once connections are taken.

        Raises:
            AlertsvcError: the address cannot be listened on, in one line.
        """
        sockets = await _listen(self._host, self._port)
        port = sockets[0].getsockname()[1]

        def announce() -> None:
            _log.info("pages served", host=self._host, port=port)
            if ready is not None:
                ready(port)

        self._server.announce = announce
        try:
            await self._server.serve(sockets=sockets)
        finally:
            self._close(sockets)

    def _close(self, sockets: list[socket.socket]) -> None:
        """Cut what is still open: clients that never finished, or everything when cancelled."""
        for listener in getattr(self._server, "servers", []):
            listener.close()
        for task in list(self._server.server_state.tasks):
            task.cancel()
        for connection in list(self._server.server_state.connections):
            transport = connection.transport
            if transport is not None:
                transport.abort()
        for item in sockets:
            item.close()


async def serve(app: ASGIApp, *, host: str, port: int, ready: Callable[[int], None] | None = None) -> None:
    """Serve an application until cancelled; see `Server.serve`."""
    await Server(app, host=host, port=port).serve(ready)


async def _listen(host: str, port: int) -> list[socket.socket]:
    """Bind every address of the host; an address family that this machine lacks is passed over."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError) as error:
        raise AlertsvcError(f"web.host: {host} has no address: {error}", permanent=True) from error
    bound: list[socket.socket] = []
    try:
        for family, address in dict.fromkeys((family, address) for family, _, _, _, address in found):
            item = _bind(family, (address[0], bound[0].getsockname()[1] if bound else port, *address[2:]))
            if item is not None:
                bound.append(item)
    except OSError as error:
        for item in bound:
            item.close()
        raise AlertsvcError(_refusal(host, port, error), permanent=True) from error
    if not bound:
        raise AlertsvcError(f"web.host: {host} is no address of this machine", permanent=True)
    return bound


def _bind(family: int, address: tuple[object, ...]) -> socket.socket | None:
    try:
        item = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        if error.errno in _MISSING:
            return None
        raise
    try:
        item.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            item.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        item.bind(address)
        item.listen(_BACKLOG)
        item.setblocking(False)
    except OSError as error:
        item.close()
        if error.errno in _MISSING:
            return None
        raise
    return item


def _refusal(host: str, port: int, error: OSError) -> str:
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if error.errno == errno.EADDRINUSE:
        return f"web.port: {where} is in use by another program; set another port or stop the other program"
    return f"web.port: cannot listen on {where}: {error.strerror or error}"
