from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.detect.fold import Words, arabic_stems, fold, tokens

ANY = st.text(st.characters(), max_size=200)  # halves of surrogate pairs included
NEWS = st.text(alphabet="aéÅßİıœfi½٣۴أةىوبال -‑’'ʿ.,؟ـ\u0301\u200f\n", max_size=80)


@given(ANY | NEWS)
def test_every_character_keeps_its_place(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    for before, after in zip(text, folded, strict=True):
        assert fold(before) == after, "the neighbours of a character must not matter"


@given(ANY | NEWS)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(ANY | NEWS)
def test_tokens_are_the_words_of_the_folded_text_in_order(text: str) -> None:
    folded = fold(text)
    found = tokens(folded)
    assert all(folded[token.start : token.end] == token.text != "" for token in found)
    assert all(one.end < other.start for one, other in pairwise(found))
    gaps = "".join(
        folded[a:b] for a, b in zip([0, *(t.end for t in found)], [*(t.start for t in found), None], strict=True)
    )
    assert not any(char.isalnum() for char in gaps)
    assert list(Words(folded)) == found


@pytest.mark.parametrize(
    ("variants", "folded"),
    [
        (("N'Djamena", "N’Djamena", "N‘Djamena", "n-djamena", "N DJAMÉNA"), ["n", "djamena"]),
        (("Ras-Ajdir", "Ras Ajdir", "RAS AJDIR", "Rás Ajdīr", "Ras‑Ajdir", "Ras–Ajdir"), ["ras", "ajdir"]),
        (("Łódź", "lodz"), ["lodz"]),
        (("أحمد", "إحمد", "آحمد", "احمد", "ٱحمد"), ["احمد"]),
        (("مصفاة", "مصفاه"), ["مصفاه"]),
        (("منفى", "منفي", "منفی"), ["منفي"]),
        (("مسؤول", "مسوول"), ["مسوول"]),
        (("کرکوک", "كركوك"), ["كركوك"]),
        (("٢٧ كم", "۲۷ كم", "27 كم"), ["27", "كم"]),
    ],
)
def test_spellings_of_one_name_meet(variants: tuple[str, ...], folded: list[str]) -> None:
    for variant in variants:
        assert [token.text for token in tokens(fold(variant))] == folded, variant


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("والمعبر", "معبر"),
        ("بالمعبر", "معبر"),
        ("للمعبر", "معبر"),
        ("وللمعبر", "معبر"),
        ("فالمعبر", "معبر"),
        ("وبالمعبر", "معبر"),
        ("كالمعبر", "معبر"),
        ("وسيطرت", "سيطرت"),
        ("السلوم", "سلوم"),
    ],
)
def test_particles_come_off_an_arabic_word(word: str, stem: str) -> None:
    found = arabic_stems(word)
    assert found[0] == word
    assert stem in found


def test_short_rests_and_other_scripts_keep_their_beginning() -> None:
    assert arabic_stems("ولد") == ("ولد",)
    assert arabic_stems("بيت") == ("بيت",)
    assert all(len(stem) >= 3 for stem in arabic_stems("وبالحد"))
    assert arabic_stems("walnut") == ("walnut",)
    assert arabic_stems("") == ("",)
