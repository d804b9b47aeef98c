"""What may stand on an open page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.web.redaction import public_address, public_line


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("550 <reader@example.org>: no such user", "550 <(address)>: no such user"),
        ("post to https://hooks.slack.com/services/T0/B0/secret failed", "post to https://hooks.slack.com/… failed"),
        ("moved to HTTPS://user:pw@feeds.example/x?key=1", "moved to HTTPS://feeds.example/…"),
        ("see https://feeds.example/ now", "see https://feeds.example/ now"),
        ("see https://feeds.example?key=1", "see https://feeds.example/…"),
        ("one\r\ntwo\x00three", "one two three"),
    ],
)
def test_lines(line: str, shown: str):
    assert public_line(line) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://feeds.example/rss.xml", "https://feeds.example/rss.xml"),
        ("https://feeds.example/rss.xml?key=1#top", "https://feeds.example/rss.xml?…"),
        ("https://name:word@feeds.example/rss", "https://feeds.example/rss"),
        ("demo:maghreb-wire", "demo:maghreb-wire"),
    ],
)
def test_addresses(url: str, shown: str):
    assert public_address(url) == shown


word = st.text("abcdefghij0123456789", min_size=1, max_size=12)


@given(before=st.text(max_size=30), name=word, host=word, path=word, after=st.text(max_size=30))
def test_no_address_survives(before: str, name: str, host: str, path: str, after: str):
    line = public_line(f"{before} {name}@{host}.example https://{host}.example/{path}?k={name} {after}")
    assert f"{name}@{host}" not in line
    assert f"/{path}?k={name}" not in line
    assert "\n" not in line
