"""How many spellings of one place's name are told to be one, and how many names of two places are.

    python -m benchmarks.names

Compared are the names and aliases of `rules/gazetteer`: those of one entry with each other, and those of different
crossings, or oil sites, of one country. Filing itself goes by the gazetteer's ids; what is measured stands for places
that are not in it. No more than a part of an entry's aliases are spellings of one name, so the first share has no
target of its own; it is there to be compared.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import combinations

from alertsvc.resources import data_dir
from alertsvc.track.names import core, names_alike, sides_alike

_FILES = (("crossings.csv", "countries", sides_alike), ("oil_facilities.csv", "country", names_alike))
_COLUMNS = ("name", "aliases_en", "aliases_fr", "aliases_ar")

Compare = Callable[[str, str], bool]


def run() -> None:
    """Compare everything and print the shares by script."""
    same, same_of, other, other_of = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for file, column, alike in _FILES:
        by_country: dict[str, list[list[str]]] = defaultdict(list)
        for countries, names in _entries(file, column):
            _count(combinations(names, 2), alike, same, same_of)
            for country in countries:
                by_country[country].append(names)
        for entries in by_country.values():
            for one, two in combinations(entries, 2):
                _count(((a, b) for a in one for b in two), alike, other, other_of)
    for scripts in sorted(same_of):
        print(
            f"{scripts}: {same[scripts] / same_of[scripts]:.3f} of {same_of[scripts]} pairs of one place are alike, "
            f"{other[scripts] / max(1, other_of[scripts]):.5f} of {other_of[scripts]} pairs of two places"
        )


def _entries(file: str, column: str) -> Iterator[tuple[list[str], list[str]]]:
    with (data_dir("rules") / "gazetteer" / file).open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            names = {name.strip() for key in _COLUMNS for name in (row[key] or "").split(";")}
            yield row[column].split("-"), sorted(name for name in names if core(name))


def _count(pairs: Iterator[tuple[str, str]], alike: Compare, hits: Counter[str], total: Counter[str]) -> None:
    for a, b in pairs:
        scripts = " with ".join(sorted((_script(a), _script(b))))
        total[scripts] += 1
        hits[scripts] += alike(a, b)


def _script(name: str) -> str:
    return "Arabic" if any("\u0600" <= letter <= "\u06ff" for letter in name) else "Latin"


if __name__ == "__main__":
    run()
