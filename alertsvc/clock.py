"""Time as something handed in: the service runs on the system's clock, tests and replays on one of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

__all__ = ["Clock", "ManualClock", "SystemClock"]


class Clock(Protocol):
    """Says what time it is."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is moved; it never runs backwards."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, step: timedelta) -> datetime:
        """Move forward by `step` and return the new instant."""
        return self.move_to(self._now + step)

    def move_to(self, instant: datetime) -> datetime:
        """Move forward to `instant`; an instant already past leaves the clock where it is."""
        self._now = max(self._now, instant.astimezone(UTC))
        return self._now
