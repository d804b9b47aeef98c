"""Names of sites in English and French: before the kind ("the X refinery") or behind it ("la raffinerie de X").

A name is a run of words with capitals, with the small words that Arabic and Romance names have inside. Behind the kind
a preposition says whether it is the site's own name ("of", "at", "de", "à") or that of a place round about ("in",
"near", "dans", "près de"), which names one site and never several: "oil fields in X" are not one another's names.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from alertsvc.detect.lexicon import Hit
from alertsvc.detect.sentences import Sentence
from alertsvc.detect.sites.european_words import (
    AND,
    AROUND,
    ARTICLES,
    BETWEEN,
    COMPASS,
    GROUND,
    LINKS,
    MODIFIERS,
    NO_NAMES,
    NUMBERED,
    OWN,
    PLURAL,
    REGIONS,
    SINGULAR,
    STARTERS,
)

__all__ = ["Named", "european_names"]


class Named(NamedTuple):
    """A name of a site, tokens `first` to `last`, both within."""

    first: int
    last: int
    round_about: bool = False  # that of a place near the site or around it
    skipped: int = 0  # letters written onto the front of the name that do not belong to it


_LONGEST = 4  # words of a name
_MOST = 6  # names in a row
_STEPS = 7  # words between a kind and the name behind it
_ABBREVIATION = 5  # letters of an owner's or office's initials
_BETWEEN_WORDS = frozenset((" ", "-", "‑", "–", "'", "’", " - ", " – "))


class _Reader:
    """Reads names of one sentence."""

    def __init__(
        self,
        sentence: Sentence,
        language: str,
        barred: Collection[int],
        listed: Callable[[int], tuple[int, int] | None],
        proved: Callable[[Sentence, int], bool],
    ) -> None:
        self.words = sentence.tokens
        self.text = sentence.text
        self.sentence = sentence
        self.language = language
        self.barred = barred
        self.listed = listed
        self.proved = proved

    def gap(self, position: int) -> str:
        """Return what stands between a word and the next."""
        return self.text[self.words[position].end : self.words[position + 1].start]

    def capital(self, position: int) -> bool:
        return position < len(self.words) and self.text[self.words[position].start].isupper()

    def is_part(self, position: int) -> bool:
        """Say whether a word can be the main part of a name."""
        word = self.words[position]
        if position in self.barred or not self.capital(position):
            return False
        if word.text in NUMBERED:
            return position + 1 < len(self.words) and self.words[position + 1].text.isdigit()
        if word.text in STARTERS:  # "the In Salah gas plant": within a sentence its capital makes it a name
            return position > 0 and not self.sentence.title and self.capital(position + 1)
        return word.text not in NO_NAMES

    def joins(self, position: int) -> bool:
        """Say whether a word can stand inside a name: a link ("al-", "bin") or a number ("Zelka-3")."""
        word = self.words[position].text
        if position in self.barred:
            return False
        if word.isdigit():
            return len(word) <= 3 and position > 0 and self.gap(position - 1) in _BETWEEN_WORDS
        return word in LINKS

    def before(self, end: int, *, plural: bool) -> Named | None:
        """Return the name that ends on the word before `end`."""
        first = end
        while first > 0 and end - first < _LONGEST and (first == end or self.gap(first - 1) in _BETWEEN_WORDS):
            if self.is_part(first - 1) or self.joins(first - 1):
                first -= 1
            else:
                break
        last = end - 1
        if plural and last >= first and self.words[last].text.isdigit() and self.gap(last - 1) == " ":
            return None  # a count
        first = self.trimmed(first, last)
        return Named(first, last) if first <= last and self.stands(first, last) else None

    def trimmed(self, first: int, last: int) -> int:
        """Return where a name begins, without links and numbers in front that belong to nothing."""
        while first <= last:
            word = self.words[first].text
            linked = word in LINKS and (self.capital(first) or (first < last and self.gap(first) == "-"))
            if not (self.is_part(first) or linked):
                first += 1
            else:
                break
        return first

    def stands(self, first: int, last: int) -> bool:
        """Say whether these words are a name, and not the capital of a sentence's first word or bare initials."""
        parts = [k for k in range(first, last + 1) if self.capital(k)]
        if not parts or (first == last and len(self.words[first].text) < 2):
            return False
        if all(self.words[k].text in COMPASS for k in parts):
            return False
        if first == last and self._initials(first, _ABBREVIATION - 2):
            return False
        return self.proved(self.sentence, parts[0]) or (
            len(parts) > 1 and not self.sentence.title and self.proved(self.sentence, parts[1])
        )

    def _initials(self, position: int, letters: int) -> bool:
        token = self.words[position]
        written = self.text[token.start : token.end]
        return written.isupper() and len(written) <= letters and not self.text.isupper()

    def after(self, position: int) -> Named | None:
        """Return the name that begins at a word."""
        if position >= len(self.words):
            return None
        if not (self.is_part(position) or (self.joins(position) and self.linked_on(position))):
            return None
        last = position
        while (
            last + 1 < len(self.words)
            and last - position + 1 < _LONGEST
            and self.gap(last) in _BETWEEN_WORDS
            and (self.is_part(last + 1) or (self.joins(last + 1) and self.linked_on(last + 1)))
        ):
            last += 1
        return Named(position, last) if self.stands(position, last) else None

    def linked_on(self, position: int) -> bool:
        """Say whether a link goes on to a capital ("al-Zelka"), or a number ends a name."""
        word = self.words[position].text
        if word.isdigit():
            return self.gap(position - 1) == "-" or self.words[position - 1].text in NUMBERED
        ahead = position + 1
        return ahead < len(self.words) and self.gap(position) in ("-", " ", "'", "’") and self.is_part(ahead)

    def owner(self, position: int, *, article: bool) -> bool:
        """Say whether a word behind "of" is the initials of a company or office: "le dépôt de la SONX"."""
        return self._initials(position, 12 if article else _ABBREVIATION)


