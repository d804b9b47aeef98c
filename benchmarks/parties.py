"""How often the attackers, the attacked and the speakers of a sentence are read as they are told.

`tests/detect/data/sides.jsonl` holds sentences of our own in three languages, each with an action, who did it, to whom,
and who says so. Half "a" is there to learn from, half "b" was laid aside. Run `python -m benchmarks.parties` for the
figures, with `--errors a` for what goes wrong in half "a".
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from alertsvc.detect.detector import load_reader
from alertsvc.detect.fields import claims_of, sides_of
from alertsvc.detect.reading import Reader
from alertsvc.domain import Action

__all__ = ["Told", "compare_sides", "shares"]

_DATA = Path(__file__).parents[1] / "tests" / "detect" / "data" / "sides.jsonl"
_DAY = date(2026, 3, 18)


class Told(NamedTuple):
    """One field of one sentence: what is right, and what was read."""

    field: str
    half: str
    text: str
    gold: Any
    read: Any


def compare_sides(reader: Reader) -> list[Told]:
    """Read attackers, targets and claims of every sentence as of one that carries the incident."""
    found = []
    for line in _DATA.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        sentences = list(reader.read("", row["text"], language=row["lang"], published=_DAY).sentences)
        attackers, targets = sides_of(sentences, Action(row["action"]))
        claims = [[claim.speaker, claim.denies] for claim in claims_of(sentences)]
        read = {"attackers": list(attackers), "targets": list(targets), "claims": claims}
        found += [Told(field, row["half"], row["text"], row[field], read[field]) for field in read]
    return found


def shares(compared: list[Told]) -> dict[tuple[str, str], float]:
    """Return the share of right ones by field and half."""
    every = Counter((told.field, told.half) for told in compared)
    right = Counter((told.field, told.half) for told in compared if told.gold == told.read)
    return {key: right[key] / every[key] for key in sorted(every)}


def main() -> None:
    """Print the figures, and the errors of a half that is asked for."""
    compared = compare_sides(load_reader())
    for (field, half), share in shares(compared).items():
        print(f"{field} {half}: {share:.3f}")
    halves = sys.argv[2:] if sys.argv[1:2] == ["--errors"] else []
    for told in compared:
        if told.half in halves and told.gold != told.read:
            print(f"{told.field}: {told.text} -> {told.read}, right: {told.gold}")


if __name__ == "__main__":
    main()
