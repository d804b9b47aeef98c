"""Made-up incidents, feeds and deliveries, filled in through the store's own functions, and the pages served."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import aiohttp

from alertsvc.clock import Clock
from alertsvc.domain import (
    Action,
    Article,
    BacklogPolicy,
    Briefing,
    BriefingKind,
    Channel,
    Claim,
    Count,
    Delivery,
    DeliveryState,
    Detection,
    Incident,
    IncidentClass,
    Phase,
    Place,
    PlaceKind,
    Reason,
    Report,
    Severity,
    SeverityTerm,
    Status,
    Update,
)
from alertsvc.store import Store
from alertsvc.store.articles import claim_unread, mark_article, save_articles
from alertsvc.store.feeds import FeedSpec, PollRecord, claim_due, record_poll, sync_feeds
from alertsvc.store.incident_writes import insert_incident
from alertsvc.store.outbox import enqueue
from alertsvc.web import Pages, Server, create_app

NOW = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)
AL_TUM = Place("Al-Tum", PlaceKind.CROSSING, "LY-NE", "x-al-tum", 22.9134567, 14.3321, tier=2)
SARIR = Place("Sarir", PlaceKind.OIL, "LY", "o-sarir", 27.6, 22.5, tier=1)


def a_detection(**changes: Any) -> Detection:
    detection = Detection(
        incident_class=IncidentClass.BORDER,
        probability=0.93,
        action=Action.SEIZURE,
        place=AL_TUM,
        event_date=date(2026, 1, 31),
        killed=Count(3),
        attackers=("armed men",),
        targets=("border guards",),
        claims=(Claim("The eastern command", "our units hold the post again"),),
        sentences=("Armed men overran the Al-Tum crossing before dawn.",),
        reasons=(
            Reason("rule", "seizure-of-post", 1.4, "overran the crossing", 0),
            Reason("veto", "anniversary", -0.5, "no year named", None),
        ),
    )
    return replace(detection, **changes)


def a_report(article_id: int = 1, **changes: Any) -> Report:
    report = Report(
        article_id=article_id,
        outlet=f"paper{article_id}.example",
        outlet_name=f"Paper {article_id}",
        origin=f"paper{article_id}.example",
        title="Armed men overrun border post",
        url=f"https://paper{article_id}.example/2026/post",
        language="en",
        published=NOW - timedelta(hours=5),
        fetched=NOW - timedelta(hours=5),
        detection=a_detection(),
    )
    return replace(report, **changes)


def an_update(**changes: Any) -> Update:
    update = Update(
        number=1,
        at=NOW - timedelta(hours=5),
        material=True,
        changes=("first report",),
        status=Status.REPORTED,
        action=Action.SEIZURE,
        severity=3.0,
        killed=Count(3),
    )
    return replace(update, **changes)


def an_incident(public_id: str = "LY-2026-0131-7f3a", **changes: Any) -> Incident:
    number = sum(map(ord, public_id)) * 100
    incident = Incident(
        public_id=public_id,
        incident_class=IncidentClass.BORDER,
        place=AL_TUM,
        action=Action.SEIZURE,
        phase=Phase.OPEN,
        status=Status.REPORTED,
        severity=Severity(
            3.0,
            2.75,
            (
                SeverityTerm("base", 2.0, "seizure of the site"),
                SeverityTerm("deaths", 0.25, "at least three dead"),
                SeverityTerm("asset", 0.5, "tier 1 of the gazetteer"),
                SeverityTerm("doubt", 0.5, "only one party says so"),
            ),
        ),
        opened=NOW - timedelta(hours=5),
        changed=NOW - timedelta(hours=2),
        event_date=date(2026, 1, 31),
        last_event=date(2026, 1, 31),
        killed=Count(3),
        reports=(a_report(number), a_report(number + 1)),
        updates=(
            an_update(),
            an_update(
                number=2,
                at=NOW - timedelta(hours=2),
                changes=("now Confirmed: a second independent source reports it",),
                status=Status.CONFIRMED,
            ),
        ),
    )
    return replace(incident, **changes)


def an_invented(public_id: str = "DZ-2026-0131-d3m0", **changes: Any) -> Incident:
    place = Place("Debdeb-Ghadames", PlaceKind.CROSSING, "DZ-LY", "x-debdeb", 30.1, 9.4)
    changes = {"place": place, "demonstration": True, **changes}
    incident = an_incident(public_id, **changes)
    detection = a_detection(place=incident.place, incident_class=incident.incident_class)
    return replace(incident, reports=tuple(replace(report, detection=detection) for report in incident.reports))


def a_feed(feed_id: str = "north-wire", **changes: Any) -> FeedSpec:
    spec = FeedSpec(
        id=feed_id,
        url=f"https://{feed_id}.example/rss.xml?key=s3cret",
        title=feed_id.replace("-", " ").title(),
        language="en",
        country="LY",
        interval=900.0,
        backlog=BacklogPolicy.DIGEST,
        full_text=None,
        enabled=True,
        verified=True,
        demonstration=False,
    )
    return replace(spec, **changes)


def a_poll(**changes: Any) -> PollRecord:
    record = PollRecord(outcome="ok", error=None, next_due=NOW + timedelta(minutes=10), success=True)
    return replace(record, **changes)


def a_delivery(key: str = "flash:LY-2026-0131-7f3a:1", **changes: Any) -> Delivery:
    delivery = Delivery(
        key=key,
        briefing=Briefing(BriefingKind.FLASH, {"subject": "[FLASH] Libya: Al-Tum crossing seized"}, 1, 1),
        subscriber_id=1,
        channel=Channel.EMAIL,
        target="secret.reader@example.org",
        message_id=f"{key.replace(':', '.')}@example.org",
        created=NOW - timedelta(hours=1),
        expires=NOW + timedelta(hours=5),
        template_version="1",
        state=DeliveryState.SENT,
        sent=NOW - timedelta(minutes=59),
        attempts=1,
    )
    return replace(delivery, **changes)


def an_article(key: str, **changes: Any) -> Article:
    article = Article(
        feed_id="north-wire",
        key=key,
        url=f"https://north-wire.example/{key}",
        title=f"Item {key}",
        text="Text.",
        outlet="north-wire.example",
        fetched=NOW - timedelta(hours=1),
        content_hash=f"hash-{key}",
        published=NOW - timedelta(hours=1),
    )
    return replace(article, **changes)


def store_incidents(store: Store, *incidents: Incident) -> list[Incident]:
    with store.begin() as conn:
        return [insert_incident(conn, incident) for incident in incidents]


def store_feeds(store: Store, *specs: FeedSpec, polls: dict[str, PollRecord] | None = None, at: datetime = NOW) -> None:
    """Configure feeds, and poll those named in `polls`."""
    with store.begin() as conn:
        sync_feeds(conn, specs, at)
        for feed in claim_due(conn, worker="w", now=at, lease=60, limit=100, everything=True):
            if polls and feed.id in polls:
                assert record_poll(conn, feed.id, "w", polls[feed.id], at)


def store_articles(store: Store, articles: dict[str, str], **changes: Any) -> None:
    """Save articles by key, each brought to the state named; an `unsupported` one is in Spanish."""
    with store.begin() as conn:
        save_articles(conn, [an_article(key, **changes) for key in articles], NOW)
        for article in claim_unread(conn, worker="w", now=NOW, lease=60, limit=1000):
            outcome = articles[article.key]
            if outcome in ("read", "unsupported"):
                assert article.id is not None
                mark_article(
                    conn,
                    article.id,
                    revision=article.revision,
                    worker="w",
                    outcome="unsupported" if outcome == "unsupported" else "read",
                    language="es" if outcome == "unsupported" else "en",
                    detections=0,
                    now=NOW,
                )


def store_deliveries(store: Store, *deliveries: Delivery) -> None:
    with store.begin() as conn:
        for delivery in deliveries:
            assert enqueue(conn, delivery)


@dataclass(frozen=True)
class Answer:
    """One answer of the pages."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


