"""Longer articles made of the training text: news goes on to speak of other things.

The passages are short, and whatever they say belongs to their story. An article of thirty sentences ends in what
happened elsewhere and what has been so for years, or tells of an incident in passing. Some passages are therefore
given again with the bodies of others behind them, or with an incident told in the midst of them, so that the
classifier and the verdict meet such articles before they are used. Which ones is told by their ids, so that the same
text always gives the same articles.
"""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from alertsvc.detect.passages import Passage, fold_of, share_of, writer_of
from alertsvc.domain import Action, IncidentClass

__all__ = ["in_passing", "lengthened"]

_LONGER = 0.3  # share of the passages that are given again with others behind them
_PASSING = 0.1  # share that get an incident in passing, where they report none
_LEAST = 5  # sentences of a passage that is an article
_MOST_TAILS = 3
_SAME_COUNTRY = 0.6
_MOST_TOLD = 3  # sentences of an incident told in passing
_QUARTER = 25
_TOLD = "~"  # ends the ids of articles that tell an incident in passing
_Group = tuple[str, int, str, int]
_Sentences = tuple[tuple[str, bool, tuple[tuple[IncidentClass, Action], ...]], ...]


def lengthened(passages: Sequence[Passage]) -> list[Passage]:
    """Return longer articles made of these passages.

    Each is made of passages of one fold, one writer and one quarter of the text, so that whole countries, batches and
    shares can still be held out.
    """
    articles = [item for item in passages if len(item.sentences) >= _LEAST]
    clean: dict[_Group, list[Passage]] = defaultdict(list)
    at_home: dict[tuple[_Group, str], list[Passage]] = defaultdict(list)
    telling: dict[_Group, list[Passage]] = defaultdict(list)
    for item in articles:
        key = _group(item)
        if _tells(item):
            telling[key].append(item)
            continue
        clean[key].append(item)
        for country in item.country.split("-"):
            at_home[key, country].append(item)
    made = []
    for item in articles:
        chance = random.Random(int(hashlib.sha256(item.id.encode()).hexdigest(), 16))  # noqa: S311
        key = _group(item)
        lot = chance.random()
        if lot >= _LONGER + _PASSING or not clean[key]:
            continue
        near = [other for c in item.country.split("-") for other in at_home[key, c] if other.id != item.id]
        tails = [
            chance.choice(near if near and chance.random() < _SAME_COUNTRY else clean[key])
            for _ in range(chance.randint(1, _MOST_TAILS))
        ]
        if lot < _LONGER:
            behind = tuple(sentence for tail in tails for sentence in _body(tail))
            made.append(replace(item, id=f"{item.id}+", sentences=item.sentences + behind, made=True))
        elif not _tells(item) and telling[key]:
            story = _body(chance.choice(telling[key]))
            first = next((at for at, (_, _, labels) in enumerate(story) if labels), None)
            if first is None:
                continue
            told = story[first : first + chance.randint(1, _MOST_TOLD)]
            behind = tuple(sentence for tail in tails[1:] for sentence in _body(tail))
            sentences = item.sentences + _body(tails[0]) + told + behind
            made.append(replace(item, id=f"{item.id}{_TOLD}", sentences=sentences, made=True))
    return made


def in_passing(passage: Passage) -> bool:
    """Say whether a passage was made to tell of an incident in passing.

    Such ones teach what a sentence says; how far up an incident stands in the news that reports it, they do not.
    """
    return passage.made and passage.id.endswith(_TOLD)


def _group(passage: Passage) -> _Group:
    return passage.language, fold_of(passage.country), writer_of(passage), share_of(passage) // _QUARTER


def _tells(passage: Passage) -> bool:
    return any(labels for _, _, labels in passage.sentences)


def _body(passage: Passage) -> _Sentences:
    return tuple(sentence for sentence in passage.sentences if not sentence[1])
