"""Listings: one line for each row, as narrow as its widest cells, so that they can be read, piped and searched."""

from __future__ import annotations

from collections.abc import Sequence

from alertsvc.cli.common import stdout

__all__ = ["Row", "listing"]

Row = tuple[Sequence[object], str]
"""Cells, the last of which may be long; and a remark that is shown on a line of its own, empty for none."""

_GAP = "  "


def listing(columns: Sequence[str], rows: Sequence[Row], empty: str) -> None:
    """Print a listing under its column names, or one line where there is nothing to show.

    A row is never folded by us: an id that is cut in two cannot be copied. What is shown is freed of control
    characters, which could make a terminal do things.
    """
    from rich.cells import cell_len
    from rich.text import Text

    from alertsvc.brief.texts import clean

    console = stdout()
    if not rows:
        console.print(empty, markup=False)
        return
    cells = [[clean("" if cell is None else str(cell)) for cell in row] for row, _ in rows]
    lines = [list(columns), *cells]
    widths = [max(cell_len(line[number]) for line in lines) for number in range(len(columns) - 1)]

    def joined(line: Sequence[str]) -> str:
        padded = [cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=False)]
        return _GAP.join((*padded, line[-1])).rstrip()

    console.print(Text(joined(columns), "bold"))
    for line, (_, remark) in zip(cells, rows, strict=True):
        console.print(Text(joined(line)))
        if remark:
            console.print(Text(f"{_GAP * 2}{clean(remark)}", "dim"))
