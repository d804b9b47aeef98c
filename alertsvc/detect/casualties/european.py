"""Reading an English or French sentence: noun phrases, their verbs, enumerations and tolls."""

from __future__ import annotations

from alertsvc.detect.casualties.attachment import attach
from alertsvc.detect.casualties.mention import Kind, Part
from alertsvc.detect.casualties.noun_phrases import noun_phrase, singles
from alertsvc.detect.casualties.passage import HARD, EuropeanPassage

__all__ = ["european"]

_AND = frozenset(("and", "et"))
_LISTING = frozenset("also another of de the tribal armed local a au aux".split())
_COMPLEMENT = frozenset("of de du d des".split())  # "the chief of police, his son and a driver"
_AMONG = frozenset("among in on from parmi dans chez cote du".split())
_WITH = (("along", "with"), ("together", "with"), ("as", "well", "as"), ("ainsi", "que"))
_STANDS = frozenset("stand stands stood reached reach rose risen climbed hit hits numbered".split())
_TOLLS = frozenset("toll bilan number nombre".split())
_LOSSES = frozenset("losses pertes".split())
_PUT = _LOSSES | frozenset("dead deaths fatalities morts tues".split())
_PUTTING = frozenset("put puts putting estimated estimates chiffre chiffrent estime estiment evalue evaluent".split())
_MONEY = frozenset("million millions billion billions milliard milliards".split())
_TOLL_REACH = 18  # tokens from "the number of people killed in …" to the number
_OTHER_TOLL = frozenset("earlier previous initial injury".split())
_NO_TOLL = frozenset("booth road plaza station gate free precedent".split())


def european(passage: EuropeanPassage) -> list[Part]:
    """Return the people counted in a sentence of English or French, with what befell them."""
    parts = [part for number in passage.numbers if (part := noun_phrase(passage, number)) is not None]
    taken = {at for number in passage.numbers for at in range(number.first, number.last + 1)}
    parts += singles(passage, taken)
    parts.sort(key=lambda part: part.first)
    parts = [attach(passage, part) for part in parts]
    _spread(passage, parts)
    return [part for part in parts if part.kind is not None] + _tolls(passage, parts)


def _spread(passage: EuropeanPassage, parts: list[Part]) -> None:
    """Hand the verb on within an enumeration: "killed two soldiers and three civilians"."""
    for i in range(1, len(parts)):
        before, part = parts[i - 1], parts[i]
        if part.kind is None and before.role == "object" and _adjoining(passage, before, part):
            if part.head < 0 and not _plainly_listed(passage, before, part):
                continue
            single = part.first not in passage.starting
            listed = not _AND.isdisjoint(passage.names[before.last + 1 : part.first])
            if single and not listed and not _goes_on(passage, parts, i):
                continue  # "killed five workers, an official said"
            parts[i] = part._replace(kind=before.kind, role="object", anchor=before.anchor)
        elif (part.kind is None and before.kind is not None) and (
            _along_with(passage, before, part) or _of_other_side(passage, before, part)
        ):
            parts[i] = part._replace(kind=before.kind, role=before.role, anchor=before.anchor)
    for i in range(len(parts) - 2, -1, -1):
        part, behind = parts[i], parts[i + 1]
        enumerated = behind.role == "subject" and behind.kind and _adjoining(passage, part, behind)
        if part.kind is None and enumerated:
            placed = passage.name(part.first - 1) in passage.grammar.prepositions
            if part.head >= 0 and not behind.bare and not placed:
                parts[i] = part._replace(kind=behind.kind, role="subject", anchor=behind.anchor)


def _goes_on(passage: EuropeanPassage, parts: list[Part], i: int) -> bool:
    """Tell whether the part behind part `i` ends a list with "and": "the chief, his son and his driver"."""
    if i + 1 >= len(parts) or not _adjoining(passage, parts[i], parts[i + 1]):
        return False
    return not _AND.isdisjoint(passage.names[parts[i].last + 1 : parts[i + 1].first])


def _plainly_listed(passage: EuropeanPassage, before: Part, part: Part) -> bool:
    """Tell whether nothing but "and" or a comma parts two counts, the second of a noun that is not known."""
    between = passage.names[before.last + 1 : part.first]
    return not part.bare and all(name in _AND or name in passage.grammar.possessive for name in between)


def _of_other_side(passage: EuropeanPassage, before: Part, part: Part) -> bool:
    """Tell whether a bare number counts the same of another side: "seven dead among the guards and eleven among …"."""
    names = passage.names
    between = names[max(before.last, before.anchor) + 1 : part.first]
    if not part.bare or part.head >= 0 or len(between) > 7 or between[-1:] not in (["and"], ["et"]):
        return False
    if any(passage.broken(k, comma=False) for k in range(before.last, part.first)):
        return False
    behind = names[part.core_last + 1 : part.core_last + 6]
    return bool(between) and between[0] in _AMONG and behind[:1] != [] and behind[0] in _AMONG