def european_names(
    sentence: Sentence,
    hit: Hit,
    language: str,
    barred: Collection[int],
    listed: Callable[[int], tuple[int, int] | None],
    proved: Callable[[Sentence, int], bool],
) -> list[Named]:
    """Return the names that a word for a kind of site has in a sentence.

    Args:
        sentence: the sentence.
        hit: the word or phrase for the kind.
        language: `en` or `fr`.
        barred: tokens that belong to something else.
        listed: the span of a listed place that a token belongs to, None where it belongs to none.
        proved: says whether a word's capital tells that it is a name.
    """
    words = sentence.tokens
    span = range(hit.first, hit.last + 1)
    heads = [k for k in span if words[k].text in SINGULAR[language] or words[k].text in PLURAL[language]]
    if not heads:
        return []
    head = heads[-1] if language == "en" else heads[0]
    last = hit.last
    while language == "en" and last + 1 < len(words) and words[last + 1].text in SINGULAR["en"] | PLURAL["en"]:
        last = head = last + 1  # "fuel storage" and "facility"
    plural = words[head].text in PLURAL[language]
    reader = _Reader(sentence, language, barred, listed, proved)
    found: list[Named] = []
    if language == "en":
        found = list(_row_before(reader, hit.first, plural=plural))
    if not found and not (language == "en" and _named_before(reader, hit.first)):
        found = list(_row_behind(reader, last, plural=plural))
    return found


def _start(reader: _Reader, position: int) -> int:
    """Return where a kind begins with the words in front that tell it closer: "natural gas processing plant"."""
    while position > 0 and reader.words[position - 1].text in MODIFIERS and reader.gap(position - 1) in (" ", "-"):
        position -= 1
    return position


def _named_before(reader: _Reader, position: int) -> bool:
    """Say whether a listed site has its name right before the kind."""
    start = _start(reader, position)
    return start > 0 and reader.gap(start - 1) == " " and reader.listed(start - 1) is not None


def _row_before(reader: _Reader, position: int, *, plural: bool) -> Iterator[Named]:
    """Yield the names right before a kind; before several, those that "and" and commas join to the last."""
    end = _start(reader, position)
    if end and reader.gap(end - 1) not in _BETWEEN_WORDS:
        return
    for _ in range(_MOST):
        if end == 0:
            return
        known = reader.listed(end - 1)
        if known is not None:
            begin = known[0]
        else:
            name = reader.before(end, plural=plural)
            if name is None:
                return
            yield name
            begin = name.first
        if not plural or begin == 0:
            return
        if reader.words[begin - 1].text in AND:
            end = begin - 1
            if end and "," in reader.gap(end - 1) and reader.gap(end - 1).strip() != ",":
                return
        elif reader.gap(begin - 1) == ", ":
            end = begin
        else:
            return


def _row_behind(reader: _Reader, last: int, *, plural: bool) -> Iterator[Named]:
    """Yield the names behind a kind and a preposition; behind several, those that "and" and commas join."""
    position, preposition, article = _behind(reader, last)
    if position is None:
        return
    around = preposition in AROUND[reader.language]
    if around and plural:
        return
    for number in range(_MOST):
        known = reader.listed(position) if position < len(reader.words) else None
        if known is not None:
            end = known[1]
        else:
            name = reader.after(position)
            if name is None or (name.first == name.last and reader.owner(name.first, article=article)):
                return
            region = name.last + 1 < len(reader.words) and reader.words[name.last + 1].text in REGIONS
            yield name._replace(round_about=around or region)
            end = name.last
        if not plural or number == _MOST - 1 or end + 1 >= len(reader.words):
            return
        position = end + 1
        joined = reader.gap(end).strip() == ","
        if reader.words[position].text in AND:
            joined, position = True, position + 1
        while position < len(reader.words) and reader.words[position].text in ("de", "du", "d", "des", "of"):
            if reader.capital(position):
                break
            position += 1
        if not joined:
            return


def _behind(reader: _Reader, last: int) -> tuple[int | None, str, bool]:
    """Return where a name may begin behind a kind, by which preposition, and whether with an article."""
    words, language = reader.words, reader.language
    steps = OWN[language] | AROUND[language] | BETWEEN[language]
    preposition, article = "", False
    if language == "fr" and words[last].text in OWN["fr"]:
        preposition = words[last].text
    position = last + 1
    for _ in range(_STEPS):
        if position >= len(words):
            return None, "", False
        gap = reader.gap(position - 1)
        if "(" in gap and position + 1 < len(words) and ")" in reader.gap(position):
            position += 1  # "the border crossing point (BCP) at X"
            continue
        word = words[position].text
        proper = reader.capital(position) and not reader.text.isupper() and word not in GROUND
        if proper or gap.strip(" -‑'’\")»«“”"):
            break
        if word not in steps:
            return None, "", False
        if not preposition and (word in OWN[language] or word in AROUND[language]):
            preposition = word
        article = word in ARTICLES
        position += 1
    if position >= len(words) or reader.gap(position - 1).strip(" -‑'’\")»«“”"):
        return None, "", False
    if not preposition and (language == "en" or reader.gap(last) != " "):
        return None, "", False
    return position, preposition, article
