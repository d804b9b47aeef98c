"""Saved articles through the whole service on a simulated clock: read, filed, briefed and really delivered."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alertsvc.clock import ManualClock
from alertsvc.deliver.digests import due_period
from alertsvc.domain import BriefingKind, DeliveryState, SubscriberState
from alertsvc.offline import saved_feed
from alertsvc.process import FiledLine
from alertsvc.saved import Saved, load_saved
from alertsvc.service import Service
from alertsvc.settings import DemonstrationSettings, Settings, StoreSettings, SubscriberSettings
from alertsvc.store import Store
from alertsvc.store.articles import save_articles
from alertsvc.store.feeds import sync_feeds
from alertsvc.store.info import schema_version
from alertsvc.store.outbox import outbox_counts
from alertsvc.store.periods import ToldPeriod
from alertsvc.store.subscribers import list_standings, list_subscribers

__all__ = ["ReplayResult", "replay_files"]

_HALF_HOUR = timedelta(minutes=30)
_DAY = timedelta(days=1)
_AGAIN = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))  # as long as the sender puts things off


@dataclass(slots=True)
class ReplayResult:
    """What a replay came to."""

    articles: int = 0
    digests: int = 0
    sent: int = 0
    retried: int = 0
    failed: int = 0
    filed: list[FiledLine] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "articles": self.articles,
            "digests": self.digests,
            "deliveries": {"sent": self.sent, "retried": self.retried, "failed": self.failed, "lines": self.lines},
            "incidents": [
                {"id": item.public_id, "what": item.headline, "severity": item.severity, "created": item.created}
                for item in self.filed
            ],
            "problems": self.problems,
        }


async def replay_files(
    files: Sequence[Path], settings: Settings, keep: Path | None, progress: Callable[[str, int, int], None]
) -> ReplayResult:
    """Replay saved articles or feeds in the order of their dates.

    The configured subscribers get their mail through the configured server, or as files; who has unsubscribed or paused
    gets none. It bears no links, which would lead to the database of the replay. The clock stands at each article's own
    date, and in between at the hour of each subscriber's digest, if anything has happened since the last.

    Args:
        keep: file of the database, in place of one that is thrown away.

    Raises:
        DataError: a file cannot be read.
        AlertsvcError: the service cannot be opened.
    """
    articles, problems = load_saved(files)
    result = ReplayResult(problems=problems)
    with contextlib.ExitStack() as stack:
        if keep is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="alertsvc-"))
            keep = Path(folder) / "replay.db"
        own = settings.model_copy(
            update={
                "subscribers": await asyncio.to_thread(_who_wants_it, settings),
                "service": settings.service.model_copy(update={"public_url": None}),
                "store": StoreSettings(url=f"sqlite:///{keep.resolve()}"),
                "demonstration": DemonstrationSettings(enabled=False),
                "feeds": (),
            }
        )
        first = articles[0].published if articles else None
        clock = ManualClock((first or datetime.now(UTC)) - timedelta(minutes=1))
        async with Service.open(own, clock) as service:
            await _Replay(service, clock, result).run(articles, progress)
    return result


def _who_wants_it(settings: Settings) -> tuple[SubscriberSettings, ...]:
    """Return the configured subscribers but for those who, as the service's own database knows, left or paused.

    Raises:
        StoreError: it cannot be asked, so that somebody who left might be sent mail.
    """
    if settings.mail.smtp.host is None or schema_version(settings.store.url) is None:
        return settings.subscribers
    with Store.open(settings.store.url, migrate=False) as store, store.read() as conn:
        standings = {item.subscriber.name: item for item in list_standings(conn, removed=True)}
    away = {
        name
        for name, item in standings.items()
        if item.wishes.get("state") in (SubscriberState.UNSUBSCRIBED.value, SubscriberState.PAUSED.value)
    }
    return tuple(
        item
        for item in settings.subscribers
        if item.name not in away or item.email != standings[item.name].subscriber.target
    )


class _Replay:
    """One replay under way."""

    def __init__(self, service: Service, clock: ManualClock, result: ReplayResult) -> None:
        self._service = service
        self._clock = clock
        self._result = result
        self._digests: dict[int, tuple[datetime, datetime]] = {}  # by subscriber: when it is due, what it must reach

    async def run(self, articles: Sequence[Saved], progress: Callable[[str, int, int], None]) -> None:
        service, clock = self._service, self._clock
        service.processor.dated_by_fetch = False
        with service.store.begin() as conn:
            sync_feeds(conn, [saved_feed()], clock.now())
            before = outbox_counts(conn)
        for number, saved in enumerate(articles, 1):
            instant = saved.published or clock.now()
            await self._digest(instant)
            clock.move_to(instant)
            with service.store.begin() as conn:
                save_articles(conn, [saved.article(clock.now())], clock.now())
            processed = await service.processor.run_once()
            self._result.articles += processed.articles
            if processed.filed:
                self._result.filed += processed.filed
                self._expect_digests()
            await self._deliver()
            progress("articles", number, len(articles))
        await self._digest(None)
        self._tell_undelivered(before)

    def _expect_digests(self) -> None:
        """Note for each subscriber when the digest falls due that tells of what has just been filed."""
        start = self._clock.now()
        last = ToldPeriod(BriefingKind.DAILY, "", start, start)
        with self._service.store.read() as conn:
            subscribers = list_subscribers(conn)
        for subscriber in subscribers:
            if subscriber.id is None or subscriber.id in self._digests:
                continue
            instant = start
            while instant < start + 2 * _DAY:
                instant += _HALF_HOUR
                period = due_period(subscriber, BriefingKind.DAILY, instant, last)
                if period is not None:
                    self._digests[subscriber.id] = (period.end, min(start, period.end - _DAY))
                    break

    async def _digest(self, until: datetime | None) -> None:
        """Write and send the digests that fall due until an instant, each at its own hour; all where none is given."""
        due = sorted((end, begin, row) for row, (end, begin) in self._digests.items() if until is None or end <= until)
        for end, begin, row in due:
            del self._digests[row]
            self._clock.move_to(end)
            digester = self._service.digester
            self._result.digests += await asyncio.to_thread(digester.run_once, only=row, earliest=begin)
            await self._deliver()

    async def _deliver(self) -> None:
        """Send what is due; what is put off is tried again at once, since the simulated clock will not wait for it."""
        for wait in (*_AGAIN, None):
            sent = await self._service.sender.run_once()
            self._result.sent += sent.sent
            self._result.retried += sent.retried
            self._result.failed += sent.failed
            self._result.lines += sent.lines
            if not sent.retried or wait is None:
                return
            self._clock.advance(wait)

    def _tell_undelivered(self, before: Mapping[str, int]) -> None:
        """Count what expired or still waits among what has failed: nobody will try it again."""
        with self._service.store.read() as conn:
            counts = outbox_counts(conn)
        left = sum(counts[state] - before[state] for state in (DeliveryState.FAILED.value, DeliveryState.DUE.value))
        if left > self._result.failed:
            self._result.problems.append(f"deliveries that nobody took in time: {left - self._result.failed}")
            self._result.failed = left
