"""Pictures of pages, made by an installed Chromium: https://chromedevtools.github.io/devtools-protocol/.

Only for previews. One browser with a fresh profile takes them all; names of hosts do not resolve in it, so that no page
reaches beyond this machine.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from alertsvc.errors import AlertsvcError

__all__ = ["Shot", "browser_program", "take"]

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
START_WITHIN = 60.0  # seconds
ANSWER_WITHIN = 30.0
SCREEN = 600  # pixels high
MAX_HEIGHT = 16_000  # pixels; what is longer is cut
_FLAGS = (
    "--headless",
    "--no-sandbox",  # it needs privileges that containers withhold; what is shown is our own
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--remote-debugging-port=0",
)
_LISTENING = re.compile(rb"DevTools listening on (ws://\S+)")


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture to take: of which page, how wide, by which colour scheme, into which file."""

    page: Path
    width: int  # CSS pixels
    dark: bool
    target: Path


def browser_program() -> str | None:
    """Return the path of an installed browser; None where there is none."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


async def take(shots: Sequence[Shot], program: str) -> None:
    """Take all pictures.

    Raises:
        AlertsvcError: the browser did not start, or refused.
    """
    async with (
        _browser(program) as address,
        aiohttp.ClientSession() as http,
        http.ws_connect(address, max_msg_size=0) as socket,
    ):
        tab = _Tab(socket)
        await tab.open()
        for shot in shots:
            shot.target.write_bytes(await tab.picture(shot))


@asynccontextmanager
async def _browser(program: str) -> AsyncIterator[str]:
    with tempfile.TemporaryDirectory(prefix="alertsvc-preview-", ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            program,
            *_FLAGS,
            f"--user-data-dir={profile}",
            "about:blank",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr is not None
        try:
            try:
                async with asyncio.timeout(START_WITHIN):
                    address = await _address(process.stderr)
            except TimeoutError as error:
                raise AlertsvcError(f"{program} did not start within {START_WITHIN:.0f} s") from error
            drain = asyncio.create_task(process.stderr.read())  # so that it never waits for a reader
            yield address
            drain.cancel()
        finally:
            if process.returncode is None:
                process.terminate()
                try:
                    async with asyncio.timeout(10):
                        await process.wait()
                except TimeoutError:
                    process.kill()
                    await process.wait()


async def _address(stream: asyncio.StreamReader) -> str:
    said = b""
    async for line in stream:
        said += line
        if match := _LISTENING.search(line):
            return match[1].decode()
    raise AlertsvcError(f"the browser did not start: {said.decode(errors='replace')[-500:]}")


class _Tab:
    """One page of the browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._session: str | None = None

    async def open(self) -> None:
        """Open the page."""
        target = await self._call("Target.createTarget", url="about:blank")
        attached = await self._call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        await self._call("Page.enable")
        await self._call("Emulation.setScrollbarsHidden", hidden=True)  # a telephone has none

    async def picture(self, shot: Shot) -> bytes:
        """Return the whole page as PNG."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if shot.dark else "light"}
        await self._call("Emulation.setEmulatedMedia", features=[scheme])
        await self._call(
            "Emulation.setDeviceMetricsOverride", width=shot.width, height=SCREEN, deviceScaleFactor=1, mobile=False
        )
        await self._call("Page.navigate", url=shot.page.resolve().as_uri(), until="Page.loadEventFired")
        size = (await self._call("Page.getLayoutMetrics"))["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], MAX_HEIGHT), "scale": 1}
        # Asked for more than the screen where there is no more, Chromium shifts a page that runs from right to left.
        beyond = size["height"] > SCREEN
        shown = await self._call("Page.captureScreenshot", format="png", captureBeyondViewport=beyond, clip=clip)
        return base64.b64decode(shown["data"])

    async def _call(self, method: str, *, until: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Call a method and return its result, once the event `until` has come as well."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        await self._socket.send_json(message)
        result: dict[str, Any] | None = None
        seen = until is None
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                while result is None or not seen:
                    data = (await self._socket.receive()).json()
                    seen = seen or data.get("method") == until
                    if data.get("id") == number:
                        if "error" in data:
                            raise AlertsvcError(f"the browser refused {method}: {data['error'].get('message')}")
                        result = data["result"]
        except (TimeoutError, TypeError, ValueError) as error:
            raise AlertsvcError(f"the browser went away at {method}") from error
        return result
