"""Which of the places that an article names is the incident's, and what else was hit."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace

from alertsvc.detect.borders import Borders
from alertsvc.detect.decide import ClassDecision, sigmoid
from alertsvc.detect.gazetteer import Entry, Gazetteer
from alertsvc.detect.mentions import Mention
from alertsvc.detect.reading import Reading, SentenceReading
from alertsvc.detect.routes import Routes
from alertsvc.detect.site_roles import in_row, is_earlier, is_end
from alertsvc.domain import IncidentClass, Place, PlaceKind

__all__ = ["Candidate", "as_place", "candidates", "countries_of", "distance_to_capital"]

_WEAK = 0.4  # what a name counts for that only its spelling makes a site
_TITLE = 2.0
_DOUBTFUL = -1.0  # log-odds from which a sentence may tell of a further place
_ROUND_ABOUT = 0.8  # what the name of a place near a site counts for
_OUTSIDE = 0.15  # what a name counts for in a sentence that does not carry the incident
_FIRST_NAMED = 0.3  # more for the first site of a sentence: "the X and the Y crossing", "X, Y and Z"
_NEAR_CAPITAL_KM = 150.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that the incident may have happened at, with its weight and the sentences that name it."""

    place: Place
    weight: float
    sentences: tuple[int, ...]
    hit: tuple[int, ...] = ()  # those of them that carry the incident and tell of the place as one that was hit


def candidates(
    decision: ClassDecision,
    reading: Reading,
    gazetteer: Gazetteer,
    routes: Routes | None = None,
    borders: Borders | None = None,
) -> list[Candidate]:
    """Return the places of an incident of this class, heaviest first; empty where the article names none."""
    carrying = {item.position: sigmoid(item.log_odds) for item in decision.carrying}
    telling_of = {item.position for item in decision.sentences if item.log_odds > _DOUBTFUL} | carrying.keys()
    weights: dict[str, float] = defaultdict(float)
    places: dict[str, Place] = {}
    named: dict[str, list[int]] = defaultdict(list)
    hit: dict[str, list[int]] = defaultdict(list)
    leading: set[int] = set()
    for sentence in reading.sentences:
        position = sentence.sentence.position
        share = carrying.get(position, 0.0)
        share = share * (_TITLE if sentence.sentence.title else 1.0) if share else _OUTSIDE / (1 + position / 4)
        line = routes.named_by_ends(sentence) if routes and decision.incident_class is IncidentClass.OIL else None
        if line is not None:
            key = line.id
            places.setdefault(key, as_place(line))
            weights[key] += share * (1 + _FIRST_NAMED)
            named[key].append(position)
            hit[key].append(position)
            share *= _WEAK
            leading.add(position)
        first = line is None
        for mention in sentence.mentions:
            place = _place(decision.incident_class, mention, sentence, reading, gazetteer, borders)
            if place is None:
                continue
            key = place.gazetteer_id or place.name.casefold()
            weight = share * (1.0 if mention.strong else _WEAK)
            told = position in telling_of
            if is_earlier(mention, sentence) or (place.kind is PlaceKind.OIL and is_end(mention, sentence)):
                weight, told = weight * _WEAK, False
            if mention.round_about:
                weight *= _ROUND_ABOUT
            if place.kind is PlaceKind.CAPITAL:
                if _aimed_at(mention, sentence):
                    weight = max(weight, share)
                elif _speaks(mention, sentence):
                    weight *= _SPEAKING
            weights[key] += weight * (1 + _FIRST_NAMED) if first else weight
            first = False
            if key not in places or (places[key].country is None and place.country):
                places[key] = place
            named[key].append(position)
            if told and _tells(mention, place, sentence):
                hit[key].append(position)
    if decision.incident_class is IncidentClass.CAPITAL and not places:
        place = _the_capital(reading, gazetteer)
        if place is not None:
            key = place.gazetteer_id or place.name
            places[key], weights[key] = place, 1.0
            named[key] = [item.position for item in decision.carrying]
    ranked = sorted(places, key=lambda key: (-weights[key], min(named[key]), key))
    # "From Agadem in Niger to the coast of Benin" says where a pipeline leads and not where it was hit.
    telling = [s for s in reading.sentences if s.sentence.position in carrying and s.sentence.position not in leading]
    return [
        Candidate(
            _where_hit(places[key], telling, gazetteer, reading.countries),
            weights[key],
            tuple(dict.fromkeys(named[key])),
            tuple(dict.fromkeys(hit[key])),
        )
        for key in ranked
    ]


