from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.detect.placefiles.territory import AT_SEA_KM, ON_LAND_KM, Territory, territory
from alertsvc.outlines import Ring
from alertsvc.resources import data_dir


@pytest.mark.parametrize(
    ("code", "latitude", "longitude"),
    [
        ("LY", 27.0, 17.0),  # far from every corner of its outline
        ("RU", 62.0, 95.0),
        ("FJ", -16.8, 179.9),  # on either side of the antimeridian
        ("FJ", -16.8, -179.9),
        ("ES", 35.28, -2.93),  # Melilla is not in the outline of Spain
        ("MA", 21.36, -16.95),  # Guerguerat lies in Western Sahara
        ("SO", 9.56, 44.06),  # Hargeisa lies in land whose state is not recognised
        ("NO", 60.0, -20.0 + 22.0),
        ("XX", 0.0, 0.0),  # no outline: nothing can be said
    ],
)
def test_points_that_belong_are_taken(code: str, latitude: float, longitude: float) -> None:
    assert territory().outside(code, latitude, longitude, AT_SEA_KM) == 0.0


@pytest.mark.parametrize(
    ("code", "latitude", "longitude", "km"),
    [
        ("LY", 33.0, -170.0, 12_580),
        ("LU", -49.6, 6.1, 11_000),
        ("TN", 33.0, -11.0, 1750),
        ("FJ", 0.0, 0.0, 17_900),
    ],
)
def test_points_far_outside_are_told_with_their_distance(
    code: str, latitude: float, longitude: float, km: float
) -> None:
    assert territory().outside(code, latitude, longitude, ON_LAND_KM) == pytest.approx(km, rel=0.03)


SQUARE = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0], [0.0, 0.0]])
HOLE = np.array([[4.0, 4.0], [6.0, 4.0], [6.0, 6.0], [4.0, 6.0], [4.0, 4.0]])


@given(st.floats(-40, 50), st.floats(-40, 50))
def test_a_square_country_with_a_hole(latitude: float, longitude: float) -> None:
    country = Territory((Ring("AA", False, SQUARE, (0, 0, 10, 10)), Ring("AA", True, HOLE, (4, 4, 6, 6))))
    km = country.outside("AA", latitude, longitude, 30.0)
    # A degree is at most 111.2 km long; within the hole the land is nowhere farther than a degree.
    beyond = max(-latitude, latitude - 10, -longitude, longitude - 10, 0.0)
    hole = 4 < latitude < 6 and 4 < longitude < 6
    depth = min(latitude - 4, 6 - latitude, longitude - 4, 6 - longitude) if hole else 0.0
    if max(beyond, depth) * 111.3 < 30:
        assert km == 0.0
    elif max(beyond, depth) > 0.5:
        assert km > 30


@pytest.mark.parametrize(
    ("name", "column", "tolerance"),
    [
        ("crossings.csv", "countries", ON_LAND_KM),
        ("oil_facilities.csv", "country", AT_SEA_KM),
        ("capitals.csv", "country", ON_LAND_KM),
        ("capital_approaches.csv", "country", ON_LAND_KM),
    ],
)
def test_an_exchange_of_coordinates_is_seen_in_nearly_every_shipped_row(
    name: str, column: str, tolerance: float
) -> None:
    seen = rows = 0
    with (data_dir("rules") / "gazetteer" / name).open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            latitude, longitude = float(row["lat"]), float(row["lon"])
            codes = row[column].split("-")
            assert not any(territory().outside(code, latitude, longitude, tolerance) for code in codes), row
            if abs(longitude) <= 90 and abs(latitude - longitude) > 15:
                rows += 1
                seen += any(territory().outside(code, longitude, latitude, tolerance) > 0 for code in codes)
    assert rows > 50
    assert seen > 0.9 * rows
