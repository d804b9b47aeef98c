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
_BEFORE, _AFTER, _HEADLINE, _ARTICLE, _OFTEN = _CONTEXT = ("before:", "after:", "headline:", "article:", "often:")
_WORD, _BEGINNING, _PAIR = "w:", "s:", "b:"  # of features that are words, their beginnings, two in a row
_CONCEPT, _MARKS = "c:", "p:"  # of features that are concepts and kinds of names, and two of them
_TITLE, _TOP = "f:title", "f:lead"
_STEM = 5  # letters of a beginning
_PAIRED = 7  # letters of each of two words in a row
_SIDE = 1 << 32  # more than there are words in pairs
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
    spans = words.spans
    for day in reading.dates:
        first = True
        for position, (start, end) in enumerate(spans):
            if start < day.end and end > day.start and position not in cover:
                cover[position] = f"<{day.relation}-{day.precision}>" if first else ""
                first = False
    text = sentence.text
    capitals = [text[start].isupper() for start, _ in spans]
    shouting = sentence.title and sum(capitals) > len(capitals) / 2
    told: list[str] = []
    last = ""
    for position, name in enumerate(words.names):
        if position in cover:
            mask = cover[position]
            if not mask:
                continue
        elif name[0].isdigit():
            mask = "<n>"
        elif capitals[position] and position and not shouting and len(name) > 1:
            if last == "<name>":
                continue
            mask = "<name>"
        else:
            mask = name
        told.append(mask)
        last = mask
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
        pairs = ((name.removeprefix(_PAIR).split(" "), row) for name, row in self._index.items() if name[:2] == _PAIR)
        known = [(pair[0], pair[1], row) for pair, row in pairs if len(pair) == 2]
        # Two words in a row by one number: found faster than two words, and most have one that is in no pair.
        first, second = ({word: at for at, word in enumerate(dict.fromkeys(words), 1)} for words in _sides(known))
        self._pairs = {first[left] * _SIDE + second[right]: row for left, right, row in known}
        self._words = _WordRows(self._index, first, second)
        # The features of marks, by what the mark is to the sentence: nothing need be put together to look one up.
        self._marks: dict[str, dict[str, int]] = {kind: {} for kind in (_CONCEPT, *_CONTEXT)}
        self._mark_pairs: dict[str, dict[str, int]] = {}
        for name, row in self._index.items():
            kind, _, mark = name.partition(":")
            if f"{kind}:" in self._marks:
                self._marks[f"{kind}:"][mark] = row
            elif f"{kind}:" == _MARKS:
                # Marks of mentions have the sign that parts the two of a pair in themselves.
                end = mark.find(">") + mark.startswith("<")
                if mark[end : end + 1] == ">":
                    self._mark_pairs.setdefault(mark[:end], {})[mark[end + 1 :]] = row
        self._title, self._lead = self._index.get(_TITLE), self._index.get(_TOP)
        self._context: tuple[Reading | None, list[int]] = (None, [])

    def of(self, names: Iterable[str]) -> list[int]:
        """Return the rows of features, those that are not in the vocabulary left out."""
        return [row for row in map(self._index.get, names) if row is not None]

    def rows(self, article: Reading, position: int) -> list[int]:
        """Return what `of` does for the features of a sentence."""
        known = list(map(self._words.__getitem__, masked(article.sentences[position])))
        found: dict[int | None, None] = dict.fromkeys(chain.from_iterable([rows for rows, _, _ in known]))
        pairs = [one[1] + other[2] for one, other in pairwise(known) if one[1] and other[2]]
        found |= dict.fromkeys(map(self._pairs.get, pairs))
        found |= dict.fromkeys(self._around(article, position))
        return [row for row in found if row is not None] + self._of_article(article)

    def _around(self, article: Reading, position: int) -> list[int | None]:
        """Return the rows of what `_around` returns, without those of the article as a whole."""
        reading = article.sentences[position]
        of = self._marks
        marks = _marks(reading)
        get = of[_CONCEPT].get
        rows: list[int | None] = [get(mark) for _, mark in marks]
        for index, (start, mark) in enumerate(marks, 1):
            pairs = self._mark_pairs.get(mark)
            if pairs is None:
                continue
            for later, other in marks[index:]:
                if later - start > _WINDOW:
                    break
                if mark != other:
                    rows.append(pairs.get(other))
        if reading.sentence.title:
            rows.append(self._title)
        elif article.ranks[position] < _LEAD:
            rows.append(self._lead)
        before, after = article.neighbours[position]
        if before is not None:
            rows += map(of[_BEFORE].get, before.undated)
        headline = article.sentences[0]
        if position and headline.sentence.title:
            rows += map(of[_HEADLINE].get, headline.undated)
        if after is not None:
            rows += map(of[_AFTER].get, after.undated)
        return rows

    def _of_article(self, article: Reading) -> list[int]:
        """Return the rows of what an article speaks of, which all its sentences share; kept for the next of them."""
        last, rows = self._context
        if last is not article:
            whole, often = self._marks[_ARTICLE], self._marks[_OFTEN]
            rows = [whole[mark] for mark in article.told if mark in whole]
            rows += [often[mark] for mark, times in article.told.items() if times > 1 and mark in often]
            self._context = article, rows
        return rows


