"""Front by front: a bullet for borders, for oil and gas sites and for the capital, then for what these did not tell.

A bullet opens with its front and how many incidents it had, and tells the gravest of them in whole sentences, as many
as fit into 80 words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alertsvc.brief.category import CATEGORIES, category
from alertsvc.brief.ceilings import Piece, based
from alertsvc.brief.entries import Entry
from alertsvc.brief.index import index_of
from alertsvc.brief.sentences import claim_line, effect, lede, toll
from alertsvc.brief.wording import Language
from alertsvc.brief.wording.reviews import Reviews
from alertsvc.domain import IncidentClass

__all__ = ["FRONTS", "MAX_BULLET_WORDS", "Bullet", "bullets"]

MAX_BULLET_WORDS = 80
MAX_TOLD = 3  # incidents in one bullet
_CLASSES = {
    IncidentClass.BORDER: "borders",
    IncidentClass.OIL: "oil",
    IncidentClass.CAPITAL: "capital",
}
_TERRORISM, _SECURITY, _CRIMINALITY, _SOCIAL, _ECONOMIC, _GOVERNMENT, _INTERNATIONAL = CATEGORIES
_HOUSE = {
    _GOVERNMENT: "political",
    _INTERNATIONAL: "political",
    _TERRORISM: "security",
    _SECURITY: "security",
    _CRIMINALITY: "criminality",
    _ECONOMIC: "economic",
    _SOCIAL: "social",
}
FRONTS = (*_CLASSES.values(), *dict.fromkeys(_HOUSE.values()))
"""The fronts in the order in which they are told."""


class Bullet:
    """One front: its sentences as pieces, and the incidents that they tell."""

    def __init__(self, front: str, opening: str, entries: Sequence[Entry], worth: float) -> None:
        ids = [key for entry in entries for key in entry.ids]
        self.front = front
        self.told: list[Entry] = []
        self.pieces = [Piece(front, based(opening, ids), worth + 2)]

    @property
    def _left(self) -> int:
        return MAX_BULLET_WORDS - sum(piece.words for piece in self.pieces)

    def tell(self, entry: Entry, words: Language, worth: float) -> bool:
        """Add an incident as far as it fits; False, and nothing is added, where its lede does not."""
        account = entry.account
        first = Piece(self.front, based(**lede(account, words)), worth, self.pieces[0])
        if first.words > self._left or len(self.told) == MAX_TOLD:
            return False
        self.pieces.append(first)
        self.told.append(entry)
        said_otherwise = claim_line(account, words)
        nothing = words.phrases["no_competing_claim"]  # worth a line in an alert, not in each item of a review
        others = (toll(account, words), effect(account, words, after_lede=True), said_otherwise)
        for rank, said in enumerate(others, 1):
            if said is not None and said["text"] != nothing:
                piece = Piece(self.front, based(**said), worth - 30 - rank, first)
                if piece.words <= self._left and said["text"] not in [item.fact["text"] for item in self.pieces]:
                    self.pieces.append(piece)
        return True


def bullets(entries: Sequence[Entry], before: Mapping[IncidentClass, int] | None, words: Reviews) -> list[Bullet]:
    """Return the bullets of a week.

    Args:
        entries: those that hold, the gravest first.
        before: incidents of the week before by class; None where it is not known.
    """
    found: list[Bullet] = []
    for kind, front in _CLASSES.items():
        mine = [entry for entry in entries if entry.incident.incident_class is kind]
        if mine:
            opening = _opening(front, mine, None if before is None else before.get(kind, 0), words)
            found.append(_filled(Bullet(front, opening, mine, 100.0), mine, words.speech, 100.0))
    told = [entry for bullet in found for entry in bullet.told]
    rest = [entry for entry in entries if entry not in told]
    for front in dict.fromkeys(_HOUSE.values()):
        mine = [entry for entry in rest if _HOUSE[category(entry.account)] == front]
        if mine:
            opening = words.say(
                "front_further", front=words.fronts[front], incidents=words.count("further_were", len(mine))
            )
            found.append(_filled(Bullet(front, opening, mine, 40.0), mine, words.speech, 40.0))
    return found


def _filled(bullet: Bullet, entries: Sequence[Entry], speech: Language, worth: float) -> Bullet:
    for place, entry in enumerate(entries):
        if not bullet.tell(entry, speech, worth - 8 * place):
            break
    return bullet


def _opening(front: str, entries: Sequence[Entry], before: int | None, words: Reviews) -> str:
    index = index_of([entry.severity for entry in entries])
    pattern = ("front_one" if len(entries) == 1 else "front") + ("_alone" if before is None else "")
    return words.say(
        pattern,
        front=words.fronts[front],
        incidents=words.count("incidents_were", len(entries)),
        before=words.count("before", before or 0),
        average=words.figure(index.value or 0, 1 if len(entries) == 1 else 2),
    )
