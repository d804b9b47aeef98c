"""The words of the pages for readers, in the languages of the briefings. Each language has every phrase, or none."""

from __future__ import annotations

from collections.abc import Mapping

from alertsvc.brief.texts import direction
from alertsvc.web.phrases.arabic import ARABIC
from alertsvc.web.phrases.english import ENGLISH
from alertsvc.web.phrases.french import FRENCH

__all__ = ["PHRASES", "Phrases", "phrases"]

Phrases = Mapping[str, str]

PHRASES: Mapping[str, Phrases] = {
    code: {**words, "code": code, "direction": direction(code)}
    for code, words in (("en", ENGLISH), ("fr", FRENCH), ("ar", ARABIC))
}


def phrases(language: str) -> Phrases:
    """Return the phrases of a language, English where there are none; `code` and `direction` among them."""
    return PHRASES.get(language, PHRASES["en"])