def _along_with(passage: EuropeanPassage, before: Part, part: Part) -> bool:
    """Tell whether a part is named as going with the one before: "was killed along with two guards"."""
    names = passage.names
    joined = range(before.last, part.first)
    if any(passage.broken(k, comma=False) for k in joined) or sum("," in passage.gap(k) for k in joined) > 1:
        return False
    if part.first - before.last > 7:
        return False
    return any(tuple(names[part.first - len(joint) : part.first]) == joint for joint in _WITH)


def _adjoining(passage: EuropeanPassage, left: Part, right: Part) -> bool:
    """Tell whether only "and" or a comma parts the two, with no more than two words that belong to a noun."""
    between = passage.names[left.last + 1 : right.first]
    if between[:1] and between[0] in _COMPLEMENT:
        between = between[2:]
    if len(between) > 5 or any(passage.broken(k, comma=False) for k in range(left.last, right.first)):
        return False
    others = [name for name in between if name not in _AND]
    listed = "," in passage.text[passage.words[left.last].end : passage.words[right.first].start]
    if len(others) > 2 or not (listed or len(others) < len(between)):
        return False
    return all(
        name in _LISTING or not (name in passage.anchors or passage.ends_noun(name) or name in passage.grammar.passive)
        for name in others
    )


def _tolls(passage: EuropeanPassage, parts: list[Part]) -> list[Part]:
    """Read "the death toll rose to 12", "le bilan est passé à 12", "the number of dead reached 5"."""
    told = {part.first for part in parts if part.kind}
    found = []
    for at, name in enumerate(passage.names):
        kind = _toll_kind(passage, at) if name in _TOLLS else None
        if name in _PUT and not _PUTTING.isdisjoint(passage.names[max(0, at - 3) : at]):
            part = _put(passage, at, told)
            found += [part] if part is not None else []
            continue
        if name in ("deaths", "fatalities") and not _STANDS.isdisjoint(passage.names[at + 1 : at + 4]):
            kind = "killed"
        part = None if kind is None else _toll(passage, at, kind, told)
        if part is not None:
            found.append(part)
    return found


def _put(passage: EuropeanPassage, at: int, told: set[int]) -> Part | None:
    """Read "put the dead at seven", "puts its losses at six", "chiffre ses pertes à six hommes"."""
    number = passage.starting.get(at + 2)
    if passage.name(at + 1) not in ("at", "a") or number is None or number.first in told or number.year_like:
        return None
    after = number.last + 1
    if passage.name(after) in passage.grammar.things or passage.name(after) in _MONEY:
        return None
    head = after if passage.is_person(after) else -1
    role = "object" if passage.names[at] in _LOSSES else "toll"
    return Part(
        number.low, number.high, number.first, number.last, head, max(number.last, head), True, "killed", role, at
    )


def _toll_kind(passage: EuropeanPassage, at: int) -> Kind | None:
    """Return whose toll the word at token `at` announces, None where it announces none."""
    name, previous, following = passage.names[at], passage.name(at - 1), passage.name(at + 1)
    if name in ("toll", "bilan"):
        return None if previous in _OTHER_TOLL or following in _NO_TOLL else "killed"
    if following not in ("of", "de", "des"):
        return None
    return next((passage.anchors[n].kind for n in passage.names[at + 2 : at + 5] if n in passage.anchors), None)


def _toll(passage: EuropeanPassage, at: int, kind: Kind, told: set[int]) -> Part | None:
    """Read the number of the toll that is announced at token `at`, unless it begins a part that is `told` already."""
    for number in passage.numbers_in(at + 1, at + _TOLL_REACH):
        if number.year_like:
            continue
        gaps = [passage.gap(k) for k in range(at, number.first - 1)]
        if any(":" not in gap and not HARD.isdisjoint(gap) for gap in gaps):
            return None
        before, after = passage.name(number.first - 1), passage.name(number.last + 1)
        if before in ("from", "de") and after in ("to", "a") and number.last + 2 in passage.starting:
            continue
        if after in passage.grammar.things or number.first in told:
            return None
        nearby = passage.anchors.get(passage.name(number.last + 2))
        if nearby is not None and nearby.kind != kind:
            return None
        if before in ("on", "le", "in", "en"):
            continue
        head = number.last + 1 if passage.is_person(number.last + 1) else -1
        last = max(number.last, head)
        return Part(number.low, number.high, number.first, number.last, head, last, True, kind, "toll", at)
    return None
