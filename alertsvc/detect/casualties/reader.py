"""Reading a sentence for casualties, and summing what it lists for one happening."""

from __future__ import annotations

from dataclasses import replace

from alertsvc.detect.casualties.anchors import ANCHORS, PHRASES
from alertsvc.detect.casualties.arabic import arabic
from alertsvc.detect.casualties.european import european
from alertsvc.detect.casualties.groups import group_of, is_loss
from alertsvc.detect.casualties.mention import CasualtyMention, Group, Kind, Part
from alertsvc.detect.casualties.passage import CasualtyPassage, EuropeanPassage
from alertsvc.detect.casualties.time_cues import TimeCues
from alertsvc.detect.fold import Words, fold
from alertsvc.domain import Count

__all__ = ["read_casualties"]

_WAR = 10_000  # so many are the dead of a war, never of one of the incidents that are watched for
_BATTLE = 1000  # and so many where the sentence speaks of a war
_WARS = frozenset(
    "war wars conflict insurgency uprising guerre guerres conflit insurrection الحرب حرب النزاع الصراع".split()
)
_TELLING = {
    language: table.keys() | PHRASES[language].keys() | {"toll", "tolls", "bilan", "bilans", "losses"}
    for language, table in ANCHORS.items()
}
"""Without any of these a sentence counts nobody."""
_TOTAL = frozenset("toll total altogether overall bilan حصيله الحصيله وحصيله اجمالي الاجمالي عدد مجموع وعدد".split())


def read_casualties(sentence: str, language: str, words: Words | None = None) -> tuple[CasualtyMention, ...]:
    """Return the casualty counts of one sentence, in order of the text.

    Parts that the sentence lists for one happening ("two soldiers and three civilians were killed") are summed into
    one mention. "No one was killed" gives nothing, nor does what is only threatened. `words` are the folded words of
    the sentence, where they are known already.

    Raises:
        ValueError: `language` is none of "en", "fr", "ar".
    """
    if language not in _TELLING:
        raise ValueError(f"casualties are read in English, French and Arabic, not in {language!r}")
    words = Words(fold(sentence)) if words is None else words
    telling = _TELLING[language]
    if telling.isdisjoint(words.names):
        return ()
    passage: CasualtyPassage
    if language == "ar":
        passage = CasualtyPassage(sentence, words, language)
        parts = arabic(passage)
    else:
        passage = european_passage = EuropeanPassage(sentence, words, language)
        parts = european(european_passage)
    return _mentions(passage, parts) if parts else ()


def _mentions(passage: CasualtyPassage, parts: list[Part]) -> tuple[CasualtyMention, ...]:
    """Sum the parts that share a verb and turn them into mentions."""
    groups: dict[tuple[Kind, int, str], list[Part]] = {}
    for part in sorted(parts, key=lambda part: part.first):
        if part.kind is not None:
            groups.setdefault((part.kind, part.anchor, part.role), []).append(part)
    _add_further(passage, groups)
    cues = TimeCues(passage)
    found: list[CasualtyMention] = []
    for (kind, anchor, role), members in groups.items():
        members = _without_repetition(passage, members)
        count = _sum(members)
        if count is None:
            continue
        begin, end = min(anchor, members[0].first), max(anchor, members[-1].last)
        heads = (passage.words[part.head] for part in members if part.head >= 0)
        joint = members[0].joint
        mention = CasualtyMention(
            kind,
            count if joint is None else Count(1, count.high),
            passage.words[begin].start,
            passage.words[end].end,
            ", ".join(dict.fromkeys(passage.text[head.start : head.end].lower() for head in heads)),
            (role == "toll" or _is_total(passage, begin, end)) and not _superseded(passage, begin),
            count.low >= _war(passage) or cues.in_past(begin, end),
            _groups(passage, members, parts),
            _comes_on_top(passage, members[0]),
            is_loss(passage, members[0]),
        )
        found += [mention] if joint is None else [replace(mention, kind=joint), mention]
    return tuple(sorted(found, key=lambda mention: (mention.start, mention.kind)))


