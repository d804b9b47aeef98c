"""The map of a digest: its incidents numbered as in the table, no number over another."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from alertsvc.brief.pictures.canvas import Box, Canvas
from alertsvc.brief.pictures.fonts import legible
from alertsvc.brief.pictures.mapsheet import MAP_HEIGHT, WIDTH, MapSheet
from alertsvc.brief.pictures.marks import leader, pin, small_mark
from alertsvc.brief.pictures.palette import CATEGORY_COLOURS, CATEGORY_INKS, HALO, INK, SOFT
from alertsvc.brief.pictures.projection import View, fitting_view
from alertsvc.brief.pictures.sites import capitals_of
from alertsvc.brief.pictures.words import picture_words

__all__ = ["MOST_PLATES", "draw_area_map"]

NEAREST_KM = 420.0
WORLD_HEIGHT = 214
ONE_PLACE_PIXELS = 5.0  # incidents nearer to one another share a number plate
MOST_PLATES = 20  # the gravest; others are small pins without a number
_PIN = 11.5
_ROW = 24
_MARGIN = 0.09


@dataclass(frozen=True, slots=True)
class _Group:
    """Incidents at one spot of the map; the first is the gravest."""

    x: float
    y: float
    points: tuple[dict[str, Any], ...]

    @property
    def text(self) -> str:
        """The numbers of the table, ascending."""
        numbers = sorted(point["number"] for point in self.points)
        shown = ", ".join(map(str, numbers[:4]))
        return shown if len(numbers) <= 4 else f"{shown} +{len(numbers) - 4}"


def _view(points: Sequence[dict[str, Any]]) -> tuple[View, int]:
    """Return what to show, and how high the map is: lower where it shows the world."""
    places = [(point["longitude"], point["latitude"]) for point in points]
    view = fitting_view(places, MAP_HEIGHT / WIDTH, NEAREST_KM, _MARGIN)
    if not view.flat:
        span = 1.1 ** math.ceil(math.log(view.span_km) / math.log(1.1))
        return View((round(view.middle[0], 1), round(view.middle[1], 1)), round(span, 1)), MAP_HEIGHT
    west = _widest_gap([longitude for longitude, _ in places])
    return View((round(west / 5) * 5.0, 18.0), 38000.0), WORLD_HEIGHT


def _widest_gap(longitudes: Sequence[float]) -> float:
    """Return the longitude that lies opposite to the widest stretch without any place."""
    ordered = sorted(longitudes)
    gaps = [(b - a, a) for a, b in zip(ordered, [*ordered[1:], ordered[0] + 360], strict=True)]
    wide, start = max(gaps)
    return (start + wide / 2 + 360) % 360 - 180


def _groups(sheet: MapSheet, points: Sequence[dict[str, Any]]) -> list[_Group]:
    groups: list[_Group] = []
    ordered = sorted(points, key=lambda point: (-point["severity"], point["number"]))
    spots = sheet.spots([(point["longitude"], point["latitude"]) for point in ordered])
    for point, (x, y) in zip(ordered, spots, strict=True):
        near = [index for index, item in enumerate(groups) if math.dist((x, y), (item.x, item.y)) < ONE_PLACE_PIXELS]
        if near:
            old = groups[near[0]]
            groups[near[0]] = _Group(old.x, old.y, (*old.points, point))
        else:
            groups.append(_Group(x, y, (point,)))
    return groups


def _spots(group: _Group, size: tuple[float, float]) -> Iterator[Box]:
    """Yield boxes for a group's numbers: on the spot, then ever farther from it."""
    for away in (0.0, 18.0, 26.0, 36.0, 48.0, 62.0, 80.0, 100.0, 124.0):
        turns = 1 if not away else 16
        for turn in range(turns):
            bearing = 2 * math.pi * turn / turns + 0.4
            x, y = group.x + away * math.cos(bearing) * 1.2, group.y + away * math.sin(bearing)
            yield Box(x - size[0] / 2, y - size[1] / 2, x + size[0] / 2, y + size[1] / 2)


