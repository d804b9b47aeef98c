"""Serving within our own loop: signals, stopping, and ports that are taken."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket

import aiohttp
import pytest
from starlette.types import Receive, Scope, Send

from alertsvc.errors import AlertsvcError
from alertsvc.web.server import GRACE_SECONDS, Server, serve
from tests.web.support import serving


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


class Hanging:
    """An application that takes a request and never answers."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.cancelled = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled.set()


async def fetch(port: int, host: str = "127.0.0.1") -> str:
    async with aiohttp.ClientSession() as session, session.get(f"http://{host}:{port}/") as answer:
        return await answer.text()


async def test_says_its_port_and_serves():
    async with serving(Server(hello, host="127.0.0.1", port=0)) as port:
        assert port > 0
        assert await fetch(port) == "hello"
    with pytest.raises(aiohttp.ClientConnectorError):
        await fetch(port)


async def test_name_with_several_addresses():
    async with serving(Server(hello, host="localhost", port=0)) as port:
        assert await fetch(port) == "hello"


async def test_signal_handlers_stay_ours():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    async with serving(Server(hello, host="127.0.0.1", port=0)):
        assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


async def test_logs_nothing_of_its_requests(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    async with serving(Server(hello, host="127.0.0.1", port=0)) as port:
        await fetch(port)
    assert not [record for record in caplog.records if record.name.startswith("uvicorn")]


async def test_stops_although_a_request_hangs():
    app = Hanging()
    server = Server(app, host="127.0.0.1", port=0, grace=0)
    async with serving(server) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await app.asked.wait()
    await app.cancelled.wait()
    writer.close()


async def test_stops_although_a_client_never_finishes_its_request():
    async with serving(Server(hello, host="127.0.0.1", port=0, grace=0)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: ")
        await writer.drain()
    with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
        await reader.readexactly(1)
    writer.close()


def test_grace_leaves_time_to_stop_within_five_seconds():
    assert GRACE_SECONDS < 4


async def test_stopped_before_it_began():
    server = Server(hello, host="127.0.0.1", port=0)
    server.stop()
    async with asyncio.timeout(5):
        await server.serve()


async def test_cancelling_closes_the_port():
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(hello, host="127.0.0.1", port=0, ready=port.set_result))
    number = await port
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with socket.create_server(("127.0.0.1", number)):
        pass


async def test_cancelling_cuts_open_connections():
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    app = Hanging()
    task = asyncio.create_task(serve(app, host="127.0.0.1", port=0, ready=port.set_result))
    reader, writer = await asyncio.open_connection("127.0.0.1", await port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    await app.asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5):
        with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
            await reader.readexactly(1)
        await app.cancelled.wait()
    writer.close()


async def test_taken_port_is_told_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AlertsvcError) as caught:
            await Server(hello, host="127.0.0.1", port=port).serve()
    assert str(caught.value).startswith(f"web.port: 127.0.0.1:{port} is in use")
    assert "\n" not in str(caught.value)
    assert caught.value.permanent


@pytest.mark.parametrize("host", ["203.0.113.7", "no such host.invalid", "a..b"])
async def test_address_that_is_not_ours_is_told_in_one_line(host: str):
    with pytest.raises(AlertsvcError, match=r"\Aweb\.host: .*\Z"):
        await Server(hello, host=host, port=0).serve()
