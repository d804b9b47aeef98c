"""Sentences of a cleaned article, in order, the headline first."""

from __future__ import annotations

import re
from dataclasses import dataclass

from alertsvc.detect.clean import CleanText
from alertsvc.detect.fold import Words, fold

__all__ = ["Sentence", "split"]

# An end mark, what may close behind it, and a blank. Whether a sentence ends there is checked on what stands before.
# Marks are taken as one run, whole or not at all: nothing else keeps a line of dots from costing its square.
_END = re.compile("(?<![.!?\u061f\u06d4\u2026])[.!?\u061f\u06d4\u2026]++[\"'\u201d\u2019\u00bb)\\]]*+\\s+")
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof gen lt col maj sgt brig capt gov sen rep st jr sr no vs etc inc ltd co corp al approx dept est "
    "fig jan feb mar apr jun jul aug sep sept oct nov dec mm mme mlle me av bd env hab "
    "u.s u.k u.n e.g i.e a.m p.m km bbl m".split()
)
_LIMIT = 700  # characters; what runs on longer is cut at a comma or semicolon, else between two words
_SOFT = re.compile("[;\u061b\u060c,]\\s+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with its folded words; `position` counts from 0, the headline being 0 where there is one."""

    position: int
    text: str
    tokens: Words
    title: bool = False
    paragraph: int = 0


def split(article: CleanText, limit: int = 120) -> tuple[Sentence, ...]:
    """Split a cleaned article; at most `limit` sentences, since news stands on top."""
    found: list[Sentence] = []
    if article.title:
        found.append(Sentence(0, article.title, Words(fold(article.title)), title=True))
    for number, paragraph in enumerate(article.paragraphs):
        # Folded in one go, which costs less than folding each sentence, and cut where the sentences are.
        folded = fold(paragraph)
        end = 0
        for text in _sentences(paragraph):
            if len(found) >= limit:
                return tuple(found)
            start = paragraph.index(text, end)
            end = start + len(text)
            words = Words(folded[start:end])
            if words.names:
                found.append(Sentence(len(found), text, words, paragraph=number))
    return tuple(found)


def _sentences(paragraph: str) -> list[str]:
    pieces: list[str] = []
    start = 0
    for match in _END.finditer(paragraph):
        before = paragraph[start : match.start()].rsplit(None, 1)
        last = before[-1].lower() if before else ""
        if match.group()[0] == "." and (last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha())):
            continue
        following = paragraph[match.end() : match.end() + 1]
        if following.islower() and match.group()[0] != "\u061f":
            continue
        pieces.append(paragraph[start : match.end()].strip())
        start = match.end()
    pieces.append(paragraph[start:].strip())
    return [short for piece in pieces if piece for short in _shorten(piece)]


def _shorten(piece: str) -> list[str]:
    short: list[str] = []
    while len(piece) > _LIMIT:
        marks = [match.end() for match in _SOFT.finditer(piece, _LIMIT // 3, _LIMIT)]
        cut = marks[-1] if marks else piece.rfind(" ", 1, _LIMIT) + 1 or _LIMIT
        short.append(piece[:cut].strip())
        piece = piece[cut:].strip()
    return [*short, piece] if piece else short
