"""Which region a country lies in: a table that an operator may replace."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from alertsvc.errors import DataError

__all__ = ["ELSEWHERE", "Regions"]

ELSEWHERE = "elsewhere"
"""The region of countries that the table does not name."""

_COLUMNS = ["region", "countries"]
_CODE = re.compile(r"[A-Z]{2}\Z")


@dataclass(frozen=True, slots=True)
class Regions:
    """The table; build it with `load`."""

    by_country: Mapping[str, str]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the table: a region and its countries, as ISO codes parted by blanks, on each line.

        Raises:
            DataError: the file cannot be read, or a line is wrong; with file, line and fault.
        """
        try:
            with path.open(encoding="utf-8", newline="") as stream:
                rows = list(csv.reader(stream))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise DataError([f"{path}: cannot be read: {error}"]) from error
        found: dict[str, str] = {}
        problems: list[str] = []
        if not rows or rows[0] != _COLUMNS:
            problems.append(f"{path}:1: the columns must be {','.join(_COLUMNS)}")
        for number, row in enumerate(rows[1:], 2):
            if len(row) != len(_COLUMNS) or not row[0].strip():
                problems.append(f"{path}:{number}: a line is a region and its countries")
                continue
            for code in row[1].split():
                if not _CODE.match(code):
                    problems.append(f"{path}:{number}: {code!r} is no ISO code of two capital letters")
                elif code in found:
                    problems.append(f"{path}:{number}: {code} is in {found[code]} already")
                else:
                    found[code] = row[0].strip()
        if problems:
            raise DataError(problems)
        return cls(found)

    def of(self, country: str | None) -> tuple[str, ...]:
        """Return the regions of a country or a crossing's two, each once; a crossing may lie in two."""
        sides = country.split("-") if country else []
        return tuple(dict.fromkeys(self.by_country.get(side, ELSEWHERE) for side in sides)) or (ELSEWHERE,)
