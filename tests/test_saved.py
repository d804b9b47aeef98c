from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.errors import DataError
from alertsvc.saved import load_saved

FETCHED = datetime(2026, 2, 4, 12, tzinfo=UTC)
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title><language>fr-FR</language>
<item><title>Post falls</title><guid>w-1</guid><link>https://www.wire.example/1</link>
<description>&lt;p&gt;Gunmen &lt;b&gt;came&lt;/b&gt;.&lt;/p&gt;</description>
<pubDate>Sun, 01 Feb 2026 10:00:00 +0100</pubDate></item>
<item><title>No date</title><description>Nobody knows when.</description></item></channel></rss>"""


def jsonl(path: Path, *records: Any) -> Path:
    path.write_text(
        "\n".join(item if isinstance(item, str) else json.dumps(item, ensure_ascii=False) for item in records)
    )
    return path


def test_a_record(tmp_path: Path) -> None:
    path = jsonl(
        tmp_path / "a.jsonl",
        {
            "id": 7,
            "title": "Post falls",
            "text": "Gunmen came.\nThey left.",
            "published": "2026-02-01",
            "lang": "en",
            "url": "https://www.wire.example/1",
            "labels": ["never", "read"],
        },
    )
    ((item,), problems) = load_saved([path])
    assert problems == []
    assert (item.id, item.title, item.text) == ("7", "Post falls", "Gunmen came.\nThey left.")
    assert (item.published, item.language) == (datetime(2026, 2, 1, 12, tzinfo=UTC), "en")
    article = item.article(FETCHED)
    assert (article.key, article.outlet, article.fetched, article.published) == (
        "7",
        "wire.example",
        FETCHED,
        item.published,
    )
    assert article.language == "en"
    assert len(article.content_hash) == 64


@pytest.mark.parametrize(
    ("published", "instant"),
    [
        ("2026-02-01", datetime(2026, 2, 1, 12, tzinfo=UTC)),
        ("2026-02-01T10:30:00", datetime(2026, 2, 1, 10, 30, tzinfo=UTC)),
        ("2026-02-01T10:30:00Z", datetime(2026, 2, 1, 10, 30, tzinfo=UTC)),
        ("2026-02-01T10:30:00+05:00", datetime(2026, 2, 1, 5, 30, tzinfo=UTC)),
        ("2026-02-01 10:30", datetime(2026, 2, 1, 10, 30, tzinfo=UTC)),
        ("", None),
        (None, None),
    ],
)
def test_dates(tmp_path: Path, published: str | None, instant: datetime | None) -> None:
    ((item,), _) = load_saved([jsonl(tmp_path / "a.jsonl", {"id": "1", "text": "x", "published": published})])
    assert item.published == instant


def test_a_record_needs_only_an_id_and_a_text(tmp_path: Path) -> None:
    ((item,), problems) = load_saved([jsonl(tmp_path / "a.jsonl", {"id": "1", "text": "x", "title": None})])
    assert problems == []
    assert (item.title, item.published, item.language, item.url) == ("", None, None, None)
    assert item.article(FETCHED).outlet == "unknown"


def test_files_are_merged_by_date_and_undated_ones_come_last_in_their_order(tmp_path: Path) -> None:
    one = jsonl(tmp_path / "b.jsonl", {"id": "b1", "text": "x", "published": "2026-02-03"}, {"id": "b2", "text": "x"})
    two = jsonl(
        tmp_path / "a.jsonl",
        {"id": "a1", "text": "x"},
        {"id": "a2", "text": "x", "published": "2026-02-01"},
        {"id": "a3", "text": "x", "published": "2026-02-03"},
    )
    found, _ = load_saved([one, two])
    assert [item.id for item in found] == ["a2", "b1", "a3", "b2", "a1"]


def test_a_wrong_record_is_told_with_its_line_and_stops_no_other(tmp_path: Path) -> None:
    path = jsonl(
        tmp_path / "a.jsonl",
        {"id": "1", "text": "x"},
        "",
        "{",
        "[1]",
        "null",
        {"text": "no id"},
        {"id": "no text"},
        {"id": "2", "text": 5},
        {"id": "3", "text": "x", "title": ["x"]},
        {"id": "4", "text": "x", "published": "2026-02-30"},
        {"id": "5", "text": "x", "published": "Sunday"},
        {"id": None, "text": "x"},
        {"id": "7", "text": "x", "published": "0001-01-01T00:00:00+05:00"},
        {"id": "8", "text": "x", "published": "9999-12-31"},
        {"id": "9", "text": "x", "url": "http://[::1"},
        "[" * 100_000,
        {"id": "6", "text": "x"},
    )
    found, problems = load_saved([path])
    assert [item.id for item in found] == ["1", "6"]
    assert [problem.partition(" ")[0] for problem in problems] == [f"a.jsonl:{number}:" for number in range(3, 17)]
    assert all("\n" not in problem for problem in problems)
    assert "there is no 'id'" in problems[3]
    assert "not a day of the years 1900 to 2200" in problems[11]


def test_a_file_that_is_no_text_is_one_fault_and_stops_no_other(tmp_path: Path) -> None:
    good = jsonl(tmp_path / "a.jsonl", {"id": "1", "text": "x"})
    files = []
    for name in ("b.json", "b.jsonl", "b.xml"):
        files.append(tmp_path / name)
        files[-1].write_bytes(b"\x7fELF\2\1\1\n" + bytes(range(256)) * 20)
    found, problems = load_saved([*files, good])
    assert [item.id for item in found] == ["1"]
    assert problems == [f"{path.name}: is not text but a program; nothing of it was read" for path in files]


def test_a_file_without_any_article_is_one_fault(tmp_path: Path) -> None:
    (found, problems) = load_saved([jsonl(tmp_path / "a.jsonl", *["prose"] * 500)])
    assert found == []
    assert problems == [
        "a.jsonl: none of its 500 records is an article; "
        "a.jsonl:1: not an article: Expecting value: line 1 column 1 (char 0)"
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_records_in_wide_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes('{"id": "1", "text": "Trois gardes tués"}\n{"id": "2", "text": "معبر"}\n'.encode(encoding))
    found, problems = load_saved([path])
    assert ([item.text for item in found], problems) == (["Trois gardes tués", "معبر"], [])


def test_halves_of_characters_become_question_marks(tmp_path: Path) -> None:
    record = '{"id": "\\ud800", "title": "a\\udc00", "text": "b\\ud800", "lang": "\\ud800", "url": "http://\\ud800/"}'
    ((item,), _) = load_saved([jsonl(tmp_path / "a.jsonl", record)])
    assert (item.id, item.title, item.text, item.language, item.url) == ("?", "a?", "b?", "?", "http://?/")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda items: st.lists(items, max_size=3) | st.dictionaries(st.text(max_size=4), items, max_size=3),
    max_leaves=5,
)
DAYS = st.dates().map(str) | st.datetimes().map(str)
RECORDS = st.fixed_dictionaries(
    {"id": JSON, "text": JSON | st.text()},
    optional={
        "title": JSON,
        "published": JSON | st.dates().map(str) | st.datetimes().map(str),
        "lang": JSON,
        "url": JSON,
    },
)


@given(st.lists(RECORDS.map(json.dumps) | JSON.map(json.dumps) | st.text(max_size=20), max_size=4))
def test_any_records_are_read_or_told_with_file_and_line(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    path = tmp_path_factory.mktemp("saved") / "a.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8", errors="replace", newline="")
    found, problems = load_saved([path])
    for item in found:
        item.article(FETCHED)
        json.dumps([item.id, item.title, item.text, item.language, item.url], ensure_ascii=False).encode()
    assert all(re.match(r"a\.jsonl(:\d+: not an article: .|: none of |: is not text but )", line) for line in problems)


@given(st.binary(max_size=300), st.sampled_from([".json", ".jsonl"]))
def test_any_bytes_are_read_or_told(tmp_path_factory: pytest.TempPathFactory, raw: bytes, suffix: str) -> None:
    path = tmp_path_factory.mktemp("saved") / f"a{suffix}"
    path.write_bytes(raw)
    assert all(problem.startswith(path.name) for problem in load_saved([path])[1])


def test_a_feed_document(tmp_path: Path) -> None:
    path = tmp_path / "wire.xml"
    path.write_text(RSS, encoding="utf-8")
    ((dated, undated), problems) = load_saved([path])
    assert problems == []
    assert (dated.id, dated.title, dated.text.strip()) == ("w-1", "Post falls", "Gunmen came.")
    assert dated.published == datetime(2026, 2, 1, 9, tzinfo=UTC)
    assert dated.article(FETCHED).outlet == "wire.example"
    assert dated.language == "fr"
    assert (undated.id, undated.published) == ("wire.xml#2", None)


def test_a_document_that_is_no_feed_is_told(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<html><body>Not a feed</body></html>")
    found, problems = load_saved([path])
    assert found == []
    assert problems
    assert problems[0].startswith("page.html: ")


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"absent\.jsonl: No such file"):
        load_saved([tmp_path / "absent.jsonl"])
    with pytest.raises(DataError, match="Is a directory"):
        load_saved([tmp_path])


def test_nothing_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").touch()
    assert load_saved([]) == load_saved([tmp_path / "a.jsonl"]) == ([], [])
