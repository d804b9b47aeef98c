from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.detect.clean import CleanText
from alertsvc.detect.fold import fold, tokens
from alertsvc.detect.sentences import split

PIECES = st.sampled_from(
    [
        "Mr.",
        "U.N.",
        "a.m.",
        "Gen. Saqr",
        "word",
        "Word",
        "7",
        "3.5",
        "km.",
        "?",
        "!",
        "…",
        "؟",
        "،",
        ";",
        ",",
        '."',
        ".)",
        "معبر",
        "المعبر.",
        "«",
        "»",
        "x" * 150,
        "ends.",
    ]
)
PARAGRAPH = st.lists(PIECES, max_size=120).map(" ".join)


def texts(paragraph: str) -> list[str]:
    return [sentence.text for sentence in split(CleanText("", (paragraph,), 0))]


@given(st.lists(PARAGRAPH | st.text(max_size=900), max_size=5), st.text(max_size=40))
def test_every_word_stays_in_order(paragraphs: list[str], title: str) -> None:
    article = CleanText(title, tuple(paragraphs), 0)
    found = [token.text for sentence in split(article, limit=10_000) for token in sentence.tokens]
    # A word of more than 700 characters is no word; it alone may be cut.
    assert found == [t.text for part in (title, *paragraphs) for t in tokens(fold(part))] or any(
        len(word) >= 700 for part in paragraphs for word in part.split(" ")
    )


@given(st.lists(PARAGRAPH, max_size=5))
def test_sentences_are_numbered_short_and_have_words(paragraphs: list[str]) -> None:
    found = split(CleanText("Title", tuple(paragraphs), 0))
    assert [sentence.position for sentence in found] == list(range(len(found)))
    assert [sentence.title for sentence in found] == [True] + [False] * (len(found) - 1)
    assert all(sentence.tokens and len(sentence.text) <= 700 for sentence in found)
    assert [s.paragraph for s in found] == sorted(s.paragraph for s in found)
    for sentence in found:
        folded = fold(sentence.text)
        assert all(folded[token.start : token.end] == token.text for token in sentence.tokens)


@pytest.mark.parametrize(
    ("paragraph", "count"),
    [
        ("It fell. They left. Nobody stayed.", 3),
        ("Brig. Gen. Saqr said so. He left.", 2),
        ("The U.N. envoy came at 9 a.m. on Monday. He left.", 2),
        ("M. Dupont est parti. Mme Durand reste.", 2),
        ("Who did it? Nobody knows! Really… Yes.", 4),
        ('"It is ours." He smiled.', 2),
        ("« C'est fini. » Il est parti.", 2),
        ("It lies 3.5 km away. It is small.", 2),
        ("من هاجم المعبر؟ لا أحد يعرف. انتهى.", 3),
        ("He came ... and went away.", 1),
        ("J. Smith came. A. Jones left.", 2),
    ],
)
def test_where_a_sentence_ends(paragraph: str, count: int) -> None:
    assert len(texts(paragraph)) == count, texts(paragraph)


def test_a_sentence_without_end_is_cut_at_commas_then_blanks() -> None:
    with_commas = texts(", ".join(["five or six words here"] * 100))
    assert all(part.endswith(",") for part in with_commas[:-1])
    without = texts(" ".join(["words"] * 1000))
    assert sum(part.split().count("words") for part in without) == 1000
    assert [len(part) for part in texts("x" * 1500)] == [700, 700, 100]


def test_what_stands_below_the_limit_is_left() -> None:
    found = split(CleanText("Title", ("One came. Two came. Three came.",), 0), limit=3)
    assert [sentence.text for sentence in found] == ["Title", "One came.", "Two came."]


def test_an_article_may_be_without_words() -> None:
    assert split(CleanText("", (), 0)) == ()
    assert split(CleanText("", ("...", "—"), 0)) == ()
