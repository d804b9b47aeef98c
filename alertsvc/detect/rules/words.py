"""Patterns on the words of a sentence, in RE2, which takes linear time whatever is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import re2

from alertsvc.detect.fold import fold
from alertsvc.detect.sentences import Sentence

__all__ = ["checked", "finder", "folded_words"]

_LONGEST = 1000
# What of a pattern is no text: classes by name, escapes, flags and names of groups.
_SYNTAX = re.compile(
    r"\\[pP](?:\{[^}]*\}|.)|\\x(?:\{[^}]*\}|..)|\\.|\[:\^?\w+:\]|\(\?(?:P?<\w+>|[a-zA-Z-]+)", re.DOTALL
)


def folded_words(sentence: Sentence) -> str:
    """Return the folded words of a sentence parted by single blanks, one before the first and one behind the last.

    So a blank in a pattern is the edge of a word in every script.
    """
    return f" {' '.join(token.text for token in sentence.tokens)} "


def checked(pattern: str) -> str:
    """Return a pattern that can be used.

    Raises:
        ValueError: it is no RE2, is too long, or is found in every sentence.
    """
    if len(pattern) > _LONGEST:
        raise ValueError(f"longer than {_LONGEST} characters")
    try:
        found = _compiled(pattern).search("  ") is not None
    except re2.error as error:
        reason = error.args[0] if error.args else error
        raise ValueError(f"no RE2 pattern: {reason.decode() if isinstance(reason, bytes) else reason}") from None
    if found:
        raise ValueError("is found in every sentence")
    return pattern


def finder(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Return a function that says whether any of these patterns is found in folded words."""
    search = _compiled("|".join(f"(?:{pattern})" for pattern in patterns)).search
    return lambda text: search(text) is not None


def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(_folded(pattern), options=options)


def _folded(pattern: str) -> str:
    """Fold the letters of a pattern as sentences are folded, and leave its syntax as it is."""
    parts: list[str] = []
    end = 0
    for match in _SYNTAX.finditer(pattern):
        parts += [_letters(pattern[end : match.start()]), match.group()]
        end = match.end()
    return "".join([*parts, _letters(pattern[end:])])


def _letters(text: str) -> str:
    return "".join(fold(char) if char.isalpha() else char for char in text)
