"""How far the reading of tolls and dates agrees with sentences whose gold was written before the grammar was.

`tests/detect/data/tolls.jsonl` and `dates.jsonl` hold short articles in three languages. Half "a" is there to learn
from, half "b" was laid aside: whoever changes the grammar works with the errors of the first and measures on the
second. Run `python -m benchmarks.agreement` for the figures, with `--errors a` for what goes wrong in half "a".
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from alertsvc.detect.days import date_of
from alertsvc.detect.detector import load_reader
from alertsvc.detect.reading import Reader, SentenceReading
from alertsvc.detect.tolls import count_of
from alertsvc.detect.victims import close_to, telling_of_victims
from alertsvc.domain import Action, Count, Place, PlaceKind

__all__ = ["Compared", "compare_dates", "compare_dead", "compare_tolls", "shares"]

_DATA = Path(__file__).parents[1] / "tests" / "detect" / "data"
_HERE = Place("here", PlaceKind.CROSSING)
_DAY = date(2026, 3, 18)  # publication of the tolls' articles, a Wednesday


class Compared(NamedTuple):
    """One field of one article: what is right, and what was read."""

    field: str
    language: str
    half: str
    text: str
    gold: Any
    read: Any

    @property
    def right(self) -> bool:
        """Say whether they agree."""
        return bool(self.gold == self.read)


def _rows(name: str) -> Iterator[dict[str, Any]]:
    for line in (_DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _pair(count: Count | None) -> list[int | None] | None:
    return None if count is None else [count.low, count.high]


def _victims(reader: Reader, row: dict[str, Any]) -> list[SentenceReading]:
    """Return the sentences that count the victims of an attack that an article's first sentence carries."""
    reading = reader.read("", row["text"], language=row["lang"], published=_DAY)
    carrying = list(reading.sentences[:1])
    close = close_to(carrying, reading, alone=True)
    return telling_of_victims(Action.ATTACK, carrying, close, _HERE, date_of(carrying, reading))


def compare_tolls(reader: Reader) -> list[Compared]:
    """Read the killed, wounded and taken of every article as an attack's that its first sentence carries."""
    found = []
    for row in _rows("tolls"):
        victims = _victims(reader, row)
        read = {
            "killed": _pair(count_of(("killed",), victims)),
            "wounded": _pair(count_of(("wounded",), victims)),
            "captured": _pair(count_of(("captured", "abducted"), victims)),
        }
        found += [Compared(f, row["lang"], row["half"], row["text"], row.get(f), read[f]) for f in read]
    return found


def compare_dead(reader: Reader) -> list[Compared]:
    """Read the dead of articles that tell them in several counts: two sides, additions, updates, other events."""
    found = []
    for row in _rows("dead"):
        read = _pair(count_of(("killed",), _victims(reader, row)))
        found.append(Compared("dead", row["lang"], row["half"], row["text"], row.get("killed"), read))
    return found


def compare_dates(reader: Reader) -> list[Compared]:
    """Read the day of the event that the first sentence of every article carries."""
    found = []
    for row in _rows("dates"):
        reading = reader.read("", row["text"], language=row["lang"], published=date.fromisoformat(row["published"]))
        day = date_of(list(reading.sentences[:1]), reading)
        read = None if day is None else day.isoformat()
        found.append(Compared("date", row["lang"], row["half"], row["text"], row["date"], read))
    return found


def shares(compared: list[Compared]) -> dict[tuple[str, str], float]:
    """Return the share of right ones by field and half; a count that neither has is left out."""
    told = [c for c in compared if c.field in ("date", "dead") or c.gold is not None or c.read is not None]
    every = Counter((c.field, c.half) for c in told)
    right = Counter((c.field, c.half) for c in told if c.right)
    return {key: right[key] / every[key] for key in sorted(every)}


def main() -> None:
    """Print the figures, and the errors of a half that is asked for."""
    reader = load_reader()
    compared = compare_tolls(reader) + compare_dead(reader) + compare_dates(reader)
    for (field, half), share in shares(compared).items():
        by = shares([c._replace(half=c.language) for c in compared if c.half == half and c.field == field])
        told = ", ".join(f"{language} {part:.3f}" for (_, language), part in by.items())
        print(f"{field} {half}: {share:.3f} ({told})")
    halves = sys.argv[2:] if sys.argv[1:2] == ["--errors"] else []
    for c in compared:
        if c.half in halves and not c.right:
            print(f"{c.field} {c.language}: {c.text} -> {c.read}, right: {c.gold}")


if __name__ == "__main__":
    main()
