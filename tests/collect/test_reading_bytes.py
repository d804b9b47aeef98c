"""Encodings, dates and headers, told right and told wrong."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.collect.dates import read_date
from alertsvc.collect.encoding import decode_document
from alertsvc.collect.headers import max_age, media_type, retry_after, user_agent, validator

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
ARABIC = "<rss><channel><language>ar</language><title>معبر رأس جدير</title></channel></rss>"
FRENCH = "<rss><title>Frontière fermée – l’armée</title></rss>"


@pytest.mark.parametrize(
    ("text", "encoding", "charset"),
    [
        (FRENCH, "utf-8", None),
        (FRENCH, "utf-8", "iso-8859-1"),  # the header is wrong
        (FRENCH, "utf-8", "utf-16"),
        (FRENCH, "utf-8", "no-such-thing"),
        (FRENCH, "utf-8-sig", "windows-1252"),
        (FRENCH, "utf-16", None),
        (FRENCH, "utf-16-le", None),
        (FRENCH, "utf-16-be", "utf-8"),
        (FRENCH, "utf-32", None),
        (FRENCH, "cp1252", "iso-8859-1"),
        (ARABIC, "cp1256", "windows-1256"),
        (ARABIC, "iso-8859-6", "iso-8859-6"),
        ("<rss><title>日本</title></rss>", "iso-2022-jp", "iso-2022-jp"),
        ("<rss><title>Новости</title></rss>", "koi8-r", "KOI8-R"),
    ],
)
def test_encodings_that_are_told_or_can_be_seen(text: str, encoding: str, charset: str | None) -> None:
    assert decode_document(text.encode(encoding), charset) == (text, None)


def test_encoding_in_the_document() -> None:
    text = '<?xml version="1.0" encoding="windows-1256"?>' + ARABIC
    assert decode_document(text.encode("cp1256")) == (text, None)
    page = '<html><meta http-equiv=Content-Type content="text/html; charset=koi8-r"><p>Новости'
    assert decode_document(page.encode("koi8-r")) == (page, None)
    wrong = '<?xml version="1.0" encoding="utf-16"?>' + FRENCH
    assert decode_document(wrong.encode()) == (wrong, None)


def test_encodings_that_must_be_guessed_are_told() -> None:
    assert decode_document(ARABIC.encode("cp1256")) == (
        ARABIC,
        "its encoding is not what it says, or it says none; read as cp1256",
    )
    text, note = decode_document(FRENCH.encode("cp1252"))
    assert text == FRENCH
    assert note is not None
    mostly = (ARABIC * 3).encode() + b"\xff"
    assert decode_document(mostly) == (ARABIC * 3 + "\ufffd", "some bytes are not valid utf-8; they were replaced")


@given(
    st.binary(max_size=300),
    st.none() | st.text(max_size=20) | st.sampled_from(["utf-7", "rot13", "hex", "idna", "zip"]),
)
def test_decoding_never_fails(body: bytes, charset: str | None) -> None:
    text, note = decode_document(body, charset)
    assert isinstance(text, str)
    assert note is None or "\n" not in note


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Sun, 01 Feb 2026 12:00:00 +0100", datetime(2026, 2, 1, 11, tzinfo=UTC)),
        ("Sun, 01 Feb 2026 12:00:00 GMT", NOW),
        ("01 Feb 2026 12:00", NOW),
        ("2026-02-01T12:00:00Z", NOW),
        ("2026-02-01T13:30:00.123+01:30", NOW),
        ("2026-02-01 12:00", NOW),
        ("2026-02-01", datetime(2026, 2, 1, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2026-02-30", None),
        ("0000-01-01", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("Fri, 31 Dec 9999 23:00:00 -1400", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates(value: str, expected: datetime | None) -> None:
    assert read_date(value) == expected


@given(st.text() | st.from_regex(r"\d{1,5}-\d\d-\d\d(T\d\d:\d\d:\d\d([+-]\d{4})?)?", fullmatch=True))
def test_reading_dates_never_fails(value: str) -> None:
    found = read_date(value)
    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("Sun, 01 Feb 2026 12:02:00 GMT", 120.0),
        ("Sun, 01 Feb 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        ("9" * 50, 999999999999.0),
        (None, None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache-Control": "public, max-age=600"}, 600.0),
        ({"Cache-Control": 'MAX-AGE="60"'}, 60.0),
        ({"Cache-Control": "s-maxage=600"}, None),
        ({"Cache-Control": "no-cache, max-age=600"}, None),
        ({"Expires": "Sun, 01 Feb 2026 12:10:00 GMT"}, 600.0),
        ({"Expires": "Sun, 01 Feb 2026 12:10:00 GMT", "Date": "Sun, 01 Feb 2026 12:05:00 GMT"}, 300.0),
        ({"Expires": "0"}, None),
        ({"Expires": "Sun, 01 Feb 2026 11:00:00 GMT"}, None),
        ({}, None),
    ],
)
def test_max_age(headers: dict[str, str], seconds: float | None) -> None:
    assert max_age(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Text/XML; Charset='UTF-8'", ("text/xml", "UTF-8")),
        ("application/rss+xml", ("application/rss+xml", None)),
        ("nonsense", (None, None)),
        ("", (None, None)),
        (None, (None, None)),
    ],
)
def test_media_type(value: str | None, expected: tuple[str | None, str | None]) -> None:
    assert media_type(value) == expected


def test_validators_that_could_not_be_sent_back_are_left() -> None:
    assert validator(b"etag", [(b"Date", b"x"), (b"ETAG", b'W/"x"')]) == 'W/"x"'
    assert validator(b"etag", [(b"ETag", b'"\xff"')]) is None
    assert validator(b"etag", [(b"ETag", b'"a\tb"')]) is None
    assert validator(b"etag", [(b"ETag", b"x" * 2000)]) is None
    assert validator(b"etag", []) is None


def test_user_agent() -> None:
    assert user_agent("1.0", None, None) == "alertsvc/1.0"
    assert user_agent("1.0", "desk@a.example", None) == "alertsvc/1.0 (desk@a.example)"
    assert user_agent("1.0", None, "https://a.example") == "alertsvc/1.0 (+https://a.example)"
