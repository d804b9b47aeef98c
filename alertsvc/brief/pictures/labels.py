"""Finding room for names: none over another, none over a mark, none outside the frame."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from alertsvc.brief.pictures.canvas import Box
from alertsvc.brief.pictures.ground import Ground

__all__ = ["Room", "beside", "country_spot"]


class Room:
    """What of a frame is taken."""

    def __init__(self, frame: Box) -> None:
        self.frame = frame
        self.taken: list[Box] = []

    def take(self, *boxes: Box) -> None:
        """Mark boxes as taken."""
        self.taken += boxes

    def free(self, box: Box, gap: float = 2.0) -> bool:
        """Tell whether a box lies within the frame and meets nothing."""
        if not box.within(self.frame):
            return False
        left, top, right, bottom = box.left - gap, box.top - gap, box.right + gap, box.bottom + gap
        for other in self.taken:  # the same as `meets`, which is asked thousands of times for a map
            if left < other.right and other.left < right and top < other.bottom and other.top < bottom:
                return False
        return True

    def first_free(self, corners: npt.NDArray[np.float64], size: tuple[float, float], gap: float) -> Box | None:
        """Return the first box of a size that is free, given where each begins; the same as asking `free` of each."""
        if not len(corners):
            return None
        left, top = corners[:, :1], corners[:, 1:]
        right, bottom = left + size[0], top + size[1]
        frame, taken = self.frame, np.array([(box.left, box.top, box.right, box.bottom) for box in self.taken])
        found = (left >= frame.left) & (top >= frame.top) & (right <= frame.right) & (bottom <= frame.bottom)
        if len(taken):
            beside_x = (left - gap >= taken[:, 2]) | (taken[:, 0] >= right + gap)
            beside_y = (top - gap >= taken[:, 3]) | (taken[:, 1] >= bottom + gap)
            found &= (beside_x | beside_y).all(axis=1, keepdims=True)
        if not found.any():
            return None
        x, y = corners[int(found.argmax())].tolist()
        return Box(x, y, x + size[0], y + size[1])

    def crowding(self, box: Box) -> float:
        """Return how much of a box is not free, in square pixels; outside the frame counts tenfold."""
        area = (box.right - box.left) * (box.bottom - box.top)
        inside = _shared(box, self.frame)
        return 10 * (area - inside) + sum(_shared(box, other) for other in self.taken)

    def first(self, boxes: Iterable[Box], *, always: bool = False, gap: float = 2.0) -> Box | None:
        """Return the first box that is free; where none is and `always` is set, the least crowded."""
        tried = []
        for box in boxes:
            if self.free(box, gap):
                return box
            tried.append(box)
        return min(tried, key=self.crowding, default=None) if always else None


def _shared(first: Box, second: Box) -> float:
    wide = min(first.right, second.right) - max(first.left, second.left)
    high = min(first.bottom, second.bottom) - max(first.top, second.top)
    return max(0.0, wide) * max(0.0, high)


def beside(x: float, y: float, size: tuple[float, float], away: float, *, rtl: bool = False) -> list[Box]:
    """Return boxes of a size round a mark, `away` pixels from its middle, best first: beside, above, below, aslant."""
    wide, high = size
    slant = away * 0.75
    right = Box(x + away, y - high / 2, x + away + wide, y + high / 2)
    left = Box(x - away - wide, y - high / 2, x - away, y + high / 2)
    above = Box(x - wide / 2, y - away - high, x + wide / 2, y - away)
    below = Box(x - wide / 2, y + away, x + wide / 2, y + away + high)
    corners = [
        Box(x + slant, y - slant - high, x + slant + wide, y - slant),
        Box(x + slant, y + slant, x + slant + wide, y + slant + high),
        Box(x - slant - wide, y - slant - high, x - slant, y - slant),
        Box(x - slant - wide, y + slant, x - slant, y + slant + high),
    ]
    if rtl:
        return [left, right, *corners[2:], *corners[:2], above, below]
    return [right, left, *corners, above, below]


def country_spot(ground: Ground, code: str, size: tuple[float, float], room: Room, least: float) -> Box | None:
    """Return where a country's name stands best: within it, in its midst, clear of what is taken.

    Args:
        least: part of the box that has to lie within the country.
    """
    key = (code, size, least)
    if key not in ground.spots:
        ground.spots[key] = _spots(ground, code, size, least)
    return room.first_free(ground.spots[key], size, 8)


def _spots(ground: Ground, code: str, size: tuple[float, float], least: float) -> npt.NDArray[np.float64]:
    """Return corners at which a box lies within a country, the best first."""
    if code not in ground.codes:
        return np.empty((0, 2))
    mine = (ground.owners == ground.codes.index(code) + 1).astype(np.int32)
    rows, columns = np.nonzero(mine)
    wide, high = max(1, round(size[0] / ground.coarse)), max(1, round(size[1] / ground.coarse))
    if not len(rows) or wide >= mine.shape[1] or high >= mine.shape[0]:
        return np.empty((0, 2))
    total = np.zeros((mine.shape[0] + 1, mine.shape[1] + 1), dtype=np.int32)
    total[1:, 1:] = mine.cumsum(axis=0).cumsum(axis=1)
    inside = total[high:, wide:] - total[:-high, wide:] - total[high:, :-wide] + total[:-high, :-wide]
    part = inside / (wide * high)
    tops, lefts = np.nonzero(part >= least)
    if not len(tops):
        return np.empty((0, 2))
    middle_y, middle_x = float(rows.mean()) - high / 2, float(columns.mean()) - wide / 2
    away = np.hypot(tops - middle_y, lefts - middle_x) - 40 * part[tops, lefts]
    order = np.argsort(away, kind="stable")[:: max(1, len(away) // 150)]
    return np.column_stack((lefts[order], tops[order])).astype(np.float64) * ground.coarse
