"""The map of one incident: where it is, between which countries, how far from the capital, and how it stands there."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from alertsvc.brief.pictures.canvas import Box, Canvas
from alertsvc.brief.pictures.ground import Rings
from alertsvc.brief.pictures.labels import beside
from alertsvc.brief.pictures.mapsheet import MAP_HEIGHT, WIDTH, MapSheet
from alertsvc.brief.pictures.marks import crossing_bar, pin, pin_radius, small_mark
from alertsvc.brief.pictures.palette import (
    CATEGORY_COLOURS,
    HALO,
    INK,
    RING,
    SOFT,
)
from alertsvc.brief.pictures.projection import View, distance_km, fitting_view
from alertsvc.brief.pictures.sites import Landmark, landmark_points, landmarks
from alertsvc.brief.pictures.telling import RADII
from alertsvc.brief.pictures.words import figure, named
from alertsvc.domain import PlaceKind
from alertsvc.outlines import load_outlines

__all__ = ["HEIGHT", "RADII", "WIDTH", "draw_incident_map"]

HEIGHT = MAP_HEIGHT + 52
CLOSEST_KM, NEAREST_KM, WIDEST_KM = 140.0, 260.0, 1000.0
CAPITAL_WITHIN = 750.0  # a capital farther away stands in the key, not on the map
LONGEST_NAME = 24
MAX_NAMED = 4  # other sites and towns
_MARKS = {
    PlaceKind.CAPITAL: "capital",
    PlaceKind.APPROACH: "town",
    PlaceKind.CROSSING: "crossing",
    PlaceKind.OIL: "oil",
}
_SHAPE = MAP_HEIGHT / WIDTH


def _size_km(countries: list[str], place: tuple[float, float]) -> float:
    """Return how large the smallest of the countries is, across its outline nearest to a place."""
    sizes = []
    for country in countries:
        boxes = [ring.box for ring in load_outlines().rings if ring.code == country and not ring.hole]
        if boxes:
            west, south, east, north_ = min(
                boxes,
                key=lambda box: math.dist(
                    place, (max(box[0], min(place[0], box[2])), max(box[1], min(place[1], box[3])))
                ),
            )
            sizes.append(distance_km((west, south), (east, north_)))
    return min(sizes, default=WIDEST_KM)


def _snapped(view: View) -> View:
    """Return a view a little wider on a coarse grid, so that incidents near one another stand on one ground."""
    span = 1.15 ** math.ceil(math.log(view.span_km) / math.log(1.15))
    step = max(0.05, round(span / 111.2 / 16, 2))
    longitude, latitude = (round(round(value / step) * step, 4) for value in view.middle)
    return View((longitude, latitude), round(span, 1))


def _view(spec: dict[str, Any]) -> tuple[View, Rings | None]:
    site, capital = spec["site"], spec["capital"]
    place = (site["longitude"], site["latitude"])
    if spec["rings"] and capital:
        seat = (capital["longitude"], capital["latitude"])
        away = float(capital["km"]) if spec["around"] else distance_km(place, seat)
        around = [radius for radius in RADII if radius >= away]
        outer = around[min(1, len(around) - 1)] if around else away * 1.05
        view = View(seat, 2.12 * outer / _SHAPE)
        if away > RADII[-1] and not spec["around"]:
            view = fitting_view([place, seat], _SHAPE, 2.12 * outer, 0.16)
        step = View((round(view.middle[0], 2), round(view.middle[1], 2)), round(view.span_km, 0))
        return step, Rings(*seat, RADII)
    smallest = min(WIDEST_KM, max(NEAREST_KM, 0.8 * _size_km(spec["countries"], place)))
    places = [place]
    if capital:
        seat = (capital["longitude"], capital["latitude"])
        away = distance_km(place, seat)
        if away <= min(CAPITAL_WITHIN, smallest):
            places.append(seat)
            smallest = min(smallest, max(CLOSEST_KM, 7 * away))  # close to it, the way there is what matters
    return _snapped(fitting_view(places, _SHAPE, smallest, 0.17)), None


class _Map:
    """One map while it is drawn."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        view, rings = _view(spec)
        self.sheet = MapSheet(spec["language"], view, spec["countries"], HEIGHT - MAP_HEIGHT, rings)
        self.canvas, self.room, self.words = self.sheet.canvas, self.sheet.room, self.sheet.words
        self.site = self.sheet.spot(spec["site"]["longitude"], spec["site"]["latitude"])

    def draw(self) -> Canvas:
        """Draw all of it; what matters most is given room first."""
        canvas = self.canvas
        seat = None if self.spec["around"] else self._capital_spot()
        if seat:
            canvas.line([self.site, seat], 1.4, INK, dash=(6, 4))
            self._keep_clear(seat)
        if self.spec["around"]:
            self._somewhere()
        else:
            self._pin()
            if seat:
                self.room.take(Box(seat[0] - 5, seat[1] - 5, seat[0] + 5, seat[1] + 5))
            away = pin_radius(self.spec["severity"]) + 6
            self.sheet.label(self.spec["site"]["name"], *self.site, away, 16, bold=True)
            if seat:
                self._seat(seat)
        self._ring_labels()
        self.sheet.inset()
        self.sheet.name_countries()
        self._landmarks()
        self._key()
        self.sheet.finish()
        return canvas

    def _somewhere(self) -> None:
        """Mark a place of which only its distance to the capital is known: the whole circle, and no point on it."""
        (x, y), capital = self.site, self.spec["capital"]
        away = capital["km"] * self.sheet.scale
        bearings = [math.radians(turn) for turn in range(0, 361, 3)]
        circle = [(x + away * math.cos(turn), y + away * math.sin(turn)) for turn in bearings]
        self.canvas.line(circle, 6.5, HALO)
        self.canvas.line(circle, 3.5, CATEGORY_COLOURS[self.spec["category"]])
        small_mark(self.canvas, x, y, "capital")
        self.room.take(Box(x - 5, y - 5, x + 5, y + 5))
        self.sheet.label(capital["name"], x, y, 8, 15, bold=True)
        text = f"{figure(self.words, capital['km'])} {self.words.km}"
        size = self.canvas.measure(text, 16, bold=True)
        wide, high = size.right - size.left, size.bottom - size.top
        spots = []
        for turn in (270, 315, 225, 0, 180, 45, 135, 90):
            far = away + 12 + (wide / 2 if turn % 180 == 0 else wide / 4 if turn % 90 else 0)
            at_x, at_y = x + far * math.cos(math.radians(turn)), y - far * math.sin(math.radians(turn))
            spots.append(Box(at_x - wide / 2, at_y - high / 2, at_x + wide / 2, at_y + high / 2))
        box = self.room.first(spots, always=True)
        if box is not None:
            self.sheet.centred(box, text, 16, INK, bold=True)

    def _pin(self) -> None:
        (x, y), radius = self.site, pin_radius(self.spec["severity"])
        self.room.take(pin(self.canvas, x, y, self.spec["category"], radius))
        if self.spec["state"]:
            self.room.take(crossing_bar(self.canvas, x, y + radius + 11, self.spec["state"]))

    def _capital_spot(self) -> tuple[float, float] | None:
        capital = self.spec["capital"]
        if not capital:
            return None
        x, y = self.sheet.spot(capital["longitude"], capital["latitude"])
        near = math.dist((x, y), self.site) < pin_radius(self.spec["severity"])
        return (x, y) if 6 < x < WIDTH - 6 and 6 < y < MAP_HEIGHT - 6 and not near else None

    def _keep_clear(self, seat: tuple[float, float]) -> None:
        """Keep names off the line to the capital."""
        steps = max(2, round(math.dist(seat, self.site) / 12))
        for step in range(1, steps):
            x = self.site[0] + (seat[0] - self.site[0]) * step / steps
            y = self.site[1] + (seat[1] - self.site[1]) * step / steps
            self.room.take(Box(x - 3, y - 3, x + 3, y + 3))

    def _seat(self, seat: tuple[float, float]) -> None:
        """Mark the capital, with the distance on the line that leads there."""
        small_mark(self.canvas, *seat, "capital")
        self.sheet.label(self.spec["capital"]["name"], *seat, 8, 15, bold=True)
        if self.spec["capital"]["km"] is not None and math.dist(seat, self.site) > 70:
            x, y = (seat[0] + self.site[0]) / 2, (seat[1] + self.site[1]) / 2
            text = f"{figure(self.words, self.spec['capital']['km'])} {self.words.km}"
            size = self.canvas.measure(text, 14, bold=True)
            wide, high = size.right - size.left, size.bottom - size.top
            spots = beside(x, y, (wide, high), 9)
            box = self.room.first(spots)
            if box:
                self.sheet.centred(box, text, 14, INK, bold=True)

    def _ring_labels(self) -> None:
        """Write each ring's radius on it, where there is room."""
        if self.sheet.rings is None:
            return
        x, y = self.sheet.spot(self.sheet.rings.longitude, self.sheet.rings.latitude)
        for radius in self.sheet.rings.radii:
            text = f"{figure(self.words, radius)} {self.words.km}"
            size = self.canvas.measure(text, 14)
            wide, high = size.right - size.left, size.bottom - size.top
            away = radius * self.sheet.scale
            spots = []
            for degrees in (90, 270, 60, 120, 240, 300, 30, 150, 210, 330, 0, 180):
                at_x = x + away * math.cos(math.radians(degrees))
                at_y = y - away * math.sin(math.radians(degrees))
                spots.append(Box(at_x - wide / 2, at_y - high / 2, at_x + wide / 2, at_y + high / 2))
            box = self.room.first(spots) if away > 16 else None
            if box:
                self.sheet.centred(box, text, 14, RING)

    def _landmarks(self) -> None:
        """Mark and name other places: capitals, towns near a capital, the nearest sites of its kind."""
        scale = self.sheet.scale
        spots = self.sheet.view.places(landmark_points()) * (scale, -scale) + (WIDTH / 2, MAP_HEIGHT / 2)
        seen = ((spots > 8) & (spots < (WIDTH - 8, MAP_HEIGHT - 8))).all(axis=1)
        away = np.hypot(spots[:, 0] - self.site[0], spots[:, 1] - self.site[1])
        wanted = [index for index in np.nonzero(seen)[0].tolist() if self._shown(landmarks()[index])]
        wanted.sort(key=lambda index: (landmarks()[index].kind is not PlaceKind.CAPITAL, away[index]))
        named = 0
        for index in wanted:
            item, (x, y) = landmarks()[index], spots[index].tolist()
            capital = item.kind is PlaceKind.CAPITAL
            box = Box(x - 5, y - 5, x + 5, y + 5)
            if len(item.name(self.spec["language"])) > LONGEST_NAME:
                continue
            if not self.room.free(box, 1) or (named >= MAX_NAMED and not capital):
                continue
            self.room.take(box)
            if self.sheet.label(item.name(self.spec["language"]), x, y, 8, 14, colour=SOFT):
                small_mark(self.canvas, x, y, _MARKS[item.kind])
                named += not capital
            else:
                self.room.taken.pop()

    def _shown(self, item: Landmark) -> bool:
        if item.kind is PlaceKind.CAPITAL:
            return item.detail in ("capital", "seat_of_government", "disputed_capital")
        if item.kind is PlaceKind.APPROACH:
            return self.sheet.rings is not None and item.detail in ("town", "airport", "base", "")
        return self.sheet.rings is None and item.kind == self.spec["site"]["kind"] and item.detail != "pipeline"

    def _key(self) -> None:
        """Say below the map what its marks mean, and how far the capital is."""
        spec, words, canvas = self.spec, self.words, self.canvas
        edge, inward = (WIDTH - 16.0, -1) if self.sheet.rtl else (16.0, 1)
        severity = words.severity.format(severity=figure(words, spec["severity"], 1), label=words.labels[spec["label"]])
        category = words.categories.get(spec["category"], spec["category"])
        pin(canvas, edge + 2 * inward, MAP_HEIGHT + 14, spec["category"], 6.5)
        line = words.pin.format(category=category, severity=severity)
        if canvas.measure(line, 14, width=10_000).right > WIDTH - 42:
            line = words.pin_short.format(category=category, severity=severity)
        canvas.text(edge + 19 * inward, MAP_HEIGHT + 19, line, 14, INK, width=WIDTH - 42)
        at = edge - 8 * inward
        room = WIDTH - 16.0
        if spec["state"]:
            crossing_bar(canvas, edge + 9 * inward, MAP_HEIGHT + 37, spec["state"])
            at = edge + 32 * inward
            box = canvas.text(at, MAP_HEIGHT + 42, words.state.format(state=words.states[spec["state"]]), 14, INK)
            wide = box.right - box.left + 14
            at, room = at + wide * inward, WIDTH - 56 - wide
        capital = spec["capital"]
        if capital and capital["km"] is not None:
            pattern = words.around if spec["around"] else words.away
            away = pattern.format(km=figure(words, capital["km"]), capital=named(words, capital["name"]))
            canvas.text(at, MAP_HEIGHT + 42, away, 14, SOFT, width=room)


def draw_incident_map(spec: dict[str, Any]) -> Canvas:
    """Draw the map that a description made by `facts.incident_map` asks for."""
    return _Map(spec).draw()
