"""A sheet to draw on, measured in the pixels of a page; it is drawn at twice that, for dense screens.

Shapes are smoothed by drawing them larger. Text is kept inside the sheet, whatever is asked for, and every box that it
takes up is noted. The PNG has the palette of all pictures and nothing in it that changes from run to run.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from PIL import Image, ImageDraw

from alertsvc.brief.pictures.fonts import bounds_of, fitted, letters, text_width
from alertsvc.brief.pictures.palette import Colour, fixed_palette

__all__ = ["DENSITY", "MIN_TEXT", "Box", "Canvas", "Written"]

DENSITY = 2  # pixels of the picture for each of the page
MIN_TEXT = 14  # pixels of the page; 9.5 and more where a picture of 400 shrinks to the 274 of a telephone
_SMOOTH = 3
_EDGE = 3.0  # text keeps so far away from the edge

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the page."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box, gap: float = 0.0) -> bool:
        """Tell whether two boxes overlap, or come closer than `gap`."""
        return (
            self.left < other.right + gap
            and other.left < self.right + gap
            and self.top < other.bottom + gap
            and other.top < self.bottom + gap
        )

    def within(self, other: Box) -> bool:
        """Tell whether this box lies in another."""
        return (
            self.left >= other.left
            and self.top >= other.top
            and self.right <= other.right
            and self.bottom <= other.bottom
        )

    def moved(self, right: float, down: float) -> Box:
        """Return the box elsewhere."""
        return Box(self.left + right, self.top + down, self.right + right, self.bottom + down)


@dataclass(frozen=True, slots=True)
class Written:
    """Text as it was drawn, and where."""

    text: str
    box: Box


class Canvas:
    """A sheet of `width` by `height` pixels of the page."""

    def __init__(self, width: int, height: int, ground: Colour, *, rtl: bool = False) -> None:
        self.width, self.height, self.rtl = width, height, rtl
        self.written: list[Written] = []
        self._image = Image.new("RGB", (width * DENSITY, height * DENSITY), ground)
        self._draw = ImageDraw.Draw(self._image)

    @property
    def frame(self) -> Box:
        """The whole sheet."""
        return Box(0, 0, self.width, self.height)

    def lay(self, image: Image.Image, left: int, top: int) -> None:
        """Put a picture of `DENSITY` pixels for each of the page onto the sheet."""
        self._image.paste(image, (left * DENSITY, top * DENSITY))

    def rectangle(self, box: Box, fill: Colour | None, outline: Colour | None = None) -> None:
        """Draw a rectangle on whole pixels; its outline is half a pixel of the page inside it."""
        left, top = round(box.left * DENSITY), round(box.top * DENSITY)
        right, bottom = round(box.right * DENSITY) - 1, round(box.bottom * DENSITY) - 1
        if right >= left and bottom >= top:
            self._draw.rectangle((left, top, right, bottom), fill=fill, outline=outline)

    def _mask(self, box: Box) -> tuple[Image.Image, ImageDraw.ImageDraw, tuple[int, int]] | None:
        """Return a mask for what lies in a box, to draw on `_SMOOTH` times as large, and where the box begins."""
        left, top = max(0, math.floor(box.left * DENSITY) - 2), max(0, math.floor(box.top * DENSITY) - 2)
        right = min(self._image.width, math.ceil(box.right * DENSITY) + 2)
        bottom = min(self._image.height, math.ceil(box.bottom * DENSITY) + 2)
        if right <= left or bottom <= top:
            return None
        mask = Image.new("L", ((right - left) * _SMOOTH, (bottom - top) * _SMOOTH))
        return mask, ImageDraw.Draw(mask), (left, top)

    def polygon(self, points: Sequence[tuple[float, float]], fill: Colour) -> None:
        """Fill a polygon."""
        xs, ys = [x for x, _ in points], [y for _, y in points]
        box = Box(min(xs), min(ys), max(xs), max(ys))
        left, top = _corner(box)
        scale = DENSITY * _SMOOTH
        # Rounded, so that the same pin at another place of the sheet is the same shape.
        drawn = tuple((round(x * scale - left * _SMOOTH, 3), round(y * scale - top * _SMOOTH, 3)) for x, y in points)
        self._stamp(_polygon(drawn, *_extent(box)), fill, (left, top))

    def circle(self, x: float, y: float, radius: float, fill: Colour) -> None:
        """Fill a circle."""
        box = Box(x - radius, y - radius, x + radius, y + radius)
        left, top = _corner(box)
        scale = DENSITY * _SMOOTH
        middle = (round(x * scale - left * _SMOOTH, 3), round(y * scale - top * _SMOOTH, 3))
        self._stamp(_disc(middle, round(radius * scale, 3), *_extent(box)), fill, (left, top))

    def _stamp(self, mask: Image.Image, colour: Colour, at: tuple[int, int]) -> None:
        """Fill a mask with a colour; what of it lies outside the sheet is cut off."""
        self._image.paste(colour, (*at, at[0] + mask.width, at[1] + mask.height), mask)

    def line(
        self,
        points: Sequence[tuple[float, float]],
        width: float,
        colour: Colour,
        dash: tuple[float, float] | None = None,
    ) -> None:
        """Draw a line through points, whole or in strokes of so many pixels with gaps between them."""
        self.lines([points] if dash is None else _dashes(points, dash), width, colour)

    def lines(self, strokes: Sequence[Sequence[tuple[float, float]]], width: float, colour: Colour) -> None:
        """Draw lines of one width and colour, which is quicker than one after another."""
        xs, ys = [x for stroke in strokes for x, _ in stroke], [y for stroke in strokes for _, y in stroke]
        half = width / 2
        found = self._mask(Box(min(xs) - half, min(ys) - half, max(xs) + half, max(ys) + half)) if xs else None
        if found is None:
            return
        mask, draw, (left, top) = found
        scale = DENSITY * _SMOOTH
        for part in strokes:
            drawn = [(x * scale - left * _SMOOTH, y * scale - top * _SMOOTH) for x, y in part]
            draw.line(drawn, fill=255, width=max(1, round(width * scale)), joint="curve")
        self._stamp(mask.reduce(_SMOOTH), colour, (left, top))

    def measure(self, text: str, size: int, *, bold: bool = False, width: float | None = None) -> Box:
        """Return the box of text whose baseline begins at nought, as `text` would draw it."""
        line = self._line(text, size, bold=bold, width=width)
        left, top, right, bottom = bounds_of(line, size * DENSITY, bold=bold)
        return Box(left / DENSITY, top / DENSITY, right / DENSITY, bottom / DENSITY)

    def _line(self, text: str, size: int, *, bold: bool, width: float | None) -> str:
        room = self.width - 2 * _EDGE if width is None else width
        return fitted(text, size * DENSITY, int(room * DENSITY), bold=bold, rtl=self.rtl)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: int,
        colour: Colour,
        *,
        bold: bool = False,
        anchor: Anchor = "start",
        halo: Colour | None = None,
        width: float | None = None,
    ) -> Box:
        """Write one line with its baseline at `y`, and return the box that its letters take up.

        Args:
            anchor: what of the text `x` is: where it starts in the order of the page, its middle, or its end.
            halo: colour of a rim round the letters, where the ground is not plain.
            width: the room that there is; a longer text is cut and ends in an ellipsis.
        """
        line = self._line(text, size, bold=bold, width=width)
        wide = text_width(line, size * DENSITY, bold=bold) / DENSITY
        from_right = (anchor == "end") != self.rtl and anchor != "middle"
        begin = x - wide / 2 if anchor == "middle" else x - wide if from_right else x
        bounds = bounds_of(line, size * DENSITY, bold=bold)
        free = _EDGE * DENSITY
        low_x, high_x = free - bounds[0], self._image.width - free - bounds[2]
        low_y, high_y = free - bounds[1], self._image.height - free - bounds[3]
        at_x = round(max(low_x, min(begin * DENSITY, high_x)))
        at_y = round(max(low_y, min(y * DENSITY, high_y)))
        for rim, fill in ((3, halo), (0, colour)) if line else ():
            if fill is not None:
                mask, (left, top) = letters(line, size * DENSITY, bold=bold, rim=rim)
                self._image.paste(fill, (at_x + left, at_y + top), mask)
        box = Box(
            (at_x + bounds[0]) / DENSITY,
            (at_y + bounds[1]) / DENSITY,
            (at_x + bounds[2]) / DENSITY,
            (at_y + bounds[3]) / DENSITY,
        )
        self.written.append(Written(line, box))
        return box

    def png(self, *, plain: bool = False) -> bytes:
        """Return the picture.

        Args:
            plain: write it at one pixel for each of the page, for two fifths of the bytes.
        """
        image = self._image.reduce(DENSITY) if plain else self._image
        flat = image.quantize(palette=fixed_palette(), dither=Image.Dither.NONE)
        out = io.BytesIO()
        flat.save(out, "PNG", compress_level=6)
        return out.getvalue()


def _corner(box: Box) -> tuple[int, int]:
    """Return where the mask of a box begins, in pixels of the picture."""
    return math.floor(box.left * DENSITY) - 2, math.floor(box.top * DENSITY) - 2


def _extent(box: Box) -> tuple[int, int]:
    """Return width and height of the mask of a box, in pixels of the picture."""
    left, top = _corner(box)
    return math.ceil(box.right * DENSITY) + 2 - left, math.ceil(box.bottom * DENSITY) + 2 - top


# Pins come back at every place of every map, so what they are stamped with is kept.
@lru_cache(maxsize=512)
def _polygon(points: tuple[tuple[float, float], ...], wide: int, high: int) -> Image.Image:
    mask = Image.new("L", (wide * _SMOOTH, high * _SMOOTH))
    ImageDraw.Draw(mask).polygon(points, fill=255)
    return mask.reduce(_SMOOTH)


@lru_cache(maxsize=512)
def _disc(middle: tuple[float, float], radius: float, wide: int, high: int) -> Image.Image:
    mask = Image.new("L", (wide * _SMOOTH, high * _SMOOTH))
    ImageDraw.Draw(mask).circle(middle, radius, fill=255)
    return mask.reduce(_SMOOTH)


def _dashes(points: Sequence[tuple[float, float]], dash: tuple[float, float]) -> list[list[tuple[float, float]]]:
    """Return the strokes of a broken line."""
    strokes: list[list[tuple[float, float]]] = []
    left, on = dash[0], True
    current = [points[0]]
    for (x1, y1), (x2, y2) in pairwise(points):
        length = math.hypot(x2 - x1, y2 - y1)
        done = 0.0
        while length - done > left:
            done += left
            spot = (x1 + (x2 - x1) * done / length, y1 + (y2 - y1) * done / length)
            if on:
                strokes.append([*current, spot])
            on = not on
            left = dash[0] if on else dash[1]
            current = [spot]
        left -= length - done
        if on:
            current.append((x2, y2))
    if on and len(current) > 1:
        strokes.append(current)
    return strokes
