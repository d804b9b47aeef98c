"""The gauge of the incidents index: its bands with their zones, a pointer with the figure, the period before hollow."""

from __future__ import annotations

from typing import Any

from alertsvc.brief.index import BANDS
from alertsvc.brief.pictures.canvas import Box, Canvas
from alertsvc.brief.pictures.palette import FAINT, FRAME, HALO, INK, PAPER, SOFT, rgb
from alertsvc.brief.pictures.words import figure, picture_words
from alertsvc.brief.texts import capitalised

__all__ = ["HEIGHT", "WIDTH", "draw_gauge"]

WIDTH, HEIGHT = 400, 258
_TOP, _BOTTOM = 48.0, 244.0
_LOWEST, _HIGHEST = 0.5, 5.0
_BAR = (88.0, 116.0)  # left and right edge, from the side where the reader begins
_NAMES = 126.0


def _level(value: float) -> float:
    return _BOTTOM - (value - _LOWEST) / (_HIGHEST - _LOWEST) * (_BOTTOM - _TOP)


def draw_gauge(spec: dict[str, Any]) -> Canvas:
    """Draw the gauge that a description made by `facts.gauge` asks for."""
    words, rtl = picture_words(spec["language"]), spec["language"] == "ar"
    canvas = Canvas(WIDTH, HEIGHT, PAPER, rtl=rtl)

    def x(from_start: float) -> float:
        return WIDTH - from_start if rtl else from_start

    canvas.text(x(12), 24, words.gauge_title, 15, INK, bold=True)
    value: float = spec["value"]
    bounds = [float(band.lower) for band in BANDS] + [_HIGHEST]
    for band, low, high in zip(BANDS, bounds, bounds[1:], strict=False):
        left, right = sorted((x(_BAR[0]), x(_BAR[1])))
        canvas.rectangle(Box(left, _level(high) + 0.5, right, _level(low) - 0.5), rgb(band.colour))
        here = low <= value and (value < high or high == _HIGHEST)
        middle = (_level(low) + _level(high)) / 2
        canvas.text(
            x(_NAMES),
            middle + 5,
            capitalised(words.zones[band.zone]),
            14,
            INK if here else SOFT,
            bold=here,
            width=WIDTH - _NAMES - 68,
        )
        span = f"{figure(words, low, 1)}–{figure(words, high, 1)}"
        canvas.text(x(WIDTH - 10), middle + 5, span, 14, INK if here else SOFT, bold=here, anchor="end")
    for shown, hollow in ((spec["before"], True), (value, False)):
        if shown is None:
            continue
        level, tip, back = _level(shown), x(_BAR[0] - 3), x(_BAR[0] - 17)
        canvas.polygon([(tip, level), (back, level - 8), (back, level + 8)], FAINT if hollow else INK)
        if hollow:
            inner, inner_back = x(_BAR[0] - 6), x(_BAR[0] - 15)
            canvas.polygon([(inner, level), (inner_back, level - 5), (inner_back, level + 5)], HALO)
    _figures(canvas, spec, x)
    canvas.rectangle(canvas.frame, None, FRAME)
    return canvas


def _figures(canvas: Canvas, spec: dict[str, Any], x: Any) -> None:
    """Write the figures at their pointers, the older one out of the newer one's way."""
    words = picture_words(spec["language"])
    value, before = spec["value"], spec["before"]
    at = _level(value) + 7
    box = canvas.text(x(_BAR[0] - 21), at, figure(words, value, 2), 22, INK, bold=True, anchor="end")
    if before is None:
        return
    level = _level(before) + 5
    size = canvas.measure(figure(words, before, 2), 14)
    if level > box.top - 3 and level + size.top < box.bottom + 3:
        above = box.top - 5 - size.bottom
        below = box.bottom + 5 - size.top
        fits = below < HEIGHT - 6
        level = below if (before <= value and fits) or above < _TOP - 6 else above
    canvas.text(x(_BAR[0] - 21), level, figure(words, before, 2), 14, SOFT, anchor="end")
