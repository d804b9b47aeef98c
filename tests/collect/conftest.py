"""A server to ask, and what asks it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from alertsvc.clock import ManualClock
from alertsvc.collect.fetch import Fetcher
from alertsvc.settings import CollectSettings
from alertsvc.worker import WorkerPool
from tests.feedserver import FeedServer


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as server:
        yield server


@pytest.fixture
def settings() -> CollectSettings:
    return CollectSettings(
        timeout=5.0, parse_timeout=10.0, host_gap=0.001, allow_hosts=("127.0.0.1",), full_text=False, max_redirects=3
    )


@pytest.fixture
async def fetcher(settings: CollectSettings, clock: ManualClock) -> AsyncIterator[Fetcher]:
    async with Fetcher(
        settings, version="1.2.3", contact="desk@example.org", public_url="https://alerts.example.org", clock=clock
    ) as fetcher:
        yield fetcher


@pytest.fixture
async def pool() -> AsyncIterator[WorkerPool]:
    async with WorkerPool(1, memory_mb=1024) as pool:
        yield pool
