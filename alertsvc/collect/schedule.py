"""When a feed is asked again: as often as wanted, as seldom as it asks for, never all at once."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

__all__ = ["MAX_FRESHNESS", "MAX_WAIT", "next_due"]

MAX_WAIT = 24 * 3600.0
MAX_FRESHNESS = 6 * 3600.0
_JITTER = 0.1
_MAX_EXPONENT = 20


def next_due(
    *,
    feed_id: str,
    interval: float,
    now: datetime,
    failures: int = 0,
    ttl: float | None = None,
    max_age: float | None = None,
    retry_after: float | None = None,
) -> datetime:
    """Return when a feed is due next.

    Args:
        feed_id: decides the jitter, up to a tenth of the wait, which is always the same for a feed.
        interval: seconds wanted between polls.
        now: when the last one ended.
        failures: polls that failed in a row, this one included. After the first the feed is asked again at its usual
            time, after each further one the wait doubles, up to a day.
        ttl: seconds, as the feed says; counts up to six hours.
        max_age: seconds, as the server says; likewise.
        retry_after: seconds, as the server demands; counts up to a day.

    An interval of more than a day stands: that is what someone wanted.
    """
    wait = max(
        interval * 2 ** min(max(failures - 1, 0), _MAX_EXPONENT),
        min(ttl or 0.0, MAX_FRESHNESS),
        min(max_age or 0.0, MAX_FRESHNESS),
        retry_after or 0.0,
    )
    wait = min(wait, max(MAX_WAIT, interval))
    return now + timedelta(seconds=wait * (1 + _JITTER * _share(feed_id)))


def _share(feed_id: str) -> float:
    """Return a number from 0 to 1 that is spread evenly over the feeds."""
    return int.from_bytes(hashlib.sha256(feed_id.encode()).digest()[:4], "big") / 2**32
