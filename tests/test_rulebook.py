"""Rules that are edited while the service runs: a real processor, worker processes and store."""

from __future__ import annotations

import gc
import json
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from alertsvc import rulebook
from alertsvc.clock import ManualClock
from alertsvc.collect.items import content_hash
from alertsvc.detect.batch import DetectorConfig
from alertsvc.domain import Article, BacklogPolicy
from alertsvc.errors import DataError
from alertsvc.process import Processor
from alertsvc.rulebook import Rulebook
from alertsvc.service import make_desk
from alertsvc.settings import DetectSettings, Settings
from alertsvc.store import Store
from alertsvc.store.articles import save_articles
from alertsvc.store.feeds import FeedSpec, sync_feeds
from alertsvc.store.problems import Problem, list_problems, record_problem
from alertsvc.worker import WorkerPool

pytestmark = pytest.mark.asyncio(loop_scope="module")

FEED = FeedSpec("a", "https://a.example/", "A", None, None, 900.0, BacklogPolicy.ALERT, False, False, False, False)
SITES = ("Sarir oilfield", "Sharara oilfield", "Messla oilfield", "Waha oilfield", "Zueitina oil terminal")
VETO = {
    "id": "not-oil",
    "why": "Nothing of oil is wanted.",
    "when": {"any": ["<oil>", "OIL_WORD"]},
    "veto": True,
    "scope": "article",
    "examples": {"match": {"en": ["Gunmen seized the Sarir oilfield."]}, "no_match": {"en": ["Gunmen left."]}},
}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def pool() -> AsyncIterator[WorkerPool]:
    async with WorkerPool(1, memory_mb=2048, max_calls=1000) as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/a.db") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    own = tmp_path / "rules"
    (own / "classes").mkdir(parents=True)
    return own


def write(folder: Path, content: dict[str, Any] | str) -> None:
    """Write an overlay, all at once as a careful editor does."""
    path = folder / "classes" / "oil_facility.yaml"
    if isinstance(content, dict):
        plain = json.loads(json.dumps({"class": "oil_facility", "extends": True} | content))  # nothing shared
        content = yaml.safe_dump(plain)
    path.with_suffix(".new").write_text(content, encoding="utf-8")
    path.with_suffix(".new").replace(path)


def problems(store: Store) -> list[Problem]:
    with store.read() as conn:
        return [item for item in list_problems(conn) if item.scope == rulebook.SCOPE]


def put(store: Store, clock: ManualClock, number: int) -> None:
    title = f"Gunmen seize {SITES[number]} in Libya"
    text = f"Gunmen seized the {SITES[number]} on Sunday, the company said.\nThe workers were led away."
    article = Article(
        feed_id="a",
        key=str(number),
        url=None,
        title=title,
        text=text,
        outlet="a.example",
        fetched=clock.now(),
        content_hash=content_hash(title, text),
        published=clock.now(),
        language="en",
    )
    with store.begin() as conn:
        sync_feeds(conn, [FEED], clock.now())
        save_articles(conn, [article], clock.now())


async def test_good_then_broken_then_good(store: Store, folder: Path, pool: WorkerPool, clock: ManualClock):
    settings = Settings.model_validate({"detect": {"rules_dir": str(folder)}})
    processor = Processor(store, pool, make_desk(store, settings), settings, clock, "worker")
    await processor.start()
    reporting = []

    async def read(number: int) -> None:
        put(store, clock, number)
        summary = await processor.run_once()
        assert (summary.read, summary.failed) == (1, 0)
        reporting.append(summary.reporting)

    await read(0)
    write(folder, {"rules": [VETO]})
    await read(1)
    assert problems(store) == []

    write(
        folder, {"rules": [VETO | {"when": {"all": ["SIEZE"]}}, VETO | {"id": "other", "weight": 1}], "remove": ["x"]}
    )
    for _ in range(3):  # told once, however often it is looked at
        await processor.run_once()
    await read(2)
    found = problems(store)
    assert {(item.subject, item.count) for item in found} == {("oil_facility.yaml", 1)}
    assert sorted(item.message.partition(": ")[2] for item in found) == [
        "remove.0: there is no rule 'x' below",
        "rules.not-oil.when.all.0: unknown mark 'SIEZE'",
        "rules.other.veto: give either a weight or veto: true",
    ]
    assert all(item.message.startswith("line ") for item in found)

    write(folder, "class: [")  # broken otherwise: the old faults are none any more
    await read(3)
    assert [(item.subject, item.count) for item in problems(store)] == [("oil_facility.yaml", 1)]

    write(folder, {})
    await read(4)
    assert problems(store) == []
    assert reporting == [1, 0, 0, 0, 1]


async def test_a_broken_set_is_refused_at_the_start_with_every_fault(
    store: Store, folder: Path, pool: WorkerPool, clock: ManualClock
):
    write(folder, {"remove": ["x"], "threshold": 0.5})
    (folder / "lexicon.yaml").write_text("SEIZE: {en: ['a ~']}\n", encoding="utf-8")
    book = Rulebook(DetectSettings(rules_dir=folder), store, pool, clock)
    for attempt in (book.start, book.current):
        with pytest.raises(DataError) as caught:
            await attempt()
        assert caught.value.problems == [
            "lexicon.yaml:1: SEIZE.en: 'a ~': a phrase begins and ends with a word",
            "oil_facility.yaml:4: remove.0: there is no rule 'x' below",
        ]
    assert problems(store) == []
    write(folder, {})
    (folder / "lexicon.yaml").unlink()
    await book.start()


