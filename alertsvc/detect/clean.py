"""What stands around and inside a text that is not the article: menus, captions, notices, broken characters.

What may be dropped is data (`rules/junk.yaml`); this module only knows how. Nothing is ever rewritten beyond mending
characters and line breaks, so that a quotation of the cleaned text is a quotation of the article.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import re2

from alertsvc.detect.characters import mend
from alertsvc.detect.dateline import dateline_end
from alertsvc.detect.fold import letters
from alertsvc.detect.lines import finished, groups, joined
from alertsvc.detect.stamp import headline_end, stamp_end
from alertsvc.errors import DataError
from alertsvc.strictyaml import Lines, StrictYamlError, read_strictly

__all__ = ["CleanText", "Cleaner", "mend"]

_PAID_MARK = re.compile(r"(?<=[a-zà-ÿ]{3})[F$]$")
_OUTLET = re.compile(r"\s*\|\s*([^|]{2,40})$")
_TAIL = re.compile(r"\s[|–—·•»:-]\s[^|]{2,45}$")
_HEADLINE_WORDS = 3  # fewer before a bar are a rubric, and what stands behind it is the headline
_NEVER = r"[^\x{0}-\x{10FFFF}]"
_ANCHORED = re.compile(r"\\[zAQ]|\(\?\w*-\w*m")  # what tells the end of a text from that of a line in it
_LINE_LIMIT = 20_000
_BEGINNING, _TELLING = 32, 10  # characters, and letters among them, that tell lines apart before they are compared
_CAPTION = 40  # characters of a line that no sentence broken into lines has twice
_LATE = 6  # paragraphs behind which what is about other articles is taken to go on to the end
_FAR = 50  # lines that are looked at on either side of where it begins
_FILED = 3  # paragraphs among which a dateline stands: a caption or a standfirst may come before it


@dataclass(frozen=True, slots=True)
class CleanText:
    """An article's words: its headline, its paragraphs, and how many lines were dropped as junk.

    `dateline` is what stood before paragraph `dated`: where and by whom it was filed; `stamp` the date of the page that
    stood before the first.
    """

    title: str
    paragraphs: tuple[str, ...]
    dropped: int
    dateline: str = ""
    dated: int = 0
    stamp: str = ""

    def whole(self) -> CleanText:
        """Return the text with its dateline back in its place."""
        if not self.dateline:
            return self
        paragraphs = list(self.paragraphs)
        paragraphs[self.dated : self.dated + 1] = [" ".join((self.dateline, *paragraphs[self.dated : self.dated + 1]))]
        return replace(self, paragraphs=tuple(paragraphs), dateline="", dated=0)


class Cleaner:
    """Removes the junk that `rules/junk.yaml` describes."""

    def __init__(self, cut: list[str], line: list[str], inside: list[str]) -> None:
        """Compile the patterns.

        Raises:
            DataError: with every pattern that is not valid RE2, or that every line begins with.
        """
        problems: list[str] = []
        self._cut = _compile(cut, "cut", problems)
        self._line = _compile(line, "line", problems)
        self._inside = _compile(inside, "inside", problems)
        if problems:
            raise DataError(problems)
        # Asked of every line and of every text, so that the lists are gone through only where one of them holds.
        self._any = _compile([*cut, *line], "line", problems)
        # Asked of all lines at once: may find too much, never too little but for patterns with anchors of their own.
        anchored = any(_ANCHORED.search(pattern) for pattern in (*cut, *line))
        lines = [] if anchored else [f"(?m:^(?:{pattern}))" for pattern in (*cut, *line)]
        self._any_at_all = None if anchored else _compile(lines, "inside", problems)
        self._inside_any = _compile([f"(?m){pattern}" for pattern in inside], "inside", problems)

    @classmethod
    def load(cls, path: Path) -> Cleaner:
        """Read the patterns.

        Raises:
            DataError: the file is missing, malformed or holds an invalid pattern.
        """
        try:
            tree: Any = read_strictly(path)
        except StrictYamlError as error:
            where = f"{path.name}:{error.line}" if error.line else path.name
            raise DataError([f"{where}: {error.message}"]) from error
        if not isinstance(tree, dict) or set(tree) != {"cut", "line", "inside"}:
            raise DataError([f"{path.name}:1: must hold the lists cut, line and inside"])
        lines = Lines(path)
        problems = [
            f"{path.name}:{lines.of((key,))}: {key}: must be a list of patterns"
            for key, patterns in tree.items()
            if not isinstance(patterns, list)
        ]
        problems += [
            f"{path.name}:{lines.of((key, number))}: {key}: {wrong}"
            for key, patterns in tree.items()
            if isinstance(patterns, list)
            for number, pattern in enumerate(patterns)
            if (wrong := _fault(pattern, key))
        ]
        if problems:
            raise DataError(problems)
        return cls(tree["cut"], tree["line"], tree["inside"])

    def clean(self, title: str, text: str) -> CleanText:
        """Return the article's own words."""
        headline = self._headline(title)
        mended = mend(text)
        marked = self._inside_any.search(mended) is not None
        lines = [stripped for line in mended.split("\n") if (stripped := line.strip())]
        if marked:
            lines = [self._inside.sub("", line[:_LINE_LIMIT]).strip() for line in lines]
        told = _Told(headline)
        runs, dropped = self._own(lines, told)
        kept: list[str] = []
        for run in runs:
            for line in joined(run):
                if told.before(line):
                    dropped += 1
                else:
                    kept.append(line)
        stamp = self._top(kept, told, headline)
        dateline, dated = "", 0
        for number, line in enumerate(kept[:_FILED]):
            end = dateline_end(line)
            if end:
                dateline, dated = line[:end].strip(), number
                kept[number : number + 1] = [line[end:].strip()] if line[end:].strip() else []
                break
        return CleanText(headline, tuple(kept), dropped, dateline, dated, stamp)

    def _top(self, kept: list[str], told: _Told, headline: str) -> str:
        """Take the date of the page, and the headline over again, off the first paragraph; return the date."""
        stamp = ""
        while kept:
            end = 0 if stamp else stamp_end(kept[0])
            if end:
                stamp = kept[0][:end].strip()
            else:
                end = headline_end(kept[0], headline)
            if not end:
                break
            kept[0] = kept[0][end:].lstrip()
            if not kept[0] or told.is_headline(kept[0]):
                del kept[0]
        return stamp

    def _own(self, lines: list[str], told: _Told) -> tuple[list[list[str]], int]:
        """Return the lines of the article itself, in runs that nothing about other articles parts, and what it cost."""
        runs: list[list[str]] = [[]]
        dropped = number = 0
        all_at_once = self._any_at_all
        clean = all_at_once is not None and all_at_once.search("\n".join(line[:500] for line in lines)) is None
        while number < len(lines):
            line = lines[number][:_LINE_LIMIT]
            junk = not clean and self._any.search(line[:500]) is not None
            if junk and self._cut.search(line[:200]):
                end = self._end_of_others(lines, number, runs)
                dropped += end - number
                number = end
                runs.append([])
                continue
            number += 1
            line = _once(line)
            if not line or (junk and self._line.search(line[:500])) or told.is_headline(line) or told.whole(line):
                dropped += 1
            else:
                runs[-1].append(line)
        return runs, dropped

    def _end_of_others(self, lines: list[str], start: int, runs: list[list[str]]) -> int:
        """Return where a block about other articles ends that begins at line `start`, behind the article's `runs`.

        In the second half of a text it goes on to the end. Before that it is a box within the article, or a menu on
        top: headlines, perhaps with a line or two of text each, until sentences follow one another again.
        """
        late = 2 * start >= len(lines) or start > _FAR
        if late or len(groups([line for run in runs for line in run])) > _LATE:
            return len(lines)
        window = range(start + 1, min(start + 1 + _FAR, len(lines)))
        numbers = [number for number in window if self._any.search(lines[number][:500]) is None]
        place, begun = 0, None
        for group in groups([lines[number] for number in numbers]):
            if begun is not None and finished(group[-1]):
                return begun
            begun = numbers[place] if finished(group[-1]) else None
            place += len(group)
        return len(lines)

    def _headline(self, title: str) -> str:
        line = _once(self._inside.sub("", mend(title).replace("\n", " ")[:1000]).strip())
        outlet = _OUTLET.search(line)
        if outlet and len(line[: outlet.start()].split()) >= max(_HEADLINE_WORDS, len(outlet[1].split())):
            line = line[: outlet.start()]
        return _PAID_MARK.sub("", line)


