"""The training text: labelled passages, as they are stored and how they are parted for tests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alertsvc.detect.lexicon import LANGUAGES
from alertsvc.domain import Action, IncidentClass
from alertsvc.errors import DataError

__all__ = ["FOLDS", "MARKS", "Passage", "fold_of", "read_passages", "share_of", "writer_of"]

FOLDS = 5
MARKS = "+~"  # behind the id of a passage that was made of others


@dataclass(frozen=True, slots=True)
class Passage:
    """A labelled passage: sentences in order with the (class, action) pairs that each newly reports."""

    id: str
    language: str
    country: str
    kind: str
    sentences: tuple[tuple[str, bool, tuple[tuple[IncidentClass, Action], ...]], ...]  # text, headline?, labels
    batch: str = ""  # what was written in one go, by language; empty where that is not told
    voice: str = ""  # how it is told: agency, local, state, trade, ngo, translated
    made: bool = False  # of other passages, to be learnt from and never to be scored


def read_passages(paths: Sequence[Path]) -> list[Passage]:
    """Read training text.

    Raises:
        DataError: with file, line and fault of every malformed record.
    """
    problems: list[str] = []
    passages: list[Passage] = []
    seen: set[str] = set()
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").split("\n")  # not splitlines: text may hold U+2028 or U+0085
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{path.name}: {error}")
            continue
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                passage = _passage(json.loads(line))
            except KeyError as error:
                problems.append(f"{path.name}:{number}: no {error}")
                continue
            except (ValueError, TypeError, AttributeError) as error:
                problems.append(f"{path.name}:{number}: {error}")
                continue
            if passage.id in seen:
                problems.append(f"{path.name}:{number}: id {passage.id!r} is used twice")
            seen.add(passage.id)
            passages.append(passage)
    if problems:
        raise DataError(problems)
    return passages


def _passage(record: dict[str, Any]) -> Passage:
    sentences = []
    for item in record["sentences"]:
        labels = []
        for label in item["labels"]:
            class_name, action = label.split(":")
            labels.append((IncidentClass(class_name), Action(action)))
        if not isinstance(item["t"], str) or not item["t"].strip():
            raise ValueError("a sentence without text")
        sentences.append((item["t"], bool(item.get("title", False)), tuple(labels)))
    if record["lang"] not in LANGUAGES:
        raise ValueError(f"language {record['lang']!r} is not one of {', '.join(LANGUAGES)}")
    if not sentences:
        raise ValueError("no sentences")
    if not all(isinstance(record[key], str) and record[key] for key in ("id", "country", "kind")):
        raise ValueError("id, country and kind must be text")
    if not all(isinstance(record.get(key, ""), str) for key in ("batch", "voice")):
        raise ValueError("batch and voice must be text")
    return Passage(
        record["id"],
        record["lang"],
        record["country"],
        record["kind"],
        tuple(sentences),
        record.get("batch", ""),
        record.get("voice", ""),
    )


def fold_of(country: str) -> int:
    """Return the fold of a country or pair: a fixed hash, so that folds never change with the text."""
    name = "-".join(sorted(country.split("-")))
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % FOLDS


def writer_of(passage: Passage) -> str:
    """Return what was written by one hand: the batch without its letter, "en_3" of "en_3-d", in its language."""
    name = passage.batch.partition("-")[0]
    return f"{passage.language} {name}" if name else f"{passage.language} {passage.id}"


def share_of(passage: Passage) -> int:
    """Return the hundredth that a passage is in, from 0 to 99, by a fixed hash of its id."""
    return int(hashlib.sha256(passage.id.rstrip(MARKS).encode()).hexdigest(), 16) % 100
