"""Dates in the demonstration feeds: tokens that stand for an instant relative to an anchor.

    [[rfc822 -26h]]   [[iso -90m]]   [[weekday -2d]]   [[date -2d]]   [[year -7y]]

Units are m, h, d and y (calendar years). Everything is in UTC; names are in the language of the feed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from babel.dates import format_date

__all__ = ["render_tokens"]

_ANY = re.compile(r"\[\[([^\[\]\n]{0,60})\]\]")
_TOKEN = re.compile(r"(rfc822|iso|weekday|date|year) ([+-]\d{1,6})([mhdy])\Z")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def render_tokens(text: str, anchor: datetime, language: str) -> str:
    """Put dates in the place of tokens.

    Raises:
        ValueError: something in double brackets is no token; the message names it and its line.
    """

    def rendered(match: re.Match[str]) -> str:
        token = _TOKEN.match(match[1])
        if token is None:
            line = text.count("\n", 0, match.start()) + 1
            raise ValueError(f"line {line}: {match[0]} is no token")
        kind, amount, unit = token[1], int(token[2]), token[3]
        return _written(kind, _shifted(anchor.astimezone(UTC), amount, unit), language)

    return _ANY.sub(rendered, text)


def _shifted(anchor: datetime, amount: int, unit: str) -> datetime:
    if unit != "y":
        return anchor + amount * _UNITS[unit]
    try:
        return anchor.replace(year=anchor.year + amount)
    except ValueError:  # 29 February
        return anchor.replace(year=anchor.year + amount, day=28)


def _written(kind: str, instant: datetime, language: str) -> str:
    if kind == "rfc822":
        return format_datetime(instant)
    if kind == "iso":
        return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
    if kind == "year":
        return f"{instant.year:04d}"
    return format_date(instant, format="EEEE" if kind == "weekday" else "d MMMM", locale=language)
