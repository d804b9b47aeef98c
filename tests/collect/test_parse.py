"""Feeds good and bad. What is wrong is told, what can be saved is saved, and nothing takes long."""

from __future__ import annotations

import gzip
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsvc.collect.entries import ParsedFeed
from alertsvc.collect.parse import parse_feed
from tests.collect.feeds import item, items, rss

ATOM = """<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar-LY" xml:base="https://o.example/x/"><title>صحيفة</title>
<entry><id>urn:1</id><title type="text">a &lt; b</title><link href="y?utm_medium=1#f"/>
<updated>2026-01-31T10:00:00+02:00</updated><published>2026-01-31T09:00:00+02:00</published>
<summary>Short</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One</p><p>Two <b>x</b></p></div></content></entry>
<entry><id>urn:2</id><title type="html">&lt;b&gt;B&lt;/b&gt; &amp;amp; c</title><updated>2026-01-31T10:00:00Z</updated>
<content type="html">&lt;p&gt;H&lt;/p&gt;</content></entry></feed>"""
RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>R</title></channel>
<item rdf:about="https://o.example/1"><title>One</title><link>https://o.example/1</link>
<dc:date>2026-01-31T10:00:00Z</dc:date></item></rdf:RDF>"""


def parse(body: bytes | str, **more: Any) -> ParsedFeed:
    given: dict[str, Any] = {
        "content_type": None,
        "charset": None,
        "url": "https://o.example/feeds/rss",
        "max_entries": 500,
    }
    return parse_feed(body.encode() if isinstance(body, str) else body, **(given | more))


def test_rss() -> None:
    encoded = (
        '<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        "&lt;p&gt;The whole long&lt;/p&gt;&lt;p&gt;text of it.&lt;/p&gt;</content:encoded>"
    )
    feed = parse(
        rss(
            item(1, link="/one?utm_source=rss", extra=encoded),
            "<title>N &amp;amp; S</title><language>fr-FR</language><ttl>30</ttl>",
        )
    )
    assert (feed.kind, feed.readable, feed.title, feed.language, feed.ttl_minutes) == ("rss20", True, "N & S", "fr", 30)
    (entry,) = feed.entries
    assert (entry.guid, entry.link, entry.title) == ("id-1", "https://o.example/one", "Report 1")
    assert (entry.summary, entry.content) == ("What happened at place 1.", "The whole long\ntext of it.")
    assert entry.text == entry.content
    assert entry.published == datetime(2026, 2, 1, 10, tzinfo=UTC)
    assert feed.problems == ()


def test_atom() -> None:
    feed = parse(ATOM)
    assert (feed.kind, feed.title, feed.language) == ("atom10", "صحيفة", "ar")
    first, second = feed.entries
    assert (first.guid, first.link, first.title, first.content) == (
        "urn:1",
        "https://o.example/x/y",
        "a < b",
        "One\nTwo x",
    )
    assert first.published == datetime(2026, 1, 31, 7, tzinfo=UTC)
    assert first.updated == datetime(2026, 1, 31, 8, tzinfo=UTC)
    assert (second.title, second.text, second.published) == ("B & c", "H", None)


def test_rdf() -> None:
    feed = parse(RDF)
    assert (feed.kind, feed.entries[0].title, feed.entries[0].link) == ("rss10", "One", "https://o.example/1")
    assert feed.entries[0].updated == datetime(2026, 1, 31, 10, tzinfo=UTC)


def test_identity_does_not_depend_on_where_the_feed_is() -> None:
    body = rss("<item><title>t</title><guid>7</guid></item>")
    assert (
        parse(body, url="https://a.example/").entries[0].guid
        == parse(body, url="https://b.example/").entries[0].guid
        == "7"
    )
    assert parse(body).entries[0].link is None
    permanent = parse(rss("<item><title>t</title><guid>https://o.example/7</guid></item>")).entries[0]
    assert permanent.link == permanent.guid == "https://o.example/7"
    long = parse(rss(f"<item><title>t</title><guid>{'x' * 5000}</guid></item>")).entries[0].guid
    assert long is not None
    assert long.startswith("sha256:")


@pytest.mark.parametrize(
    ("body", "kind", "problem"),
    [
        (b"", "empty", "the body is empty"),
        (b"\xef\xbb\xbf \n", "empty", "the body is empty"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "json", "this is JSON"),
        (b'{"html": "<p>x</p>"}', "json", "this is JSON"),
        (b"Service unavailable", "text", "this is text"),
        (b"<!-- x --><!DOCTYPE html><html><title>Sign in</title>", "html", "this is an HTML page"),
        (b"<HTML><body>", "html", "this is an HTML page"),
        (b"<?xml version='1.0'?><urlset/>", "xml", "neither RSS nor Atom: it begins with <urlset>"),
        (gzip.compress(rss(items(range(3)))), "text", "this is text"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "text", "this is text"),
    ],
)
def test_what_is_no_feed_is_told(body: bytes, kind: str, problem: str) -> None:
    feed = parse(body)
    assert (feed.kind, feed.readable, feed.entries) == (kind, False, ())
    assert problem in " ".join(feed.problems)


def test_page_that_names_its_feeds() -> None:
    page = '<!doctype html><link rel="alternate" type="application/rss+xml" href="/feed?a=1&amp;b=2"><link href=x>'
    assert parse(page, content_type="text/html").problems == (
        "this is an HTML page, not a feed (sent as text/html); it names https://o.example/feed?a=1&b=2",
    )


def test_cut_document_keeps_its_complete_entries() -> None:
    whole = rss(items(range(50)))
    for end in range(200, len(whole), 997):
        feed = parse(whole[:end])
        assert [entry.guid for entry in feed.entries] == [f"id-{n}" for n in range(whole[:end].count(b"</item>"))]
        assert feed.problems == ("the document was cut short; its complete entries were kept",)
    atom = parse(ATOM[: ATOM.index('<content type="html"')])
    assert [entry.guid for entry in atom.entries] == ["urn:1"]


@pytest.mark.parametrize(
    "body",
    [
        rss("<item><title>AT&T &nbsp;&eacute; &bogus;</title></item>"),
        rss("<item><title>AT&amp;T &#1;&#0;&#xFFFE;x</title></item>"),
        rss("<item><title>AT&amp;T</title></item>") + b"\n<br />\n<b>Warning</b>: oops",
        b"<br />\n<b>Notice</b>: x in /var/www\n" + rss("<item><title>AT&amp;T</title></item>"),
        b"\n\n  " + rss("<item><title>AT&amp;T</title></item>"),
        rss("<item><title>AT&amp;T<br>x</title></item>"),
        rss("<item><title>AT&amp;T</title><description>a <b>b <i>c</b></description></item>"),
        rss("<item><title>AT&amp;T</title><x:y>undeclared</x:y></item>"),
        rss("<item><title>AT&amp;T\x00\x08</title></item>"),
    ],
)
def test_small_faults_are_mended(body: bytes) -> None:
    feed = parse(body)
    assert feed.readable
    assert [entry.title[:4] for entry in feed.entries] == ["AT&T"]


def test_mending_leaves_character_data_alone() -> None:
    feed = parse(rss("<item><title>A & B</title><link><![CDATA[https://o.example/?a=1&copy=2]]></link></item>"))
    assert feed.entries[0].link == "https://o.example/?a=1&copy=2"


def test_control_characters_in_a_title() -> None:
    (entry,) = parse(rss("<item><title>Alert\x00\r\nBcc: all@example.org\u202e</title></item>")).entries
    assert entry.title == "Alert Bcc: all@example.org"


def test_entries_without_this_or_that() -> None:
    feed = parse(
        rss(
            "<item><title>no link, no date</title></item><item><description>no title</description></item><item/>"
            "<item><title>bad link</title><link>javascript:alert(1)</link><pubDate>soon</pubDate></item>"
            "<item><title>old</title><pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate></item>"
            "<item><title>far</title><pubDate>Sun, 01 Jan 2090 00:00:00 GMT</pubDate></item>"
        )
    )
    assert [entry.title for entry in feed.entries] == ["no link, no date", "", "bad link", "old", "far"]
    assert [entry.link for entry in feed.entries] == [None] * 5
    assert feed.skipped == 1
    assert feed.problems == (
        "1 entries hold neither title nor text and were skipped",
        "an entry's link is not a usable web address",
        "an entry's date cannot be read",
    )
    assert feed.entries[3].published == datetime(1970, 1, 1, tzinfo=UTC)


def test_too_many_entries_keep_the_newest() -> None:
    days = [item(n, date=f"{n:02} Jan 2026 00:00:00 GMT") for n in range(1, 21)]
    for ordered in (days, days[::-1]):
        feed = parse(rss("".join(ordered)), max_entries=5)
        assert {entry.guid for entry in feed.entries} == {f"id-{n}" for n in range(16, 21)}
        assert feed.skipped == 15
        assert feed.problems == ("it has 20 entries, of which 5 were read",)


def test_known_entries_are_left_out() -> None:
    first = parse(rss(items(range(5))))
    assert len(first.digests) == 5 * 8
    again = parse(rss(items(range(5)), "<title>News</title><lastBuildDate>now</lastBuildDate>"), known=first.digests)
    assert (again.readable, again.entries, again.known, again.digests) == (True, (), 5, first.digests)
    more = parse(rss(item(9) + item(0) + item(1, title="Changed") + items(range(2, 5))), known=first.digests)
    assert [entry.title for entry in more.entries] == ["Report 9", "Changed"]
    assert more.known == 4


def test_entity_that_is_harmless_is_put_in() -> None:
    feed = parse(
        '<!DOCTYPE rss [<!ENTITY nbsp "&#160;"><!ENTITY co "A &amp; Co">]>'
        + rss("<item><title>x&nbsp;&co;</title></item>").decode().partition("?>")[2]
    )
    assert feed.entries[0].title == "x A & Co"
    netscape = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/rss.dtd">'
    assert parse(netscape + "<rss version='0.91'><channel><item><title>x</title></item></channel></rss>").readable


def doctype(subset: str) -> str:
    return (
        f"<?xml version='1.0'?><!DOCTYPE r [{subset}]>"
        + rss("<item><title>&x;</title></item>").decode().partition("?>")[2]
    )


LAUGHS = '<!ENTITY x0 "ha">' + "".join('<!ENTITY x{} "{}">'.format(n, f"&x{n - 1};" * 10) for n in range(1, 10))


@pytest.mark.parametrize(
    "body",
    [
        doctype(LAUGHS),
        doctype('<!ENTITY x SYSTEM "file:///etc/passwd">'),
        doctype('<!ENTITY x PUBLIC "a" "http://127.0.0.1/">'),
        doctype('<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd"> %x;'),
        doctype('<!ENTITY x "' + "y" * 5000 + '">'),
        doctype("".join(f'<!ENTITY x{n} "y">' for n in range(100))),
        doctype('<!ENTITY x "' + "y" * 90 + '">').replace("&x;", "&x;" * 20_000),
        doctype("<!ENTITY x '&#60;b>'>").replace("]>", ""),
        rss("<item " + " ".join(f'a{n}="x"' for n in range(100_000)) + "><title>x</title></item>"),
        rss("<item " + " ".join(f'a{n}=">"' for n in range(100_000)) + "><title>x</title></item>"),
        rss("<a>" * 100_000 + "</a>" * 100_000),
        rss("<item>" * 300_000 + "</item>"),
        rss("<x>" + "<item/>" * 200_000 + "</x>"),
    ],
    ids=lambda value: None,
)
def test_what_is_built_to_harm_is_refused(body: bytes | str) -> None:
    begun = time.perf_counter()
    feed = parse(body)
    assert (feed.kind, feed.readable, feed.entries) == ("refused", False, ())
    assert feed.problems[-1].startswith("refused: ")
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize(
    "body",
    [
        rss("<item>" * 300_000),
        rss("<item>" * 300_000)[:-20],
        rss("<item " + " ".join(f"a{n}=x" for n in range(100_000)) + "><title>x</title></item>"),
        rss("<item " + " ".join(f"a{n}='>'" for n in range(100_000)) + "><title>x</tile></item>"),
        rss("<item><title>a</title><description>" + "&lt;!--" * 60_000 + "</description></item>"),
        rss("<item><title>a</title><description>" + "<!--" * 200_000 + "</description></item>"),
        rss("<item><title>a</title><description>" + "<a " * 200_000 + "</description></item>"),
        rss("<item><title>a</title><description>" + "<" * 500_000 + "</description></item>"),
        rss("<item><title>a</title><description>" + "&" * 500_000 + "</description></item>"),
        rss("<item><title>a</title><description>" + "<?" * 200_000 + "</description></item>"),
        rss("<item><title>a</title><description>" + "<![CDATA[" * 100_000 + "</description></item>"),
        rss("<item><title>a<br>b</title></item>" * 20_000),
        rss(items(range(20_000))),
    ],
    ids=lambda value: None,
)
def test_floods_take_little_time(body: bytes) -> None:
    begun = time.perf_counter()
    feed = parse(body)
    assert time.perf_counter() - begun < 8  # feedparser alone takes minutes over some of these
    assert len(feed.entries) <= 500
    assert feed.problems or feed.entries


@given(st.binary(max_size=400))
def test_parsing_never_fails_on_bytes(body: bytes) -> None:
    feed = parse(body)
    assert feed.problems or feed.readable


PIECES = st.lists(
    st.sampled_from(
        [
            "<item>",
            "</item>",
            "<entry>",
            "</entry>",
            "<title>",
            "</title>",
            "<link>",
            "http://[",
            "<![CDATA[",
            "]]>",
            "&",
            "&#0;",
            "&x;",
            "<!DOCTYPE r [",
            "]>",
            '<!ENTITY x "',
            '">',
            "<pubDate>",
            "99 Xyz 0000",
            "</pubDate>",
            "<guid>",
            "text",
            "\x00",
            '<link href="',
            "<content type='xhtml'>",
            "<?pi",
            "?>",
            "<!--",
            "-->",
            "</channel>",
            "</rss>",
            "<ttl>-1</ttl>",
            "é",
        ]
    ),
    max_size=25,
).map("".join)


@settings(max_examples=200)
@given(
    PIECES,
    st.sampled_from(
        ["<rss version='2.0'><channel>", '<feed xmlns="http://www.w3.org/2005/Atom">', "<rdf:RDF>", "<rss>"]
    ),
)
def test_parsing_never_fails_on_near_feeds(pieces: str, start: str) -> None:
    feed = parse(start + pieces, max_entries=3)
    assert len(feed.entries) <= 3
    for entry in feed.entries:
        assert entry.title or entry.text
        assert "\n" not in entry.title
        assert entry.link is None or entry.link.startswith(("http://", "https://"))


def test_parsers_are_loaded_in_the_worker_only() -> None:
    script = (
        "import sys, alertsvc.collect.collector; print({'feedparser', 'trafilatura', 'py3langid'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
