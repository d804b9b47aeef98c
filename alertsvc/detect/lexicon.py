"""Concepts: the words and phrases of three languages that mean one thing to the detector.

`rules/lexicon.yaml` lists for each concept and language its phrases, written as they are matched: folded words parted
by blanks; `*` behind a word lets any ending follow, `(a|b c)` gives a choice of words or phrases, `~` stands for up to
four words in between, `~9` for up to nine. An Arabic word also matches with particles written onto its front.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from alertsvc.detect.fold import Token, arabic_stems, fold
from alertsvc.errors import DataError

__all__ = ["LANGUAGES", "Hit", "Lexicon", "read_yaml"]

LANGUAGES = ("en", "fr", "ar")
_GAP = 4
_NAME = re.compile(r"[A-Z][A-Z_]*\Z")
_PART = re.compile(r"\(([^()]*)\)|([^\s()]+)")
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

    def fits(self, stems: Sequence[str]) -> bool:
        exact, prefixes = self.exact, self.prefixes
        for stem in stems:  # noqa: SIM110  a generator costs twice as much, and this is the innermost loop of all
            if stem in exact or (prefixes and stem.startswith(prefixes)):
                return True
        return False


class _Phrase(NamedTuple):
    concept: str
    words: tuple[_Word, ...]


class _Starts(NamedTuple):
    """What a word begins: concepts that it means by itself, and longer phrases."""

    alone: tuple[str, ...]
    phrases: tuple[_Phrase, ...]


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader, which would let the later of two equal keys silently take the place of the earlier."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        twice = [key for key, count in keys.items() if count > 1]
        if twice:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {', '.join(map(repr, twice))} is used twice", node.start_mark
            )
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> Any:
    """Read a file that analysts edit.

    Raises:
        ValueError: it cannot be read, is not UTF-8 or not YAML, or uses a key twice; names the line where it can.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506  a safe loader
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except (OSError, yaml.YAMLError) as error:
        raise ValueError(str(error)) from error


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
        self._starts: dict[str, dict[str, list[_Phrase]]] = {lang: defaultdict(list) for lang in LANGUAGES}
        self._prefixes: dict[str, dict[str, list[_Phrase]]] = {lang: defaultdict(list) for lang in LANGUAGES}
        self._memo: dict[str, dict[str, _Starts]] = {lang: {} for lang in LANGUAGES}
        for concept, language, text in phrases:
            self.concepts.add(concept)
            for words in _parse(text):
                phrase = _Phrase(concept, words)
                for word in words[0].exact:
                    self._starts[language][word].append(phrase)
                for prefix in words[0].prefixes:
                    self._prefixes[language][prefix].append(phrase)

    @classmethod
    def load(cls, paths: Sequence[Path]) -> Lexicon:
        """Read lexicon files; a later file adds to a concept of an earlier one.

        Raises:
            DataError: with file, concept and fault for each thing that is wrong.
        """
        problems: list[str] = []
        phrases: list[tuple[str, str, str]] = []
        for path in paths:
            try:
                tree = read_yaml(path)
            except ValueError as error:
                problems.append(f"{path.name}: {error}")
                continue
            if not isinstance(tree, dict):
                problems.append(f"{path.name}: must hold concepts, each with en, fr and ar")
                continue
            for concept, entry in tree.items():
                problems += _collect(path.name, concept, entry, phrases)
        if problems:
            raise DataError(problems)
        return cls(phrases)

    def find(self, tokens: Sequence[Token], language: str) -> list[Hit]:
        """Return every concept in a folded sentence, in order; of equal concepts that overlap the longest."""
        found: dict[tuple[str, int], int] = {}
        memo = self._memo[language]
        stems = [self._stems(token.text, language) for token in tokens]
        for position, token in enumerate(tokens):
            starts = memo.get(token.text)
            if starts is None:
                starts = self._starting(token.text, stems[position], language)
            for concept in starts.alone:
                found[concept, position] = position
            for phrase in starts.phrases:
                last = _match(phrase.words, stems, position)
                if last is not None and found.get((phrase.concept, position), -1) < last:
                    found[phrase.concept, position] = last
        hits = [Hit(concept, first, last) for (concept, first), last in found.items()]
        hits.sort(key=lambda hit: (hit.first, hit.last, hit.concept))
        return hits

    def _stems(self, word: str, language: str) -> tuple[str, ...]:
        return arabic_stems(word) if language == "ar" else (word,)

    def _starting(self, word: str, stems: tuple[str, ...], language: str) -> _Starts:
        """Work out what a word begins, and remember it."""
        memo = self._memo[language]
        starts = [phrase for stem in stems for phrase in self._starts[language].get(stem, ())]
        prefixes = self._prefixes[language]
        starts += [
            phrase for stem in stems for end in range(2, len(stem) + 1) for phrase in prefixes.get(stem[:end], ())
        ]
        if len(memo) > 200_000:  # hostile text must not fill the memory with invented words
            memo.clear()
        known = memo[word] = _Starts(
            tuple(dict.fromkeys(phrase.concept for phrase in starts if len(phrase.words) == 1)),
            tuple(dict.fromkeys(phrase for phrase in starts if len(phrase.words) > 1)),
        )
        return known


def _match(words: tuple[_Word, ...], stems: Sequence[tuple[str, ...]], position: int, nth: int = 1) -> int | None:
    """Return the token that the phrase ends on when the word before its `nth` stands at `position`."""
    if nth == len(words):
        return position
    word = words[nth]
    for place in range(position + 1, min(position + word.gap + 2, len(stems))):
        if word.fits(stems[place]):
            last = _match(words, stems, place, nth + 1)
            if last is not None:
                return last
    return None


def _collect(name: str, concept: Any, entry: Any, phrases: list[tuple[str, str, str]]) -> list[str]:
    """Add one concept's phrases to `phrases`; return what is wrong with it."""
    if not isinstance(concept, str) or not _NAME.match(concept):
        return [f"{name}: {concept!r}: a concept's name is capital letters and underscores"]
    if not isinstance(entry, dict):
        return [f"{name}: {concept}: must hold en, fr and ar"]
    problems = []
    for language, texts in entry.items():
        if language not in LANGUAGES or not isinstance(texts, list):
            problems.append(f"{name}: {concept}.{language}: must be a list under en, fr or ar")
            continue
        for text in texts:
            if not isinstance(text, str):
                problems.append(f"{name}: {concept}.{language}: {text!r}: not text; quote yes, no, on, off and numbers")
                continue
            try:
                _parse(text)
            except ValueError as error:
                problems.append(f"{name}: {concept}.{language}: {text!r}: {error}")
            else:
                phrases.append((concept, language, text))
    return problems
