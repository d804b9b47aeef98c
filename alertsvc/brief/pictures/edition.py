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


def _size(key: str, *, plain: bool = False) -> int:
    return mail_size(_png(key, plain=plain))


def _all_fit(wanted: Sequence[str], room: int) -> bool:
    """Tell whether all fit in full; once one does not, those after it are not even written."""
    for key in wanted:
        room -= _size(key)
        if room < 0:
            return False
    return True


def _fitting(wanted: Sequence[str], room: int) -> dict[str, bool]:
    """Return what fits and whether plain: as many as there is room for, the first of them in full where it suffices."""
    found: dict[str, bool] = {}
    for key in wanted:  # one that is too large leaves its room to those after it
        size = _size(key, plain=True)
        if size <= room:
            found[key] = True
            room -= size
    for key in found:
        more = _size(key) - _size(key, plain=True)
        if more <= room:
            found[key] = False
            room -= more
    return found


def pictures_of(descriptions: Sequence[Mapping[str, Any]], room: int) -> tuple[Picture, ...]:
    """Draw the pictures of an edition, those that fit into `room` bytes of a mail, in the order of the descriptions."""
    known = [item for item in descriptions if item.get("kind") in DRAWERS]
    keys = {json.dumps(item, sort_keys=True): item for item in known}
    wanted = sorted(keys, key=lambda key: -DROPPED_FIRST.index(keys[key]["kind"]))
    wanted = [key for key in wanted if _drawable(key)]
    plain = dict.fromkeys(wanted, False) if _all_fit(wanted, room) else _fitting(wanted, room)
    return tuple(
        Picture(item["cid"], _png(key, plain=plain[key]), item["alt"]) for key, item in keys.items() if key in plain
    )
