from __future__ import annotations

import os
import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsvc.detect.detector import load_reader
from alertsvc.detect.features import CONTEXT_SCALE, Vocabulary, features, masked, scale_of
from alertsvc.detect.reading import Reader, Reading

DAY = date(2026, 2, 4)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def read(reader: Reader, text: str, title: str = "", language: str = "en") -> Reading:
    return reader.read(title, text, language=language, published=DAY)


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        (
            "en",
            "Gunmen seized the Ras Ajdir crossing on Sunday.",
            "gunmen seized the <crossing> crossing on <near-day>",
        ),
        ("en", "The LNA stood 27 km from Tripoli.", "the <actor> stood <near-km> from <capital>"),
        ("en", "It lies 120 km and 700 km away.", "it lies <mid-km> and <far-km> away"),
        ("en", "Colonel Salem Ben Hamid saw 12 men.", "colonel <name> saw <n> men"),
        ("fr", "Ils ont pris le poste-frontière de Ras Jedir.", "ils ont pris le poste frontiere de <crossing>"),
        ("ar", "هاجم مسلحون معبر رأس جدير", "هاجم مسلحون <crossing>"),
    ],
)
def test_names_dates_and_numbers_give_way_to_what_they_are(
    reader: Reader, language: str, text: str, words: str
) -> None:
    assert " ".join(masked(read(reader, text, language=language).sentences[0])) == words


def test_what_is_learnt_of_one_country_holds_for_another(reader: Reader) -> None:
    one = read(reader, "Gunmen seized the Ras Ajdir crossing in Libya on Sunday.")
    other = read(reader, "Gunmen seized the Torkham crossing in Pakistan on Tuesday.")
    assert features(one, 0) == features(other, 0)


def test_a_headline_in_capital_letters_is_not_all_names(reader: Reader) -> None:
    reading = read(reader, "x", title="Gunmen Seize Border Post And Close It")
    assert "seize" in masked(reading.sentences[0])


def test_neighbours_headline_and_article_lend_their_subject(reader: Reader) -> None:
    reading = read(
        reader,
        "A drone came down at dawn there.\nIt fell into a field of wheat.\nNobody in the village knows more than "
        "this.\nThe road was closed again on Sunday.",
        title="Gunmen seize the Ras Ajdir crossing",
    )
    assert "f:title" in features(reading, 0)
    assert ["f:lead" in features(reading, position) for position in range(5)] == [False, True, True, False, False]
    assert ["before:<crossing>" in features(reading, position) for position in range(5)] == [False, True] + [False] * 3
    assert ["headline:<crossing>" in features(reading, position) for position in range(5)] == [False] + [True] * 4
    assert "after:CLOSE" in features(reading, 3)
    assert all("article:<crossing>" in features(reading, position) for position in range(5))
    assert not any("often:<crossing>" in features(reading, position) for position in range(5))


def test_context_counts_less_than_the_sentence_itself(reader: Reader) -> None:
    reading = read(reader, "It was closed at dawn.", title="Gunmen seize the Ras Ajdir crossing")
    scales = {name.partition(":")[0]: scale_of(name) for name in features(reading, 1)}
    assert {kind for kind, scale in scales.items() if scale != 1} == {"before", "headline", "article"}
    assert {scales[kind] for kind in ("before", "headline", "article")} == {CONTEXT_SCALE}


def test_names_can_be_left_as_words_to_measure_what_hiding_them_is_worth(reader: Reader) -> None:
    reading = read(reader, "Gunmen seized the Ras Ajdir crossing on Sunday.")
    hidden, named = features(reading, 0), features(reading, 0, named=True)
    assert {"w:ras", "w:ajdir", "w:sunday"} <= set(named) - set(hidden)
    assert {name for name in named if name[:2] not in ("w:", "s:", "b:")} <= set(hidden)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from("Gunmen seized the Ras Ajdir crossing . 27 km on Sunday Tripoli معبر".split()), max_size=40
    )
)
def test_each_feature_stands_once_and_always_in_the_same_order(reader: Reader, words: list[str]) -> None:
    reading, again = read(reader, " ".join(words)), read(reader, " ".join(words))
    for position in range(len(reading.sentences)):
        found = features(reading, position)
        assert found == features(again, position)
        assert len(found) == len(set(found))
        assert not any("\n" in name for name in found), "names are stored one to a line"


SCRIPT = """
from datetime import date
from alertsvc.detect.detector import load_reader
from alertsvc.detect.features import features
reader = load_reader()
text = "Gunmen seized the Essen crossing, 27 km from Zawiya. Libya closed it on Sunday."
reading = reader.read("Rebels near Tripoli", text, language="en", published=date(2026, 2, 4))
print([features(reading, position) for position in range(len(reading.sentences))])
"""


def test_features_do_not_depend_on_the_process() -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            capture_output=True,
            check=True,
            timeout=60,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
    assert len(told.pop()) > 500


def test_a_vocabulary_with_names_of_no_form_is_looked_up_as_it_is_spelt(reader: Reader) -> None:
    reading = read(
        reader, "Gunmen seized the Ras Ajdir crossing. The crossing was closed. Trade fell.", "Crossing seized"
    )
    told = [features(reading, position) for position in range(len(reading.sentences))]
    broken = ["p:", "p:SEIZE", "p:<crossing>", "p:><", "b:", "b:a", "b:a b c", "b: ", "x:y", "c:", "before:", "", ":"]
    every = list(dict.fromkeys(name for names in told for name in names))
    for names in (every + broken, broken + every[::2], broken):
        vocabulary = Vocabulary(names)
        assert [vocabulary.rows(reading, at) for at in range(len(told))] == [vocabulary.of(own) for own in told]


def test_two_articles_in_turn_are_not_taken_for_one_another(reader: Reader) -> None:
    one = read(reader, "Gunmen seized the Ras Ajdir crossing. The crossing was closed.")
    other = read(reader, "The refinery burned. The refinery was shut.")
    vocabulary = Vocabulary(sorted({*features(one, 0), *features(one, 1), *features(other, 0), *features(other, 1)}))
    for article, position in ((one, 0), (other, 0), (one, 1), (other, 1)):
        assert vocabulary.rows(article, position) == vocabulary.of(features(article, position))