class Markup(HTMLParser):
    """A page taken apart: its tags with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.title = ""
        self._within_title = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._within_title = tag == "title"

    def handle_endtag(self, tag: str) -> None:
        self._within_title = False

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._within_title:
            self.title += data

    @property
    def text(self) -> str:
        """The text with its blanks folded."""
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of each tag of this name."""
        return [attributes for name, attributes in self.tags if name == tag]


class Visitor:
    """Asks the pages."""

    def __init__(self, session: aiohttp.ClientSession, port: int) -> None:
        self._session = session
        self.base = f"http://127.0.0.1:{port}"

    async def ask(self, path: str, method: str = "GET", **options: Any) -> Answer:
        async with self._session.request(method, self.base + path, allow_redirects=False, **options) as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.status, headers, await answer.read())

    async def text(self, path: str) -> str:
        """Return the body of an answer that must be 200."""
        answer = await self.ask(path)
        assert answer.status == 200, answer.text
        return answer.text

    async def page(self, path: str) -> Markup:
        """Return a page that must be 200, taken apart."""
        return Markup(await self.text(path))


def pages_for(store: Store, clock: Clock, **changes: Any) -> Pages:
    pages = Pages(
        store=store,
        clock=clock,
        service_name="Risk desk",
        version="9.8.7",
        poll_interval=900.0,
        heartbeat=lambda: NOW - timedelta(seconds=5),
        demonstration=False,
    )
    return replace(pages, **changes)


@asynccontextmanager
async def serving(server: Server) -> AsyncIterator[int]:
    """Run a server; give its port; stop it."""
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    both: list[asyncio.Future[Any]] = [asyncio.create_task(server.serve(port.set_result)), port]
    task = both[0]
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        yield await port
    finally:
        server.stop()
        await task


@asynccontextmanager
async def visiting(pages: Pages) -> AsyncIterator[Visitor]:
    """Serve the pages on a free port and give someone who asks them."""
    async with (
        serving(Server(create_app(pages), host="127.0.0.1", port=0)) as port,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session,
    ):
        yield Visitor(session, port)
