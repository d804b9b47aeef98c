"""Maps: every place on earth gives a sharp picture in its frame, the same each time, that says what its text says."""

from __future__ import annotations

import gc
import io
import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from alertsvc.brief.category import CATEGORIES
from alertsvc.brief.index import band_of
from alertsvc.brief.pictures.area_map import MOST_PLATES, draw_area_map
from alertsvc.brief.pictures.canvas import DENSITY, MIN_TEXT, Box, Canvas
from alertsvc.brief.pictures.ground import Ground, draw_ground
from alertsvc.brief.pictures.incident_map import draw_incident_map
from alertsvc.brief.pictures.labels import Room, country_spot
from alertsvc.brief.pictures.mapsheet import WIDTH
from alertsvc.brief.pictures.marks import pin
from alertsvc.brief.pictures.palette import (
    CATEGORY_COLOURS,
    CATEGORY_INKS,
    CATEGORY_SHAPES,
    HALO,
    INK,
    LAND,
    LAND_NAMED,
    PAPER,
    SEA,
    SOFT,
    STATE_COLOURS,
)
from alertsvc.brief.pictures.projection import View, distance_km, fitting_view
from alertsvc.brief.pictures.telling import told

LANGUAGES = ("en", "fr", "ar")
CODES = ("LY", "NE", "FJ", "RU", "US", "MC", "BH", "ZZ")
NAMES = ("Ras Ajdir", "رأس جدير", "Îlot d’Évian", "漢字", "W" * 48, "position 27 km from Tripoli", "x")
longitudes = st.floats(-180, 180, allow_nan=False)
latitudes = st.floats(-90, 90, allow_nan=False)
severities = st.integers(1, 10).map(lambda half: half / 2)


def incident(**fields: Any) -> dict[str, Any]:
    """A description as `facts.incident_map` makes it."""
    values: dict[str, Any] = {
        "kind": "incident_map",
        "language": "en",
        "site": {"name": "Ras Ajdir", "longitude": 11.56, "latitude": 33.15, "kind": "crossing"},
        "countries": ["LY", "TN"],
        "state": "closed",
        "category": "Economic",
        "severity": 2.0,
        "capital": {"name": "Tripoli", "longitude": 13.18, "latitude": 32.89, "km": 155},
        "rings": False,
        "around": False,
    }
    values |= fields
    values["label"] = band_of(values["severity"]).label
    return values | told(values)


def area(points: list[dict[str, Any]], language: str = "en") -> dict[str, Any]:
    """A description as `facts.area_map` makes it."""
    values = {"kind": "area_map", "language": language, "points": points, "unplaced": 0}
    return values | told(values)


def point(number: int, longitude: float, latitude: float, **fields: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "number": number,
        "name": f"Place {number}",
        "longitude": longitude,
        "latitude": latitude,
        "countries": ["LY"],
        "severity": 2.0,
        "category": CATEGORIES[number % 7],
    }
    return values | fields


def opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


def check(canvas: Canvas) -> Image.Image:
    """Read the picture back; nothing written in it leaves the frame."""
    image = opened(canvas.png())
    assert image.format == "PNG"
    assert image.mode == "P"
    assert image.size == (canvas.width * DENSITY, canvas.height * DENSITY)
    assert not image.info.keys() & {"date", "Software", "Creation Time"}
    for written in canvas.written:
        assert written.box.within(canvas.frame), written
    return image


def texts(canvas: Canvas) -> list[str]:
    return [written.text for written in canvas.written]


def plain(digits: str) -> str:
    return re.sub(r"[,\u202f]", "", digits)


