"""What is configured stands in the store after every start, and what was there before stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from alertsvc.domain import Channel, IncidentClass, Subscriber
from alertsvc.errors import SettingsError
from alertsvc.service import Service
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.articles import count_articles
from alertsvc.store.feeds import get_feed, list_feeds
from alertsvc.store.outbox import list_deliveries, outbox_counts
from alertsvc.store.subscribers import add_subscriber, list_subscribers
from alertsvc.sync import demonstration_anchor, demonstration_outlets, synchronise
from tests.feedserver import Answer, FeedServer
from tests.service.stories import AL_TUM, SARIR, feed
from tests.service.support import (
    Ticking,
    address,
    feed_entry,
    kinds,
    make_settings,
    plain_smtp,
    subscriber,
)
from tests.smtpserver import SmtpServer

ONE, TWO = "https://one.example/feed", "https://two.example/feed"


def test_feeds_and_subscribers_follow_the_configuration(store_url: str, clock: Ticking, tmp_path: Path):
    webhook = tmp_path / "webhook"
    webhook.write_text("https://hooks.slack.com/services/T/B/x\n", encoding="utf-8")
    first = make_settings(
        store_url,
        tmp_path,
        feeds=[feed_entry("one", ONE), feed_entry("two", TWO, interval=60, title="Two", language="fr", country="TD")],
        subscribers=[
            subscriber("desk"),
            {"name": "channel", "slack_webhook_file": str(webhook), "classes": ["oil_facility"], "countries": ["LY"]},
        ],
        collect={"interval": 1200},
    )
    second = make_settings(
        store_url,
        tmp_path,
        feeds=[feed_entry("one", ONE, enabled=False)],
        subscribers=[subscriber("desk", email="new@example.org", min_severity=2)],
    )
    with Store.open(store_url, migrate=False) as store:
        synchronise(store, first, clock.now())
        with store.begin() as conn:
            assert {item.id: (item.title, item.interval) for item in list_feeds(conn)} == {
                "one": ("one", 1200.0),
                "two": ("Two", 60.0),
            }
            people = {item.name: item for item in list_subscribers(conn)}
            add_subscriber(conn, Subscriber("guest", Channel.EMAIL, "guest@example.org"), clock.now())
        assert people["channel"].channel is Channel.SLACK
        assert people["channel"].target == "https://hooks.slack.com/services/T/B/x"
        assert people["channel"].classes == (IncidentClass.OIL,)
        synchronise(store, second, clock.now())
        with store.read() as conn:
            assert [(item.id, item.enabled) for item in list_feeds(conn)] == [("one", False)]
            assert get_feed(conn, "two") is not None
            after = {item.name: item for item in list_subscribers(conn)}
        assert set(after) == {"desk", "guest"}
        assert (after["desk"].target, after["desk"].min_severity) == ("new@example.org", 2)
        assert after["desk"].id == people["desk"].id
        synchronise(store, first, clock.now())
        with store.read() as conn:
            assert {item.name: item.id for item in list_subscribers(conn)}["channel"] == people["channel"].id


def test_a_webhook_that_cannot_be_read_changes_nothing(clock: Ticking, tmp_path: Path):
    url = f"sqlite:///{tmp_path}/a.db"
    settings = make_settings(
        url,
        tmp_path,
        feeds=[feed_entry("one", ONE)],
        subscribers=[{"name": "channel", "slack_webhook_file": str(tmp_path / "missing")}],
    )
    with Store.open(url) as store:
        with pytest.raises(SettingsError, match=r"subscribers\.channel\.slack_webhook_file"):
            synchronise(store, settings, clock.now())
        with store.read() as conn:
            assert list_feeds(conn) == []
        assert demonstration_anchor(store) is None


async def test_who_left_gets_nothing_more_and_who_came_gets_what_is_new(clock: Ticking, tmp_path: Path):
    with SmtpServer() as smtp:
        async with FeedServer() as web:
            url = web.script("/a", Answer(feed(AL_TUM)), Answer(feed(AL_TUM, SARIR)))

            def settings(*names: str) -> Settings:
                return make_settings(
                    f"sqlite:///{tmp_path}/a.db",
                    tmp_path,
                    feeds=[feed_entry("a", url)],
                    subscribers=[subscriber(name, kinds=["flash"]) for name in names],
                    hosts=[address(web)],
                    smtp=plain_smtp(smtp),
                )

            async with Service.open(settings("left", "stays"), clock) as service:
                await service.collector.run_once()
                await service.processor.run_once()  # both are to be told, and nobody has been yet
            async with Service.open(settings("stays", "came"), clock) as service:
                await service.cycle(everything=True)
                with service.store.read() as conn:
                    counts = outbox_counts(conn)
                    places = {item.target: str(item.briefing.facts["subject"]) for item in list_deliveries(conn)}
                    assert count_articles(conn, demonstration=False)["read"] == 2
        assert kinds(smtp.mails) == {("stays@example.org", "flash"): 2, ("came@example.org", "flash"): 1}
    assert (counts["sent"], counts["cancelled"]) == (3, 1)
    assert "Sarir" in places["came@example.org"]


def test_outlets_of_the_demonstration_are_invented():
    outlets = demonstration_outlets()
    assert len(outlets) == 5
    assert all(outlet.domain.endswith(".example") for outlet in outlets)
    assert {outlet.owner for outlet in outlets} == {outlet.name for outlet in outlets}
