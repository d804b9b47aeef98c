"""The pictures of one edition: drawn once, and no more of them than the mail has room for.

Where all of them in full would make the mail too large, they are first packed harder, then drawn at the density of a
plain screen, the least needed first, and only then left out, in the order of `DROPPED_FIRST`; the page then says so
and keeps the words. A picture that cannot be drawn is left out the same way: a briefing never waits for its pictures.
"""

from __future__ import annotations

import base64
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

__all__ = ["DROPPED_FIRST", "draw", "mail_size", "pictures_of"]

DROPPED_FIRST = ("shares", "gauge", "trend", "area_map", "incident_map")
"""Kinds in the order in which they are left out: what the words tell as well goes first, the map last."""

_FULL, _PACKED, _PLAIN = range(3)  # how a picture is written: sharp; packed harder; at the density of a plain screen
_PART_HEAD = 400  # bytes that the headers and the boundary of a picture take up in a mail

_DRAWERS: dict[str, Callable[[dict[str, Any]], Canvas]] = {
    "incident_map": draw_incident_map,
    "area_map": draw_area_map,
    "gauge": draw_gauge,
    "trend": draw_trend,
    "shares": draw_shares,
}


@lru_cache(maxsize=16)
def _drawn(description: str) -> Canvas:
    spec = json.loads(description)
    return _DRAWERS[spec["kind"]](spec)


@lru_cache(maxsize=128)
def _png(description: str, quality: int) -> bytes:
    return _drawn(description).png(harder=quality > _FULL, plain=quality == _PLAIN)


def draw(description: Mapping[str, Any]) -> Picture:
    """Draw one picture in full.

    Raises:
        KeyError, ValueError: the description was not made by `facts`.
    """
    png = _png(json.dumps(description, sort_keys=True), _FULL)
    return Picture(description["cid"], png, description["alt"])


def mail_size(data: bytes) -> int:
    """Return how many bytes a picture takes up in a mail: base64 in lines of 76, and its head."""
    encoded = len(base64.b64encode(data))
    return encoded + 2 * -(-encoded // 76) + _PART_HEAD


def pictures_of(descriptions: Sequence[Mapping[str, Any]], room: int) -> tuple[Picture, ...]:
    """Draw the pictures of an edition, those that fit into `room` bytes of a mail, in the order of the descriptions."""
    kept: list[tuple[Mapping[str, Any], str]] = []
    for description in descriptions:
        key = json.dumps(description, sort_keys=True)
        try:
            _png(key, _FULL)
        except (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError):
            continue  # an older or a foreign description, or data files that are not there
        kept.append((description, key))
    least_first = sorted(kept, key=lambda item: DROPPED_FIRST.index(item[0]["kind"]))
    quality = {key: _FULL for _, key in kept}

    def size() -> int:
        return sum(mail_size(_png(key, quality[key])) for key in quality)

    for better in (_PACKED, _PLAIN):
        for _, key in least_first:
            if size() <= room:
                break
            quality[key] = better
    for _, key in least_first:
        if size() <= room:
            break
        del quality[key]
    return tuple(
        Picture(description["cid"], _png(key, quality[key]), description["alt"])
        for description, key in kept
        if key in quality
    )
