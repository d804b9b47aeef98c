"""Which countries share a land border, read off the crossings that are known."""

from __future__ import annotations

from collections.abc import Iterable

from alertsvc.detect.gazetteer import Gazetteer
from alertsvc.domain import PlaceKind

__all__ = ["Borders"]

_MOST = 6  # countries of a text that are put together in pairs


class Borders:
    """The pairs of countries between which a crossing is known."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._pairs = {entry.country for entry in gazetteer.entries.values() if entry.kind == PlaceKind.CROSSING}

    def pair(self, codes: Iterable[str | None]) -> str | None:
        """Return the first two of these countries that share a border, else the first two, None for fewer.

        Args:
            codes: ISO 3166-1 codes, those nearest in the text first; None among them is left out.

        A report filed from a third country, or one that tells where a general was born, names that country beside the
        two whose border is meant.
        """
        found = list(dict.fromkeys(code for code in codes if code))[:_MOST]
        # By their places in the text: the pair whose later country comes first.
        pairs = ["-".join(sorted((found[i], found[j]))) for j in range(len(found)) for i in range(j)]
        return next((pair for pair in pairs if pair in self._pairs), pairs[0] if pairs else None)
