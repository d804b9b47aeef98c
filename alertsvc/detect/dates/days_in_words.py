"""Days of the month in words, read backwards from their month: "the first of March", "le douze mars"."""

from __future__ import annotations

from alertsvc.detect.dates.passage import DatePassage

__all__ = ["day_in_words"]

_UNITS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
_ENGLISH = {word: value for value, word in enumerate(_UNITS.split(), 1)} | {
    "fifteenth": 15,
    "sixteenth": 16,
    "seventeenth": 17,
    "eighteenth": 18,
    "nineteenth": 19,
    "twentieth": 20,
    "thirtieth": 30,
}
_ARABIC = {
    word: value for value, word in enumerate("الثاني الثالث الرابع الخامس السادس السابع الثامن التاسع".split(), 2)
}
_ARABIC |= {"الاول": 1, "اول": 1, "الحادي": 1, "العاشر": 10, "العشرين": 20, "الثلاثين": 30}
_JOINED = {"والعشرين": 20, "والعشرون": 20, "والثلاثين": 30, "والثلاثون": 30}  # behind a unit
_OF = frozenset(("of", "من", "شهر"))


def day_in_words(passage: DatePassage, month: int) -> tuple[int, int] | None:
    """Return the day of the month told in words before the month at token `month`, and its first token.

    None where no day stands there: "the first March in office" would be one, and news does not write it.
    """
    at = month - 1
    while at > 0 and passage.name(at) in _OF and at > month - 3:
        at -= 1
    name, previous = passage.name(at), passage.name(at - 1)
    if passage.language == "en":
        value = _ENGLISH.get(name)
        if value is not None and value < 10 and previous in ("twenty", "thirty"):
            value, at = value + (20 if previous == "twenty" else 30), at - 1
        if value is not None and at == month - 1 and passage.name(at - 1) == "the":
            return None  # "the first March"
    elif passage.language == "fr":
        number = passage.ending.get(at)
        if name == "premier":
            value = 1
        elif number is not None and number.low == number.high and not name[:1].isdigit():
            value, at = number.low, number.core
        else:
            value = None
    elif name in ("عشر", "عشره"):
        unit = _ARABIC.get(previous)
        value, at = (None if unit is None or unit > 9 else unit + 10), at - 1
    elif name in _JOINED:
        unit = _ARABIC.get(previous)
        value, at = (None if unit is None or unit > 9 else unit + _JOINED[name]), at - 1
    else:
        value = _ARABIC.get(name) if at < month - 1 else None  # "February", whose name may be "the second"
    return None if value is None or not 1 <= value <= 31 else (value, at)
