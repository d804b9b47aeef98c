"""One loop and one pool for the tests of a module: a process for each test is what would take the time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from alertsvc.clock import ManualClock
from alertsvc.collect.bundled import BundledFetcher
from alertsvc.collect.collector import Collector
from alertsvc.collect.fetch import Fetcher
from alertsvc.settings import CollectSettings
from alertsvc.store import Store
from alertsvc.worker import WorkerPool
from tests.collect.polling.support import Make
from tests.feedserver import FeedServer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool() -> AsyncIterator[WorkerPool]:
    async with WorkerPool(2, memory_mb=1024) as pool:
        yield pool


@pytest_asyncio.fixture(loop_scope="module")
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as server:
        yield server


@pytest_asyncio.fixture(loop_scope="module")
async def fetcher(settings: CollectSettings, clock: ManualClock) -> AsyncIterator[Fetcher]:
    async with Fetcher(settings, version="1", contact=None, public_url=None, clock=clock) as fetcher:
        yield fetcher


@pytest.fixture
def make(store: Store, fetcher: Fetcher, pool: WorkerPool, settings: CollectSettings, clock: ManualClock) -> Make:
    def make(worker: str = "w1", **more: Any) -> Collector:
        bundled = BundledFetcher(clock.now(), clock)
        return Collector(store, fetcher, bundled, pool, settings.model_copy(update=more), clock, worker)

    return make
