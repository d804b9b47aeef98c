"""Addresses as identities."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.collect.links import canonical_url, domain_of

URLS = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["http://", "https://", "HTTP://", "//", "", "ftp://", "https://u:p@", "javascript:"]),
    st.sampled_from(
        ["Example.org", "www.example.org:443", "exämple.org", "1.2.3.4:80", "[::1]:8080", "a..b", "", "x_y"]
    ),
    st.text(alphabet=st.characters(min_codepoint=1, max_codepoint=0x2FFF), max_size=20).map(lambda t: "/" + t),
    st.sampled_from(["", "?utm_source=a&b=1", "?b=%zz&gclid=1", "?&&", "?a=ü#frag", "#frag", "?utm_campaign=x"]),
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("HTTPS://News.Example.ORG:443/a?b=1#top", "https://news.example.org/a?b=1"),
        ("http://news.example.org", "http://news.example.org/"),
        ("http://news.example.org:8080/x", "http://news.example.org:8080/x"),
        ("/story/1?utm_source=rss&utm_medium=feed", "https://base.example/story/1"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("story?id=7&fbclid=abc&page=2", "https://base.example/feeds/story?id=7&page=2"),
        ("https://a.example/?xtor=RSS-1", "https://a.example/"),
        ("https://a.example/?at_medium=RSS&a=b", "https://a.example/?a=b"),
        ("https://user:secret@a.example/x", "https://a.example/x"),
        (" https://a.example/\n with space ", "https://a.example/withspace"),
        ("https://a.example/قصة?q=é", "https://a.example/%D9%82%D8%B5%D8%A9?q=%C3%A9"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example/a%2Fb%20c", "https://a.example/a%2Fb%20c"),
        ("https://a.example./", "https://a.example/"),
        ("javascript:alert(1)", None),
        ("mailto:desk@a.example", None),
        ("data:text/html,x", None),
        ("ftp://a.example/", None),
        ("http://[broken/", None),
        ("http://a b/", "http://ab/"),
        ("http:///x", None),
        ("https://a.example:99999/", None),
        ("https://a.example/" + "x" * 3000, None),
    ],
)
def test_canonical_url(value: str, expected: str | None) -> None:
    assert canonical_url(value, "https://base.example/feeds/rss.xml") == expected


@given(URLS | st.text())
def test_canonical_url_is_stable_and_plain(value: str) -> None:
    url = canonical_url(value, "https://base.example/feed")
    if url is not None:
        assert canonical_url(url) == url
        assert urlsplit(url).scheme in ("http", "https")
        assert url.isascii()
        assert url.isprintable()
        assert " " not in url
        assert "#" not in url
        assert "<" not in url
        assert '"' not in url


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.News.example/x", "news.example"),
        ("http://news.example:8080/", "news.example"),
        ("https://www2.news.example/", "www2.news.example"),
        ("demo:maghreb-wire", None),
        ("nonsense", None),
        (None, None),
    ],
)
def test_domain_of(url: str | None, domain: str | None) -> None:
    assert domain_of(url) == domain
