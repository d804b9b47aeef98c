"""A real HTTP server on loopback that answers posts to webhooks and to the API as Slack's documentation says."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.smtpserver import LoopThread

__all__ = ["DOCUMENTED", "HANG", "TOKEN", "Posted", "SlackStub"]

HANG = "hang"
"""Scripted answer: none ever, the connection stays open."""

DOCUMENTED: dict[str, int] = {
    "ok": 200,
    "invalid_payload": 400,
    "invalid_token": 400,
    "no_text": 400,
    "too_many_attachments": 400,
    "user_not_found": 400,
    "action_prohibited": 403,
    "channel_not_found": 404,
    "no_service": 404,
    "no_active_hooks": 404,
    "channel_is_archived": 410,
    "rate_limited": 429,
    "rollup_error": 500,
}
"""What Slack answers to a webhook in words, and the status that goes with it."""
TOKEN = "xoxb-hush-hush"
"""The bot's token that the API takes."""


@dataclass(frozen=True)
class Posted:
    """One message as it came in; `taken` unless it was answered with an error."""

    path: str
    payload: Any
    headers: dict[str, str]
    taken: bool


class SlackStub:
    """Start it as a context manager; `webhook(name)` gives the address to post to.

    Attributes:
        posts: everything that came in, in order.
        retry_after: the header sent with rate_limited.
    """

    def __init__(self) -> None:
        self.posts: list[Posted] = []
        self.retry_after: str | None = "7"
        self.port = 0
        self._answers: deque[str | tuple[int, str]] = deque()
        self._news = threading.Condition()

    def wait_for(self, count: int) -> None:
        """Wait until so many messages were taken."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.taken) >= count, 30)

    def _note(self, posted: Posted) -> None:
        with self._news:
            self.posts.append(posted)
            self._news.notify_all()

    @property
    def host(self) -> str:
        """The host and port, as `slack.hosts` lists them."""
        return f"127.0.0.1:{self.port}"

    def webhook(self, name: str = "secret") -> str:
        """Return the address of a webhook."""
        return f"http://{self.host}/services/T000/B000/{name}"

    def answer(self, *answers: str | tuple[int, str]) -> None:
        """Lay down the next answers: one of `DOCUMENTED`, HANG, or a status and a body of your own.

        To the API: the word of an error, HANG, or a status and a word.
        """
        self._answers.extend(answers)

    @property
    def taken(self) -> list[Posted]:
        """The messages that were answered ok."""
        return [posted for posted in self.posts if posted.taken]

    @property
    def api_url(self) -> str:
        """The address of the API, as `slack.api_url` names it."""
        return f"http://{self.host}/api/"

    @property
    def api_posts(self) -> list[Posted]:
        """What came in by the API, in order."""
        return [posted for posted in self.posts if posted.path.startswith("/api/")]

    async def _api(self, request: web.Request) -> web.Response:
        payload = await request.json()
        answer = self._answers.popleft() if self._answers else None
        if answer == HANG:
            await asyncio.Event().wait()
        told: dict[str, Any]
        status = 200
        if isinstance(answer, tuple):
            status, told = answer[0], {"ok": False, "error": answer[1]}
        elif answer is not None:
            told = {"ok": False, "error": answer}
        elif request.headers.get("Authorization") != f"Bearer {TOKEN}":
            told = {"ok": False, "error": "invalid_auth"}
        elif request.match_info["method"] == "auth.test":
            told = {"ok": True, "team": "Risk desk", "user": "alertsvc"}
        else:
            told = {"ok": True, "channel": payload["channel"], "ts": f"17000000{len(self.posts):02}.000100"}
            told["message"] = payload
        self._note(Posted(request.path, payload, dict(request.headers), told["ok"]))
        headers = {"Retry-After": self.retry_after} if status == 429 and self.retry_after is not None else {}
        return web.json_response(told, status=status, headers=headers)

    async def _post(self, request: web.Request) -> web.Response:
        try:
            payload = json.loads(await request.text())
        except ValueError:
            payload = None
        answer = self._answers.popleft() if self._answers else None
        if answer is None:
            usable = isinstance(payload, dict) and (payload.get("text") or payload.get("blocks"))
            answer = "ok" if usable else ("invalid_payload" if payload is None else "no_text")
        if answer == HANG:
            await asyncio.Event().wait()
        status, body = answer if isinstance(answer, tuple) else (DOCUMENTED[answer], answer)
        self._note(Posted(request.path, payload, dict(request.headers), (status, body) == (200, "ok")))
        headers = {"Retry-After": self.retry_after} if status == 429 and self.retry_after is not None else {}
        if status in (301, 302, 307, 308):
            headers["Location"] = self.webhook("elsewhere")
        return web.Response(status=status, text=body, headers=headers)

    async def _listen(self) -> web.AppRunner:
        application = web.Application()
        application.router.add_post("/api/{method}", self._api)
        application.router.add_post("/{path:.*}", self._post)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.port = runner.addresses[0][1]
        return runner

    def __enter__(self) -> Self:
        self._thread = LoopThread()
        self._runner = self._thread.run(self._listen())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.run(self._runner.cleanup())
        self._thread.stop()
