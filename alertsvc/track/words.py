"""Words of names and texts in a form that can be compared: no case, no accents, no vowel signs, no punctuation."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["fold", "words"]

_WORD = re.compile(r"[^\W_]+")
_DROPPED = dict.fromkeys(map(ord, "'’ʼʿʾ`´ـ"))


def fold(text: str) -> str:
    """Return `text` in lower case, without accents, vowel signs and apostrophes."""
    if text.isascii():
        return text.lower().translate(_DROPPED)
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in plain if not unicodedata.combining(char)).translate(_DROPPED)


def words(text: str) -> list[str]:
    """Return the folded words and numbers of `text`, in order."""
    return _WORD.findall(fold(text))
