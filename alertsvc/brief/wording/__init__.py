"""The phrase tables: verbs by action, words by status, sentences by part. One `Language` for each language.

Each language is a module with its own verbs and patterns under the same keys; `language` raises for one that is not
there, so that nothing is ever half translated.
"""

from __future__ import annotations

from alertsvc.brief.wording.arabic import ARABIC
from alertsvc.brief.wording.english import ENGLISH
from alertsvc.brief.wording.french import FRENCH
from alertsvc.brief.wording.language import Deed, Language
from alertsvc.domain import Action

__all__ = ["ARABIC", "ENGLISH", "FOOTER", "FRENCH", "LANGUAGES", "VIOLENT", "Deed", "Language", "language"]

# Actions that can cost lives: an unknown toll is worth saying.
VIOLENT = frozenset(
    {
        Action.ATTACK,
        Action.CLASH,
        Action.SEIZURE,
        Action.RECAPTURE,
        Action.AIRSTRIKE,
        Action.ADVANCE,
        Action.REPELLED,
        Action.SIEGE,
        Action.ACCIDENT,
    }
)

FOOTER = ENGLISH.phrases["footer"]

LANGUAGES = {words.code: words for words in (ENGLISH, FRENCH, ARABIC)}


def language(code: str) -> Language:
    """Return the words of a language.

    Raises:
        ValueError: no briefings are written in that language.
    """
    if code not in LANGUAGES:
        raise ValueError(f"there are no words for briefings in {code!r}; known: {', '.join(sorted(LANGUAGES))}")
    return LANGUAGES[code]
