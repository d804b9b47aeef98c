"""Context notes: what readers should know of a site, a capital or a country, in our own words.

Read from `rules/context/*.yaml`. A note is one sentence of plain fact in every language of `LANGUAGES`, with the month
or day up to which it is known to hold and with the kind of source that it goes back to. Nothing in here is about the
incident itself: that is told by its reports.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import yaml

from alertsvc.brief.texts import clean
from alertsvc.domain import Place, PlaceKind
from alertsvc.errors import DataError
from alertsvc.resources import layered_files

__all__ = ["LANGUAGES", "MAX_NOTES", "MAX_SENTENCE", "NO_NOTES", "Note", "Notes", "Topic", "load_notes", "note_layers"]

LANGUAGES = ("en", "fr", "ar")
MAX_SENTENCE = 220  # characters
MAX_SOURCE = 80
MAX_NOTES = 4
_KEYS = (*LANGUAGES, "as_of", "source")
_DAY = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
_ENDS = (".", "!", "?", "؟")
_ARABIC = re.compile("[\u0620-\u064a]")
# The parser in C is ten times as fast; it is missing where PyYAML was built without it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence in each language. `as_of` is its day, or the first of its month where `whole_month` is set."""

    texts: Mapping[str, str]
    as_of: date
    whole_month: bool
    source: str


@dataclass(frozen=True, slots=True)
class Topic:
    """The notes on one thing, in the order in which they are told, and where they are written."""

    key: str  # an id of the gazetteer: `ly-tn-ras-ajdir`, `capital:LY:tripoli`, `country:LY`
    notes: tuple[Note, ...]
    file: str
    line: int
    layer: int = 0  # the number of the layer that the file belongs to


@dataclass(frozen=True, slots=True)
class Notes:
    """Every note, by its key."""

    topics: Mapping[str, Topic]

    def about(self, place: Place) -> list[tuple[str, Note]]:
        """Return the notes on a place with their keys: its own first, then its capital's, then its country's."""
        return [(key, note) for key in _keys_of(place) if key in self.topics for note in self.topics[key].notes]

    def unknown(self, known: Collection[str], layer: int = 0) -> list[str]:
        """Return a problem for each key of a layer and those above that is none of the ids `known` to the gazetteer."""
        return [
            f"{topic.file}:{topic.line}: {key}: there is no such id in the gazetteer"
            for key, topic in self.topics.items()
            if topic.layer >= layer and key not in known
        ]


NO_NOTES = Notes({})