@settings(max_examples=40, deadline=None)
@given(
    longitudes,
    latitudes,
    severities,
    st.sampled_from(CATEGORIES),
    st.sampled_from((None, "open", "closed", "contested")),
    st.sampled_from(LANGUAGES),
    st.sampled_from(NAMES),
    st.lists(st.sampled_from(CODES), max_size=2, unique=True),
)
@example(180.0, -17.0, 5.0, CATEGORIES[0], "open", "ar", NAMES[1], ["FJ"])
@example(0.0, 90.0, 0.5, CATEGORIES[6], None, "fr", NAMES[4], [])
@example(-180.0, -90.0, 0.5, CATEGORIES[5], "closed", "en", NAMES[3], ["ZZ"])
def test_any_place_gives_a_map_that_its_text_agrees_with(
    longitude: float,
    latitude: float,
    severity: float,
    category: str,
    state: str | None,
    language: str,
    name: str,
    countries: list[str],
) -> None:
    site = {"name": name, "longitude": longitude, "latitude": latitude, "kind": "crossing"}
    capital = {"name": "Tripoli", "longitude": 13.18, "latitude": 32.89}
    km = round(distance_km((longitude, latitude), (13.18, 32.89)))
    description = incident(
        site=site,
        countries=countries,
        state=state,
        category=category,
        severity=severity,
        language=language,
        capital={**capital, "km": km},
    )
    canvas = draw_incident_map(description)
    assert check(canvas).width == WIDTH * DENSITY
    assert canvas.png() == draw_incident_map(description).png()
    alt = description["alt"]
    assert name in alt
    assert str(km) in plain(alt)
    assert f"{severity:.1f}" in alt.replace(",", ".")
    if language == "en":
        assert [word for word in ("open", "closed", "contested") if f"crossing {word}" in alt] == (
            [state] if state else []
        )


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 360), st.integers(1, 140), st.booleans(), st.sampled_from(LANGUAGES))
def test_the_way_to_a_capital_shows_its_rings(bearing: float, km: int, around: bool, language: str) -> None:
    away = 0 if around else km
    longitude = 13.18 + away / 111 / math.cos(math.radians(32.89)) * math.sin(math.radians(bearing))
    latitude = 32.89 + away / 111 * math.cos(math.radians(bearing))
    description = incident(
        site={"name": "Bir Salem", "longitude": longitude, "latitude": latitude, "kind": "approach"},
        countries=["LY"],
        state=None,
        capital={"name": "Tripoli", "longitude": 13.18, "latitude": 32.89, "km": km},
        rings=True,
        around=around,
        language=language,
    )
    canvas = draw_incident_map(description)
    check(canvas)
    written = " ".join(texts(canvas))
    assert "10" in written or km > 60
    for radius in ("10", "30", "60", "100"):
        assert radius in description["alt"]
    assert "Bir Salem" in written or around


def test_a_place_known_by_its_distance_alone_gets_no_pin() -> None:
    red = CATEGORY_COLOURS["Security & Defense"]
    fields: dict[str, Any] = {
        "site": {"name": "position 27 km from Tripoli", "longitude": 13.18, "latitude": 32.89, "kind": "capital"},
        "countries": ["LY"],
        "state": None,
        "category": "Security & Defense",
        "capital": {"name": "Tripoli", "longitude": 13.18, "latitude": 32.89, "km": 27},
        "rings": True,
    }
    middle = (WIDTH * DENSITY // 2, 284 * DENSITY // 2)

    def near_middle(**more: Any) -> int:
        image = check(draw_incident_map(incident(**fields, **more))).convert("RGB")
        box = image.crop((middle[0] - 40, middle[1] - 40, middle[0] + 40, middle[1] + 40))
        return {colour: count for count, colour in box.getcolors(10_000) or []}.get(red, 0)

    assert near_middle(around=False) > 200
    assert near_middle(around=True) == 0
    assert "direction not given" in incident(**fields, around=True)["alt"]


@pytest.mark.parametrize("state", ["open", "closed", "contested"])
def test_a_crossing_differs_by_shape_and_not_by_colour_alone(state: str) -> None:
    """In grey, the bars of two states still cover different pixels."""
    shapes = {}
    for other in ("open", "closed", "contested"):
        image = check(draw_incident_map(incident(state=other))).convert("RGB")
        key = image.crop((0, 284 * DENSITY, 60 * DENSITY, 336 * DENSITY))
        colour = STATE_COLOURS[other]
        shapes[other] = frozenset(
            (x, y) for x in range(key.width) for y in range(30, key.height) if key.getpixel((x, y)) == colour
        )
        assert len(shapes[other]) > 200
    assert all(len(shapes[state] ^ shapes[other]) > 100 for other in shapes if other != state)


def test_every_category_has_a_mark_of_its_own() -> None:
    marks = {(CATEGORY_SHAPES[name], CATEGORY_COLOURS[name]) for name in CATEGORIES}
    assert len(marks) == len(CATEGORIES)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(longitudes, latitudes), min_size=1, max_size=60), st.sampled_from(LANGUAGES))
@example([(179.9, -17.0), (-179.9, -16.0)], "en")
@example([(0.0, 0.0), (180.0, 0.0)], "fr")
@example([(20.0, 89.0), (-100.0, -89.0)], "ar")
def test_any_set_of_places_gives_a_map_with_their_numbers(places: list[tuple[float, float]], language: str) -> None:
    description = area([point(number, *place) for number, place in enumerate(places, 1)], language)
    canvas = draw_area_map(description)
    check(canvas)
    assert canvas.png() == draw_area_map(description).png()
    assert len(description["alt"]) < 1500
    shown = {
        int(number) for text in texts(canvas) if re.fullmatch(r"[\d, +]+", text) for number in re.findall(r"\d+", text)
    }
    if len(places) <= 4:
        assert shown >= set(range(1, len(places) + 1))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(8, 26), st.floats(18, 34)), min_size=2, max_size=MOST_PLATES))
def test_numbers_do_not_cover_one_another(places: list[tuple[float, float]]) -> None:
    canvas = draw_area_map(area([point(number, *place) for number, place in enumerate(places, 1)]))
    boxes = [written.box for written in canvas.written if re.fullmatch(r"[\d, +]+", written.text)]
    assert boxes
    assert not any(one.meets(other) for place, one in enumerate(boxes) for other in boxes[:place])


