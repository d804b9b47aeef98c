"""The text of an article's page, where it is of use."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from alertsvc.clock import ManualClock
from alertsvc.collect import fulltext
from alertsvc.collect.entries import PageText
from alertsvc.collect.fetch import Fetcher
from alertsvc.collect.fulltext import FullText
from alertsvc.collect.page import extract_page
from alertsvc.collect.robots import Robots
from alertsvc.domain import Article, BacklogPolicy
from alertsvc.settings import CollectSettings
from alertsvc.worker import WorkerPool
from tests.feedserver import Answer, FeedServer, Silent

PARAGRAPHS = [
    "Armed men drove off from the border post early on Sunday, residents of the nearby town said by telephone.",
    "Lorries had been waiting on both sides of the crossing since the night before, and traders counted forty of them.",
    "The governor said that the road would be opened again once engineers had looked for mines along its edges.",
    "Nobody has claimed the attack, and the number of the wounded was not known when this report was written.",
]
FRENCH = [
    "Des hommes armés ont quitté le poste frontière dimanche à l'aube, ont dit des habitants de la ville.",
    "Des camions attendaient des deux côtés depuis la veille, et les commerçants en ont compté une quarantaine.",
    "Le gouverneur a dit que la route serait rouverte quand des ingénieurs auraient cherché des mines sur ses bords.",
]


def page(paragraphs: list[str], title: str = "Border post attacked") -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!doctype html><html><head><title>{title}</title></head><body><nav><a href=/b>Sport</a></nav>"
        f"<article><h1>{title}</h1>{body}</article><footer>All rights reserved</footer></body></html>"
    )


def extract(html: str | bytes, **more: Any) -> PageText:
    given: dict[str, Any] = {
        "charset": None,
        "url": "https://news.example/1",
        "title": "Border post attacked",
        "feed_text": "Short.",
        "language": None,
    }
    return extract_page(html.encode() if isinstance(html, str) else html, **(given | more))


def test_main_text_without_what_stands_around_it() -> None:
    found = extract(page(PARAGRAPHS), language="en")
    assert found.note == "ok"
    for paragraph in PARAGRAPHS:
        assert paragraph in found.text
    assert "All rights reserved" not in found.text


@pytest.mark.parametrize(
    ("html", "more", "note"),
    [
        (b"%PDF-1.7 \x00\x01", {}, "not_html"),
        (b"", {}, "not_html"),
        ("<html><body><script>x()</script></body></html>", {}, "empty"),
        (page(PARAGRAPHS), {"feed_text": "x" * 5000}, "short"),
        (page(PARAGRAPHS), {"title": "Championnat: résultats"}, "unrelated"),
        (page(FRENCH), {"title": "Poste frontière", "language": "en"}, "other_language"),
        (page(FRENCH), {"title": "Poste frontière", "language": "fr"}, "ok"),
        (page(PARAGRAPHS), {"title": "12"}, "ok"),
    ],
)
def test_pages_that_are_of_no_use(html: str | bytes, more: dict[str, Any], note: str) -> None:
    found = extract(html, **more)
    assert found.note == note
    assert bool(found.text) == (note == "ok")


def test_encoding_of_the_page() -> None:
    html = page(FRENCH).replace("<head>", "<head><meta charset=iso-8859-1>").encode("cp1252")
    assert FRENCH[0] in extract(html, title="Poste frontière").text


@pytest.mark.parametrize(
    "html", ["<div>" * 50_000, "<p " + "a=b " * 50_000 + ">x", "<" * 200_000, "<!--" * 50_000, "<table>" * 5000]
)
def test_hostile_pages_give_nothing(html: str) -> None:
    assert extract(html).text == ""


def article(url: str | None, **more: Any) -> Article:
    now = datetime(2026, 2, 1, 12, tzinfo=UTC)
    given: dict[str, Any] = {
        "feed_id": "f",
        "key": url or "k",
        "url": url,
        "title": "Border post attacked",
        "text": "Short.",
        "outlet": "x",
        "fetched": now,
        "content_hash": "h",
    }
    return Article(**(given | more))


@pytest.fixture
def full_text(fetcher: Fetcher, clock: ManualClock, pool: WorkerPool, settings: CollectSettings) -> FullText:
    return FullText(fetcher, Robots(fetcher, clock), pool, settings)


async def test_page_takes_the_place_of_the_short_text(server: FeedServer, full_text: FullText) -> None:
    url = server.script("/1", Answer(page(PARAGRAPHS), headers={"Content-Type": "text/html"}))
    (done,), notes = await full_text.complete([article(url)], language="en")
    assert PARAGRAPHS[2] in done.text
    assert (done.full_text, done.summary, done.content_hash) == (True, "Short.", "h")
    assert notes == {"ok": 1}
    assert server.paths() == ["/robots.txt", "/1"]


@pytest.mark.parametrize(
    ("reply", "note"),
    [
        (Answer(status=403), "http_403"),
        (Answer(status=404), "http_404"),
        (Answer("%PDF", headers={"Content-Type": "application/pdf"}), "not_html"),
        (Answer("x" * 2_000_000, headers={"Content-Type": "text/html"}), "too_large"),
        (Answer(page(["Subscribe to go on reading."]), headers={"Content-Type": "text/html"}), "unrelated"),
    ],
)
async def test_whatever_fails_leaves_the_text_of_the_feed(
    server: FeedServer,
    fetcher: Fetcher,
    clock: ManualClock,
    pool: WorkerPool,
    settings: CollectSettings,
    reply: Answer,
    note: str,
) -> None:
    small = settings.model_copy(update={"max_page_bytes": 1_000_000})
    given = article(server.script("/1", reply))
    (done,), notes = await FullText(fetcher, Robots(fetcher, clock), pool, small).complete([given], language=None)
    assert (done, notes) == (given, {note: 1})


async def test_robots_are_heeded(server: FeedServer, full_text: FullText) -> None:
    server.script("/robots.txt", Answer("User-agent: alertsvc\nDisallow: /"))
    given = article(server.script("/1", Answer(page(PARAGRAPHS))))
    (done,), notes = await full_text.complete([given], language=None)
    assert (done, notes) == (given, {"robots": 1})
    assert server.paths() == ["/robots.txt"]


async def test_pages_that_are_not_wanted(server: FeedServer, full_text: FullText) -> None:
    url = server.script("/1", Answer(page(PARAGRAPHS)))
    given = [article(None), article(url, text="x" * 600), article(url, backlog=BacklogPolicy.IGNORE, key="i")]
    done, notes = await full_text.complete(given, language=None)
    assert (done, notes, server.paths()) == (given, {}, [])


async def test_late_pages_and_too_many_are_left(
    server: FeedServer, full_text: FullText, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.script("/robots.txt", Answer(status=404))
    monkeypatch.setattr(fulltext, "PAGE_SECONDS", 0.1)
    monkeypatch.setattr(fulltext, "MAX_PAGES", 3)
    given = [article(server.script(f"/{n}", Silent())) for n in range(5)]
    done, notes = await full_text.complete(given, language=None)
    assert (done, notes) == (given, {"too_many": 2, "no_time": 3})


async def test_extractor_that_is_stopped_leaves_the_text(
    server: FeedServer, fetcher: Fetcher, clock: ManualClock, pool: WorkerPool, settings: CollectSettings
) -> None:
    hurried = settings.model_copy(update={"parse_timeout": 0.00001})
    given = article(server.script("/1", Answer(page(PARAGRAPHS * 2000), headers={"Content-Type": "text/html"})))
    (done,), notes = await FullText(fetcher, Robots(fetcher, clock), pool, hurried).complete([given], language=None)
    assert (done, notes) == (given, {"worker": 1})
