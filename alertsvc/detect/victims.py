"""The dead, wounded and taken of an incident: which of the people that an article counts are its own.

An article tells of other attacks, other days and other places beside its own; their victims are left to them.
"""

from __future__ import annotations

from datetime import date

from alertsvc.detect.casualties import side_of
from alertsvc.detect.day_roles import first_word, is_of_saying
from alertsvc.detect.fold import Token, fold, tokens
from alertsvc.detect.mentions import Mention
from alertsvc.detect.openings import turns_elsewhere
from alertsvc.detect.reading import Reading, SentenceReading
from alertsvc.domain import Action, Place, PlaceKind

__all__ = ["close_to", "further_victims", "telling_of_victims"]

_TOP = 3


def close_to(
    carrying: list[SentenceReading],
    reading: Reading,
    *,
    alone: bool,
    within: frozenset[int] | None = None,
    foreign: frozenset[int] = frozenset(),
) -> list[SentenceReading]:
    """Return the sentences that may tell more of an incident: those that carry it and those next to them.

    Where it is the article's only incident (`alone`), also those on top of the article and within two sentences.
    Sentences that have moved on to other times are left out. Where the article tells of several, only those count that
    lie `within` the part that tells of this one; an incident that only shares a sentence with another has none. The
    positions in `foreign` tell of something else.
    """
    positions = {s.sentence.position for s in carrying} - foreign
    reach = 2 if alone or within is not None else 1
    sentences = tuple(s for s in reading.sentences if s.sentence.position not in foreign)
    if within is not None:
        sentences = tuple(s for s in sentences if s.sentence.position in within)
        positions &= within
    return [
        s
        for s in sentences
        if s.sentence.position in positions
        or (
            not _elsewhere(s)
            and (
                any(abs(s.sentence.position - position) <= reach for position in positions)
                or (alone and (s.sentence.position <= _TOP or s.has("CLASH")))
            )
        )
    ]


_ORDERS = frozenset(
    (
        Action.CLOSURE,
        Action.REOPENING,
        Action.SHUTDOWN,
        Action.RESUMPTION,
        Action.BLOCKADE,
        Action.MOBILISATION,
        Action.THREAT,
    )
)


_VIOLENT = ("ATTACK", "CLASH", "AIRSTRIKE")


def telling_of_victims(
    action: Action,
    carrying: list[SentenceReading],
    close: list[SentenceReading],
    place: Place,
    day: date | None = None,
) -> list[SentenceReading]:
    """Return the sentences whose victims are the incident's.

    Not those of a sentence that tells of another site alone. A closure, a stop of output or a threat often answers an
    attack that happened elsewhere: its dead count only where the violence is told of the site; what was fought over a
    border counts only in one sentence with its crossing, or right behind one that tells the violence there, while
    output stops where the fighting is.
    """
    told = {s.sentence.position for s in carrying}
    here = [s for s in close if not _of_another_site(s, place) and not _of_another_day(s, day)]
    here = [s for s in here if s.sentence.position in told or not _another_story(s, place)]
    if action not in _ORDERS:
        return [s for s in here if s.of_kind(place.kind) or not _struck_elsewhere(s, place)]
    violent = {s.sentence.position for s in carrying if s.has(*_VIOLENT) and not _struck_elsewhere(s, place)}
    # A closure of several crossings answers fighting along a whole border.
    closure = action is Action.CLOSURE
    cause = violent | {s.sentence.position for s in carrying if s.has("FORCE_WORD") and _gives_cause(s)}
    struck = {p.sentence.position for p in carrying if closure and p.sentence.position in cause and _at_one(p, place)}
    killed = {p.sentence.position for p in carrying if closure and _killed_at(p, place)}
    return [
        s
        for s in here
        if not _struck_elsewhere(s, place)
        and (
            (violent and place.kind is PlaceKind.OIL and not s.sentence.title)
            or (s.has(*_VIOLENT) and (s.of_kind(*_SITES) or s.has("CROSSING_WORD", "OIL_WORD")))
            or (_right_behind(s, struck) and not s.sentence.title and not _opens_elsewhere(s, place))
            or s.sentence.position in killed
        )
    ]


