"""One row of the gazetteer as detection uses it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Entry"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: a place, an actor or a country."""

    kind: str  # a PlaceKind, "actor", "agency" or "country"
    id: str
    name: str
    country: str | None = None  # a pair for crossings
    latitude: float | None = None
    longitude: float | None = None
    detail: str = ""  # type of an oil site or actor, kind of an approach, status of a capital
    capital: str | None = None
    km_to_capital: float | None = None
    tier: int | None = None
