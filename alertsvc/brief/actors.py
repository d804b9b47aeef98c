"""How armed actors and speakers are named: short in headlines, with an article in sentences, with the right verb form.

Names come from the gazetteer or straight from a report, so number and article are read off their head noun.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from alertsvc.brief.gazetteer import known_actors
from alertsvc.brief.nouns import Noun
from alertsvc.brief.texts import clean, is_latin, without_brackets

__all__ = ["MAX_NAME", "Actor", "actor", "known_types", "same_actor"]

MAX_NAME = 70

# The head noun stands before the first of these: "Revolutionaries | of the South".
_TAIL = re.compile(r"\s+(?:of|from|in|for|loyal to|aligned with|allied to|allied with|with|who|claiming)\s|[,/;]", re.I)
_PLURALS = frozenset(
    {"men", "gunmen", "militiamen", "tribesmen", "women", "policemen", "servicemen", "police", "people"}
)
_NOT_PLURAL = ("ss", "us", "is")
_SINGULAR_NAMES = frozenset({"united states", "united nations", "united arab emirates", "netherlands", "philippines"})
_TAKES_THE = frozenset(
    "agency alliance apparatus army authority battalion brigade brigades coalition column command committee company "
    "corporation corps council force forces formation front government group guard guards houthis junta legion "
    "militia ministry mission movement navy office operation organisation organization party presidency "
    "regiment revolutionaries room service services states taliban union unit volunteers nations emirates".split()
)
# Written small these still mean the one of the country; "militia" or "group" would mean any.
_ONE_OF_ITS_KIND = frozenset(
    "army command government guard junta military ministry navy opposition parliament presidency state".split()
)
_DETERMINERS = frozenset(
    "a an the some several two three four five six seven eight nine ten dozens hundreds unidentified unknown armed "
    "local his her their its this that these those".split()
)


@dataclass(frozen=True, slots=True)
class Actor:
    """One side, as sentences name it. `short` is for headlines, `full` for running text."""

    name: str
    short: Noun
    full: Noun
    plural: bool

    @property
    def latin(self) -> bool:
        """The name is written in Latin letters and can stand in an English headline."""
        return is_latin(self.short)

    def agree(self, singular: str, plural: str) -> str:
        """Return the one or the other verb form."""
        return plural if self.plural else singular


def _head(name: str) -> str:
    words = _TAIL.split(name)[0].split()
    return words[-1] if words else name


def _is_plural(name: str) -> bool:
    if name.lower().removeprefix("the ") in _SINGULAR_NAMES:
        return False
    head = _head(name)
    if re.search(r"\sand\s", _TAIL.split(name)[0]):
        return True
    if head.isupper() or not head.isascii():
        return head.isascii() is False and head.endswith("s") and not head.isupper()
    lower = head.lower()
    return lower in _PLURALS or (lower.endswith("s") and not lower.endswith(_NOT_PLURAL))


def _with_article(name: str, *, plural: bool) -> str:
    words = name.split()
    first, head = words[0], _head(without_brackets(name)).lower()
    possessive = any(word.endswith(("'s", "’s", "s'", "s’")) for word in words)
    if first.lower() in _DETERMINERS and (first.lower() not in ("armed", "local", "unidentified", "unknown") or plural):
        return first.lower() + name[len(first) :] if first in ("The", "A", "An") else name
    if possessive or not is_latin(name):
        return name
    common = first.islower()
    if head in (_ONE_OF_ITS_KIND if common else _TAKES_THE) and not (common and plural):
        return f"the {name}"
    if common and not plural and first != "one":
        return f"{'an' if first[0] in 'aeiou' else 'a'} {name}"
    return name


@lru_cache(maxsize=4096)  # the same names come back in every report
def actor(name: str) -> Actor:
    """Return how to name an actor or speaker that reports call `name`.

    A bracket of the gazetteer that holds years ("(2014-15)") is left out everywhere, any other in headlines only.
    """
    line = clean(name, MAX_NAME).strip(" .!?:;,-–—\"“”'«»") or "?"
    bare = without_brackets(line)
    plural = _is_plural(bare)
    full = bare if re.search(r"\(.*\d.*\)", line) else line
    short = re.sub(r"^(?:the|a|an)\s+", "", bare, flags=re.I) or bare
    headed = Noun(re.sub(r"\s*[–—]\s*|\s+-\s+", " ", short), plural=plural)
    return Actor(line, headed, Noun(_with_article(full, plural=plural), plural=plural), plural)


def same_actor(left: str, right: str) -> bool:
    """Tell whether two names mean one side: one is the other or holds it whole, brackets and case aside."""
    a, b = (without_brackets(clean(name)).casefold().removeprefix("the ") for name in (left, right))
    return bool(a and b) and (f" {a} " in f" {b} " or f" {b} " in f" {a} ")


@cache
def known_types() -> dict[str, tuple[str, frozenset[str]]]:
    """Map each name and alias of the shipped gazetteer, case folded, to the actor's type and countries.

    Empty where the installation carries no gazetteer.
    """
    return {name: (entry.type, entry.countries) for name, entry in known_actors().items()}
