"""All files of the gazetteer read and held against one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from alertsvc.detect.placefiles.entries import ALIAS_COLUMNS, BUILDERS, names_of
from alertsvc.detect.placefiles.entry import Entry
from alertsvc.detect.placefiles.references import (
    Named,
    ambiguous_names,
    check_capitals,
    check_countries,
    check_sites,
)
from alertsvc.detect.placefiles.tables import Table, read_table
from alertsvc.errors import DataError

__all__ = ["PlaceFiles", "read_place_files"]


@dataclass(frozen=True, slots=True)
class PlaceFiles:
    """Entries with their names, and (id of an entry, name, reason) for names that need support."""

    entries: tuple[tuple[Entry, tuple[str, ...]], ...]
    ambiguous: tuple[tuple[str, str, str], ...]


def read_place_files(files: Mapping[str, Path]) -> PlaceFiles:
    """Read the files, given by name (`crossings.csv`, ...).

    Raises:
        DataError: with file, line, column and fault for everything that is wrong.
    """
    tier1 = read_table("tier1.csv", files.get("tier1.csv"), ("id",), ("file",))
    ambiguous = read_table(
        "ambiguous_aliases.csv", files.get("ambiguous_aliases.csv"), ("file", "id", "alias", "reason")
    )
    first = {row["id"] for row in tier1.rows}
    tables: dict[str, Table] = {}
    rows: dict[str, list[Named]] = {}
    ids: dict[str, str] = {}
    for name, builder in BUILDERS.items():
        table = tables[name] = read_table(name, files.get(name), builder.needed, (*builder.others, *ALIAS_COLUMNS))
        rows[name] = []
        for row in table.rows:
            before = len(table.faults)
            entry = builder.build(table, row, first)
            if entry is None:
                continue
            names = names_of(table, row, entry)
            if entry.id in ids:
                table.fault(row.line, "", f"id {entry.id!r} stands already at {ids[entry.id]}")
                continue
            ids[entry.id] = f"{name}:{row.line}"
            if len(table.faults) == before:
                rows[name].append((row, entry, names))

    def together(one: str, other: str) -> bool:
        """Say whether somebody keeps both files: they lie in one folder and both can be read whole."""
        paths, table = (files.get(one), files.get(other)), tables.get(other)
        return None not in paths and paths[0].parent == paths[1].parent and table is not None and not table.faults  # type: ignore[union-attr]

    check_countries(tables, rows)
    check_capitals(tables["capital_approaches.csv"], rows, together)
    check_sites(tier1, rows, together)
    doubtful = ambiguous_names(ambiguous, rows, together)
    problems = [problem for table in (tier1, ambiguous, *tables.values()) for problem in table.problems()]
    if problems:
        raise DataError(problems)
    found = tuple((entry, tuple(names)) for name in rows for _, entry, names in rows[name])
    return PlaceFiles(found, tuple(doubtful))
