"""The ground of a map: sea, land, borders, rings round a capital. Cached, since many maps stand on the same one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from alertsvc.brief.pictures.canvas import DENSITY
from alertsvc.brief.pictures.palette import BORDER, COAST, LAND, LAND_CHOSEN, LAND_NAMED, RING, SEA
from alertsvc.brief.pictures.projection import View
from alertsvc.outlines import Border, Ring, load_outlines

__all__ = ["Ground", "Rings", "draw_ground"]

_SMOOTH = 2
_COARSE = 4  # pixels of the page to one of the mask that tells which country is where
_FROM = 24.0  # pixels; lines are clipped so far outside the frame
_PLAIN_FROM_KM = 1300.0  # coasts of wider views are drawn plainer: they cost bytes and nobody sees the difference
_SPECK = 3.0  # pixels; smaller islands of other countries are left out of wide views
_WIDE_KM = 6000.0  # no country encloses so wide a view
Points = npt.NDArray[np.float64]
_Outline = TypeVar("_Outline", Ring, Border)
_Bounds = tuple[float, float, float, float]  # left, top, right, bottom in pixels of the page


@dataclass(frozen=True, slots=True)
class Rings:
    """Circles round a place (longitude, latitude), radii in kilometres, shortest first."""

    longitude: float
    latitude: float
    radii: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """A drawn ground. `owners` holds, for each coarse pixel, the place of its country in `codes` plus one, else 0.

    `spots` keeps where names were found to fit, as the ground is asked again for the same names.
    """

    image: Image.Image
    codes: tuple[str, ...]
    owners: npt.NDArray[np.uint8]
    coarse: int = _COARSE
    spots: dict[tuple[str, tuple[float, float], float], Points] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Where kilometres come to lie, in pixels of the page."""

    view: View
    width: int
    height: int

    def pixels(self, points: Points) -> Points:
        scale = self.width / self.view.span_km
        spots = self.view.project(points)
        return np.column_stack((spots[:, 0] * scale + self.width / 2, self.height / 2 - spots[:, 1] * scale))


def _clipped(points: Points, axis: int, limit: float, *, above: bool) -> Points:
    """Return a ring cut at a line (Sutherland and Hodgman, one side)."""
    away = (points[:, axis] - limit) * (1.0 if above else -1.0)
    inside = away >= 0
    if inside.all():
        return points
    if not inside.any():
        return points[:0]
    after, after_away = np.roll(points, -1, axis=0), np.roll(away, -1)
    crossing = inside != np.roll(inside, -1)
    part = np.divide(away, away - after_away, out=np.zeros_like(away), where=crossing)
    cut = points + (after - points) * part[:, None]
    both = np.empty((2 * len(points), 2))
    both[0::2], both[1::2] = points, cut
    kept = np.empty(2 * len(points), dtype=np.bool_)
    kept[0::2], kept[1::2] = inside, crossing
    return both[kept]


def _thinned(points: Points, step: int = 1) -> list[tuple[float, float]]:
    """Return of the points the first in each row of those that share a square of so many pixels; ends stay."""
    square = np.rint(points / step).astype(np.int64)
    kept = np.ones(len(square), dtype=np.bool_)
    moved = square[1:] != square[:-1]
    kept[1:] = moved[:, 0] | moved[:, 1]
    kept[-1:] = True
    return [(x, y) for x, y in np.rint(points[kept]).tolist()]


def _turned(points: Points, turn: float) -> Points:
    """Return points so many degrees farther east."""
    return np.column_stack((points[:, 0] + turn, points[:, 1])) if turn else points


def _turns(west: float, east: float, bounds: tuple[float, float, float, float]) -> Iterator[float]:
    """Yield by how many degrees something has to be moved east to come into view; more than one where it is twice."""
    for turn in (-360.0, 0.0, 360.0):
        if west + turn <= bounds[2] and east + turn >= bounds[0]:
            yield turn


@cache
def _ring_boxes() -> Points:
    return np.array([ring.box for ring in load_outlines().rings])


@cache
def _border_boxes() -> Points:
    return np.array([border.box for border in load_outlines().borders])


def _near(items: Sequence[_Outline], boxes: Points, bounds: _Bounds) -> Iterator[_Outline]:
    """Yield those whose box comes into view, in their order, wherever round the earth it has to be moved."""
    west, south, east, north = boxes.T
    seen = np.zeros(len(boxes), dtype=np.bool_)
    for turn in (-360.0, 0.0, 360.0):
        seen |= (west + turn <= bounds[2]) & (east + turn >= bounds[0])
    seen &= (south <= bounds[3]) & (north >= bounds[1])
    for index in np.flatnonzero(seen).tolist():
        yield items[index]