_SEVERAL = frozenset("crossings posts gates borders passages postes points معابر المعابر منافذ المنافذ".split())
_BEHIND = 3  # sentences behind one that tells of violence in which its dead are counted
_AFTER = frozenset("after following apres بعد عقب اثر".split())


def _right_behind(sentence: SentenceReading, struck: set[int]) -> bool:
    """Say whether a sentence stands behind one that was struck: the next, or a little below and counting the dead."""
    at = sentence.sentence.position
    return at - 1 in struck or (sentence.has("KILL") and any(0 < at - position <= _BEHIND for position in struck))


def _gives_cause(sentence: SentenceReading) -> bool:
    """Say whether a sentence says after what something was done: "closed, hours after gunmen raked a post"."""
    return any(token.text in _AFTER for token in sentence.sentence.tokens)


def _at_one(sentence: SentenceReading, place: Place) -> bool:
    """Say whether a sentence speaks of one site of the incident's kind: by its name, or as "the crossing"."""
    named = {mention.entry.id if mention.entry else mention.name for mention in sentence.of_kind(place.kind)}
    if named or not sentence.has("CROSSING_WORD"):
        return len(named) == 1
    return _SEVERAL.isdisjoint(token.text for token in sentence.sentence.tokens)


def _killed_at(sentence: SentenceReading, place: Place) -> bool:
    """Say whether a sentence puts deaths at the site, or gives them as the reason of its closure, and nowhere else."""
    named = sentence.has("CLOSE") or any(mention.strong for mention in sentence.of_kind(place.kind))
    told = sentence.has("KILL") and named and not sentence.sentence.title
    return told and _at_one(sentence, place) and not _struck_elsewhere(sentence, place, ("KILL",))


_SITES = (PlaceKind.CROSSING, PlaceKind.OIL)
_PLACING = frozenset("in at near on en a au aux dans".split())
_UPON = frozenset(("on", "sur"))
_OF = frozenset("of de du d".split())
_COMPASS = frozenset("north south east west nord sud est ouest".split())
_ASIDE = frozenset("also elsewhere separately ailleurs egalement".split())
_TOWNS = frozenset("مدينه بلده محافظه منطقه ولايه قريه اقليم مديريه".split())
_DEEDS = (*_VIOLENT, "BOMBING", "SHELLING", "KILL")
_PLACING_WORDS = 5  # words between violence and the place where it happened: "attack in Indian-held Kashmir"


def _of_another_site(sentence: SentenceReading, place: Place) -> bool:
    """Say whether a sentence names sites of the incident's kind, and not the incident's."""
    # A capital is named as the seat of a speaker more often than as a place: "thirteen of its men died, Pretoria said".
    if place.kind not in _SITES:
        return False
    own = {token.text for token in tokens(fold(place.name))}
    named = [mention for mention in sentence.of_kind(place.kind) if mention.strong]
    return bool(named) and not any(
        mention.entry.id == place.gazetteer_id
        if mention.entry is not None and place.gazetteer_id is not None
        else not own.isdisjoint(token.text for token in tokens(fold(mention.name)))
        for mention in named
    )


_SINCE = frozenset("since depuis until jusqu منذ حتي".split())


def _of_another_day(sentence: SentenceReading, day: date | None) -> bool:
    """Say whether a sentence tells of another day than the event's: "on 12 June six soldiers had been killed"."""
    told = [m for m in sentence.dates if m.relation == "near" and m.day is not None and m.precision == "day"]
    told = [m for m in told if not is_of_saying(m, sentence)]
    if day is None or not told or any(abs((m.day - day).days) <= 1 for m in told if m.day is not None):
        return False
    words = sentence.sentence.tokens
    return not any(words[max(0, first_word(m, sentence) - 1)].text in _SINCE for m in told)