async def test_a_folder_that_is_not_there(store: Store, folder: Path, pool: WorkerPool, clock: ManualClock):
    nowhere = folder / "nowhere"
    book = Rulebook(DetectSettings(rules_dir=nowhere), store, pool, clock)
    with pytest.raises(DataError, match=f"detect.rules_dir: {nowhere}: no such folder"):
        await book.start()


async def test_a_set_that_vanishes_is_a_fault_until_it_is_back(
    store: Store, folder: Path, pool: WorkerPool, clock: ManualClock
):
    write(folder, {"threshold": 0.6})
    book = Rulebook(DetectSettings(rules_dir=folder), store, pool, clock)
    await book.start()
    before = await book.current()
    away = shutil.move(folder, folder.with_name("away"))
    assert await book.current() == before
    assert [(item.subject, item.message) for item in problems(store)] == [
        ("detect.rules_dir", f"{folder}: no such folder")
    ]
    shutil.move(away, folder)
    await book.current()
    assert problems(store) == []


async def test_every_change_of_a_file_that_is_read_is_noticed(
    store: Store, folder: Path, pool: WorkerPool, clock: ManualClock
):
    book = Rulebook(DetectSettings(rules_dir=folder), store, pool, clock)
    await book.start()
    seen = [await book.current()]

    async def changed() -> bool:
        seen.append(await book.current())
        return seen[-1] != seen[-2]

    path = folder / "classes" / "oil_facility.yaml"
    write(folder, {"threshold": 0.6})
    assert await changed()
    status = path.stat()
    write(folder, {"threshold": 0.7})
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))  # same size, same time, another file
    assert await changed()
    path.unlink()
    assert await changed()
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    (folder / "severity.yaml").write_text("x", encoding="utf-8")  # read at the start only
    assert not await changed()
    copies = {config.rules_dir for config in seen if config.rules_dir and config.rules_dir.exists()}
    assert seen[-1].rules_dir in copies
    assert len(copies) <= 3


async def test_the_copy_is_mended_and_goes_with_the_rulebook(
    store: Store, folder: Path, pool: WorkerPool, clock: ManualClock
):
    write(folder, {"threshold": 0.6})
    book = Rulebook(DetectSettings(rules_dir=folder), store, pool, clock)
    await book.start()
    copy = (await book.current()).rules_dir
    assert copy is not None
    assert copy.parent.stat().st_mode & 0o077 == 0
    content = (copy / "classes" / "oil_facility.yaml").read_bytes()
    write(folder, "class: [")
    shutil.rmtree(copy)  # somebody tidied up, and the operator's files are of no use now
    assert (await book.current()).rules_dir == copy
    assert (copy / "classes" / "oil_facility.yaml").read_bytes() == content
    del book
    gc.collect()
    assert not copy.parent.exists()


def crash(config: DetectorConfig) -> None:
    os._exit(9)


async def test_a_worker_that_dies_is_no_verdict_for_good(
    store: Store, folder: Path, pool: WorkerPool, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
):
    book = Rulebook(DetectSettings(rules_dir=folder), store, pool, clock)
    await book.start()
    before = await book.current()
    write(folder, {"threshold": 0.6})
    with monkeypatch.context() as patch:
        patch.setattr(rulebook, "_TRY", "tests.test_rulebook:crash")
        assert await book.current() == before
        (problem,) = problems(store)
        assert "exited with status 9" in problem.message
    clock.advance(timedelta(minutes=4))
    assert await book.current() == before
    clock.advance(timedelta(minutes=2))
    assert await book.current() != before
    assert problems(store) == []


async def test_what_an_earlier_service_recorded_is_forgotten(store: Store, pool: WorkerPool, clock: ManualClock):
    with store.begin() as conn:
        record_problem(conn, "rules", "oil_facility.yaml", "line 3: wrong", clock.now())
        record_problem(conn, "feed", "a", "503", clock.now())
    book = Rulebook(DetectSettings(), store, pool, clock)
    await book.start()
    assert problems(store) == []
    with store.read() as conn:
        assert [item.scope for item in list_problems(conn)] == ["feed"]
    assert (await book.current()).rules_dir is None


async def test_whatever_is_wrong_with_rules_the_last_good_ones_stay(
    store: Store, folder: Path, pool: WorkerPool, clock: ManualClock
):
    settings = Settings.model_validate({"detect": {"rules_dir": str(folder)}})
    processor = Processor(store, pool, make_desk(store, settings), settings, clock, "worker")
    await processor.start()
    write(folder, "class: oil_facility\nextends: true\nrules: &r [*r]\n")
    put(store, clock, 0)
    summary = await processor.run_once()
    assert (summary.read, summary.failed, summary.reporting) == (1, 0, 1)
    (found,) = problems(store)
    assert found.subject == "oil_facility.yaml"
    assert found.message.startswith("line 3: *r: names for parts of a file are not allowed")
