"""Where a report was filed from, and by whom: `TRIPOLI, Libya (Agency) -` before its first sentence.

It tells of the newsroom and not of the event, so it is read apart. Told by its form alone: a name or two and an agency
in brackets, or a name in capitals, or a short name, then a dash or a colon and the beginning of a sentence.
"""

from __future__ import annotations

import re

__all__ = ["dateline_end"]

_REACH = 140  # characters that a dateline lies within
_AHEAD = 40  # characters that an agency or a day may take before the place
_MONTH = (
    r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec|janv|févr|mars|avr|mai|juin|juil|août|"
    r"January|February|March|April|August|September|October|November|December|janvier|février|avril|juillet|"
    r"septembre|octobre|novembre|décembre)\b\.?"
)
_DAY = rf"(?:{_MONTH} \d{{1,2}}|\d{{1,2}}(?:er)? {_MONTH})(?:,? \d{{4}})?"
_UPPER = "A-Z\u00c0-\u00d6\u00d8-\u00de\u0152"
_NAME = rf"[{_UPPER}][\w'\u2019.-]*"
_NAMES = rf"{_NAME}(?: {_NAME}){{0,3}}"
_FEW = rf"[{_UPPER}][\w'\u2019-]{{2,}}(?: {_NAME}){{0,2}}"
_LOUD = rf"[{_UPPER}][{_UPPER}'\u2019.-]{{2,}}(?: [{_UPPER}'\u2019.-]{{2,}}){{0,3}}"
_WHERE = rf"(?:, {_NAMES})?(?:, {_DAY})?"
_AGENCY = r"\([^()\n]{2,50}\)"
_DASH = r"(?:\s*(?:\u2014|\u2013|--)\s*|\s+-\s+|(?<=\))-\s+)"
_STARTS = rf"(?=[\"'\u2018\u201c\u00ab\[]?\s?(?:[{_UPPER}]|\d(?!\d?:\d)))"
_WORD = "[\u0621-\u064a]{2,}"
_WORDS = f"{_WORD}(?: {_WORD}){{0,3}}"
_SPACED = r"\s+[-\u2013\u2014]{1,2}\s+"

_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"{_NAMES}{_WHERE} ?{_AGENCY}(?:, {_DAY})?(?:{_DASH}|\s*[-\u2013\u2014]{{1,2}}\s*$|: )",
        rf"{_LOUD}{_WHERE}(?:{_DASH}|: ){_STARTS}",
        rf"{_FEW}{_WHERE}{_DASH}{_STARTS}",
        rf"(?:{_AGENCY}|{_DAY})(?:\s*{_AGENCY})?{_DASH}{_STARTS}",
        rf"{_LOUD}{_WHERE}\.? /[^/\n]{{2,40}}/\.?(?:{_DASH}|\s+){_STARTS}",
        rf"{_WORDS}(?:[\u060c,] ?{_WORDS})? ?{_AGENCY}(?:\s*[-\u2013\u2014]{{1,2}}\s*|\s*:\s*)",
        rf"{_WORD}(?: {_WORD}){{0,2}}{_SPACED}(?:{_WORDS}{_SPACED})?",
    )
)
_SIGN = re.compile("[-\u2013\u2014:/]")


def dateline_end(line: str) -> int:
    """Return where the first sentence of a line begins behind its dateline, 0 where it has none."""
    head = line[:_REACH]
    if not _SIGN.search(head):
        return 0
    for form in _FORMS:
        match = form.match(head)
        if match is not None:
            end = match.end()
            # "Agency - TOWN (Agency) - Text": an agency or a day before the place.
            return end if "(" in match.group() or end > _AHEAD else end + dateline_end(line[end : end + _REACH])
    return 0
