"""Colours of the pictures. Every one that means something has a shape, a pattern or a word beside it.

Red, green and blue of the pins are the guide's three groups. Their shapes repeat, so the groups differ otherwise as
well: green is light and has dark figures, blue has a double rim. The ground is opaque and not quite white, so that the
picture reads in a dark mail program and does not glare.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from PIL import Image

from alertsvc.brief.index import BANDS

__all__ = [
    "ACCENT",
    "BORDER",
    "CATEGORY_COLOURS",
    "CATEGORY_INKS",
    "CATEGORY_SHAPES",
    "COAST",
    "DOUBLE_RIMMED",
    "FAINT",
    "FRAME",
    "GRID",
    "HALO",
    "INK",
    "LAND",
    "LAND_CHOSEN",
    "LAND_NAMED",
    "PAPER",
    "RING",
    "SEA",
    "SHARE_COLOURS",
    "SOFT",
    "STATE_COLOURS",
    "fixed_palette",
    "rgb",
    "zone_colour",
]

Colour = tuple[int, int, int]


def rgb(code: str) -> Colour:
    """Return red, green and blue of `#rrggbb`."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


PAPER: Final = rgb("#f6f5f1")
INK: Final = rgb("#1b2126")
SOFT: Final = rgb("#515a62")
FAINT: Final = rgb("#8a939a")
GRID: Final = rgb("#d3d2cb")
FRAME: Final = rgb("#b9bdbf")
SEA: Final = rgb("#cfdde6")
LAND: Final = rgb("#ece9e1")
LAND_NAMED: Final = rgb("#fbf9f2")
LAND_CHOSEN: Final = rgb("#d9b45f")
COAST: Final = rgb("#9fb4c2")
BORDER: Final = rgb("#8b8578")
RING: Final = rgb("#5c6a9a")
HALO: Final = rgb("#ffffff")
ACCENT: Final = rgb("#b3202c")

_RED, _GREEN, _BLUE = rgb("#b3202c"), rgb("#62bd93"), rgb("#173a75")
CATEGORY_COLOURS: Final = {
    "Terrorism & Insurgency": _RED,
    "Security & Defense": _RED,
    "Criminality": _RED,
    "Social & Human": _GREEN,
    "Economic": _GREEN,
    "Government & Domestic Politics": _BLUE,
    "International": _BLUE,
}
CATEGORY_INKS: Final = {name: INK if colour == _GREEN else HALO for name, colour in CATEGORY_COLOURS.items()}
DOUBLE_RIMMED: Final = frozenset(name for name, colour in CATEGORY_COLOURS.items() if colour == _BLUE)
CATEGORY_SHAPES: Final = {
    "Terrorism & Insurgency": "diamond",
    "Security & Defense": "square",
    "Criminality": "circle",
    "Social & Human": "triangle",
    "Economic": "square",
    "Government & Domestic Politics": "circle",
    "International": "diamond",
}
STATE_COLOURS: Final = {"open": rgb("#1f7a5a"), "closed": rgb("#b3202c"), "contested": rgb("#a35a00")}

SHARE_COLOURS: Final = tuple(map(rgb, ("#7a1520", "#c8505a", "#e2a3a0", "#1d6b50", "#7fc0a2", "#1f3f7d", "#8fb0dd")))


def zone_colour(lower: str) -> Colour:
    """Return the colour of the band of the index that begins at `lower`."""
    return next(rgb(band.colour) for band in BANDS if str(band.lower) == lower)


_MIXED: Final = (
    (INK, (HALO, PAPER, LAND, LAND_NAMED)),
    (SOFT, (HALO, PAPER, LAND, LAND_NAMED)),
    (BORDER, (LAND, LAND_NAMED)),
    (COAST, (SEA, LAND, LAND_NAMED)),
    (RING, (SEA, LAND_NAMED, HALO)),
    (FAINT, (SEA, LAND_NAMED)),
    (_RED, (HALO, PAPER)),
    (_GREEN, (HALO, PAPER)),
    (_BLUE, (HALO, PAPER)),
    (STATE_COLOURS["contested"], (HALO,)),
)


@cache
def fixed_palette() -> Image.Image:
    """Return the palette of every picture: the colours above and the steps between those that meet at smooth edges."""
    plain = [
        PAPER,
        INK,
        SOFT,
        FAINT,
        GRID,
        FRAME,
        SEA,
        LAND,
        LAND_NAMED,
        LAND_CHOSEN,
        COAST,
        BORDER,
        RING,
        HALO,
        ACCENT,
    ]
    plain += [
        *CATEGORY_COLOURS.values(),
        *STATE_COLOURS.values(),
        *(rgb(band.colour) for band in BANDS),
        *SHARE_COLOURS,
    ]
    for first, others in _MIXED:
        for other in others:
            for part in (1 / 3, 2 / 3):
                red, green, blue = (round(a + (b - a) * part) for a, b in zip(first, other, strict=True))
                plain.append((red, green, blue))
    colours = list(dict.fromkeys(plain))
    image = Image.new("P", (1, 1))
    image.putpalette([part for colour in colours for part in colour])
    return image