def _place(
    name: IncidentClass,
    mention: Mention,
    sentence: SentenceReading,
    reading: Reading,
    gazetteer: Gazetteer,
    borders: Borders | None,
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
        return as_place(entry)
    return Place(mention.name, wanted, _country(wanted, sentence, reading, borders))


_SPEAKING = 0.2  # what a capital counts for that stands for its government


def _speaks(mention: Mention, sentence: SentenceReading) -> bool:
    """Say whether a capital is named for its government: "thirteen soldiers died, Pretoria said"."""
    return any(
        0 < first - mention.last <= 2 for mark in ("SAY", "CLAIM", "DENY") for first, _ in sentence.marks.get(mark, ())
    )


_AIMED = 3  # words from the deed to the capital: "advanced towards Goma"


def _aimed_at(mention: Mention, sentence: SentenceReading) -> bool:
    """Say whether a force moves on what may be a capital or a city: what it is does not matter then."""
    return any(
        0 < mention.first - last <= _AIMED
        for mark in ("ADVANCE", "BESIEGE")
        for _, last in sentence.marks.get(mark, ())
    )


def _tells(mention: Mention, place: Place, sentence: SentenceReading) -> bool:
    """Say whether a sentence that carries an incident may name a further place of it.

    A capital is mostly named for who speaks or sits there, and a town without the word for its crossing as the town:
    such a name stands for a further place only in a row with another.
    """
    if mention.strong and (place.kind is not PlaceKind.CAPITAL or mention.kind == PlaceKind.APPROACH):
        return True
    alike = [m for m in sentence.of_kind(*PlaceKind) if m is not mention]
    return any(in_row(mention, other, sentence) for other in alike)


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


_IN = frozenset("in inside en au aux dans في داخل".split())
_LOCATIVE = 3  # words from "in" to the country: "in south-eastern Turkey", "dans le sud-est de la Turquie"


def _where_hit(
    place: Place, sentences: list[SentenceReading], gazetteer: Gazetteer, spoken_of: tuple[str, ...]
) -> Place:
    """Return a site; a pipeline runs through several countries and is hit in the one that its sentences say."""
    entry = gazetteer.entries.get(place.gazetteer_id or "")
    if entry is None or entry.detail != "pipeline":
        return place
    said = Counter(m.entry.country for s in sentences for m in s.of_kind("country") if m.entry and _stands_in(m, s))
    if not said:
        said = Counter(m.entry.country for s in sentences[:1] for m in s.of_kind("country") if m.entry)
        said = said if len(said) == 1 and set(said) <= set(spoken_of[:2]) else Counter()
    country = max(said, key=lambda code: said[code], default=None)
    if country is None or said[entry.country] >= said[country]:
        return place
    return replace(place, country=country, latitude=None, longitude=None)


def _stands_in(mention: Mention, sentence: SentenceReading) -> bool:
    """Say whether a sentence says that something is in a country: "in south-eastern Turkey"."""
    words = sentence.sentence.tokens[max(0, mention.first - _LOCATIVE) : mention.first]
    return not _IN.isdisjoint(word.text for word in words)


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


def _country(kind: PlaceKind, sentence: SentenceReading, reading: Reading, borders: Borders | None) -> str | None:
    """Return the country of a site that the gazetteer does not know, from the countries named around it."""
    return countries_of(kind, [m.entry.country for m in sentence.of_kind("country") if m.entry], reading, borders)


def countries_of(
    kind: PlaceKind, near: list[str | None], reading: Reading, borders: Borders | None = None
) -> str | None:
    """Return a country, or for a crossing a pair, from the countries nearest in the text and then the article's."""
    found = [code for code in dict.fromkeys([*near, *reading.countries]) if code]
    if kind is PlaceKind.CROSSING:
        if borders is not None:
            return borders.pair(found)
        return "-".join(sorted(found[:2])) if len(found) > 1 else None
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
