"""Parsing in a worker process, and remembering which entries of a document were already dealt with."""

from __future__ import annotations

from alertsvc.collect.entries import ParsedFeed
from alertsvc.collect.result import FetchResult
from alertsvc.settings import CollectSettings
from alertsvc.worker import WorkerPool

__all__ = ["Reader", "SeenEntries"]


class Reader:
    """Has documents parsed where they can do no harm."""

    def __init__(self, pool: WorkerPool, settings: CollectSettings) -> None:
        self._pool = pool
        self._settings = settings

    async def read(self, result: FetchResult, known: bytes = b"") -> ParsedFeed:
        """Parse what was fetched, without the entries whose digests are `known`.

        Raises:
            WorkerError: it took too long or needed too much memory.
        """
        parsed: ParsedFeed = await self._pool.call(
            "alertsvc.collect.parse:parse_feed",
            result.body,
            content_type=result.content_type,
            charset=result.charset,
            url=result.final_url,
            max_entries=self._settings.max_entries,
            known=known,
            timeout=self._settings.parse_timeout,
        )
        return parsed


class SeenEntries:
    """Digests of the entries of each feed's last document, so that only new ones need to be parsed.

    They are valid only while the feed's stored body is the one they were taken from. Where another replica has polled
    the feed since, or this process is new, everything is parsed and compared with the store instead.
    """

    def __init__(self) -> None:
        self._feeds: dict[str, tuple[str, bytes]] = {}

    def of(self, feed_id: str, body_hash: str | None) -> bytes:
        """Return the digests for the body that the store says was read last."""
        known = self._feeds.get(feed_id)
        return known[1] if known is not None and known[0] == body_hash else b""

    def remember(self, feed_id: str, body_hash: str, digests: bytes) -> None:
        """Keep the digests of a body that was read and stored."""
        self._feeds[feed_id] = (body_hash, digests)
