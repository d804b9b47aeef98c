"""Whether one text repeats another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alertsvc.track.copies import Likeness, Sketch, sketch
from alertsvc.track.copies import likeness as compare
from tests.track.stories import prose


def likeness(one: str, other: str) -> Likeness:
    return compare(sketch(one), sketch(other))


def test_a_reprint_with_its_pages_junk_is_a_copy() -> None:
    wire = prose(1, 200)
    reprint = f"Our newsroom\n{wire.upper()}\nShare: e-mail, print. {prose(2, 60)}"
    assert likeness(reprint, wire).copy
    assert likeness(wire[: len(wire) // 2], wire).copy


def test_a_quotation_in_common_makes_no_copy() -> None:
    quotation = prose(3, 35)
    assert not likeness(f"{prose(4)} {quotation} {prose(5)}", f"{prose(6)} {quotation} {prose(7)}").copy


def test_short_texts_are_compared_as_a_whole() -> None:
    assert likeness("Crossing closed, officials say.", "Crossing closed: officials say").copy
    assert not likeness("Crossing closed, officials say.", "Crossing closed, police say.").copy
    assert not likeness("Crossing closed.", prose(8) + " Crossing closed. " + prose(9)).copy


def test_texts_without_words_are_like_nothing() -> None:
    assert not likeness("", "").copy
    assert not likeness("...", "...").copy


def test_how_much_longer_the_first_is() -> None:
    assert likeness(prose(1, 200), prose(1, 200)[:900]).longer > 1.5


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_text_can_be_compared_and_is_like_itself(a: str, b: str) -> None:
    assert 0.0 <= likeness(a, b).share == likeness(b, a).share <= 1.0
    assert likeness(a, a).share in (0.0, 1.0)


@given(st.text(max_size=400) | st.integers(1, 9).map(lambda seed: prose(seed, 900)))
def test_a_sketch_is_read_back_as_it_was(text: str) -> None:
    made = sketch(text)
    packed = made.to_bytes()
    assert Sketch.from_bytes(packed) == made
    assert len(packed) <= 1100


@given(st.integers(1, 10_000), st.integers(0, 600), st.integers(150, 400))
def test_an_excerpt_of_a_long_text_is_found_in_it(seed: int, start: int, length: int) -> None:
    whole = prose(seed, 1000).split()
    excerpt = " ".join(whole[start : start + length])
    assert likeness(excerpt, " ".join(whole)).share > 0.9
    assert not likeness(excerpt, prose(seed + 20_000, 1000)).copy


@given(st.integers(1, 10_000))
def test_small_edits_leave_a_copy_a_copy(seed: int) -> None:
    words = prose(seed, 200).split()
    edited = ["changed" if number % 12 == 5 else word for number, word in enumerate(words)]
    assert likeness(f"Another headline. {' '.join(edited[:150])}", " ".join(words)).copy
