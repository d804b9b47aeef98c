"""Text from outside: cleaned, cut at words, isolated, links checked."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.brief.texts import (
    clean,
    cut_headline,
    cut_words,
    direction,
    is_latin,
    isolated,
    joined,
    safe_link,
    shorten,
    without_brackets,
)

FSI, PDI = "\u2068", "\u2069"


@given(st.text(st.characters(max_codepoint=127), max_size=60))
def test_the_short_way_through_plain_text_changes_nothing(text):
    assert clean(text) == clean(f"{text} é").removesuffix("é").rstrip()


def test_clean_folds_lines_and_drops_what_cannot_be_seen():
    assert clean(" a\r\nBcc: x\x00\tb\u2028c\u202ed\u2066e\u200bf\ufeffg ") == "a Bcc: x b cdefg"
    assert clean("\ud800x") == "\ufffdx"
    assert clean("می\u200cخواهم") == "می\u200cخواهم"  # the joiner shapes letters


@given(st.text(), st.integers(1, 60))
def test_clean_text_is_one_encodable_line_within_its_limit(text, limit):
    line = clean(text, limit)
    assert len(line) <= limit
    assert line.encode().decode() == line
    assert clean(line) == line
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in line)
    assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


@given(st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=9).map(str.lower), st.data())
def test_cutting_never_cuts_a_word(word, data):
    text = " ".join([word] * 12)
    limit = data.draw(st.integers(len(word) + 2, len(text)))
    whole = set(text.split())
    assert set(shorten(text, limit).rstrip("\u2026").split()) <= whole
    assert set(cut_headline(text, limit).split()) <= whole
    assert len(shorten(text, limit)) <= limit
    assert len(cut_headline(text, limit)) <= limit


def test_a_cut_headline_does_not_end_in_a_preposition_or_comma():
    assert cut_headline("Libya: Armed men seize a post on the border", 38) == "Libya: Armed men seize a post"
    assert cut_headline("Libya: Ras Kadir closes, at least", 24) == "Libya: Ras Kadir closes"


def test_cut_words_marks_the_cut():
    assert cut_words("one two three", 3) == "one two three"
    assert cut_words("one, two, three", 2) == "one, two \u2026"


def test_lists_and_brackets():
    assert [joined(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert without_brackets("Wadi Marra (Old Post)") == "Wadi Marra"
    assert without_brackets("(only)") == "(only)"


def test_right_to_left_runs_are_isolated_once():
    line = "according to صحيفة الساحل, 3 May"
    assert isolated(line) == f"according to {FSI}صحيفة الساحل{PDI}, 3 May"
    assert isolated(isolated(line)) == isolated(line)
    assert isolated("قتل 4 جنود") == f"{FSI}قتل 4 جنود{PDI}"
    assert isolated("“قتل جنود.” (X)") == f"“{FSI}قتل جنود.{PDI}” (X)"
    assert isolated("plain") == "plain"


@given(st.text(st.sampled_from("ab. 1,\u0628\u062a\n\u05d0”")))
def test_isolates_are_balanced_within_every_line(text):
    for line in isolated(text).split("\n"):
        assert line.count(FSI) == line.count(PDI)
    assert isolated(text).replace(FSI, "").replace(PDI, "") == text


def test_scripts_and_directions():
    assert is_latin("Côte 27 – Şırnak")
    assert not is_latin("ثوار")
    assert not is_latin("Кордон")
    assert [direction(code) for code in ("ar", "AR-ly", "fa", "en", "und")] == ["rtl", "rtl", "rtl", "ltr", "ltr"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/x?y=1&z=2#t", "https://a.example/x?y=1&z=2#t"),
        ("HTTP://a.example", "http://a.example"),
        ('https://a.example/"><script>', "https://a.example/%22%3E%3Cscript%3E"),
        ("https://a.example/a|b", "https://a.example/a%7Cb"),
        ("https://a.example/خبر", "https://a.example/%D8%AE%D8%A8%D8%B1"),
        ("https://خبر.example/", "https://xn--ngblk.example/"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//a.example/x", None),
        ("https://user:pass@a.example/", None),
        ("https://a.example/x\r\nBcc: y", None),
        ("https://a b.example/", None),
        ("https://a.example/\u00a0x", None),
        ("https://", None),
        ("https://[::1", None),
        ("https://a.example/" + "x" * 1000, None),
        ("", None),
        (None, None),
    ],
)
def test_only_plain_web_addresses_become_links(url, expected):
    assert safe_link(url) == expected


@given(st.text())
def test_no_link_can_break_out_of_its_attribute(text):
    for url in (text, f"https://a.example/{text}"):
        link = safe_link(url)
        if link is not None:
            assert link.isascii()
            assert link.startswith(("http://", "https://"))
            assert not set(link) & set("\"'<>|` \r\n")
