"""Conditions made ready to be asked of many sentences: what is cheap first, patterns compiled, marks as bits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from alertsvc.detect.reading import DATED, Reading, SentenceReading, Span
from alertsvc.detect.rules.language import Condition, Near, Position
from alertsvc.detect.rules.tense import tense_of
from alertsvc.detect.rules.words import finder, folded_words
from alertsvc.domain import PlaceKind

__all__ = ["Bits", "Marked", "Matcher", "Place"]

_CAPITAL_WORDS = 8  # between a distance and the capital that it is measured from


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence where it stands: its article, and the classifier's probability for the class that is asked about.

    Where no classifier has looked, `probability` is None and no condition on it holds.
    """

    sentence: SentenceReading
    reading: Reading
    probability: float | None = None


Test = Callable[[Place], bool]


class Bits:
    """Marks as bits of a number, so that many can be compared at once."""

    def __init__(self) -> None:
        self._bits: dict[str, int] = {}
        self.dated = self.of(DATED)

    def of(self, marks: Iterable[str]) -> int:
        """Return the number of these marks; a mark not seen before gets a bit of its own."""
        number = 0
        for mark in marks:
            number |= self._bits.setdefault(mark, 1 << len(self._bits))
        return number

    def found(self, marks: Mapping[str, object]) -> int:
        """Return the number of the marks of a sentence, those that no rule names left out."""
        number = 0
        get = self._bits.get
        for mark in marks:
            number |= get(mark, 0)
        return number


class Marked:
    """The marks of an article's sentences as bits. Those of dates are added only where somebody asks for them."""

    __slots__ = ("_bits", "_full", "_reading", "undated")

    def __init__(self, reading: Reading, bits: Bits) -> None:
        self._reading = reading
        self._bits = bits
        self._full: dict[int, int] = {}
        self.undated = [bits.found(sentence.undated) for sentence in reading.sentences]

    def full(self, number: int) -> int:
        """Return the bits of a sentence with those of its dates."""
        found = self._full.get(number)
        if found is None:
            found = self._full[number] = self._bits.found(self._reading.sentences[number].marks)
        return found

    def any(self, number: int, wanted: int) -> bool:
        """Say whether a sentence has one of these bits."""
        if self.undated[number] & wanted:
            return True
        return bool(wanted & self._bits.dated and self.full(number) & wanted)


class Matcher:
    """A condition made ready. `needed`, `wanted` and `barred` are bits: all, one if there are any, and none of them."""

    __slots__ = ("_bits", "asks", "barred", "dated", "needed", "screen", "tests", "wanted")

    def __init__(self, condition: Condition, bits: Bits) -> None:
        marks = [mark for near in condition.near for mark in near.marks]
        self._bits = bits
        self.needed = bits.of((*condition.all, *marks, *condition.sequence))
        self.wanted = bits.of(condition.any)
        self.barred = bits.of(condition.none)
        self.asks = condition.classifier is not None
        self.dated = bool((self.needed | self.barred | self.wanted) & bits.dated)
        # What a sentence's marks without those of its dates must have: all, none and one of them.
        one = 0 if self.wanted & bits.dated else self.wanted
        self.screen = (self.needed & ~bits.dated, self.barred & ~bits.dated, one)
        self.tests = tuple(_tests(condition))

    def holds(self, place: Place) -> bool:
        """Say whether the condition holds of a sentence."""
        found = self._bits.found(place.sentence.marks)
        return self.fits(found) and self.passes(place)

    def fits(self, found: int) -> bool:
        """Say whether the marks of a sentence are those that the condition asks for."""
        return not (
            found & self.needed != self.needed or found & self.barred or (self.wanted and not found & self.wanted)
        )

    def passes(self, place: Place) -> bool:
        """Say whether all holds of a sentence that is asked once its marks fit."""
        return all(test(place) for test in self.tests)


def _tests(condition: Condition) -> list[Test]:
    """Return what is left to ask once the marks fit, the cheapest first."""
    tests: list[Test] = []
    if condition.title is not None:
        tests.append(_headline(condition.title))
    if condition.first is not None:
        tests.append(_among_first(condition.first))
    if condition.position:
        tests.append(_stands(condition.position))
    if condition.classifier is not None:
        tests.append(_thought(condition.classifier.min, condition.classifier.max))
    tests += [_near(near) for near in condition.near]
    if condition.sequence:
        tests.append(_in_order(condition.sequence))
    if condition.km_to_capital is not None:
        tests.append(_within(condition.km_to_capital.max))
    if condition.words:
        tests.append(_worded(condition.words))
    if condition.tense:
        tests.append(_told(condition.tense))
    return tests


def _headline(wanted: bool) -> Test:
    return lambda place: place.sentence.sentence.title == wanted


def _among_first(count: int) -> Test:
    return lambda place: place.sentence.sentence.position < count


def _stands(wanted: Sequence[Position]) -> Test:
    def test(place: Place) -> bool:
        sentence, all_of_them = place.sentence.sentence, place.reading.sentences
        if sentence.title:
            return "title" in wanted
        top = 1 if all_of_them[0].sentence.title else 0
        return ("first" in wanted and sentence.position == top) or (
            "last" in wanted and sentence.position == all_of_them[-1].sentence.position
        )

    return test


def _thought(low: float, high: float) -> Test:
    return lambda place: place.probability is not None and low <= place.probability <= high


def _near(near: Near) -> Test:
    left, right = near.marks
    words, ordered = near.words, near.ordered

    def test(place: Place) -> bool:
        marks = place.sentence.marks
        return any(
            a != b and b[0] - a[1] <= words and a[0] - b[1] <= words and (not ordered or a[0] < b[0])
            for a in marks[left]
            for b in marks[right]
        )

    return test


def _in_order(sequence: Sequence[str]) -> Test:
    def test(place: Place) -> bool:
        marks = place.sentence.marks
        last = -1
        for mark in sequence:
            # The one that ends first leaves most room for those to come.
            ends = [end for start, end in marks[mark] if start > last]
            if not ends:
                return False
            last = min(ends)
        return True

    return test


def _within(limit: float) -> Test:
    return lambda place: any(km <= limit for km in _distances(place.sentence))


def _distances(sentence: SentenceReading) -> list[float]:
    """Return the kilometres to a capital that a sentence states, and those of places on the way that it names."""
    marks = sentence.marks
    capitals: list[Span] = [
        span for mark in ("<capital>", "<capital?>", "CAPITAL_WORD") for span in marks.get(mark, ())
    ]
    stated = [
        mention.km
        for mention in sentence.of_kind("distance")
        if mention.km is not None
        and any(
            mention.first - _CAPITAL_WORDS <= last and first <= mention.last + _CAPITAL_WORDS
            for first, last in capitals
        )
    ]
    known = [mention.entry.km_to_capital for mention in sentence.of_kind(PlaceKind.APPROACH) if mention.entry]
    return [*stated, *(km for km in known if km is not None)]


def _worded(patterns: Sequence[str]) -> Test:
    found = finder(patterns)
    return lambda place: found(folded_words(place.sentence.sentence))


def _told(tenses: Sequence[str]) -> Test:
    return lambda place: tense_of(place.sentence, place.reading.language) in tenses
