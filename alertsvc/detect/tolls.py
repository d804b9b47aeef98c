"""One number out of several: what the counts of an article's sentences are together for one incident.

Sentences mostly tell the same again, so that of counts of the same people the largest stands. They are added up where
they count different people: of two sides ("killing six guards. Four assailants were shot"), or where a sentence says
that it adds ("a third died in hospital"). Where one side puts the dead of the other higher than that side admits, both
stand, as a range.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from alertsvc.detect.casualties import CasualtyMention, Group, Kind, Side, side_of
from alertsvc.detect.reading import SentenceReading
from alertsvc.detect.sources import Sources
from alertsvc.domain import Count

__all__ = ["count_of"]

# "Dozens" is no figure: a briefing that said "at least 24" would say what no source did.
_VAGUE = re.compile(
    r"\b(?:dozens|scores|hundreds|thousands|several|few|dizaines|centaines|plusieurs|quelques)\b|عشرات|مئات|بضع"
)
_ARMED: tuple[Side, ...] = ("irregulars", "forces")
_SAYING = ("CLAIM", "SAY")
_SPEAKER = 4  # words from a speaker to the verb of saying
_SAME = 4  # from so many on an equal number in another sentence is taken for the same people under another name

_Told = tuple[SentenceReading, CasualtyMention]


@dataclass(frozen=True, slots=True)
class _Heard:
    """A count of one side's people: by its enemy, by itself, or by neither."""

    count: Count
    enemy: bool
    own: bool


def count_of(kinds: tuple[Kind, ...], close: list[SentenceReading], sources: Sources | None = None) -> Count | None:
    """Return how many were killed, wounded or taken, as read in these sentences; noted under the first of the kinds.

    Args:
        kinds: what befell the people; the counts of several kinds are added up.
        close: sentences whose victims are the incident's, in any order.
        sources: where what was read is noted.
    """
    told = [
        (sentence, mention)
        for sentence in sorted(close, key=lambda item: item.sentence.position)
        for mention in sentence.casualties
        if mention.kind in kinds
        and not mention.year_span
        and not _VAGUE.search(sentence.sentence.text[mention.start : mention.end].lower())
    ]
    counts = []
    for kind in kinds:
        own = [item for item in told if item[1].kind == kind]
        count = _together(own) if own else None
        if count is not None and count.low > 0:
            counts.append(count)
            _note(sources, kinds[0], own, count)
    return _sum(counts) if counts else None


def _note(sources: Sources | None, field: str, told: Sequence[_Told], count: Count) -> None:
    """Note the words of the count, or of the largest of those that make it up."""
    if sources is not None:
        sentence, mention = max(told, key=lambda item: (item[1].count == count, item[1].total, item[1].count.low))
        sources.words(field, sentence, mention.start, mention.end)


def _together(told: Sequence[_Told]) -> Count | None:
    """Return what the counts of one kind are together."""
    totals = [mention.count for _, mention in told if mention.total]
    if totals:
        return max(totals, key=_size)
    heard: dict[Side, list[_Heard]] = {}
    added: set[Group] = set()
    last: Side = ""
    for sentence, mention in told:
        groups = _by_side(mention)
        speaker = _speaker(sentence, mention)
        if mention.adds and len(groups) == 1:
            side = groups[0].side or last
            before = heard.get(side)
            group = groups[0]._replace(side=side)
            if before and group in added:
                continue  # told again
            if before:
                added.add(group)
                count = _sum((before[-1].count, Count(group.low, group.high)))
                before.append(replace(before[-1], count=count))
                last = side
                continue
        for group in [group for group in groups if not _told_of_another(heard, group)]:
            count = Count(group.low, group.high)
            enemy = speaker in _ARMED and group.side in _ARMED and speaker != group.side
            own = mention.loss or (bool(speaker) and speaker == group.side)
            heard.setdefault(group.side, []).append(_Heard(count, enemy and not mention.loss, own))
        last = groups[-1].side
    unknown = [item.count for item in heard.pop("", [])]
    sides = [_of_side(items) for items in heard.values()]
    candidates = [*unknown, *([_sum(sides)] if sides else [])]
    return max(candidates, key=_size) if candidates else None


def _told_of_another(heard: dict[Side, list[_Heard]], group: Group) -> bool:
    """Say whether as many people were counted before under another name: four guards, then "the four employees"."""
    if group.low < _SAME or not group.side:
        return False
    return any(
        item.count == Count(group.low, group.high)
        for side, items in heard.items()
        if side and side != group.side
        for item in items
    ) and not any(item.count.low != group.low for item in heard.get(group.side, []))


def _by_side(mention: CasualtyMention) -> list[Group]:
    """Return the people of a count by side; "two others" count with those that they are others than."""
    found: dict[Side, Group] = {}
    last: Side = next((group.side for group in mention.groups if group.side), "")
    for group in mention.groups:
        side = group.side or last
        known = found.get(side, Group(side, 0, 0))
        high = None if known.high is None or group.high is None else known.high + group.high
        found[side] = Group(side, known.low + group.low, high)
        last = side
    groups = list(found.values())
    if len(groups) == 1 or not groups or sum(group.low for group in groups) != mention.count.low:
        # One number for all of them, or one that counts two kinds at once.
        return [Group(groups[0].side if len(groups) == 1 else "", mention.count.low, mention.count.high)]
    return groups


def _speaker(sentence: SentenceReading, mention: CasualtyMention) -> Side:
    """Return the side that says it: the armed men or the force beside a verb of saying that precedes the count."""
    words = sentence.sentence.tokens
    verbs = [first for mark in _SAYING for first, _ in sentence.undated.get(mark, ())]
    for verb in verbs:
        if words[verb].start > mention.start:
            continue
        for actor in sentence.of_kind("actor"):
            if actor.entry is not None and 0 < verb - actor.last <= _SPEAKER:
                return "forces" if actor.entry.detail == "state" else "irregulars"
        reach = range(verb - 1, max(-1, verb - 1 - _SPEAKER), -1)
        if sentence.language == "ar":
            reach = range(verb + 1, min(len(words), verb + 1 + _SPEAKER))
        side = next((side for at in reach if (side := side_of(words[at].text))), "")
        if side in _ARMED:
            return side
    return ""


def _of_side(items: Iterable[_Heard]) -> Count:
    """Return the dead of one side: the largest count, or a range where it admits fewer than its enemy claims."""
    items = list(items)
    enemy = [item.count for item in items if item.enemy]
    own = [item.count for item in items if item.own and not item.enemy]
    most = max((item.count for item in items), key=_size)
    if enemy and own:
        admitted, claimed = max(own, key=_size), max(enemy, key=_size)
        if claimed.low > admitted.low and most == claimed:
            return Count(admitted.low, claimed.high)
    return most


def _sum(counts: Iterable[Count]) -> Count:
    counts = list(counts)
    highs = [count.high for count in counts if count.high is not None]
    return Count(sum(count.low for count in counts), sum(highs) if len(highs) == len(counts) else None)


def _size(count: Count) -> tuple[int, bool, int]:
    """Order counts as `best_count` does: of equal ones the narrower range."""
    return count.low, count.high is not None, -(count.high or 0)
