"""Numbers in figures: grouped thousands, decimals, millions, and the figures that count nothing."""

from __future__ import annotations

import re

from alertsvc.detect.numerals.passage import DASHES, Part, Passage
from alertsvc.detect.numerals.tables import SCALE

__all__ = ["digits", "figure"]

_DIGITS_MAX = 9  # longer runs of digits are telephone numbers and the like
_GLUED = re.compile(r"[ء-يـ]{1,3}([0-9]{1,9})\Z")  # Arabic particles are written onto digits: "and15"
_THOUSANDS = frozenset([",", ".", " ", "\u00a0", "\u202f", "\u2009", "'", "’", "٬", "،"])
_DECIMALS = frozenset([".", ",", "٫"])
_MONEY = "$€£¥#№"
# A number written behind one of these is a name: "Brigade 444", "Resolution 1701", "Route 66".
_NAMED = frozenset(
    "battalion battalions brigade division regiment unit resolution article route highway no number section block "
    "phase sector zone gate area class level page channel flight camp local room week version windows boeing airbus "
    "bataillon regiment resolution numero n bloc secteur porte section canal vol lot camp semaine "
    "اللواء لواء الكتيبه كتيبه الفوج فوج القرار قرار رقم الرقم الفرقه فرقه الماده ماده البند قناه القطاع قطاع الفصل "
    "الطريق بوابه البوابه".split()
)
_PER_CENT = frozenset("percent percentage per pour بالميه بالمايه".split())


def figure(word: str) -> int | None:
    """Return the value of a word written in figures, an Arabic particle before them allowed, else None."""
    if word.isascii() and word.isdigit():
        return int(word) if len(word) <= _DIGITS_MAX else None
    glued = _GLUED.match(word)
    return int(glued.group(1)) if glued else None


def digits(passage: Passage, at: int) -> Part | None:
    """Read the number in figures that begins at token `at`, None where there is none."""
    text, words, names = passage.text, passage.words, passage.names
    value = figure(names[at])
    if value is None:
        return None
    before = text[words[at].start - 1] if words[at].start else ""
    last, counts = at, not before or before not in _MONEY
    if before and before in DASHES and at and not names[at - 1][-1].isdigit() and passage.close(at - 1):
        counts = counts and passage.gap(at - 1).strip(DASHES) != ""
    decimal = False
    if len(names[at]) <= 3 or not names[at][0].isdigit():
        while passage.gap(last) in _THOUSANDS and _triple(passage.name(last + 1)):
            last += 1
            value = value * 1000 + int(names[last])
            if value > 10**_DIGITS_MAX:
                return Part(value, value, last, counts=False)
    if passage.name(last + 1)[:1].isdigit():
        gap = passage.gap(last)
        decimal = gap in _DECIMALS and last == at and not _triple(names[last + 1])
        if decimal or gap in (":", "/", "."):
            last += 1
            counts = False
            while passage.name(last + 1)[:1].isdigit() and passage.gap(last) in ":/.":
                last += 1
    size = SCALE[passage.language].get(passage.name(last + 1)) if passage.close(last) else None
    if size and size != 12 and (counts or decimal):
        tenths = names[last][:6] if decimal else ""
        if tenths.isdigit() and tenths.isascii():
            value = value * size + int(tenths) * size // 10 ** len(tenths)
        else:
            value *= size
        return Part(value, value, last + 1, digits=True)
    if passage.name(last + 1) in _PER_CENT:
        counts = False
    after = text[words[last].end : words[last].end + 2]
    if after[:1] in ("%", "٪", "°") or after.strip()[:1] in ("%", "٪", "€", "$", "£"):
        counts = False
    if after[:1] in DASHES and after[1:].isalpha():
        counts = False  # "16-year-old", "5-member"
    if last == at and passage.name(at - 1) in _NAMED and passage.close(at - 1):
        counts = False
    return Part(value, value, last, digits=True, counts=counts)


def _triple(word: str) -> bool:
    return len(word) == 3 and word.isascii() and word.isdigit()
