"""Saved articles through the whole service on a simulated clock, mail included."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from alertsvc.domain import Incident
from alertsvc.errors import DataError
from alertsvc.replay import ReplayResult, replay_files
from alertsvc.resources import data_dir
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.incidents import list_incidents
from tests.service.stories import MARKET, SARIR, Story, feed
from tests.service.support import (
    LOGIN,
    body,
    header,
    kind_of,
    make_settings,
    plain_smtp,
    received,
    secure_smtp,
    subscriber,
)
from tests.smtpserver import SmtpServer

FOUNDING = data_dir("seeds") / "founding.jsonl"


def record(story: Story, published: str | None = None, **changes: Any) -> str:
    text = story.text.replace("<p>", "").replace("</p>", "\n\n")
    return json.dumps(
        {"id": story.key, "title": story.title, "text": text, "published": published, "url": story.link} | changes
    )


async def replay(settings: Settings, *files: Path, keep: Path | None = None) -> ReplayResult:
    return await replay_files(files, settings, keep, lambda *_: None)


def incidents_of(path: Path) -> list[Incident]:
    with Store.open(f"sqlite:///{path}") as store, store.read() as conn:
        return list_incidents(conn, demonstration=None)


def when(mail: Any) -> datetime:
    value: datetime = mail.message["Date"].datetime
    return value


async def test_the_founding_articles(tmp_path: Path):
    with SmtpServer(security="starttls", login=LOGIN) as smtp:
        settings = make_settings(
            f"sqlite:///{tmp_path}/live.db",
            tmp_path,
            subscribers=[subscriber("desk"), subscriber("tunis", countries=["TN"], timezone="Africa/Tunis")],
            smtp=secure_smtp(smtp, tmp_path),
        )
        result = await replay(settings, FOUNDING, keep=tmp_path / "kept.db")
        assert (result.articles, result.failed, result.retried, result.problems) == (5, 0, 0, [])
        mails = received(smtp.mails, "desk")
        tunis = received(smtp.mails, "tunis")
    assert not (tmp_path / "live.db").exists()
    assert result.sent == len(mails) + len(tunis)

    incidents = {incident.place.country: incident for incident in incidents_of(tmp_path / "kept.db")}
    sites = {incident.place.name for incident in incidents.values()}
    assert len(incidents_of(tmp_path / "kept.db")) == 5
    al_tum = incidents["LY-NE"]
    assert len(al_tum.reports) == 2
    assert len({report.outlet for report in al_tum.reports}) == 2
    assert {incident.place.country for incident in incidents.values()} == {"LY-TN", "LY", "DZ-LY", "LY-NE"}

    # Five flashes and one update, each dated as its article, the update in the thread of its flash.
    alerts = [mail for mail in mails if kind_of(mail) != "daily"]
    assert [kind_of(mail) for mail in alerts] == ["flash"] * 5 + ["update"]
    assert [when(mail).date() for mail in alerts] == [
        date(2014, 12, 14),
        date(2014, 12, 14),
        date(2019, 4, 5),
        date(2021, 6, 19),
        date(2026, 2, 1),
        date(2026, 2, 4),
    ]
    *_, flash, update = alerts
    assert header(update.message, "In-Reply-To") == header(flash.message, "Message-ID")
    for mail in (flash, update):
        assert "Al-Tum" in header(mail.message, "Subject")
    assert "three" in body(update.message)

    # One digest for each day on which something happened, at seven the morning after, and nobody is told twice.
    for mine, hour in ((mails, 7), (tunis, 6)):
        digests = [mail for mail in mine if kind_of(mail) == "daily"]
        assert [(when(mail).date(), when(mail).hour) for mail in digests] == [
            (date(2014, 12, 15), hour),
            (date(2019, 4, 6), hour),
            (date(2021, 6, 20), hour),
            (date(2026, 2, 2), hour),
            (date(2026, 2, 5), hour),
        ]
    counts = [body(mail.message) for mail in mails if kind_of(mail) == "daily"]
    assert "2 incidents" in counts[0]
    assert all("1 incident," in told for told in counts[1:])
    assert [kind_of(mail) for mail in tunis].count("flash") == 1
    assert "Ras Ajdir" in header(tunis[0].message, "Subject")
    assert all("no incident recorded" in body(mail.message) for mail in tunis[2:])

    # What only stands beside the news in these pages is no news of any mail.
    for mail in (*mails, *tunis):
        told = header(mail.message, "Subject") + body(mail.message)
        for word in ("Ghannouchi", "Tunis,", "yclone", "Zawiya", "Zawiyah"):
            assert word not in told
    assert not sites & {"Tunis", "Zawiya", "Az Zawiyah"}


async def test_an_article_without_a_date_gets_none(tmp_path: Path):
    path = tmp_path / "mixed.jsonl"
    path.write_text(f"{record(SARIR)}\n{record(MARKET, '2024-05-06')}\n", encoding="utf-8")
    with SmtpServer() as smtp:
        settings = make_settings(
            "sqlite:///nowhere.db", tmp_path, subscribers=[subscriber("desk")], smtp=plain_smtp(smtp)
        )
        result = await replay(settings, path, keep=tmp_path / "kept.db")
        flash, _ = smtp.mails
    assert [item.created for item in result.filed] == [True]
    (incident,) = incidents_of(tmp_path / "kept.db")
    assert incident.event_date is None
    (report,) = incident.reports
    assert (report.published, report.detection.event_date) == (None, None)
    assert "May" not in header(flash.message, "Subject")
    assert "on 6 May" not in body(flash.message)


async def test_feeds_and_records_with_faults(tmp_path: Path):
    (tmp_path / "feed.xml").write_bytes(feed(SARIR, MARKET))
    (tmp_path / "some.jsonl").write_text("[1, 2]\n{}\n\nnot JSON\n" + record(MARKET, id="m2") + "\n", encoding="utf-8")
    settings = make_settings("sqlite:///nowhere.db", tmp_path, subscribers=[subscriber("desk")])
    result = await replay(settings, tmp_path / "some.jsonl", tmp_path / "feed.xml")
    assert result.articles == 3
    assert [problem.partition(": ")[0] for problem in result.problems] == [f"some.jsonl:{line}" for line in (1, 2, 4)]
    assert len(list((tmp_path / "mail").glob("*.eml"))) == result.sent == 2
    with pytest.raises(DataError, match="missing"):
        await replay(settings, tmp_path / "missing.jsonl")


async def test_a_server_in_trouble(tmp_path: Path):
    path = tmp_path / "some.jsonl"
    path.write_text(record(SARIR, "2026-02-01"), encoding="utf-8")
    with SmtpServer() as smtp:
        smtp.answer("MAIL", "450 4.3.0 later")
        settings = make_settings(
            "sqlite:///nowhere.db", tmp_path, subscribers=[subscriber("desk")], smtp=plain_smtp(smtp)
        )
        result = await replay(settings, path)
        assert (result.sent, result.failed, result.problems) == (2, 0, [])
        assert [kind_of(mail) for mail in smtp.mails] == ["flash", "daily"]
        smtp.answer("MAIL", *["450 4.3.0 later"] * 50)
        result = await replay(settings, path)
    assert (result.sent, result.failed) == (0, 2)
    assert result.problems == ["deliveries that nobody took in time: 2"]


async def test_a_night_does_not_move_the_articles_behind_it(tmp_path: Path):
    path = tmp_path / "night.jsonl"
    evening, night = "2026-02-01T23:00:00Z", "2026-02-02T01:00:00Z"
    other = record(SARIR, night, id="second", url="https://second-paper.example/1", title=SARIR.title + " again")
    path.write_text(f"{record(SARIR, evening)}\n{other}\n", encoding="utf-8")
    settings = make_settings("sqlite:///nowhere.db", tmp_path, subscribers=[subscriber("desk")])
    await replay(settings, path, keep=tmp_path / "kept.db")
    (incident,) = incidents_of(tmp_path / "kept.db")
    assert [report.fetched.hour for report in incident.reports] == [23, 1]
    (digest,) = [path for path in (tmp_path / "mail").glob("*.eml") if "-daily-" in path.name]
    assert digest.name.startswith("20260202T070000Z")
