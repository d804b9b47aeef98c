"""Folding of text for matching, one character to one, so that every offset stays true in the original.

Case, accents, hyphens, apostrophes and the spelling variants of Arabic letters disappear; nothing is added or taken
away. What changes a text's length (vowel signs, joiners, doubled blanks) is done once by `clean`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

__all__ = ["Token", "arabic_stems", "fold", "tokens"]

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


class Token(NamedTuple):
    """A word of a folded text with its offsets."""

    text: str
    start: int
    end: int


def fold(text: str) -> str:
    """Return `text` folded for matching; the same length, character for character."""
    return text.translate(_TABLE)


def tokens(folded: str) -> list[Token]:
    """Split folded text into its words and numbers."""
    return [Token(m.group(), m.start(), m.end()) for m in _WORD.finditer(folded)]


@lru_cache(maxsize=100_000)
def arabic_stems(word: str) -> tuple[str, ...]:
    """Return an Arabic word and what remains of it without the particles written onto its front.

    A rest shorter than three letters is not offered: too many words would meet there.
    """
    if not _ARABIC.match(word):
        return (word,)
    return (word, *dict.fromkeys(word[len(c) :] for c in _CLITICS if word.startswith(c) and len(word) - len(c) >= 3))
