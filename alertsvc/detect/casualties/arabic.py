"""Reading an Arabic sentence, verb first: number, dual or single person behind it; and counted nouns."""

from __future__ import annotations

from alertsvc.detect.casualties.anchors import Anchor
from alertsvc.detect.casualties.arabic_words import (
    BARRIERS,
    FOUND,
    KIN,
    KIN_MANY,
    NEGATIONS,
    ONE,
    PARENTS,
    PEOPLE,
    SOUND,
    THINGS,
    TWO,
)
from alertsvc.detect.casualties.groups import side_of
from alertsvc.detect.casualties.mention import Kind, Part
from alertsvc.detect.casualties.passage import HARD, SUBSET, CasualtyPassage
from alertsvc.detect.numerals import Number

__all__ = ["arabic"]

_LISTED = 40  # tokens, beyond which an enumeration is not followed
_COUNTED = ONE | TWO | SOUND
# The ends of verbs whose people stand before them, or are known.
_SUBJECT_FIRST = ("وا", "قتلا", "قتلتا", "لقيا", "استشهدا", "توفيا", "اصيبا", "جرحا", "اسرا", "خطفا", "اختطفا")
_REACH = 8  # tokens between a verb and the noun that makes it one of dying: "took … the lives of"
_OTHERS: dict[str, tuple[int, int | None]] = {"اخر": (1, 1), "اخري": (1, 1), "اخرين": (2, None), "اخرون": (2, None)}


def arabic(passage: CasualtyPassage) -> list[Part]:
    """Return the people counted in a sentence of Arabic, with what befell them."""
    found: list[Part] = []
    used: set[int] = set()
    for at, name in enumerate(passage.names):
        anchor = passage.anchors.get(name)
        if anchor is None or _refused(passage, at):
            continue
        part = (_counted if anchor.role in "NB" else _people_behind)(passage, at, anchor, used)
        while part is not None:
            used.update(range(part.first, part.last + 1))
            found.append(part)
            part = _next_listed(passage, part, used) if len(used) < _LISTED else None
    return found


def _refused(passage: CasualtyPassage, at: int) -> bool:
    """Tell whether the word is negated, or is a false friend."""
    for step in (1, 2, 3):
        if passage.broken(at - step):
            break
        name = passage.name(at - step)
        if (name[1:] if name[:1] in "وف" and len(name) > 2 else name) in NEGATIONS:
            return not (name == "لا" and passage.name(at - step + 1) in ("يقل", "يزيد", "تقل"))
    name = passage.names[at]
    if name.endswith(("لقي", "لقيت")):
        return not any(n.startswith(("مصرع", "حتف")) for n in passage.names[at + 1 : at + 8])
    if name.endswith(("بحياه", "ارواح")):
        return not any(part in n for n in passage.names[max(0, at - _REACH) : at] for part in ("اود", "حصد", "ازهق"))
    if name.endswith(("فقد", "فقدت")):
        return not any(n.startswith("حيات") for n in passage.names[at + 1 : at + _REACH])
    if name.endswith(("قضي", "قضت")):
        direct = at + 1 in passage.starting or _people_named(passage, at + 1) is not None
        return not direct and "علي" not in passage.names[at + 1 : at + 4]
    if passage.anchors[name].role == "B":
        return not any((n[1:] if n[:1] in "وف" else n).startswith(FOUND) for n in passage.names)
    if name.endswith(("ضحيته", "ضحيتها", "ضحيه")):
        return not any(n.endswith(("راح", "ذهب", "راحت", "وراح", "سقط")) for n in passage.names[max(0, at - 2) : at])
    return False


def _people_named(passage: CasualtyPassage, at: int) -> tuple[int, int | None] | None:
    """Return how many people the noun at `at` names by itself: a dual, a singular, or a sound plural or dual."""
    name = passage.name(at)
    bare = name[1:] if name[:1] in "وف" and name[1:] in _COUNTED else name
    if bare.startswith("ال") and bare[2:] in ONE:
        return (1, 1)
    if bare in TWO:
        return (2, 2)
    if bare in SOUND:
        return (2, None)
    kin = name[1:] if name[:1] in "وف" else name
    if kin in KIN:
        return (KIN[kin], KIN[kin])
    return (1, 1) if bare in ONE else None


