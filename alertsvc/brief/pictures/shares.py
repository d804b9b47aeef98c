"""The share bar: how the incidents of a period divide into the house categories, each with its number and percent."""

from __future__ import annotations

from typing import Any

from alertsvc.brief.category import CATEGORIES
from alertsvc.brief.pictures.canvas import Box, Canvas
from alertsvc.brief.pictures.palette import FRAME, HALO, INK, PAPER, SHARE_COLOURS, SOFT, Colour
from alertsvc.brief.pictures.words import figure, picture_words

__all__ = ["WIDTH", "draw_shares"]

WIDTH = 400
_LEFT, _RIGHT = 12.0, 388.0
_TOP, _HIGH, _ROW = 36.0, 34.0, 23.0


def _hatched(canvas: Canvas, box: Box, colour: Colour, kind: int) -> None:
    """Fill a box with the colour and pattern of a category, so that they stay apart in grey."""
    canvas.rectangle(box, colour)
    step = 7.0
    if kind == 1:
        count = int((box.right - box.left + box.bottom - box.top) / step) + 1
        strokes = [_stroke(box, box.left - (box.bottom - box.top) + step * number) for number in range(count)]
        canvas.lines([stroke for stroke in strokes if stroke], 1.0, HALO)
    elif kind == 2:
        at = box.left + 4
        while at < box.right - 1:
            canvas.rectangle(Box(at, box.top, at + 1, box.bottom), HALO)
            at += step


def _stroke(box: Box, at: float) -> list[tuple[float, float]]:
    """Return one slanting stroke from the bottom at `at`, cut to the box; empty where none of it lies there."""
    high = box.bottom - box.top
    start, end = max(at, box.left), min(at + high, box.right)
    return [(start, box.bottom - (start - at)), (end, box.bottom - (end - at))] if end > start else []


def draw_shares(spec: dict[str, Any]) -> Canvas:
    """Draw the bar that a description made by `facts.shares` asks for, the largest share first."""
    words, rtl = picture_words(spec["language"]), spec["language"] == "ar"
    shares = spec["shares"]
    height = round(_TOP + _HIGH + 12 + _ROW * len(shares) + 8)
    canvas = Canvas(WIDTH, height, PAPER, rtl=rtl)
    canvas.text(WIDTH - 12 if rtl else 12, 24, words.shares_title, 15, INK, bold=True)
    total = sum(share["count"] for share in shares)
    done = 0
    for number, share in enumerate(shares):
        kind = CATEGORIES.index(share["category"])
        colour, pattern = SHARE_COLOURS[kind], kind % 3
        edges = [_LEFT + (_RIGHT - _LEFT) * part / total for part in (done, done + share["count"])]
        done += share["count"]
        left, right = sorted(WIDTH - edge for edge in edges) if rtl else edges
        _hatched(canvas, Box(left + 0.5, _TOP, right - 0.5, _TOP + _HIGH), colour, pattern)
        top = _TOP + _HIGH + 12 + _ROW * number
        swatch = Box(WIDTH - 30.0, top, WIDTH - 12.0, top + 15) if rtl else Box(12, top, 30, top + 15)
        _hatched(canvas, swatch, colour, pattern)
        percent = words.percent.format(value=figure(words, float(share["percent"]), 2))
        figures = f"{figure(words, share['count'])}   {percent}"
        box = canvas.text(12 if rtl else WIDTH - 12, top + 13, figures, 14, SOFT, anchor="end")
        room = WIDTH - 40 - (box.right - box.left) - 24
        name = words.categories[share["category"]]
        canvas.text(WIDTH - 38 if rtl else 38, top + 13, name, 14, INK, width=room)
    canvas.rectangle(canvas.frame, None, FRAME)
    return canvas
