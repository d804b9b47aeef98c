"""A headless Chromium, spoken to over its DevTools socket: https://chromedevtools.github.io/devtools-protocol/.

One browser serves a whole run of tests; each `Tab` is a private context of it, without a store, cookies or history in
common with another. Names of hosts do not resolve in it, so that no page can reach beyond this machine.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import IO, Any

import aiohttp

__all__ = ["BrowserError", "BrowserMissingError", "Tab", "browser_address", "open_tab"]

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
START_SECONDS = 60
ANSWER_SECONDS = 30
HEIGHT = 900

# The sandbox needs privileges that containers withhold; what is shown here is our own.
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
)
# Ends the browser when the other end of the pipe goes away, however the tests end. Arguments: profile, command.
_KEEPER = """
profile=$1
shift
trap '' INT TERM HUP
"$@" < /dev/null > /dev/null &
browser=$!
read -r _ || true
kill "$browser" 2> /dev/null
wait "$browser"
rm -rf -- "$profile"
"""
_LISTENING = re.compile(r"DevTools listening on (ws://\S+)")


class BrowserMissingError(Exception):
    """There is no browser to look through."""


class BrowserError(Exception):
    """The browser refused a command, or went away."""


@contextmanager
def browser_address() -> Iterator[str]:
    """Run a browser with a fresh profile for as long as the block runs; give the address of its DevTools socket.

    Raises:
        BrowserMissingError: none is installed.
        BrowserError: it did not start; what it said is in the message.
    """
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise BrowserMissingError(f"no browser: install Debian's chromium (looked for {', '.join(PROGRAMS)})")
    with tempfile.TemporaryDirectory(prefix="alertsvc-browser-", ignore_cleanup_errors=True) as profile:
        command = [
            "sh",
            "-c",
            _KEEPER,
            "keeper",
            profile,
            program,
            *_FLAGS,
            f"--user-data-dir={profile}",
            "about:blank",
        ]
        keeper = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
            env=os.environ | {"XDG_CONFIG_HOME": profile, "XDG_CACHE_HOME": profile},
        )
        assert keeper.stdin is not None
        assert keeper.stderr is not None
        found: queue.Queue[str | None] = queue.Queue()
        said: list[str] = []
        listener = threading.Thread(target=_listen, args=(keeper.stderr, said, found), daemon=True)
        listener.start()
        try:
            with suppress(queue.Empty):
                address = found.get(timeout=START_SECONDS)
                if address is not None:
                    yield address
                    return
            raise BrowserError("the browser did not start:\n" + "".join(said))
        finally:
            keeper.stdin.close()
            try:
                keeper.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(keeper.pid, signal.SIGKILL)  # its own session: the keeper and its browser
                keeper.wait()
            listener.join(timeout=15)
            keeper.stderr.close()


def _listen(stream: IO[str], said: list[str], found: queue.Queue[str | None]) -> None:
    """Read what the browser says to the end, so that it never waits for us; hand over its address once."""
    for line in stream:
        said.append(line)
        match = _LISTENING.search(line)
        if match:
            found.put(match[1])
    found.put(None)


class Tab:
    """One page. `requests`, `statuses` and `complaints` tell of everything since the last `visit` or `follow`."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._session: str | None = None
        self._loaded: list[str] = []
        self._changed = asyncio.Condition()
        self.requests: list[str] = []
        self.statuses: dict[str, int] = {}
        self.complaints: list[str] = []

    async def _read(self) -> None:
        async for message in self._socket:
            data = message.json()
            waiting = self._waiting.pop(data.get("id"), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(data)
            elif "method" in data:
                self._take(data["method"], data["params"])
                async with self._changed:
                    self._changed.notify_all()
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(BrowserError("the browser went away"))

    def _take(self, method: str, params: dict[str, Any]) -> None:
        match method:
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])
            case "Network.responseReceived":
                self.statuses[params["response"]["url"]] = params["response"]["status"]
            case "Log.entryAdded" if params["entry"]["level"] in ("error", "warning"):
                self.complaints.append(f"{params['entry']['source']}: {params['entry']['text']}")
            case "Runtime.consoleAPICalled" if params["type"] in ("error", "warning", "assert"):
                self.complaints.append(f"console: {[item.get('value') for item in params['args']]}")
            case "Runtime.exceptionThrown":
                self.complaints.append(f"exception: {params['exceptionDetails']['text']}")
            case "Audits.issueAdded":
                self.complaints.append(f"{params['issue']['code']}: {params['issue']['details']}")
            case "Page.lifecycleEvent" if params["name"] == "load":
                self._loaded.append(params["loaderId"])

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command; return its result.

        Raises:
            BrowserError: the browser refused it.
        """
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        message: dict[str, Any] = {"id": number, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        await self._socket.send_json(message)
        data = await asyncio.wait_for(answer, ANSWER_SECONDS)
        if "error" in data:
            raise BrowserError(f"{method}: {data['error']['message']}")
        result: dict[str, Any] = data["result"]
        return result

    async def attach(self, context: str) -> None:
        """Open the page in a context and listen to it."""
        made = await self.ask("Target.createTarget", url="about:blank", browserContextId=context)
        self._session = (await self.ask("Target.attachToTarget", targetId=made["targetId"], flatten=True))["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime", "Audits"):
            await self.ask(f"{domain}.enable")
        await self.ask("Page.setLifecycleEventsEnabled", enabled=True)
        # A bar for scrolling would take its width off the page; on a telephone it lies above it.
        await self.ask("Emulation.setScrollbarsHidden", hidden=True)

    async def look(self, width: int, scheme: str) -> None:
        """Make the page so many CSS pixels wide, for a reader who prefers `light` or `dark`."""
        await self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=HEIGHT, deviceScaleFactor=1, mobile=False
        )
        await self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    async def visit(self, address: str) -> None:
        """Go to an address and wait until it and all that it shows are there.

        Raises:
            BrowserError: there is nothing at the address.
        """
        self._forget()
        gone = await self.ask("Page.navigate", url=address)
        if "errorText" in gone:
            raise BrowserError(f"{address}: {gone['errorText']}")
        await self._until(lambda: gone["loaderId"] in self._loaded)

    async def follow(self, expression: str) -> None:
        """Run JavaScript that leads to another page, and wait until that is there."""
        self._forget()
        await self.run(expression, pressed=True)
        await self._until(lambda: bool(self._loaded))

    def _forget(self) -> None:
        self.requests.clear()
        self.statuses.clear()
        self.complaints.clear()
        self._loaded.clear()

    async def _until(self, met: Callable[[], bool]) -> None:
        async with asyncio.timeout(ANSWER_SECONDS), self._changed:
            await self._changed.wait_for(met)

    async def run(self, expression: str, *, pressed: bool = False) -> Any:
        """Return the value of a JavaScript expression, as JSON carries it; `pressed` as if a person had pressed a key.

        Raises:
            BrowserError: it threw an exception.
        """
        answer = await self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, userGesture=pressed
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise BrowserError(details.get("exception", {}).get("description", details["text"]))
        return answer["result"].get("value")

    async def roles(self) -> list[tuple[str, str]]:
        """Return role and name of everything that assistive technology is told of, in the order of the page."""
        nodes = (await self.ask("Accessibility.getFullAXTree"))["nodes"]
        return [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]


@asynccontextmanager
async def open_tab(address: str) -> AsyncIterator[Tab]:
    """Give a tab with a context of its own in the browser at `address`; close it."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(address, max_msg_size=0) as socket,
    ):
        tab = Tab(socket)
        reading = asyncio.create_task(tab._read())
        try:
            # The context goes with this connection.
            made = await tab.ask("Target.createBrowserContext", disposeOnDetach=True)
            await tab.attach(made["browserContextId"])
            yield tab
        finally:
            await socket.close()
            await reading
