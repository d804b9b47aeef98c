"""Reading the dates that feeds carry."""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

__all__ = ["as_utc", "read_date"]

_ISO = re.compile(
    r"(\d{4})-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?)?\Z", re.I
)


def as_utc(value: datetime) -> datetime | None:
    """Return the instant in UTC, a date without zone taken as UTC; None where it is beyond what can be counted."""
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def read_date(value: str) -> datetime | None:
    """Read a date of RFC 822 or ISO 8601, the two that RSS and Atom ask for; None where it is neither."""
    value = value.strip()[:100]
    match = _ISO.match(value)
    with contextlib.suppress(ValueError, OverflowError, TypeError, IndexError):  # all of them seen from the library
        if match is None:
            return as_utc(parsedate_to_datetime(value))
        year, month, day, hour, minute, second, zone = match.groups()
        naive = datetime(  # noqa: DTZ001 (the zone is applied below)
            int(year), int(month), int(day or 1), int(hour or 0), int(minute or 0), min(int(second or 0), 59)
        )
        return (naive - _offset(zone)).replace(tzinfo=UTC)
    return None


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone in "Zz":
        return timedelta(0)
    sign = -1 if zone[0] == "-" else 1
    return sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
