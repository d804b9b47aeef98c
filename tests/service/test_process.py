"""From unread articles to filed incidents: what cannot be read, what changes meanwhile, and what is in the way."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from alertsvc import process
from alertsvc.collect.items import content_hash
from alertsvc.domain import Article, BacklogPolicy
from alertsvc.errors import DataError
from alertsvc.process import Processor
from alertsvc.resources import data_dir
from alertsvc.service import Service
from alertsvc.store import Store
from alertsvc.store.articles import article_state, count_articles, save_articles
from alertsvc.store.feeds import FeedSpec, sync_feeds
from alertsvc.store.incidents import list_incidents
from alertsvc.store.outbox import list_deliveries
from alertsvc.store.problems import counts, list_problems
from tests.service.stories import AL_TUM, MARKET, NOON, SARIR, Story
from tests.service.support import Ticking, held, make_settings, subscriber

FEED = FeedSpec("a", "https://a.example/", "A", None, None, 900.0, BacklogPolicy.ALERT, False, False, False, False)


def article(story: Story, **changes: Any) -> Article:
    text = story.text.replace("<p>", "").replace("</p>", "\n\n")
    made = Article(
        feed_id="a",
        key=story.key,
        url=story.link,
        title=story.title,
        text=text,
        outlet=story.outlet,
        fetched=NOON,
        content_hash=content_hash(story.title, text),
        published=story.published,
    )
    return replace(made, **changes)


def put(store: Store, *articles: Article) -> list[int]:
    with store.begin() as conn:
        sync_feeds(conn, [FEED], NOON)
        saved = save_articles(conn, articles, NOON)
    return [item.id for item in (*saved.new, *saved.edited) if item.id is not None]


async def test_an_article_that_brings_its_reader_down(clock: Ticking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(process, "_DETECT", "tests.service.faulty:detect_batch")
    poison = article(MARKET, key="poison", title="KILL the reader", published=NOON)
    settings = make_settings(f"sqlite:///{tmp_path}/a.db", tmp_path)
    async with Service.open(settings, clock) as service:
        _, bad, _ = put(service.store, article(AL_TUM), poison, article(SARIR))
        summary = await service.processor.run_once()
        with service.store.read() as conn:
            state = article_state(conn, bad)
            (problem,) = list_problems(conn)
            assert len(list_incidents(conn, demonstration=False)) == 2
            assert count_articles(conn, demonstration=False)["read"] == 2
        assert held(service.store)["articles"] == 0
        assert (await service.processor.run_once()).articles == 0
    assert (summary.read, summary.reporting, summary.failed, summary.articles) == (2, 2, 1, 3)
    assert state is not None
    assert (state.state, state.tries) == ("failed", 3)
    assert (problem.scope, problem.subject, problem.count) == ("article", "a: KILL the reader", 3)
    assert "exited with status 7" in problem.message


async def test_rules_that_cannot_be_used_cost_no_article_a_try(clock: Ticking, tmp_path: Path):
    rules = tmp_path / "rules"
    (rules / "classes").mkdir(parents=True)
    broken = rules / "classes" / "border_crossing.yaml"
    broken.write_text("class: [", encoding="utf-8")
    url = f"sqlite:///{tmp_path}/a.db"
    settings = make_settings(url, tmp_path, detect={"rules_dir": str(rules)})
    with Store.open(url) as store:
        (row,) = put(store, article(AL_TUM))
        for _ in range(4):
            with pytest.raises(DataError, match=r"border_crossing\.yaml:1: "):
                async with Service.open(settings, clock):
                    pass
        with store.read() as conn:
            state = article_state(conn, row)
        assert state is not None
        assert (state.state, state.tries) == ("unread", 0)
        assert held(store)["articles"] == 0
    shutil.copyfile(data_dir("rules") / "classes" / "border_crossing.yaml", broken)
    async with Service.open(settings, clock) as service:
        summary = await service.processor.run_once()
    assert (summary.read, summary.reporting) == (1, 1)


async def test_an_edit_while_it_is_read_is_read_too_and_filed_once(
    store_url: str, clock: Ticking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    original = Processor._detect
    settings = make_settings(store_url, tmp_path, subscribers=[subscriber("desk")])
    async with Service.open(settings, clock) as service:
        graver = replace(
            AL_TUM,
            **{name: getattr(AL_TUM, name).replace("three soldiers", "five soldiers") for name in ("title", "text")},
        )

        async def detect(self: Processor, batch: Sequence[Article]) -> Any:
            found = await original(self, batch)
            put(service.store, article(graver))
            return found

        monkeypatch.setattr(Processor, "_detect", detect)
        (row,) = put(service.store, article(AL_TUM))
        summary = await service.processor.run_once()
        with service.store.read() as conn:
            state = article_state(conn, row)
            (incident,) = list_incidents(conn, demonstration=False)
            (flash,) = list_deliveries(conn)
    assert (summary.read, len(summary.filed), summary.planned) == (1, 1, 1)
    assert state is not None
    assert (state.state, state.revision) == ("read", 2)
    assert [report.article_id for report in incident.reports] == [row]
    assert incident.killed is not None
    assert incident.killed.low == 5
    assert flash.briefing.incident_id == incident.id


async def test_an_edit_that_takes_its_news_back_is_corrected(clock: Ticking, tmp_path: Path):
    settings = make_settings(f"sqlite:///{tmp_path}/a.db", tmp_path, subscribers=[subscriber("desk", kinds=["flash"])])
    async with Service.open(settings, clock) as service:
        put(service.store, article(AL_TUM))
        await service.processor.run_once()
        await service.sender.run_once()
        put(service.store, article(AL_TUM, title=MARKET.title, text=MARKET.text, content_hash="other"))
        summary = await service.processor.run_once()
        with service.store.read() as conn:
            sent = list_deliveries(conn)
    assert summary.planned == 1
    correction, flash = sent
    assert (flash.briefing.kind, correction.briefing.kind) == ("flash", "update")
    assert correction.in_reply_to == flash.message_id


async def test_other_languages_are_counted(clock: Ticking, tmp_path: Path):
    text = "Combatientes armados tomaron el sábado el paso fronterizo entre Libia y Níger, dijo el ejército. " * 3
    settings = make_settings(f"sqlite:///{tmp_path}/a.db", tmp_path)
    async with Service.open(settings, clock) as service:
        real = article(MARKET, title="Hombres armados toman un paso", text=text, content_hash="es")
        put(service.store, real, replace(real, key="invented", demonstration=True))
        summary = await service.processor.run_once()
        with service.store.read() as conn:
            assert counts(conn, since_day=NOON.date()) == {"language.es": 1}
            assert count_articles(conn, demonstration=False)["unsupported"] == 1
    assert summary.unsupported == {"es": 2}
