from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

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
        {"id": "6", "text": "x"},
    )
    found, problems = load_saved([path])
    assert [item.id for item in found] == ["1", "6"]
    assert [problem.partition(" ")[0] for problem in problems] == [f"a.jsonl:{number}:" for number in range(3, 12)]
    assert all("\n" not in problem for problem in problems)


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
