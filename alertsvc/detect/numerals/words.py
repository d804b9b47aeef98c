"""Numbers in words, in English, French and Arabic."""

from __future__ import annotations

from alertsvc.detect.numerals.passage import Part, Passage
from alertsvc.detect.numerals.tables import (
    ARABIC_AND,
    ARABIC_AND_SCALE,
    ROUND_FRENCH,
    SCALE,
    SCALE_ARABIC_FIRST,
    SMALL,
    VAGUE,
)

__all__ = ["arabic", "english", "french"]

_TEEN = frozenset(("عشر", "عشره"))  # behind a unit: eleven to nineteen
_AND_ONE = frozenset(("واحد", "واحدي"))  # "and one" only before one of these, else "one" by itself
_NOT_ONE = frozenset("no any every each this that which some another the".split())


def english(passage: Passage, at: int) -> Part | None:
    """Read the number in English words that begins at token `at`, None where the word counts nothing."""
    small, scale, vague = SMALL["en"], SCALE["en"], VAGUE["en"]
    word, previous, following = passage.names[at], passage.name(at - 1), passage.name(at + 1)
    if word in vague:
        if word == "tens" and following != "of":
            return None
        if word in ("few", "couple", "pair"):
            if previous != "a":
                return None
            after = passage.name(at + 2) if following == "of" else following
            step = 2 if following == "of" else 1
            if after in scale and word == "few":
                return Part(3 * scale[after], None, at + step)
            last = at + 1 if following == "of" and word != "few" else at
            return Part(vague[word], None if word == "few" else 2, last)
        if word == "several" and following in scale:
            return Part(3 * scale[following], None, at + 1)
        if following == "of":
            size = {"thousands": 1000, "millions": 10**6}.get(passage.name(at + 2), 1)
            if size > 1 and word in ("tens", "dozens", "hundreds", "scores"):
                return Part(vague[word] * size, None, at + 2)
        return Part(vague[word], None, at)
    if word in scale:
        if previous not in ("a", "half", "one") and not (previous == "the" and word == "dozen"):
            return None
        if word == "dozen" and previous == "a" and passage.name(at - 2) == "half":
            return Part(6, 6, at)
        return _scaled(passage, at, scale[word], 0)
    if word == "one" and (previous in _NOT_ONE or following in ("another", "day", "side", "year")):
        return None
    return _scaled(passage, at, 0, small[word])


def french(passage: Passage, at: int) -> Part | None:
    """Read the number in French words that begins at token `at`, None where the word counts nothing."""
    small, scale, vague = SMALL["fr"], SCALE["fr"], VAGUE["fr"]
    word, previous, following = passage.names[at], passage.name(at - 1), passage.name(at + 1)
    if word in vague:
        if word in ("plusieurs", "quelques") and following in vague:
            return Part(vague[following], None, at + 1)
        thousands = following == "de" and passage.name(at + 2) == "milliers"
        size = 1000 if word in ("dizaines", "centaines") and thousands else 1
        return Part(vague[word] * size, None, at + (2 if size > 1 else 0))
    if word in ROUND_FRENCH:
        value = ROUND_FRENCH[word]
        return None if previous in ("demi", "deuxieme", "la") else Part(value, value, at)
    if word in scale:
        if (word == "cent" and previous == "pour") or (word in ("million", "milliard") and previous != "un"):
            return None
        return _scaled(passage, at, scale[word], 0)
    return _scaled(passage, at, 0, small[word])


def _scaled(passage: Passage, at: int, total: int, group: int) -> Part:
    """Read on after the first word of a number in English or French: `group` is below a thousand, `total` above."""
    names, language = passage.names, passage.language
    small, scale = SMALL[language], SCALE[language]
    if total in (100, 12):
        total, group = 0, total
    last = at
    for _ in range(12):
        if not passage.close(last):
            break
        step = 1
        word = names[last + 1]
        joiner = word == "and" and language == "en" and (group % 100 == 0 and group + total > 0)
        joiner = joiner or (word == "et" and language == "fr" and group % 100 in (20, 30, 40, 50, 60))
        if joiner:
            if not passage.close(last + 1):
                break
            step, word = 2, names[last + 2]
        value, size = small.get(word), scale.get(word)
        if language == "fr" and word in ("un", "une") and (step == 2 or (group >= 100 and group % 100 == 0)):
            value = 1
        tens = group % 100
        if value is not None and word != "both" and word != "ten":
            if language == "fr" and value == 20 and tens == 4:
                group += 76  # quatre-vingts
            elif (
                (language == "fr" and tens in (60, 80) and value < 20)
                or (language == "fr" and tens in (10, 70, 90) and 7 <= value <= 9)  # dix-sept, soixante-dix-sept
                or (tens == 0 and group + total > 0 and value < 100)
                or (tens >= 20 and tens % 10 == 0 and value < 10)
            ):
                group += value
            else:
                break
        elif size is not None and step == 1:
            if size in (100, 12):
                if group >= 100 or group == 0:
                    break
                group *= size
            else:
                total += max(group, 1) * size
                group = 0
        elif language == "fr" and word == "vingts" and tens == 4 and step == 1:
            group += 76
        else:
            break
        last += step
    return Part(total + group, total + group, last)


def arabic(passage: Passage, at: int) -> Part | None:
    """Read the number in Arabic words that begins at token `at`, None where the word counts nothing."""
    small, scale, vague = SMALL["ar"], SCALE["ar"], VAGUE["ar"]
    word, following = passage.names[at], passage.name(at + 1)
    if word in vague and word not in small:
        if following in ("الالاف", "الاف"):
            return Part(vague[word] * 1000, None, at + 1)
        return Part(vague[word], None, at)
    value = small.get(word)
    if value is None:
        value = SCALE_ARABIC_FIRST.get(word)
        if value is None or word in ("الميه", "بالميه", "بالمايه", "المايه"):
            return None  # "per cent"
    last, total = at, 0
    if following in _TEEN and -1 <= value <= 9:
        value, last = 10 + abs(value), at + 1
    if value == -1:
        return None
    if value >= 1000:
        total, value = value, 0
    for _ in range(10):
        if not passage.close(last):
            break
        word = passage.names[last + 1]
        size = scale.get(word)
        if size is not None and (1 <= value < 1000):
            if size == 100:
                if value > 9:
                    break
                value *= 100
            else:
                total, value = total + value * size, 0
        else:
            more = ARABIC_AND.get(word, ARABIC_AND_SCALE.get(word))
            teen = word in _AND_ONE or (more is not None and more < 10)
            teen = teen and passage.name(last + 2) in _TEEN and passage.close(last + 1)
            more = (more or 1) + 10 if teen else more  # "a hundred and twelve"
            if more is None or not _fits_arabic(value, total, more):
                break
            last += teen
            if more >= 1000:
                total, value = total + value + more, 0
            else:
                value += more
        last += 1
    return Part(total + value, total + value, last)


def _fits_arabic(value: int, total: int, more: int) -> bool:
    """Tell whether "and `more`" carries a number on ("five and twenty") or begins another ("three and seven")."""
    tens = value % 100
    if more in (20, 30, 40, 50, 60, 70, 80, 90):
        return tens < 10
    if more < 20:
        return tens == 0 and value + total >= 100
    return value == 0 and total > 0 and more < 1000
