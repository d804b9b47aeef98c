"""Towns of the world, by which the reading knows where a battle is: near the capital, or in another part of the land.

Read from `rules/gazetteer/towns.csv`, some twenty thousand towns with their distance to the seat of government of
their country. A town is no incident's place and has no identity here: its name only counts for what it says of the
place, in articles that speak of its country, and only where nothing else was found under the name.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from pathlib import Path

from alertsvc.detect.fold import arabic_stems, fold, tokens
from alertsvc.detect.mentions import APPROACH_KM, Mention
from alertsvc.detect.sentences import Sentence
from alertsvc.errors import DataError

__all__ = ["FILE", "Towns"]

FILE = "towns.csv"
_COLUMNS = ("name", "country", "km_to_capital", "aliases", "aliases_ar")
_ARTICLES = frozenset(
    ("al", "el", "as", "es", "ad", "ed", "ar", "er", "at", "et", "az", "ez", "an", "en", "ash", "esh")
)
_LETTERS = 4  # of a name without its article
_Names = dict[str, dict[tuple[str, ...], dict[str, bool]]]  # first word, the others, country: whether it is near


class Towns:
    """The names of towns, each with the countries that have one and whether it lies near the capital there."""

    def __init__(self, names: _Names) -> None:
        self._names = names

    @classmethod
    def load(cls, path: Path | None) -> Towns:
        """Read the file; without one no town is known.

        Raises:
            DataError: with file, line and fault for everything that is wrong.
        """
        names: _Names = defaultdict(dict)
        problems: list[str] = []
        if path is not None:
            try:
                with path.open(encoding="utf-8-sig", newline="") as stream:
                    rows = csv.DictReader(stream, strict=True)
                    absent = [column for column in _COLUMNS if column not in (rows.fieldnames or ())]
                    if absent:
                        raise DataError([f"{FILE}:1: no column {', '.join(absent)}"])
                    for row in rows:
                        fault = _add(row, names)
                        if fault:
                            problems.append(f"{FILE}:{rows.line_num}: {fault}")
            except (OSError, UnicodeDecodeError, csv.Error) as error:
                problems.append(f"{FILE}: cannot be read: {error}")
        if problems:
            raise DataError(problems)
        return cls(dict(names))

    def find(self, sentence: Sentence, votes: Mapping[str, int], taken: Container[int]) -> list[Mention]:
        """Return the towns that a sentence names.

        Args:
            sentence: where to look.
            votes: the countries that the article speaks of.
            taken: positions of words that something else was found under.
        """
        words = sentence.tokens
        found: list[Mention] = []
        floor = 0
        for position, word in enumerate(words.names):
            if position < floor or position in taken:
                continue
            if word.isascii() or word[0] < "ɐ":
                beginnings: tuple[str, ...] = (word,) if word in self._names else ()
            else:
                beginnings = tuple(stem for stem in arabic_stems(word) if stem in self._names)
            if not beginnings or sentence.text[words.spans[position][0]].islower():
                continue
            best = self._longest(beginnings, words.names, position, votes)
            if best is not None and not any(k in taken for k in range(position, best[0] + 1)):
                last, near = best
                name = sentence.text[words.spans[position][0] : words.spans[last][1]]
                found.append(Mention("near-town" if near else "town", position, last, name))
                floor = last + 1
        return found

    def _longest(
        self, beginnings: Sequence[str], words: Sequence[str], position: int, votes: Mapping[str, int]
    ) -> tuple[int, bool] | None:
        """Return the last word of the longest name here, and whether that town is near its capital."""
        best: tuple[int, bool] | None = None
        for beginning in beginnings:
            for rest, countries in self._names[beginning].items():
                last = position + len(rest)
                if (best is None or last > best[0]) and tuple(words[position + 1 : last + 1]) == rest:
                    spoken_of = [code for code in countries if votes.get(code, 0) > 0]
                    if spoken_of:
                        best = last, countries[max(spoken_of, key=lambda code: votes[code])]
        return best


def _add(row: Mapping[str, str], names: _Names) -> str:
    """Add the names of a row; return what is wrong with it."""
    name, country, far = row["name"], row["country"], row["km_to_capital"]
    if not name or not country or None in row.values() or (far and not far.isdigit()):
        return "a town needs a name, a country, and a distance in whole kilometres or none"
    near = bool(far) and int(far) <= APPROACH_KM
    for alias in (name, *row["aliases"].split(";"), *row["aliases_ar"].split(";")):
        words = tuple(token.text for token in tokens(fold(alias)))
        if not words:
            continue
        _put(words, country, near, names)
        if words[0] in _ARTICLES and sum(map(len, words[1:])) >= _LETTERS:
            _put(words[1:], country, near, names)
    return ""


def _put(words: tuple[str, ...], country: str, near: bool, names: _Names) -> None:
    known = names[words[0]].setdefault(words[1:], {})
    # Of two towns of one name in one country the one far away is meant: what is near must be told as such.
    known[country] = near and known.get(country, True)