_THEIR = frozenset("his her their son sa leur".split())
_COMPANIONS = frozenset(
    "assistant aide colleague comrade wife husband son daughter brother sister mother father driver bodyguard "
    "collegue camarade epouse mari fils fille frere soeur mere pere chauffeur adjoint".split()
)


def _comes_on_top(passage: CasualtyPassage, part: Part) -> bool:
    """Tell whether a count adds to those before: "a third died", "two more were killed", "rebels also died"."""
    begin, end = min(part.first, part.anchor), max(part.last, part.anchor)
    if not _FURTHER.isdisjoint(passage.names[max(0, begin - 1) : end + 1]) or passage.name(0) == "كما":
        return True
    their = part.first == 0 and passage.names[0] in _THEIR and part.head >= 0
    return their and passage.names[part.head] in _COMPANIONS


def _war(passage: CasualtyPassage) -> int:
    """Return from how many on people killed are the background of a war and not one incident's."""
    return _WAR if _WARS.isdisjoint(passage.names) else _BATTLE


def _groups(passage: CasualtyPassage, members: list[Part], parts: list[Part]) -> tuple[Group, ...]:
    """Return the people of a count by side; "five rangers were wounded and one later died" counts a ranger."""
    groups = [group_of(passage, part) for part in members]
    if len(members) == 1 and members[0].head < 0 and not groups[0].side:
        hurt = [part for part in parts if part.kind == "wounded" and part.last < members[0].first]
        if hurt and hurt[-1].low >= members[0].low:
            groups = [groups[0]._replace(side=group_of(passage, hurt[-1]).side)]
    return tuple(groups)


_FURTHER = frozenset(
    "another other others more also further additional second third fourth fifth sixth seventh eighth ninth tenth "
    "autre autres deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme egalement اخر "
    "اخري اخرون اخرين ايضا ثالث رابع".split()
)


def _add_further(passage: CasualtyPassage, groups: dict[tuple[Kind, int, str], list[Part]]) -> None:
    """Join to the first count of a kind those that a second verb adds to it: "and another died in hospital"."""
    first: dict[Kind, list[Part]] = {}
    for key, members in list(groups.items()):
        if key[2] == "toll":
            continue
        before = first.setdefault(key[0], members)
        if before is members or members[0].joint is not None or members[0].first < before[-1].last:
            continue
        begin, end = members[0].first, max(members[-1].last, members[-1].anchor)
        if not _FURTHER.isdisjoint(passage.names[begin : end + 1]):
            before += members
            del groups[key]


def _without_repetition(passage: CasualtyPassage, members: list[Part]) -> list[Part]:
    """Leave out the parts that only tell who the first are: "eleven people, six guards and five drivers"."""
    first, rest = members[0], members[1:]
    if not rest or first.low <= max(part.low for part in rest):
        return members
    listed = "," in passage.text[passage.words[first.last].end : passage.words[rest[0].first].start]
    who = group_of(passage, first).side
    same = not who or who in (group_of(passage, part).side for part in rest)  # three guards are no driver and rebel
    told = first.inserted or (listed and same and first.low == sum(part.low for part in rest))
    return [first] if told else members


def _sum(members: list[Part]) -> Count | None:
    """Return how many people the parts are together, None where they may be nobody at all."""
    highs = [part.high for part in members if part.high is not None]
    high = sum(highs) if len(highs) == len(members) else None
    return None if high == 0 else Count(max(sum(part.low for part in members), 1), high)


_EARLIER = frozenset("earlier initial initially previous previously premier premiere precedent اوليه سابقه".split())


def _superseded(passage: CasualtyPassage, begin: int) -> bool:
    """Tell whether a toll is one that was given before: "earlier reports had put the dead at three"."""
    return not _EARLIER.isdisjoint(passage.names[max(0, begin - 7) : begin + 1])


def _is_total(passage: CasualtyPassage, begin: int, end: int) -> bool:
    """Tell whether a word near tokens `begin` to `end` calls their number a toll or total."""
    for at in range(max(0, begin - 6), min(end + 4, len(passage.names))):
        if passage.names[at] in _TOTAL and (passage.names[at] not in ("عدد", "وعدد") or begin - 3 < at < begin):
            return passage.name(at - 1) not in ("earlier", "previous", "initial")
    return False
