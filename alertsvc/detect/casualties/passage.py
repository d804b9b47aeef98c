"""A sentence to be read for casualties."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from alertsvc.detect.casualties.agents import is_agent
from alertsvc.detect.casualties.anchors import ANCHORS, PHRASES
from alertsvc.detect.casualties.european_words import GRAMMARS, Grammar
from alertsvc.detect.fold import Token
from alertsvc.detect.numerals import Number, NumberedPassage

__all__ = ["HARD", "SUBSET", "CasualtyPassage", "EuropeanPassage"]

HARD = frozenset(".;:!?؟؛—–([\n")
SUBSET = frozenset("including among dont parmi notamment بينهم بينها منهم منها ضمنهم وبينهم ومنهم بينهما بينهن".split())
_NAME_OF_PEOPLE = re.compile(r"[A-Z][A-Za-z]+s\Z")  # "Algerians", "Houthis"
_MEN = ("smen", "rmen", "emen", "lmen", "tmen")  # guardsmen, airmen, firemen, oilmen, boatmen
_PLAIN = {"en": "killed", "fr": "tues"}  # what a participle of `PHRASES` is read as
_NOUN_ENDS = frozenset("of de du d with avec des the le la les said told says".split())


class CasualtyPassage(NumberedPassage):
    """A sentence with its words and numbers, and the table of its language's words for what befalls people."""

    def __init__(self, text: str, words: Sequence[Token], language: str) -> None:
        super().__init__(text, words, language)
        self.anchors = ANCHORS[language]

    def numbers_in(self, first: int, last: int) -> Iterator[Number]:
        """Return the numbers that begin at tokens `first` to `last`."""
        return (self.starting[k] for k in range(first, last + 1) if k in self.starting)

    def broken(self, left: int, comma: bool = True) -> bool:
        """Tell whether punctuation, a comma too unless `comma` is False, parts token `left` from the next."""
        gap = self.gap(left)
        return len(gap) > 1 and (not HARD.isdisjoint(gap) or (comma and ("," in gap or "،" in gap)))


class EuropeanPassage(CasualtyPassage):
    """A sentence in English or French, with the grammar of its language."""

    def __init__(self, text: str, words: Sequence[Token], language: str) -> None:
        super().__init__(text, words, language)
        self.grammar: Grammar = GRAMMARS[language]
        if language == "fr" and "sous" in self.names:  # "sous-officier": no preposition
            behind = [*self.names[1:], ""]
            pairs = zip(self.names, behind, strict=True)
            self.names = ["sousofficier" if n == "sous" and b.startswith("officier") else n for n, b in pairs]
        phrases = PHRASES[language]
        if not phrases.keys().isdisjoint(self.names):
            self.names = [*self.names]
            for at, name in enumerate(self.names):
                rests = phrases.get(name, ())
                if any(tuple(self.names[at + 1 : at + 1 + len(rest)]) == rest for rest in rests):
                    self.names[at] = _PLAIN[language]

    def is_person(self, at: int) -> bool:
        """Tell whether the word at token `at` is a noun for people, or a capitalised name for many of them."""
        if not 0 <= at < len(self.words):
            return False
        name, start, end = self.words[at]
        if name in self.grammar.people or (name.endswith(_MEN) and len(name) > 5):
            return True
        return name not in self.grammar.things and _NAME_OF_PEOPLE.match(self.text[start:end]) is not None

    def is_agent(self, at: int) -> bool:
        """Tell whether the word at token `at` names one person, listed or by its ending: "driver", "surveyor"."""
        if not 0 <= at < len(self.words):
            return False
        name = self.names[at]
        if name in self.grammar.one:
            return True
        if name in self.grammar.things or not self.text[self.words[at].start].islower():
            return False
        return is_agent(name, self.language)

    def ends_noun(self, name: str) -> bool:
        """Tell whether a noun phrase ends before the word `name`."""
        grammar = self.grammar
        return (
            name in grammar.stops
            or name in grammar.prepositions
            or name in grammar.passive
            or name in grammar.have
            or name in _NOUN_ENDS
        )
