"""The checks of the training text against text with faults put into it."""

from __future__ import annotations

from alertsvc.detect.passages import Passage
from alertsvc.domain import Action, IncidentClass
from alertsvc.measure.text import check_text, frames, near_duplicates, shortfalls

SEIZED: Labels = ((IncidentClass.BORDER, Action.SEIZURE),)
WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau".split()


Labels = tuple[tuple[IncidentClass, Action], ...]


def passage(number: int, *texts: str, language: str = "en", labels: Labels = ()) -> Passage:
    told = tuple((text, False, labels if at == 0 else ()) for at, text in enumerate(texts))
    return Passage(f"{language}-{number}", language, "LY", "incident", told)


def sentence(number: int) -> str:
    return " ".join(f"{word}{number}" for word in WORDS)


def test_records_that_are_alike_are_found_once() -> None:
    plain = [passage(number, sentence(number), sentence(number + 1000)) for number in range(200)]
    copy = passage(900, sentence(7), sentence(5000))
    assert near_duplicates(plain) == []
    ((one, other, share),) = near_duplicates([*plain, copy])
    assert (one, other) == ("en-7", "en-900")
    # Half of the runs of each is shared: a third of all.
    assert round(share, 3) == 0.333


def test_a_run_across_two_sentences_is_none() -> None:
    parted = passage(1, "one two three four", "five six seven eight nine ten eleven twelve thirteen fourteen")
    whole = passage(2, "one two three four five six seven eight", "a b c d e f g h i j k l m n o p q")
    assert near_duplicates([parted, whole]) == []


def test_frames_are_found_whatever_names_fill_them() -> None:
    plain = [passage(number, sentence(number)) for number in range(206)]
    framed = [
        passage(300 + number, f"Gunmen seized the {name} crossing and killed {number} guards there.")
        for number, name in enumerate(("Ras Ajdir", "Torkham", "Debdeb", "Essen"), 3)
    ]
    assert [(language, count) for language, _, count in frames([*plain, *framed])] == [("en", 4), ("en", 4)]
    assert {mask for _, mask, _ in frames([*plain, *framed])} == {
        "gunmen seized the <name> crossing and killed <n> guards there",
        "gunmen seized the <name> crossing …",
    }
    assert frames([*plain, *framed[:2]]) == []


def test_what_is_told_too_seldom_is_listed_by_language() -> None:
    told = [passage(number, sentence(number), labels=SEIZED) for number in range(15)]
    told += [passage(number, sentence(number), language="fr", labels=SEIZED) for number in range(14)]
    assert shortfalls(told) == [("fr", "border_crossing", "seizure", 14), ("ar", "border_crossing", "seizure", 0)]


def test_everything_together() -> None:
    found = check_text([passage(1, sentence(1)), passage(1, sentence(2))])
    assert found["twice"] == ["en-1"]
    assert found["kinds"]["en"] == {"incident": 2}
    assert (found["near_duplicates"], found["frames"], found["shortfalls"]) == ([], [], [])
    assert check_text([])["near_duplicates"] == []