def _struck_elsewhere(sentence: SentenceReading, place: Place, marks: tuple[str, ...] = _VIOLENT) -> bool:
    """Say whether a sentence puts its violence at a place that is not the incident's: "over an attack in Kashmir"."""
    if not sentence.has(*marks):
        return False
    words, text = sentence.sentence.tokens, sentence.sentence.text
    own = {token.text for token in tokens(fold(place.name))}
    own |= {word for m in sentence.of_kind(*_SITES) for word in _words_of(m, sentence)}
    for mark in marks:
        for _, last in sentence.marks.get(mark, ()):
            for k in range(last + 1, min(last + 1 + _PLACING_WORDS, len(words) - 1)):
                beside = words[k].text in _OF and words[k - 1].text in _COMPASS  # "north of Tikrit"
                if words[k].text not in _PLACING and not beside:
                    continue
                if words[k].text in _UPON and any(side_of(w.text) for w in words[k + 1 : k + 4]):
                    continue  # "opened fire on Pakistani troops"
                if any(
                    text[w.start].isupper() and w.text not in own and not _dated(w, sentence)
                    for w in words[k + 1 : k + 4]
                ):
                    return True
    return False


def _another_story(sentence: SentenceReading, place: Place) -> bool:
    """Say whether a sentence goes over to another happening: "Separately, a mine killed five", "In Oryol shells …"."""
    here = sentence.of_kind(place.kind) and not _of_another_site(sentence, place)
    if here or not sentence.has(*_DEEDS):
        return False
    if turns_elsewhere(sentence):
        return True
    if sentence.language != "ar":
        return _opens_elsewhere(sentence, place)
    own = {token.text for token in tokens(fold(place.name))}
    own |= {word for m in sentence.of_kind(*_SITES, place.kind) for word in _words_of(m, sentence)}
    names = [token.text for token in sentence.sentence.tokens[:3]]
    return len(names) > 2 and names[0] in ("في", "وفي") and names[1] in _TOWNS and names[2] not in own


def _dated(word: Token, sentence: SentenceReading) -> bool:
    return any(day.start <= word.start < day.end for day in sentence.dates)


def _opens_elsewhere(sentence: SentenceReading, place: Place) -> bool:
    """Say whether a sentence begins by going to another place or story: "In Oryol an explosion killed three"."""
    words, text = sentence.sentence.tokens, sentence.sentence.text
    if not words or words[0].text in _ASIDE:
        return bool(words)
    own = {token.text for token in tokens(fold(place.name))}
    own |= {word for m in sentence.of_kind(*_SITES, place.kind) for word in _words_of(m, sentence)}
    return (
        words[0].text in _PLACING
        and len(words) > 1
        and text[words[1].start].isupper()
        and words[1].text not in own
        and not _dated(words[1], sentence)
    )


def _words_of(mention: Mention, sentence: SentenceReading) -> set[str]:
    return {token.text for token in sentence.sentence.tokens[mention.first : mention.last + 1]}


def further_victims(
    action: Action, close: list[SentenceReading], reading: Reading, place: Place, day: date | None = None
) -> list[SentenceReading]:
    """Return the first sentence further down that counts the killed, for an article of one incident that has not yet.

    A toll is often told after reactions and movements. Once the article has told of another time or site, what follows
    may be of that as well, and nothing is returned.
    """
    if action in _ORDERS:
        return []
    read = {s.sentence.position for s in close}
    for sentence in reading.sentences[min(read, default=0) :]:
        if sentence.sentence.position in read:
            continue
        if _of_another_site(sentence, place) or _struck_elsewhere(sentence, place) or _opens_elsewhere(sentence, place):
            return []
        if not (_elsewhere(sentence) or _of_another_day(sentence, day)) and any(
            mention.kind == "killed" and not mention.year_span and mention.count.low > 1
            for mention in sentence.casualties
        ):
            return [sentence]
    return []


def _elsewhere(sentence: SentenceReading) -> bool:
    """Say whether a neighbouring sentence has moved on to other times."""
    return sentence.has("PAST_YEARS") or any(mention.relation == "past" for mention in sentence.dates)
