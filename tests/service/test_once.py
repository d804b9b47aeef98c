"""Nothing is read, filed or sent twice: by one service again and again, or by two at the same time."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alertsvc.collect.summary import FeedLine
from alertsvc.domain import Article, DeliveryState
from alertsvc.errors import StoreError
from alertsvc.service import Service
from alertsvc.store import Store
from alertsvc.store.articles import count_articles
from alertsvc.store.incidents import list_incidents
from alertsvc.store.outbox import list_deliveries
from tests.feedserver import Answer, FeedServer
from tests.postgres import Postgres
from tests.service.stories import AL_TUM, AL_TUM_AGAIN, MANDELIA, MARKET, SARIR, Story, feed
from tests.service.support import (
    Ticking,
    address,
    copies,
    feed_entry,
    held,
    kinds,
    make_settings,
    plain_smtp,
    subscriber,
)
from tests.smtpserver import SmtpServer


async def test_a_second_run_sends_nothing(store_url: str, clock: Ticking, tmp_path: Path):
    with SmtpServer() as smtp:
        async with FeedServer() as web:
            settings = make_settings(
                store_url,
                tmp_path,
                feeds=[
                    feed_entry("a", web.script("/a", Answer(feed(AL_TUM, MARKET), headers={"ETag": '"1"'}))),
                    feed_entry("b", web.script("/b", Answer(feed(SARIR)))),
                ],
                subscribers=[subscriber("desk")],
                hosts=[address(web)],
                smtp=plain_smtp(smtp),
            )
            async with Service.open(settings, clock) as service:
                await service.cycle(everything=True)
                first = kinds(smtp.mails)
                again = await service.cycle(everything=True)
                assert {line.outcome for line in again.polled.lines} == {"not_modified", "unchanged"}
            async with Service.open(settings, clock) as service:
                clock.advance(timedelta(hours=3))
                later = await service.cycle()
                assert len(later.polled.lines) == 2
                with service.store.read() as conn:
                    assert count_articles(conn, demonstration=False)["read"] == 3
        assert first == kinds(smtp.mails)
        assert first == {("desk@example.org", "flash"): 2, ("desk@example.org", "daily"): 1}
        assert (later.processed.articles, later.processed.planned, later.digests, later.sent.sent) == (0, 0, 0, 0)


async def test_an_edited_article_is_the_same_incident_and_no_second_flash(clock: Ticking, tmp_path: Path):
    longer = replace(AL_TUM, text=AL_TUM.text + "<p>Fuel prices in the south went up on Sunday.</p>")
    with SmtpServer() as smtp:
        async with FeedServer() as web:
            url = web.script("/a", Answer(feed(AL_TUM)), Answer(feed(longer)))
            settings = make_settings(
                f"sqlite:///{tmp_path}/a.db",
                tmp_path,
                feeds=[feed_entry("a", url)],
                subscribers=[subscriber("desk", kinds=["flash", "update"])],
                hosts=[address(web)],
                smtp=plain_smtp(smtp),
            )
            async with Service.open(settings, clock) as service:
                await service.cycle()
                clock.advance(timedelta(hours=1))
                edited = await service.cycle()
                assert [(line.new, line.edited) for line in edited.polled.lines] == [(0, 1)]
                with service.store.read() as conn:
                    (incident,) = list_incidents(conn, demonstration=False)
        assert len(incident.reports) == 1
        assert kinds(smtp.mails) == {("desk@example.org", "flash"): 1}


def crowd() -> dict[str, list[Story]]:
    """Return eight feeds with four entries each: two incidents told by all, one by two, and chatter."""
    found: dict[str, list[Story]] = {}
    for number in range(8):
        told = [AL_TUM if number % 2 else AL_TUM_AGAIN, SARIR, MARKET, MANDELIA if number in (2, 5) else MARKET]
        found[f"feed{number}"] = [
            replace(story, key=f"{story.key}-{number}-{place}", outlet=f"paper{number}.example")
            for place, story in enumerate(told)
        ]
    return found


async def test_two_services_on_one_database_share_the_work(postgres: Postgres, clock: Ticking, tmp_path: Path):
    with SmtpServer() as smtp, postgres.database() as name:
        async with FeedServer() as web, AsyncExitStack() as stack:
            settings = make_settings(
                postgres.url(name),
                tmp_path,
                feeds=[
                    feed_entry(feed_id, web.script(f"/{feed_id}", Answer(feed(*stories))))
                    for feed_id, stories in crowd().items()
                ],
                subscribers=[subscriber(f"s{number}") for number in range(4)],
                hosts=[address(web)],
                smtp=plain_smtp(smtp),
                collect={"concurrency": 1},  # so that neither takes every feed at once
            )
            services = [await stack.enter_async_context(Service.open(settings, clock)) for _ in range(2)]
            polled: Counter[str] = Counter()
            read: Counter[int | None] = Counter()

            def told(line: FeedLine) -> None:
                assert line.success, line
                polled[line.feed_id] += 1

            def seen(article: Article) -> None:
                read[article.id] += 1

            done = await asyncio.gather(*(service.cycle(polled=told, read=seen) for service in services))
            # What one stored after the other had looked is still to be read, as it would be at the next tick.
            rest = await asyncio.gather(*(service.cycle(polled=told, read=seen) for service in services))
            store = services[0].store
            with store.read() as conn:
                assert count_articles(conn, demonstration=False) | {"read": 32} == {
                    "unread": 0, "read": 32, "unsupported": 0, "failed": 0, "ignored": 0,
                }  # fmt: skip
                incidents = list_incidents(conn, demonstration=False)
                deliveries = list_deliveries(conn, limit=1000)
            assert held(store) == {"feeds": 0, "articles": 0, "outbox": 0}
    assert polled == dict.fromkeys(crowd(), 1)
    assert len(read) == 32
    assert set(read.values()) == {1}
    assert sum(item.processed.articles for item in (*done, *rest)) == 32
    reported = Counter(report.article_id for incident in incidents for report in incident.reports)
    assert sorted(len(incident.reports) for incident in incidents) == [2, 8, 8]
    assert set(reported.values()) == {1}
    assert {delivery.state for delivery in deliveries} == {DeliveryState.SENT}
    sent = copies(smtp.mails)
    assert {len(found) for found in sent.values()} == {1}
    assert sorted(sent) == sorted(f"<{delivery.message_id}>" for delivery in deliveries)
    assert {number for (_, kind), number in kinds(smtp.mails).items() if kind == "flash"} == {3}
    assert {number for (_, kind), number in kinds(smtp.mails).items() if kind == "daily"} == {1}


async def test_a_second_service_on_one_file_is_refused_but_a_command_is_not(tmp_path: Path, clock: Ticking):
    with SmtpServer() as smtp:
        async with FeedServer() as web:
            settings = make_settings(
                f"sqlite:///{tmp_path}/one.db",
                tmp_path,
                feeds=[feed_entry("a", web.script("/a", Answer(feed(AL_TUM))))],
                subscribers=[subscriber("desk")],
                hosts=[address(web)],
                smtp=plain_smtp(smtp),
            )
            async with Service.open(settings, clock) as service:
                with pytest.raises(StoreError, match="in use by another service"):
                    async with Service.open(settings, clock):
                        pass
                async with Service.open(settings, clock, alone=False) as command:
                    await asyncio.gather(service.cycle(), command.cycle())
                    await asyncio.gather(service.cycle(), command.cycle())
            with Store.open(settings.store.url) as store, store.read() as conn:
                assert len(list_incidents(conn, demonstration=False)) == 1
        assert kinds(smtp.mails) == {("desk@example.org", "flash"): 1, ("desk@example.org", "daily"): 1}
