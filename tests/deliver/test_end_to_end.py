"""From a row of the outbox to the recipient's mail program, with real servers in between."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from alertsvc.brief.compose import compose_flash
from alertsvc.brief.render import TEMPLATE_VERSION
from alertsvc.brief.render import render as render_briefing
from alertsvc.clock import ManualClock
from alertsvc.deliver.email.smtp import SmtpTransport
from alertsvc.deliver.files import FileTransport
from alertsvc.deliver.routing import route_update
from alertsvc.deliver.rows import alert_row
from alertsvc.deliver.sender import Sender
from alertsvc.deliver.slack.transport import SlackTransport
from alertsvc.deliver.transport import Transport
from alertsvc.domain import (
    Action,
    Channel,
    Count,
    DeliveryState,
    Detection,
    Incident,
    IncidentClass,
    Place,
    PlaceKind,
    Report,
)
from alertsvc.settings import DeliverSettings, MailSettings, SlackSettings, SmtpSettings
from alertsvc.store import Store, outbox
from tests.deliver.crashing_sender import DEATH, mail_settings
from tests.deliver.support import NOW, a_delivery, a_subscriber, an_incident, an_update, render
from tests.slackstub import SlackStub
from tests.smtpserver import SmtpServer

ROOT = Path(__file__).parents[2]
LOGIN = ("alerts", "correct horse battery")


def an_attack() -> Incident:
    place = Place("Al-Toum", PlaceKind.CROSSING, country="LY-NE", gazetteer_id="x-al-toum", tier=2)
    sentence = "Armed men held the Al-Toum crossing for some hours."
    detection = Detection(
        IncidentClass.BORDER, 0.97, Action.SEIZURE, place, killed=Count(3), sentences=(sentence,), origin="afp.example"
    )
    report = Report(
        1, "afp.example", "Wire", "afp.example", "Post seized", "https://afp.example/1", "en", NOW, NOW, detection, id=1
    )
    return an_incident(place=place, reports=(report,), updates=(an_update(report_id=1),), killed=Count(3))


def enqueue_flash(store: Store, *channels: tuple[Channel, str]) -> None:
    incident = an_attack()
    (update,) = incident.updates
    people = [
        a_subscriber(name=f"s{row}", id=row, channel=channel, target=target)
        for row, (channel, target) in enumerate(channels, 1)
    ]
    routes = route_update(incident, update, people, {}, now=NOW, flash_max_age=48 * 3600.0)
    briefing = compose_flash(incident, update, now=NOW, service="alertsvc")
    with store.begin() as conn:
        for route in routes:
            row = alert_row(
                route,
                incident,
                update,
                briefing,
                now=NOW,
                sender="alerts@example.org",
                settings=DeliverSettings(),
                template_version=TEMPLATE_VERSION,
            )
            assert outbox.enqueue(conn, row)
            assert not outbox.enqueue(conn, row)


async def test_one_flash_by_mail_slack_and_file(store: Store, clock: ManualClock, tmp_path: Path):
    with SmtpServer(security="starttls", login=LOGIN) as server, SlackStub() as stub:
        ca = server.write_authority(tmp_path / "ca.pem")
        smtp: dict[str, Any] = {"host": "localhost", "port": server.port, "ca_file": ca}
        mail = MailSettings(
            sender="alerts@example.org",
            directory=tmp_path / "mail",
            smtp=SmtpSettings(username=LOGIN[0], password=LOGIN[1], **smtp),
        )
        enqueue_flash(
            store,
            (Channel.EMAIL, "desk@example.org"),
            (Channel.SLACK, stub.webhook()),
            (Channel.FILE, "archive@example.org"),
        )
        transports: dict[Channel, Transport] = {
            Channel.EMAIL: SmtpTransport(mail, service="alertsvc", clock=clock),
            Channel.SLACK: SlackTransport(SlackSettings(hosts=(stub.host,))),
            Channel.FILE: FileTransport(mail, service="alertsvc"),
        }
        sender = Sender(store, transports, render_briefing, clock, DeliverSettings(), "one")
        summary = await sender.run_once()
        await sender.close()
        assert (summary.sent, summary.retried, summary.failed) == (3, 0, 0), summary.lines
        (received,) = server.mails
        (posted,) = stub.taken
    (path,) = (tmp_path / "mail").iterdir()
    assert received.secure
    assert received.login == LOGIN[0]
    message = received.message
    assert message["Subject"].startswith("[FLASH] ")
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    for part in (plain.get_content(), html.get_content(), str(posted.payload)):
        assert "Al-Toum" in part
        assert re.search(r"[Tt]hree|3", part)
        assert "https://afp.example/1" in part
    assert path.read_bytes().startswith(b"Date: Sun, 01 Feb 2026 12:00:00 +0000\r\n")
    with store.read() as conn:
        assert {row.state for row in outbox.list_deliveries(conn)} == {DeliveryState.SENT}


def test_killed_between_sending_and_marking_sends_the_same_bytes_again(store: Store, store_url: str):
    with store.begin() as conn:
        assert outbox.enqueue(conn, a_delivery(title="Libya: معبر التوم attacked"))
    with SmtpServer() as server:
        command = [sys.executable, "-m", "tests.deliver.crashing_sender", store_url, str(server.port)]
        done = subprocess.run(command, cwd=ROOT, timeout=60, check=False, capture_output=True)
        assert done.returncode == DEATH, done.stderr
        assert len(server.mails) == 1

        async def send(after: timedelta, worker: str) -> int:
            clock = ManualClock(NOW + after)
            transport = SmtpTransport(mail_settings(server.port), service="alertsvc", clock=clock)
            sender = Sender(store, {Channel.EMAIL: transport}, render, clock, DeliverSettings(), worker)
            try:
                return (await sender.run_once()).sent
            finally:
                await sender.close()

        assert asyncio.run(send(timedelta(seconds=119), "early")) == 0
        assert asyncio.run(send(timedelta(seconds=121), "heir")) == 1
        assert asyncio.run(send(timedelta(hours=1), "late")) == 0
        first, second = server.mails
    assert first.data == second.data
    assert first.message["Message-ID"] == f"<{a_delivery().message_id}>"
