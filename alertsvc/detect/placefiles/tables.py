"""Tables in CSV (RFC 4180) that people edit, read so that one bad row costs no other.

A row is one line: a quotation mark that is not closed on its line is a fault there, and the next line is read as the
row that it is. Python's reader by itself takes the whole rest of the file for one cell.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from alertsvc.textfile import NotTextError, decoded, foreign, wide_encoding

__all__ = ["MOST_BYTES", "Row", "Table", "read_table"]

MOST_BYTES = 20_000_000
"""Bytes of a file; the largest of ours has a hundredth of it."""

_ENDS = re.compile(rb"\r\n|\r|\n")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffd\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its line, from 1, and its cells by column, without blanks around them; "" where it has none."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


class Table:
    """The rows of one file that can be read, and what is wrong with the others."""

    def __init__(self, name: str, path: Path | None) -> None:
        self.name = name
        self.path = path
        self.rows: list[Row] = []
        self.faults: list[tuple[int, str]] = []  # line, 0 for the file as a whole, and words

    def fault(self, line: int, column: str, message: str) -> None:
        """Note a fault of a row; `column` may be empty."""
        self.faults.append((line, f"{column}: {message}" if column else message))

    def problems(self) -> list[str]:
        """Return the faults by line, as `DataError` has them."""
        told = dict.fromkeys(sorted(self.faults, key=lambda item: item[0]))
        return [f"{self.name}:{line}: {message}" if line else f"{self.name}: {message}" for line, message in told]


def read_table(name: str, path: Path | None, needed: Sequence[str], known: Sequence[str] = ()) -> Table:
    """Read a file.

    Args:
        name: what the file is called in its faults.
        path: where it is; None where there is none.
        needed: columns that have to be there and hold something in every row.
        known: other columns that mean something, to tell a misspelt one.
    """
    table = Table(name, path)
    if path is None:
        table.fault(0, "", "missing")
        return table
    try:
        with path.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except OSError as error:
        table.fault(0, "", f"cannot be read: {error.strerror or error}")
        return table
    if len(raw) > MOST_BYTES:
        table.fault(0, "", f"is larger than {MOST_BYTES:,} bytes")
        return table
    lines = _lines(table, raw)
    header: list[str] = []
    for line, text in lines:
        cells = _cells(table, line, text, header)
        if cells is None and not header:
            return table
        if cells is None or not any(cells):
            continue
        if not header:
            if not _sound_header(table, line, cells, needed, known):
                return table
            header = cells
            continue
        if _sound(table, line, cells, header, needed):
            table.rows.append(Row(line, dict(zip(header, cells, strict=False))))
    if not header and not table.faults:
        table.fault(1, "", f"the file is empty; its first line has to name the columns {', '.join(needed)}")
    return table


def _lines(table: Table, raw: bytes) -> Iterator[tuple[int, str]]:
    """Yield the lines that are text; of those that are in another encoding only the first is told by itself."""
    if raw.strip() and (wide_encoding(raw) is not None or foreign(raw) is not None):
        try:
            decoded(raw)
        except NotTextError as error:
            if "NUL" not in error.message:
                table.fault(error.line, "", error.message)
                return
    broken = 0
    first = (0, "")
    # A spreadsheet puts a byte order mark before the first column's name.
    for line, piece in enumerate(_ENDS.split(raw.removeprefix(b"\xef\xbb\xbf")), 1):
        try:
            yield line, piece.decode("utf-8")
        except UnicodeDecodeError:
            broken += 1
            if broken == 1:
                try:
                    decoded(piece)
                except NotTextError as error:
                    first = (line, error.message)
    if broken:
        more = f" ({broken - 1:,} more line{'s' if broken > 2 else ''} of the kind)" if broken > 1 else ""
        table.fault(first[0], "", first[1] + more)


def _cells(table: Table, line: int, text: str, header: Sequence[str]) -> list[str] | None:
    """Return the cells of a line, None where its quotation marks go wrong."""
    try:
        cells = next(csv.reader([text], strict=True), [])
    except csv.Error:
        column, message = _misquoted(text)
        table.fault(line, header[column] if column < len(header) else "", message)
        return None
    return [cell.strip() for cell in cells]


def _misquoted(text: str) -> tuple[int, str]:
    """Return the number of the cell whose quotation marks go wrong, and what is wrong with it."""
    column, quoted, begun = 0, False, False
    for place, char in enumerate(text):
        if quoted:
            quoted = char != '"'
            if not quoted and text[place + 1 : place + 2] not in ("", ",", '"'):
                return column, 'text goes on behind a closed quotation mark; write " within a cell as ""'
        elif char == ",":
            column, begun = column + 1, False
            continue
        elif char == '"' and (not begun or text[place - 1] == '"'):
            quoted = True
        begun = True
    if quoted:
        return column, "a quotation mark is opened and not closed on its line"
    return column, "a cell that is too long"


def _sound_header(table: Table, line: int, cells: Sequence[str], needed: Sequence[str], known: Sequence[str]) -> bool:
    """Check the names of the columns; say whether the rows below can be read by them."""
    absent = [column for column in needed if column not in cells]
    if absent:
        parted = next((sign for sign in (";", "\t") if len(cells) == 1 and sign in cells[0]), None)
        hint = f"; cells are parted by commas, not by {'semicolons' if parted == ';' else 'tabs'}" if parted else ""
        table.fault(line, "", f"no column {', '.join(absent)}{hint}")
    twice = sorted({cell for cell in cells if cell and cells.count(cell) > 1})
    if twice:
        table.fault(line, "", f"two columns are called {', '.join(map(repr, twice))}")
    for cell in cells:
        if cell and cell not in needed and cell not in known:
            meant = get_close_matches(cell, [name for name in (*needed, *known) if name not in cells], 1, 0.8)
            if meant:
                table.fault(line, "", f"unknown column {cell!r}; is {meant[0]!r} meant?")
    return not absent and not twice


def _sound(table: Table, line: int, cells: Sequence[str], header: Sequence[str], needed: Sequence[str]) -> bool:
    """Check a row as far as it can be without knowing what it means."""
    faults = len(table.faults)
    if len(cells) > len(header) and any(cells[len(header) :]):
        table.fault(line, "", "more cells than columns; a cell with a comma in it has to stand in quotation marks")
    empty = [column for column in needed if not dict(zip(header, cells, strict=False)).get(column)]
    if empty:
        table.fault(line, "", f"empty {', '.join(empty)}")
    for column, cell in zip(header, cells, strict=False):
        odd = _CONTROL.search(cell)
        if odd:
            lost = odd[0] == "\ufffd"
            what = "the mark of a lost character" if lost else "the control character"
            table.fault(line, column, f"holds {what}, U+{ord(odd[0]):04X}")
    return len(table.faults) == faults