class _Plates:
    """The number plates of a map: found room for first, then drawn, lines below them."""

    def __init__(self, sheet: MapSheet, groups: Sequence[_Group]) -> None:
        self.sheet = sheet
        self.placed: list[tuple[_Group, Box]] = []
        for group in groups:
            sheet.room.take(Box(group.x - 3, group.y - 3, group.x + 3, group.y + 3))
        self.plain = groups[MOST_PLATES:]
        for group in groups[:MOST_PLATES]:
            room = sheet.room
            room.taken.remove(Box(group.x - 3, group.y - 3, group.x + 3, group.y + 3))
            box = room.first(_spots(group, self.size(group)), always=True, gap=1.0)
            if box is not None:
                room.take(box, Box(group.x - 3, group.y - 3, group.x + 3, group.y + 3))
                self.placed.append((group, box))

    def size(self, group: _Group) -> tuple[float, float]:
        """Return width and height of a group's plate."""
        if len(group.points) == 1:
            return 2 * _PIN + 9, 2 * _PIN + 9
        text = self.sheet.canvas.measure(group.text, 14, bold=True)
        return text.right - text.left + 16, 24.0

    def draw(self) -> None:
        """Draw what has no plate, then lines, spots and plates."""
        canvas = self.sheet.canvas
        for group in self.plain:
            pin(canvas, group.x, group.y, group.points[0]["category"], 4.0)
        for group, box in self.placed:
            if not _on_spot(group, box):
                leader(canvas, (group.x, group.y), ((box.left + box.right) / 2, (box.top + box.bottom) / 2))
                canvas.circle(group.x, group.y, 3.6, HALO)
                canvas.circle(group.x, group.y, 2.6, INK)
        for group, box in self.placed:
            x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
            category = group.points[0]["category"]
            if len(group.points) == 1:
                pin(canvas, x, y, category, _PIN)
            else:
                colour = CATEGORY_COLOURS.get(category, SOFT)
                for grown, fill in ((0.0, INK), (-1.0, HALO), (-2.5, colour)):
                    canvas.rectangle(
                        Box(box.left - grown, box.top - grown, box.right + grown, box.bottom + grown), fill
                    )
            ink = CATEGORY_INKS.get(category, HALO)
            canvas.text(x, y + 5, group.text, 14, ink, bold=True, anchor="middle")


def _on_spot(group: _Group, box: Box) -> bool:
    return math.dist((group.x, group.y), ((box.left + box.right) / 2, (box.top + box.bottom) / 2)) < 1


def _rows(sheet_words: Any, categories: Sequence[str], canvas: Canvas) -> list[list[str]]:
    """Return the categories of the key in as few rows as hold them."""
    rows: list[list[str]] = []
    left = 0.0
    for category in categories:
        wide = canvas.measure(sheet_words.categories[category], 14).right + 44
        if not rows or left < wide:
            rows.append([])
            left = WIDTH - 16.0
        rows[-1].append(category)
        left -= wide
    return rows


def draw_area_map(spec: dict[str, Any]) -> Canvas:
    """Draw the map that a description made by `facts.area_map` asks for."""
    words, points = picture_words(spec["language"]), spec["points"]
    categories = list(dict.fromkeys(point["category"] for point in points))
    categories.sort(key=list(CATEGORY_COLOURS).index)
    rtl = spec["language"] == "ar"
    rows = _rows(words, categories, Canvas(WIDTH, 10, HALO, rtl=rtl))
    view, high = _view(points)
    countries = [code for point in points for code in point["countries"]]
    sheet = MapSheet(spec["language"], view, countries, 10 + _ROW * len(rows), high=high)
    plates = _Plates(sheet, _groups(sheet, points))
    plates.draw()
    if not view.flat:
        sheet.inset()
        sheet.name_countries()
        _capitals(sheet)
    for number, row in enumerate(rows):
        edge, inward = (WIDTH - 18.0, -1) if rtl else (18.0, 1)
        level = high + 17 + _ROW * number
        for category in row:
            pin(sheet.canvas, edge, level, category, 6.5)
            box = sheet.canvas.text(edge + 17 * inward, level + 5, words.categories[category], 14, INK)
            edge += inward * (box.right - box.left + 44)
    sheet.finish()
    return sheet.canvas


def _capitals(sheet: MapSheet) -> None:
    """Mark the capitals of the countries that it is about, where there is room."""
    for country in sheet.countries:
        for item in capitals_of(country)[:1]:
            x, y = sheet.spot(item.longitude, item.latitude)
            box = Box(x - 5, y - 5, x + 5, y + 5)
            name = item.name(sheet.language)
            if sheet.room.free(box, 1) and legible(name):
                sheet.room.take(box)
                if sheet.label(name, x, y, 8, 14, colour=SOFT):
                    small_mark(sheet.canvas, x, y, "capital")
