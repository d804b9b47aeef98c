"""From feeds on a web server to mailboxes and a Slack channel: flash, update and digest, each to whom it concerns."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from alertsvc.service import Service
from alertsvc.store.incidents import list_incidents
from tests.feedserver import Answer, FeedServer
from tests.service.stories import AL_TUM, AL_TUM_AGAIN, AL_TUM_RETAKEN, MANDELIA, MARKET, SARIR, feed
from tests.service.support import (
    LOGIN,
    Ticking,
    address,
    body,
    feed_entry,
    header,
    held,
    kinds,
    make_settings,
    plain_smtp,
    received,
    secure_smtp,
    subscriber,
)
from tests.slackstub import SlackStub
from tests.smtpserver import SmtpServer

SUBSCRIBERS = (
    subscriber("desk"),
    subscriber("oil", classes=["oil_facility"]),
    subscriber("niger", countries=["NE"]),
    subscriber("severe", min_severity=4.5, flash_from=4.5),
    subscriber("morning", kinds=["daily"]),
    subscriber("flashes", kinds=["flash"], classes=["border_crossing"]),
)


async def test_flash_update_and_digest_reach_those_they_concern(store_url: str, clock: Ticking, tmp_path: Path):
    with SmtpServer(security="starttls", login=LOGIN) as smtp, SlackStub() as slack:
        async with FeedServer() as web:
            first = web.script("/a", Answer(feed(AL_TUM, MARKET)), Answer(feed(AL_TUM, AL_TUM_RETAKEN, MARKET)))
            second = web.script("/b", Answer(feed(SARIR, MANDELIA)))
            settings = make_settings(
                store_url,
                tmp_path,
                feeds=[feed_entry("a", first), feed_entry("b", second)],
                subscribers=[
                    *SUBSCRIBERS,
                    subscriber("channel", slack_webhook=slack.webhook("T0KEN"), countries=["NE"]),
                ],
                hosts=[address(web)],
                smtp=secure_smtp(smtp, tmp_path),
                slack={"hosts": [slack.host]},
            )
            async with Service.open(settings, clock) as service:
                begun = await service.cycle()
                assert [line.success for line in begun.polled.lines] == [True, True]
                assert (begun.processed.articles, begun.processed.reporting, begun.processed.failed) == (4, 3, 0)
                assert begun.sent.failed == begun.sent.retried == 0, begun.sent.lines
                assert kinds(smtp.mails) == {
                    ("desk@example.org", "flash"): 3,
                    ("oil@example.org", "flash"): 1,
                    ("niger@example.org", "flash"): 1,
                    ("flashes@example.org", "flash"): 1,
                    **{(f"{name}@example.org", "daily"): 1 for name in ("desk", "oil", "niger", "severe", "morning")},
                }
                told, shown = len(smtp.mails), len(slack.taken)
                assert shown == 2
                clock.advance(timedelta(hours=2))
                moved = await service.cycle()
                assert [line.created for line in moved.processed.filed] == [False]
                assert kinds(smtp.mails[told:]) == {(f"{name}@example.org", "update"): 1 for name in ("desk", "niger")}
                assert len(slack.taken) == shown + 1
                told = len(smtp.mails)
                clock.move_to(clock.now().replace(day=2, hour=7))
                morning = await service.cycle()
                assert morning.digests == 6
                assert kinds(smtp.mails[told:]) == {
                    (f"{name}@example.org", "daily"): 1 for name in ("desk", "oil", "niger", "severe", "morning")
                }
                assert held(service.store) == {"feeds": 0, "articles": 0, "outbox": 0}
                with service.store.read() as conn:
                    incidents = list_incidents(conn, demonstration=False)
        assert {mail.secure for mail in smtp.mails} == {True}
        assert {mail.login for mail in smtp.mails} == {LOGIN[0]}
        assert {mail.sender for mail in smtp.mails} == {"alerts@example.org"}
        mails = smtp.mails

        flash, first_daily, update, second_daily = (mail.message for mail in received(mails, "niger"))
        assert header(flash, "Subject").startswith("[FLASH] Libya-Niger")
        assert "three" in body(flash)
        assert AL_TUM.link in body(flash)
        assert flash["In-Reply-To"] is None
        assert header(update, "In-Reply-To") == header(update, "References") == header(flash, "Message-ID")
        assert AL_TUM_RETAKEN.link in body(update)
        for daily in (first_daily, second_daily):
            assert "Al-Tum" in body(daily)
            assert "Sarir" not in body(daily)
            assert "Mandelia" not in body(daily)

        (oil_flash, *_) = received(mails, "oil")
        assert "Sarir" in header(oil_flash.message, "Subject")
        for mail in received(mails, "oil"):
            assert "Al-Tum" not in body(mail.message)
        for mail in received(mails, "severe"):
            assert "Al-Tum" not in body(mail.message)
            assert "Sarir" not in body(mail.message)
        assert not any(MARKET.title in body(mail.message) for mail in mails)

        told_on_slack = [str(posted.payload) for posted in slack.taken]
        assert ["Al-Tum" in text for text in told_on_slack] == [True] * 4  # flash, digest, update, digest
        assert [AL_TUM_RETAKEN.link in text for text in told_on_slack[:3]] == [False, False, True]
        assert not any("Sarir" in text for text in told_on_slack)
        assert {posted.path for posted in slack.posts} == {"/services/T000/B000/T0KEN"}
        assert sorted(len(incident.reports) for incident in incidents) == [1, 1, 2]


async def test_a_second_outlet_confirms_in_the_same_thread(clock: Ticking, tmp_path: Path):
    with SmtpServer() as smtp:
        async with FeedServer() as web:
            first = web.script("/a", Answer(feed(AL_TUM)))
            second = web.script("/b", Answer(feed()), Answer(feed(AL_TUM_AGAIN)))
            settings = make_settings(
                f"sqlite:///{tmp_path}/a.db",
                tmp_path,
                feeds=[feed_entry("a", first), feed_entry("b", second)],
                subscribers=[subscriber("desk", kinds=["flash", "update"])],
                hosts=[address(web)],
                smtp=plain_smtp(smtp),
            )
            async with Service.open(settings, clock) as service:
                await service.cycle()
                clock.advance(timedelta(hours=1))
                await service.cycle()
        flash, update = (mail.message for mail in smtp.mails)
    assert header(update, "In-Reply-To") == header(flash, "Message-ID")
    assert "Confirmed" in body(update)
    assert AL_TUM_AGAIN.link in body(update)


async def test_what_a_new_feed_brings_along_waits_for_the_digest(clock: Ticking, tmp_path: Path):
    with SmtpServer() as smtp:
        async with FeedServer() as web:
            url = web.script("/a", Answer(feed(SARIR)), Answer(feed(SARIR, AL_TUM)))
            settings = make_settings(
                f"sqlite:///{tmp_path}/a.db",
                tmp_path,
                feeds=[{"id": "a", "url": url}],
                subscribers=[subscriber("desk")],
                hosts=[address(web)],
                smtp=plain_smtp(smtp),
            )
            async with Service.open(settings, clock) as service:
                await service.cycle()
                (digest,) = smtp.mails
                assert "Sarir" in body(digest.message)
                clock.advance(timedelta(hours=1))
                await service.cycle()
        assert kinds(smtp.mails) == {("desk@example.org", "daily"): 1, ("desk@example.org", "flash"): 1}
        assert "Al-Tum" in header(smtp.mails[1].message, "Subject")
