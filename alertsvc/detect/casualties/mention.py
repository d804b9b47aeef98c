"""What a sentence says of casualties, and the parts from which it is put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from alertsvc.domain import Count

__all__ = ["CasualtyMention", "Group", "Kind", "Part", "Side", "best_count"]

Kind = Literal["killed", "wounded", "captured", "abducted", "missing", "arrested"]
Side = Literal["irregulars", "forces", "civilians", ""]
"""Whose people are counted: armed against the state, its forces, neither; "" where the text does not tell."""


class Group(NamedTuple):
    """People of one side within a count; `high` None: no upper bound."""

    side: Side
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class CasualtyMention:
    """One count of casualties at characters `start` to `end` of the sentence.

    `who` is the counted noun as written, lower case, several joined by commas, "" where none is named; `total` that
    the text calls it a toll or total; `year_span` that it covers a long past period or lies in a bare past year, so
    that it is background.
    `groups` are the counted people by side, `adds` tells that they come on top of those counted before ("a third",
    "two more", "also"), `loss` that their own side is said to have lost them.
    """

    kind: Kind
    count: Count
    start: int
    end: int
    who: str = ""
    total: bool = False
    year_span: bool = False
    groups: tuple[Group, ...] = ()
    adds: bool = False
    loss: bool = False


class Part(NamedTuple):
    """People counted at tokens `first` to `last`, the number ending at `core_last`.

    `head` is the noun (-1: none), `bare` tells that no noun stands there; `anchor` is the token of the verb or noun
    that says what befell them, of `kind`, and `joint` the other kind where one number is told of two.
    """

    low: int
    high: int | None
    first: int
    core_last: int
    head: int
    last: int
    bare: bool
    kind: Kind | None = None
    role: str = ""  # "object", "subject" or "toll"
    anchor: int = -1
    joint: Kind | None = None
    inserted: bool = False  # an insertion between commas stands between the people and their verb


def best_count(mentions: Iterable[CasualtyMention], kind: Kind) -> Count | None:
    """Merge the counts of `kind` that one text gives into one, None where it gives none.

    Background (`year_span`) is left out. A named total outweighs single counts; else the largest is taken and never
    a sum, since later sentences mostly tell the same again; of equal ones the narrower range. Where an open range
    ("at least 10", "dozens") and a larger exact number both stand, the exact one is meant.
    """
    usable = [mention for mention in mentions if mention.kind == kind and not mention.year_span]
    totals = [mention for mention in usable if mention.total]
    counts = [mention.count for mention in totals or usable]
    if not counts:
        return None
    return max(counts, key=lambda count: (count.low, count.high is not None, -(count.high or 0)))
