"""What befell the people of a noun phrase: the verb or adjective that is said of them, in English and French."""

from __future__ import annotations

from alertsvc.detect.casualties.anchors import Anchor
from alertsvc.detect.casualties.mention import Kind, Part
from alertsvc.detect.casualties.passage import EuropeanPassage

__all__ = ["anchor_before", "attach"]

_JOINS = frozenset("and or et ou".split())
_NO = frozenset("no not aucun sans ni pas nor without".split())
_BETWEEN = frozenset("of de d a dead les des him her".split())
_ACTS = frozenset("capture arrest abduction injury detention".split())  # nouns and verbs in English
_SELVES = frozenset("himself herself themselves".split())
_LOSS = frozenset("loss perte pertes".split())
_LIFE = frozenset("mort vie".split())
_FALLEN = frozenset("embuscade combat combats feu balles tirs attaque assaut martyr martyrs".split())
_SAID = frozenset("said says told confirmed reported declare dit affirme".split())
_CLAIMED = frozenset("claimed claiming cost costing took claims".split())


def attach(passage: EuropeanPassage, part: Part) -> Part:
    """Find the verb or adjective that says what befell the people of `part`."""
    names, grammar = passage.names, passage.grammar
    anchor = anchor_before(passage, part.first)
    if anchor is not None and _fits(passage, part, passage.anchors[names[anchor]]):
        joint = _joint_before(passage, anchor)
        follow = passage.anchors.get(passage.name(part.last + 1))
        if follow is None or follow.role != "N" or passage.broken(part.last):
            return part._replace(kind=passage.anchors[names[anchor]].kind, role="object", anchor=anchor, joint=joint)
    negated = passage.name(part.first - 1) in _NO
    preposition = passage.name(part.first - 1) in grammar.prepositions
    passive = have = far = False
    at, skipped = part.core_last + 1, False
    while at < min(len(names), part.last + 14):
        if passage.broken(at - 1):
            behind = None if skipped or at <= part.last else _behind_insertion(passage, at)
            if behind is None:
                return part
            at, skipped, far = behind, True, True
            part = part._replace(inserted=True)
        name = names[at]
        if name == "de" and passage.name(at + 2) == "ans":  # "le grutier de 41 ans"
            at += 3
            continue
        found = passage.anchors.get(name)
        if found is not None and found.role in "LD" and not _life(passage, at):
            found = None  # "eight people lost their lives"
        if found is not None and at > part.last - (0 if part.head >= 0 else 9):
            refused = negated or (preposition and at != part.core_last + 1)
            return part if refused else _decided(passage, part, at, found, passive, have, far)
        if name in grammar.doubts and at > part.last:
            return part
        if name in grammar.passive:
            passive = True
        elif name in grammar.have and at > part.core_last + 1:
            have = True
        elif at > part.last:
            filler = name in grammar.fillers
            expected = filler or name.endswith(("ly", "ment")) or not (passive or have)
            if at in passage.starting or name in grammar.stops or not expected:
                return part
            if name in grammar.determiners and names[at - 1] in _SAID:
                return part  # "a soldier said the guard was killed"
            far = far or not filler
        at += 1
    return part


def anchor_before(passage: EuropeanPassage, first: int) -> int | None:
    """Return the anchor whose object begins at token `first`: "killed [at least] 3"."""
    grammar = passage.grammar
    at = first - 1
    for _ in range(4):
        if at < 0 or passage.broken(at):
            return None
        name = passage.names[at]
        anchor = passage.anchors.get(name)
        if anchor is not None:
            break
        if name == "and" and passage.name(at - 1) in _SELVES:  # "killed himself and six guards"
            at -= 2
            continue
        if name not in _BETWEEN and name not in grammar.fillers and name not in grammar.possessive:
            return None
        at -= 1
    else:
        return None
    linked = passage.name(at + 1) in ("of", "de", "d")
    if name == "lives" or (name == "dead" and passage.name(at - 1) == "shot"):
        return at
    if name in ("deaths", "death", "mort", "deces"):
        return at if linked and passage.name(at - 1) not in ("un", "deux") else None
    if name == "vie":
        return at if passage.name(at + 1) == "a" and passage.name(at - 2).startswith("cout") else None
    if anchor.role in "DB":  # "the loss of 13 airmen", but not of a bridge
        return at if linked and (name not in _LOSS or passage.is_person(_noun_behind(passage, first))) else None
    if anchor.role not in "PAL":
        return None
    if passage.language == "en" and (anchor.role == "P" if linked else name in _ACTS):
        return None
    left = passage.name(at - 1)
    if left in grammar.passive or left in grammar.doubts:
        return None
    if left in ("have", "has") and passage.name(at - 2) in ("may", "might", "could"):
        return None
    return at


