"""Outlines of the countries of the world: rings to fill and the lines between two countries to draw.

Read from `rules/maps/outlines.npz`, arrays of whole hundredths of a degree and no code; `packing` makes the file from
Natural Earth. Longitudes run from -180 to 180, and no ring crosses the antimeridian: the source cuts them there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from alertsvc.resources import data_dir

__all__ = ["DEGREE", "Border", "Outlines", "Ring", "load_outlines", "unpack"]

DEGREE = 100  # units of the file in a degree
Points = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Ring:
    """A closed ring of longitudes and latitudes in degrees; `box` is west, south, east, north.

    `code` is the ISO 3166-1 code of the country, "" for land whose state is not recognised by most.
    """

    code: str
    hole: bool
    points: Points
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Border:
    """A stretch of a line between two countries; `disputed` ones are drawn broken."""

    pair: tuple[str, str]
    disputed: bool
    points: Points
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Outlines:
    """All rings, outer ones before their holes, and all borders."""

    rings: tuple[Ring, ...]
    borders: tuple[Border, ...]

    def codes(self) -> frozenset[str]:
        """Return the codes of the countries that have an outline."""
        return frozenset(ring.code for ring in self.rings if ring.code)


def _parts(deltas: npt.NDArray[np.int32], starts: npt.NDArray[np.int32]) -> Iterator[tuple[Points, tuple[float, ...]]]:
    """Yield each run of points with its bounds; the deltas go on from run to run."""
    points = np.cumsum(deltas, axis=0, dtype=np.int64) / DEGREE
    ends = [*starts[1:].tolist(), len(points)]
    for start, end in zip(starts.tolist(), ends, strict=True):
        part = points[start:end]
        low, high = part.min(axis=0), part.max(axis=0)
        yield part, (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def unpack(arrays: dict[str, npt.NDArray[np.generic]]) -> Outlines:
    """Return the outlines that `packing.pack` put into arrays."""
    codes = [str(code) for code in arrays["codes"]]
    rings = [
        Ring(codes[owner], hole, points, box)  # type: ignore[arg-type]
        for (points, box), owner, hole in zip(
            _parts(arrays["ring_points"], arrays["ring_starts"]),  # type: ignore[arg-type]
            arrays["ring_owners"].tolist(),
            arrays["ring_holes"].tolist(),
            strict=True,
        )
    ]
    borders = [
        Border((codes[first], codes[second]), disputed, points, box)  # type: ignore[arg-type]
        for (points, box), (first, second), disputed in zip(
            _parts(arrays["border_points"], arrays["border_starts"]),  # type: ignore[arg-type]
            arrays["border_pairs"].tolist(),
            arrays["border_disputed"].tolist(),
            strict=True,
        )
    ]
    return Outlines(tuple(rings), tuple(borders))


@cache
def load_outlines() -> Outlines:
    """Return the outlines that come with the service.

    Raises:
        FileNotFoundError: the installation is broken.
    """
    with np.load(data_dir("rules") / "maps" / "outlines.npz", allow_pickle=False) as arrays:
        return unpack({name: arrays[name] for name in arrays.files})
