"""Whether two names are spellings of one place's.

Three things tell: the words that are left without those that only say what kind of place it is, the numbers, and the
sound. Sounds are compared by consonants, so that Arabic, French and English spellings of one name meet: "Ouazen",
"Wazin" and "وازن" are one. Names that each say another kind ("the terminal", "the refinery") are two. A crossing is
also called after its two sides or after either: "Gallabat-Metema" and "Metema".

The words and sounds are ours; how many names they join and part is measured on the gazetteer by
`python -m benchmarks.names`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import zip_longest

from alertsvc.track.words import words

__all__ = ["core", "name_ends", "names_alike", "side_names", "sides_alike", "sound"]

_ALIKE = 0.85  # ratio of difflib from which two spellings are one name
_SOUNDING = 0.6  # the same in one script, where the consonants are the same
_FEWEST = 3  # consonants by which a name is known, in two scripts by nothing else
_LONGEST = 100  # characters of a name that are compared: the comparison is quadratic, and names come from texts
_ENDS = 2  # consonants

# Words that say what a place is and not which one it is, by the kind that they say; kinds of "" exclude none.
_KINDS = {
    "field": "field fields oilfield oilfields gasfield gasfields champ champs حقل حقول",
    "refinery": "refinery refineries raffinerie raffineries مصفاة مصفي مصافي",
    "port": "port ports terminal terminals export terminaux ميناء موانئ مرفأ",
    "pipeline": "pipeline pipelines oleoduc oleoducs gazoduc gazoducs خط خطوط أنبوب أنابيب",
    "depot": "depot depots storage tank tanks مستودع مستودعات خزان خزانات",
    "plant": "plant plants معمل",
    "": """
        a al an and as at el in near of on the border checkpoint area complex crossing crossings customs facilities
        facility frontier fuel gas gate land oil point post posts site sites station stations
        au aux d de des du et l la le les frontalier frontaliere frontaliers frontiere gaz gazier gaziere passage
        petrole petrolier petroliere petroliers poste postes gisement gisements
        معبر المعبر منفذ حدودي الحدودي الحدود بوابة نفط نفطي النفطي النفط غاز الغاز الغازي محطة منشأة جسر مركز نقطة
    """,
}
_KIND_OF = {word: kind for kind, listed in _KINDS.items() for word in words(listed)}
_ARTICLES = frozenset(words("ad al an ar as ash at az ed el en er es ez"))
_ARABIC_ARTICLE = "ال"
_SIDES = re.compile(r"\s*[-–—/&]\s*|\s+and\s+|\s+et\s+|\s+و\s*")
_SHORTEST_SIDE = 4  # letters of one side's name

# Spellings of one sound, the longest first. Voiced and unvoiced sounds that transliteration mixes up are one.
_SOUNDS = (
    ("tch", "C"), ("tsh", "C"), ("sch", "C"), ("sh", "C"), ("ch", "C"), ("kh", "K"), ("gh", "G"), ("dj", "G"),
    ("dh", "D"), ("th", "T"), ("ph", "F"), ("تش", "C"),
)  # fmt: skip
_LETTERS = str.maketrans(
    dict(zip("bpfvtdjgkcqszrlmnhx", "BBFFTDGGKKKSSRLMNHK", strict=True))
    | dict(zip("بپفڤتثطدذضظجچغگقكکخسصزژشحهرلمن", "BBFFTTTDDDDGCGGKKKKSSSSCHHRLMN", strict=True))
    | dict.fromkeys("aeiouywاأإآءىئؤعوي\u06ccة", None)
)
_INITIAL_W = re.compile(r"^(?:w|ou(?=[aeiy])|و)")
_DOUBLED = re.compile(r"([^\W\daeiou])\1+")


@lru_cache(maxsize=8192)
def core(name: str) -> tuple[str, ...]:
    """Return the words of a name that tell which place it is."""
    found = words(name)
    return tuple(
        word
        for word, following in zip_longest(found, found[1:], fillvalue="")
        if word not in _KIND_OF and not (word in _ARTICLES and following[:1] == word[-1:])
    )


@lru_cache(maxsize=8192)
def _kinds(name: str) -> frozenset[str]:
    return frozenset(_KIND_OF.get(word, "") for word in words(name)) - {""}


@lru_cache(maxsize=8192)
def sound(name: str) -> str:
    """Return the consonants of what tells a name, spelt alike in Latin and Arabic script."""
    return "".join(_sound(word) for word in core(name))[:_LONGEST]


def _sound(word: str) -> str:
    if word.startswith(_ARABIC_ARTICLE) and len(word) > len(_ARABIC_ARTICLE) + 2:
        word = word.removeprefix(_ARABIC_ARTICLE)
    # "h" at the end of a word stands for a vowel, or is not written.
    word = _INITIAL_W.sub("W", word.removesuffix("h").removesuffix("ه").removesuffix("ح"))
    word = _DOUBLED.sub(r"\1", word)
    for spelt, letter in _SOUNDS:
        word = word.replace(spelt, letter)
    return word.translate(_LETTERS)


@lru_cache(maxsize=8192)
def name_ends(name: str) -> frozenset[str]:
    """Return the first and the last sounds of a name and of its sides: names that are alike have one in common."""
    return frozenset(end for one in (name, *side_names(name)) for end in _ends(one))


def _ends(name: str) -> Iterator[str]:
    heard = sound(name) or "".join(core(name))[:_LONGEST]
    if heard:
        yield f"{heard[:_ENDS]}.."
        yield f"..{heard[-_ENDS:]}"


@lru_cache(maxsize=8192)
def side_names(name: str) -> tuple[str, ...]:
    """Return the names of a crossing's two sides, where its name is made of both."""
    sides = [side for side in _SIDES.split(name[:_LONGEST]) if core(side)]
    whole = len(sides) == 2 and all(len("".join(core(side))) >= _SHORTEST_SIDE for side in sides)
    return tuple(sides) if whole else ()


def sides_alike(a: str, b: str) -> bool:
    """Say whether two names are those of one crossing, whole or called after one of its sides."""
    return any(names_alike(one, other) for one in (a, *side_names(a)) for other in (b, *side_names(b)))


@lru_cache(maxsize=16384)
def names_alike(a: str, b: str) -> bool:
    """Say whether two names are spellings of one.

    Words that only tell the kind of place do not count unless they exclude each other, numbers must be the same ("Gate
    27" is not "Gate 37"), and a name of nothing but such words is like no other.
    """
    left, right = core(a), core(b)
    if not left or not right:
        return False
    if [word for word in left if word.isdecimal()] != [word for word in right if word.isdecimal()]:
        return False
    if _kinds(a) and _kinds(b) and not _kinds(a) & _kinds(b):
        return False
    # In a fixed order: the ratio of difflib is not symmetric, and the answer must be.
    one, other = sorted(("".join(left)[:_LONGEST], "".join(right)[:_LONGEST]))
    common = bool(frozenset(_ends(a)) & frozenset(_ends(b)))
    if one == other:
        return common
    heard = sound(a)
    if heard == sound(b) and len(heard) >= _FEWEST:
        return _arabic(one) is not _arabic(other) or _ratio(one, other) >= _SOUNDING
    if min(len(one), len(other)) <= 3 or not common:
        return False
    return _ratio(one, other) >= _ALIKE


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _arabic(text: str) -> bool:
    return any("\u0600" <= letter <= "\u06ff" for letter in text)
