"""The happenings of one class that an article tells apart, each with its place and its own sentences.

Most articles tell of one. A second one is told where sentences of their own say so, of another site a good way off; or
where one sentence lists several sites that were hit together. What names no site belongs to the site named last.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from alertsvc.detect.decide import ClassDecision, SentenceScore
from alertsvc.detect.fold import fold, tokens
from alertsvc.detect.mentions import Mention
from alertsvc.detect.openings import adds_another, turns_elsewhere
from alertsvc.detect.places import Candidate
from alertsvc.detect.reading import Reading, SentenceReading
from alertsvc.domain import IncidentClass, Place

__all__ = ["Story", "abroad", "tell_apart"]

_CONFIDENT = 1.2  # log-odds from which a sentence tells of a second happening, where no word says that it is one
_SAME_HAPPENING_KM = 80.0  # sites nearer than this, told in one article, were hit in one happening
_EARTH_KM = 6371.0
_JOINTS = frozenset("and et the le la les l de du des d of at in a au aux oil gas field fields في".split())
_BETWEEN = 4  # words between the sites of a list


@dataclass(frozen=True, slots=True)
class Story:
    """A happening: its place, None for one that names no site; the sentences that carry it; those that may tell of it.

    `positions` is None where the whole article may; `also` names further places of the same happening.
    """

    place: Place | None
    carrying: tuple[SentenceScore, ...]
    positions: frozenset[int] | None = None
    also: tuple[str, ...] = ()


def tell_apart(
    decision: ClassDecision, reading: Reading, ranked: Sequence[Candidate], deeds: Collection[str]
) -> list[Story]:
    """Return the happenings of a class that an article reports, the main one first.

    Args:
        decision: the class's, with the sentences that carry it.
        reading: the article.
        ranked: the places that it names, heaviest first.
        deeds: the marks that speak for an action of the class.
    """
    if not ranked:
        return [Story(None, decision.carrying)]
    ranked = _one_each(ranked)
    sure = _sure(decision)
    main, rest = ranked[0], ranked[1:]
    if decision.incident_class is IncidentClass.CAPITAL:
        return [Story(main.place, decision.carrying, None, _together(rest, main, sure))]
    titles = {s.sentence.position for s in reading.sentences if s.sentence.title}
    others = [item for item in rest if _stands_alone(item, main, decision, reading, titles, deeds)]
    if others and not any(_tells_of_deed(reading.sentences[at], deeds) for at in _own(main, decision, titles)):
        main, others = others[0], others[1:]  # a way round, or a name that only the headline's words make one
    lead = not any(min(item.sentences) < min(main.sentences) for item in rest) and _nameless_lead(
        main, decision, reading
    )
    if not others and not lead:
        listed = [item for item in rest if _listed(item, main, decision, reading)]
        also = _together(rest, main, sure)
        return [
            Story(main.place, decision.carrying, None, also),
            *(_beside(item, main, also, decision) for item in listed),
        ]
    joint = [item for item in rest if item not in others and item is not main]
    parts = _segments(reading, [main, *others], lead)
    told = [
        Story(
            item.place if item is not None else None,
            _carrying(decision, part, titles),
            part,
            _together(joint, main, sure) if item is main else (),
        )
        for item, part in parts
    ]
    return [story for story in told if story.carrying] or [Story(main.place, decision.carrying)]


def _one_each(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Join a place that only the text names to the listed one of that name: "Unity" to "Unity field (Bentiu)"."""
    found: list[Candidate] = []
    for item in ranked:
        twin = next((at for at, known in enumerate(found) if _is_twin(item, known) or _is_twin(known, item)), None)
        if twin is None:
            found.append(item)
            continue
        known = found[twin]
        place = known.place if known.place.gazetteer_id else item.place
        positions = tuple(sorted({*known.sentences, *item.sentences}))
        hit = tuple(sorted({*known.hit, *item.hit}))
        found[twin] = Candidate(place, known.weight + item.weight, positions, hit)
    return found


