"""Articles to measure with, made of the project's training text: 3 kB and some thirty sentences, in two mixes.

`news` is what a broad feed brings. Of 20 articles 1 reports an incident, 3 speak of crossings, oil sites and capitals
without one (denials, history, exercises, forecasts, ...), 4 have passages about sport, crime, the sea and everyday life
that were written to mislead, each followed by as many sentences of `benchmarks.articles`, and 12 consist of those.

`worst` is what no feed brings: every article reports an incident and goes on with passages about other crossings, oil
sites and capitals, so that there is hardly a sentence that the rules, the readers of dates and counts and the
classifier may leave out.

Three quarters are in English, 15 % in French, 10 % in Arabic. What a model learnt from these texts does not change how
long it takes over them.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from alertsvc.detect.passages import Passage, read_passages
from alertsvc.resources import data_dir
from benchmarks.articles import Made, ordinary_sentences

__all__ = ["LENGTH", "MIXES", "Mix", "seeded_articles"]

Mix = Literal["news", "worst"]
MIXES: tuple[Mix, ...] = ("news", "worst")
LENGTH = 3000  # bytes of an article, in UTF-8

_FIRST_DAY = date(2025, 1, 1)
_LEAST = 80  # bytes of a sentence below the headline: thirty of them are 3 kB
_LANGUAGES = ("en",) * 15 + ("fr",) * 3 + ("ar",) * 2
_MISLEADING = ("ordinary", "sport", "crime", "sea", "airport", "near_border", "elsewhere", "safety")
_SUBJECTS = (
    "background",
    "denial",
    "forecast",
    "diplomacy",
    "war",
    "exercise",
    "routine",
    "anniversary",
    "commerce",
)
_BEHIND = {"incident": "subject", "subject": "subject", "misleading": "misleading"}  # what an article goes on with
_TWENTY: dict[Mix, tuple[str, ...]] = {
    "news": ("incident", *("subject",) * 3, *("misleading",) * 4, *("ordinary",) * 12),
    "worst": ("incident",) * 20,
}


class _Stock:
    """The passages of one language by what they are of."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._of: dict[tuple[str, str], list[Passage]] = defaultdict(list)
        for passage in passages:
            kind = passage.kind
            of = "subject" if kind in _SUBJECTS else "misleading" if kind in _MISLEADING else kind
            self._of[passage.language, of].append(passage)

    def one(self, chance: random.Random, language: str, of: str) -> Passage:
        return chance.choice(self._of[language, of])


def seeded_articles(count: int, mix: Mix = "news", *, seed: int = 1, length: int = LENGTH) -> list[Made]:
    """Make articles; the same count, mix and seed make the same ones.

    Args:
        count: how many.
        mix: `news` or `worst`, see the text of this module.
        seed: of the choice.
        length: bytes of each, about.
    """
    stock = _Stock(read_passages(sorted(data_dir("seeds").glob("train_*.jsonl"))))
    chance = random.Random(seed)
    kinds = _TWENTY[mix]
    return [_article(chance, stock, number, kinds[number % len(kinds)], length) for number in range(count)]


def _article(chance: random.Random, stock: _Stock, number: int, kind: str, length: int) -> Made:
    language = chance.choice(_LANGUAGES)
    body: list[str] = []
    if kind == "ordinary":
        (title,) = ordinary_sentences(chance, language, 1)
        title = title.rstrip(".")
    else:
        passage = stock.one(chance, language, kind)
        title = next((text for text, headline, _ in passage.sentences if headline), passage.sentences[0][0])
        body += _told(passage)
    size = len(title.encode()) + sum(len(text.encode()) + 1 for text in body)
    while size < length:
        told = [] if kind == "ordinary" else _told(stock.one(chance, language, _BEHIND[kind]))
        if kind in ("ordinary", "misleading"):
            told += ordinary_sentences(chance, language, len(told) or 1)
        for text in told:
            if size < length and text not in body:
                body.append(text)
                size += len(text.encode()) + 1
    step = chance.choice((1, 2, 3))
    paragraphs = [" ".join(body[start : start + step]) for start in range(0, len(body), step)]
    return Made(title, "\n\n".join(paragraphs), _FIRST_DAY + timedelta(days=number % 300), language)


def _told(passage: Passage) -> list[str]:
    return [text for text, headline, _ in passage.sentences if not headline and len(text.encode()) >= _LEAST]
