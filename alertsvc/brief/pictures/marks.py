"""Marks on maps: pins by category, a crossing's bar by its state, arrows, the scale and north."""

from __future__ import annotations

import math

from alertsvc.brief.pictures.canvas import DENSITY, Box, Canvas
from alertsvc.brief.pictures.palette import (
    CATEGORY_COLOURS,
    CATEGORY_SHAPES,
    DOUBLE_RIMMED,
    FAINT,
    HALO,
    INK,
    SOFT,
    STATE_COLOURS,
    Colour,
)

__all__ = ["crossing_bar", "leader", "north", "pin", "pin_radius", "scale_bar", "small_mark"]

BAR = (34.0, 10.0)  # width and height of a crossing's bar


def pin_radius(severity: float) -> float:
    """Return the size of a pin in pixels: 7.5 at the lowest severity, 12 at the highest."""
    return 7.0 + severity


def _shape(kind: str, x: float, y: float, radius: float) -> list[tuple[float, float]]:
    if kind == "diamond":
        far = radius * 1.15
        return [(x, y - far), (x + far, y), (x, y + far), (x - far, y)]
    if kind == "triangle":
        return [(x, y - radius * 1.15), (x + radius * 1.1, y + radius * 0.8), (x - radius * 1.1, y + radius * 0.8)]
    side = radius * 0.88
    return [(x - side, y - side), (x + side, y - side), (x + side, y + side), (x - side, y + side)]


def _snapped(value: float) -> float:
    """Return a coordinate on whole pixels of the picture, so that all pins of a kind are the same stamp."""
    return round(value * DENSITY) / DENSITY


def pin(canvas: Canvas, x: float, y: float, category: str, radius: float) -> Box:
    """Draw the pin of a house category, with a white and a dark rim or two of them, and return its box."""
    x, y = _snapped(x), _snapped(y)
    colour, kind = CATEGORY_COLOURS.get(category, SOFT), CATEGORY_SHAPES.get(category, "circle")
    rims = [(radius + 2.4, INK), (radius + 1.6, HALO), (radius, colour)]
    if category in DOUBLE_RIMMED:
        rims = [(radius + 4.4, INK), (radius + 3.2, HALO), *rims]
    for grown, fill in rims:
        if kind == "circle":
            canvas.circle(x, y, grown, fill)
        else:
            canvas.polygon(_shape(kind, x, y, grown), fill)
    far = rims[0][0] * (1.15 if kind in ("diamond", "triangle") else 1.0)
    return Box(x - far, y - far, x + far, y + far)


def crossing_bar(canvas: Canvas, x: float, y: float, state: str) -> Box:
    """Draw the bar of a crossing: whole where it is closed, parted where open, broken askew where contested."""
    wide, high = BAR
    left, right, top, bottom = x - wide / 2, x + wide / 2, y - high / 2, y + high / 2
    colour = STATE_COLOURS[state]
    rim = Box(left - 2, top - 3, right + 2, bottom + 3)
    canvas.rectangle(rim, HALO, INK)
    if state == "open":
        gap = 8.0
        canvas.rectangle(Box(left, top, x - gap, bottom), colour)
        canvas.rectangle(Box(x + gap, top, right, bottom), colour)
    elif state == "closed":
        canvas.rectangle(Box(left, top, right, bottom), colour)
        canvas.rectangle(Box(left + 4, y - 1.5, right - 4, y + 1.5), HALO)
    else:
        canvas.polygon([(left, top), (x + 1, top), (x - 5, bottom), (left, bottom)], colour)
        canvas.polygon([(x + 6, top), (right, top), (right, bottom), (x, bottom)], colour)
    return rim


def small_mark(canvas: Canvas, x: float, y: float, kind: str) -> None:
    """Draw a place that the map is not about: a capital, a town, a crossing, an oil site."""
    if kind == "capital":
        canvas.rectangle(Box(x - 4, y - 4, x + 4, y + 4), INK)
        canvas.rectangle(Box(x - 2, y - 2, x + 2, y + 2), HALO)
    elif kind == "crossing":
        canvas.rectangle(Box(x - 4, y - 1.5, x + 4, y + 1.5), FAINT)
    elif kind == "oil":
        canvas.polygon([(x, y - 5), (x + 3, y + 1), (x, y + 3.4), (x - 3, y + 1)], FAINT)
    else:
        canvas.circle(x, y, 2.6, SOFT)


def leader(canvas: Canvas, start: tuple[float, float], end: tuple[float, float], colour: Colour = INK) -> None:
    """Draw a thin line from a mark to its label."""
    canvas.line([start, end], 1.0, colour)


def scale_bar(canvas: Canvas, x: float, y: float, km_in_pixel: float, unit: str) -> Box:
    """Draw a scale of a round length, at most 90 pixels; `x`, `y` is its left lower corner."""
    most = 90 * km_in_pixel
    power = 10.0 ** math.floor(math.log10(most))
    length = next(factor * power for factor in (5, 2, 1) if factor * power <= most)
    wide = length / km_in_pixel
    canvas.rectangle(Box(x - 1, y - 4, x + wide + 1, y + 1), HALO)
    canvas.rectangle(Box(x, y - 3, x + wide, y), INK)
    canvas.rectangle(Box(x + wide / 2, y - 2.5, x + wide - 0.5, y - 0.5), HALO)
    box = canvas.text(x, y - 7, f"{length:,.0f} {unit}", 14, INK, anchor="end" if canvas.rtl else "start", halo=HALO)
    return Box(x - 2, box.top - 1, max(box.right, x + wide) + 2, y + 2)


def north(canvas: Canvas, x: float, y: float, letter: str) -> Box:
    """Draw an arrow to the north with its letter; `x`, `y` is the middle of its foot."""
    canvas.polygon([(x, y - 19), (x + 6.5, y), (x, y - 4.5), (x - 6.5, y)], HALO)
    canvas.polygon([(x, y - 16.5), (x + 4.6, y - 1.5), (x, y - 4.6), (x - 4.6, y - 1.5)], INK)
    box = canvas.text(x, y - 21, letter, 14, INK, bold=True, anchor="middle", halo=HALO)
    return Box(min(box.left, x - 7), box.top, max(box.right, x + 7), y + 1)
