"""Folding of text for matching, one character to one, so that every offset stays true in the original.

Case, accents, hyphens, apostrophes and the spelling variants of Arabic letters disappear; nothing is added or taken
away. What changes a text's length (vowel signs, joiners, doubled blanks) is done once by `clean`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple, overload

__all__ = ["Token", "Words", "arabic_stems", "fold", "letters", "spelt", "tokens"]

_SPECIAL = {
    **dict.fromkeys("أإآٱ", "ا"),
    "ى": "ي",
    "ی": "ي",
    "ئ": "ي",
    "ؤ": "و",
    "ة": "ه",
    "ۀ": "ه",
    "ک": "ك",
    "گ": "ك",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "ł": "l",
    "ħ": "h",
    "ı": "i",
    "œ": "œ",
    "æ": "æ",
}
_WORD = re.compile(r"[^\W_]+")
_ARABIC = re.compile(r"[ء-ي]")
# Particles that Arabic writes onto the front of a word, longest first: and, so, by, for, like, will, and the article.
_CLITICS = (
    "وبال",
    "وكال",
    "فبال",
    "وال",
    "فال",
    "بال",
    "كال",
    "ولل",
    "لل",
    "وس",
    "ول",
    "وب",
    "ال",
    "و",
    "ف",
    "ب",
    "ل",
    "ك",
    "س",
)


class _Table(dict[int, str]):
    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = _SPECIAL.get(char)
        if folded is None:
            base = unicodedata.normalize("NFKD", char)[:1]
            folded = base.lower()
            folded = _SPECIAL.get(folded, folded)
            if base.isdecimal():
                folded = str(unicodedata.decimal(base))
            if len(folded) != 1 or not (folded.isalnum() or folded.isspace()):
                folded = char if char.isspace() else "_" if unicodedata.category(char)[0] == "P" else char.lower()[:1]
            if char in "-‐‑‒'’ʼ`´ʿʾ":
                folded = " "
        self[code] = folded
        return folded


_TABLE = _Table()


class _Letters(dict[int, str]):
    def __missing__(self, code: int) -> str:
        folded = _TABLE[code]
        kept = self[code] = folded if folded.isalnum() else ""
        return kept


_LETTERS = _Letters()


class _Apart(dict[int, str]):
    """Turns what is no letter or figure into a blank: as `_WORD` parts words, in half the time."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        known = self[code] = char if char.isalnum() else " "
        return known


_APART = _Apart()


class Token(NamedTuple):
    """A word of a folded text with its offsets."""

    text: str
    start: int
    end: int


class Words(Sequence[Token]):
    """The words of a folded text: what `tokens` returns, made when first looked at.

    Most sentences are gone through by the spelling of their words alone (`names`), and their offsets never asked for.
    """

    __slots__ = ("_spans", "_tokens", "folded", "names")

    def __init__(self, folded: str) -> None:
        self.folded = folded
        self.names: list[str] = folded.translate(_APART).split()
        self._spans: list[tuple[int, int]] | None = None
        self._tokens: list[Token] | None = None

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where each word begins and ends."""
        found = self._spans
        if found is None:
            found = self._spans = [match.span() for match in _WORD.finditer(self.folded)]
        return found

    def _all(self) -> list[Token]:
        found = self._tokens
        if found is None:
            found = self._tokens = [
                Token(name, start, end) for name, (start, end) in zip(self.names, self.spans, strict=True)
            ]
        return found

    @overload
    def __getitem__(self, index: int) -> Token: ...
    @overload
    def __getitem__(self, index: slice) -> list[Token]: ...
    def __getitem__(self, index: int | slice) -> Token | list[Token]:
        return self._all()[index]

    def __iter__(self) -> Iterator[Token]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self.names)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Words) and self.folded == other.folded

    def __hash__(self) -> int:
        return hash(self.folded)

    def __repr__(self) -> str:
        return f"Words({self.folded!r})"


def spelt(words: Sequence[Token]) -> list[str]:
    """Return the spelling of each of these words."""
    return words.names if isinstance(words, Words) else [word.text for word in words]


def fold(text: str) -> str:
    """Return `text` folded for matching; the same length, character for character."""
    return text.translate(_TABLE)


def letters(text: str) -> str:
    """Return the letters and figures of `text`, folded: the texts of its tokens without what parts them."""
    return text.translate(_LETTERS)


def tokens(folded: str) -> list[Token]:
    """Split folded text into its words and numbers."""
    return [Token(m[0], *m.span()) for m in _WORD.finditer(folded)]


@lru_cache(maxsize=100_000)
def arabic_stems(word: str) -> tuple[str, ...]:
    """Return an Arabic word and what remains of it without the particles written onto its front.

    A rest shorter than three letters is not offered: too many words would meet there.
    """
    if not _ARABIC.match(word):
        return (word,)
    return (word, *dict.fromkeys(word[len(c) :] for c in _CLITICS if word.startswith(c) and len(word) - len(c) >= 3))
