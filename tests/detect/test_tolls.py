"""Several counts of one incident become one number."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsvc.detect.casualties import read_casualties, side_of
from alertsvc.detect.detector import load_reader
from alertsvc.detect.reading import Reader
from alertsvc.detect.sources import Sources
from alertsvc.detect.tolls import count_of
from alertsvc.domain import Count


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def dead(reader: Reader, text: str, language: str = "en") -> Count | None:
    reading = reader.read("", text, language=language, published=date(2026, 3, 18))
    return count_of(("killed",), list(reading.sentences))


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Six guards were killed. Four of the assailants were shot dead.", Count(10, 10)),
        ("en", "Six guards were killed. The six dead guards were buried.", Count(6, 6)),
        ("en", "Six guards were killed. A seventh died in hospital.", Count(7, 7)),
        ("en", "At least six guards were killed. Two rebels also died.", Count(8, None)),
        ("en", "Nine people were killed. Three children were among the dead.", Count(9, 9)),
        ("en", "Five guards were killed. The five workers were killed at their desks.", Count(5, 5)),
        ("en", "The rebels said they had killed 30 soldiers. The army put its losses at two.", Count(2, 30)),
        ("en", "The army said it had killed 30 rebels. The rebels said they had killed 5 soldiers.", Count(35, 35)),
        ("en", "Earlier reports spoke of a toll of three. Nine guards were killed.", Count(9, 9)),
        ("en", "Fewer than nine guards were killed.", Count(1, 9)),
        ("fr", "Six gardes ont été tués. Quatre assaillants sont morts.", Count(10, 10)),
        ("fr", "Cinq gardes ont été blessés. L'un d'eux a succombé.", Count(1, 1)),
        ("ar", "قتل ستة جنود. وقتل أربعة مسلحين.", Count(10, 10)),
        ("ar", "نفى الجيش مقتل عشرين جنديا.", None),
    ],
)
def test_counts_are_put_together(reader: Reader, language: str, text: str, expected: Count | None) -> None:
    assert dead(reader, text, language) == expected


@settings(deadline=None)  # the first example loads the reader's tables
@given(guards=st.integers(2, 60), rebels=st.integers(2, 60))
def test_the_dead_of_two_sides_are_added_up_in_one_sentence_as_in_two(reader: Reader, guards: int, rebels: int) -> None:
    one = dead(reader, f"{guards} guards and {rebels} rebels were killed.")
    assert one == Count(guards + rebels, guards + rebels)
    if guards != rebels:
        assert dead(reader, f"{guards} guards were killed. {rebels} rebels were killed.") == one


@settings(deadline=None)  # the first example loads the reader's tables
@given(numbers=st.lists(st.integers(2, 60), min_size=1, max_size=4))
def test_what_is_told_again_is_not_counted_again(reader: Reader, numbers: list[int]) -> None:
    text = " ".join(f"{number} guards were killed." for number in numbers)
    assert dead(reader, text) == Count(max(numbers), max(numbers))
    assert dead(reader, f"{text} {text}") == Count(max(numbers), max(numbers))


def test_the_words_of_the_largest_count_are_noted(reader: Reader) -> None:
    reading = reader.read("", "Two rebels died. Six guards were killed.", language="en", published=None)
    sources = Sources()
    assert count_of(("killed",), list(reading.sentences), sources) == Count(8, 8)
    (reason,) = sources.reasons()
    assert (reason.sentence, reason.detail) == (1, "Six guards were killed")


def test_people_are_counted_by_side() -> None:
    (mention,) = read_casualties("Three soldiers, two drivers and an attacker were killed.", "en")
    assert [(group.side, group.low) for group in mention.groups] == [
        ("forces", 3),
        ("civilians", 2),
        ("irregulars", 1),
    ]
    (loss,) = read_casualties("The army lost four men.", "en")
    assert loss.loss
    assert loss.groups[0].side == "forces"
    assert read_casualties("Another two died.", "en")[0].adds


@pytest.mark.parametrize(
    ("name", "side"),
    [("rebels", "irregulars"), ("soldat", "forces"), ("المهاجمين", "irregulars"), ("للجنود", "forces"), ("bridge", "")],
)
def test_the_side_of_a_word(name: str, side: str) -> None:
    assert side_of(name) == side
