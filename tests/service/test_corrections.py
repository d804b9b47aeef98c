"""What was alerted and does not hold is taken back from everyone who had it: through a real mail server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from alertsvc.brief.render import render
from alertsvc.clock import ManualClock
from alertsvc.deliver.sender import Sender
from alertsvc.digest import Digester
from alertsvc.domain import Action, Article, DeliveryState, Detection, Incident
from alertsvc.offline import saved_feed
from alertsvc.process import plan_alerts
from alertsvc.ruling import rule
from alertsvc.service import make_desk, make_transports
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.articles import list_articles, save_articles
from alertsvc.store.feeds import sync_feeds
from alertsvc.store.incidents import get_incident
from alertsvc.store.outbox import list_deliveries
from alertsvc.store.subscribers import remove_subscriber
from alertsvc.sync import synchronise
from alertsvc.track.desk import Desk
from tests.service.support import body, header, make_settings, plain_smtp, received, subscriber
from tests.smtpserver import Mail, SmtpServer
from tests.track.stories import AL_TUM, DAY0, NOON, SALVADOR, prose, told
from tests.track.test_desk import item

MINUTE = timedelta(minutes=1)


class Bench:
    """A store, a desk and a sender on one clock."""

    def __init__(self, settings: Settings, store: Store, clock: ManualClock, smtp: SmtpServer) -> None:
        self.settings, self.store, self.clock, self.smtp = settings, store, clock, smtp
        self.desk: Desk = make_desk(store, settings)

    def file(self, article: Article, *found: Detection) -> Incident:
        """File an article as the service does and return the first incident that it touched."""
        now = self.clock.advance(MINUTE)
        with self.store.begin() as conn:
            save_articles(conn, [replace(article, feed_id="saved")], now)
            stored = next(known for known in list_articles(conn) if known.key == article.key)
            filed = self.desk.file(conn, stored, found, now)
            for one in filed:
                plan_alerts(conn, one, self.settings, now)
        return filed[0].incident

    def withdraw(self, incident: Incident, why: str) -> None:
        now = self.clock.advance(MINUTE)
        rule(self.store, self.settings, now, lambda by, conn: by.withdraw(conn, incident.public_id, why, now))

    async def digest(self) -> None:
        """Write and send the digests that are due."""
        self.clock.advance(MINUTE)
        assert Digester(self.store, self.settings, self.clock).run_once()
        await self.send()

    async def send(self) -> None:
        self.clock.advance(MINUTE)
        transports = make_transports(self.settings, self.clock)
        sender = Sender(self.store, transports, render, self.clock, self.settings.deliver, "w")
        summary = await sender.run_once()
        await sender.close()
        assert (summary.failed, summary.retried) == (0, 0)

    def mails(self, name: str) -> list[Mail]:
        return received(self.smtp.mails, name)

    def states(self) -> list[DeliveryState]:
        with self.store.read() as conn:
            return [delivery.state for delivery in reversed(list_deliveries(conn))]

    def article_of(self, incident: Incident, outlet: str) -> int:
        return next(report.article_id for report in incident.reports if report.outlet == outlet)


@contextmanager
def bench(folder: Path) -> Iterator[Bench]:
    with SmtpServer() as smtp:
        settings = make_settings(
            f"sqlite:///{folder}/a.db",
            folder,
            smtp=plain_smtp(smtp),
            subscribers=[
                subscriber("desk", kinds=["flash", "update", "brief", "daily"]),
                subscriber("flashes", kinds=["flash"]),
                subscriber("daily", kinds=["daily"]),
            ],
        )
        clock = ManualClock(NOON)
        with Store.open(settings.store.url) as store:
            synchronise(store, settings, NOON)
            with store.begin() as conn:
                sync_feeds(conn, [saved_feed()], NOON)
            yield Bench(settings, store, clock, smtp)


def corrections(mails: list[Mail]) -> list[Mail]:
    return [mail for mail in mails if "[CORRECTION]" in header(mail.message, "Subject")]


async def test_an_edit_that_takes_the_event_back_corrects_everyone_who_was_alerted(tmp_path: Path):
    with bench(tmp_path) as at:
        at.file(item(1), told(Action.SEIZURE, AL_TUM))
        await at.send()
        at.file(item(1), told(Action.SEIZURE, AL_TUM))
        assert not corrections(at.smtp.mails)
        edited = item(1, content_hash="edited", text=prose(9))
        at.file(edited)
        await at.send()
        for name in ("desk", "flashes"):
            flash, correction = at.mails(name)
            assert corrections([flash, correction]) == [correction]
            assert header(correction.message, "In-Reply-To") == header(flash.message, "Message-ID")
            assert "no longer reports it." in body(correction.message)
        assert at.mails("daily") == []


async def test_what_is_unsent_is_cancelled_and_nobody_hears_of_it(tmp_path: Path):
    with bench(tmp_path) as at:
        at.file(item(1), told(Action.SEIZURE, AL_TUM))
        at.file(item(1, content_hash="edited", text=prose(9)))
        await at.send()
        assert at.smtp.mails == []
        assert at.states() == [DeliveryState.CANCELLED] * 2
        # The event is reported after all: now it is flashed.
        at.file(item(1, content_hash="again"), told(Action.SEIZURE, AL_TUM))
        await at.send()
        assert len(at.smtp.mails) == 2
        assert not corrections(at.smtp.mails)


async def test_a_withdrawal_by_an_analyst_tells_why_and_goes_to_no_one_else(tmp_path: Path):
    with bench(tmp_path) as at:
        incident = at.file(item(1), told(Action.SEIZURE, AL_TUM))
        await at.send()
        with at.store.begin() as conn:
            assert remove_subscriber(conn, "flashes", at.clock.now())
        now = at.clock.advance(MINUTE)
        (outcome,) = rule(
            at.store, at.settings, now, lambda by, conn: by.withdraw(conn, incident.public_id, "an exercise", now)
        )
        assert outcome.messages == 1
        await at.send()
        (correction,) = corrections(at.smtp.mails)
        assert correction.recipients == ("desk@example.org",)
        assert "An analyst of this service withdrew it: an exercise." in body(correction.message)
        # Nothing more is sent of it.
        at.file(item(2, text=prose(1) + " more"), told(Action.SEIZURE, AL_TUM, killed=90))
        await at.send()
        assert len(corrections(at.smtp.mails)) == 1


async def test_who_had_it_in_a_digest_only_is_told_at_once_that_it_is_withdrawn(tmp_path: Path):
    with bench(tmp_path) as at:
        at.clock.advance(MINUTE)
        incident = at.file(item(1), told(Action.SEIZURE, AL_TUM))
        await at.send()
        await at.digest()
        (digest,) = at.mails("daily")
        at.withdraw(incident, "an exercise")
        await at.send()
        _, correction = at.mails("daily")
        assert header(correction.message, "Subject").startswith("[CORRECTION] Libya")
        assert header(correction.message, "In-Reply-To") == header(digest.message, "Message-ID")
        assert "Correction: an earlier digest said" in body(correction.message)
        assert "An analyst of this service withdrew it: an exercise." in body(correction.message)
        # Who had the alert as well is told once, in its thread.
        (told_so,) = corrections(at.mails("desk"))
        assert "Correction: the earlier alert said" in body(told_so.message)


async def test_a_merge_is_told_to_who_had_the_other_one_in_a_digest_only(tmp_path: Path):
    with bench(tmp_path) as at:
        one = at.file(item(1), told(Action.SEIZURE, AL_TUM))
        other = at.file(item(2), told(Action.SEIZURE, SALVADOR))
        await at.digest()
        now = at.clock.advance(MINUTE)
        rule(at.store, at.settings, now, lambda by, conn: by.merge(conn, one.public_id, [other.public_id], now))
        await at.send()
        (correction,) = corrections(at.mails("daily"))
        assert "Salvador" in header(correction.message, "Subject")
        assert "Correction: an earlier digest said" in body(correction.message)
        assert f"one event with incident {one.public_id}" in body(correction.message)
        assert "It is withdrawn." not in body(correction.message)


async def test_a_split_is_told_to_who_had_what_was_split_off_in_a_digest(tmp_path: Path):
    with bench(tmp_path) as at:
        at.file(item(1), told(Action.SEIZURE, AL_TUM))
        await at.digest()
        # What came after the digest was never told by it.
        incident = at.file(item(2), told(Action.SEIZURE, AL_TUM, DAY0, killed=5))
        late = at.article_of(incident, "outlet2.example")
        now = at.clock.advance(MINUTE)
        rule(at.store, at.settings, now, lambda by, conn: by.split(conn, incident.public_id, [late], now))
        await at.send()
        assert not corrections(at.mails("daily"))

        incident = at.file(item(3), told(Action.SEIZURE, AL_TUM, DAY0, killed=2))
        first = at.article_of(incident, "outlet1.example")
        now = at.clock.advance(MINUTE)
        rule(at.store, at.settings, now, lambda by, conn: by.split(conn, incident.public_id, [first], now))
        await at.send()
        (correction,) = corrections(at.mails("daily"))
        assert "is another event: incident" in body(correction.message)


async def test_incidents_that_a_report_joins_are_corrected_as_merged_ones_are(tmp_path: Path):
    with bench(tmp_path) as at:
        one = at.file(item(1), told(Action.SEIZURE, AL_TUM))
        at.file(item(2), told(Action.SEIZURE, SALVADOR))
        await at.send()
        at.file(item(3), told(Action.SEIZURE, AL_TUM, other_sites=("Salvador Pass",)))
        await at.send()
        (correction,) = corrections(at.mails("flashes"))
        assert "Salvador" in header(correction.message, "Subject")
        assert f"one event with incident {one.public_id}" in body(correction.message)


async def test_a_merge_tells_those_who_had_the_other_one(tmp_path: Path):
    with bench(tmp_path) as at:
        one = at.file(item(1), told(Action.SEIZURE, AL_TUM))
        other = at.file(item(2), told(Action.SEIZURE, SALVADOR))
        await at.send()
        now = at.clock.advance(MINUTE)
        rule(at.store, at.settings, now, lambda by, conn: by.merge(conn, one.public_id, [other.public_id], now))
        await at.send()
        (correction,) = corrections(at.mails("desk"))
        assert "Salvador" in header(correction.message, "Subject")
        assert f"one event with incident {one.public_id}" in body(correction.message)
        assert "It is withdrawn." not in body(correction.message)
        assert len(corrections(at.mails("flashes"))) == 1


async def test_a_split_corrects_the_one_and_flashes_the_other(tmp_path: Path):
    with bench(tmp_path) as at:
        at.file(item(1), told(Action.SEIZURE, AL_TUM))
        incident = at.file(item(2), told(Action.SEIZURE, AL_TUM, DAY0, killed=5))
        await at.send()
        at.smtp.mails.clear()
        article_id = at.article_of(incident, "outlet2.example")
        now = at.clock.advance(MINUTE)
        left, new = rule(
            at.store, at.settings, now, lambda by, conn: by.split(conn, incident.public_id, [article_id], now)
        )
        await at.send()
        (correction,) = corrections(at.mails("flashes"))
        assert f"is another event: incident {new.filed.incident.public_id}" in body(correction.message)
        assert len(at.mails("flashes")) == 2
        with at.store.read() as conn:
            stored = get_incident(conn, left.filed.incident.public_id)
        assert stored == left.filed.incident
