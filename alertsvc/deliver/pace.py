"""How fast messages may follow one another: a bucket of turns for each server, recipient domain or webhook."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = ["Pace", "Rate"]


@dataclass(frozen=True, slots=True)
class Rate:
    """So many turns a second in the long run, of which `burst` may be taken at once after a rest."""

    per_second: float
    burst: float = 1.0

    def __post_init__(self) -> None:
        if self.per_second <= 0 or self.burst < 1:
            raise ValueError("a rate needs more than nothing a second and a burst of one at least")


class Pace:
    """Token buckets by key, on instants that are handed in.

    Each bucket is kept as the one instant at which it would be full again (the "generic cell rate algorithm"), so a
    bucket that is full needs no row and is forgotten.
    """

    def __init__(self) -> None:
        self._full_at: dict[Hashable, datetime] = {}

    def wait(self, keys: Mapping[Hashable, Rate], now: datetime) -> float:
        """Return the seconds until one turn of every key is free; nothing is taken."""
        return max((self._wait(key, rate, now) for key, rate in keys.items()), default=0.0)

    def take(self, keys: Mapping[Hashable, Rate], now: datetime) -> float:
        """Take one turn of every key; return the seconds until it has come.

        Turns may be taken ahead: those who wait are served one after another, in the order in which they asked.
        """
        wait = self.wait(keys, now)
        turn = now + timedelta(seconds=wait)
        self._full_at = {key: full for key, full in self._full_at.items() if full > now}
        for key, rate in keys.items():
            full = max(self._full_at.get(key, turn), turn)
            self._full_at[key] = full + timedelta(seconds=1 / rate.per_second)
        return wait

    def _wait(self, key: Hashable, rate: Rate, now: datetime) -> float:
        full = self._full_at.get(key)
        if full is None:
            return 0.0
        return max(0.0, (full - now).total_seconds() - (rate.burst - 1) / rate.per_second)