class _Told:
    """The headline and the lines that were read before."""

    def __init__(self, headline: str) -> None:
        self._longest = 2 * len(headline) + 60
        self._headlines = _keys(headline)
        self._starts = {_start(key) for key in self._headlines}
        self._whole: set[str] = set()
        self._lines: dict[str, str | set[str]] = {}  # by how they begin; keys are only made where two begin alike

    def is_headline(self, line: str) -> bool:
        """Say whether a line is the headline over again, be it with its outlet or a mark behind it."""
        if len(line) > self._longest or _start(line) not in self._starts:
            return False
        return not self._headlines.isdisjoint(_keys(_PAID_MARK.sub("", line)))

    def whole(self, line: str) -> bool:
        """Say whether a line of some length was read before, as captions are, letter for letter."""
        if len(line) < _CAPTION:
            return False
        known = line in self._whole
        self._whole.add(line)
        return known

    def before(self, line: str) -> bool:
        """Say whether a line says nothing, is the headline or was read before."""
        start = _start(line)
        if (not start and not _key(line)) or (start in self._starts and self.is_headline(line)):
            return True
        same = self._lines.get(start)
        if same is None:
            self._lines[start] = line
            return False
        if isinstance(same, str):
            same = self._lines[start] = {_key(same)}
        key = _key(line)
        known = key in same
        same.add(key)
        return known


