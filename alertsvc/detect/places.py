"""Which of the places that an article names is the incident's, and what else was hit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from alertsvc.detect.decide import ClassDecision, sigmoid
from alertsvc.detect.gazetteer import Entry, Gazetteer
from alertsvc.detect.mentions import Mention
from alertsvc.detect.reading import Reading, SentenceReading
from alertsvc.domain import IncidentClass, Place, PlaceKind

__all__ = ["Candidate", "as_place", "candidates", "countries_of", "distance_to_capital"]

_WEAK = 0.4  # what a name counts for that only its spelling makes a site
_TITLE = 2.0
_OUTSIDE = 0.15  # what a name counts for in a sentence that does not carry the incident
_FIRST_NAMED = 0.3  # more for the first site of a sentence: "the X and the Y crossing", "X, Y and Z"
_NEAR_CAPITAL_KM = 150.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that the incident may have happened at, with its weight and the sentences that name it."""

    place: Place
    weight: float
    sentences: tuple[int, ...]


def candidates(decision: ClassDecision, reading: Reading, gazetteer: Gazetteer) -> list[Candidate]:
    """Return the places of an incident of this class, heaviest first; empty where the article names none."""
    carrying = {item.position: sigmoid(item.log_odds) for item in decision.carrying}
    weights: dict[str, float] = defaultdict(float)
    places: dict[str, Place] = {}
    named: dict[str, list[int]] = defaultdict(list)
    for sentence in reading.sentences:
        position = sentence.sentence.position
        share = carrying.get(position, 0.0)
        share = share * (_TITLE if sentence.sentence.title else 1.0) if share else _OUTSIDE / (1 + position / 4)
        first = True
        for mention in sentence.mentions:
            place = _place(decision.incident_class, mention, sentence, reading, gazetteer)
            if place is None:
                continue
            key = place.gazetteer_id or place.name.casefold()
            weight = share * (1.0 if mention.strong else _WEAK)
            weights[key] += weight * (1 + _FIRST_NAMED) if first else weight
            first = False
            if key not in places or (places[key].country is None and place.country):
                places[key] = place
            named[key].append(position)
    if decision.incident_class is IncidentClass.CAPITAL and not places:
        place = _the_capital(reading, gazetteer)
        if place is not None:
            key = place.gazetteer_id or place.name
            places[key], weights[key] = place, 1.0
            named[key] = [item.position for item in decision.carrying]
    ranked = sorted(places, key=lambda key: (-weights[key], min(named[key]), key))
    return [Candidate(places[key], weights[key], tuple(dict.fromkeys(named[key]))) for key in ranked]


def _place(
    name: IncidentClass, mention: Mention, sentence: SentenceReading, reading: Reading, gazetteer: Gazetteer
) -> Place | None:
    entry = mention.entry
    if name is IncidentClass.CAPITAL:
        if mention.kind == PlaceKind.CAPITAL and entry is not None:
            return as_place(entry)
        if mention.kind == PlaceKind.APPROACH and entry is not None:
            capital = _capital_of(entry, gazetteer)
            if capital is not None and (entry.km_to_capital or 0) <= _NEAR_CAPITAL_KM:
                return as_place(capital)
        return None
    wanted = PlaceKind.CROSSING if name is IncidentClass.BORDER else PlaceKind.OIL
    if mention.kind != wanted:
        return None
    if entry is not None:
        return _where_named(entry, sentence)
    return Place(mention.name, wanted, _country(wanted, sentence, reading))


def as_place(entry: Entry) -> Place:
    """Return an entry of the gazetteer as a place."""
    return Place(
        entry.name,
        PlaceKind(entry.kind),
        entry.country,
        entry.id,
        entry.latitude,
        entry.longitude,
        entry.capital,
        entry.km_to_capital if entry.kind != PlaceKind.CAPITAL else None,
        entry.tier,
    )


def _where_named(entry: Entry, sentence: SentenceReading) -> Place:
    """Return a site; a pipeline runs through several countries and is hit in the one that the sentence names."""
    place = as_place(entry)
    near = [m.entry.country for m in sentence.of_kind("country") if m.entry]
    if entry.detail == "pipeline" and len(set(near)) == 1 and near[0] != entry.country:
        return replace(place, country=near[0], latitude=None, longitude=None)
    return place


def _capital_of(entry: Entry, gazetteer: Gazetteer) -> Entry | None:
    # A place on the way may lie in another country than the capital, as Kousseri does across the river from N'Djamena.
    named = [other for other in gazetteer.named(entry.capital or "") if other.kind == PlaceKind.CAPITAL]
    return next((other for other in named if other.country == entry.country), named[0] if named else None)


def _the_capital(reading: Reading, gazetteer: Gazetteer) -> Place | None:
    """Return "the capital" of the country that the article speaks of most."""
    for code in reading.countries:
        if code in gazetteer.capitals:
            return as_place(gazetteer.capitals[code])
    return None


def _country(kind: PlaceKind, sentence: SentenceReading, reading: Reading) -> str | None:
    """Return the country of a site that the gazetteer does not know, from the countries named around it."""
    return countries_of(kind, [m.entry.country for m in sentence.of_kind("country") if m.entry], reading)


def countries_of(kind: PlaceKind, near: list[str | None], reading: Reading) -> str | None:
    """Return a country, or for a crossing a pair, from the countries nearest in the text and then the article's."""
    wanted = 2 if kind is PlaceKind.CROSSING else 1
    found = [code for code in dict.fromkeys([*near, *reading.countries]) if code][:wanted]
    if kind is PlaceKind.CROSSING:
        return "-".join(sorted(found)) if len(found) == 2 else None
    return found[0] if found else None


def distance_to_capital(carrying: list[SentenceReading]) -> float | None:
    """Return the smallest distance that the carrying sentences put between the action and a capital."""
    found: list[float] = []
    for sentence in carrying:
        capitals = [m for m in sentence.mentions if m.kind == PlaceKind.CAPITAL]
        spans = [(m.first, m.last) for m in capitals]
        spans += [(hit.first, hit.last) for hit in sentence.concepts if hit.concept == "CAPITAL_WORD"]
        found += [
            mention.km or 0.0
            for mention in sentence.of_kind("distance")
            if any(mention.first - 8 <= last and first <= mention.last + 8 for first, last in spans)
        ]
    return min((km for km in found if km <= _NEAR_CAPITAL_KM), default=None)