def _is_twin(one: Candidate, other: Candidate) -> bool:
    """Say whether the first is unlisted and all words of its name are in that of the second, which is listed."""
    if one.place.gazetteer_id is not None or other.place.gazetteer_id is None or abroad(one.place, other.place):
        return False
    words = {token.text for token in tokens(fold(one.place.name))}
    return bool(words) and words <= {token.text for token in tokens(fold(other.place.name))}


def _beside(item: Candidate, main: Candidate, also: tuple[str, ...], decision: ClassDecision) -> Story:
    """Return a place of a list as a happening that shares the sentences of the main one."""
    others = tuple(name for name in (main.place.name, *also) if name != item.place.name)
    return Story(item.place, decision.carrying, frozenset(), others)


def _carrying(decision: ClassDecision, part: frozenset[int], titles: set[int]) -> tuple[SentenceScore, ...]:
    """Return the sentences of a part that carry it; a headline over several happenings tells of each only half."""
    own = tuple(item for item in decision.carrying if item.position in part)
    return tuple(item for item in own if item.position not in titles) or own


def _together(items: Sequence[Candidate], main: Candidate, sure: set[int]) -> tuple[str, ...]:
    """Return the further sites of a happening: told as hit in one sentence with the main one, or near it in another."""
    return tuple(item.place.name for item in items if _with(item, main) or _near_by(item, main, sure))


def _with(item: Candidate, main: Candidate) -> bool:
    return bool(set(item.hit) & set(main.hit or main.sentences))


def _near_by(item: Candidate, main: Candidate, sure: set[int]) -> bool:
    """Say whether a place near the main one is told as hit in a sentence of its own: "the X crossing was shut too"."""
    return bool(set(item.hit) & sure) and _kilometres(item.place, main.place) < _SAME_HAPPENING_KM


def _sure(decision: ClassDecision) -> set[int]:
    """Return the sentences that tell of the happening beyond doubt."""
    return {score.position for score in decision.sentences if score.log_odds > _CONFIDENT}


def _stands_alone(
    item: Candidate,
    main: Candidate,
    decision: ClassDecision,
    reading: Reading,
    titles: set[int],
    deeds: Collection[str],
) -> bool:
    """Say whether another place has a sentence of its own that reports a happening there.

    Of two sites near one another each is told by itself only where it was hit on another day.
    """
    if item.place.gazetteer_id is None or not item.hit:
        return False
    near = _kilometres(item.place, main.place) < _SAME_HAPPENING_KM
    if near and not _on_other_days(item, main, reading):
        return False
    body = set(main.sentences) - titles
    if body & set(item.sentences):
        return False
    own = _own(item, decision, titles)
    if not own:
        return False
    later = max(min(own), min(body, default=0))  # which of the two the article turns to
    elsewhere = abroad(item.place, main.place)  # then no deed needs to be told in so many words
    told = elsewhere or adds_another(reading.sentences[later])
    return any(
        odds > (0.0 if told else _CONFIDENT)
        and (told or _is_sure(reading.sentences[at], item.place))
        and (elsewhere or _tells_of_deed(reading.sentences[at], deeds))
        for at, odds in own.items()
    )


def _on_other_days(item: Candidate, main: Candidate, reading: Reading) -> bool:
    """Say whether two places are told with days of their own, and with none in common."""
    one, other = _days(set(item.hit) - set(main.sentences), reading), _days(set(main.hit), reading)
    return bool(one and other) and one.isdisjoint(other)


def _days(positions: Collection[int], reading: Reading) -> set[date]:
    return {m.day for k in positions for m in reading.sentences[k].dates if m.day is not None and m.relation == "near"}


def _own(item: Candidate, decision: ClassDecision, titles: set[int]) -> dict[int, float]:
    """Return the log-odds of the sentences below the headline that carry the class and name a place."""
    return {
        score.position: score.log_odds
        for score in decision.carrying
        if score.position in item.sentences and score.position not in titles
    }


