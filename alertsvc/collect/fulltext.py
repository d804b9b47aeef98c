"""Full text for entries of which the feed gives only a line or two."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from alertsvc.collect.entries import PageText
from alertsvc.collect.fetch import PAGE_TYPES, Fetcher
from alertsvc.collect.robots import Robots
from alertsvc.domain import Article, BacklogPolicy
from alertsvc.settings import CollectSettings
from alertsvc.worker import WorkerError, WorkerPool

__all__ = ["MAX_PAGES", "PAGE_SECONDS", "FullText"]

MAX_PAGES = 25
"""Pages fetched for one poll of one feed; what is beyond keeps the feed's text."""

PAGE_SECONDS = 120.0
"""Seconds that the pages of one poll of one feed may take together."""


class FullText:
    """Fetches the pages of articles whose text is short, and takes their text where it is of use.

    Whatever goes wrong, an article keeps the text that the feed gave; why is counted, and is no error.
    """

    def __init__(self, fetcher: Fetcher, robots: Robots, pool: WorkerPool, settings: CollectSettings) -> None:
        self._fetcher = fetcher
        self._robots = robots
        self._pool = pool
        self._settings = settings

    async def complete(
        self, articles: Sequence[Article], *, language: str | None
    ) -> tuple[list[Article], Counter[str]]:
        """Return the articles, with their page's text where it was of use, and how often what came of a page."""
        notes: Counter[str] = Counter()
        done = {article.key: article for article in articles}
        wanted = [article for article in articles if self._wanted(article)]
        wanted.sort(key=lambda article: article.effective, reverse=True)
        if len(wanted) > MAX_PAGES:
            notes["too_many"] += len(wanted) - MAX_PAGES
        handled = 0
        try:
            async with asyncio.timeout(PAGE_SECONDS):
                for article in wanted[:MAX_PAGES]:
                    text, note = await self._page(article, language)
                    handled += 1
                    notes[note] += 1
                    if text:
                        done[article.key] = replace(article, text=text, summary=article.text, full_text=True)
        except TimeoutError:
            notes["no_time"] += min(len(wanted), MAX_PAGES) - handled
        return [done[article.key] for article in articles], notes

    def _wanted(self, article: Article) -> bool:
        short = len(article.text) < self._settings.full_text_below
        return short and article.url is not None and article.backlog is not BacklogPolicy.IGNORE

    async def _page(self, article: Article, language: str | None) -> tuple[str, str]:
        assert article.url is not None
        if not await self._robots.allows(article.url):
            return "", "robots"
        result = await self._fetcher.fetch(article.url, max_bytes=self._settings.max_page_bytes, accept=PAGE_TYPES)
        if result.outcome != "ok":
            return "", f"http_{result.status}" if result.status else result.outcome
        if result.content_type not in (None, "text/html", "application/xhtml+xml"):
            return "", "not_html"
        try:
            page: PageText = await self._pool.call(
                "alertsvc.collect.page:extract_page",
                result.body,
                charset=result.charset,
                url=result.final_url,
                title=article.title,
                feed_text=article.text,
                language=language,
                timeout=self._settings.parse_timeout,
            )
        except WorkerError:
            return "", "worker"
        except Exception:  # noqa: BLE001 (a fault of the extractor costs one page and nothing else)
            return "", "unreadable"
        return page.text, page.note
