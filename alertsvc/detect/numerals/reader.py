"""Finding the numbers of a text and joining two into a range."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from alertsvc.detect.fold import Token, fold, tokens
from alertsvc.detect.numerals.digits import digits
from alertsvc.detect.numerals.passage import DASHES, Number, Part, Passage
from alertsvc.detect.numerals.qualifiers import qualified
from alertsvc.detect.numerals.tables import ROUND_FRENCH, SCALE, SMALL, VAGUE
from alertsvc.detect.numerals.words import arabic, english, french

__all__ = ["NumberedPassage", "numbers_among", "read_numbers"]

_OR = {"en": "or", "fr": "ou", "ar": "او"}
_BETWEEN = {"en": ("between", "and"), "fr": ("entre", "et"), "ar": ("بين", "و")}
_FROM = {"en": "from", "fr": "de", "ar": "من"}
_TO = {"en": "to", "fr": "a", "ar": "الي"}
_CHANGES = 8  # tokens before "from 12 to 15" in which a word may say that a number changed from one to the other
_CHANGED = frozenset(
    "rose risen rise rises rising climbed climb climbs increased increase jumped grew went up raised revised lowered "
    "fell updated passed passe passer monte grimpe augmente alourdi porte revu releve toll bilan ارتفع ارتفعت وارتفع "
    "وارتفعت ليرتفع لترتفع ارتفاع زاد زادت انخفض انخفضت تغير حصيله الحصيله".split()
)
_WORDS = {"en": english, "fr": french, "ar": arabic}
_STARTS = {language: frozenset(SMALL[language] | SCALE[language] | VAGUE[language]) for language in _WORDS}
_STARTS["fr"] |= ROUND_FRENCH.keys()


def read_numbers(text: str, language: str) -> list[Number]:
    """Read every number of `text` that can count something, in order and without overlaps.

    Left out are decimals, percentages, sums of money, times, numeric dates, numbers that are part of a name or of a
    compound ("AK-47", "Brigade 444", "a 12-year-old").

    Raises:
        ValueError: `language` is none of "en", "fr", "ar".
    """
    return numbers_among(text, tokens(fold(text)), language)


def numbers_among(text: str, words: Sequence[Token], language: str) -> list[Number]:
    """Do as `read_numbers` for a text whose folded `words` are known."""
    if language not in _WORDS:
        raise ValueError(f"numbers are read in English, French and Arabic, not in {language!r}")
    return _numbers(Passage(text, words, language))


class NumberedPassage(Passage):
    """A passage that knows its numbers; they are read when first asked for."""

    @cached_property
    def numbers(self) -> list[Number]:
        """All numbers in order."""
        return _numbers(self)

    @cached_property
    def starting(self) -> dict[int, Number]:
        """The numbers by their first token."""
        return {number.first: number for number in self.numbers}

    @cached_property
    def ending(self) -> dict[int, Number]:
        """The numbers by their last token."""
        return {number.last: number for number in self.numbers}


def _numbers(passage: Passage) -> list[Number]:
    starts = _STARTS[passage.language]
    found: list[Number] = []
    position = floor = 0
    while position < len(passage.names):
        word = passage.names[position]
        part = _number(passage, position) if word[-1].isdigit() or word in starts else None
        if part is None:
            position += 1
            continue
        number = qualified(passage, position, part, floor)
        if number is not None:
            found.append(number)
        floor = position = (part if number is None else number).last + 1
    return found


def _number(passage: Passage, at: int) -> Part | None:
    read = digits if passage.names[at][-1].isdigit() else _WORDS[passage.language]
    part = read(passage, at)
    return part if part is None or not part.counts else _joined(passage, at, part)


def _joined(passage: Passage, at: int, part: Part) -> Part:
    """Join "10-15", "three or four", "10 to 15", "between 10 and 15", "from 10 to 15" into one.

    A number that rose or fell from one to the other is not joined: "the toll rose from 12 to 15".
    """
    names, language = passage.names, passage.language
    following = part.last + 1
    if following >= len(names) or part.high is None:
        return part
    gap, word, previous = passage.gap(part.last).strip(), names[following], passage.name(at - 1)
    between, joint = _BETWEEN[language]
    target = following + 1
    if gap:
        if gap not in DASHES or not part.digits or not word[-1].isdigit():
            return part
        target = following
    elif language == "ar" and previous == between and word.startswith(joint) and len(word) > 1:
        target = following
    elif word == _TO[language]:
        ranged = previous == _FROM[language] and _CHANGED.isdisjoint(names[max(0, at - _CHANGES) : at])
        if not ranged and (language != "en" or previous == "from"):
            return part
    elif word != _OR[language] and (word != joint or previous != between):
        return part
    if target >= len(names):
        return part
    if names[target][-1].isdigit():
        other = digits(passage, target)
    else:
        other = _WORDS[language](passage, target) if names[target] in SMALL[language] else None
    if other is None or not other.counts or other.high is None or other.low <= part.low:
        return part
    return Part(part.low, other.high, other.last, part.digits and other.last != target)
