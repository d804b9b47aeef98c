"""What a round of polling, or the check of one feed, came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

__all__ = ["FeedCheck", "FeedLine", "PollSummary"]


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One feed's poll.

    `outcome` is that of the fetch where it was not `ok`; else `ok`, `unchanged` (the same body as before),
    `not_a_feed`, `unreadable`, `lost` (another worker took the feed over meanwhile) or `error`.
    """

    feed_id: str
    outcome: str
    success: bool
    new: int = 0
    edited: int = 0
    unchanged: int = 0
    skipped: int = 0
    message: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class PollSummary:
    """One round: a line for each feed, in the order in which they were done."""

    lines: tuple[FeedLine, ...] = ()

    @property
    def new(self) -> int:
        """Articles not seen before."""
        return sum(line.new for line in self.lines)

    @property
    def edited(self) -> int:
        """Articles whose text has changed."""
        return sum(line.edited for line in self.lines)

    @property
    def failed(self) -> tuple[FeedLine, ...]:
        """The feeds that could not be read."""
        return tuple(line for line in self.lines if not line.success)


@dataclass(frozen=True, slots=True)
class FeedCheck:
    """What is to be seen at an address, without anything being stored."""

    url: str
    ok: bool
    outcome: str
    message: str = ""
    status: int | None = None
    final_url: str | None = None
    permanent_url: str | None = None
    kind: str | None = None
    title: str = ""
    language: str | None = None
    entries: int = 0
    newest: datetime | None = None
    with_text: int = 0  # entries that bring more than a line or two
    problems: tuple[str, ...] = ()
    seconds: float = 0.0
