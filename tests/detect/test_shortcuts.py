"""Shortcuts in front of the readers: they give what the long way gives."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.detect.clean import Cleaner
from alertsvc.detect.fold import Token, Words, fold, letters, spelt, tokens
from alertsvc.detect.lexicon import Lexicon

ANY = st.text(alphabet="abCé ـة٣4-_'’.\n½²م و💥", max_size=60)


@given(text=ANY)
def test_words_are_the_tokens(text: str) -> None:
    words, found = Words(fold(text)), tokens(fold(text))
    assert words.names == spelt(found) == spelt(words)
    assert words.spans == [(token.start, token.end) for token in found]
    assert list(words) == found
    assert len(words) == len(found)
    assert words[:2] == found[:2]
    assert all(isinstance(word, Token) for word in words)
    assert words == Words(fold(text))
    assert hash(words) == hash(Words(fold(text)))


@given(text=ANY)
def test_letters_are_the_tokens_without_what_parts_them(text: str) -> None:
    assert letters(text) == "".join(token.text for token in tokens(fold(text)))
    assert letters(text) == re.sub(r"[\W_]+", "", fold(text))


LINES = ("READ MORE", "read on", "Gunmen came.", "Photo: Agency", "(Photo)", "The end", "x" * 520 + " end", "")


@pytest.mark.parametrize(
    "pattern",
    [r"read (more|on)\b", r"\(?photo\b", r"the end\z", r"the end$", r"(?-m:the end$)", r"[^,]{3,12}$", r"\Aread"],
)
@given(lines=st.lists(st.sampled_from(LINES), max_size=6))
def test_lines_are_dropped_alike_one_by_one_and_all_at_once(pattern: str, lines: list[str]) -> None:
    quick, slow = Cleaner([], [pattern], ["%%"]), Cleaner([], [pattern], ["%%"])
    slow._any_at_all = None
    assert quick.clean("", "\n".join(lines)) == slow.clean("", "\n".join(lines))


@given(
    words=st.lists(st.sampled_from(["take", "takes", "the", "post", "over", "border", "of", "and"]), max_size=9).map(
        " ".join
    )
)
def test_a_phrase_is_found_wherever_its_words_follow_one_another(words: str) -> None:
    lexicon = Lexicon([("TAKE", "en", "tak* ~2 post"), ("TAKE", "en", "tak* over"), ("POST", "en", "border post")])
    found = {(hit.concept, hit.first, hit.last) for hit in lexicon.find(tokens(fold(words)), "en")}
    names = words.split()
    wanted = {("POST", k, k + 1) for k in range(len(names) - 1) if names[k : k + 2] == ["border", "post"]}
    for k, name in enumerate(names):
        if name.startswith("tak"):
            ends = [k + names[k:].index("post")] if "post" in names[k : k + 4] else []
            ends += [k + 1] if names[k + 1 : k + 2] == ["over"] else []
            wanted |= {("TAKE", k, max(ends))} if ends else set()
    assert found == wanted
