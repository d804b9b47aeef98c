"""A replay sends real mail, and respects who left."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from alertsvc.errors import StoreError
from alertsvc.replay import replay_files
from alertsvc.resources import data_dir
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.consent import unsubscribe
from alertsvc.store.subscribers import edit_subscriber, list_subscribers
from alertsvc.sync import synchronise
from tests.service.support import make_settings, plain_smtp, received, subscriber
from tests.smtpserver import SmtpServer
from tests.web.support import NOW

FOUNDING = data_dir("seeds") / "founding.jsonl"
NAMES = ("stays", "left", "paused", "moved")


def settings_for(folder: Path, server: SmtpServer) -> Settings:
    people = [subscriber(name) for name in NAMES]
    made = make_settings(f"sqlite:///{folder}/live.db", folder, subscribers=people, smtp=plain_smtp(server))
    service = made.service.model_copy(update={"public_url": "https://alerts.example.org"})
    return made.model_copy(update={"service": service})


async def test_who_left_is_sent_nothing_by_a_replay(tmp_path: Path):
    with SmtpServer() as server:
        settings = settings_for(tmp_path, server)
        with Store.open(settings.store.url) as store:
            synchronise(store, settings, NOW)
            with store.begin() as conn:
                rows = {item.name: item.id or 0 for item in list_subscribers(conn)}
                unsubscribe(conn, rows["left"], NOW, None)
                unsubscribe(conn, rows["moved"], NOW, None)
                edit_subscriber(conn, "paused", {"state": "paused"}, NOW)
                # Who had that name before, at another address.
                conn.execute(text("UPDATE subscribers SET target = 'other@example.org' WHERE name = 'moved'"))
        await replay_files([FOUNDING], settings, None, lambda *_: None)
        assert {name for name in NAMES if received(server.mails, name)} == {"stays", "moved"}
        for mail in server.mails:
            assert mail.message["List-Unsubscribe"].startswith("<mailto:")
            assert b"alerts.example.org/" not in mail.data


async def test_a_database_that_cannot_say_who_left_stops_it(tmp_path: Path):
    with SmtpServer() as server:
        settings = settings_for(tmp_path, server)
        with Store.open(settings.store.url) as store, store.begin() as conn:
            conn.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        with pytest.raises(StoreError, match="older than"):
            await replay_files([FOUNDING], settings, None, lambda *_: None)
        assert server.mails == []
