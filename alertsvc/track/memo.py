"""Remembering what was worked out of a tuple, by its identity: comparing long tuples of reports would cost more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from typing import Any, TypeVar

__all__ = ["remembered"]

T = TypeVar("T")
R = TypeVar("R")

_KEPT = 1024


class _Same:
    """A tuple that equals only itself. It is held for as long as it is remembered, so that no other takes its id."""

    __slots__ = ("items",)

    def __init__(self, items: tuple[Any, ...]) -> None:
        self.items = items

    def __hash__(self) -> int:
        return id(self.items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.items is other.items


def remembered(function: Callable[[Iterable[T]], R]) -> Callable[[Iterable[T]], R]:
    """Remember the results of a pure function of a tuple of frozen things.

    Enough of them for the incidents that are in the news: what was worked out when a report was filed is asked for
    again when the next one is.
    """

    @lru_cache(maxsize=_KEPT)
    def of_tuple(same: _Same) -> R:
        return function(same.items)

    @wraps(function)
    def call(items: Iterable[T]) -> R:
        return of_tuple(_Same(items)) if isinstance(items, tuple) else function(items)

    return call
