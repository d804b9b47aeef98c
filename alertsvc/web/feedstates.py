"""How each feed is doing, and when the last good poll was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alertsvc.store.feeds import Feed
from alertsvc.web.redaction import public_address, public_line

__all__ = ["STATES", "FeedLine", "PollAge", "feed_line", "feed_lines", "poll_age", "tally"]

STATES = ("failing", "gone", "late", "not yet polled", "ok", "disabled")
"""What a feed can be, those that need a look first; a `late` one has been due for over three of its intervals."""

LATE = 3  # intervals


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A feed with what an operator wants to know of it."""

    feed: Feed
    state: str
    title: str
    address: str
    outcome: str


@dataclass(frozen=True, slots=True)
class PollAge:
    """When a feed was last read without fault, and until when that is recent enough. None: never."""

    configured: int
    last_good: datetime | None
    deadline: datetime | None

    def recent(self, now: datetime) -> bool:
        """Tell whether feeds are being read; true where none is configured."""
        return self.configured == 0 or (self.deadline is not None and now <= self.deadline)


def _state(feed: Feed, now: datetime) -> str:
    if not feed.enabled:
        return "disabled"
    if feed.gone:
        return "gone"
    if feed.failures:
        return "failing"
    if feed.next_due is not None and now - feed.next_due > timedelta(seconds=LATE * feed.interval):
        return "late"
    return "ok" if feed.last_attempt is not None else "not yet polled"


def _outcome(feed: Feed) -> str:
    if feed.last_attempt is None:
        return "not polled so far"
    outcome = (feed.last_outcome or "no outcome noted").replace("_", " ")
    line = f"{outcome}: {feed.last_error}" if feed.last_error else outcome
    if feed.failures > 1:
        line += f" ({feed.failures} failures in a row)"
    return public_line(line)


def feed_line(feed: Feed, now: datetime) -> FeedLine:
    """Return a feed's state and outcome."""
    return FeedLine(feed, _state(feed, now), feed.title or feed.id, public_address(feed.url), _outcome(feed))


def feed_lines(feeds: Sequence[Feed], now: datetime) -> list[FeedLine]:
    """Return the lines of feeds, those that need a look first, else by id."""
    lines = [feed_line(feed, now) for feed in feeds]
    return sorted(lines, key=lambda line: (STATES.index(line.state), line.feed.id))


def tally(lines: Sequence[FeedLine]) -> dict[str, int]:
    """Return how many feeds are in each of `STATES`."""
    found = Counter(line.state for line in lines)
    return {state: found[state] for state in STATES}


def poll_age(feeds: Sequence[Feed], poll_interval: float) -> PollAge:
    """Return how recent the last good poll is.

    It may be three poll intervals old; a healthy feed that asked to be left alone for longer is given until it is due
    and one interval more. The feeds of the demonstration count only where there are no others, since reading them
    proves nothing about the network.
    """
    polled = [feed for feed in feeds if feed.enabled and not feed.gone]
    polled = [feed for feed in polled if not feed.demonstration] or polled
    good = [feed.last_success for feed in polled if feed.last_success is not None]
    if not good:
        return PollAge(len(polled), None, None)
    promised = [
        feed.next_due + timedelta(seconds=poll_interval)
        for feed in polled
        if feed.last_success is not None and feed.failures == 0 and feed.next_due is not None
    ]
    deadline = max([max(good) + timedelta(seconds=LATE * poll_interval), *promised])
    return PollAge(len(polled), max(good), deadline)
