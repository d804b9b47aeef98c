"""Fixtures of the store's own tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from alertsvc.store import Store
from tests.postgres import Postgres
from tests.store.samples import trial

__all__: list[str] = []


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def shared_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for all tests that leave nothing behind, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        path: Path = tmp_path_factory.mktemp("shared") / "alertsvc.db"
        with Store.open(f"sqlite:///{path}") as opened:
            yield opened
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as name, Store.open(server.url(name)) as opened:
        yield opened


@pytest.fixture
def conn(shared_store: Store) -> Iterator[Connection]:
    """A write transaction on an empty store, rolled back at the end."""
    with trial(shared_store) as connection:
        yield connection