def _noun_behind(passage: EuropeanPassage, first: int) -> int:
    number = passage.starting.get(first)
    at = first + 1 if number is None else number.last + 1
    if passage.name(at) in ("of", "de", "d") and passage.name(at + 1) in passage.grammar.possessive:
        return at + 2  # "the loss of six of its men"
    return at


def _behind_insertion(passage: EuropeanPassage, at: int) -> int | None:
    """Return the token behind the comma that ends an insertion begun at `at`, if a verb follows there."""
    grammar = passage.grammar
    if "," not in passage.gap(at - 1):
        return None
    for k in range(at, min(at + 14, len(passage.words) - 1)):
        if not passage.broken(k, comma=False) and "," in passage.gap(k):
            name = passage.names[k + 1]
            if name in grammar.passive or name in grammar.have:
                return k + 1
    return None


def _decided(
    passage: EuropeanPassage, part: Part, at: int, anchor: Anchor, passive: bool, have: bool, far: bool
) -> Part:
    """Decide whether the anchor at token `at`, behind the people of `part`, is said of them.

    `passive`, `have` and `far` tell that a form of "be", a form of "have", and other words stand between.
    """
    names, grammar = passage.names, passage.grammar
    name, left = names[at], passage.name(at - 1)
    if anchor.role == "A" or left in grammar.doubts or not _fits(passage, part, anchor):
        return part
    taken = part._replace(kind=anchor.kind, role="subject", anchor=at, joint=_joint_behind(passage, at))
    if anchor.role == "N":
        if name == "lives" and _CLAIMED.isdisjoint(names[max(0, part.first - 3) : part.first]):
            lost = "lost" in names[max(part.core_last, at - 3) : at] or "losing" in names[at - 2 : at]
            return taken if lost else part
        if (
            name in ("missing", "dead")
            and passage.anchors.get(passage.name(at + 1)) is None
            and passage.is_person(at + 1)
        ):
            return taken._replace(head=at + 1, last=at + 1)
        if name in ("mort", "morts") and left in ("la", "le"):
            return part
        return taken if passive or have or not far or (at - part.last) <= 2 else part
    if anchor.role == "I":
        if name.startswith(("trouv", "laiss")):
            return taken._replace(anchor=at + 2) if _life(passage, at) else part
        if name.startswith("tomb"):
            fallen = part.head >= 0 and not _FALLEN.isdisjoint(names[at + 1 : at + 5])
            return taken if fallen else part
        return taken
    if anchor.role == "L":
        return taken._replace(anchor=at + 2)
    if anchor.role == "B":
        return taken if at - part.core_last <= 2 else part
    if passive:
        return taken
    if have:
        return part
    if at == part.core_last + 1 and passage.is_person(at + 1) and not passage.broken(at):
        return taken._replace(head=at + 1, last=at + 1)  # "seven wounded soldiers"
    after = at + 1
    if not passage.broken(at) and (
        after in passage.starting
        or passage.name(after) in grammar.determiners
        or passage.is_person(after)
        or passage.name(after) in ("him", "them", "himself", "herself", "themselves", "les", "des")
    ):
        return part  # its subject kills
    if far and at - part.last > 6:
        return part
    return taken


def _life(passage: EuropeanPassage, at: int) -> bool:
    """Tell whether "la vie" or "la mort" stands behind the verb at token `at`: "ont perdu la vie"."""
    return passage.name(at + 1) in ("la", "leur") and passage.name(at + 2) in _LIFE


def _fits(passage: EuropeanPassage, part: Part, anchor: Anchor) -> bool:
    """Whole villages and weapons are captured and lost too: those verbs need people, or a number alone.

    Bodies are counted where somebody finds them; there are other bodies.
    """
    if anchor.role == "B" and not part.bare and part.head < 0:
        return False
    if anchor.role == "B":
        return any(name.startswith(passage.grammar.found) for name in passage.names)
    if anchor.role == "L":
        return part.head >= 0
    return anchor.kind not in ("captured", "missing") or part.head >= 0 or part.bare


def _joint_before(passage: EuropeanPassage, at: int) -> Kind | None:
    """Return the other kind of "killed and wounded 20", whose number counts both."""
    if passage.name(at - 1) in _JOINS and not passage.broken(at - 1):
        other = passage.anchors.get(passage.name(at - 2))
        if other is not None and other.kind != passage.anchors[passage.names[at]].kind and other.role in "PA":
            return other.kind
    return None


def _joint_behind(passage: EuropeanPassage, at: int) -> Kind | None:
    if passage.name(at + 1) in _JOINS and not passage.broken(at):
        other = passage.anchors.get(passage.name(at + 2))
        behind = at + 3
        if other is not None and other.kind != passage.anchors[passage.names[at]].kind and other.role in "PN":
            follows = behind in passage.starting or passage.name(behind) in passage.grammar.determiners
            return None if follows and not passage.broken(behind - 1) else other.kind
    return None
