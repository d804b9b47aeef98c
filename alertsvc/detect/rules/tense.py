"""The tense in which a sentence is told, by a small reading of verb forms.

A sentence that holds a concept of possibility (MAYBE, FORECAST) is `conditional`. Else its words are gone through from
the left, those of saying (SAY, CLAIM, DENY) left out: the first that shows a tense decides. One that shows none is
`present`, as most headlines are. What shows a tense, in folded words unless said otherwise:

| | past | future | conditional | present |
| --- | --- | --- | --- | --- |
| en | had, was, were; a form in -ed or of a strong verb | will, shall; be going to, about to | would | be |
| fr | avoir or s'être + participle; -ait, -aient, -èrent | -ra, -ront; aller + infinitive | -erait, -draient | être |
| ar | كان, لم, a common verb in the past | سوف, لن, سيـ, ستـ, سنـ | قد + present | يـ |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import chain

from alertsvc.detect.fold import Token, arabic_stems
from alertsvc.detect.reading import SentenceReading
from alertsvc.detect.rules.language import Tense

__all__ = ["tense_of"]

_SAYING = frozenset(("SAY", "CLAIM", "DENY"))
_POSSIBLE = frozenset(("MAYBE", "FORECAST"))

_EN_BE = frozenset("is are am".split())
_EN_PAST = frozenset(
    "had was were began became blew broke came chose cut drew drove fell felt fled flew forgot fought found gave gone "
    "grew heard held hit hid kept knew led left lost made meant met overran paid put ran retook rose sank sat saw sent "
    "set shook shot shut spent spoke spread stood stole struck swept swore taken taught thought threw took told went "
    "withdrew won wore wrote".split()
)
# Forms that are of the present as well count as past only behind "have" and its like.
_EN_EITHER = frozenset("cut hit put set shut spread".split())
_EN_HAVE = frozenset("have has".split())
_EN_NO_PAST = frozenset(
    "need feed seed speed breed bleed indeed exceed proceed succeed hundred sacred armed unarmed united allied masked "
    "hooded uniformed ahmed hamed mohamed mohammed muhammed saeed".split()
)

_FR_AVOIR = frozenset("a ont avons".split())
_FR_ETRE = frozenset("est sont".split())
# Verbs whose compound past is built with "etre"; with any other, "est" and participle is how things stand.
_FR_MOVES = re.compile(
    "(?:alle|arrive|entre|monte|mort|parti|passe|rentre|reste|sorti|tombe|ne|(?:de|re|sur|par)?venu)e?s?\\Z"
)
_FR_PARTICIPLES = frozenset(
    "abattu attendu battu conquis conduit detruit dit envahi eu fait fui investi interrompu mis mort ouvert "
    "parti perdu pris pu reconquis rendu repris rouvert saisi subi suspendu tenu tendu venu vu".split()
)
_FR_FUTURE = re.compile("(?:se|au|i|fe|\\w{2,}(?:e|i|d|mett))r(?:a|ont)\\Z")
_FR_FUTURE_NOT = frozenset("opera camera hydra caldera".split())
_FR_CONDITIONAL = re.compile("(?:au|i|fe|\\w{2,}(?:e|d|mett))r(?:ait|aient)\\Z")
_FR_CONDITIONAL_NOT = re.compile("(?:liber|oper|esper|consider|gener|transfer|acceler|rever|prolifer)(?:ait|aient)\\Z")
_FR_IMPERFECT = re.compile("\\w{2,}(?:ait|aient)\\Z")
_FR_IMPERFECT_NOT = frozenset(
    "souhait trait retrait portrait extrait attrait parfait bienfait forfait mefait imparfait satisfait plait parait "
    "apparait disparait connait".split()
)
_FR_INFINITIVE = re.compile("\\w{2,}(?:er|ir|re)\\Z")

_AR_PAST = frozenset(
    "كان لم سيطر استولي استولت هاجم اغلق قصف اقتحم استعاد استهدف اندلع وقع قتل اصيب شن اطلق احتل تقدم انسحب تراجع "
    "سقط دخل وصل اسفر ادي ادت اوقف توقف استانف اعيد قطع نفذ فجر انفجر حاصر صد انتزع تمكن بدا بدات اسقط دمر احرق".split()
)
_AR_ENDINGS = ("", "ت", "وا")
_AR_FUTURE = re.compile("س[يتن][ء-ي]{3,}\\Z")
_AR_FUTURE_NOT = re.compile("سيطر|سيار|سياس|سياد|سيناريو|سيناء|سياق|سياح|سيول|ستار|ستين|سنوات|سنوي|سنتين|سينما")
_AR_PRESENT = re.compile("ي[ء-ي]{3,}\\Z")
_AR_PRESENT_NOT = frozenset("يومين يوميا يوليو يونيو يناير يسار يساري يهود يهودي يمنيه يمنيون".split())
_AR_PERHAPS = re.compile("[يت][ء-ي]{3,}\\Z")


def tense_of(reading: SentenceReading, language: str) -> Tense:
    """Return the tense of a sentence in `en`, `fr` or `ar`; see the text of this module."""
    tokens = reading.sentence.tokens
    if any(_speaks_of_possibility(hit.concept, tokens, hit.first) for hit in reading.concepts):
        return "conditional"
    said = set(
        chain.from_iterable(range(hit.first, hit.last + 1) for hit in reading.concepts if hit.concept in _SAYING)
    )
    shown = _SHOWN[language]
    text = reading.sentence.text
    for place in range(len(tokens)):
        if place not in said:
            tense = shown(tokens, place, text)
            if tense is not None:
                return tense
    return "present"


def _speaks_of_possibility(concept: str, tokens: Sequence[Token], first: int) -> bool:
    if concept not in _POSSIBLE:
        return False
    if tokens[first].text not in ("قد", "وقد", "فقد"):
        return True
    # Before a form of the past it makes sure instead.
    return _AR_PERHAPS.match(_word(tokens, first + 1)) is not None


def _english(tokens: Sequence[Token], place: int, text: str) -> Tense | None:
    word, behind = tokens[place].text, _word(tokens, place + 1)
    if word in ("will", "shall", "ll") or (word == "won" and behind == "t"):
        return "future"
    if word == "would":
        return "conditional"
    if word in _EN_BE:
        coming = behind in ("going", "about") and _word(tokens, place + 2) == "to"
        return "future" if coming else "present"
    if word in _EN_EITHER:
        return "past" if _word(tokens, place - 1) in _EN_HAVE else None
    if word in _EN_PAST:
        return "past"
    if word.endswith("ed") and len(word) > 4 and word not in _EN_NO_PAST and not _compound(tokens, place, text):
        return "past"
    return None


def _compound(tokens: Sequence[Token], place: int, text: str) -> bool:
    """Say whether a word is the second half of one written with a hyphen: "rebel-controlled"."""
    start = tokens[place].start
    return start > 0 and text[start - 1] in "-‐‑"


def _french(tokens: Sequence[Token], place: int, text: str) -> Tense | None:
    token = tokens[place]
    word = token.text
    behind = [tokens[k] for k in range(place + 1, min(place + 4, len(tokens)))]
    if word in _FR_AVOIR and text[token.start : token.end].lower() == word:  # "à" is folded alike
        return "past" if any(_participle(other, text) for other in behind) else None
    if word in _FR_ETRE:
        before = _word(tokens, place - 1)
        past = before in ("s", "se") or any(_FR_MOVES.match(other.text) for other in behind[:2])
        return "past" if past else "present"
    if word in ("va", "vont") and behind and _FR_INFINITIVE.match(behind[0].text):
        return "future"
    if word in ("fut", "furent") or text[token.start : token.end].lower().endswith("èrent"):
        return "past"
    if _FR_CONDITIONAL.match(word) and not _FR_CONDITIONAL_NOT.match(word):
        return "conditional"
    if _FR_IMPERFECT.match(word) and word not in _FR_IMPERFECT_NOT:
        return "past"
    if _FR_FUTURE.match(word) and word not in _FR_FUTURE_NOT and not text[token.start].isupper():
        return "future"
    return None


def _participle(token: Token, text: str) -> bool:
    return token.text in _FR_PARTICIPLES or text[token.start : token.end].lower().rstrip("s").endswith(("é", "ée"))


def _arabic(tokens: Sequence[Token], place: int, text: str) -> Tense | None:
    word = tokens[place].text
    if word in ("سوف", "وسوف", "فسوف", "لن", "ولن"):
        return "future"
    stems = [word, *(stem for stem in arabic_stems(word) if word[0] in "وف" and stem == word[1:])]
    for stem in stems:
        if any(stem.endswith(end) and stem.removesuffix(end) in _AR_PAST for end in _AR_ENDINGS):
            return "past"
        if _AR_FUTURE.match(stem) and not _AR_FUTURE_NOT.match(stem):
            return "future"
        if _AR_PRESENT.match(stem) and stem not in _AR_PRESENT_NOT:
            return "present"
    return None


def _word(tokens: Sequence[Token], place: int) -> str:
    return tokens[place].text if 0 <= place < len(tokens) else ""


_SHOWN: dict[str, Callable[[Sequence[Token], int, str], Tense | None]] = {
    "en": _english,
    "fr": _french,
    "ar": _arabic,
}