def _once(line: str) -> str:
    """Return a line that stands twice in itself, as captions do, once."""
    half = len(line) // 2
    return line[:half].rstrip() if half > 20 and line[:half].rstrip() == line[-half:].lstrip() else line


def _keys(line: str) -> set[str]:
    tail = _TAIL.search(line)
    found = {_key(line)}
    if tail and len(line[: tail.start()].split()) >= _HEADLINE_WORDS:
        found.add(_key(line[: tail.start()]))
    return found - {""}


def _start(line: str) -> str:
    return letters(line[:_BEGINNING])[:_TELLING]


def _key(line: str) -> str:
    return letters(line)


def _compile(patterns: list[str], key: str, problems: list[str]) -> Any:
    """Join the patterns of a list into one; what is wrong with them is added to `problems`."""
    sound = []
    for pattern in patterns:
        wrong = _fault(pattern, key)
        if wrong:
            problems.append(f"junk.yaml: {key}: {wrong}")
        else:
            sound.append(pattern)
    joined_ = "|".join(f"(?:{pattern})" for pattern in sound) or _NEVER
    return re2.compile(joined_ if key == "inside" else f"^(?:{joined_})", options=_options())


def _options() -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.never_capture = True  # a quarter of the time: nothing asks what brackets held
    return options


def _fault(pattern: Any, key: str) -> str | None:
    """Return what is wrong with a pattern of a list, None if nothing is."""
    if not isinstance(pattern, str):
        return f"{pattern!r}: not text; quote yes, no, on, off and numbers"
    try:
        empty = re2.compile(pattern, options=_options()).match("") is not None
    except re2.error as error:
        reason = error.args[0] if error.args else error
        return f"{pattern!r}: no RE2 pattern: {reason.decode() if isinstance(reason, bytes) else reason}"
    if empty and key != "inside":
        return f"{pattern!r}: every line begins so, nothing would be left"
    return None