def _plain(name: str) -> str:
    """Return a name as the ids of capitals have it: no accents, no case, one blank for whatever parts two words."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    return " ".join(re.findall(r"[^\W_]+", bare.casefold()))


def _keys_of(place: Place) -> list[str]:
    countries = [code for code in (place.country or "").split("-") if code]
    keys = [place.gazetteer_id] if place.gazetteer_id else []
    capital = place.capital or (place.name if place.kind is PlaceKind.CAPITAL else None)
    if capital:
        keys += [f"capital:{code}:{_plain(capital)}" for code in countries]
    keys += [f"country:{code}" for code in countries]
    return list(dict.fromkeys(keys))


def note_layers(own: Path | None = None) -> list[list[Path]]:
    """Return the files of notes, shipped ones first, then those of an operator's folder.

    An operator's file takes the place of the shipped one of its name.
    """
    files = layered_files("rules", "context/*.yaml", own)
    mine = [path for path in files if own is not None and path.is_relative_to(own)]
    return [[path for path in files if path not in mine], mine]


def load_notes(layers: Sequence[Sequence[Path]], today: date | None = None) -> Notes:
    """Read the notes.

    Args:
        layers: files, the lowest layer first. A key takes the place of the same key in the layers below; with an
            empty list it takes the notes there away.
        today: a note of a later day is a fault; None where that is of no matter, as `background` tells no such note.

    Raises:
        DataError: with file, line and key of every fault.
    """
    found: dict[str, Topic] = {}
    problems: list[str] = []
    for number, files in enumerate(layers):
        layer: dict[str, Topic] = {}
        for path in files:
            reader = _Reader(path, today)
            for topic in reader.read():
                if topic.key in layer:
                    other = layer[topic.key]
                    reader.fault(topic.line, topic.key, f"stands already at {other.file}:{other.line}")
                else:
                    layer[topic.key] = replace(topic, layer=number)
            problems += reader.problems
        found |= layer
    if problems:
        raise DataError(problems)
    return Notes({key: topic for key, topic in found.items() if topic.notes})


class _Reader:
    """Reads one file, keeping every fault with its line."""

    def __init__(self, path: Path, today: date | None) -> None:
        self._path = path
        self._today = today
        self.problems: list[str] = []

    def fault(self, line: int | None, key: str, message: str) -> None:
        where = self._path.name if line is None else f"{self._path.name}:{line}"
        self.problems.append(": ".join(filter(None, (where, key, message))))

    def read(self) -> list[Topic]:
        """Return the topics that are right; what is wrong is added to `problems`."""
        try:
            root = yaml.compose(self._path.read_text(encoding="utf-8-sig"), _LOADER)
        except UnicodeDecodeError:
            self.fault(None, "", "is not UTF-8 text")
        except OSError as error:
            self.fault(None, "", f"cannot be read: {error.strerror or error}")
        except RecursionError:
            self.fault(None, "", "nested too deeply")
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else None
            self.fault(line, "", ", ".join(filter(None, (error.context, error.problem))))
        except yaml.YAMLError as error:
            self.fault(None, "", f"not valid YAML: {' '.join(str(error).split())}")
        else:
            if root is None:
                return []
            if isinstance(root, yaml.MappingNode):
                return [topic for item in self._items(root, "") if (topic := self._topic(*item))]
            self.fault(_line(root), "", "must be a mapping of ids of the gazetteer to lists of notes")
        return []

    def _items(self, node: yaml.MappingNode, prefix: str) -> Iterator[tuple[str, int, yaml.Node]]:
        """Yield key, line and value of a mapping; each key once."""
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.fault(_line(key), prefix, "a key must be plain text")
            elif key.value in seen:
                self.fault(_line(key), _dotted(prefix, key.value), "is given twice")
            else:
                seen.add(key.value)
                yield key.value, _line(key), value

    def _topic(self, key: str, line: int, node: yaml.Node) -> Topic | None:
        before = len(self.problems)
        if not isinstance(node, yaml.SequenceNode):
            self.fault(line, key, "must be a list of notes")
            return None
        if len(node.value) > MAX_NOTES:
            self.fault(line, key, f"has {len(node.value)} notes; {MAX_NOTES} are the most")
        notes = [self._note(item, f"{key}.{number}") for number, item in enumerate(node.value)]
        if len(self.problems) > before:
            return None
        return Topic(key, tuple(note for note in notes if note is not None), self._path.name, line)

    def _note(self, node: yaml.Node, key: str) -> Note | None:
        if not isinstance(node, yaml.MappingNode):
            self.fault(_line(node), key, f"must have {', '.join(_KEYS)}")
            return None
        values: dict[str, str] = {}
        lines: dict[str, int] = {}
        for name, line, value in self._items(node, key):
            lines[name] = line
            if name not in _KEYS:
                self.fault(line, f"{key}.{name}", "unknown key")
            elif not isinstance(value, yaml.ScalarNode):
                self.fault(line, f"{key}.{name}", "must be text")
            else:
                values[name] = clean(value.value)
                if not values[name] or value.tag == "tag:yaml.org,2002:null":
                    self.fault(line, f"{key}.{name}", "is empty")
                    del values[name]
        for name in _KEYS:
            if name not in lines:
                self.fault(_line(node), f"{key}.{name}", "is missing")
        for language in LANGUAGES:
            if language in values and (wrong := _wrong(values[language], language)):
                self.fault(lines[language], f"{key}.{language}", wrong)
        if len(values.get("source", "")) > MAX_SOURCE:
            self.fault(lines["source"], f"{key}.source", f"has more than {MAX_SOURCE} characters")
        day = self._day(values.get("as_of"), lines.get("as_of"), f"{key}.as_of")
        if day is None or len(values) < len(_KEYS):
            return None
        return Note({language: values[language] for language in LANGUAGES}, *day, values["source"])

    def _day(self, text: str | None, line: int | None, key: str) -> tuple[date, bool] | None:
        """Return the day and whether it stands for its month; None where it is missing or wrong, which is told."""
        if text is None:
            return None
        match = _DAY.fullmatch(text)
        try:
            day = date(int(match[1]), int(match[2]), int(match[3] or 1)) if match else None
        except ValueError:
            day = None
        if match is None or day is None:
            self.fault(line, key, f"{text!r} is neither a month (2025-01) nor a day (2025-01-31)")
            return None
        if self._today is not None and day > self._today:
            self.fault(line, key, f"{text} lies in the future")
            return None
        return day, match[3] is None


def _wrong(text: str, language: str) -> str | None:
    """Return what is wrong with a sentence."""
    if len(text) > MAX_SENTENCE:
        return f"has {len(text)} characters; {MAX_SENTENCE} are the most"
    if not text.endswith(_ENDS):
        return "must end with a full stop"
    if bool(_ARABIC.search(text)) != (language == "ar"):
        return "is not in Arabic script" if language == "ar" else "holds Arabic script"
    return None


def _dotted(prefix: str, key: str) -> str:
    return f"{prefix}.{key}" if prefix else key


def _line(node: yaml.Node) -> int:
    line: int = node.start_mark.line
    return line + 1
