"""What an article's capitals prove: nothing at the beginning of a sentence or in a headline that capitalises all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from alertsvc.detect.sentences import Sentence

__all__ = ["Capitals"]

_SHOUTED = 0.7  # share of longer words with a capital from which a headline writes all of them so
_LONG = 4  # letters of a word that such a headline capitalises too


class Capitals:
    """The capitals of an article, looked at when first asked for: most articles name no site by its kind."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self._sentences = sentences

    @cached_property
    def shouted(self) -> bool:
        """Whether the headline writes nearly every word with a capital, so that there capitals tell no name."""
        if len(self._sentences) < 2 or not self._sentences[0].title:
            return False
        title = self._sentences[0]
        long = [token for token in title.tokens if len(token.text) >= _LONG]
        return sum(title.text[t.start].isupper() for t in long) >= _SHOUTED * len(long)

    @cached_property
    def _body(self) -> frozenset[str]:
        return frozenset(t.text for s in self._sentences if not s.title for t in s.tokens if s.text[t.start].isupper())

    @cached_property
    def _within(self) -> frozenset[str]:
        """The words that stand with a capital within a sentence."""
        return frozenset(
            token.text
            for sentence in self._sentences
            if not (sentence.title and self.shouted)
            for token in sentence.tokens[1:]
            if sentence.text[token.start].isupper()
        )

    def prove(self, sentence: Sentence, position: int) -> bool:
        """Say whether the capital of a word tells that it is a name, by where it stands or by the rest of the text."""
        word = sentence.tokens[position].text
        if sentence.title and self.shouted:
            return word in self._body
        return position > 0 or word in self._within
