"""Channels that are blocked and recipients that asked for rest: left alone until an instant, on the clock handed in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alertsvc.domain import Channel

__all__ = ["PAUSES", "Pauses"]

PAUSES = (30.0, 60.0, 120.0, 300.0)
"""Seconds that a channel rests after its first, second, third, and every further failure in a row."""
_STRIKES = 2
_ALIKE = 3


@dataclass(slots=True)
class _Gate:
    until: datetime | None = None
    why: str = ""
    failures: int = 0
    lost: set[str] = field(default_factory=set)
    unknown: dict[str, set[str]] = field(default_factory=dict)  # recipients that were refused, by the words


class Pauses:
    """What one sender knows of its channels from one run to the next. Nothing of it is stored: a restart tries anew."""

    def __init__(self) -> None:
        self._gates: dict[Channel | tuple[Channel, str], _Gate] = {}
        self._held: dict[tuple[Channel, str], datetime] = {}

    def shut(self, channel: Channel, now: datetime, why: str, retry_after: float | None = None) -> datetime:
        """Let a channel rest, longer after each failure in a row; return until when."""
        return self._shut(channel, now, why, retry_after)

    def shut_for(self, channel: Channel, target: str, now: datetime, why: str) -> datetime:
        """Leave one recipient alone, longer after each failure in a row; return until when."""
        until = self._shut((channel, target), now, why, None)
        self.hold(channel, target, until)
        return until

    def _shut(self, key: Channel | tuple[Channel, str], now: datetime, why: str, retry_after: float | None) -> datetime:
        gate = self._gates.setdefault(key, _Gate())
        seconds = PAUSES[min(gate.failures, len(PAUSES) - 1)] if retry_after is None else retry_after
        gate.failures += 1
        gate.lost.clear()
        gate.until, gate.why = now + timedelta(seconds=seconds), why
        return gate.until

    def lost(self, channel: Channel, target: str) -> bool:
        """Note a connection that broke while a message to `target` was under way.

        Returns whether it is the channel's fault: two recipients met it, and nothing got through in between.
        """
        gate = self._gates.setdefault(channel, _Gate())
        gate.lost.add(target)
        return len(gate.lost) >= _STRIKES

    def alike(self, channel: Channel, target: str, words: str) -> bool:
        """Note that the other side says it does not know `target`.

        Returns whether it is the other side's fault: three recipients met the same words, and nothing got through in
        between. A server that was set up wrong knows nobody any more, while readers seldom vanish three at a time.
        """
        met = self._gates.setdefault(channel, _Gate()).unknown.setdefault(words, set())
        met.add(target)
        return bool(words) and len(met) >= _ALIKE

    def passed(self, channel: Channel, target: str) -> None:
        """Note that a message got through: the channel is well, and so is the way to its recipient."""
        self._gates.pop(channel, None)
        self._gates.pop((channel, target), None)

    def resting(self, channel: Channel, now: datetime) -> tuple[datetime, str] | None:
        """Return until when a channel rests, and why; None where it does not."""
        gate = self._gates.get(channel)
        if gate is None or gate.until is None or gate.until <= now:
            return None
        return gate.until, gate.why

    def blocked(self, now: datetime) -> list[Channel]:
        """Return the channels that rest."""
        return [key for key in self._gates if isinstance(key, Channel) and self.resting(key, now) is not None]

    def hold(self, channel: Channel, target: str, until: datetime) -> None:
        """Leave a recipient alone until an instant."""
        self._held[channel, target] = until

    def held(self, channel: Channel, target: str, now: datetime) -> datetime | None:
        """Return until when a recipient is left alone; None where it is not."""
        until = self._held.get((channel, target))
        if until is not None and until <= now:
            del self._held[channel, target]
            return None
        return until