def _projected(sheet: _Sheet, parts: Sequence[Points]) -> list[tuple[Points, _Bounds]]:
    """Return runs of points in pixels of the page, with what each reaches to.

    All of them are projected in one go: a map has hundreds of runs, and most are short.
    """
    if not parts:
        return []
    spots = sheet.pixels(np.concatenate(parts))
    ends = np.cumsum([len(part) for part in parts])
    starts = np.concatenate(([0], ends[:-1]))
    x, y = np.ascontiguousarray(spots[:, 0]), np.ascontiguousarray(spots[:, 1])
    bounds = zip(
        np.minimum.reduceat(x, starts).tolist(),
        np.minimum.reduceat(y, starts).tolist(),
        np.maximum.reduceat(x, starts).tolist(),
        np.maximum.reduceat(y, starts).tolist(),
        strict=True,
    )
    runs = zip(starts.tolist(), ends.tolist(), strict=True)
    return [(spots[start:end], found) for (start, end), found in zip(runs, bounds, strict=True)]


def _framed(points: Points, reach: _Bounds, sheet: _Sheet) -> Points:
    """Return a ring cut to the frame and a little more; empty where none of it is in there."""
    limits = (sheet.width + _FROM, sheet.height + _FROM)
    for axis, limit in enumerate(limits):
        low, high = reach[axis], reach[axis + 2]
        if low > limit or high < -_FROM:
            return points[:0]
        if low < -_FROM and len(points):
            points = _clipped(points, axis, -_FROM, above=True)
        if high > limit and len(points):
            points = _clipped(points, axis, limit, above=False)
    return points


def _rings(sheet: _Sheet) -> Iterator[tuple[Ring, Points]]:
    """Yield every ring in view with its points in pixels of the page, clipped."""
    bounds = sheet.view.reach(sheet.height / sheet.width)
    wide, middle = sheet.view.span_km > _WIDE_KM, (sheet.width / 2, sheet.height / 2)
    seen: list[Ring] = []
    parts: list[Points] = []
    for ring in _near(load_outlines().rings, _ring_boxes(), bounds):
        turns = list(_turns(ring.box[0], ring.box[2], bounds))
        for turn in turns if sheet.view.flat else turns[:1]:
            seen.append(ring)
            parts.append(_turned(ring.points[:-1], turn))
    for ring, (points, reach) in zip(seen, _projected(sheet, parts), strict=True):
        if wide and float(np.hypot(*(points - middle).T).min()) > sheet.width:
            continue  # what lies on the other side of the earth is not shown, and must not enclose what is
        framed = _framed(points, reach, sheet)
        if len(framed) >= 3:
            yield ring, framed


def _borders(sheet: _Sheet) -> Iterator[tuple[Border, Points]]:
    """Yield every stretch of border in view with its points in pixels of the page."""
    bounds = sheet.view.reach(sheet.height / sheet.width)
    seen: list[Border] = []
    parts: list[Points] = []
    for border in _near(load_outlines().borders, _border_boxes(), bounds):
        turns = list(_turns(border.box[0], border.box[2], bounds))
        for turn in turns if sheet.view.flat else turns[:1]:
            seen.append(border)
            parts.append(_turned(border.points, turn))
    for border, (points, (left, top, right, bottom)) in zip(seen, _projected(sheet, parts), strict=True):
        if left <= sheet.width + _FROM and right >= -_FROM and top <= sheet.height + _FROM and bottom >= -_FROM:
            yield border, points


def _ring_lines(draw: ImageDraw.ImageDraw, sheet: _Sheet, rings: Rings) -> None:
    """Draw circles of equal distance as broken lines."""
    scale = DENSITY * _SMOOTH
    for radius in rings.radii:
        steps = 180
        bearing = np.linspace(0, 2 * math.pi, steps + 1)
        arc, middle = radius / 6371.0088, math.radians(rings.latitude)
        latitude = np.arcsin(math.sin(middle) * math.cos(arc) + math.cos(middle) * math.sin(arc) * np.cos(bearing))
        turn = np.arctan2(
            np.sin(bearing) * math.sin(arc) * math.cos(middle), math.cos(arc) - math.sin(middle) * np.sin(latitude)
        )
        points = np.column_stack((rings.longitude + np.degrees(turn), np.degrees(latitude)))
        spots = (sheet.pixels(points) * scale).tolist()
        around = 2 * math.pi * radius * sheet.width / sheet.view.span_km
        every = max(1, min(6, round(steps * 5 / max(around, 1))))
        for start in range(0, steps, 2 * every):
            part = [tuple(spot) for spot in spots[start : start + every + 1]]
            draw.line(part, fill=RING, width=round(1.1 * scale))


