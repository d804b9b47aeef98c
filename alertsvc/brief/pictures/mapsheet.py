"""What every map has: a ground, names that keep clear of one another, an inset, scale and north."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from alertsvc.brief.pictures.canvas import Anchor, Box, Canvas
from alertsvc.brief.pictures.fonts import legible
from alertsvc.brief.pictures.ground import Ground, Rings, draw_ground
from alertsvc.brief.pictures.labels import Room, beside, country_spot
from alertsvc.brief.pictures.marks import north, scale_bar
from alertsvc.brief.pictures.palette import ACCENT, FRAME, HALO, INK, PAPER, SOFT, Colour
from alertsvc.brief.pictures.projection import View
from alertsvc.brief.pictures.sites import country_label
from alertsvc.brief.pictures.words import PictureWords, picture_words

__all__ = ["MAP_HEIGHT", "WIDTH", "MapSheet", "broken"]

WIDTH, MAP_HEIGHT = 400, 284
INSET = (92, 70)
INSET_KM = 4200.0


class MapSheet:
    """A map while it is drawn, `high` pixels of it the map, and below it room for a key of `key` pixels.

    Args:
        countries: codes of those that the map is about.
    """

    def __init__(
        self,
        language: str,
        view: View,
        countries: Iterable[str],
        key: int,
        rings: Rings | None = None,
        high: int = MAP_HEIGHT,
    ) -> None:
        self.language, self.view, self.high, self.rings = language, view, high, rings
        self.words: PictureWords = picture_words(language)
        self.rtl = language == "ar"
        self.countries = tuple(dict.fromkeys(countries))
        self.canvas = Canvas(WIDTH, high + key, PAPER, rtl=self.rtl)
        self.ground: Ground = draw_ground(view, WIDTH, high, frozenset(self.countries), rings)
        self.canvas.lay(self.ground.image, 0, 0)
        self.scale = WIDTH / view.span_km
        self.room = Room(Box(5, 5, WIDTH - 5, high - 5))
        self.room.take(Box(0, high - 34, 112, high), Box(WIDTH - 30, 0, WIDTH, 48))

    def spot(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return where a place lies on the sheet."""
        east, north_ = self.view.place(longitude, latitude)
        return WIDTH / 2 + east * self.scale, self.high / 2 - north_ * self.scale

    def spots(self, places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        """Return where places (longitude, latitude) lie on the sheet."""
        found = self.view.places(np.array(places)) * (self.scale, -self.scale) + (WIDTH / 2, self.high / 2)
        return [(x, y) for x, y in found.tolist()]

    def label(
        self, name: str, x: float, y: float, away: float, size: int, *, bold: bool = False, colour: Colour = INK
    ) -> bool:
        """Write a name beside a mark; one that matters (bold) always finds a place, on two lines if it is long."""
        if not legible(name):
            return False
        lines = broken(name) if bold else [name]
        boxes = [self.canvas.measure(line, size, bold=bold, width=200) for line in lines]
        step = size * 1.25
        wide = max(box.right - box.left for box in boxes)
        high = (boxes[-1].bottom - boxes[0].top) + step * (len(lines) - 1)
        box = self.room.first(beside(x, y, (wide, high), away, rtl=self.rtl), always=bold)
        if box is None:
            return False
        left_of = box.right <= x
        anchor: Anchor = "middle" if box.left < x < box.right else "end" if left_of != self.rtl else "start"
        at = (box.left + box.right) / 2 if anchor == "middle" else box.right if left_of else box.left
        for number, line in enumerate(lines):
            baseline = box.top - boxes[0].top + step * number
            written = self.canvas.text(at, baseline, line, size, colour, bold=bold, anchor=anchor, halo=HALO, width=200)
            self.room.take(written)
        return True

    def centred(self, box: Box, text: str, size: int, colour: Colour, *, bold: bool = False) -> None:
        """Write text into the middle of a box of its size."""
        top = self.canvas.measure(text, size, bold=bold).top
        middle = (box.left + box.right) / 2
        written = self.canvas.text(middle, box.top - top, text, size, colour, bold=bold, anchor="middle", halo=HALO)
        self.room.take(written)

    def inset(self) -> None:
        """Show in a corner that is free where in the world the map is."""
        wide, high = INSET
        left, right, top, bottom = 0.0, float(WIDTH - wide), 0.0, float(self.high - high)
        corners = [
            Box(x, y, x + wide, y + high) for x, y in ((right, bottom), (left, top), (right, top), (left, bottom))
        ]
        frame, self.room.frame = self.room.frame, self.canvas.frame
        corner = self.room.first(corners)
        self.room.frame = frame
        if corner is None or self.view.span_km > INSET_KM / 2.5:
            return
        step = 8.0
        longitude, latitude = (round(value / step) * step for value in self.view.middle)
        view = View((longitude, max(-60.0, min(60.0, latitude))), INSET_KM)
        about = frozenset(self.countries)
        ground = draw_ground(view, wide, high, about, None, inset=True)
        if np.count_nonzero(ground.owners) < ground.owners.size / 8:  # an island far out at sea
            view = View(view.middle, 2.4 * INSET_KM)
            ground = draw_ground(view, wide, high, about, None, inset=True)
        self.canvas.lay(ground.image, round(corner.left), round(corner.top))
        east, north_ = view.place(*self.view.middle)
        x = corner.left + wide / 2 + east * wide / view.span_km
        y = corner.top + high / 2 - north_ * wide / view.span_km
        half = max(3.0, self.view.span_km / view.span_km * wide / 2)
        box = Box(x - half, y - half * self.high / WIDTH, x + half, y + half * self.high / WIDTH)
        for grown, colour in ((1.5, HALO), (0.5, ACCENT), (0.0, ACCENT)):
            edge = Box(box.left - grown, box.top - grown, box.right + grown, box.bottom + grown)
            self.canvas.rectangle(_cut(edge, corner), None, colour)
        self.canvas.rectangle(corner, None, SOFT)
        self.room.take(corner)

    def name_countries(self) -> None:
        """Name the countries in view: those that it is about even in little room, the others where they are large."""
        about = self.countries
        others = [code for code in self.ground.codes if code not in about]
        for code in [*about, *others]:
            name = country_label(code, self.language)
            ours = code in about
            if not legible(name):
                continue
            size = self.canvas.measure(name, 15 if ours else 14, bold=ours)
            wide, high = size.right - size.left, size.bottom - size.top
            box = country_spot(self.ground, code, (wide, high), self.room, 0.6 if ours else 0.97)
            if box is not None:
                written = self.canvas.text(
                    (box.left + box.right) / 2,
                    box.top - size.top,
                    name,
                    15 if ours else 14,
                    SOFT,
                    bold=ours,
                    anchor="middle",
                    halo=HALO if ours else None,
                )
                self.room.take(written)

    def finish(self) -> None:
        """Add the scale, north and the frames."""
        if not self.view.flat:  # there a kilometre is not the same everywhere
            scale_bar(self.canvas, 10, self.high - 9, 1 / self.scale, self.words.km)
        north(self.canvas, WIDTH - 16, 42, self.words.north)
        self.canvas.rectangle(Box(0, 0, WIDTH, self.high), None, FRAME)
        self.canvas.rectangle(self.canvas.frame, None, FRAME)


def _cut(box: Box, frame: Box) -> Box:
    return Box(
        max(box.left, frame.left), max(box.top, frame.top), min(box.right, frame.right), min(box.bottom, frame.bottom)
    )


def broken(name: str) -> list[str]:
    """Return a long name on two lines, parted at the blank nearest to its middle."""
    blanks = [index for index, char in enumerate(name) if char == " "]
    if len(name) <= 20 or not blanks:
        return [name]
    at = min(blanks, key=lambda index: abs(index - len(name) / 2))
    return [name[:at], name[at + 1 :]]
