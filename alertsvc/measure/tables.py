"""Figures as tables of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

__all__ = ["NAMES", "figure", "markdown", "percent", "scores", "within"]

NAMES = {"en": "English", "fr": "French", "ar": "Arabic", "all": "all"}


def markdown(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; the first column is text, numbers are put as they come."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def figure(value: float | None) -> str:
    """Return a figure with three places, a dash where there is none."""
    return "-" if value is None else f"{value:.3f}"


def percent(part: float, whole: float) -> str:
    """Return a share in hundredths."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def within(row: dict[str, Any], name: str) -> str:
    """Return a figure with the bounds of its interval."""
    bounds = row.get(f"{name}_95")
    return figure(row[name]) + (f" ({bounds[0]:.3f} to {bounds[1]:.3f})" if bounds else "")


def scores(table: dict[str, dict[str, Any]], keys: Iterable[str]) -> str:
    """Return precision, recall and F1 with intervals, and how many there were, a row for each key."""
    return markdown(
        ("", "precision", "recall", "F1", "true", "said"),
        (
            (
                _name(key),
                *(within(table[key], name) for name in ("precision", "recall", "f1")),
                f"{table[key]['tp'] + table[key]['fn']:,}",
                f"{table[key]['tp'] + table[key]['fp']:,}",
            )
            for key in keys
            if key in table
        ),
    )


def _name(key: str) -> str:
    first, _, code = key.partition(" ")
    name = NAMES.get(first, f"`{first}`")
    return f"{name}, {NAMES.get(code, code)}" if code else name
