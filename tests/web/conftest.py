"""The pages of an otherwise empty store. On SQLite; `test_databases` tries them on both databases."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from alertsvc.clock import ManualClock
from alertsvc.store import Store
from tests.web.support import Visitor, pages_for, visiting


@pytest.fixture
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh SQLite database with our tables."""
    path = tmp_path / "alertsvc.db"
    shutil.copyfile(request.getfixturevalue("_sqlite_template"), path)
    return f"sqlite:///{path}"


@pytest.fixture
async def visitor(store: Store, clock: ManualClock) -> AsyncIterator[Visitor]:
    """Someone who asks the pages of `store`."""
    async with visiting(pages_for(store, clock)) as found:
        yield found
