"""Our identifier against py3langid's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from alertsvc.detect import identifier
from alertsvc.detect.identifier import REACH, Identifier
from tests.detect.stories import WRITTEN

ALPHABET = "abcdefghijklmnopqrstuvwxyz éàçñü.,'’ \n0123ABC ابتثجحدرسشعفقكلمنهوي привет 日本語"


@pytest.fixture(scope="module")
def theirs() -> Any:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@pytest.fixture(scope="module")
def ours() -> Any:
    return Identifier.from_model_file(MODEL_FILE, norm_probs=True)


def test_the_quick_way_is_taken(ours: Any) -> None:
    assert ours.quick


@pytest.mark.parametrize("story", WRITTEN, ids=lambda story: story.name)
def test_stories_are_scored_to_the_bit(story: Any, ours: Any, theirs: Any) -> None:
    assert ours._decide(story.text).tobytes() == theirs._decide(story.text).tobytes()


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet=ALPHABET, max_size=120))
def test_any_text_is_scored_to_the_bit(text: str, ours: Any, theirs: Any) -> None:
    assert ours._decide(text).tobytes() == theirs._decide(text).tobytes()
    assert ours.classify(text) == theirs.classify(text)


def test_a_full_table_is_begun_anew(monkeypatch: pytest.MonkeyPatch, theirs: Any) -> None:
    monkeypatch.setattr(identifier, "_KEPT", 300)
    small = Identifier.from_model_file(MODEL_FILE, norm_probs=True)
    assert small.quick
    for story in WRITTEN * 2:
        for length in (60, 200, 2000):  # fits, fills the table up, is more than it takes
            text = story.text[:length]
            assert small._decide(text).tobytes() == theirs._decide(text).tobytes()


def test_the_automaton_remembers_no_more_than_its_reach(theirs: Any) -> None:
    """From wherever it stands and from the start, the same bytes lead to the same place."""
    moves = np.array(theirs.tk_nextmove).reshape(-1, 256)
    rows = np.array(theirs.tk_row)
    apart = np.stack([np.zeros(len(rows) - 1, dtype=np.int64), np.arange(1, len(rows))], axis=1)
    for _ in range(REACH):
        one = moves[rows[apart[:, 0]]].ravel().astype(np.int64)
        other = moves[rows[apart[:, 1]]].ravel().astype(np.int64)
        differ = one != other
        codes = np.unique(one[differ] * len(rows) + other[differ])
        apart = np.stack([codes // len(rows), codes % len(rows)], axis=1)
    assert len(apart) == 0


def test_another_py3langid_is_left_to_itself(monkeypatch: pytest.MonkeyPatch, theirs: Any) -> None:
    def missing(self: Identifier) -> None:
        raise AttributeError("tk_nextmove")

    monkeypatch.setattr(Identifier, "_prepare", missing)
    other = Identifier.from_model_file(MODEL_FILE, norm_probs=True)
    assert not other.quick
    assert other.classify(WRITTEN[0].text) == theirs.classify(WRITTEN[0].text)