class _WordRows(dict[str, tuple[tuple[int, ...], int, int]]):
    """The rows of a word and its beginning, and its share of a pair's number as first and as second of the two.

    Worked out when a word is first met; a share is 0 where no pair has the word there.
    """

    def __init__(self, index: Mapping[str, int], first: Mapping[str, int], second: Mapping[str, int]) -> None:
        super().__init__()
        self._index = index
        self._first = first
        self._second = second

    def __missing__(self, word: str) -> tuple[tuple[int, ...], int, int]:
        names = (_WORD + word, _BEGINNING + word[:_STEM]) if _has_stem(word) else (_WORD + word,)
        if len(self) > _REMEMBERED:
            self.clear()
        rows = tuple(self._index[name] for name in names if name in self._index)
        paired = word[:_PAIRED]
        known = self[word] = rows, self._first.get(paired, 0) * _SIDE, self._second.get(paired, 0)
        return known


def _sides(pairs: Sequence[tuple[str, str, int]]) -> tuple[list[str], list[str]]:
    return [left for left, _, _ in pairs], [right for _, right, _ in pairs]


def _has_stem(word: str) -> bool:
    return len(word) > _STEM and word[0] != "<"


def _around(article: Reading, position: int) -> list[str]:
    """Return the features of a sentence but for those of its words: its concepts and names, and where it stands."""
    reading = article.sentences[position]
    marks = _marks(reading)
    names = [_CONCEPT + mark for _, mark in marks]
    for index, (start, mark) in enumerate(marks, 1):
        for later, other in marks[index:]:
            if later - start > _WINDOW:
                break
            if mark != other:
                names.append(f"{_MARKS}{mark}>{other}")
    if reading.sentence.title:
        names.append(_TITLE)
    elif article.ranks[position] < _LEAD:
        names.append(_TOP)
    before, after = article.neighbours[position]
    if before is not None:
        names += [_BEFORE + mark for mark in before.undated]
    headline = article.sentences[0]
    if position and headline.sentence.title:
        names += [_HEADLINE + mark for mark in headline.undated]
    if after is not None:
        names += [_AFTER + mark for mark in after.undated]
    names += [_ARTICLE + mark for mark in article.told]
    return names + [_OFTEN + mark for mark, times in article.told.items() if times > 1]


def _marks(reading: SentenceReading) -> list[tuple[int, str]]:
    """Return concepts and kinds of names with the word they begin at, in order."""
    marks = [(hit.first, hit.concept) for hit in reading.concepts]
    marks += [(m.first, m.mark) for m in reading.mentions if m.kind != "country"]
    marks.sort()
    return marks
