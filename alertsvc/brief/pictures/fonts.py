"""Letters: the two fonts that pictures are written in, Arabic shaped and set from right to left, and what fits.

Both are cuts of Noto Sans and Noto Sans Arabic (`rules/maps/README.md`), with Latin, Greek, Cyrillic and Arabic
letters. Layout is Pillow's own and does not depend on libraries that a machine may have or lack; so neither do the
bytes.
"""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache

import arabic_reshaper
from bidi.algorithm import get_display
from PIL import Image, ImageDraw, ImageFont

from alertsvc.resources import data_dir

__all__ = ["bounds_of", "fitted", "font", "legible", "letters", "shaped", "text_width"]

_ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
# Three shades of an edge look as smooth as 254 at this density, and make the file a fifth smaller.
_SHADES = [0 if level < 43 else 85 if level < 128 else 170 if level < 213 else 255 for level in range(256)]
_HIDDEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_MARKS = re.compile(r"[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")  # vowel signs: no room for them on a map


@cache
def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Return a font of so many pixels."""
    path = data_dir("rules") / "maps" / ("NotoSans-Bold.ttf" if bold else "NotoSans-Regular.ttf")
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _covered() -> frozenset[int]:
    """Return the code points that the fonts have."""
    face = font(16)
    missing = bytes(face.getmask("\U000f0000"))
    ranges = ((0x21, 0x250), (0x2B0, 0x460), (0x490, 0x492), (0x60C, 0x700), (0x1E00, 0x1F00), (0x2010, 0x20AD))
    more = ((0x2190, 0x2194), (0x2212, 0x2213), (0xFB50, 0xFC00), (0xFDF2, 0xFDF3), (0xFE70, 0xFEFD))
    found = {0x20, 0xA0}
    for start, end in ranges + more:
        found |= {code for code in range(start, end) if bytes(face.getmask(chr(code))) != missing}
    return frozenset(found)


@lru_cache(maxsize=4096)
def shaped(text: str, *, rtl: bool = False) -> str:
    """Return text as it is drawn from left to right: Arabic letters joined, runs in the order of the page.

    Args:
        rtl: the line as a whole runs from right to left.
    """
    line = _HIDDEN.sub("", text).replace("\u202f", "\u00a0")  # the fonts have no narrow blank
    if _ARABIC.search(line):
        line = arabic_reshaper.reshape(_MARKS.sub("", line))
    elif not rtl:
        return line
    return str(get_display(line, base_dir="R" if rtl else "L"))


@lru_cache(maxsize=4096)
def legible(text: str) -> bool:
    """Tell whether the fonts have every letter of a text."""
    return all(ord(char) in _covered() for char in shaped(text))


@lru_cache(maxsize=8192)
def bounds_of(text: str, size: int, *, bold: bool = False) -> tuple[int, int, int, int]:
    """Return the box of the letters of shaped text in pixels, from where its baseline begins, rounded outwards."""
    left, top, right, bottom = font(size, bold=bold).getbbox(text, anchor="ls")
    return math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom)


@lru_cache(maxsize=1024)
def letters(text: str, size: int, *, bold: bool = False, rim: int = 0) -> tuple[Image.Image, tuple[int, int]]:
    """Return a mask of shaped text, fattened by `rim` pixels, and its corner seen from where the baseline begins.

    The same names come back on map after map, so masks are kept.
    """
    left, top, right, bottom = bounds_of(text, size, bold=bold)
    pad = rim + 1
    mask = Image.new("L", (right - left + 2 * pad, bottom - top + 2 * pad))
    ImageDraw.Draw(mask).text(
        (pad - left, pad - top), text, font=font(size, bold=bold), fill=255, anchor="ls", stroke_width=rim
    )
    return mask.point(_SHADES), (left - pad, top - pad)


@lru_cache(maxsize=8192)
def text_width(text: str, size: int, *, bold: bool = False) -> int:
    """Return the width of text that is already shaped, in pixels, rounded up."""
    return -int(-font(size, bold=bold).getlength(text) // 1)


@lru_cache(maxsize=4096)
def fitted(text: str, size: int, width: int, *, bold: bool = False, rtl: bool = False) -> str:
    """Return text, shaped, cut at its end to at most `width` pixels; a cut is marked with an ellipsis."""
    line = shaped(text, rtl=rtl)
    if text_width(line, size, bold=bold) <= width:
        return line
    low, high = 0, len(text)
    while low < high:  # the longest beginning that fits
        middle = (low + high + 1) // 2
        if text_width(shaped(text[:middle].rstrip() + "…", rtl=rtl), size, bold=bold) <= width:
            low = middle
        else:
            high = middle - 1
    return shaped(text[:low].rstrip(" ,;:-") + "…", rtl=rtl) if low else ""
