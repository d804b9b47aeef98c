"""What HTTP headers say, read with distrust."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from alertsvc.collect.dates import as_utc

__all__ = ["max_age", "media_type", "retry_after", "user_agent", "validator"]

_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?([0-9]{1,10})", re.I)
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.I)
_MEDIA_TYPE = re.compile(r"\s*([\w.+-]{1,60}/[\w.+-]{1,60})", re.ASCII)
_MAX_VALIDATOR = 1000


def retry_after(value: str | None, now: datetime) -> float | None:
    """Read `Retry-After`, seconds or a date (RFC 9110, 10.2.3), as seconds from `now`; None where it says nothing."""
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:12])
    instant = _date(value)
    return max(0.0, (instant - now).total_seconds()) if instant else None


def max_age(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return for how many seconds an answer stays fresh by `Cache-Control`, else by `Expires`; None if not told."""
    control = headers.get("Cache-Control", "")
    if re.search(r"\bno-(?:store|cache)\b", control, re.I):
        return None
    match = _MAX_AGE.search(control)
    if match:
        return float(match[1])
    expires = _date(headers.get("Expires", ""))
    if expires is None:
        return None
    return max(0.0, (expires - (_date(headers.get("Date", "")) or now)).total_seconds()) or None


def _date(value: str) -> datetime | None:
    try:
        return as_utc(parsedate_to_datetime(value))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def media_type(value: str | None) -> tuple[str | None, str | None]:
    """Return media type in lower case and charset of a `Content-Type`."""
    if not value:
        return None, None
    kind, charset = _MEDIA_TYPE.match(value), _CHARSET.search(value)
    return kind[1].lower() if kind else None, charset[1] if charset else None


def validator(name: bytes, headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """Return an `ETag` or `Last-Modified` as received, so that it goes back byte for byte; None where there is none.

    One that is not valid UTF-8 could not be sent back unchanged and is left.
    """
    for key, value in headers:
        if key.lower() == name:
            try:
                text = value.decode("utf-8")
            except UnicodeDecodeError:
                return None
            return text if 0 < len(text) <= _MAX_VALIDATOR and text.isprintable() else None
    return None


def user_agent(version: str, contact: str | None, public_url: str | None) -> str:
    """Return who we are: `alertsvc/VERSION (+public_url; contact)`, one line whatever the settings hold."""
    about = "; ".join(part for part in (f"+{public_url}" if public_url else "", contact or "") if part)
    line = f"alertsvc/{version}" + (f" ({about})" if about else "")
    return "".join(c for c in line if c.isprintable()).encode("ascii", "ignore").decode("ascii")
