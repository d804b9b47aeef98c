"""Pipelines told by where they lead: "the pipeline that carries crude from Agadem to the terminal of Sèmè".

A text often names the ends of a pipeline, which are sites, towns or countries of their own, and not the pipeline. What
was hit is then the line between them and neither end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from alertsvc.detect.fold import fold, tokens
from alertsvc.detect.gazetteer import Entry, Gazetteer
from alertsvc.detect.reading import SentenceReading

__all__ = ["Routes"]

_LINES = frozenset(
    "pipeline pipelines trunkline trunklines oleoduc oleoducs gazoduc gazoducs انابيب الانابيب انبوب الانبوب".split()
)
_BETWEEN = re.compile(r"([^\W\d][^-(]*)-([^\W\d][^-(]*?) (?:(?:oil|gas|crude|trunk) )*(?:pipelines?|line)\b")
_NO_ENDS = frozenset("east west north south trans central section".split())


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a pipeline: the words of its name, and the country where it is one."""

    words: tuple[str, ...]
    country: str | None

    def stands_in(self, words: list[str], countries: set[str | None]) -> bool:
        if self.country is not None and self.country in countries:
            return True
        if self.words and self.words[0] not in words:
            return False
        size = len(self.words)
        return any(tuple(words[k : k + size]) == self.words for k in range(len(words) - size + 1))


class Routes:
    """The pipelines of a gazetteer by the names of their two ends."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._routes: list[tuple[_End, _End, Entry]] = []
        for entry, names in gazetteer.pipelines:
            for name in names:
                match = _BETWEEN.match(name)
                if match and _NO_ENDS.isdisjoint(fold(match[0]).split()):
                    self._routes.append((_end(gazetteer, match[1]), _end(gazetteer, match[2]), entry))

    def named_by_ends(self, sentence: SentenceReading) -> Entry | None:
        """Return the pipeline whose two ends are named in a sentence that speaks of one, None where there is none."""
        words = sentence.sentence.tokens.names
        if _LINES.isdisjoint(words) or any(m.entry and m.entry.detail == "pipeline" for m in sentence.mentions):
            return None
        countries = {m.entry.country for m in sentence.of_kind("country") if m.entry is not None}
        for one, other, entry in self._routes:
            if one.stands_in(words, countries) and other.stands_in(words, countries):
                return entry
        return None


def _end(gazetteer: Gazetteer, name: str) -> _End:
    country = next((entry.country for entry in gazetteer.named(name) if entry.kind == "country"), None)
    return _End(tuple(token.text for token in tokens(fold(name))), country)
