"""Concepts: the words and phrases of three languages that mean one thing to the detector.

`rules/lexicon.yaml` lists for each concept and language its phrases, written as they are matched: folded words parted
by blanks; `*` behind a word lets any ending follow, `(a|b c)` gives a choice of words or phrases, `~` stands for up to
four words in between, `~9` for up to nine. An Arabic word also matches with particles written onto its front.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from itertools import product
from operator import itemgetter, or_
from pathlib import Path
from typing import Any, NamedTuple

from alertsvc.detect.fold import Token, arabic_stems, fold, spelt
from alertsvc.errors import DataError
from alertsvc.strictyaml import Lines, Location, StrictYamlError, read_strictly

__all__ = ["LANGUAGES", "Hit", "Lexicon"]

LANGUAGES = ("en", "fr", "ar")
_GAP = 4
_NAME = re.compile(r"[A-Z][A-Z_]*\Z")
_PART = re.compile(r"\(([^()]*)\)|([^\s()]+)")
_REMEMBERED = 200_000  # words of a language; hostile text must not fill the memory with invented ones
_MOST = 64  # phrases that the choices of one may multiply to


class Hit(NamedTuple):
    """A concept found: tokens `first` to `last`, both within."""

    concept: str
    first: int
    last: int


class _Word(NamedTuple):
    exact: frozenset[str]
    prefixes: tuple[str, ...]
    gap: int  # how many words may lie before this one


class _Phrase(NamedTuple):
    """A phrase of several words: where its first stands, `rest` has the bit and the gap of each that follows."""

    concept: str
    rest: tuple[tuple[int, int], ...]
    needed: int  # the bits of `rest` together


class _Known(NamedTuple):
    """What a word means: concepts by itself, phrases that it begins, and its bits as a later word of phrases.

    Of the phrases, `next` go on with the very next word, one that has one of the bits `next_bits`; `later` may have
    others in between and need one of the bits `later_bits`.
    """

    alone: tuple[str, ...]
    bits: int
    next: tuple[_Phrase, ...]
    next_bits: int
    later: tuple[_Phrase, ...]
    later_bits: int


class _Index(dict[str, _Known | None]):
    """What each word of a language means, None where nothing; worked out when a word is first met."""

    def __init__(self, stems: Callable[[str], tuple[str, ...]]) -> None:
        super().__init__()
        self._stems = stems
        self._bits: dict[tuple[frozenset[str], tuple[str, ...]], int] = {}
        self._exact: dict[str, list[_Phrase]] = defaultdict(list)
        self._prefixes: dict[str, list[_Phrase]] = defaultdict(list)
        self._later_exact: dict[str, int] = defaultdict(int)
        self._later_prefixes: dict[str, int] = defaultdict(int)

    def add(self, concept: str, words: tuple[_Word, ...]) -> None:
        """Add a phrase."""
        rest = tuple((self._bit(word), word.gap) for word in words[1:])
        phrase = _Phrase(concept, rest, reduce(or_, (bit for bit, _ in rest), 0))
        for exact in words[0].exact:
            self._exact[exact].append(phrase)
        for prefix in words[0].prefixes:
            self._prefixes[prefix].append(phrase)

    def _bit(self, word: _Word) -> int:
        key = word.exact, word.prefixes
        bit = self._bits.get(key)
        if bit is None:
            bit = self._bits[key] = 1 << len(self._bits)
            for exact in word.exact:
                self._later_exact[exact] |= bit
            for prefix in word.prefixes:
                self._later_prefixes[prefix] |= bit
        return bit

    def __missing__(self, word: str) -> _Known | None:
        found: dict[int, _Phrase] = {}
        bits = 0
        for stem in self._stems(word):
            found |= {id(phrase): phrase for phrase in self._exact.get(stem, ())}
            bits |= self._later_exact.get(stem, 0)
            for end in range(2, len(stem) + 1):
                prefix = stem[:end]
                bits |= self._later_prefixes.get(prefix, 0)
                if prefix in self._prefixes:
                    found |= {id(phrase): phrase for phrase in self._prefixes[prefix]}
        if len(self) > _REMEMBERED:
            self.clear()
        known = None
        if found or bits:
            alone = tuple(dict.fromkeys(phrase.concept for phrase in found.values() if not phrase.rest))
            nearby = tuple(phrase for phrase in found.values() if phrase.rest and phrase.rest[0][1] == 0)
            later = tuple(phrase for phrase in found.values() if phrase.rest and phrase.rest[0][1] > 0)
            known = _Known(alone, bits, nearby, _second(nearby), later, _second(later))
        self[word] = known
        return known


def _parse(phrase: str) -> list[tuple[_Word, ...]]:
    """Return the phrases that a written one stands for: more than one where a choice holds several words."""
    parts = [match for match in _PART.finditer(phrase) if match.group().strip()]
    if _PART.sub("", phrase).strip():
        raise ValueError("a bracket without its other half, or one within another")
    choices: list[list[str]] = []
    for match in parts:
        within = match[2] if match[1] is None else match[1]
        options = [" ".join(option.split()) for option in within.split("|")]
        if not all(options):
            raise ValueError("an empty word")
        single = "|".join(option for option in options if " " not in option)
        choices.append([option for option in options if " " in option] + ([single] if single else []))
    found = [_sequence(" ".join(chosen).split()) for chosen in product(*choices)] if _fewer(choices) else []
    if not found:
        raise ValueError(f"choices that multiply to more than {_MOST} phrases")
    return found


def _fewer(choices: list[list[str]]) -> bool:
    count = 1
    for options in choices:
        count *= len(options)
    return count <= _MOST


def _sequence(parts: list[str]) -> tuple[_Word, ...]:
    words: list[_Word] = []
    gap: int | None = None
    for part in parts:
        if part[0] == "~":
            if gap is not None or not words or not re.fullmatch(r"~\d{0,2}", part):
                raise ValueError("~ or ~ and a number stands between two words")
            gap = int(part[1:] or _GAP)
            continue
        choices = part.split("|")
        exact = {_folded(choice) for choice in choices if not choice.endswith("*")}
        prefixes = [_folded(choice[:-1]) for choice in choices if choice.endswith("*")]
        if "" in exact or any(len(prefix) < 2 for prefix in prefixes):
            raise ValueError("an empty word, or a beginning of fewer than two letters")
        words.append(_Word(frozenset(exact), tuple(prefixes), gap or 0))
        gap = None
    if not words or gap is not None:
        raise ValueError("a phrase begins and ends with a word")
    return tuple(words)


def _folded(word: str) -> str:
    text = fold(word).strip()
    if not re.fullmatch(r"[^\W_]*", text):
        raise ValueError(f"{word!r} is more than one word once folded; write its parts separately")
    return text


class Lexicon:
    """The concepts of all languages, ready to be found in a sentence."""

    def __init__(self, phrases: Iterable[tuple[str, str, str]]) -> None:
        """Build from (concept, language, phrase) triples.

        Raises:
            ValueError: a phrase is malformed.
        """
        self.concepts: set[str] = set()
        self._index = {lang: _Index(arabic_stems if lang == "ar" else _itself) for lang in LANGUAGES}
        for concept, language, text in phrases:
            self.concepts.add(concept)
            for words in _parse(text):
                self._index[language].add(concept, words)

    @classmethod
    def load(cls, paths: Sequence[Path]) -> Lexicon:
        """Read lexicon files; a later file adds to a concept of an earlier one.

        Raises:
            DataError: with file, line, concept and fault for each thing that is wrong.
        """
        problems: list[str] = []
        phrases: list[tuple[str, str, str]] = []
        for path in paths:
            try:
                tree = read_strictly(path)
            except StrictYamlError as error:
                where = f"{path.name}:{error.line}" if error.line else path.name
                problems.append(f"{where}: {error.message}")
                continue
            if not isinstance(tree, dict):
                problems.append(f"{path.name}:1: must hold concepts, each with en, fr and ar")
                continue
            lines = Lines(path)
            for concept, entry in tree.items():
                for location, message in _collect(concept, entry, phrases):
                    line = lines.of(location)
                    problems.append(f"{path.name}:{line}: {message}" if line else f"{path.name}: {message}")
        if problems:
            raise DataError(problems)
        return cls(phrases)

    def find(self, tokens: Sequence[Token], language: str) -> list[Hit]:
        """Return every concept in a folded sentence, in order; of equal concepts that overlap the longest."""
        known = list(map(self._index[language].__getitem__, spelt(tokens)))
        found: dict[tuple[str, int], int] = {}
        begun: list[tuple[int, tuple[_Phrase, ...]]] = []
        gapped: list[tuple[int, tuple[_Phrase, ...], int]] = []
        before: tuple[_Phrase, ...] = ()  # what the word before begins that goes on with this one
        before_bits = 0
        for position, word in enumerate(known):
            if word is None:
                before_bits = 0
                continue
            alone, bits, nearby, nearby_bits, later, later_bits = word
            if before_bits & bits:
                begun.append((position - 1, before))
            if alone:
                for concept in alone:
                    found[concept, position] = position
            before, before_bits = nearby, nearby_bits
            if later:
                gapped.append((position, later, later_bits))
        if begun or gapped:
            all_bits = reduce(or_, [word.bits for word in known if word is not None])
            begun += [(position, later) for position, later, later_bits in gapped if later_bits & all_bits]
            for position, phrases in begun:
                for concept, rest, needed in phrases:
                    if needed & all_bits == needed:
                        last = _end(rest, known, position)
                        if last is not None and found.get((concept, position), -1) < last:
                            found[concept, position] = last
        hits = [Hit(concept, first, last) for (concept, first), last in found.items()]
        hits.sort(key=_in_order)
        return hits


_in_order = itemgetter(1, 2, 0)


def _second(phrases: Sequence[_Phrase]) -> int:
    """Return the bits of the second words of phrases."""
    return reduce(or_, (phrase.rest[0][0] for phrase in phrases), 0)


def _itself(word: str) -> tuple[str, ...]:
    return (word,)


def _end(rest: tuple[tuple[int, int], ...], known: Sequence[_Known | None], position: int, nth: int = 0) -> int | None:
    """Return the token that a phrase ends on when the word before the `nth` of `rest` stands at `position`."""
    if nth == len(rest):
        return position
    bit, gap = rest[nth]
    for place in range(position + 1, min(position + gap + 2, len(known))):
        word = known[place]
        if word is not None and word.bits & bit:
            last = _end(rest, known, place, nth + 1)
            if last is not None:
                return last
    return None


def _collect(concept: Any, entry: Any, phrases: list[tuple[str, str, str]]) -> list[tuple[Location, str]]:
    """Add one concept's phrases to `phrases`; return what is wrong with it, and where."""
    top = (str(concept),)
    if not isinstance(concept, str) or not _NAME.match(concept):
        return [(top, f"{concept!r}: a concept's name is capital letters and underscores")]
    if not isinstance(entry, dict):
        return [(top, f"{concept}: must hold en, fr and ar")]
    problems: list[tuple[Location, str]] = []
    for language, texts in entry.items():
        where = (concept, str(language))
        if language not in LANGUAGES or not isinstance(texts, list):
            problems.append((where, f"{concept}.{language}: must be a list under en, fr or ar"))
            continue
        for number, text in enumerate(texts):
            place = (*where, number)
            if not isinstance(text, str):
                problems.append(
                    (place, f"{concept}.{language}: {text!r}: not text; quote yes, no, on, off and numbers")
                )
                continue
            try:
                _parse(text)
            except ValueError as error:
                problems.append((place, f"{concept}.{language}: {text!r}: {error}"))
            else:
                phrases.append((concept, language, text))
    return problems
