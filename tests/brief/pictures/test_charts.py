"""Gauge, trend and share bar: nothing invented, nothing outside the frame, the words from the same figures."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alertsvc.brief.category import CATEGORIES
from alertsvc.brief.index import BANDS, band_of, change, index_of
from alertsvc.brief.pictures import facts
from alertsvc.brief.pictures.canvas import DENSITY, Box, Canvas
from alertsvc.brief.pictures.facts import Week
from alertsvc.brief.pictures.gauge import draw_gauge
from alertsvc.brief.pictures.palette import rgb
from alertsvc.brief.pictures.shares import draw_shares
from alertsvc.brief.pictures.trend import draw_trend
from tests.brief.pictures.test_maps import LANGUAGES, check, texts

MONDAY = date(2031, 2, 17)
severities = st.lists(st.integers(1, 10).map(lambda half: half / 2), min_size=1, max_size=40)


def weeks(*counts: int | None) -> list[Week]:
    return [
        Week(MONDAY + timedelta(weeks=number), count, None if not count else 2.0) for number, count in enumerate(counts)
    ]


def column(canvas: Canvas, week: int, of: int) -> list[tuple[int, int, int]]:
    """The pixels up the middle of a week's bar, a little to its left, clear of the index line's spots."""
    image = check(canvas).convert("RGB")
    start, end = 36.0, canvas.width - 40.0
    x = round((start + (end - start) / of * (week + 0.25)) * DENSITY)
    found: Any = [image.getpixel((x, y)) for y in range(58 * DENSITY, 216 * DENSITY)]
    return list(found)


@settings(max_examples=40, deadline=None)
@given(severities, st.none() | severities, st.sampled_from(LANGUAGES))
@example([5.0], [0.5], "ar")
@example([0.5], [0.5], "fr")
def test_the_gauge_shows_the_index_its_zone_and_the_one_before(
    now: list[float], earlier: list[float] | None, language: str
) -> None:
    index, before = index_of(now), None if earlier is None else index_of(earlier)
    description = facts.gauge(index, before, language, [1])
    assert description is not None
    canvas = draw_gauge(description)
    check(canvas)
    assert canvas.png() == draw_gauge(description).png()
    written = [text.replace(",", ".") for text in texts(canvas)]
    assert str(index.value) in written
    assert before is None or str(before.value) in written
    alt = description["alt"].replace(",", ".")
    assert str(index.value) in alt
    moved = change(index, before) if before is not None else "n/a"
    assert moved in ("n/a", "+0.0%") or moved[1:-1] in alt
    assert index.value is not None
    if language == "en":
        assert band_of(index.value).zone in alt
        assert {band.zone for band in BANDS} <= set(written)


def test_gauge_figures_do_not_lie_over_each_other() -> None:
    for now in range(50, 501, 15):
        for before in (50, now - 30, now - 5, now, now + 5, now + 30, 500):
            if not 50 <= before <= 500:
                continue
            canvas = draw_gauge(
                {"kind": "gauge", "language": "en", "value": now / 100, "zone": "", "before": before / 100}
            )
            boxes = [
                written.box for written in canvas.written if written.text in (f"{now / 100:.2f}", f"{before / 100:.2f}")
            ]
            assert len(boxes) == 2
            assert not boxes[0].meets(boxes[1])


def test_a_period_without_incidents_has_no_gauge() -> None:
    assert facts.gauge(index_of([]), index_of([2.0])) is None


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.none() | st.integers(0, 3000), min_size=1, max_size=20),
    st.sampled_from(LANGUAGES),
)
def test_any_series_gives_a_trend_that_invents_nothing(counts: list[int | None], language: str) -> None:
    description = facts.trend(weeks(*counts), language)
    shown = counts[-12:]
    if sum(count is not None for count in shown) < 2:
        assert description is None
        return
    assert description is not None
    canvas = draw_trend(description)
    check(canvas)
    assert canvas.png() == draw_trend(description).png()
    assert texts(canvas).count("?") == shown.count(None)
    assert [week["count"] for week in description["weeks"]] == shown
    assert all(week["index"] is None for week in description["weeks"] if not week["count"])
    plain = description["alt"].replace(",", "").replace("\u202f", "")
    assert all(str(count) in plain for count in shown if count)


def test_a_week_without_data_has_no_bar_and_one_without_incidents_says_nought() -> None:
    description = facts.trend(weeks(4, None, 0, 8))
    assert description is not None
    canvas = draw_trend(description)
    bar = rgb("#8fa6b8")
    assert column(canvas, 0, 4).count(bar) == pytest.approx(column(canvas, 3, 4).count(bar) / 2, abs=12)
    assert column(canvas, 1, 4).count(bar) == 0
    assert column(canvas, 2, 4).count(bar) == 0
    assert "no data for 24 Feb" in description["alt"]
    assert "3 Mar: none" in description["alt"]


def test_the_line_of_the_index_is_parted_where_it_has_no_figure() -> None:
    description = facts.trend(weeks(4, None, 8))
    assert description is not None
    image = check(draw_trend(description)).convert("RGB")
    middle = round((36 + (400 - 76) / 2) * DENSITY)
    line = rgb("#7a1520")
    assert all(image.getpixel((middle, y)) != line for y in range(58 * DENSITY, 216 * DENSITY))


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(CATEGORIES), st.integers(0, 500), min_size=1), st.sampled_from(LANGUAGES))
def test_shares_are_those_of_the_counts(counts: dict[str, int], language: str) -> None:
    description = facts.share_bar(counts, language)
    if sum(counts.values()) < 2:
        assert description is None
        return
    assert description is not None
    canvas = draw_shares(description)
    check(canvas)
    assert canvas.png() == draw_shares(description).png()
    assert sum(Decimal(share["percent"]) for share in description["shares"]) == 100
    assert {share["category"] for share in description["shares"]} == {name for name, count in counts.items() if count}
    for share in description["shares"]:
        assert share["percent"] in description["alt"].replace(",", ".")
    rows = [written.box for written in canvas.written]
    assert not any(one.meets(other, -0.5) for place, one in enumerate(rows) for other in rows[:place])


def test_neighbours_in_the_share_bar_differ_in_grey() -> None:
    """Each category has a lightness or a pattern that no other has."""
    description = facts.share_bar(dict.fromkeys(CATEGORIES, 10))
    assert description is not None
    image = check(draw_shares(description)).convert("L")
    looks = []
    for number in range(len(CATEGORIES)):
        left = 12 + (388 - 12) * number / len(CATEGORIES)
        part = image.crop((round((left + 6) * DENSITY), 40 * DENSITY, round((left + 46) * DENSITY), 66 * DENSITY))
        pixels = np.asarray(part)
        ground = np.bincount(pixels.ravel()).argmax()
        looks.append((int(ground), bool((pixels != ground).any()), bool((pixels != ground).any(axis=0).all())))
    for one, other in pairwise(looks):
        assert one[1:] != other[1:] or abs(one[0] - other[0]) > 25


def test_a_box_tells_what_it_meets() -> None:
    box = Box(0, 0, 10, 10)
    assert box.meets(box.moved(9, 9))
    assert not box.meets(box.moved(10, 0))
    assert box.meets(box.moved(11, 0), 2)
    assert not box.moved(1, 0).within(box)
