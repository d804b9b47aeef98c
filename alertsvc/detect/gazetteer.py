"""The gazetteer: crossings, oil sites, capitals and their approaches, armed actors and countries, found by name.

Read from `rules/gazetteer/*.csv` by `placefiles`. A name is found as whole words, folded;
names in capitals only (`PLC`, `FAR`) also need the capitals. An Arabic name also matches with particles written onto
its first word. Which of several things of one name is meant is not decided here, see `places`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from alertsvc.detect.fold import Token, Words, arabic_stems, fold, spelt, tokens
from alertsvc.detect.placefiles import Entry, read_place_files
from alertsvc.detect.placefiles.naming import in_capitals
from alertsvc.domain import PlaceKind

__all__ = ["Entry", "Gazetteer", "NameHit"]

_BARE_LETTERS = 4
_PLACES = frozenset(PlaceKind)
_LOOSE_KINDS = frozenset((PlaceKind.CROSSING, PlaceKind.OIL, PlaceKind.APPROACH))
_LOOSE_LETTERS = 6
_ALONE = " "  # in place of the second word of a name that has one; no word sounds so
_NONE: frozenset[str] = frozenset()
_REMEMBERED = 200_000  # words; hostile text must not fill the memory with invented ones
# Letters by which English, French and others write one sound.
_SAME_SOUND = (
    ("ou", "u"),
    ("oo", "u"),
    ("ee", "i"),
    ("kh", "k"),
    ("gh", "g"),
    ("dj", "j"),
    ("dh", "d"),
    ("q", "k"),
    ("c", "k"),
    ("y", "i"),
    ("w", "u"),
    ("e", "i"),
    ("o", "u"),
)
_KIND_WORDS = frozenset(
    "oil gas crude field oilfield gasfield refinery terminal port pipeline depot plant facility complex station "
    "pumping export storage lng border crossing post point gate checkpoint bridge of the de du des d la le l champ "
    "petrolier gazier raffinerie oleoduc gazoduc poste frontiere frontalier passage pont معبر منفذ حقل مصفاه مصفي "
    "ميناء محطه خط انابيب بوابه جسر النفطي النفط الحدودي".split()
)
_DIRECTIONS = frozenset(
    "north south east west northern southern eastern western new old main city central nord sud est ouest".split()
)
_TRANSLITERATED_ARTICLES = ("al", "el")


class NameHit(NamedTuple):
    """A name found: tokens `first` to `last`, both within, and everything that bears it."""

    first: int
    last: int
    entries: tuple[Entry, ...]
    ambiguous: frozenset[str]  # ids of entries for which this name needs support from the rest of the text
    ordinary: frozenset[str]  # ids of entries whose name is an ordinary word: only a kind word next to it helps


class _Name(NamedTuple):
    words: tuple[str, ...]
    entry: Entry
    ambiguous: bool
    ordinary: bool
    capitals: bool


class _Beginning(NamedTuple):
    """What a word may begin: names of one word, and longer ones by their second word.

    `loose` are names that are spelt otherwise but sound alike, by the sound of their second word, else `_ALONE`.
    """

    single: Sequence[_Name]
    longer: Mapping[str, Sequence[_Name]]
    loose: Mapping[str, Sequence[_Name]]


class _Index(dict[str, _Beginning | None]):
    """What each word may begin, None where nothing; worked out when a word is first met."""

    def __init__(self) -> None:
        super().__init__()
        self._single: dict[str, list[_Name]] = {}
        self._longer: dict[str, dict[str, list[_Name]]] = {}
        self._loose: dict[str, dict[str, list[_Name]]] = {}

    def add(self, name: _Name) -> None:
        """Add a name as it is spelt."""
        first = name.words[0]
        if len(name.words) == 1:
            self._single.setdefault(first, []).append(name)
        else:
            # By two words, since hundreds of names begin with "al".
            self._longer.setdefault(first, {}).setdefault(name.words[1], []).append(name)

    def add_loosely(self, name: _Name) -> None:
        """Add a transliterated name of a place by what its spellings have in common."""
        if name.entry.kind in _LOOSE_KINDS and all(word.isascii() and word.isalpha() for word in name.words):
            loose = tuple(map(loosely, name.words))
            if len(max(loose, key=len)) >= _LOOSE_LETTERS:
                second = loose[1] if len(loose) > 1 else _ALONE
                self._loose.setdefault(loose[0], {}).setdefault(second, []).append(name._replace(words=loose))

    def __missing__(self, word: str) -> _Beginning | None:
        ascii_ = word.isascii()
        single: list[_Name] = []
        longer: dict[str, list[_Name]] = {}
        for stem in (word,) if ascii_ else dict.fromkeys(arabic_stems(word)):
            single += self._single.get(stem, ())
            for second, names in self._longer.get(stem, {}).items():
                longer.setdefault(second, []).extend(names)
        loose = self._loose.get(loosely(word), {}) if ascii_ and len(word) >= _LOOSE_LETTERS - 1 else {}
        if len(self) > _REMEMBERED:
            self.clear()
        known = self[word] = _Beginning(single, longer, loose) if single or longer or loose else None
        return known


class Gazetteer:
    """All entries with an index of their names."""

    def __init__(
        self, entries: Iterable[tuple[Entry, Sequence[str]]], ambiguous: Iterable[tuple[str, str, str]] = ()
    ) -> None:
        """Build from entries with their names, and (entry id, alias, reason) for names that need support."""
        needs_support = {(entry_id, fold(alias).strip()): reason for entry_id, alias, reason in ambiguous}
        self.entries: dict[str, Entry] = {}
        self._index = _Index()
        self._bare: dict[str, list[_Name]] = {}
        self.pipelines: list[tuple[Entry, tuple[str, ...]]] = []
        seen: set[tuple[tuple[str, ...], str]] = set()
        for entry, names in entries:
            self.entries[entry.id] = entry
            if entry.detail == "pipeline":
                self.pipelines.append((entry, tuple(names)))
            # The French press writes "Faca" for FACA: who lists both asks for no capitals.
            relaxed = {fold(name) for name in names if not in_capitals(name)}
            for name in names:
                reason = needs_support.get((entry.id, fold(name).strip()))
                ordinary = reason is not None and reason.startswith("ordinary word")
                for words in _spellings(tuple(token.text for token in tokens(fold(name)))):
                    if words and (words, entry.id) not in seen:
                        seen.add((words, entry.id))
                        capitals = len(words) == 1 and in_capitals(name) and fold(name) not in relaxed
                        self._index.add(_Name(words, entry, reason is not None, ordinary, capitals))
                        self._index.add_loosely(_Name(words, entry, True, ordinary, capitals=False))
            for words in _bare(entry, names):
                self._bare.setdefault(words[0], []).append(_Name(words, entry, True, False, False))
        self.capitals: dict[str, Entry] = {}
        for entry in self.entries.values():
            if entry.kind == PlaceKind.CAPITAL and entry.country:
                known = self.capitals.get(entry.country)
                if known is None or (known.detail != "capital" and entry.detail == "capital"):
                    self.capitals[entry.country] = entry

    @classmethod
    def load(cls, files: Mapping[str, Path]) -> Gazetteer:
        """Read the files, given by name (`crossings.csv`, ...).

        Raises:
            DataError: with file, line, column and fault for everything that is wrong.
        """
        found = read_place_files(files)
        return cls(found.entries, found.ambiguous)

    def find(self, words: Sequence[Token], original: str, *, cased: bool = True) -> list[NameHit]:
        """Return the names in a folded text, longest first where they overlap, in order.

        Args:
            words: the tokens of the folded text.
            original: the text before folding, for names that need their capitals.
            cased: whether the text is written with capitals, as news is and a name that somebody looks up is not.
        """
        spelling = spelt(words)
        found: list[NameHit] = []
        floor = 0
        behind = [*spelling[1:], ""]
        for position, beginning in enumerate(map(self._index.__getitem__, spelling)):
            if beginning is None or position < floor:
                continue
            single, longer, loose = beginning
            further = longer.get(behind[position], ())
            if not single and not further and not loose:
                continue  # most words that begin a name, "the" and "in", begin one of several words
            best = _spelt((*single, *further), spelling, position, words, original)
            if not best and loose:
                best = _transliterated(loose, spelling, position, words, original)
            if best:
                last = max(best)
                names = best[last]
                if cased and _written(words, original, position, last).islower():
                    # No place is written in small letters throughout: "rebels say" does not name the town of Say.
                    names = [name for name in names if name.entry.kind not in _PLACES]
                if names:
                    found.append(_hit(position, last, names))
                    floor = last + 1
        return found

    def by_town(self, words: Sequence[Token], original: str, kind: str, country: str) -> Entry | None:
        """Return the first site of a kind and country whose name without its kind stands in a text.

        That is a town's name as often as not, so it helps only where a text names no site but speaks of one: "the
        country's largest refinery", and the town of Baiji further down.
        """
        for position, word in enumerate(words):
            if not (original[word.start].isupper() or word.text[0] > "ÿ"):
                continue
            for stem in (word.text,) if word.text.isascii() else arabic_stems(word.text):
                for name in self._bare.get(stem, ()):
                    rest = words[position + 1 : position + len(name.words)]
                    if (
                        name.entry.kind == kind
                        and name.entry.country == country
                        and [token.text for token in rest] == list(name.words[1:])
                        and not self._is_capital(name.words)
                    ):
                        return name.entry
        return None

    def _is_capital(self, words: Sequence[str]) -> bool:
        """Say whether these words name a capital: one is named in most articles of its country, whatever happened."""
        return any(entry.kind == PlaceKind.CAPITAL for entry in self.named(" ".join(words)))

    def named(self, name: str) -> list[Entry]:
        """Return every entry that bears exactly this name, folded."""
        words = tokens(fold(name))
        return [
            entry
            for hit in self.find(words, name, cased=False)
            if len(words) == hit.last - hit.first + 1
            for entry in hit.entries
        ]


def _hit(first: int, last: int, names: Sequence[_Name]) -> NameHit:
    if len(names) == 1:
        name = names[0]
        only = frozenset((name.entry.id,))
        return NameHit(first, last, (name.entry,), only if name.ambiguous else _NONE, only if name.ordinary else _NONE)
    return NameHit(
        first,
        last,
        tuple({name.entry.id: name.entry for name in names}.values()),
        frozenset(name.entry.id for name in names if name.ambiguous),
        frozenset(name.entry.id for name in names if name.ordinary),
    )


def _written(words: Sequence[Token], original: str, first: int, last: int) -> str:
    """Return the words `first` to `last`, both within, as they stand in the text before folding."""
    if isinstance(words, Words):
        return original[words.spans[first][0] : words.spans[last][1]]
    return original[words[first].start : words[last].end]


def _spelt(
    names: Iterable[_Name], spelling: Sequence[str], position: int, words: Sequence[Token], original: str
) -> dict[int, list[_Name]]:
    """Return those names that stand at `position`, by their last token; their second words are known to fit."""
    best: dict[int, list[_Name]] = {}
    for name in names:
        last = position + len(name.words) - 1
        if last > position + 1 and tuple(spelling[position + 2 : last + 1]) != name.words[2:]:
            continue
        if name.capitals and not _written(words, original, position, last).isupper():
            continue
        best.setdefault(last, []).append(name)
    return best


def _transliterated(
    loose: Mapping[str, Sequence[_Name]], spelling: Sequence[str], position: int, words: Sequence[Token], original: str
) -> dict[int, list[_Name]]:
    """Return places whose name is spelt otherwise here: "Abkaïk" for Abqaiq. They need support from the text."""
    best: dict[int, list[_Name]] = {}
    candidates = loose.get(_ALONE, ())
    if position + 1 < len(spelling):
        candidates = [*candidates, *loose.get(loosely(spelling[position + 1]), ())]
    for name in candidates:
        size = len(name.words)
        if size < 3 or tuple(map(loosely, spelling[position + 2 : position + size])) == name.words[2:]:
            best.setdefault(position + size - 1, []).append(name)
    return best if best and _written(words, original, position, position)[0].isupper() else {}


def _bare(entry: Entry, names: Sequence[str]) -> list[tuple[str, ...]]:
    """Return what is left of a site's names without the words for its kind: "Baiji" of "Baiji refinery"."""
    if entry.kind not in (PlaceKind.OIL, PlaceKind.CROSSING) or entry.detail == "pipeline":
        return []
    found: dict[tuple[str, ...], None] = {}
    for name in names:
        words = tuple(token.text for token in tokens(fold(name)))
        left = tuple(word for word in words if word not in _KIND_WORDS)
        if left != words and sum(map(len, left)) >= _BARE_LETTERS and left[-1] not in _DIRECTIONS:
            found[left] = None
    return list(found)


@lru_cache(maxsize=50_000)
def loosely(word: str) -> str:
    """Return what the Latin spellings of one Arabic, Persian or Turkic name have in common."""
    for written, common in _SAME_SOUND:
        word = word.replace(written, common)
    return "".join(letter for letter, _ in groupby(word)).rstrip("h")


def _spellings(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return a name with the Arabic article in its Latin spellings: al, el."""
    if len(words) > 1 and words[0] in _TRANSLITERATED_ARTICLES:
        return [(article, *words[1:]) for article in _TRANSLITERATED_ARTICLES]
    return [words]
