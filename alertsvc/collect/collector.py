"""Polling: due feeds in, articles in the store, and one line on each feed of what came of it."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from alertsvc.clock import Clock
from alertsvc.collect.bundled import SCHEME, BundledFetcher
from alertsvc.collect.entries import ParsedFeed
from alertsvc.collect.fetch import FEED_TYPES, Fetcher
from alertsvc.collect.fulltext import FullText
from alertsvc.collect.items import articles_of, believable
from alertsvc.collect.reading import Reader, SeenEntries
from alertsvc.collect.result import FetchResult
from alertsvc.collect.robots import Robots
from alertsvc.collect.schedule import next_due
from alertsvc.collect.summary import FeedCheck, FeedLine, PollSummary
from alertsvc.domain import Article
from alertsvc.errors import AlertsvcError, StoreError
from alertsvc.settings import CollectSettings
from alertsvc.store import Store
from alertsvc.store.articles import Saved, known_hashes, save_articles
from alertsvc.store.feeds import Feed, PollRecord, claim_due, record_poll, release_feeds
from alertsvc.store.problems import add_count, clear_problems, record_problem
from alertsvc.worker import WorkerError, WorkerPool

__all__ = ["LEASE", "Collector"]

LEASE = 900.0
"""Seconds for which a feed is ours once claimed: longer than its place in a host's queue and its pages can take."""

_AHEAD = 4  # feeds in the works for each request that may be under way: most of them wait for their host's turn
_EVERYTHING = 1_000_000
_SCOPE = "feed"
_log = logging.getLogger(__name__)