def _numbered(
    passage: CasualtyPassage, number: Number, kind: Kind, anchor: int, joint: Kind | None = None
) -> Part | None:
    """Build the part of a number in Arabic unless the noun behind it is no person."""
    if passage.name(number.first - 1) in SUBSET:
        return None
    at = number.last + 1
    head = -1
    for k in range(at, min(at + 4, len(passage.names))):
        name = passage.names[k]
        if passage.broken(k - 1):
            break
        if k == at and (name in THINGS or (name.startswith("ال") and name[2:] in THINGS)):
            return None
        if name in PEOPLE:
            head = k
            break
        if name in passage.anchors or k in passage.starting or name not in ("من", "علي", "الاقل"):
            break
    if number.year_like and head < 0:
        return None
    unknown = head < 0 and at < len(passage.names) and not passage.broken(number.last)
    known = passage.name(at) in passage.anchors or passage.name(at) in ("من", "في", "علي")
    if kind in ("captured", "missing") and unknown and not known:
        return None  # villages and posts are captured too
    if head < 0 and passage.anchors[passage.names[anchor]].role == "L":
        return None  # ships are lost and burn too
    last = max(number.last, head)
    return Part(number.low, number.high, number.first, number.last, head, last, head < 0, kind, "object", anchor, joint)


def _people_behind(passage: CasualtyPassage, at: int, anchor: Anchor, used: set[int]) -> Part | None:
    """Read what stands behind a verb: a number, a single person or two, "one of the soldiers"."""
    names = passage.names
    joint = None
    begin = at + 1
    other = passage.anchors.get(passage.name(begin))
    plural = names[at].endswith(_SUBJECT_FIRST) and len(names[at]) > 3
    both = other is not None and names[begin][:1] == "و" and other.kind != anchor.kind and other.role == anchor.role
    if other is not None and both and not plural and not passage.ending.keys() & {at - 1, at - 2}:
        joint, begin = other.kind, begin + 1  # "the killing and wounding of 10"
    if plural and not (begin in passage.starting and names[begin][:1] != "و"):
        before = _before_verb(
            passage, at, at, anchor, used
        )  # its people stand before it: "three guards were killed and"
        if before is not None or passage.name(begin)[:1] == "و":
            return before
    if passage.name(begin) in ("احدهم", "احدهما", "احداهن") and begin not in passage.starting:
        return Part(1, 1, begin, begin, -1, begin, True, anchor.kind, "object", at, joint)
    if passage.name(begin) in ("احد", "احدي") and begin not in passage.starting:
        if begin + 1 >= len(names):
            return None  # "anyone"
        return Part(1, 1, begin, begin, begin + 1, begin + 1, False, anchor.kind, "object", at, joint)
    if passage.name(begin) == "في":  # "in the two raids 7 were wounded"
        behind = next((k for k in (begin + 2, begin + 3) if k in passage.starting), begin)
        begin = begin if any(passage.broken(k - 1) for k in range(begin, behind + 1)) else behind
    for k in range(begin, min(begin + 6, len(names))):
        if k in used or (k > begin and passage.broken(k - 1)) or (passage.broken(at) and k == begin):
            break
        if k in passage.starting:
            return _numbered(passage, passage.starting[k], anchor.kind, at, joint)
        if names[k] in passage.anchors and not (passage.anchors[names[k]].role == "N" and _people_named(passage, k)):
            break
        single = _people_named(passage, k)
        if k == begin:
            single = _OTHERS.get(names[k], single)
            if single is None and names[k] in PARENTS:
                single = (2, 2) if names[k].endswith(("ان", "ين")) else (1, 1)
        if single is not None and not (k > begin + 1 and names[k].startswith(("ال", "وال"))):
            number = _object_behind(passage, k)
            if number is not None:
                return _numbered(passage, number, anchor.kind, at, joint)
            return Part(*single, k, k, k, k, False, anchor.kind, "object", at, joint)
        if names[k] in BARRIERS and not (names[k] == "علي" and ("القبض" in names[at] or "قض" in names[at])):
            break
    return None


def _object_behind(passage: CasualtyPassage, subject: int) -> Number | None:
    """Return the number behind the person at token `subject`: "a gunman killed three soldiers"."""
    for at in (subject + 1, subject + 2):
        if passage.name(at)[:1] in "وف":  # or the end
            return None
        if at in passage.starting and not passage.broken(at - 1) and passage.name(subject + 1) not in passage.anchors:
            return passage.starting[at]
    return None


