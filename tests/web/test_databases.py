"""Every page on both databases: the same data, the same bytes."""

from __future__ import annotations

import asyncio
from pathlib import Path

from alertsvc.clock import ManualClock
from alertsvc.store import Store
from tests.web.showcase import fill
from tests.web.support import NOW, Visitor, pages_for, visiting

PATHS = (
    "/",
    "/feeds",
    "/incidents?phase=open&limit=2",
    "/incidents?demonstration=1",
    "/incidents/LY-2026-0131-7f3a",
    "/incidents.json?limit=3&country=LY",
    "/incidents.geojson",
    "/incidents.atom?class=border_crossing",
    "/readyz",
    "/metrics",
)


async def bodies(store: Store) -> dict[str, str]:
    def normal(visitor: Visitor, text: str) -> str:
        return text.replace(visitor.base, "http://desk")

    async with visiting(pages_for(store, ManualClock(NOW))) as visitor:
        return {path: normal(visitor, await visitor.text(path)) for path in PATHS}


async def test_both_databases_give_the_same(empty_url: str, tmp_path: Path):
    with Store.open(empty_url) as here, Store.open(f"sqlite:///{tmp_path}/other.db") as there:
        for store in (here, there):
            await asyncio.to_thread(fill, store)
        found, expected = await bodies(here), await bodies(there)
    for path in PATHS:
        assert found[path] == expected[path], path
