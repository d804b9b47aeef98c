"""Incidents and index week by week: bars for the number, a line for the index, nothing where nothing is known."""

from __future__ import annotations

from datetime import date
from typing import Any

from alertsvc.brief.pictures.canvas import Box, Canvas
from alertsvc.brief.pictures.palette import FRAME, GRID, HALO, INK, PAPER, SOFT, rgb
from alertsvc.brief.pictures.words import figure, picture_words, short_day

__all__ = ["HEIGHT", "WIDTH", "draw_trend"]

WIDTH, HEIGHT = 400, 250
_TOP, _BOTTOM = 58.0, 216.0
_SIDES = (36.0, 40.0)  # room for the figures of the left and the right axis
_BAR = rgb("#8fa6b8")
_LINE = rgb("#7a1520")
_NICE = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2500, 5000, 10_000, 50_000, 100_000)


def _top_of(most: int) -> tuple[int, int]:
    """Return where the axis of a number ends, and its step: four steps at most, all whole."""
    step = next((step for step in _NICE if step * 4 >= most), -(-most // 4))
    return max(step, step * -(-most // step)), step


def draw_trend(spec: dict[str, Any]) -> Canvas:
    """Draw the trend that a description made by `facts.trend` asks for. Time runs the way the reader reads."""
    words, rtl = picture_words(spec["language"]), spec["language"] == "ar"
    canvas = Canvas(WIDTH, HEIGHT, PAPER, rtl=rtl)
    weeks = spec["weeks"]
    start, end = (_SIDES[0], WIDTH - _SIDES[1])
    step = (end - start) / max(1, len(weeks))

    def x(week: float) -> float:
        from_start = start + step * week
        return WIDTH - from_start if rtl else from_start

    top, unit = _top_of(max((week["count"] or 0 for week in weeks), default=0))

    def level(count: float) -> float:
        return _BOTTOM - count / top * (_BOTTOM - _TOP)

    def height(index: float) -> float:
        return _BOTTOM - index / 5.0 * (_BOTTOM - _TOP)

    left, right = (WIDTH - end, WIDTH - start) if rtl else (start, end)
    for count in range(0, top + 1, unit):
        canvas.rectangle(Box(left, level(count) - 0.5, right, level(count) + 0.5), GRID if count else SOFT)
        canvas.text(x(0) + (6 if rtl else -6), level(count) + 5, figure(words, count), 14, SOFT, anchor="end")
    for mark in range(6):
        canvas.text(x(len(weeks)) + (-6 if rtl else 6), height(mark) + 5, str(mark), 14, _LINE)
    _legend(canvas, words.trend_title_count, words.trend_title_index, rtl=rtl)
    for number, week in enumerate(weeks):
        if week["count"] is None:
            _missing(canvas, *sorted((x(number + 0.15), x(number + 0.85))))
        elif week["count"] == 0:
            canvas.text(x(number + 0.5), _BOTTOM - 4, "0", 14, SOFT, anchor="middle")
        else:
            low, high = sorted((x(number + 0.15), x(number + 0.85)))
            canvas.rectangle(Box(low, level(week["count"]), high, _BOTTOM), _BAR)
    _index(canvas, [(x(number + 0.5), week["index"]) for number, week in enumerate(weeks)], height)
    every = max(1, -(-len(weeks) // 4))
    for number in range(len(weeks) - 1, -1, -every):
        day = short_day(words, date.fromisoformat(weeks[number]["start"]))
        canvas.text(x(number + 0.5), _BOTTOM + 20, day, 14, SOFT, anchor="middle")
    canvas.rectangle(canvas.frame, None, FRAME)
    return canvas


def _missing(canvas: Canvas, left: float, right: float) -> None:
    """Mark a week of which nothing is known: a broken outline and no bar."""
    for x in (left, right):
        canvas.line([(x, _TOP + 8), (x, _BOTTOM - 2)], 0.8, GRID, dash=(4, 4))
    canvas.text((left + right) / 2, (_TOP + _BOTTOM) / 2, "?", 14, SOFT, anchor="middle")


def _index(canvas: Canvas, points: list[tuple[float, float | None]], height: Any) -> None:
    """Draw the line of the index, parted wherever a week has none."""
    run: list[tuple[float, float]] = []
    spots: list[tuple[float, float]] = []
    for x, index in [*points, (0.0, None)]:
        if index is not None:
            run.append((x, height(index)))
            continue
        if len(run) > 1:
            canvas.line(run, 4.5, PAPER)
            canvas.line(run, 2.2, _LINE)
        spots += run
        run = []
    for x, y in spots:
        canvas.circle(x, y, 5.2, HALO)
        canvas.circle(x, y, 3.8, _LINE)


def _legend(canvas: Canvas, count: str, index: str, *, rtl: bool) -> None:
    """Name both axes above the chart, each with the mark that stands for it."""
    edge, inward = (WIDTH - 12.0, -1) if rtl else (12.0, 1)
    left = min(edge, edge + 12 * inward)
    canvas.rectangle(Box(left, 12, left + 12, 26), _BAR)
    canvas.text(edge + 18 * inward, 24, count, 14, INK)
    other = WIDTH - edge
    box = canvas.text(other, 24, index, 14, _LINE, anchor="end")
    beside = box.left - 14 if not rtl else box.right + 14
    canvas.line([(beside - 10, 19), (beside + 10, 19)], 2.2, _LINE)
    canvas.circle(beside, 19, 3.8, _LINE)