def _is_sure(sentence: SentenceReading, place: Place) -> bool:
    """Say whether a sentence names a place without doubt."""
    return any(
        mention.strong and mention.entry is not None and mention.entry.id == place.gazetteer_id
        for mention in sentence.mentions
    )


def _tells_of_deed(sentence: SentenceReading, deeds: Collection[str]) -> bool:
    """Say whether a sentence tells a deed, or says that it adds to one: "The Khurais field was also hit"."""
    return sentence.has(*deeds) or adds_another(sentence)


def abroad(one: Place, other: Place) -> bool:
    """Say whether two places have no country in common."""
    return bool(one.country and other.country) and set((one.country or "").split("-")).isdisjoint(
        (other.country or "").split("-")
    )


def _nameless_lead(main: Candidate, decision: ClassDecision, reading: Reading) -> bool:
    """Say whether the article turns to its only named site from another happening that has no name."""
    first = min(main.sentences)
    before = [item for item in decision.carrying if item.position < first]
    return bool(before) and turns_elsewhere(reading.sentences[first])


def _segments(
    reading: Reading, items: Sequence[Candidate], lead: bool
) -> list[tuple[Candidate | None, frozenset[int]]]:
    """Give each sentence to the site that it names, or to the one named last before it."""
    parts: dict[int, set[int]] = {number: set() for number in range(-1, len(items))}
    current = -1 if lead else 0
    for sentence in reading.sentences:
        position = sentence.sentence.position
        named = [number for number, item in enumerate(items) if position in item.sentences]
        if len(named) == 1 and not sentence.sentence.title:
            current = named[0]
        for number in named or [current]:
            parts[number].add(position)
    found: list[tuple[Candidate | None, frozenset[int]]] = [(None, frozenset(parts[-1]))] if lead else []
    return [*found, *((item, frozenset(parts[number])) for number, item in enumerate(items))]


def _listed(item: Candidate, main: Candidate, decision: ClassDecision, reading: Reading) -> bool:
    """Say whether a sentence that carries the happening lists a place with the main one: "at A, B and C"."""
    if item.place.gazetteer_id is None:
        return False
    carrying = {score.position for score in decision.carrying}
    return any(
        _in_one_list(reading.sentences[position], item.place, main.place)
        for position in item.sentences
        if position in carrying and position in main.sentences
    )


def _in_one_list(sentence: SentenceReading, one: Place, other: Place) -> bool:
    sites = sentence.of_kind(one.kind)
    where = {mention.entry.id: at for at, mention in enumerate(sites) if mention.entry is not None}
    first, last = where.get(one.gazetteer_id or ""), where.get(other.gazetteer_id or "")
    if first is None or last is None:
        return False
    low, high = sorted((first, last))
    return all(_joined(sentence, sites[at], sites[at + 1]) for at in range(low, high))


def _joined(sentence: SentenceReading, left: Mention, right: Mention) -> bool:
    """Say whether nothing but "and", a comma and what belongs to a name parts two sites."""
    words, text = sentence.sentence.tokens, sentence.sentence.text
    between = [token.text for token in words[left.last + 1 : right.first]]
    comma = any(mark in text[words[left.last].end : words[right.first].start] for mark in ",،")
    conjoined = bool({"and", "et"} & set(between)) or words[right.first].text.startswith("و")
    plain = all(name in _JOINTS or name.startswith("و") for name in between)
    return (comma or conjoined) and plain and len(between) <= _BETWEEN


def _kilometres(one: Place, other: Place) -> float:
    """Return the great-circle distance between two places, infinite where one has no coordinates."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return math.inf
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    step = math.sin((a - b) / 2) ** 2
    step += math.cos(a) * math.cos(b) * math.sin(math.radians(one.longitude - other.longitude) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(step))
