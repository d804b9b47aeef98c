"""Whether a point lies in a country or so near to it that the row may mean it.

The outlines are those of the maps (`alertsvc.outlines`), at 1:50 million: a coast or a border runs up to some
kilometres beside its line, small islands are left out, and platforms lie far out at sea. So only what is far outside
is told. Land whose state is not recognised by most counts for every country.
"""

from __future__ import annotations

import math
from collections import defaultdict
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from alertsvc.outlines import Ring, load_outlines

__all__ = ["AT_SEA_KM", "ON_LAND_KM", "Territory", "territory"]

ON_LAND_KM = 250.0
"""How far outside its country a crossing, a capital or a way to one may lie: Melilla lies 160 km from Spain's coast."""

AT_SEA_KM = 500.0
"""How far outside its country an oil site may lie: Hibernia lies 310 km off Newfoundland."""

_EARTH_KM = 6371.0
_DEGREE_KM = math.pi * _EARTH_KM / 180
# Land that people file under the state that holds it (rules/gazetteer/README.md).
_ALSO = {"MA": ("EH",)}
Floats = npt.NDArray[np.float64]


class Territory:
    """The outlines of the countries, asked for distances."""

    def __init__(self, rings: tuple[Ring, ...]) -> None:
        self._rings: dict[str, list[Ring]] = defaultdict(list)
        for ring in rings:
            self._rings[ring.code].append(ring)
        self._vertices: dict[str, Floats] = {}

    def outside(self, code: str, latitude: float, longitude: float, tolerance: float) -> float:
        """Return how many kilometres a point lies outside a country, 0 where it is within `tolerance` of it.

        Also 0 for a country that has no outline.
        """
        if code not in self._rings:
            return 0.0
        codes = [item for item in (code, *_ALSO.get(code, ()), "") if item in self._rings]
        point = _point(latitude, longitude)
        # The nearest corner settles nearly all: borders have one every few kilometres.
        near = math.cos(tolerance / _EARTH_KM)
        if any(float((self._corners(item) @ point).max()) >= near for item in codes):
            return 0.0
        if any(sum(_within(ring, latitude, longitude) for ring in self._rings[item]) % 2 for item in codes):
            return 0.0
        distances = {item: min(_distance(ring, latitude, longitude) for ring in self._rings[item]) for item in codes}
        return 0.0 if min(distances.values()) <= tolerance else distances[code]

    def _corners(self, code: str) -> Floats:
        found = self._vertices.get(code)
        if found is None:
            found = self._vertices[code] = _on_sphere(np.concatenate([ring.points for ring in self._rings[code]]))
        return found


@lru_cache(maxsize=1)
def territory() -> Territory:
    """Return the outlines that come with the service."""
    return Territory(load_outlines().rings)


def _on_sphere(points: Floats) -> Floats:
    """Return longitudes and latitudes in degrees as points of the unit sphere."""
    longitudes, latitudes = np.radians(points[:, 0]), np.radians(points[:, 1])
    flat = np.cos(latitudes)
    return np.column_stack((flat * np.cos(longitudes), flat * np.sin(longitudes), np.sin(latitudes)))


def _point(latitude: float, longitude: float) -> Floats:
    flat = math.cos(math.radians(latitude))
    east = math.radians(longitude)
    return np.array((flat * math.cos(east), flat * math.sin(east), math.sin(math.radians(latitude))))


def _within(ring: Ring, latitude: float, longitude: float) -> bool:
    """Say whether a point lies in a ring: a line due east of it crosses the ring an odd number of times."""
    west, south, east, north = ring.box
    if not (west <= longitude <= east and south <= latitude <= north):
        return False
    x, y = ring.points[:, 0], ring.points[:, 1]
    x2, y2 = np.roll(x, -1), np.roll(y, -1)
    across = (y > latitude) != (y2 > latitude)
    x, y, x2, y2 = x[across], y[across], x2[across], y2[across]
    return bool((longitude < (x2 - x) * (latitude - y) / (y2 - y) + x).sum() % 2)


def _distance(ring: Ring, latitude: float, longitude: float) -> float:
    """Return the kilometres to the nearest side or corner of a ring.

    Sides are told on a plane that touches the earth at the point, which is good near it, corners on the sphere.
    """
    east = (ring.points[:, 0] - longitude + 180) % 360 - 180
    x = east * math.cos(math.radians(latitude)) * _DEGREE_KM
    y = (ring.points[:, 1] - latitude) * _DEGREE_KM
    along, up = np.roll(x, -1) - x, np.roll(y, -1) - y
    length = along * along + up * up
    share = np.clip(-(x * along + y * up) / np.where(length == 0, 1, length), 0, 1)
    share = np.where(abs(along) > 180 * _DEGREE_KM / 2, 0, share)  # no side runs round the earth
    side = float(np.hypot(x + share * along, y + share * up).min())
    point = _point(latitude, longitude)
    corner = math.acos(min(1.0, max(-1.0, float((_on_sphere(ring.points) @ point).max())))) * _EARTH_KM
    return min(side, corner) if side < 3 * AT_SEA_KM else corner
