"""The incidents index and its zones, changes and shares (method version 1).

Index: sum of severities / number of incidents, two decimals. Load: the sum itself, since an average hides volume.
Every figure is rounded once, half up, and what depends on it (zone, change) is taken from the figure that is printed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from alertsvc.brief.scale import BANDS, HIGHEST, METHOD_VERSION, Band, band_of
from alertsvc.brief.wording import ENGLISH, Language

__all__ = [
    "BANDS",
    "FEW",
    "METHOD_VERSION",
    "NOTHING",
    "NOT_AVAILABLE",
    "Band",
    "Index",
    "band_of",
    "change",
    "changed",
    "gauge",
    "index_of",
    "number_line",
    "shares",
]

NOT_AVAILABLE = "n/a"
FEW = 5  # below this many incidents an average says little, and the line says so
NOTHING = ENGLISH.phrases["nothing"]
_CENT = Decimal("0.01")


def _two(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Index:
    """The index of an area and period; `value` is None where nothing happened."""

    count: int
    load: Decimal
    value: Decimal | None

    @property
    def text(self) -> str:
        """The figure as English prints it, with its zone: `2.08 (High-Risk Zone)`."""
        return self.told(ENGLISH)

    def told(self, words: Language) -> str:
        """Return the figure as it is printed in a language, with its zone."""
        if self.value is None:
            return words.phrases["nothing"]
        few = f" {words.phrases['few']}" if self.count < FEW else ""
        zone = words.bands[band_of(self.value).label][0]
        return words.say("index_text", index=words.grammar.figure(self.value, 2), zone=zone, few=few)


def index_of(severities: Sequence[float]) -> Index:
    """Return the index over incidents, given the severity that each counts with."""
    load = sum((Decimal(str(value)) for value in severities), Decimal(0))
    value = _two(load / len(severities)) if severities else None
    return Index(len(severities), load, value)


def change(now: Index, before: Index) -> str:
    """Return the change in percent, signed, one decimal: `+2.0%`; `n/a` where either period had no incident."""
    if now.value is None or before.value is None:
        return NOT_AVAILABLE
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


def gauge(index: Index, before: Index | None = None, words: Language = ENGLISH) -> tuple[str, str]:
    """Return the gauge as a line of text, `[====......] 2.08/5.0`, and the sentence that says the same."""
    if index.value is None:
        return "[..........] -/5.0", words.say("gauge_nothing", nothing=words.phrases["nothing"])
    grammar = words.grammar
    filled = int(index.value * 2)
    moved = change(index, before) if before is not None else NOT_AVAILABLE
    trend = ""
    if moved == "+0.0%":
        trend = words.phrases["gauge_same"]
    elif moved != NOT_AVAILABLE:
        way = "gauge_up" if moved[0] == "+" else "gauge_down"
        trend = words.say(way, change=changed(moved[1:], words))
    figure = grammar.figure(index.value, 2)
    line = f"[{'=' * filled}{'.' * (10 - filled)}] {figure}/{grammar.figure(HIGHEST, 1)}"
    return line, words.say("gauge", index=figure, zone=words.bands[band_of(index.value).label][0], trend=trend)


def changed(text: str, words: Language) -> str:
    """Return what `change` returned as a language prints it."""
    if text == NOT_AVAILABLE:
        return words.phrases["not_available"]
    return text.replace(".", words.grammar.decimal_mark).replace("%", words.phrases["percent"])


def number_line(
    index: Index, *, deaths: int | None, wounded: int | None, arrests: int | None, words: Language = ENGLISH
) -> str:
    """Return the number line of a digest, or `no incident recorded`.

    The line is fixed by the style guide: what no report gives a figure for is counted as none, and a sentence below
    it says where no figures were given.

    Args:
        deaths: at least so many, by the reports that give a figure; None where none does.
        wounded: as above.
        arrests: as above.
        words: the language of the line.
    """
    if index.value is None:
        return words.phrases["nothing"]
    grammar = words.grammar
    return words.say(
        "number_line",
        incidents=grammar.counted(index.count, "incident", words=False),
        deaths=grammar.counted(deaths or 0, "death", words=False),
        wounded=grammar.counted(wounded or 0, "wounded", words=False),
        arrests=grammar.counted(arrests or 0, "arrest", words=False),
        index=index.told(words),
    )
