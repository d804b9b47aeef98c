"""Lines that were broken within a sentence, put together again.

Told by what is certain: a text wrapped at a width, a line that goes on in lower case, or one that ends in a comma or
in a word that nothing ends with. In doubt two lines stay two: headings and captions have no end mark either.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from alertsvc.detect.fold import fold

__all__ = ["finished", "groups", "joined"]

_ENDS = frozenset(".!?\u061f\u06d4\u2026")
_FINISHED = re.compile("[.!?\u061f\u06d4\u2026][\"'\u201d\u2019\u00bb)\\]]*$")
_GOES_ON = re.compile("[,;\u060c\u061b(]$|[^\\W\\d_][-\u2010]$")
_HYPHENED = re.compile("[^\\W\\d_][-\u2010]$")
_LAST_WORD = re.compile(r"([^\W_]+)$")
_OPEN = frozenset(
    (
        "the a an of to for from by with and or but that which who whose its their his her between against into "
        "le la les un une des de du au aux et ou en dans par pour sur avec que qui dont entre contre vers chez ses "
        "في من علي الي عن مع بين ان التي الذي الذين ضد قد نحو عند"
    ).split()
)
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_HEADLINE = 4  # such words, each with a capital, that make a headline
_PARTICLES = frozenset("in on at as out up over after before under about à aux dès لدي امام خلال".split())
_LONG = 40  # characters of a line that is no heading, so that a particle at its end goes on
_WIDTHS = (40, 110)  # of texts that are wrapped
_BAND = 20  # characters by which wrapped lines differ
_WRAPPED = 3  # lines that show that a text is wrapped
_MOSTLY = 0.8


def finished(line: str) -> bool:
    """Say whether a line ends as a sentence does."""
    return line[-1:] in _ENDS or _FINISHED.search(line[-8:]) is not None


def joined(lines: Sequence[str]) -> list[str]:
    """Return the lines with those put together that are parts of one sentence."""
    return [group[0] if len(group) == 1 else _line(group) for group in groups(lines)]


def groups(lines: Sequence[str]) -> list[Sequence[str]]:
    """Return the lines in groups: those that are parts of one sentence together, each other one by itself."""
    open_lines = [not finished(line) for line in lines]
    if not any(open_lines[:-1]):
        return [(line,) for line in lines]
    width = _wrapped_at(lines, open_lines)
    found: list[Sequence[str]] = []
    start = 0
    while start < len(lines):
        end = sure = start + 1
        while end < len(lines):
            before, after = lines[end - 1], lines[end]
            if _wraps(before, after, width) and (open_lines[end - 1] or after[0].islower()):
                sure = end + 1
            elif not (open_lines[end - 1] and _continues(before, after)):
                break
            end += 1
        # A sentence has its end somewhere; a caption or heading and what stands below it have not.
        last = end if not open_lines[end - 1] else sure if sure > start + 1 else start
        found += [lines[start:last]] if last > start else []
        found += [(line,) for line in lines[last:end]]
        start = end
    return found


def _line(parts: Sequence[str]) -> str:
    whole = parts[0]
    for part in parts[1:]:
        whole += part if _HYPHENED.search(whole[-2:]) else f" {part}"
    return whole


def _wrapped_at(lines: Sequence[str], open_lines: Sequence[bool]) -> int:
    """Return the width that a text was wrapped at, 0 where it was not.

    A line is broken where the next word would not have fitted; so nearly every open line must show.
    """
    pairs = [pair for pair, is_open in zip(pairwise(lines), open_lines, strict=False) if is_open]
    if len(pairs) < _WRAPPED:
        return 0
    lengths = sorted(len(before) for before, _ in pairs)
    middle = lengths[len(lengths) // 2]
    if not _WIDTHS[0] <= middle <= _WIDTHS[1]:
        return 0
    near = [pair for pair in pairs if abs(len(pair[0]) - middle) <= _BAND]
    width = max(len(before) for before, _ in near)
    fitting = sum(_wraps(before, after, width) for before, after in near)
    return width if fitting >= max(_WRAPPED, _MOSTLY * len(pairs)) else 0


def _wraps(before: str, after: str, width: int) -> bool:
    """Say whether a line is one that the next word would not have fitted into; a headline in capitals is none."""
    if not 0 < len(before) <= width < len(before) + 1 + len(after.partition(" ")[0]):
        return False
    words = () if "," in before or "." in before else _LONG_WORD.findall(before)
    return len(words) < _HEADLINE or not all(word[0].isupper() for word in words)


def _continues(before: str, after: str) -> bool:
    if after[0].islower() or _GOES_ON.search(before):
        return True
    last = _LAST_WORD.search(before[-20:])
    word = "" if last is None else fold(last[1])
    return word in _OPEN or (word in _PARTICLES and len(before) >= _LONG)
