"""Ceilings: whole sentences go, those of least worth first, and what rests on them with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.brief.ceilings import Piece, based, kept, told


def piece(words: int, worth: float, needs: Piece | None = None, part: str = "body") -> Piece:
    return Piece(part, {"text": " ".join(["word"] * words), "reports": [1]}, worth, needs)


def test_the_least_worth_goes_first_and_of_equals_the_later_one():
    first, second, third = piece(5, 2), piece(5, 1), piece(5, 1)
    assert kept([first, second, third], 15) == [first, second, third]
    assert kept([first, second, third], 14) == [first, second]
    assert kept([first, second, third], 9) == [first]


def test_what_rests_on_a_sentence_goes_with_it_even_through_a_third():
    lede = piece(5, 1)
    toll = piece(5, 9, needs=lede)
    more = piece(5, 9, needs=toll)
    other = piece(5, 2)
    assert kept([lede, toll, more, other], 19) == [other]


def test_a_sentence_needs_a_source():
    with pytest.raises(ValueError, match="no source, no sentence"):
        based("It rained.")
    assert based("It rained.", [3, 3, 1]) == {"text": "It rained.", "reports": [3, 1], "basis": "reports"}
    assert based("Nothing happened.", basis="record")["reports"] == []


def test_the_sentences_of_a_part():
    pieces = [piece(1, 1, part="a"), piece(2, 1, part="b"), piece(3, 1, part="a")]
    assert [len(fact["text"].split()) for fact in told(pieces, "a")] == [1, 3]


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(0, 9), st.booleans()), max_size=20),
    st.integers(0, 200),
)
def test_nothing_is_cut_and_nothing_is_moved(drawn: list[tuple[int, int, bool]], limit: int):
    pieces: list[Piece] = []
    for words, worth, leans in drawn:
        pieces.append(piece(words, worth, pieces[-1] if leans and pieces else None))
    stay = kept(pieces, limit)
    assert sum(item.words for item in stay) <= limit
    assert [item for item in pieces if any(item is other for other in stay)] == stay
    for item in stay:
        assert item.needs is None or any(item.needs is other for other in stay)
    if sum(item.words for item in pieces) <= limit:
        assert stay == pieces
