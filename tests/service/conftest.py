"""Fixtures of the tests of the service as a whole.

Worker processes load rules and model before their first article, which takes a second. All tests share one loop and one
pool of them; commands that are run in processes of their own have their own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import nullcontext
from pathlib import Path

import pytest
import pytest_asyncio

from alertsvc.worker import WorkerPool
from tests.service.stories import NOON
from tests.service.support import Ticking

__all__: list[str] = []

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def workers() -> AsyncIterator[WorkerPool]:
    """Worker processes that stay."""
    async with WorkerPool(2, memory_mb=2048, max_calls=10_000) as pool:
        yield pool


@pytest.fixture(autouse=True)
def _shared_workers(workers: WorkerPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alertsvc.service.WorkerPool", lambda *_args, **_options: nullcontext(workers))


@pytest.fixture
def clock() -> Ticking:
    """A clock that begins at noon of 1 February 2026, UTC."""
    return Ticking(NOON)
