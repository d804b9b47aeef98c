"""Remembering what was worked out of a tuple of frozen things, by their identity: to compare them would cost more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from typing import Any, TypeVar

__all__ = ["remembered"]

T = TypeVar("T")
R = TypeVar("R")

_KEPT = 1024


class _Same:
    """Things that equal the very same ones only. They are held as long as this is, so that no other takes an id."""

    __slots__ = ("ids", "items")

    def __init__(self, items: tuple[Any, ...]) -> None:
        self.items = items
        self.ids = tuple(map(id, items))

    def __hash__(self) -> int:
        return hash(self.ids)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.ids == other.ids


def remembered(function: Callable[[Iterable[T]], R], most: int = _KEPT) -> Callable[[Iterable[T]], R]:
    """Remember the results of a pure function of a tuple of frozen things.

    Enough of them for the incidents that are in the news: what was worked out when a report was filed is asked for
    again when the next one is. Another tuple of the very same things is the same question.

    Args:
        function: of which the results are kept.
        most: results at a time.
    """

    @lru_cache(maxsize=most)
    def of_tuple(same: _Same) -> R:
        return function(same.items)

    @wraps(function)
    def call(items: Iterable[T]) -> R:
        return of_tuple(_Same(items)) if isinstance(items, tuple) else function(items)

    return call
