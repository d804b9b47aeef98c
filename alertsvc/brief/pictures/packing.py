"""Making `rules/maps/outlines.npz` from Natural Earth's countries (1:50m, public domain) as GeoJSON.

    python -m alertsvc.brief.pictures.packing countries_50m.geojson rules/maps/outlines.npz

Features need `iso_a2` and `name`. Points are kept to a hundredth of a degree (about a kilometre), islands without any
point of their own after that are left out. A line that two countries share is drawn once, as a border.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from alertsvc.outlines import DEGREE

__all__ = ["main", "pack"]

Point = tuple[int, int]
Segment = tuple[Point, Point]

# The source gives these no code of ISO 3166-1.
_CODES = {"France": "FR", "Norway": "NO"}
# Lines that one side or most states do not take for a border between states. Drawn broken; a view on none of them.
_DISPUTED = frozenset({("CN", "IN"), ("EH", "MA"), ("IL", "PS"), ("IL", "SY"), ("IN", "PK"), ("RS", "XK")})
# Drawn with Ukraine, as the General Assembly's resolution 68/262 has it; the source draws who holds it.
_CRIMEA = (32.4, 44.3, 36.7, 46.3)


def _fixed(ring: Iterable[Sequence[float]]) -> list[Point]:
    """Return a ring in whole units without repeated points, closed; empty where nothing is left to fill."""
    points: list[Point] = []
    for longitude, latitude, *_ in ring:
        point = (round(longitude * DEGREE), round(latitude * DEGREE))
        if not points or point != points[-1]:
            points.append(point)
    if points and points[0] != points[-1]:
        points.append(points[0])
    return points if len(points) >= 4 else []


def _polygons(geometry: dict[str, Any]) -> Iterator[list[list[Point]]]:
    """Yield each polygon as its rings, the outer one first."""
    several = geometry["type"] == "MultiPolygon"
    for polygon in geometry["coordinates"] if several else [geometry["coordinates"]]:
        rings = [ring for part in polygon if (ring := _fixed(part))]
        if rings:
            yield rings


def _owner(feature: dict[str, Any], ring: list[Point]) -> tuple[str, str]:
    """Return the code of a ring's country, and what tells its owner from others when lines are compared."""
    code, name = feature["properties"]["iso_a2"], feature["properties"]["name"]
    code = _CODES.get(name, "") if code == "-99" else code
    west, south, east, north = (value * DEGREE for value in _CRIMEA)
    if code == "RU" and all(west <= x <= east and south <= y <= north for x, y in ring):
        return "UA", "UA Crimea"
    return code, code or name


def _chains(segments: Iterable[Segment]) -> Iterator[list[Point]]:
    """Join segments end to end into as few lines as possible; the same segments always give the same lines."""
    at: dict[Point, list[Point]] = defaultdict(list)
    for first, second in sorted(segments):
        at[first].append(second)
        at[second].append(first)
    starts = sorted(at, key=lambda point: (len(at[point]) == 2, point))
    for start in starts:
        while at[start]:
            chain = [start]
            while at[chain[-1]]:
                following = at[chain[-1]].pop(0)
                at[following].remove(chain[-1])
                chain.append(following)
                if len(at[following]) != 1:
                    break
            yield chain


def _deltas(parts: Sequence[Sequence[Point]]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    flat = np.array([point for part in parts for point in part], dtype=np.int32).reshape(-1, 2)
    starts = np.cumsum([0, *(len(part) for part in parts[:-1])], dtype=np.int32)
    return np.diff(flat, axis=0, prepend=np.zeros((1, 2), dtype=np.int32)).astype(np.int32), starts


def pack(features: Iterable[dict[str, Any]]) -> dict[str, npt.NDArray[np.generic]]:
    """Return the arrays for `outlines.unpack`."""
    rings: list[tuple[str, bool, list[Point]]] = []
    owners: dict[Segment, set[tuple[str, str]]] = defaultdict(set)
    for feature in features:
        for polygon in _polygons(feature["geometry"]):
            code, owner = _owner(feature, polygon[0])
            for number, ring in enumerate(polygon):
                rings.append((code, number > 0, ring))
                for start, end in pairwise(ring):
                    owners[min(start, end), max(start, end)].add((owner, code))
    shared: dict[tuple[tuple[str, str], tuple[str, str]], list[Segment]] = defaultdict(list)
    for segment, found in owners.items():
        if len(found) > 1:
            one, other = sorted(found)[:2]
            shared[one, other].append(segment)
    lines: list[tuple[tuple[str, str], bool, list[Point]]] = []
    for sides in sorted(shared):
        (first_owner, first), (second_owner, second) = sides
        pair = (min(first, second), max(first, second))
        disputed = pair in _DISPUTED or not all(pair) or "Crimea" in first_owner + second_owner
        lines += [(pair, disputed, chain) for chain in _chains(shared[sides])]
    codes = sorted({code for code, _, _ in rings} | {code for pair, _, _ in lines for code in pair})
    place = {code: index for index, code in enumerate(codes)}
    ring_points, ring_starts = _deltas([ring for _, _, ring in rings])
    border_points, border_starts = _deltas([line for _, _, line in lines])
    return {
        "codes": np.array(codes),
        "ring_points": ring_points,
        "ring_starts": ring_starts,
        "ring_owners": np.array([place[code] for code, _, _ in rings], dtype=np.int16),
        "ring_holes": np.array([hole for _, hole, _ in rings], dtype=np.bool_),
        "border_points": border_points,
        "border_starts": border_starts,
        "border_pairs": np.array([[place[a], place[b]] for (a, b), _, _ in lines], dtype=np.int16).reshape(-1, 2),
        "border_disputed": np.array([disputed for _, disputed, _ in lines], dtype=np.bool_),
    }


def main(arguments: Sequence[str]) -> None:
    """Pack the GeoJSON file named first into the file named second."""
    source, target = map(Path, arguments)
    arrays = pack(json.loads(source.read_text(encoding="utf-8"))["features"])
    np.savez_compressed(target, **arrays)  # type: ignore[arg-type]


if __name__ == "__main__":
    main(sys.argv[1:])
