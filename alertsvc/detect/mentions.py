"""What a sentence names: sites, capitals, towns near them, armed actors, countries, distances.

A name may belong to several things (a town, the refinery in it, the crossing behind it): the words around it decide.
A site that the gazetteer does not know counts when the text itself says what it is ("the Wadi X border crossing",
"le champ pétrolier de Y", "معبر س").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from alertsvc.detect.fold import Token
from alertsvc.detect.gazetteer import Entry, NameHit
from alertsvc.detect.lexicon import Hit
from alertsvc.detect.sentences import Sentence
from alertsvc.domain import PlaceKind

__all__ = ["Mention", "country_votes", "distances", "resolve", "unlisted"]

_SEATS = frozenset(("capital", "seat_of_government"))
_SITES = frozenset(PlaceKind)
_KINDS = {"CROSSING_WORD": PlaceKind.CROSSING, "OIL_WORD": PlaceKind.OIL}
_PLAIN = frozenset(("country", "actor", "agency"))  # nothing around such a name makes it something else
_DECIDING = frozenset(("CROSSING_WORD", "OIL_WORD", "CAPITAL_WORD", "CHECKPOINT_WORD"))
_TOWNS = frozenset((PlaceKind.APPROACH, PlaceKind.CAPITAL))
_APPROACH_KM = 120.0
_WHAT = ("_WORD", "_THING")  # endings of concepts that say what a thing is and not what was done
_NEAR = 8  # words within which a kind word ("crossing", "refinery") speaks for a name
_MEASURED = re.compile(r"[0-9][\W_]*(?:k|mi|كم|كلم|كيلو|ميل|اميال)")  # whatever may be a distance, folded
_KM = re.compile(r"(\d+)(km|kms|kilometres?|kilometers?|kilometros|miles?|mi|كلم|كم)?\Z")
_SPEED = re.compile(r"\s?/\s?h|\s(?:per|an) hour|\s(?:à l['’]heure|par heure)|\s?/\s?س|\s(?:في الساعة|بالساعة)")
_UNITS = {
    **dict.fromkeys(
        (
            "km",
            "kms",
            "kilometre",
            "kilometres",
            "kilometer",
            "kilometers",
            "كلم",
            "كم",
            "كيلومتر",
            "كيلومترا",
            "كيلومترات",
            "كيلو",
        ),
        1.0,
    ),
    **dict.fromkeys(("mile", "miles", "mi", "ميل", "ميلا", "اميال"), 1.609),
}
# What may stand between a kind word and the name: "the refinery in the northern city of Baiji".
_FOLLOWERS = {
    "en": frozenset(
        "of at in near called known as the point named city town village district province state region area port s "
        "northern southern eastern western north south east west coastal central desert".split()
    ),
    "fr": frozenset(
        "de du d des a au aux en dans la le l les dit nomme petrolier gazier frontalier frontiere ville region "
        "province nord sud est ouest localite".split()
    ),
    "ar": frozenset(
        (
            "الحدودي الحدوديه البري البريه النفطي النفطيه للنفط الغاز الغازي نفط تصدير النفط للغاز مدينه منطقه "
            "الدولي البحري التجاري بمدينه بمنطقه"
        ).split()
    ),
}
_ARABIC_STOP = frozenset(
    "في من علي الي عن بين مع بعد قبل امام التي الذي ان او كما هو هي ما لا قد حيث الذين بسبب حتي منذ خلال عبر ضد لدي "
    "الواقع الواقعه جنوب شمال شرق غرب جنوبي شمالي شرقي غربي يوم اليوم امس وسط وقال وقالت ليبيا الليبي المشترك المشتركه "
    "اكبر احد كل جميع بعض هذا هذه ذلك بشكل مجددا رسميا كامل بالكامل جزييا موقتا امس".split()
)
_LINKS = frozenset(
    (
        "al",
        "el",
        "de",
        "du",
        "des",
        "la",
        "ras",
        "bab",
        "wadi",
        "ibn",
        "abu",
        "oum",
        "umm",
        "d",
        "es",
        "as",
        "ash",
        "ez",
        "az",
    )
)
_GENERIC = frozenset(
    "the a an this that its their his main key major border land frontier international state national largest biggest "
    "northern southern eastern western north south east west oil gas crude le la les un une du des leur leurs grand "
    "company corporation ministry army government monday tuesday wednesday thursday friday saturday sunday official "
    "crossing post gate refinery terminal field port pipeline facility unit block well video photos photo".split()
)


@dataclass(frozen=True, slots=True)
class Mention:
    """Something named in a sentence, tokens `first` to `last`, both within."""

    kind: str  # a PlaceKind, "actor", "country" or "distance"
    first: int
    last: int
    name: str
    entry: Entry | None = None
    strong: bool = True  # the text or the name itself leaves no doubt about what it is
    km: float | None = None

    @property
    def mark(self) -> str:
        """What rules and the classifier call it: its kind, with a question mark where that is in doubt.

        A town on the way to a capital is `<approach>` only where it is near: a battle for one far away is no push on
        the capital, and counts as `<town>`.
        """
        kind = self.kind
        if kind == PlaceKind.APPROACH and self.entry is not None and (self.entry.km_to_capital or 0.0) > _APPROACH_KM:
            kind = "town"
        return f"<{kind}>" if self.strong else f"<{kind}?>"


def country_votes(hits: Iterable[NameHit]) -> Counter[str]:
    """Count the countries that an article names or that its unmistakable places lie in."""
    votes: Counter[str] = Counter()
    for hit in hits:
        for entry in hit.entries:
            if entry.kind == "country" and entry.country:
                votes[entry.country] += 2
        sure = [entry for entry in hit.entries if entry.id not in hit.ambiguous and entry.kind != "actor"]
        if len(hit.entries) == 1 and sure and sure[0].country and sure[0].kind != "country":
            for code in sure[0].country.split("-"):
                votes[code] += 1
    return votes


def resolve(
    sentence: Sentence, hits: Sequence[NameHit], concepts: Sequence[Hit], votes: Counter[str], seen: Counter[str]
) -> list[Mention]:
    """Decide for each name found in a sentence what it is there.

    Args:
        sentence: the sentence.
        hits: the names found in it.
        concepts: the concepts found in it.
        votes: the article's countries.
        seen: how often each entry is named under any of its names in the article.
    """
    if not hits:
        return []
    deciding = [hit for hit in concepts if hit.concept in _DECIDING]
    mentions = [_resolve_one(sentence, hit, deciding, votes, seen) for hit in hits]
    return [mention for mention in mentions if mention is not None]


def _resolve_one(
    sentence: Sentence, hit: NameHit, concepts: Sequence[Hit], votes: Counter[str], seen: Counter[str]
) -> Mention | None:
    spans = sentence.tokens.spans
    text = sentence.text[spans[hit.first][0] : spans[hit.last][1]]
    if len(hit.entries) == 1 and hit.entries[0].kind in _PLAIN and not hit.ambiguous:
        return Mention(hit.entries[0].kind, hit.first, hit.last, text, hit.entries[0], True)
    crossing_word = _within(hit, concepts, "CROSSING_WORD")
    oil_word = _within(hit, concepts, "OIL_WORD")
    ranked: list[tuple[int, Entry, bool]] = []
    for entry in hit.entries:
        codes = entry.country.replace(";", "-").split("-") if entry.country else ()
        at_home = any(votes[code] > 0 for code in codes if code)
        supported = entry.id not in hit.ambiguous or at_home or seen[entry.id] > 1
        if entry.id in hit.ordinary and entry.kind in _SITES:
            supported = bool(_within(hit, concepts, "CHECKPOINT_WORD"))
        if entry.kind == PlaceKind.CROSSING:
            if crossing_word:
                ranked.append((0 if crossing_word < 4 else 2, entry, True))
            elif supported:
                ranked.append((6, entry, False))
        elif entry.kind == PlaceKind.OIL:
            if oil_word:
                ranked.append((1 if oil_word < 4 else 3, entry, True))
            elif supported and (at_home or entry.id not in hit.ambiguous):
                ranked.append((7, entry, _says_what_it_is(text)))
        elif entry.kind == PlaceKind.CAPITAL:
            # A rival or regional seat is mostly spoken of as the city it is.
            ranked.append((4, entry, entry.detail in _SEATS or bool(_within(hit, concepts, "CAPITAL_WORD"))))
        elif entry.kind == PlaceKind.APPROACH:
            if supported:
                ranked.append((5, entry, True))
        elif supported:
            ranked.append((8 if entry.kind == "country" else 9, entry, True))
    if not ranked:
        return None
    if len(ranked) > 1:
        ranked.sort(key=lambda item: (item[0], not any(votes[c] for c in (item[1].country or "").split("-"))))
    _, entry, strong = ranked[0]
    return Mention(entry.kind, hit.first, hit.last, text, entry, strong)


def _within(hit: NameHit, concepts: Sequence[Hit], concept: str) -> int:
    """Return the distance in words, counted from 1, to the nearest `concept`, or 0 where none is near."""
    if not concepts:
        return 0
    gaps = [
        max(1, other.first - hit.last, hit.first - other.last)
        for other in concepts
        if other.concept == concept and (other.first <= hit.last + _NEAR and other.last >= hit.first - _NEAR)
    ]
    return min(gaps, default=0)


def _says_what_it_is(name: str) -> bool:
    return bool(re.search(r"field|refinery|terminal|pipeline|champ|raffinerie|حقل|مصفا|ميناء", name.lower()))


def unlisted(
    sentence: Sentence,
    language: str,
    concepts: Sequence[Hit],
    taken: Sequence[Mention],
    named: Callable[[str], list[Entry]],
    body: Collection[str] | None = None,
) -> list[Mention]:
    """Return sites that the sentence names by their kind and that were not found by their name alone.

    Args:
        sentence: the sentence.
        language: its language.
        concepts: the concepts found in it.
        taken: what was found by name.
        named: looks a name up in the gazetteer: "the refinery in Zawiya" may be listed as "Zawiya refinery".
        body: the words that the body of the article writes with a capital, for a headline that writes all words so:
            there capitals tell no name, and an unlisted site must be named below as well.
    """
    if not any(hit.concept in _KINDS for hit in concepts):
        return []
    # A town may give a site its name, any other name that was found may not.
    covered = {k for m in taken if m.kind not in _TOWNS for k in range(m.first, m.last + 1)}
    covered |= {k for hit in concepts if hit.concept == "COMPANY" for k in range(hit.first, hit.last + 1)}
    acted = {k for hit in concepts if not hit.concept.endswith(_WHAT) for k in range(hit.first, hit.last + 1)}
    found: list[Mention] = []
    for hit in concepts:
        kind = _KINDS.get(hit.concept)
        if kind is None:
            continue
        near = range(hit.first - 3, hit.last + 4)
        if any(mention.kind == kind and mention.first in near for mention in taken):
            continue
        span = None
        if language == "ar":
            span = _arabic_name(sentence.tokens, hit, covered | acted)
        else:
            span = _name_after(sentence, hit, language, covered | acted)
            # "Gunmen closed the border": a kind that begins with a deed has its doer before it and no name.
            if span is None and language == "en" and hit.first not in acted:
                span = _name_before(sentence, hit, covered | acted)
        if span is not None and not any(span[0] <= other.last and other.first <= span[1] for other in found):
            name = sentence.text[sentence.tokens[span[0]].start : sentence.tokens[span[1]].end]
            what = sentence.text[sentence.tokens[hit.first].start : sentence.tokens[hit.last].end]
            entry = _listed(kind, (f"{name} {what}", f"{what} {name}", name), named)
            if entry is None and body is not None and sentence.tokens[span[0]].text not in body:
                continue
            if entry is not None or not _within_town(span, taken):
                found.append(Mention(kind, span[0], span[1], name, entry))
    return found


def _listed(kind: PlaceKind, names: Sequence[str], named: Callable[[str], list[Entry]]) -> Entry | None:
    """Return the site of a kind that bears the first of these names that any does."""
    return next((entry for name in names for entry in named(name) if entry.kind == kind), None)


def _within_town(span: tuple[int, int], taken: Sequence[Mention]) -> bool:
    """Say whether a name is that of a town on the way to a capital, which stays one unless a listed site bears it."""
    return any(m.kind in _TOWNS and m.first <= span[1] and span[0] <= m.last for m in taken)


def _is_name(sentence: Sentence, position: int, barred: set[int]) -> bool:
    token = sentence.tokens[position]
    first = sentence.text[token.start]
    return position not in barred and first.isupper() and token.text not in _GENERIC


def _name_before(sentence: Sentence, hit: Hit, barred: set[int]) -> tuple[int, int] | None:
    last = hit.first - 1
    first = hit.first
    while first > 0 and hit.first - first < 3 and _is_name(sentence, first - 1, barred):
        first -= 1
    if first > last or (first == 0 and not sentence.title and last == 0 and len(sentence.tokens[0].text) < 4):
        return None
    return first, last


def _name_after(sentence: Sentence, hit: Hit, language: str, barred: set[int]) -> tuple[int, int] | None:
    position = hit.last + 1
    steps = 0
    followers = _FOLLOWERS[language]
    while position < len(sentence.tokens) and steps < 6 and sentence.tokens[position].text in followers:
        position += 1
        steps += 1
    if not steps or position >= len(sentence.tokens) or not _is_name(sentence, position, barred):
        return None
    last = position
    while last + 1 < len(sentence.tokens) and last - position < 2 and _joined(sentence, last, barred):
        last += 1
    return position, last


def _joined(sentence: Sentence, position: int, barred: set[int]) -> bool:
    """Say whether the word behind `position` continues the name: next to it without a comma, a name or a link."""
    between = sentence.text[sentence.tokens[position].end : sentence.tokens[position + 1].start]
    return between in (" ", "-", "‑", "'", "’") and _is_name(sentence, position + 1, barred)


def _arabic_name(words: Sequence[Token], hit: Hit, barred: set[int]) -> tuple[int, int] | None:
    position = hit.last + 1
    while position < len(words) and words[position].text in _FOLLOWERS["ar"]:
        position += 1
    last = position
    while last < len(words) and last - position < 2 and last not in barred and _arabic_part(words[last].text):
        last += 1
    return (position, last - 1) if last > position else None


def _arabic_part(word: str) -> bool:
    return (
        word not in _ARABIC_STOP and not word.isdigit() and len(word) > 1 and not word.startswith(("وال", "بال", "لل"))
    )


def distances(sentence: Sentence) -> list[Mention]:
    """Return distances in kilometres, whatever unit the text uses; a speed is none."""
    found: list[Mention] = []
    if not _MEASURED.search(sentence.tokens.folded):
        return found
    words = sentence.tokens
    for position, name in enumerate(words.names):
        match = _KM.match(name) if name[0].isdigit() else None
        if not match:
            continue
        first, digits = _number_before(sentence, position, match[1])
        if len(digits) > 8:
            continue
        factor, last = (_UNITS.get(match[2]), position) if match[2] else (None, position)
        if factor is None and position + 1 < len(words):
            factor, last = _UNITS.get(words[position + 1].text), position + 1
        if factor is not None and not _SPEED.match(sentence.text, words[last].end):
            km = float(digits) * factor
            found.append(Mention("distance", first, last, sentence.text[words[first].start : words[last].end], km=km))
    return found


def _number_before(sentence: Sentence, position: int, digits: str) -> tuple[int, str]:
    """Return the number that ends with the digits at `position`, and its first token.

    "27.5" is three tokens to the folding, "1,200" and "1 200" too: digits that a mark alone parts belong together.
    """
    words = sentence.tokens
    if position == 0 or not words[position - 1].text.isdigit():
        return position, digits
    before = words[position - 1].text
    mark = sentence.text[words[position - 1].end : words[position].start]
    if mark in (",", ".", " ", "'", "’", "٬") and len(digits) == 3 and len(before) <= 3 and before != "0":
        return position - 1, before + digits
    if mark in (",", ".", "٫"):
        return position - 1, f"{before}.{digits}"
    return position, digits
