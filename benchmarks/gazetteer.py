"""The figures of `rules/gazetteer/README.md`, counted in the files.

    python -m benchmarks.gazetteer            # says which figures of the page are no longer right
    python -m benchmarks.gazetteer --write    # writes the right ones into it

Run it after adding rows; a test holds the page to the files.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from pathlib import Path

from alertsvc.resources import data_dir

__all__ = ["counted"]

_PLACES = ("crossings.csv", "oil_facilities.csv", "capital_approaches.csv", "capitals.csv")
# The columns of the table of points, by how a source begins; the last that fits counts.
_SOURCES = ("geonames:", "airportsdata ", "GEM ", "approx", "approx, moved ")


def counted(page: str, folder: Path) -> str:
    """Return the page with the figures of the files in a folder.

    Raises:
        ValueError: a figure has no place in the page, or a point no source of the page.
    """
    files = {path.name: _rows(path) for path in sorted(folder.glob("*.csv"))}
    approaches = Counter(row["capital"] for row in files["capital_approaches.csv"])
    for name, rows in files.items():
        page = _put(page, rf"(?m)(^\| `{re.escape(name)}` \| )\d+( \| [a-z])", len(rows))
    for name in _PLACES:
        page = _points(page, name, files[name])
    page = _put(page, r"(one of )\d+( capitals \|)", len(approaches))
    few = sum(count <= 2 for count in approaches.values())
    page = _put(page, r"(\*\*Approaches:\*\* )\d+( of the )", few)
    page = _put(page, r"(\*\*Approaches:\*\* \d+ of the )\d+( capitals)", len(approaches))
    without = [row["capital"] for row in files["capitals.csv"] if row["capital"] not in approaches]
    page = _put(page, r"(?m)(^  None for )[^.\n]*(\.$)", ", ".join(sorted(without)) or "no capital of the list")
    for name, words in (
        ("crossings.csv", r"(no Arabic name for )\d+(\s+crossings)"),
        ("oil_facilities.csv", r"(no Arabic name for \d+\s+crossings,\s+)\d+(\s+oil sites)"),
        ("capital_approaches.csv", r"(oil sites\s+and\s+)\d+(\s+approaches)"),
    ):
        page = _put(page, words, sum(not row["aliases_ar"].strip() for row in files[name]))
    return page


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def _put(page: str, pattern: str, figure: int | str) -> str:
    found, times = re.subn(pattern, rf"\g<1>{figure}\g<2>", page)
    if times != 1:
        raise ValueError(f"{times} places in the page for {pattern}")
    return found


def _points(page: str, name: str, rows: list[dict[str, str]]) -> str:
    """Fill the row of a file in the table of where its points come from."""
    counts = Counter[str]()
    for row in rows:
        fitting = [start for start in _SOURCES if row["source"].startswith(start)]
        if not fitting:
            raise ValueError(f"{name}: {row['source']!r} is no source that the page knows")
        counts[fitting[-1]] += 1
    cells = " | ".join(str(counts[start] or "") for start in _SOURCES)
    told = re.sub(r"\|\s+(?=\|)", "| ", f"| `{name}` | {cells} |")
    found, times = re.subn(rf"(?m)^\| `{re.escape(name)}` \|(?:[\s\d]*\|){{5}}$", told, page)
    if times != 1:
        raise ValueError(f"{times} rows of points in the page for {name}")
    return found


def run(arguments: list[str]) -> int:
    """Compare or write; return the exit status: 1 where the page was wrong and is so still."""
    folder = data_dir("rules") / "gazetteer"
    path = folder / "README.md"
    page = path.read_text(encoding="utf-8")
    right = counted(page, folder)
    lines = zip(page.splitlines(), right.splitlines(), strict=True)
    wrong = [(number, is_, is_to_be) for number, (is_, is_to_be) in enumerate(lines, 1) if is_ != is_to_be]
    for number, is_, is_to_be in wrong:
        print(f"{path.name}:{number}\n- {is_}\n+ {is_to_be}")
    if not wrong:
        print("all figures are right")
    elif "--write" in arguments:
        path.write_text(right, encoding="utf-8")
        print(f"{len(wrong)} lines written")
        return 0
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
