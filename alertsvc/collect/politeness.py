"""Being a good guest: one request at a time to a host, a pause between two, and silence when it asks for it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alertsvc.clock import Clock
from alertsvc.errors import CollectError

__all__ = ["MAX_HOLD", "HostHeldError", "Politeness"]

MAX_HOLD = 24 * 3600.0
_MANY_HOSTS = 5000


class HostHeldError(CollectError):
    """The host asked not to be disturbed for now; `retry_after` says for how many seconds still."""


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0
    last: datetime | None = None  # end of the last request
    held_until: datetime | None = None


class Politeness:
    """Keeps the requests to each host apart.

    Args:
        clock: what time it is.
        gap: seconds from the end of a request to the start of the next one to the same host.
        sleep: how to wait.
    """

    def __init__(self, clock: Clock, gap: float, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._clock = clock
        self._gap = gap
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}

    @contextlib.asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for this host's turn and keep it while the block runs.

        Raises:
            HostHeldError: the host is on hold, also where the hold came while we waited.
        """
        if len(self._hosts) > _MANY_HOSTS:
            self._forget_idle()
        state = self._hosts.setdefault(host, _Host())
        state.users += 1
        try:
            self._check(host)
            async with state.lock:
                self._check(host)
                if state.last is not None:
                    # Never longer than the gap: a clock that was set back must not stop us.
                    passed = (self._clock.now() - state.last).total_seconds()
                    pause = min(self._gap, self._gap - passed)
                    if pause > 0:
                        await self._sleep(pause)
                try:
                    yield
                finally:
                    state.last = self._clock.now()
        finally:
            state.users -= 1

    def hold(self, host: str, seconds: float) -> None:
        """Leave a host alone for so many seconds, a day at most. A hold is never shortened."""
        state = self._hosts.setdefault(host, _Host())
        until = self._clock.now() + timedelta(seconds=min(max(seconds, 0.0), MAX_HOLD))
        state.held_until = max(state.held_until or until, until)

    def held_for(self, host: str) -> float:
        """Return for how many seconds a host is still on hold; 0 where it is not."""
        state = self._hosts.get(host)
        if state is None or state.held_until is None:
            return 0.0
        return max(0.0, (state.held_until - self._clock.now()).total_seconds())

    def _check(self, host: str) -> None:
        remaining = self.held_for(host)
        if remaining > 0:
            # The same words each time: they are counted as one problem.
            raise HostHeldError(f"{host} has asked to be left alone for now", retry_after=remaining)

    def _forget_idle(self) -> None:
        now = self._clock.now()
        for host, state in list(self._hosts.items()):
            rested = state.last is None or (now - state.last).total_seconds() > self._gap
            if not state.users and rested and self.held_for(host) == 0:
                del self._hosts[host]
