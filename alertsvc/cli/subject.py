"""What `explain` is asked about: a file, a web address or a stored article, read into articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alertsvc.cli.common import fail, open_store
from alertsvc.cli.problems import tell_problems
from alertsvc.domain import Detection, to_json
from alertsvc.saved import YEARS

if TYPE_CHECKING:
    from alertsvc.settings import Settings

__all__ = ["Stored", "Subject", "subjects"]

_SAVED = (".jsonl", ".json", ".ndjson", ".xml", ".rss", ".atom")
_PAGES = (".html", ".htm", ".xhtml")
_MAX_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored article's place in the store, what was found in it when it was read, and where that was filed."""

    id: int
    feed: str
    url: str | None
    revision: int
    detections: tuple[Detection, ...]
    incidents: tuple[dict[str, Any], ...]

    def as_data(self, now: Sequence[Detection]) -> dict[str, Any]:
        """Return it as plain data; `same` tells whether what is found `now` is what was found then."""
        then = {(item.incident_class, item.action, item.place.name, item.event_date) for item in self.detections}
        return {
            "id": self.id,
            "feed": self.feed,
            "url": self.url,
            "revision": self.revision,
            "detections": [to_json(item) for item in self.detections],
            "incidents": list(self.incidents),
            "same": then == {(item.incident_class, item.action, item.place.name, item.event_date) for item in now},
        }


@dataclass(frozen=True, slots=True)
class Subject:
    """One article to be explained; `name` is what it is called in a message."""

    name: str
    title: str
    text: str
    published: date | None
    language: str | None
    stored: Stored | None = None


def subjects(what: str, published: str | None, settings: Settings) -> list[Subject]:
    """Read what is to be explained.

    Args:
        what: a file of saved articles, a feed, a page or a text; a web address; or a stored article's id.
        published: day of publication that the user gives in place of the article's own.
        settings: the configuration.

    Raises:
        typer.Exit: with a line that says what is wrong; status 2 where `what` or `published` cannot be right.
    """
    try:
        day = date.fromisoformat(published) if published else None
    except ValueError as error:
        raise fail(f"--published {published}: {error}", 2) from error
    if day is not None and not YEARS[0] <= day.year <= YEARS[1]:
        raise fail(f"--published {published}: not a day of the years {YEARS[0]} to {YEARS[1]}", 2)
    path = Path(what)
    if what.isascii() and what.isdigit() and not path.exists():
        return [_stored(int(what), day, settings)]
    if what.startswith(("http://", "https://")):
        return [_fetched(what, day, settings)]
    if path.is_dir():
        raise fail(f"{what}: a folder; give one of its files", 2)
    if not path.is_file():
        raise fail(f"{what}: no such file, and not an address or an article's id", 2)
    if path.suffix.lower() in _SAVED:
        return _saved(path, day)
    try:
        with path.open("rb") as stream:
            raw = stream.read(_MAX_BYTES)
    except OSError as error:
        raise fail(f"{what}: {error.strerror}") from error
    found = _page(raw, what, None, day) if path.suffix.lower() in _PAGES else _plain(raw, what, day)
    return [found]


def _plain(raw: bytes, name: str, day: date | None) -> Subject:
    """Read a text whose first line is its headline."""
    from alertsvc.collect.encoding import decode_document
    from alertsvc.textfile import foreign, wide_encoding

    what = foreign(raw)
    if what is not None:
        raise fail(f"{name}: is not text but {what}")
    wide = wide_encoding(raw)
    decoded = raw.decode(wide, "replace") if wide else decode_document(raw, None)[0]
    title, _, text = decoded.strip("\ufeff \t\r\n").partition("\n")
    if not title:
        raise fail(f"{name}: no text in it")
    return Subject(name, title, text, day, None)


def _saved(path: Path, day: date | None) -> list[Subject]:
    from alertsvc.saved import load_saved

    articles, problems = load_saved([path])
    if len(problems) == 1 and not articles:
        raise fail(problems[0])
    tell_problems(problems)
    if not articles:
        raise fail(f"{path}: no article in it")
    return [
        Subject(
            item.id, item.title, item.text, day or (item.published.date() if item.published else None), item.language
        )
        for item in articles
    ]


def _stored(article_id: int, day: date | None, settings: Settings) -> Subject:
    from alertsvc.store.articles import detections_of, get_article
    from alertsvc.store.incidents import article_reports

    with open_store(settings) as store, store.read() as conn:
        article = get_article(conn, article_id) if article_id < 2**63 else None
        if article is None:
            raise fail(f"no article {article_id} in the store")
        detections = detections_of(conn, article_id)
        reports = article_reports(conn, article_id)
    incidents = tuple(
        {
            "incident": public_id,
            "class": report.detection.incident_class.value,
            "action": report.detection.action.value,
            "place": report.detection.place.name,
        }
        for public_id, report in reports
    )
    return Subject(
        f"article {article_id}",
        article.title,
        article.text or article.summary,
        day or article.effective.date(),
        article.language,
        Stored(article_id, article.feed_id, article.url, article.revision, tuple(detections), incidents),
    )


def _fetched(url: str, day: date | None, settings: Settings) -> Subject:
    """Fetch an article's page."""
    import asyncio

    from alertsvc import __version__
    from alertsvc.collect.fetch import PAGE_TYPES, Fetcher
    from alertsvc.collect.result import FetchResult

    async def work() -> FetchResult:
        service = settings.service
        async with Fetcher(
            settings.collect, version=__version__, contact=service.contact, public_url=service.public_url
        ) as fetcher:
            return await fetcher.fetch(url, max_bytes=settings.collect.max_page_bytes, accept=PAGE_TYPES)

    result = asyncio.run(work())
    if result.outcome != "ok":
        raise fail(f"{url}: {result.message or result.outcome}")
    if result.content_type == "text/plain":
        return _plain(result.body, url, day)
    return _page(result.body, result.final_url or url, result.charset, day)


def _page(body: bytes, url: str, charset: str | None, day: date | None) -> Subject:
    """Take headline, text and day out of an article's page."""
    import logging

    import trafilatura

    from alertsvc.collect.encoding import decode_document
    from alertsvc.collect.page import extract_page
    from alertsvc.collect.text import plain_text, plain_title
    from alertsvc.textfile import foreign

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it makes of a page is said by us, in one line
    what = foreign(body)
    if what is not None:
        raise fail(f"{url}: no article found there: it is {what}")
    html, _ = decode_document(body, charset)
    page = extract_page(body, url=url, charset=charset, title="", feed_text="", language=None)
    # The extractor wants an article's worth of text; of a short page everything is taken.
    text = page.text or (plain_text(html) if "<" in html else "")
    if not text:
        raise fail(f"{url}: no article found there ({page.note})")
    about = trafilatura.extract_metadata(html, extensive=False)
    title = plain_title(about.title) if about is not None and about.title else ""
    if not title:
        title, _, text = text.partition("\n")
    if day is None and about is not None and about.date:
        day = date.fromisoformat(about.date[:10])
    return Subject(url, title, text, day, None)
