"""The pictures of one edition: drawn once, and no more of them than the mail has room for.

Where all of them in full would make the mail too large, they are first written at the density of a plain screen, the
least needed first, and only then left out, in the order of `DROPPED_FIRST`; the page then says so and keeps the words.
A picture that cannot be drawn is left out the same way: a briefing never waits for its pictures.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from alertsvc.brief.pictures.area_map import draw_area_map
from alertsvc.brief.pictures.canvas import Canvas
from alertsvc.brief.pictures.gauge import draw_gauge
from alertsvc.brief.pictures.incident_map import draw_incident_map
from alertsvc.brief.pictures.shares import draw_shares
from alertsvc.brief.pictures.trend import draw_trend
from alertsvc.domain import Picture

__all__ = ["DRAWERS", "DROPPED_FIRST", "draw", "forget", "mail_size", "pictures_of"]

DROPPED_FIRST = ("shares", "gauge", "trend", "area_map", "incident_map")
"""Kinds in the order in which they are left out: what the words tell as well goes first, the map last."""

_PART_HEAD = 400  # bytes that the headers and the boundary of a picture take up in a mail

DRAWERS: dict[str, Callable[[dict[str, Any]], Canvas]] = {
    "incident_map": draw_incident_map,
    "area_map": draw_area_map,
    "gauge": draw_gauge,
    "trend": draw_trend,
    "shares": draw_shares,
}


@lru_cache(maxsize=8)
def _drawn(description: str) -> Canvas:
    spec = json.loads(description)
    return DRAWERS[spec["kind"]](spec)


@lru_cache(maxsize=128)
def _png(description: str, *, plain: bool = False) -> bytes:
    return _drawn(description).png(plain=plain)


def forget() -> None:
    """Drop what was drawn, to measure how long it takes."""
    _drawn.cache_clear()
    _png.cache_clear()
    _drawable.cache_clear()


def draw(description: Mapping[str, Any]) -> Picture:
    """Draw one picture in full.

    Raises:
        KeyError, ValueError: the description was not made by `facts`.
    """
    png = _png(json.dumps(description, sort_keys=True))
    return Picture(description["cid"], png, description["alt"])


def mail_size(data: bytes) -> int:
    """Return how many bytes a picture takes up in a mail: base64 in lines of 76, and its head."""
    return -(-len(data) // 57) * 78 + _PART_HEAD


@lru_cache(maxsize=128)
def _drawable(description: str) -> bool:
    try:
        _drawn(description)
    except (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError):
        return False  # an older or a foreign description, or data files that are not there
    return True


def _fitting(wanted: Sequence[str], room: int, *, plain: bool) -> tuple[list[str], bool]:
    """Return what fits, from the first on, and whether that is all; what comes after is not even drawn."""
    found: list[str] = []
    for key in wanted:
        if not _drawable(key):
            continue
        room -= mail_size(_png(key, plain=plain))
        if room < 0:
            return found, False
        found.append(key)
    return found, True


def pictures_of(descriptions: Sequence[Mapping[str, Any]], room: int) -> tuple[Picture, ...]:
    """Draw the pictures of an edition, those that fit into `room` bytes of a mail, in the order of the descriptions."""
    known = [item for item in descriptions if item.get("kind") in DRAWERS]
    keys = {json.dumps(item, sort_keys=True): item for item in known}
    wanted = sorted(keys, key=lambda key: -DROPPED_FIRST.index(keys[key]["kind"]))
    found, everything = _fitting(wanted, room, plain=False)
    plain = dict.fromkeys(found, False)
    if not everything:
        plain = dict.fromkeys(_fitting(wanted, room, plain=True)[0], True)
        left = room - sum(mail_size(_png(key, plain=True)) for key in plain)
        for key in plain:
            more = mail_size(_png(key)) - mail_size(_png(key, plain=True))
            if more <= left:
                plain[key], left = False, left - more
    return tuple(
        Picture(item["cid"], _png(key, plain=plain[key]), item["alt"]) for key, item in keys.items() if key in plain
    )
