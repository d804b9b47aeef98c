"""Unread articles become filed incidents and deliveries in the outbox, each article in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

import structlog
from sqlalchemy import Connection

from alertsvc.alerts import plan_step
from alertsvc.clock import Clock
from alertsvc.corrections import plan_correction
from alertsvc.detect.batch import Finding, ReadRequest
from alertsvc.domain import Article, IncidentClass
from alertsvc.notebook import SCOPE as NOTES
from alertsvc.notebook import note_problems
from alertsvc.rulebook import Rulebook, record_faults
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.articles import claim_unread, mark_article, release_articles, save_detections
from alertsvc.store.incidents import article_reports, lock_class
from alertsvc.store.problems import add_count, clear_problems, record_problem
from alertsvc.track.desk import Desk
from alertsvc.track.filed import Filed
from alertsvc.worker import WorkerError, WorkerPool

__all__ = ["FiledLine", "ProcessSummary", "Processor", "plan_alerts"]

_BATCH = 16
_LEASE = 600.0
_DETECT = "alertsvc.detect.batch:detect_batch"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FiledLine:
    """One incident that an article opened or moved on."""

    public_id: str
    headline: str
    severity: float
    created: bool
    demonstration: bool


@dataclass(slots=True)
class ProcessSummary:
    """What one round of reading came to."""

    read: int = 0
    reporting: int = 0
    unsupported: dict[str, int] = field(default_factory=dict)
    planned: int = 0
    filed: list[FiledLine] = field(default_factory=list)
    failing: set[int] = field(default_factory=set)

    @property
    def failed(self) -> int:
        """Articles that could not be read, however often that was tried."""
        return len(self.failing)

    @property
    def articles(self) -> int:
        """Articles that were looked at, whatever came of them."""
        return self.read + sum(self.unsupported.values()) + self.failed


class _NotOursError(Exception):
    """The article was taken over or edited meanwhile; nothing of it may be stored."""


class Processor:
    """Reads unread articles and files what they report.

    Args:
        store: where articles and incidents are.
        pool: worker processes for detection, open.
        desk: files detections.
        settings: all of them.
        clock: what time it is.
        worker: the name under which articles are claimed.

    Attributes:
        dated_by_fetch: "on Sunday" in an article without a date counts from when it was fetched. A replay switches
            this off, since it fetched nothing.
    """

    def __init__(
        self, store: Store, pool: WorkerPool, desk: Desk, settings: Settings, clock: Clock, worker: str
    ) -> None:
        self._store = store
        self._pool = pool
        self._desk = desk
        self._settings = settings
        self._clock = clock
        self._worker = worker
        self._rulebook = Rulebook(settings.detect, store, pool, clock)
        self._faulty_notes: tuple[str, ...] | None = None  # as recorded
        self.dated_by_fetch = True

    async def start(self) -> None:
        """Take up the operator's rules before anything is read.

        Raises:
            DataError: they cannot be used; with every fault.
        """
        await self._rulebook.start()

    async def run_once(self, progress: Callable[[Article], None] | None = None) -> ProcessSummary:
        """Read everything that is unread and return once it is filed.

        Cancelled, it gives back what it has not filed yet.

        Raises:
            StoreError: articles cannot be claimed or filed.
            DataError: rules, gazetteer or model cannot be used.
        """
        summary = ProcessSummary()
        await self._rulebook.current()  # with nothing to read, too: who edits a rule wants to know
        await asyncio.to_thread(self._look_at_notes)
        try:
            while batch := await asyncio.to_thread(self._claim):
                findings = await self._detect(batch)
                for article, finding in zip(batch, findings, strict=True):
                    await asyncio.to_thread(self._settle, article, finding, summary)
                    if progress is not None:
                        progress(article)
        except BaseException:
            await asyncio.shield(asyncio.to_thread(self._release))
            raise
        return summary

    def _look_at_notes(self) -> None:
        """Record what is wrong with the context notes, whenever that has changed."""
        problems = note_problems(self._settings.detect.rules_dir)
        if problems != self._faulty_notes:
            record_faults(self._store, NOTES, problems, self._clock.now())
            self._faulty_notes = problems

    def _claim(self) -> list[Article]:
        with self._store.begin() as conn:
            return claim_unread(conn, worker=self._worker, now=self._clock.now(), lease=_LEASE, limit=_BATCH)

    def _release(self) -> None:
        with self._store.begin() as conn:
            release_articles(conn, self._worker)

    async def _detect(self, batch: Sequence[Article]) -> list[Finding]:
        """Detect in all articles at once; where that fails, in each by itself, so that the one at fault is known."""
        config = await self._rulebook.current()
        requests = [self._request(article) for article in batch]
        timeout = self._settings.detect.timeout
        try:
            findings: list[Finding] = await self._pool.call(_DETECT, config, requests, timeout=timeout * len(requests))
        except WorkerError as error:
            if len(batch) == 1:
                return [Finding(None, False, error=str(error))]
        else:
            return findings
        found: list[Finding] = []
        for request in requests:
            try:
                found += await self._pool.call(_DETECT, config, [request], timeout=timeout)
            except WorkerError as error:
                found.append(Finding(None, False, error=str(error)))
        return found

    def _request(self, article: Article) -> ReadRequest:
        dated = article.published is not None or self.dated_by_fetch
        published = article.effective.date() if dated else None
        return ReadRequest(article.title, article.text or article.summary, published, article.language)

    def _settle(self, article: Article, finding: Finding, summary: ProcessSummary) -> None:
        """Write down what one article came to, all or nothing."""
        try:
            with self._store.begin() as conn:
                filed, planned = self._write(conn, article, finding)
        except _NotOursError:
            _log.info("article left to another", article=article.id)
            return
        assert article.id is not None
        if finding.error is not None:
            summary.failing.add(article.id)
            return
        summary.failing.discard(article.id)
        if not finding.supported:
            code = finding.language or "unknown"
            summary.unsupported[code] = summary.unsupported.get(code, 0) + 1
        else:
            summary.read += 1
            summary.reporting += bool(finding.detections)
        summary.planned += planned
        for item in filed:
            if item.update is not None:
                summary.filed.append(_line(item))

    def _write(self, conn: Connection, article: Article, finding: Finding) -> tuple[list[Filed], int]:
        assert article.id is not None
        self._take_turn(conn, article, finding)
        now = self._clock.now()
        outcome: Literal["read", "unsupported", "failed"] = "read" if finding.supported else "unsupported"
        if finding.error is not None:
            outcome = "failed"
        held = mark_article(
            conn,
            article.id,
            revision=article.revision,
            worker=self._worker,
            outcome=outcome,
            language=finding.language,
            detections=len(finding.detections),
            error=finding.error,
            now=now,
        )
        if not held:
            raise _NotOursError
        subject = f"{article.feed_id}: {article.title[:120]}"
        if finding.error is not None:
            record_problem(conn, "article", subject, finding.error, now)
            return [], 0
        clear_problems(conn, "article", subject)
        if not finding.supported:
            if not article.demonstration:  # counts are kept for good, and nothing invented may stay among them
                add_count(conn, f"language.{finding.language or 'unknown'}", now.date())
            return [], 0
        save_detections(conn, article.id, article.revision, finding.detections, now)
        filed = self._desk.file(conn, replace(article, language=finding.language), finding.detections, now)
        return filed, sum(plan_alerts(conn, item, self._settings, now) for item in filed)

    @staticmethod
    def _take_turn(conn: Connection, article: Article, finding: Finding) -> None:
        """Wait until nobody else files what this article touches, nor writes a digest.

        Before the clock is looked at: a step dated while another service wrote a digest, and stored after that, would
        lie in the digest's period and yet stand in none.
        """
        assert article.id is not None
        touched = {item.incident_class for item in finding.detections}
        if article.revision > 1:
            touched |= {report.detection.incident_class for _, report in article_reports(conn, article.id)}
        for incident_class in [item for item in IncidentClass if item in touched]:
            lock_class(conn, incident_class)


def plan_alerts(conn: Connection, filed: Filed, settings: Settings, now: datetime) -> int:
    """Write the flashes and updates that a step of an incident calls for into the outbox; return how many.

    Runs in the transaction that stores the step, so that neither is ever there without the other.
    """
    incident, update = filed.incident, filed.update
    if update is None or incident.id is None:
        return 0
    if filed.correction is not None:
        return plan_correction(conn, filed, settings, now)
    return plan_step(conn, incident, update, settings, now)


def _line(filed: Filed) -> FiledLine:
    incident = filed.incident
    where = f"{incident.place.name} ({incident.place.country})" if incident.place.country else incident.place.name
    what = f"{incident.action.value} at {where}, {incident.status.value}"
    if not filed.created and filed.update is not None:
        what += f": {'; '.join(filed.update.changes)}"
    return FiledLine(incident.public_id, what, incident.severity.value, filed.created, incident.demonstration)
