"""A text with its folded words, and what a number found among them is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from alertsvc.detect.fold import Token, Words, spelt

__all__ = ["DASHES", "Number", "Part", "Passage"]

DASHES = "-‐‑–—"


class Number(NamedTuple):
    """A number of a text: `low` to `high` (None: no upper bound), at characters `start` to `end`.

    `first` and `last` are the tokens it covers with its qualifiers, `core` the first token of the number itself;
    `year_like` says that it is written as four plain digits and could be a year.
    """

    low: int
    high: int | None
    start: int
    end: int
    first: int
    core: int
    last: int
    year_like: bool = False


class Part(NamedTuple):
    """A number as its reader returns it, before its qualifiers; `last` is the last token of it."""

    low: int
    high: int | None
    last: int
    digits: bool = False
    counts: bool = True  # false: a decimal, a time, a score; read only to be passed over


class Passage:
    """A text, its folded words in `words`, their bare spelling in `names`, and its language."""

    def __init__(self, text: str, words: Sequence[Token], language: str) -> None:
        self.text = text
        self.names = spelt(words)
        # Gone through often, so as a plain list.
        self.words: Sequence[Token] = words[:] if isinstance(words, Words) else words
        self.language = language

    def name(self, at: int) -> str:
        """Return the word at token `at`, "" outside the text."""
        return self.names[at] if 0 <= at < len(self.names) else ""

    def gap(self, left: int) -> str:
        """Return what stands between token `left` and the next, a full stop where either is outside the text."""
        if left < 0 or left + 1 >= len(self.words):
            return "."
        return self.text[self.words[left].end : self.words[left + 1].start]

    def close(self, left: int) -> bool:
        """Tell whether nothing but a blank or a hyphen parts token `left` from the next one."""
        gap = self.gap(left)
        return len(gap) <= 2 and (gap.isspace() or gap in DASHES or gap in ("\u064b ", ""))
