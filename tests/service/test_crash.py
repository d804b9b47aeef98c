"""Killed between any two steps and started again: nothing is lost, and nothing is sent twice."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alertsvc.service import CycleSummary, Service
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.articles import count_articles
from alertsvc.store.incidents import list_incidents
from alertsvc.store.outbox import list_deliveries, outbox_counts
from tests.feedserver import Answer, FeedServer
from tests.postgres import Postgres
from tests.service.driver import POINTS
from tests.service.stories import AL_TUM, MARKET, NOON, SARIR, feed
from tests.service.support import Ticking, address, copies, feed_entry, held, kinds, plain_smtp, subscriber, tree
from tests.smtpserver import SmtpServer

ROOT = Path(__file__).parents[2]
LEASES = timedelta(minutes=16)  # longer than any
ALL = {
    (f"{name}@example.org", kind): number for name in ("desk", "field") for kind, number in (("flash", 2), ("daily", 1))
}
TWICE = {"first mail taken, not marked", "second mail taken, not marked", "marking the first mail"}
"""Where a mail had left and nobody could know."""


@dataclass(frozen=True)
class State:
    """What is in the store: articles unread and read, deliveries due and sent."""

    unread: int
    read: int = 0
    due: int = 0
    sent: int = 0


Chain = Sequence[tuple[str, State | None]]
"""Points to be killed at, one process after the other, and what each leaves behind."""

COLLECTING: Chain = [
    ("while storing the first feed", State(0)),
    ("between two feeds", None),  # one or two articles, by whichever feed was first
    ("polled, nothing read", State(3)),
    ("detected, nothing filed", State(3)),
]
FILING: Chain = [
    ("filing the first article", State(3)),
    ("filing the second article", State(2, 1, 2)),
    ("filed, no digest written", State(0, 3, 4)),
    ("writing the first digest", State(0, 3, 4)),
    ("digests written, nothing claimed", State(0, 3, 6)),
]
SENDING: Chain = [
    ("claimed, nothing sent", State(0, 3, 6)),
    ("first mail taken, not marked", State(0, 3, 6)),
    ("second mail taken, not marked", State(0, 3, 5, 1)),
    ("marking the first mail", State(0, 3, 5, 1)),
    ("first mail marked", State(0, 3, 4, 2)),
]
BOTH: Chain = [("filing the first article", State(3)), ("second mail taken, not marked", State(0, 3, 5, 1))]


def state(store: Store) -> State:
    with store.read() as conn:
        articles, deliveries = count_articles(conn, demonstration=False), outbox_counts(conn)
    assert articles["unsupported"] == articles["failed"] == deliveries["failed"] == deliveries["cancelled"] == 0
    return State(articles["unread"], articles["read"], deliveries["due"], deliveries["sent"])


def configuration(url: str, folder: Path, web: FeedServer, smtp: SmtpServer) -> dict[str, Any]:
    first, second = AL_TUM.at(NOON - timedelta(hours=3)), SARIR.at(NOON - timedelta(hours=2))  # read in this order
    return tree(
        url,
        folder,
        feeds=[
            feed_entry("a", web.script("/a", Answer(feed(first, MARKET)))),
            feed_entry("b", web.script("/b", Answer(feed(second)))),
        ],
        subscribers=[subscriber("desk"), subscriber("field")],
        hosts=[address(web)],
        smtp=plain_smtp(smtp),
        deliver={"concurrency": 1},  # one mail under way at a time
    )


async def killed(data: dict[str, Any], point: str, now: datetime) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.service.driver",
        point,
        now.isoformat(),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        _, told = await process.communicate(json.dumps(data).encode())
    assert process.returncode == -signal.SIGKILL, told.decode()


async def again(data: dict[str, Any], now: datetime) -> CycleSummary:
    async with Service.open(Settings.model_validate(data), Ticking(now)) as service:
        return await service.cycle()


async def survive(url: str, folder: Path, chain: Chain) -> None:
    """Kill one process after the other, let the last one finish, and see that everyone has everything once."""
    with SmtpServer() as smtp, Store.open(url) as store:
        async with FeedServer() as web:
            data = configuration(url, folder, web, smtp)
            now = NOON
            doubtful: list[bytes] = []
            for point, left in chain:
                await killed(data, point, now)
                assert left is None or state(store) == left, point
                if point == "claimed, nothing sent":  # nobody else sends it before the lease ends
                    early = await again(data, now + timedelta(seconds=100))
                    assert (early.sent.sent, smtp.mails) == (0, [])
                if point in TWICE:
                    doubtful.append(smtp.mails[-1].data)
                now += LEASES
            await again(data, now)
            finished = len(smtp.mails)
            last = await again(data, now + LEASES)
            assert (last.processed.articles, last.digests, last.sent.sent) == (0, 0, 0)
        assert len(smtp.mails) == finished
        sent = copies(smtp.mails)
        assert kinds({mail.data: mail for mail in smtp.mails}.values()) == ALL
        assert state(store) == State(0, 3, 0, 6)
        assert held(store) == {"feeds": 0, "articles": 0, "outbox": 0}
        with store.read() as conn:
            assert {len(incident.reports) for incident in list_incidents(conn, demonstration=False)} == {1}
            identities = {f"<{delivery.message_id}>" for delivery in list_deliveries(conn)}
    assert identities == set(sent)
    assert len(sent) == 6
    again_sent = [found for found in sent.values() if len(found) > 1]
    assert sorted(found[0] for found in again_sent) == sorted(set(doubtful))
    for found in again_sent:
        assert len(found) == 1 + doubtful.count(found[0])
        assert len(set(found)) == 1


@pytest.mark.parametrize("chain", [COLLECTING, FILING, SENDING], ids=["collecting", "filing", "sending"])
async def test_nothing_is_lost_and_nothing_sent_twice(chain: Chain, tmp_path: Path):
    await survive(f"sqlite:///{tmp_path}/alertsvc.db", tmp_path, chain)


async def test_likewise_on_postgresql(postgres: Postgres, tmp_path: Path):
    with postgres.database() as name:
        await survive(postgres.url(name), tmp_path, BOTH)


def test_every_point_is_tried():
    assert {point for chain in (COLLECTING, FILING, SENDING) for point, _ in chain} == set(POINTS)