class Collector:
    """Polls feeds.

    Args:
        store: where feeds and articles are.
        fetcher: HTTP, open.
        bundled: the demonstration feeds; None where there are none.
        pool: worker processes, open.
        settings: limits.
        clock: what time it is.
        worker: who claims the feeds; unique among all that share the database.
    """

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        bundled: BundledFetcher | None,
        pool: WorkerPool,
        settings: CollectSettings,
        clock: Clock,
        worker: str,
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._bundled = bundled
        self._settings = settings
        self._clock = clock
        self._worker = worker
        self._reader = Reader(pool, settings)
        self._full_text = FullText(fetcher, Robots(fetcher, clock), pool, settings)
        self._seen = SeenEntries()

    async def run_once(
        self, *, everything: bool = False, progress: Callable[[FeedLine], None] | None = None
    ) -> PollSummary:
        """Poll what is due, or with `everything` every feed, and return once all of it is done.

        One feed's trouble is told in its line, in the store, and nowhere else. Cancelled, it gives the feeds back.

        Args:
            everything: also poll feeds that are not due.
            progress: called with each line as its feed is done.

        Raises:
            StoreError: feeds cannot be claimed.
        """
        most = _EVERYTHING if everything else self._settings.concurrency * _AHEAD
        lines: list[FeedLine] = []
        running: set[asyncio.Task[FeedLine]] = set()
        more = True
        try:
            while True:
                room = most - len(running)
                # Claimed in batches: one for each feed that is done would be a write transaction for each.
                if more and room * 2 >= most:
                    claimed = await asyncio.to_thread(self._claim, room, everything)
                    more = len(claimed) == room
                    running |= {asyncio.create_task(self._poll(feed)) for feed in claimed}
                if not running:
                    return PollSummary(tuple(lines))
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    lines.append(task.result())
                    if progress is not None:
                        progress(lines[-1])
        except BaseException:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            await asyncio.shield(asyncio.to_thread(self._release))
            raise

    async def check_feed(self, url_or_feed: str | Feed) -> FeedCheck:
        """Try a feed and say what is there; nothing is stored, and nothing is raised for a bad feed."""
        url = url_or_feed if isinstance(url_or_feed, str) else url_or_feed.url
        begun = asyncio.get_running_loop().time()
        result = await self._fetch(url)
        seen = FeedCheck(
            url,
            ok=False,
            outcome=result.outcome,
            message=result.message,
            status=result.status,
            final_url=result.final_url,
            permanent_url=result.permanent_url,
        )
        if result.outcome == "ok":
            try:
                seen = self._checked(seen, await self._reader.read(result))
            except WorkerError as error:
                seen = replace(seen, outcome="unreadable", message=str(error))
        return replace(seen, seconds=asyncio.get_running_loop().time() - begun)

    def _checked(self, seen: FeedCheck, parsed: ParsedFeed) -> FeedCheck:
        now = self._clock.now()
        dates = (believable(entry.published or entry.updated, now) for entry in parsed.entries)
        return replace(
            seen,
            ok=parsed.readable,
            outcome="ok" if parsed.readable else "not_a_feed",
            message="" if parsed.readable else "; ".join(parsed.problems),
            kind=parsed.kind,
            title=parsed.title,
            language=parsed.language,
            entries=len(parsed.entries),
            newest=max((when for when in dates if when is not None), default=None),
            with_text=sum(len(entry.text) >= self._settings.full_text_below for entry in parsed.entries),
            problems=parsed.problems,
        )

    async def _poll(self, feed: Feed) -> FeedLine:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            line = await self._polled(feed)
        except AlertsvcError as error:
            line = await self._failed(feed, "error", str(error))
        except Exception as error:  # noqa: BLE001 (a fault of ours in one feed must not keep the others from being read)
            _log.exception("polling feed %s failed", feed.id)
            line = await self._failed(feed, "error", f"internal error: {type(error).__name__}: {error}")
        return replace(line, seconds=loop.time() - begun)

    async def _polled(self, feed: Feed) -> FeedLine:
        result = await self._fetch(feed.url, feed)
        if result.outcome == "not_modified":
            record = self._record(feed, "not_modified", result, body_hash=feed.body_hash)
            return await asyncio.to_thread(self._keep, feed, record, FeedLine(feed.id, "not_modified", True))
        if result.outcome != "ok":
            return await self._failed(feed, result.outcome, result.message, result)
        body_hash = hashlib.sha256(result.body).hexdigest()
        if body_hash == feed.body_hash:
            record = self._record(feed, "unchanged", result, body_hash=body_hash)
            return await asyncio.to_thread(self._keep, feed, record, FeedLine(feed.id, "unchanged", True))
        try:
            parsed = await self._reader.read(result, self._seen.of(feed.id, feed.body_hash))
        except WorkerError as error:
            return await self._failed(feed, "unreadable", str(error))
        if not parsed.readable:
            return await self._failed(feed, "not_a_feed", "; ".join(parsed.problems))
        return await self._take(feed, result, parsed, body_hash)

    async def _fetch(self, url: str, feed: Feed | None = None) -> FetchResult:
        source: Fetcher | BundledFetcher | None = self._bundled if url.startswith(SCHEME) else self._fetcher
        if source is None:
            return FetchResult("refused", url, "the demonstration is not switched on")
        # After a failure the whole body is wanted: that nothing was modified would not show that the feed is well.
        known = feed if feed is not None and feed.failures == 0 else None
        return await source.fetch(
            url,
            etag=known.etag if known else None,
            last_modified=known.last_modified if known else None,
            validators_url=known.validators_url if known else None,
            max_bytes=self._settings.max_feed_bytes,
            accept=FEED_TYPES,
        )

    async def _take(self, feed: Feed, result: FetchResult, parsed: ParsedFeed, body_hash: str) -> FeedLine:
        """Turn what was read into articles and store them together with the record of the poll."""
        articles, doubts = articles_of(
            parsed.entries,
            feed_id=feed.id,
            feed_url=feed.url,
            fetched=self._clock.now(),
            backlog=feed.backlog if feed.first_polled is None else None,
            demonstration=feed.demonstration,
        )
        hashes = await asyncio.to_thread(self._known, feed.id, [article.key for article in articles])
        fresh = [article for article in articles if hashes.get(article.key) != article.content_hash]
        notes: Counter[str] = Counter()
        if self._settings.full_text if feed.full_text is None else feed.full_text:
            fresh, notes = await self._full_text.complete(fresh, language=feed.language or parsed.language)
        record = self._record(feed, "ok", result, body_hash=body_hash, ttl_minutes=parsed.ttl_minutes)
        line = FeedLine(
            feed.id,
            "ok",
            True,
            unchanged=parsed.known + len(articles) - len(fresh),
            skipped=parsed.skipped + len(parsed.entries) - len(articles),
            message="; ".join((*parsed.problems, *doubts)),
        )
        line = await asyncio.to_thread(self._keep, feed, record, line, fresh, (*parsed.problems, *doubts), notes)
        if line.outcome == "ok":
            self._seen.remember(feed.id, body_hash, parsed.digests)
        return line

    async def _failed(self, feed: Feed, outcome: str, message: str, result: FetchResult | None = None) -> FeedLine:
        line = FeedLine(feed.id, outcome, success=False, message=message)
        now = self._clock.now()
        due = next_due(
            feed_id=feed.id,
            interval=feed.interval,
            now=now,
            failures=feed.failures + 1,
            retry_after=result.retry_after if result else None,
        )
        gone = outcome == "gone"
        record = PollRecord(outcome, message, due, keep_validators=True, gone=gone, success=False)
        try:
            return await asyncio.to_thread(self._keep, feed, record, line, (), (message,))
        except StoreError as error:
            # The feed stays claimed until its lease ends; there is nowhere to write more than this line.
            return replace(line, message=f"{message}; and this cannot be recorded: {error}")

    def _record(
        self, feed: Feed, outcome: str, result: FetchResult, *, body_hash: str | None, ttl_minutes: int | None = None
    ) -> PollRecord:
        # The invented feeds name times as real ones do, but there is no server to be spared.
        spare = not feed.demonstration
        due = next_due(
            feed_id=feed.id,
            interval=feed.interval,
            now=self._clock.now(),
            ttl=ttl_minutes * 60.0 if ttl_minutes and spare else None,
            max_age=result.max_age if spare else None,
        )
        return PollRecord(
            outcome,
            None,
            due,
            etag=result.etag,
            last_modified=result.last_modified,
            validators_url=result.final_url,
            body_hash=body_hash,
            moved_to=result.permanent_url,
            success=True,
        )

    def _claim(self, limit: int, everything: bool) -> list[Feed]:
        with self._store.begin() as conn:
            return claim_due(
                conn, worker=self._worker, now=self._clock.now(), lease=LEASE, limit=limit, everything=everything
            )

    def _release(self) -> None:
        with self._store.begin() as conn:
            release_feeds(conn, self._worker)

    def _known(self, feed_id: str, keys: Sequence[str]) -> dict[str, str]:
        with self._store.read() as conn:
            return known_hashes(conn, feed_id, keys)

    def _keep(
        self,
        feed: Feed,
        record: PollRecord,
        line: FeedLine,
        articles: Sequence[Article] = (),
        problems: Sequence[str] = (),
        notes: Counter[str] | None = None,
    ) -> FeedLine:
        """Store everything that one poll came to in one transaction."""
        now = self._clock.now()
        with self._store.begin() as conn:
            if not record_poll(conn, feed.id, self._worker, record, now):
                return replace(line, outcome="lost", message="another worker took this feed over; nothing was stored")
            saved = save_articles(conn, articles, now) if articles else Saved((), (), 0)
            if record.success and record.outcome != "not_modified":
                clear_problems(conn, _SCOPE, feed.id)
            for problem in problems:
                record_problem(conn, _SCOPE, feed.id, problem, now)
            for note, count in (notes or {}).items():
                add_count(conn, f"full_text.{note}", now.date(), count)
            if line.skipped:
                add_count(conn, "entries.skipped", now.date(), line.skipped)
        return replace(line, new=len(saved.new), edited=len(saved.edited), unchanged=line.unchanged + saved.unchanged)
