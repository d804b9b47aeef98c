"""What two reports have in common, in whatever languages."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alertsvc.domain import Action, Count, Detection
from alertsvc.track.kinship import agree, kinship, toll_of
from tests.track.stories import told


def said(*sentences: str, **fields: Any) -> Detection:
    return told(Action.ATTACK, sentences=sentences, **fields)


def test_an_equal_toll_of_ten_or_more_tells_an_event() -> None:
    assert agree(said(killed=15), said(killed=15))
    assert not agree(said(killed=15), said(killed=16))
    assert not agree(said(killed=9), said(killed=9))
    assert not agree(said(), said())
    assert agree(said(wounded=Count(40)), said(wounded=Count(40), killed=3))
    assert toll_of(said(killed=9)) is None


def test_names_are_known_by_their_sound_in_both_scripts() -> None:
    english = said("The convoy of General Kerimov left Dawnstar before noon.")
    french = said("Le convoi du général Karimov a quitté la ville.")
    arabic = said("غادرت قافلة العميد كريموف المدينة")
    assert kinship(english, french) == kinship(english, arabic) == kinship(french, arabic) == 1


def test_numbers_count_however_they_are_written_but_years_and_days_do_not() -> None:
    english = said("Output of 315,000 barrels stopped on 31 January 2026.")
    french = said("La production de 315 000 barils s'est arrêtée le 31 janvier 2026.")
    arabic = said("توقف إنتاج ٣١٥٠٠٠ برميل في 31 يناير 2026")
    assert kinship(english, french) == kinship(english, arabic) == 1


def test_actors_count_once_each() -> None:
    one = said(attackers=("Grey Army",), targets=("Border Guard",))
    assert kinship(one, said(attackers=("border guard",), targets=("GREY ARMY",))) == 2


texts = st.lists(st.text(max_size=60), max_size=3)
counts = st.none() | st.integers(0, 20)


@given(texts, texts, counts, counts)
def test_kinship_is_mutual_and_never_fails(
    one: list[str], other: list[str], dead: int | None, died: int | None
) -> None:
    left, right = said(*one, killed=dead), said(*other, killed=died)
    assert kinship(left, right) == kinship(right, left) >= 0
    assert agree(left, right) == agree(right, left)
