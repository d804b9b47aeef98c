"""Plain text out of anything."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.collect.text import clean_text, plain_text, plain_title

MARKUP = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<br/>",
            "<",
            ">",
            "<!--",
            "-->",
            "<script>",
            "</script>",
            "&lt;",
            "&amp;lt;p&amp;gt;",
            "&#0;",
            '<a title="',
            "'",
            '"',
            "<![CDATA[",
            "]]>",
            "text",
            "\r\n",
            "\x00",
            "\u202e",
            "\ud800",
            "<a ",
            "&#x202e;",
            "é",
        ]
    ),
    max_size=30,
).map("".join)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("<p>One</p><p>Two <b>bold</b></p>", "One\nTwo bold"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("no markup at all\nsecond line", "no markup at all\nsecond line"),
        ("Fish &amp; chips &#8211; caf&eacute;", "Fish & chips – café"),
        ("It&amp;#8217;s twice &amp;amp; encoded", "It’s twice & encoded"),
        ("&lt;p&gt;escaped&lt;/p&gt;&lt;p&gt;markup&lt;/p&gt;", "escaped\nmarkup"),
        ("<p>Use &lt;p&gt; for paragraphs</p>", "Use <p> for paragraphs"),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ("a<script>alert('<p>')</script>b<STYLE>p{}</style >c", "a b c"),
        ("a<!-- hidden <p> -->b", "ab"),
        ("a<!-- not closed, but kept", "a not closed, but kept"),
        ("a<script>not closed, but kept", "a not closed, but kept"),
        ('<img alt="a > b" src="x">after', "after"),
        ("<a title='it''s > 5' href=x>link</a> text", "link text"),
        ("cut within <a href=", "cut within"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a\nb"),
        ("  many \t  spaces\u00a0here  ", "many spaces here"),
        ("<![CDATA[<p>inside</p>]]>", "inside\n]]>"),
        ("nul\x00 and \x07bell \x85 next line", "nul and bell\nnext line"),
        ("evil\u202egnp.exe\u202c\u200f", "evilgnp.exe"),
        ("soft\u00adhyphen zero\u200bwidth \ufeffmark", "softhyphen zerowidth mark"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("half \ud83d character", "half character"),
        ("e\u0301", "é"),
        ("&#x202e;hidden&#0;", "hidden\ufffd"),
        ("", ""),
    ],
)
def test_plain_text(value: str, expected: str) -> None:
    assert plain_text(value) == expected


def test_titles_are_one_line_of_bounded_length() -> None:
    assert plain_title("A\r\nSubject: <b>b</b>\n\n c") == "A Subject: b c"
    assert plain_title("x" * 600) == "x" * 499 + "…"
    assert len(plain_text("word " * 100_000)) == 200_000


@given(MARKUP | st.text())
def test_whatever_comes_is_clean(value: str) -> None:
    text = plain_text(value)
    for character in text.replace("\n", ""):
        assert unicodedata.category(character) not in ("Cc", "Cs"), hex(ord(character))
        assert character not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff"
    assert clean_text(text) == text
    assert "\n\n" not in text
    text.encode("utf-8")
    assert "\n" not in plain_title(value)


@given(st.text(alphabet=st.characters(exclude_characters="<&", exclude_categories=["Cs"])))
def test_text_without_markup_loses_nothing_visible(value: str) -> None:
    assert plain_text(value) == clean_text(value)


@pytest.mark.parametrize(
    "piece",
    ["<", "<a ", '<a "', "<a '>", "<!--", "<script>", "&lt;", "&amp;amp;", "<a b='", "<![CDATA[", "<p", "</", "<?"],
)
def test_floods_take_linear_time(piece: str) -> None:
    def seconds(size: int) -> float:
        value = piece * (size // len(piece))
        begun = time.perf_counter()
        plain_text(value)
        return time.perf_counter() - begun

    seconds(10_000)
    # Sixteen times the input; were the time quadratic it would take 256 times as long.
    assert seconds(480_000) < 100 * max(seconds(30_000), 0.002)