def _before_verb(passage: CasualtyPassage, verb: int, at: int, anchor: Anchor, used: set[int]) -> Part | None:
    """Read the number before a verb in the plural, where the anchor is at `at`: "17 of the men were killed"."""
    for k in range(verb - 1, verb - 10, -1):
        number = passage.starting.get(k)
        if number is not None and k not in used:
            parted = any(passage.broken(left) for left in range(number.last, verb))
            return None if parted else _numbered(passage, number, anchor.kind, at)
    return None


def _counted(passage: CasualtyPassage, at: int, anchor: Anchor, used: set[int]) -> Part | None:
    """Read the number of a counted noun: "5 killed", "two wounded" as a dual, "number of dead is 15"."""
    names = passage.names
    joint = None
    if "بين" in names[max(0, at - 2) : at]:
        return None  # "five soldiers fell, dead or wounded"
    if passage.name(at - 1) in ("سقطوا", "وقعوا"):  # "nineteen fighters fell dead"
        return _before_verb(passage, at - 1, at, anchor, used)
    if anchor.role == "B" and at + 1 in passage.starting and not passage.broken(at):
        return _numbered(passage, passage.starting[at + 1], anchor.kind, at)  # "the bodies of five of its men"
    other = passage.anchors.get(passage.name(at + 1))
    for back in (1, 2):
        number = passage.ending.get(at - back)
        if number is not None and not any(passage.broken(k) for k in range(at - back, at)):
            if number.first in used:
                return None
            if other is not None and other.role == "N" and names[at + 1][:1] == "و" and not other.number:
                joint = other.kind
            if passage.name(number.first - 1) in SUBSET:
                return None
            if back == 2 and (number.year_like or names[at - 1] in THINGS or names[at - 1] in passage.anchors):
                return None
            return Part(
                number.low, number.high, number.first, number.last, -1, at, True, anchor.kind, "object", at, joint
            )
    if any("عدد" in name or "حصيل" in name for name in names[max(0, at - 2) : at]):
        for number in passage.numbers_in(at + 1, at + 8):
            if number.first in used:
                continue
            if any(not HARD.isdisjoint(passage.gap(k)) for k in range(at, number.first - 1)):
                return None
            if passage.name(number.first - 1) in ("من", "عن") and passage.name(number.last + 1) == "الي":
                continue
            return _numbered(passage, number, anchor.kind, at)
        return None
    following = passage.starting.get(at + 1)
    if following is not None and names[at].startswith("ال") and names[following.core].startswith("ال"):
        return _numbered(passage, following, anchor.kind, at)
    bare = names[at].startswith(("ال", "وال", "بال", "لل"))
    if anchor.number and not bare and not any(n.startswith("ال") and n[2:] in ONE for n in names[at - 1 : at]):
        return Part(anchor.number, anchor.number, at, at, -1, at, True, anchor.kind, "object", at)
    return None


def _next_listed(passage: CasualtyPassage, part: Part, used: set[int]) -> Part | None:
    """Go on in an enumeration: "a commander and 3 soldiers"."""
    if part.kind is None:
        return None
    for k in range(part.last + 1, min(part.last + 5, len(passage.names))):
        name = passage.names[k]
        if name == "من" and side_of(passage.name(k + 1)) and HARD.isdisjoint(passage.gap(k - 1)):
            continue  # "three dead of the army and seven of the rebels"
        if not HARD.isdisjoint(passage.gap(k - 1)) or name in passage.anchors or name in BARRIERS or k in used:
            return None
        if name[:1] != "و":
            continue
        number = passage.starting.get(k)
        counted = part.head >= 0 and part.head != part.first and passage.names[part.head] in ONE
        found = None
        if number is not None:
            found = _numbered(passage, number, part.kind, part.anchor)
        elif name[1:] in KIN_MANY:
            told = passage.starting.get(k + 1)
            low, high, last = (2, None, k) if told is None else (told.low, told.high, told.last)
            found = Part(low, high, k, k, k, last, False, part.kind, "object", part.anchor)
        elif not counted and (single := _people_named(passage, k)):
            found = Part(*single, k, k, k, k, False, part.kind, "object", part.anchor)
        of = found is not None and passage.name(found.last + 1) == "من" and side_of(passage.name(found.last + 2))
        if found is None or (found.head < 0 and not of) or passage.name(found.last + 1) in passage.anchors:
            return None
        return found
    return None
