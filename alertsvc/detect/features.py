"""What the classifier sees of a sentence: how it is told, not whom it names.

Names are replaced by what they are (`<crossing>`, `<oil>`, `<capital>`, `<actor>`, `<near-km>`), so that what is learnt
from one country holds for another; concepts carry it across languages. A sentence is read in its context: with the
concepts of the sentences before and after it, of the headline, and of the whole article.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, pairwise

from alertsvc.detect.reading import Reading, SentenceReading

__all__ = ["CONTEXT_SCALE", "Vocabulary", "features", "masked", "scale_of"]

CONTEXT_SCALE = 0.5  # what a feature of the context is, where one of the sentence itself is 1; chosen on the folds
_CONTEXT = ("before:", "after:", "headline:", "article:", "often:")
_WORD, _BEGINNING, _PAIR = "w:", "s:", "b:"  # of features that are words, their beginnings, two in a row
_STEM = 5  # letters of a beginning
_PAIRED = 7  # letters of each of two words in a row
_REMEMBERED = 100_000  # words; hostile text must not fill the memory with invented ones
_WINDOW = 10
_LEAD = 2  # full sentences below the headline


def masked(reading: SentenceReading) -> list[str]:
    """Return the words of a sentence with names, numbers and dates replaced by what they are."""
    sentence = reading.sentence
    cover: dict[int, str] = {}
    for mention in reading.mentions:
        if mention.kind == "distance":
            km = mention.km or 0
            mask = "<near-km>" if km <= 60 else "<mid-km>" if km <= 150 else "<far-km>"
        else:
            mask = mention.mark
        for position in range(mention.first, mention.last + 1):
            cover[position] = mask if position == mention.first else ""
    words = sentence.tokens
    if reading.dates:
        spans = words.spans
        for day in reading.dates:
            first = True
            for position, (start, end) in enumerate(spans):
                if start < day.end and end > day.start and position not in cover:
                    cover[position] = f"<{day.relation}-{day.precision}>" if first else ""
                    first = False
    text = sentence.text
    capitals = [text[start].isupper() for start, _ in words.spans]
    shouting = sentence.title and sum(capitals) > len(capitals) / 2
    told: list[str] = []
    for position, name in enumerate(words.names):
        if position in cover:
            if cover[position]:
                told.append(cover[position])
        elif name[0].isdigit():
            told.append("<n>")
        elif position and capitals[position] and not shouting and len(name) > 1:
            if told[-1:] != ["<name>"]:
                told.append("<name>")
        else:
            told.append(name)
    return told


def features(article: Reading, position: int, *, named: bool = False) -> list[str]:
    """Return the features of one sentence of an article, each once, in a fixed order.

    `named` leaves names, numbers and dates as the words that they are: to measure what hiding them is worth.
    """
    sentence = article.sentences[position]
    words = list(sentence.sentence.tokens.names) if named else masked(sentence)
    names: list[str] = []
    for word in words:
        names.append(_WORD + word)
        if _has_stem(word):
            names.append(_BEGINNING + word[:_STEM])
    names += [f"{_PAIR}{left} {right}" for left, right in pairwise([word[:_PAIRED] for word in words])]
    return list(dict.fromkeys(names + _around(article, position)))


def scale_of(name: str) -> float:
    """Return the value that a feature has where it is present."""
    return CONTEXT_SCALE if name.startswith(_CONTEXT) else 1.0


class Vocabulary:
    """The rows of features in a model's table, found without spelling the features of a sentence out."""

    def __init__(self, names: Sequence[str]) -> None:
        self._index = {name: row for row, name in enumerate(names)}
        self._words = _WordRows(self._index)
        pairs = ((name.removeprefix(_PAIR).split(" "), row) for name, row in self._index.items() if name[:2] == _PAIR)
        self._pairs = {(pair[0], pair[1]): row for pair, row in pairs if len(pair) == 2}

    def of(self, names: Iterable[str]) -> list[int]:
        """Return the rows of features, those that are not in the vocabulary left out."""
        return [row for row in map(self._index.get, names) if row is not None]

    def rows(self, article: Reading, position: int) -> list[int]:
        """Return what `of` does for the features of a sentence."""
        words = masked(article.sentences[position])
        found: dict[int | None, None] = dict.fromkeys(chain.from_iterable(map(self._words.__getitem__, words)))
        found |= dict.fromkeys(map(self._pairs.get, pairwise([word[:_PAIRED] for word in words])))
        found |= dict.fromkeys(map(self._index.get, _around(article, position)))
        return [row for row in found if row is not None]


class _WordRows(dict[str, tuple[int, ...]]):
    """The rows of a word and its beginning, worked out when a word is first met."""

    def __init__(self, index: Mapping[str, int]) -> None:
        super().__init__()
        self._index = index

    def __missing__(self, word: str) -> tuple[int, ...]:
        names = (_WORD + word, _BEGINNING + word[:_STEM]) if _has_stem(word) else (_WORD + word,)
        if len(self) > _REMEMBERED:
            self.clear()
        known = self[word] = tuple(self._index[name] for name in names if name in self._index)
        return known


def _has_stem(word: str) -> bool:
    return len(word) > _STEM and word[0] != "<"


def _around(article: Reading, position: int) -> list[str]:
    """Return the features of a sentence but for those of its words: its concepts and names, and where it stands."""
    reading = article.sentences[position]
    marks = _marks(reading)
    names = ["c:" + mark for _, mark in marks]
    for index, (start, mark) in enumerate(marks, 1):
        for later, other in marks[index:]:
            if later - start > _WINDOW:
                break
            if mark != other:
                names.append(f"p:{mark}>{other}")
    if reading.sentence.title:
        names.append("f:title")
    elif article.ranks[position] < _LEAD:
        names.append("f:lead")
    before, after = article.beside(position, -1), article.beside(position, 1)
    if before is not None:
        names += ["before:" + mark for mark in before.undated]
    headline = article.sentences[0]
    if position and headline.sentence.title:
        names += ["headline:" + mark for mark in headline.undated]
    if after is not None:
        names += ["after:" + mark for mark in after.undated]
    return names + article.context


def _marks(reading: SentenceReading) -> list[tuple[int, str]]:
    """Return concepts and kinds of names with the word they begin at, in order."""
    marks = [(hit.first, hit.concept) for hit in reading.concepts]
    marks += [(m.first, m.mark) for m in reading.mentions if m.kind != "country"]
    marks.sort()
    return marks
