"""Who publishes what: the table of outlets and their owners.

Independent sources are counted by owner, so two papers of one house, or two agencies of one state, are one source. An
outlet that is not in the table is its own owner.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from alertsvc.errors import DataError
from alertsvc.track.words import words

__all__ = ["KINDS", "Outlet", "Outlets", "registrable_domain"]

KINDS = ("agency", "state", "national", "local", "trade", "regional")
COLUMNS = ("domain", "name", "kind", "owner", "country", "source")

_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+\Z")
_COUNTRY = re.compile(r"[A-Z]{2}\Z")
# Labels under a country's domain below which names are given out: example.com.tn is a name, com.tn is none.
_SHARED = frozenset("ac co com edu go gob gouv gov info mil ne net nom or org press sch".split())


@dataclass(frozen=True, slots=True)
class Outlet:
    """A publisher. `kind` is one of `KINDS`, "" where it is not known."""

    domain: str
    name: str
    kind: str = ""
    owner: str = ""
    country: str | None = None
    source: str = ""  # where the row was taken from


def _host(domain: str) -> str:
    return domain.strip().strip(".").lower().removeprefix("www.")


def registrable_domain(domain: str) -> str:
    """Return the part of a host name that is registered: `news.example.com.tn` gives `example.com.tn`.

    Decided by the usual labels of countries and not by the public suffix list; a host of numbers is returned as it is.
    """
    labels = _host(domain).split(".")
    if labels[-1].isdecimal() or len(labels) < 3:
        return ".".join(labels)
    keep = 3 if len(labels[-1]) == 2 and labels[-2] in _SHARED else 2
    return ".".join(labels[-keep:])


class Outlets:
    """The table of outlets; build it with `load`."""

    def __init__(self, rows: Iterable[Outlet]) -> None:
        self._rows: dict[str, Outlet] = {row.domain: row for row in rows}
        self._owners: dict[str, str] = {}
        # An agency goes by its name, its owner's and its domain; where two outlets share a name, the agency has it.
        for agency in (False, True):
            for row in self._rows.values():
                if (row.kind == "agency") is agency:
                    for name in (row.domain, row.name, row.owner):
                        self._owners[_name(name)] = row.owner

    @classmethod
    def load(cls, path: Path, over: Path | None = None, extra: Iterable[Outlet] = ()) -> Self:
        """Read the table.

        Args:
            path: the CSV file that ships with the service.
            over: an operator's file of the same columns; its rows replace those of the same domain.
            extra: further rows, such as the demonstration's; they replace too.

        Raises:
            DataError: a file cannot be read or a row is wrong; each fault is told with file and line.
        """
        problems: list[str] = []
        rows: list[Outlet] = []
        for file in (path, over):
            if file is not None:
                rows += _read(file, problems)
        if problems:
            raise DataError(problems)
        return cls([*rows, *extra])

    def __len__(self) -> int:
        return len(self._rows)

    def of(self, domain: str) -> Outlet:
        """Return the outlet of a host name: its own row, else that of the nearest domain above it.

        One that is unknown gets its own registrable domain as name and owner.
        """
        host = _host(domain)
        labels = host.split(".")
        for start in range(max(1, len(labels) - 1)):
            row = self._rows.get(".".join(labels[start:]))
            if row is not None:
                return row
        own = registrable_domain(host)
        return Outlet(domain=own, name=own, owner=own)

    def origin(self, credit: str) -> str:
        """Return who a credited source is: "Reuters" gives the owner of Reuters; an unknown one stays as written."""
        return self._owners.get(_name(credit), credit.strip())


def _name(text: str) -> str:
    return " ".join(words(text))


def _read(path: Path, problems: list[str]) -> list[Outlet]:
    """Read one file; what is wrong with it is added to `problems`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            lines = csv.reader(stream, strict=True)
            if tuple(next(lines, ())) != COLUMNS:
                problems.append(f"{path}:1: the columns must be {','.join(COLUMNS)}")
                return []
            rows: dict[str, Outlet] = {}
            for cells in lines:
                if not cells:
                    continue
                if len(cells) != len(COLUMNS):
                    problems.append(f"{path}:{lines.line_num}: {len(cells)} columns instead of {len(COLUMNS)}")
                    continue
                row = dict(zip(COLUMNS, (cell.strip() for cell in cells), strict=True))
                faults = _faults(row, rows)
                problems.extend(f"{path}:{lines.line_num}: {fault}" for fault in faults)
                if not faults:
                    domain, name, kind, owner, country, source = (row[column] for column in COLUMNS)
                    rows[domain] = Outlet(domain, name, kind, owner, country or None, source)
            return list(rows.values())
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        problems.append(f"{path}: cannot be read: {reason}")
    except csv.Error as error:
        problems.append(f"{path}: not valid CSV: {error}")
    return []


def _faults(row: Mapping[str, str], known: Mapping[str, Outlet]) -> list[str]:
    faults = [f"{column}: is missing" for column in ("name", "owner", "source") if not row[column]]
    if not _DOMAIN.match(row["domain"]) or row["domain"].startswith("www."):
        faults.append(f"domain: must be a host name in lower case without www., not {row['domain']!r}")
    if row["domain"] in known:
        faults.append(f"domain: {row['domain']} is given twice")
    if row["kind"] not in KINDS:
        faults.append(f"kind: must be one of {', '.join(KINDS)}, not {row['kind']!r}")
    if row["country"] and not _COUNTRY.match(row["country"]):
        faults.append(f"country: must be two capital letters or empty, not {row['country']!r}")
    return faults
