"""From longitude and latitude to kilometres on a plane, and how far apart two places are.

Small maps are azimuthal equidistant: every distance from their middle is true, so rings round it are circles, and
neither the antimeridian nor a pole is a special place. Maps of more than a part of the world are plate carrée.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["EARTH_KM", "View", "azimuthal", "distance_km", "fitting_view", "plate"]

EARTH_KM = 6371.0088  # mean radius, IUGG
_FLAT_FROM_KM = 13000.0  # wider views are plate carrée
Points = npt.NDArray[np.float64]


def distance_km(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Return the great-circle distance between two places, each longitude and latitude in degrees."""
    x1, y1, x2, y2 = map(math.radians, (*first, *second))
    half = math.sin((y2 - y1) / 2) ** 2 + math.cos(y1) * math.cos(y2) * math.sin((x2 - x1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def azimuthal(points: Points, middle: tuple[float, float]) -> Points:
    """Project onto the plane that touches the earth at `middle`; kilometres east and north of it."""
    x, y = np.radians(points[:, 0] - middle[0]), np.radians(points[:, 1])
    middle_y = math.radians(middle[1])
    sin_y, cos_y, cos_x = np.sin(y), np.cos(y), np.cos(x)
    cos_c = np.clip(math.sin(middle_y) * sin_y + math.cos(middle_y) * cos_y * cos_x, -1.0, 1.0)
    arc = np.arccos(cos_c)
    sin_arc = np.sin(arc)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(sin_arc < 1e-9, 1.0, arc / sin_arc) * EARTH_KM
    east = scale * cos_y * np.sin(x)
    north = scale * (math.cos(middle_y) * sin_y - math.sin(middle_y) * cos_y * cos_x)
    return np.column_stack((east, north))


def plate(points: Points, middle: tuple[float, float]) -> Points:
    """Project by the plate carrée that is true to scale at the latitude of `middle`; kilometres from it.

    Longitudes are taken as they are: whoever draws a ring on both sides of the antimeridian moves it by 360 degrees.
    """
    unit = math.radians(1) * EARTH_KM
    return np.column_stack(
        ((points[:, 0] - middle[0]) * unit * math.cos(math.radians(middle[1])), (points[:, 1] - middle[1]) * unit)
    )


@dataclass(frozen=True, slots=True)
class View:
    """What a map shows: `span_km` from its left to its right edge round `middle` (longitude, latitude)."""

    middle: tuple[float, float]
    span_km: float

    @property
    def flat(self) -> bool:
        """It shows so much of the world that it is drawn as plate carrée."""
        return self.span_km > _FLAT_FROM_KM

    def project(self, points: Points) -> Points:
        """Return kilometres east and north of the middle."""
        return plate(points, self.middle) if self.flat else azimuthal(points, self.middle)

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return kilometres east and north of the middle of one place, the short way round."""
        east, north = self.places(np.array([[longitude, latitude]]))[0].tolist()
        return east, north

    def places(self, points: Points) -> Points:
        """Return kilometres east and north of the middle of single places, each the short way round."""
        turned = self.middle[0] + (points[:, 0] - self.middle[0] + 180) % 360 - 180
        return self.project(np.column_stack((turned, points[:, 1])))

    def reach(self, shape: float) -> tuple[float, float, float, float]:
        """Return bounds in degrees (west, south, east, north) that hold everything in a frame as high as `shape` wide.

        Too wide rather than too narrow; west and east may lie beyond 180.
        """
        corner = self.span_km / 2 * math.hypot(1, shape) * 1.05
        degrees = math.degrees(corner / EARTH_KM)
        south, north = self.middle[1] - degrees, self.middle[1] + degrees
        if self.flat or south <= -85 or north >= 85:
            return -540.0, max(-90.0, south), 540.0, min(90.0, north)
        wide = degrees / max(0.02, math.cos(math.radians(max(abs(south), abs(north)))))
        return self.middle[0] - wide, south, self.middle[0] + wide, north


def fitting_view(places: Sequence[tuple[float, float]], shape: float, smallest_km: float, margin: float) -> View:
    """Return the smallest view that holds all places.

    Args:
        places: longitude and latitude; at least one.
        shape: height of the frame in parts of its width.
        smallest_km: no view is narrower.
        margin: part of the width, and of the height, to leave free on each side.
    """
    vectors = np.array(
        [
            (math.cos(y) * math.cos(x), math.cos(y) * math.sin(x), math.sin(y))
            for x, y in (map(math.radians, place) for place in places)
        ]
    ).sum(axis=0)
    middle = (0.0, 0.0)
    if float(np.linalg.norm(vectors)) > 1e-6:
        middle = (
            math.degrees(math.atan2(vectors[1], vectors[0])),
            math.degrees(math.atan2(vectors[2], math.hypot(vectors[0], vectors[1]))),
        )
    middle = (middle[0], max(-75.0, min(75.0, middle[1])))
    view, spread = View(middle, smallest_km), np.array(places)
    for _ in range(6):  # the middle of what is shown is not the mean of the places; it settles at once, or nearly
        spots = view.places(spread)
        low, high = spots.min(axis=0), spots.max(axis=0)
        free = 1 - 2 * margin
        span = max(float(high[0] - low[0]) / free, float(high[1] - low[1]) / (free * shape), smallest_km)
        east, north = ((low + high) / 2).tolist()
        latitude = max(-75.0, min(75.0, view.middle[1] + math.degrees(north / EARTH_KM)))
        turn = math.degrees(east / EARTH_KM) / max(0.1, math.cos(math.radians(view.middle[1])))
        longitude = (view.middle[0] + turn + 180) % 360 - 180
        view = View((longitude, latitude), span)
    east, north = np.abs(view.places(spread)).T
    inside = (east <= view.span_km / 2) & (north <= view.span_km * shape / 2)
    return view if inside.all() else View((middle[0], 15.0), 41000.0)
