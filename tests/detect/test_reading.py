from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsvc.detect.detector import load_reader
from alertsvc.detect.lexicon import LANGUAGES
from alertsvc.detect.reading import Reader

DAY = date(2026, 2, 4)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def test_what_is_read_in_a_sentence(reader: Reader) -> None:
    reading = reader.read(
        "Post falls",
        "Gunmen seized the Ras Ajdir crossing on Sunday and killed three guards, the army said.\nLibya is large.",
        language="en",
        published=DAY,
    )
    assert (reading.language, reading.published, reading.countries[0]) == ("en", DAY, "LY")
    title, told, last = reading.sentences
    assert (title.sentence.title, title.sentence.text) == (True, "Post falls")
    assert told.has("SEIZE", "RETAKE")
    assert not told.has("RETAKE")
    assert [m.name for m in told.of_kind("crossing")] == ["Ras Ajdir"]
    assert [d.day for d in told.dates] == [date(2026, 2, 1)]
    assert [(c.kind, c.count.low) for c in told.casualties] == [("killed", 3)]
    assert [m.kind for m in last.mentions] == ["country"]
    assert [m.first for m in told.mentions] == sorted(m.first for m in told.mentions)


def test_without_a_day_of_publication_a_weekday_stays_open(reader: Reader) -> None:
    (sentence,) = reader.read("", "It fell on Sunday.", language="en", published=None).sentences
    assert [mention.day for mention in sentence.dates] == [None]


def test_an_empty_article_can_be_read(reader: Reader) -> None:
    assert reader.read("", "", language="en", published=None).sentences == ()
    assert reader.read("…", "—", language="ar", published=DAY).countries == ()


WORDS = st.sampled_from(
    "Gunmen seized the Ras Ajdir border crossing on Sunday 27 km from Tripoli , . ? ! three killed Essen Say "
    "Zawiya refinery in 2019 of Libya LNA FAR le poste frontière de a été pris à معبر رأس جدير سيطر مسلحون 3".split()
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(LANGUAGES), st.lists(WORDS, max_size=60).map(" ".join) | st.text(st.characters(), max_size=200))
def test_any_text_can_be_read(reader: Reader, language: str, text: str) -> None:
    reading = reader.read(text[:40], text, language=language, published=DAY)
    for sentence in reading.sentences:
        count = len(sentence.sentence.tokens)
        assert all(0 <= hit.first <= hit.last < count for hit in sentence.concepts)
        assert all(0 <= mention.first <= mention.last < count for mention in sentence.mentions)
        assert all(mention.name in sentence.sentence.text for mention in sentence.mentions)


@pytest.mark.parametrize(
    ("language", "text", "concept"),
    [
        ("en", "Rebels are pushing toward Sittwe, Rakhine's capital.", "PROVINCE_CAPITAL"),
        ("en", "Rebels took Libya's capital on Sunday.", "CAPITAL_WORD"),
        ("en", "Troops entered the country's capital.", "CAPITAL_WORD"),
        ("en", "They are in Potosí, the capital of Potosí Department.", "PROVINCE_CAPITAL"),
        ("fr", "Ils marchent sur la capitale du Tchad.", "CAPITAL_WORD"),
        ("fr", "Ils ont pris Iquitos, capitale du Loreto.", "PROVINCE_CAPITAL"),
    ],
)
def test_the_capital_of_a_province_is_told_from_that_of_a_country(
    reader: Reader, language: str, text: str, concept: str
) -> None:
    reading = reader.read("", text, language=language, published=None)
    found = {hit.concept for sentence in reading.sentences for hit in sentence.concepts}
    assert found & {"PROVINCE_CAPITAL", "CAPITAL_WORD"} == {concept}
