"""Index, zones, changes, shares, number line: the figures of the method page."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.brief.index import BANDS, band_of, change, gauge, index_of, number_line, shares
from alertsvc.brief.wording import LANGUAGES

HALVES = st.integers(1, 10).map(lambda half: half / 2)


def average(value: str):
    """An index of exactly that value, from 100 incidents."""
    hundred = index_of([1.0] * 100)
    return type(hundred)(100, Decimal(value) * 100, Decimal(value))


@pytest.mark.parametrize(
    ("value", "zone"),
    [
        (0.5, "Low-Risk Zone"),
        (0.99, "Low-Risk Zone"),
        (1.0, "Moderate-Risk Zone"),
        (1.49, "Moderate-Risk Zone"),
        (1.8, "Intermediate Risk Zone"),
        (1.89, "Intermediate Risk Zone"),
        (1.9, "High-Risk Zone"),
        (2.08, "High-Risk Zone"),
        (2.49, "High-Risk Zone"),
        (2.54, "Extreme High-Risk Zone"),
        (2.81, "Extreme High-Risk Zone"),
        (3.01, "Extreme High-Risk Zone"),
        (3.49, "Extreme High-Risk Zone"),
        (3.5, "Failed-State range"),
        (5.0, "Failed-State range"),
    ],
)
def test_zones_of_published_indices(value, zone):
    assert band_of(value).zone == zone


@pytest.mark.parametrize(
    ("severity", "label", "colour"),
    [
        (0.5, "Low", "#4c9f70"),
        (1.0, "Moderate", "#a8c256"),
        (1.5, "Notable", "#f2c14e"),
        (2.0, "High", "#f08a4b"),
        (2.5, "Severe", "#d1495b"),
        (3.0, "Severe", "#d1495b"),
        (3.5, "Critical", "#6a0f2b"),
        (5.0, "Critical", "#6a0f2b"),
    ],
)
def test_labels_of_incidents(severity, label, colour):
    assert (band_of(severity).label, band_of(severity).colour) == (label, colour)


@pytest.mark.parametrize("value", [0.0, 0.49, 5.01, -1.0])
def test_off_the_scale_is_an_error(value):
    with pytest.raises(ValueError, match="scale"):
        band_of(value)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("band", BANDS, ids=lambda band: band.label)
def test_text_on_every_colour_can_be_read(band):
    dark, light = sorted((luminance(band.colour), luminance(band.ink)))
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_index_is_the_mean_and_load_the_sum():
    index = index_of([3.0, 2.0, 1.5, 0.5, 2.5, 3.0])
    assert (index.count, index.load, index.value) == (6, Decimal("12.5"), Decimal("2.08"))
    assert index.text == "2.08 (High-Risk Zone)"


def test_half_a_hundredth_rounds_up():
    assert index_of([0.5] * 7 + [1.0]).value == Decimal("0.56")  # 0.5625
    assert index_of([1.5] * 199 + [2.5]).value == Decimal("1.51")  # 1.505


def test_few_incidents_are_called_few_from_four_down():
    assert index_of([2.0] * 4).text == "2.00 (High-Risk Zone) (few incidents)"
    assert index_of([2.0] * 5).text == "2.00 (High-Risk Zone)"


def test_nothing_is_never_printed_as_a_figure():
    nothing = index_of([])
    assert nothing.text == "no incident recorded"
    assert number_line(nothing, deaths=0, wounded=0, arrests=0) == "no incident recorded"
    assert gauge(nothing) == ("[..........] -/5.0", "Index: no incident recorded")


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        ("2.54", "2.62", "-3.1%"),
        ("2.81", "2.73", "+2.9%"),
        ("2.08", "2.04", "+2.0%"),
        ("2.00", "2.00", "+0.0%"),
        ("1.9999", "2.00", "+0.0%"),
        ("5.00", "0.50", "+900.0%"),
    ],
)
def test_changes_carry_a_sign_and_one_decimal(now, before, expected):
    assert change(average(now), average(before)) == expected


def test_no_change_against_an_empty_period():
    assert change(average("2.00"), index_of([])) == "n/a"
    assert change(index_of([]), average("2.00")) == "n/a"


def test_gauge_line_and_words():
    assert gauge(average("2.08"), average("2.04")) == (
        "[====......] 2.08/5.0",
        "Index 2.08 of 5.0, High-Risk Zone, up 2.0%",
    )
    assert gauge(average("5.00"))[0] == "[==========] 5.00/5.0"
    assert gauge(average("2.54"), average("2.62"))[1].endswith(", down 3.1%")
    assert gauge(average("2.54"), average("2.54"))[1].endswith(", unchanged")
    assert gauge(average("2.54"), index_of([]))[1] == "Index 2.54 of 5.0, Extreme High-Risk Zone"


def test_number_line_word_for_word():
    index = index_of([2.5, 2.0, 1.5, 2.0, 2.5])
    assert number_line(index, deaths=11, wounded=7, arrests=0) == (
        "5 incidents, at least 11 deaths, 7 wounded, 0 arrests; index 2.10 (High-Risk Zone)"
    )
    assert number_line(index_of([2.0]), deaths=1, wounded=1, arrests=1) == (
        "1 incident, at least 1 death, 1 wounded, 1 arrest; index 2.00 (High-Risk Zone) (few incidents)"
    )
    assert number_line(index, deaths=1234, wounded=0, arrests=0).startswith("5 incidents, at least 1,234 deaths, ")


def test_what_nobody_counted_keeps_its_place_in_the_line():
    index = index_of([2.0, 2.5, 1.5, 2.0, 2.5])
    assert number_line(index, deaths=9, wounded=None, arrests=None) == (
        "5 incidents, at least 9 deaths, 0 wounded, 0 arrests; index 2.10 (High-Risk Zone)"
    )
    assert number_line(index, deaths=None, wounded=None, arrests=None) == (
        "5 incidents, at least 0 deaths, 0 wounded, 0 arrests; index 2.10 (High-Risk Zone)"
    )


COUNTS = st.none() | st.integers(0, 5000)


@given(st.lists(HALVES, min_size=1, max_size=70), COUNTS, COUNTS, COUNTS, st.sampled_from(sorted(LANGUAGES)))
def test_every_figure_of_the_number_line_is_one_of_the_data(severities, deaths, wounded, arrests, code):
    """The guide's skeleton in its order; each figure stands in it, and no other digit does."""
    words, index = LANGUAGES[code], index_of(severities)
    grammar = words.grammar
    line = number_line(index, deaths=deaths, wounded=wounded, arrests=arrests, words=words)
    expected = [grammar.counted(index.count, "incident", words=False)]
    known = ((deaths, "death"), (wounded, "wounded"), (arrests, "arrest"))
    expected += [grammar.counted(count or 0, what, words=False) for count, what in known]
    expected.append(index.told(words))
    at = -1
    for part in expected:
        at = line.index(part, at + 1)
    rest = line
    for part in expected:
        rest = rest.replace(part, "", 1)
    assert not any(char.isdigit() for char in rest)


def test_shares_are_rounded_by_largest_remainder():
    assert shares({"a": 1, "b": 1, "c": 1}) == {"a": Decimal("33.34"), "b": Decimal("33.33"), "c": Decimal("33.33")}
    assert shares({"a": 15, "b": 36}) == {"a": Decimal("29.41"), "b": Decimal("70.59")}
    assert shares({}) == {}
    assert shares({"a": 0}) == {}


@given(st.dictionaries(st.text(max_size=5), st.integers(0, 5000), max_size=9))
def test_shares_add_up_to_a_hundred(counts):
    found = shares(counts)
    total = sum(counts.values())
    if not total:
        assert found == {}
        return
    assert sum(found.values()) == Decimal("100.00")
    for name, share in found.items():
        assert abs(share - Decimal(100 * counts[name]) / total) < Decimal("0.01")


@given(st.lists(HALVES, min_size=1, max_size=80))
def test_every_index_lies_on_the_scale_and_has_a_zone(severities):
    index = index_of(severities)
    assert index.value is not None
    assert Decimal(str(min(severities))) <= index.value <= Decimal(str(max(severities)))
    assert band_of(index.value).zone in index.text
