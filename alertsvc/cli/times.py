"""Times as they are typed and shown on the command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from alertsvc.cli.common import fail

__all__ = ["ago", "exact", "read_since"]

_SPAN = re.compile(r"(\d{1,6})\s*([mhdw])\Z")
_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_STEPS = ((86400.0 * 2, 86400.0, "d"), (7200.0, 3600.0, "h"), (90.0, 60.0, "min"), (0.0, 1.0, "s"))


def read_since(value: str | None, now: datetime) -> datetime | None:
    """Return the instant that `--since` means: `7d`, `12h`, `90m` or `2w` before `now`, or a date or time of ISO 8601.

    Raises:
        typer.Exit: with status 2, after a line that says what can be given.
    """
    if value is None:
        return None
    span = _SPAN.match(value.strip())
    try:
        if span:
            return now - timedelta(seconds=int(span[1]) * _SECONDS[span[2]])
        moment = datetime.fromisoformat(value.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise fail(
            f"--since: give a time back such as 7d or 12h, or a date such as 2026-01-31, not {value!r}", 2
        ) from None


def ago(moment: datetime | None, now: datetime) -> str:
    """Return how far an instant lies from `now`: "3 min ago", "in 2 h", "never" for none."""
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    size = abs(seconds)
    if size < 1:
        return "now"
    unit, name = next((unit, name) for bound, unit, name in _STEPS if size >= bound)
    told = f"{size / unit:.0f} {name}"
    return f"{told} ago" if seconds > 0 else f"in {told}"


def exact(moment: datetime | None) -> str:
    """Return an instant to the minute, in UTC; empty for none."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}Z" if moment else ""
