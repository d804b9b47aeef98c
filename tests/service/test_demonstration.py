"""The demonstration: marked wherever it shows, apart from everything real, and gone without a trace."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from alertsvc.domain import Channel, Subscriber
from alertsvc.errors import SettingsError
from alertsvc.service import Service
from alertsvc.store import Store
from alertsvc.store.incidents import list_incidents
from alertsvc.store.outbox import list_deliveries
from alertsvc.store.problems import list_problems, record_problem
from alertsvc.store.schema import metadata
from alertsvc.store.subscribers import add_subscriber
from alertsvc.sync import DEMONSTRATION_READER, remove_demonstration, synchronise
from tests.feedserver import Answer, FeedServer
from tests.service.stories import NOON, SARIR, Story, feed
from tests.service.support import (
    Ticking,
    address,
    body,
    feed_entry,
    header,
    kinds,
    make_settings,
    plain_smtp,
    subscriber,
)
from tests.slackstub import SlackStub
from tests.smtpserver import SmtpServer

ON, OFF = {"enabled": True}, {"enabled": False}
DEBDEB = Story(
    "debdeb",
    "algiers-gazette.example",
    "Armed men seize Debdeb-Ghadames crossing between Algeria and Libya",
    "<p>Armed men seized the Debdeb-Ghadames crossing between Algeria and Libya early on Saturday, and at least two "
    "border guards were killed, the border guard said.</p><p>Lorries were being turned back.</p>",
    NOON - timedelta(hours=19),
)


def files(folder: Path) -> list[EmailMessage]:
    """Return the mails that were written as files, oldest first."""
    paths = sorted((folder / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    messages = [message_from_bytes(path.read_bytes(), policy=default) for path in paths]
    assert all(isinstance(message, EmailMessage) for message in messages)
    return messages


def rows(store: Store) -> dict[str, int]:
    """Return how many rows each table has."""
    with store.read() as conn:
        return {
            name: conn.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def kind(message: EmailMessage) -> str:
    return header(message, "Message-ID").strip("<").partition(".")[0]


async def test_marked_apart_and_never_mailed(clock: Ticking, tmp_path: Path):
    with SmtpServer() as smtp, SlackStub() as slack:
        async with FeedServer() as web:
            settings = make_settings(
                f"sqlite:///{tmp_path}/a.db",
                tmp_path,
                feeds=[feed_entry("real", web.script("/real", Answer(feed(DEBDEB, SARIR))))],
                subscribers=[
                    subscriber("desk"),
                    subscriber("channel", slack_webhook=slack.webhook(), classes=["border_crossing"]),
                ],
                hosts=[address(web)],
                smtp=plain_smtp(smtp),
                slack={"hosts": [slack.host]},
                demonstration=ON,
            )
            async with Service.open(settings, clock) as service:
                done = await service.cycle()
                assert done.sent.failed == done.sent.retried == 0
                assert len(done.polled.lines) == 6
                written, begun = len(files(tmp_path)), clock.now()
                arrived = []
                for minutes in (3, 3):
                    clock.advance(timedelta(minutes=minutes))
                    later = await service.cycle()
                    assert all(line.demonstration for line in later.processed.filed)
                    arrived += [later.polled.new, later.processed.reporting]
                with service.store.read() as conn:
                    real = list_incidents(conn, demonstration=False)
                    invented = list_incidents(conn, demonstration=True)
                    deliveries = list_deliveries(conn, limit=1000)
    # The real ones: filed for themselves although the invented week has the same at the same places and times.
    assert sorted(incident.place.gazetteer_id or "" for incident in real) == sorted(
        {report.detection.place.gazetteer_id or "" for incident in real for report in incident.reports}
    )
    assert [len(incident.reports) for incident in real] == [1, 1]
    assert {report.outlet for incident in real for report in incident.reports} == {DEBDEB.outlet, SARIR.outlet}
    assert {incident.place.gazetteer_id for incident in real} < {incident.place.gazetteer_id for incident in invented}
    assert DEBDEB.outlet not in {report.outlet for incident in invented for report in incident.reports}
    assert all(len(incident.reports) > 1 for incident in invented)

    # Real recipients get real mail only, and that without a mark.
    assert kinds(smtp.mails) == {("desk@example.org", "flash"): 2, ("desk@example.org", "daily"): 1}
    for mail in smtp.mails:
        assert b"DEMO" not in mail.data
        assert "emonstration" not in body(mail.message)
        assert "Maghreb Wire" not in body(mail.message)
    assert len(slack.taken) == 2
    assert "DEMO" not in str([posted.payload for posted in slack.taken])

    # The invented ones: files alone, each marked in the subject and above and below the text.
    messages = files(tmp_path)
    assert {header(message, "To") for message in messages} == {"demonstration@localhost.localdomain"}
    assert {kind(message) for message in messages} == {"flash", "update", "brief", "daily"}
    for message in messages:
        assert header(message, "Subject").removeprefix("Re: ").startswith("[DEMO] ")
        assert body(message).count("*** Demonstration: invented events ***") == 2
        html = message.get_body(("html",))
        assert html is not None
        assert "Demonstration: invented events" in html.get_content()
    (digest,) = [message for message in messages if kind(message) == "daily"]
    assert len([line for line in deliveries if line.briefing.demonstration]) == len(messages)
    for outlet in (DEBDEB.outlet, SARIR.outlet):
        assert all(outlet not in body(message) for message in messages)
    assert "Debdeb" in body(digest)

    # Two entries come while one watches, each at its time, and are filed with what is known; what they move is told in
    # answer to the flash.
    assert arrived == [1, 1, 1, 1]
    for key in ("debdeb-still-shut", "sarir-partial-restart"):
        assert sum((report.url or "").endswith(key) for incident in invented for report in incident.reports) == 1, key
    steps = [update for incident in invented for update in incident.updates if update.material and update.at > begun]
    flashes = {header(message, "Message-ID") for message in messages if kind(message) == "flash"}
    assert len(messages) == written + len(steps)
    for message in messages[written:]:
        assert kind(message) == "update"
        assert header(message, "In-Reply-To") in flashes


@pytest.mark.parametrize("by_command", [True, False])
async def test_gone_without_a_trace(by_command: bool, store_url: str, clock: Ticking, tmp_path: Path):
    def settings(demonstration: dict[str, Any]) -> Any:
        return make_settings(store_url, tmp_path, demonstration=demonstration)

    async with Service.open(settings(OFF), clock) as service:
        await service.cycle()
        bare = rows(service.store)
    async with Service.open(settings(ON), clock) as service:
        await service.cycle()
        with service.store.begin() as conn:
            record_problem(conn, "feed", "demo-maghreb-wire", "made up for this test", clock.now())
        full = rows(service.store)
        assert all(full[name] > bare[name] for name in ("feeds", "articles", "incidents", "outbox", "subscribers"))
        if by_command:
            remove_demonstration(service.store)
            await service.cycle(everything=True)  # the running service goes on without it
    async with Service.open(settings(ON if by_command else OFF), clock) as service:
        done = await service.cycle(everything=True)
        assert done.polled.lines == ()
        assert done.sent.sent == 0
        left = rows(service.store)
        with service.store.read() as conn:
            assert list_problems(conn) == []
    # A lock is a name that was once used; and that the demonstration was removed has to be kept.
    ignored = {"locks", "meta"}
    assert {name: number for name, number in left.items() if name not in ignored} == {
        name: number for name, number in bare.items() if name not in ignored
    }
    # The version of the keys that incidents are found by stays, once there has been an incident.
    assert left["meta"] == bare["meta"] + 1 + by_command


async def test_switched_off_and_on_again_it_comes_anew(clock: Ticking, tmp_path: Path):
    url = f"sqlite:///{tmp_path}/a.db"
    with Store.open(url) as store:
        synchronise(store, make_settings(url, tmp_path, demonstration=ON), clock.now())
        first = rows(store)
        remove_demonstration(store)
        synchronise(store, make_settings(url, tmp_path, demonstration=ON), clock.now())
        assert rows(store)["feeds"] == 0
        synchronise(store, make_settings(url, tmp_path, demonstration=OFF), clock.now())
        synchronise(store, make_settings(url, tmp_path, demonstration=ON), clock.now())
        assert rows(store) == first


def test_nothing_real_may_bear_its_names(clock: Ticking, tmp_path: Path):
    url = f"sqlite:///{tmp_path}/a.db"
    clashing = make_settings(
        url,
        tmp_path,
        feeds=[feed_entry("demo-maghreb-wire", "https://wire.example/feed")],
        subscribers=[subscriber(DEMONSTRATION_READER)],
        demonstration=ON,
    )
    with Store.open(url) as store:
        with pytest.raises(SettingsError) as caught:
            synchronise(store, clashing, clock.now())
        assert [problem.partition(":")[0] for problem in caught.value.problems] == ["feeds.id", "subscribers.name"]
        assert rows(store)["feeds"] == rows(store)["subscribers"] == rows(store)["meta"] == 0
        with store.begin() as conn:
            real = Subscriber(DEMONSTRATION_READER, Channel.EMAIL, "desk@example.org")
            add_subscriber(conn, real, clock.now())
        with pytest.raises(SettingsError, match="demonstration's own reader"):
            synchronise(store, make_settings(url, tmp_path, demonstration=ON), clock.now())
        synchronise(store, make_settings(url, tmp_path, demonstration=OFF), clock.now())
