"""Entries become articles: identity, outlet, date, change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alertsvc.collect.entries import Entry
from alertsvc.collect.items import articles_of, believable, content_hash
from alertsvc.domain import Article, BacklogPolicy

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)


def entry(**more: Any) -> Entry:
    given: dict[str, Any] = {
        "guid": "g",
        "link": "https://www.news.example/1",
        "title": "Title",
        "summary": "Text",
        "content": "",
        "published": NOW,
    }
    return Entry(**(given | more))


def made(*entries: Entry, **more: Any) -> tuple[list[Article], list[str]]:
    given: dict[str, Any] = {
        "feed_id": "f",
        "feed_url": "https://feeds.example/rss",
        "fetched": NOW,
        "backlog": None,
        "demonstration": False,
    }
    return articles_of(entries, **(given | more))


def test_an_ordinary_entry() -> None:
    articles, problems = made(entry(), backlog=BacklogPolicy.DIGEST, demonstration=True)
    assert articles == [
        Article(
            feed_id="f",
            key="g",
            url="https://www.news.example/1",
            title="Title",
            text="Text",
            outlet="news.example",
            fetched=NOW,
            content_hash=content_hash("Title", "Text"),
            published=NOW,
            backlog=BacklogPolicy.DIGEST,
            demonstration=True,
        )
    ]
    assert problems == []


def test_key_is_guid_then_link_then_hash() -> None:
    keys = [made(entry(**more))[0][0].key for more in ({}, {"guid": None}, {"guid": None, "link": None})]
    assert keys == ["g", "https://www.news.example/1", "sha256:" + content_hash("Title", "Text")]


def test_guid_that_all_entries_share_is_no_identity() -> None:
    articles, problems = made(*(entry(link=f"https://news.example/{n}") for n in range(3)), entry(guid="own"))
    assert [article.key for article in articles] == [*(f"https://news.example/{n}" for n in range(3)), "own"]
    assert problems == ["1 identifiers are shared by different entries; their links were used instead"]


def test_entry_that_occurs_twice_counts_once() -> None:
    articles, problems = made(entry(), entry(title="Other title"))
    assert [article.title for article in articles] == ["Title"]
    assert problems == ["1 entries occur twice"]


@pytest.mark.parametrize(
    ("link", "feed_url", "outlet"),
    [
        ("https://www.news.example/1", "https://feeds.example/x", "news.example"),
        (None, "https://www.feeds.example/x", "feeds.example"),
        (None, "demo:wire", "f"),
    ],
)
def test_outlet(link: str | None, feed_url: str, outlet: str) -> None:
    assert made(entry(link=link), feed_url=feed_url)[0][0].outlet == outlet


@pytest.mark.parametrize(
    ("stated", "taken"),
    [
        (NOW - timedelta(days=400), True),
        (NOW + timedelta(hours=47), True),
        (NOW + timedelta(hours=49), False),
        (datetime(1970, 1, 1, tzinfo=UTC), False),
        (datetime(1994, 12, 31, tzinfo=UTC), False),
        (datetime(1995, 1, 1, tzinfo=UTC), True),
        (datetime(2090, 1, 1, tzinfo=UTC), False),
        (None, False),
    ],
)
def test_dates_that_cannot_be_true(stated: datetime | None, taken: bool) -> None:
    assert believable(stated, NOW) == (stated if taken else None)
    articles, problems = made(entry(published=stated))
    assert articles[0].published == (stated if taken else None)
    assert articles[0].effective <= NOW
    assert bool(problems) == (stated is not None and not taken)


def test_updated_stands_in_for_published() -> None:
    assert made(entry(published=None, updated=NOW))[0][0].published == NOW


def test_text_and_title_stand_in_for_each_other() -> None:
    assert made(entry(summary=""))[0][0].text == "Title"
    assert made(entry(title="", summary="First line\nsecond"))[0][0].title == "First line"
    assert len(made(entry(title="", summary="x" * 500))[0][0].title) == 120


def test_only_words_make_an_edit() -> None:
    assert content_hash("A  title", "The\ntext") == content_hash("a title", "the text ")
    assert content_hash("a", "b c") != content_hash("a b", "c")
    assert content_hash("\ud800", "") != content_hash("x", "")
