"""Keeping a briefing under its ceiling by leaving out whole sentences, those of least worth first.

A sentence is never cut. What only makes sense behind another sentence names it, and goes with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from alertsvc.brief.texts import word_count

__all__ = ["Basis", "Piece", "based", "kept", "told"]

Basis = Literal["reports", "note", "record", "method"]


def based(
    text: str, reports: Iterable[int] = (), basis: Basis = "reports", quote: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return a sentence with what it rests on.

    Args:
        reports: ids of the reports, each kept once.
        basis: "reports"; "note" for a context note; "record" for what follows from our own record where no report
            can be named, such as that nothing happened; "method" for how figures are made.
        quote: the passage of the sentence that is in another language, as `claim_line` parts it.

    Raises:
        ValueError: it is to rest on reports and there is none.
    """
    ids = list(dict.fromkeys(reports))
    if basis == "reports" and not ids:
        raise ValueError(f"no source, no sentence: {text}")
    told: dict[str, Any] = {"text": text, "reports": ids, "basis": basis}
    return told if quote is None else {**told, "quote": quote}


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, the part that it stands in, its worth (the highest goes last) and the piece that it needs."""

    part: str
    fact: Mapping[str, Any]
    worth: float
    needs: Piece | None = None

    @property
    def words(self) -> int:
        """How many words it has."""
        return word_count(self.fact["text"])


def kept(pieces: Sequence[Piece], limit: int) -> list[Piece]:
    """Return the pieces that stay, in their order, so that together they have at most `limit` words.

    Of equal worth, the later one goes first.
    """
    total = sum(piece.words for piece in pieces)
    gone: set[int] = set()
    order = sorted(enumerate(pieces), key=lambda item: (item[1].worth, -item[0]))
    for place, piece in order:
        if total <= limit:
            break
        if place in gone:
            continue
        for other, candidate in enumerate(pieces):
            if other not in gone and _rests_on(candidate, piece):
                gone.add(other)
                total -= candidate.words
    return [piece for place, piece in enumerate(pieces) if place not in gone]


def _rests_on(piece: Piece, other: Piece) -> bool:
    """Tell whether a piece is another one or needs it, if only through a third."""
    current: Piece | None = piece
    while current is not None:
        if current is other:
            return True
        current = current.needs
    return False


def told(pieces: Sequence[Piece], part: str) -> list[dict[str, Any]]:
    """Return the sentences of a part."""
    return [dict(piece.fact) for piece in pieces if piece.part == part]