def test_incidents_at_one_place_share_a_plate() -> None:
    canvas = draw_area_map(area([point(number, 11.56, 33.15) for number in (1, 2, 3)]))
    assert "1, 2, 3" in texts(canvas)


def test_islands_on_both_sides_of_the_antimeridian_lie_side_by_side() -> None:
    view = fitting_view([(179.5, -17.0), (-179.5, -16.5)], 0.7, 300, 0.1)
    assert view.span_km < 400
    assert abs(view.middle[0]) > 179


def test_land_does_not_end_at_the_antimeridian() -> None:
    """Chukotka lies on both sides of 180 degrees; nothing is drawn where the source cuts it."""
    image = draw_ground(View((180.0, 67.0), 200.0), 200, 120, frozenset({"RU"})).image
    assert image.getcolors() == [(400 * 240, LAND_NAMED)]


@pytest.mark.parametrize("middle", [(178.0, -17.0), (174.0, -36.0), (-160.0, 20.0), (0.0, 0.0), (-100.0, -40.0)])
def test_land_on_the_other_side_of_the_earth_does_not_cover_the_sea(middle: tuple[float, float]) -> None:
    """In this projection a country at the antipode would lie round everything."""
    for span in (7000.0, 10_000.0, 12_900.0):
        ground = draw_ground(View(middle, span), 92, 70, frozenset(), None, inset=True)
        colours = {colour: count for count, colour in ground.image.getcolors(10_000) or []}
        assert colours[SEA] > 0.2 * 4 * 92 * 70


def test_text_is_large_enough_on_a_telephone() -> None:
    page = 320 - 2 * 8 - 2 * 14 - 2  # outer padding, inner padding, border
    assert MIN_TEXT * page / WIDTH >= 9


def test_names_of_other_countries_are_in_the_language_of_the_reader() -> None:
    assert any("ليبيا" in alt for alt in [incident(language="ar")["alt"]])
    assert "Libye" in incident(language="fr")["alt"]
    french = texts(draw_incident_map(incident(language="fr")))
    assert "Tunisie" in french


@pytest.mark.parametrize(
    ("site", "countries"),
    [((11.56, 33.15), ["LY", "TN"]), ((71.09, 34.12), ["AF", "PK"]), ((-77.66, 0.81), ["CO", "EC"])],
)
def test_both_countries_of_a_crossing_are_named(site: tuple[float, float], countries: list[str]) -> None:
    place = {"name": "Post", "longitude": site[0], "latitude": site[1], "kind": "crossing"}
    written = texts(draw_incident_map(incident(site=place, countries=countries, capital=None)))
    names = {"LY": "Libya", "TN": "Tunisia", "AF": "Afghanistan", "PK": "Pakistan", "CO": "Colombia", "EC": "Ecuador"}
    assert {names[code] for code in countries} <= set(written)


@pytest.mark.parametrize("one", CATEGORIES)
def test_no_pin_is_told_from_another_by_its_colour_alone(one: str) -> None:
    """Drawn in grey, a fifth of the pixels of any two pins differ clearly, or are covered by one of them alone."""

    def look(category: str) -> np.ndarray[Any, np.dtype[np.int16]]:
        canvas = Canvas(40, 40, HALO)
        pin(canvas, 20, 20, category, 8)
        return np.asarray(opened(canvas.png()).convert("L")).astype(np.int16)

    for other in CATEGORIES:
        if other != one:
            differing = np.abs(look(one) - look(other)) > 40
            covered = (look(one) < 250) | (look(other) < 250)
            assert differing.sum() > 0.2 * covered.sum(), other


def test_figures_on_plates_can_be_read() -> None:
    for name in CATEGORIES:
        assert contrast(CATEGORY_COLOURS[name], CATEGORY_INKS[name]) >= 4.5


def test_words_can_be_read_on_every_ground() -> None:
    for ground in (PAPER, LAND, LAND_NAMED, SEA, HALO):
        assert contrast(SOFT, ground) >= 4.5
        assert contrast(INK, ground) >= 7


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """Contrast of two colours by WCAG 2.1."""

    def luminance(colour: tuple[int, int, int]) -> float:
        parts = [part / 255 for part in colour]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_grounds_that_are_no_longer_kept_are_let_go() -> None:
    room = Room(Box(0, 0, 60, 40))
    for number in range(50):
        ground = draw_ground(View((13.0 + number / 10, 30.0), 900.0), 60, 40, frozenset({"LY"}))
        country_spot(ground, "LY", (20, 8), room, 0.5)
    gc.collect()
    kept = draw_ground.cache_info().maxsize
    assert kept is not None
    assert sum(isinstance(item, Ground) for item in gc.get_objects()) <= kept + 1