def _coast(ring: Ring, drawn: list[tuple[float, float]], sheet: _Sheet, scale: int) -> list[list[tuple[float, float]]]:
    """Return the lines round a ring: all of it, but for where the source cuts land along the antimeridian."""
    if ring.box[0] > -180 and ring.box[2] < 180:
        return [drawn]
    edge = np.abs(ring.points[:, 0]) >= 180
    runs = np.split(ring.points, np.nonzero(edge[1:] & edge[:-1])[0] + 1)
    west, _, east, _ = sheet.view.reach(sheet.height / sheet.width)
    lines = []
    for run in runs:
        for turn in _turns(float(run[:, 0].min()), float(run[:, 0].max()), (west, -90, east, 90)):
            spots = sheet.pixels(_turned(run, turn))
            near: npt.NDArray[np.bool_] = np.abs(spots).max(axis=1) < 4 * sheet.width
            lines += [
                _thinned(part * scale)
                for part in np.split(spots, np.nonzero(near[1:] != near[:-1])[0] + 1)
                if len(part) > 1 and (np.abs(part) < 4 * sheet.width).all()
            ]
            if not sheet.view.flat:
                break
    return lines


@lru_cache(maxsize=32)
def draw_ground(
    view: View, width: int, height: int, named: frozenset[str], rings: Rings | None = None, *, inset: bool = False
) -> Ground:
    """Return the ground of a map of so many pixels of the page.

    Args:
        named: codes of the countries that the map is about; they are lighter than the others.
        rings: circles to draw.
        inset: it is small and shows no more than where the countries are: they are dark, and borders fine.
    """
    # Of whole regions the screen shrinks each line anyway; drawn larger they only take longer, and more bytes.
    wide = view.span_km >= 2 * _PLAIN_FROM_KM
    smooth = 1 if wide and not inset else _SMOOTH
    sheet, scale = _Sheet(view, width, height), DENSITY * smooth
    image = Image.new("RGB", (width * scale, height * scale), SEA)
    draw = ImageDraw.Draw(image)
    coarse = Image.new("L", (-(-width // _COARSE), -(-height // _COARSE)))
    owners = ImageDraw.Draw(coarse)
    seen = list(_rings(sheet))
    codes = tuple(sorted({ring.code for ring, _ in seen if ring.code}))[:254]
    number = {code: index + 1 for index, code in enumerate(codes)}
    step = 1 if view.span_km < _PLAIN_FROM_KM else 3 * smooth if wide else 3
    outlines = []
    for ring, points in seen:
        if wide and ring.code not in named and float(np.ptp(points, axis=0).max()) < _SPECK:
            continue
        drawn = _thinned(points * scale, step)
        if len(drawn) < 3:
            draw.rectangle((drawn[0][0], drawn[0][1], drawn[0][0] + scale, drawn[0][1] + scale), fill=COAST)
            continue
        chosen = LAND_CHOSEN if inset else LAND_NAMED
        draw.polygon(drawn, fill=SEA if ring.hole else chosen if ring.code in named else LAND)
        small = _thinned(points / _COARSE)
        if len(small) > 2:
            owners.polygon(small, fill=0 if ring.hole else number.get(ring.code, 0))
        outlines += _coast(ring, [*drawn, drawn[0]], sheet, scale)
    for outline in outlines:
        draw.line(outline, fill=COAST, width=round(0.8 * scale))
    for border, spots in _borders(sheet):
        # Pillow rounds the corners of a line wider than four pixels one by one, which takes longer than all the rest.
        ours = step == 1 and len(named & set(border.pair)) > 0
        across = round((0.5 if inset else 1.5 if ours else 1.0) * scale)
        _border(draw, _thinned(spots * scale, step), across, disputed=border.disputed)
    if rings is not None:
        _ring_lines(draw, sheet, rings)
    return Ground(image.reduce(smooth) if smooth > 1 else image, codes, np.asarray(coarse))


def _border(draw: ImageDraw.ImageDraw, line: list[tuple[float, float]], width: int, *, disputed: bool) -> None:
    if len(line) < 2:
        return
    draw.line(line, fill=LAND if disputed else BORDER, width=width, joint="curve")
    if not disputed:
        return
    stroke, run = True, 0.0
    for first, second in pairwise(line):  # points lie a pixel or a few apart
        if stroke:
            draw.line((first, second), fill=BORDER, width=width)
        run += math.dist(first, second)
        if run > 4 * width:
            stroke, run = not stroke, 0.0
