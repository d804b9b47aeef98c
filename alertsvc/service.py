"""The composition root: builds the parts and hands them to the scheduler.

What is due is a fact in the tables; the scheduler only looks, every few seconds, whether anything is. Any number of
services may work on one PostgreSQL database; a SQLite file has one.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from alertsvc import __version__
from alertsvc.asking import Asker
from alertsvc.clock import Clock, SystemClock
from alertsvc.collect.bundled import BundledFetcher
from alertsvc.collect.collector import Collector
from alertsvc.collect.fetch import Fetcher
from alertsvc.collect.summary import FeedLine, PollSummary
from alertsvc.deliver.editions import drop_old
from alertsvc.deliver.email.smtp import SmtpTransport
from alertsvc.deliver.files import FileTransport
from alertsvc.deliver.links import Links, make_links
from alertsvc.deliver.pace import Pace
from alertsvc.deliver.sender import Sender, SendSummary
from alertsvc.deliver.slack.transport import SlackTransport
from alertsvc.deliver.transport import Transport
from alertsvc.digest import Digester
from alertsvc.domain import Article, Channel
from alertsvc.errors import AlertsvcError
from alertsvc.process import Processor, ProcessSummary
from alertsvc.resources import data_dir
from alertsvc.rulebook import record_faults
from alertsvc.settings import Settings
from alertsvc.stationery import SCOPE as TEMPLATES
from alertsvc.stationery import Stationery
from alertsvc.store import Store
from alertsvc.store.lock import service_lock
from alertsvc.store.problems import record_problem
from alertsvc.sync import demonstration_anchor, demonstration_outlets, synchronise
from alertsvc.track.desk import Desk
from alertsvc.track.outlets import Outlets
from alertsvc.track.severity import SeverityTable
from alertsvc.web.app import create_app
from alertsvc.web.pages import Pages
from alertsvc.web.server import Server
from alertsvc.worker import WorkerPool

__all__ = ["CycleSummary", "Service", "make_desk", "make_transports"]

STOP_WITHIN = 8.0  # seconds after SIGTERM in which work is finished or given back; `docker stop` waits ten
END_WITHIN = 9.5  # seconds after SIGTERM when the process ends, whatever still holds it
_MEMORY_MB = 2048
_TICKS = {"poll": 5.0, "process": 2.0, "deliver": 2.0, "digest": 30.0, "ask": 15.0, "sweep": 3600.0}
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CycleSummary:
    """What one full cycle did."""

    polled: PollSummary
    processed: ProcessSummary
    digests: int
    sent: SendSummary


def make_desk(store: Store, settings: Settings) -> Desk:
    """Build the desk that files detections, with the demonstration's outlets among the others.

    Raises:
        DataError: the severity table or the table of outlets is wrong.
    """
    own = settings.detect.rules_dir
    table = own / "severity.yaml" if own and (own / "severity.yaml").exists() else data_dir("rules") / "severity.yaml"
    over = own / "outlets.csv" if own and (own / "outlets.csv").exists() else None
    outlets = Outlets.load(data_dir("rules") / "outlets.csv", over, demonstration_outlets())
    return Desk(store, SeverityTable.load(table), outlets, settings.track)


def make_transports(settings: Settings, clock: Clock, links: Links | None = None) -> dict[Channel, Transport]:
    """Build the ways out; without a mail server, mail is written to files.

    Args:
        links: makes the links by which recipients leave or change their subscription.
    """
    files = FileTransport(settings.mail, service=settings.service.name, links=links)
    mail: Transport = files
    if settings.mail.smtp.host is not None:
        mail = SmtpTransport(settings.mail, service=settings.service.name, clock=clock, links=links)
    return {Channel.EMAIL: mail, Channel.FILE: files, Channel.SLACK: SlackTransport(settings.slack)}


class Service:
    """The service with all its parts; make it with `Service.open`."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: Clock,
        collector: Collector,
        processor: Processor,
        desk: Desk,
        sender: Sender,
        asker: Asker,
        links: Links,
        stationery: Stationery,
    ) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock
        self.collector = collector
        self.processor = processor
        self.desk = desk
        self.sender = sender
        self.asker = asker
        self.links = links
        self.stationery = stationery
        self._faulty_templates: tuple[str, ...] | None = None  # as recorded
        self.digester = Digester(store, settings, clock)
        self._heartbeat: datetime | None = None
        self._polled_once = False
        self._running: set[asyncio.Task[Exception | None]] = set()

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls, settings: Settings, clock: Clock | None = None, *, alone: bool = True
    ) -> AsyncIterator[Service]:
        """Open the store, write the configured feeds and subscribers into it, and build every part.

        Args:
            settings: all of them.
            clock: what time it is; else the machine's clock.
            alone: refuse to start where another service works on the same SQLite file.

        Raises:
            AlertsvcError: the database, rules, model or demonstration feeds cannot be used.
        """
        clock = clock or SystemClock()
        worker = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        async with contextlib.AsyncExitStack() as stack:
            if alone:
                stack.enter_context(service_lock(settings.store.url))
            store = await asyncio.to_thread(Store.open, settings.store.url)
            stack.callback(store.close)
            desk = make_desk(store, settings)
            await asyncio.to_thread(synchronise, store, settings, clock.now())
            service = settings.service
            fetcher = await stack.enter_async_context(
                Fetcher(
                    settings.collect,
                    version=__version__,
                    contact=service.contact,
                    public_url=service.public_url,
                    clock=clock,
                )
            )
            pool = await stack.enter_async_context(WorkerPool(2, memory_mb=_MEMORY_MB))
            anchor = await asyncio.to_thread(demonstration_anchor, store)
            bundled = BundledFetcher(anchor, clock) if anchor is not None else None
            collector = Collector(store, fetcher, bundled, pool, settings.collect, clock, worker)
            processor = Processor(store, pool, desk, settings, clock, worker)
            await processor.start()
            links = await asyncio.to_thread(make_links, store, settings)
            transports = make_transports(settings, clock, links)
            stationery = Stationery(settings.brief.templates_dir)
            pace = Pace()
            sender = Sender(store, transports, stationery, clock, settings.deliver, worker, pace=pace)
            stack.push_async_callback(sender.close)
            asker = Asker(store, settings, clock, transports[Channel.EMAIL], links, pace)
            made = cls(settings, store, clock, collector, processor, desk, sender, asker, links, stationery)
            await made.look_at_templates()
            yield made

    async def cycle(
        self,
        *,
        everything: bool = False,
        polled: Callable[[FeedLine], None] | None = None,
        read: Callable[[Article], None] | None = None,
    ) -> CycleSummary:
        """Poll, read, file, write digests and deliver, once.

        Args:
            everything: poll every feed, due or not.
            polled: called with each feed's line as it is done.
            read: called with each article as it is read.

        Raises:
            AlertsvcError: the database does not answer, or rules or model cannot be used.
        """
        poll = await self.collector.run_once(everything=everything, progress=polled)
        processed = await self.processor.run_once(read)
        digests = await asyncio.to_thread(self.digester.run_once)
        await self.asker.run_once()
        sent = await self._deliver()
        return CycleSummary(poll, processed, digests, sent)

    async def look_at_templates(self) -> None:
        """Record what is wrong with the operator's templates, whenever that has changed.

        Raises:
            StoreError: the database does not answer.
        """
        faults = await asyncio.to_thread(lambda: self.stationery.faults)
        if faults != self._faulty_templates:
            await asyncio.to_thread(record_faults, self.store, TEMPLATES, faults, self.clock.now())
            self._faulty_templates = faults

    async def _deliver(self) -> SendSummary:
        sent = await self.sender.run_once()
        await self.look_at_templates()
        return sent

    def pages(self) -> Pages:
        """Return what the web pages are built on."""
        return Pages(
            store=self.store,
            clock=self.clock,
            service_name=self.settings.service.name,
            version=__version__,
            poll_interval=self.settings.collect.interval,
            heartbeat=lambda: self._heartbeat,
            demonstration=self.settings.demonstration.enabled,
            public_url=self.settings.service.public_url,
            links=self.links,
        )

    async def run(self, *, ready: Callable[[int | None], None] | None = None) -> None:
        """Run until SIGTERM or SIGINT, then stop within `STOP_WITHIN` seconds; a second signal ends at once.

        The process ends `END_WITHIN` seconds after the first signal at the latest.

        Args:
            ready: called with the port of the pages once they can be asked for, None where there are none.

        Raises:
            AlertsvcError: the pages' address is taken.
        """
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, _on_signal, stop)
        scheduler = AsyncIOScheduler(timezone="UTC")
        server: Server | None = None
        pages: asyncio.Task[None] | None = None
        try:
            if self.settings.web.enabled:
                web = self.settings.web
                server = Server(create_app(self.pages()), host=web.host, port=web.port)
                pages = await _serve(server, ready, stop)
            elif ready is not None:
                ready(None)
            if not stop.is_set():
                self._schedule(scheduler)
                scheduler.start()
            await stop.wait()
            if pages is not None and pages.done():
                await pages
        finally:
            for name in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(name)
                signal.signal(name, _at_once)
            if scheduler.running:
                _log.info("stopping")
                scheduler.shutdown(wait=False)
            await self._wind_up(server, pages)

    def _schedule(self, scheduler: AsyncIOScheduler) -> None:
        jobs: dict[str, Callable[[], Awaitable[object]]] = {
            "poll": self._poll,
            "process": self.processor.run_once,
            "deliver": self._deliver,
            "digest": self._digest,
            "ask": self.asker.run_once,
            "sweep": self._sweep,
        }
        for name, job in jobs.items():
            scheduler.add_job(
                self._tick,
                IntervalTrigger(seconds=_TICKS[name]),
                args=(name, job),
                id=name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
                next_run_time=self.clock.now(),
            )

    async def _tick(self, name: str, job: Callable[[], Awaitable[object]]) -> None:
        """Run one job as a task that can be cancelled; its failure is told and the next tick tries again."""
        self._heartbeat = self.clock.now()
        task = asyncio.create_task(_swallow(job))
        self._running.add(task)
        try:
            error = await task
        except asyncio.CancelledError:
            return
        finally:
            self._running.discard(task)
        if error is None:
            return
        message = str(error) if isinstance(error, AlertsvcError) else f"{type(error).__name__}: {error}"
        _log.error("a round failed; the next one tries again", round=name, error=message)
        with contextlib.suppress(AlertsvcError):
            await asyncio.to_thread(self._record, name, message)

    def _record(self, name: str, message: str) -> None:
        with self.store.begin() as conn:
            record_problem(conn, "service", name, message, self.clock.now())

    async def _poll(self) -> None:
        summary = await self.collector.run_once()
        for line in summary.lines:
            told = _log.info if line.success else _log.warning
            told("polled", feed=line.feed_id, outcome=line.outcome, new=line.new, message=line.message or None)
        if not self._polled_once:
            # Only now: a first digest before the first feeds are read would say that all is quiet.
            await self.processor.run_once()
            self._polled_once = True

    async def _digest(self) -> None:
        if self._polled_once:
            await asyncio.to_thread(self.digester.run_once)

    async def _sweep(self) -> None:
        def work() -> None:
            with self.store.begin() as conn:
                self.desk.sweep(conn, self.clock.now())
                drop_old(conn, self.settings.deliver, self.clock.now())

        await asyncio.to_thread(work)

    async def _wind_up(self, server: Server | None, pages: asyncio.Task[None] | None) -> None:
        """Stop what is under way: each part finishes or gives back what it has in hand."""
        for task in list(self._running):
            task.cancel()
        waiting: list[asyncio.Task[Any]] = list(self._running)
        if server is not None and pages is not None:
            server.stop()
            waiting.append(pages)
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=STOP_WITHIN)
            for task in late:
                task.cancel()


async def _serve(server: Server, ready: Callable[[int | None], None] | None, stop: asyncio.Event) -> asyncio.Task[None]:
    """Serve the pages in a task of their own and return it once they can be asked for, or it has ended.

    Nothing may be polled or sent by a service that then turns out to have no place for its pages.
    """
    settled = asyncio.Event()

    def up(port: int) -> None:
        settled.set()
        if ready is not None:
            ready(port)

    def down(_: object) -> None:
        stop.set()
        settled.set()

    pages = asyncio.create_task(server.serve(up))
    pages.add_done_callback(down)
    await settled.wait()
    return pages


async def _swallow(job: Callable[[], Awaitable[object]]) -> Exception | None:
    try:
        await job()
    except Exception as error:  # noqa: BLE001  whatever one round does, the service goes on and tells it
        return error
    return None


def _on_signal(stop: asyncio.Event) -> None:
    if stop.is_set():
        os._exit(1)
    stop.set()
    # A thread cannot be cancelled, and one that waits for a database or the lookup of a name may wait for long.
    last = threading.Timer(END_WITHIN, os._exit, (0,))
    last.daemon = True
    last.start()


def _at_once(*_: object) -> None:
    os._exit(1)
