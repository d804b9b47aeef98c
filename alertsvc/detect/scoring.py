"""The classifier's scores of an article, worked out only for the sentences that something depends on.

Most sentences are of no class's subject: nothing that is decided or told depends on what the classifier thinks of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import overload

from alertsvc.detect.model import Model, Scores
from alertsvc.detect.reading import Reading
from alertsvc.domain import IncidentClass

__all__ = ["ArticleScores", "Probabilities"]


class ArticleScores:
    """The scores of an article's sentences, each worked out once and when first asked for, but for those `known`."""

    def __init__(self, reading: Reading, model: Model, known: Mapping[int, Scores] | None = None) -> None:
        self._reading = reading
        self._model = model
        self._known: dict[int, Scores] = dict(known or {})

    def __len__(self) -> int:
        return len(self._reading.sentences)

    def __getitem__(self, position: int) -> Scores:
        found = self._known.get(position)
        if found is None:
            self.prepare((position,))
            found = self._known[position]
        return found

    def prepare(self, positions: Iterable[int]) -> None:
        """Score these sentences together, which costs less than one after the other."""
        asked = [position for position in positions if position not in self._known]
        if asked:
            scores = self._model.score_sentences(self._reading, asked)
            self._known |= zip(asked, scores, strict=True)

    def judge(self, positions: Iterable[int]) -> list[float]:
        """Return the log-odds of each class by these sentences taken together."""
        asked = list(positions)
        self.prepare(asked)
        return self._model.judge(self._known[position].rows for position in asked)

    @property
    def scored(self) -> int:
        """How many sentences were scored."""
        return len(self._known)


class Probabilities(Sequence[float]):
    """The classifier's probabilities of one class, sentence by sentence."""

    def __init__(self, scores: ArticleScores, name: IncidentClass) -> None:
        self._scores = scores
        self._name = name

    def __len__(self) -> int:
        return len(self._scores)

    @overload
    def __getitem__(self, index: int) -> float: ...
    @overload
    def __getitem__(self, index: slice) -> list[float]: ...
    def __getitem__(self, index: int | slice) -> float | list[float]:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return self._scores[index % len(self)].classes[self._name]
