from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.textfile import NotTextError, decoded, foreign, line_at, wide_encoding

ENGLISH = "Gunmen seized the crossing.\nThree guards were killed, officials said.\n"
FRENCH = "Des hommes armés ont pris le poste.\nTrois gardes ont été tués, selon l'armée.\n"
ARABIC = "سيطر مسلحون على المعبر فجر الأحد.\nوقتل ثلاثة من الحراس، بحسب الجيش.\n"


@pytest.mark.parametrize("text", [ENGLISH, FRENCH, ARABIC])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_text_is_known_with_and_without_its_mark(text: str, encoding: str) -> None:
    raw = text.encode(encoding)
    known = wide_encoding(raw)
    assert known is not None
    assert known.startswith(encoding[:6])
    assert foreign(raw) is None
    with pytest.raises(NotTextError, match=f"is {encoding[:6].upper()} and not UTF-8"):
        decoded(raw)


@pytest.mark.parametrize("text", [ENGLISH, FRENCH, ARABIC])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "cp1256"])
def test_text_of_one_byte_a_letter_is_no_binary(text: str, encoding: str) -> None:
    raw = text.encode(encoding, "ignore")
    assert (wide_encoding(raw), foreign(raw)) == (None, None)


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"%PDF-1.7\n1 0 obj", "a PDF document"),
        (b"PK\x03\x04\x14\x00\x06\x00", "a zip archive"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a picture"),
        (bytes(range(256)) * 4, "binary data"),
        (b"\x00" * 40, "binary data"),
        (b"gcf\x00\x01\x02\x03\x04", "binary data"),
    ],
)
def test_what_is_no_text_is_told_by_its_kind(raw: bytes, what: str) -> None:
    assert (foreign(raw) or "").startswith(what)
    with pytest.raises(NotTextError):
        decoded(raw)


def test_a_stray_control_character_makes_no_binary_of_an_article() -> None:
    assert foreign(ENGLISH.replace("Three", "\x07Three\x00").encode()) is None


def test_lines_are_those_of_an_editor() -> None:
    text = "one\r\ntwo\rthree\u2028three\x85three\nfour"
    assert [line_at(text, text.index(word)) for word in ("one", "two", "three", "four")] == [1, 2, 3, 4]


@given(st.binary(max_size=120))
def test_bytes_are_text_or_told_with_a_line(raw: bytes) -> None:
    told = fault_of(raw)
    if told is None:
        assert decoded(raw).encode() == raw.removeprefix(b"\xef\xbb\xbf")
    else:
        assert told.message
        assert 1 <= told.line <= raw.count(b"\n") + raw.count(b"\r") + 1


def fault_of(raw: bytes) -> NotTextError | None:
    try:
        decoded(raw)
    except NotTextError as error:
        return error
    return None
