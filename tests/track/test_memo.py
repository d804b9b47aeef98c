"""What is remembered of tuples: by the things in them, and never for other things."""

from __future__ import annotations

from collections.abc import Iterable

from alertsvc.domain import Count
from alertsvc.track.memo import remembered


def test_the_same_things_in_another_tuple_are_not_worked_out_again() -> None:
    asked: list[tuple[Count, ...]] = []

    @remembered
    def lows(counts: Iterable[Count]) -> list[int]:
        known = tuple(counts)
        asked.append(known)
        return [count.low for count in known]

    one, equal, other = Count(1), Count(1), Count(2)
    assert lows((one, other)) == lows((*[one], other)) == [1, 2]
    assert len(asked) == 1
    assert lows((equal, other)) == [1, 2]
    assert lows((other, one)) == [2, 1]
    assert lows([one, other]) == [1, 2]
    assert len(asked) == 4


def test_things_that_are_gone_are_not_mistaken_for_new_ones() -> None:
    @remembered
    def total(counts: Iterable[Count]) -> int:
        return sum(count.low for count in counts)

    # Each count is dropped at once, so that the next may lie at its address.
    assert [total((Count(number),)) for number in range(500)] == list(range(500))


def test_no_more_than_asked_for_is_kept() -> None:
    asked: list[int] = []

    def first(counts: Iterable[Count]) -> int:
        asked.append(1)
        return next(iter(counts)).low

    kept = remembered(first, most=1)
    one, two = (Count(1),), (Count(2),)
    assert [kept(one), kept(two), kept(one)] == [1, 2, 1]
    assert len(asked) == 3
