"""Numbers in news prose, as ranges: digits, words and their qualifiers in English, French and Arabic.

Readings that are choices, not facts: "dozens" is at least 24, "scores" at least 40, French and Arabic tens ("des
dizaines", "عشرات") at least 20, "hundreds" at least 200, "thousands" at least 2,000; "several", "a few", "a number of"
and their like are at least 3; "about", "nearly", "as many as", "une dizaine" keep the number that was named,
since no other was said; "more than 5" and "at least 5" are both 5 and up, "up to 5" and "fewer than 5" are 0 to 5.
"""

from __future__ import annotations

from alertsvc.detect.numerals.passage import Number
from alertsvc.detect.numerals.reader import NumberedPassage, numbers_among, read_numbers
from alertsvc.detect.numerals.tables import ARABIC_PREFIXES

__all__ = ["ARABIC_PREFIXES", "Number", "NumberedPassage", "numbers_among", "read_numbers"]
