"""The incidents index and its zones, changes and shares (method version 1).

Index: sum of severities / number of incidents, two decimals. Load: the sum itself, since an average hides volume.
Every figure is rounded once, half up, and what depends on it (zone, change) is taken from the figure that is printed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

__all__ = [
    "BANDS",
    "METHOD_VERSION",
    "NOTHING",
    "Band",
    "Index",
    "band_of",
    "change",
    "gauge",
    "index_of",
    "number_line",
    "shares",
]

METHOD_VERSION = "1"
FEW = 5  # below this many incidents an average says little, and the line says so
NOTHING = "no incident recorded"
_CENT = Decimal("0.01")
_DARK, _WHITE = "#000000", "#ffffff"


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of the scale: how an area in it is called, how an incident is, and its colours."""

    lower: Decimal
    zone: str
    label: str
    colour: str
    ink: str  # of text on `colour`, with a contrast of at least 4.5


BANDS = (
    Band(Decimal("0.50"), "Low-Risk Zone", "Low", "#4c9f70", _DARK),
    Band(Decimal("1.00"), "Moderate-Risk Zone", "Moderate", "#a8c256", _DARK),
    Band(Decimal("1.50"), "Intermediate Risk Zone", "Notable", "#f2c14e", _DARK),
    Band(Decimal("1.90"), "High-Risk Zone", "High", "#f08a4b", _DARK),
    Band(Decimal("2.50"), "Extreme High-Risk Zone", "Severe", "#d1495b", _DARK),
    Band(Decimal("3.50"), "Failed-State range", "Critical", "#6a0f2b", _WHITE),
)


def _two(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)


def band_of(value: float | Decimal) -> Band:
    """Return the band of an index or a severity.

    Raises:
        ValueError: the value lies outside the scale of 0.5 to 5.0.
    """
    exact = _two(Decimal(str(value)))
    if not Decimal("0.5") <= exact <= 5:
        raise ValueError(f"{value} is not on the scale of 0.5 to 5.0")
    return next(band for band in reversed(BANDS) if exact >= band.lower)


@dataclass(frozen=True, slots=True)
class Index:
    """The index of an area and period; `value` is None where nothing happened."""

    count: int
    load: Decimal
    value: Decimal | None

    @property
    def text(self) -> str:
        """The figure as it is printed, with its zone: `2.08 (High-Risk Zone)`."""
        if self.value is None:
            return NOTHING
        few = " (few incidents)" if self.count < FEW else ""
        return f"{self.value} ({band_of(self.value).zone}){few}"


def index_of(severities: Sequence[float]) -> Index:
    """Return the index over incidents, given the severity that each counts with."""
    load = sum((Decimal(str(value)) for value in severities), Decimal(0))
    value = _two(load / len(severities)) if severities else None
    return Index(len(severities), load, value)


def change(now: Index, before: Index) -> str:
    """Return the change in percent, signed, one decimal: `+2.0%`; `n/a` where either period had no incident."""
    if now.value is None or before.value is None:
        return "n/a"
    percent = (100 * (now.value - before.value) / before.value).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{percent + 0:+}%"


def shares(counts: Mapping[str, int]) -> dict[str, Decimal]:
    """Return the share of each category in percent, two decimals, adding up to exactly 100.00.

    Rounded by largest remainder; of equal remainders the larger count, then the first name gains. Empty where the
    counts add up to nothing.
    """
    total = sum(counts.values())
    if not total:
        return {}
    units = {name: 10_000 * count // total for name, count in counts.items()}
    order = sorted(counts, key=lambda name: (-(10_000 * counts[name] % total), -counts[name], name))
    for name in order[: 10_000 - sum(units.values())]:
        units[name] += 1
    return {name: Decimal(unit) * _CENT for name, unit in units.items()}


def gauge(index: Index, before: Index | None = None) -> tuple[str, str]:
    """Return the gauge as a line of text, `[====......] 2.08/5.0`, and the sentence that says the same."""
    if index.value is None:
        return "[..........] -/5.0", f"Index: {NOTHING}"
    filled = int(index.value * 2)
    moved = change(index, before) if before is not None else "n/a"
    trend = "" if moved == "n/a" else ", unchanged" if moved == "+0.0%" else f", {'up' if moved[0] == '+' else 'down'} "
    figure = moved[1:] if trend.endswith(" ") else ""
    line = f"[{'=' * filled}{'.' * (10 - filled)}] {index.value}/5.0"
    return line, f"Index {index.value} of 5.0, {band_of(index.value).zone}{trend}{figure}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def number_line(index: Index, *, deaths: int, wounded: int, arrests: int) -> str:
    """Return the number line of a digest, or `no incident recorded`."""
    if index.value is None:
        return NOTHING
    return (
        f"{_counted(index.count, 'incident', 'incidents')}, at least {_counted(deaths, 'death', 'deaths')}, "
        f"{wounded:,} wounded, {_counted(arrests, 'arrest', 'arrests')}; index {index.text}"
    )
