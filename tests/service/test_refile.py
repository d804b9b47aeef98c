"""Stored articles decided again: what changed is shown, kept only where asked for, and never sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alertsvc.detect.batch import Finding
from alertsvc.domain import Action, Detection, Incident, Place, PlaceKind, Status
from alertsvc.process import plan_alerts
from alertsvc.refile import refile
from alertsvc.service import make_desk
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.articles import claim_unread, detections_of, list_articles, mark_article, save_detections
from alertsvc.store.incidents import list_incidents
from alertsvc.store.outbox import claim_due as claim_mail
from alertsvc.store.outbox import list_deliveries, mark_sent
from alertsvc.sync import synchronise
from tests.service.stories import AL_TUM, MARKET, NOON, SARIR
from tests.service.support import make_settings, subscriber
from tests.service.test_process import article, put
from tests.track.stories import told

HOUR = timedelta(hours=1)
SOMEWHERE = Place("Wadi Zelfana crossing", PlaceKind.CROSSING, "DZ-LY")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(f"sqlite:///{tmp_path}/a.db", tmp_path, subscribers=[subscriber("desk")])


def filled(settings: Settings) -> Store:
    """Return a store in which an older model read three articles otherwise, and a fourth nobody has read."""
    store = Store.open(settings.store.url)
    synchronise(store, settings, NOON)
    older = {MARKET.title: [told(Action.ATTACK, SOMEWHERE, NOON.date())]}
    put(store, article(AL_TUM), article(MARKET), article(SARIR))
    desk = make_desk(store, settings)
    with store.begin() as conn:
        for item in claim_unread(conn, worker="w", now=NOON, lease=60.0, limit=9):
            assert item.id is not None
            found: list[Detection] = older.get(item.title, [])
            mark_article(
                conn, item.id, revision=1, worker="w", outcome="read", language="en", detections=len(found), now=NOON
            )
            save_detections(conn, item.id, 1, found, NOON)
            for filed in desk.file(conn, item, found, NOON):
                plan_alerts(conn, filed, settings, NOON)
        for mail in claim_mail(conn, worker="w", now=NOON, lease=60.0, limit=9):
            assert mail.id is not None
            mark_sent(conn, mail.id, "w", NOON)
    put(store, article(replace(AL_TUM, key="unread")))
    return store


def incidents(store: Store) -> dict[str, Incident]:
    with store.read() as conn:
        return {item.place.name: item for item in list_incidents(conn, demonstration=False)}


def test_a_trial_shows_everything_and_keeps_nothing(settings: Settings):
    with filled(settings) as store:
        before = incidents(store)
        result = refile(store, settings, NOON + HOUR, since=NOON - timedelta(days=7), apply=False)
        assert incidents(store) == before
        assert (result.articles, result.applied, result.problems) == (3, False, [])
        assert {item.title: (len(item.before), len(item.after)) for item in result.differences} == {
            AL_TUM.title: (0, 1),
            MARKET.title: (1, 0),
            SARIR.title: (0, 1),
        }
        assert len(result.opened) == 2
        (gone,) = before.values()
        assert result.withdrawn == result.alerted == [gone.public_id]


def test_applied_it_is_kept_and_nothing_is_sent(settings: Settings):
    with filled(settings) as store:
        with store.read() as conn:
            mails = list_deliveries(conn)
        result = refile(store, settings, NOON + HOUR, since=NOON - timedelta(days=7), apply=True)
        after = incidents(store)
        assert after[SOMEWHERE.name].status is Status.WITHDRAWN
        assert {item.public_id for item in after.values()} == {*result.opened, *result.withdrawn}
        assert not any(
            step.alertable for name, item in after.items() if name != SOMEWHERE.name for step in item.updates
        )
        with store.read() as conn:
            assert list_deliveries(conn) == mails
            for item in list_articles(conn, state="read"):
                assert item.id is not None
                assert bool(detections_of(conn, item.id)) is (item.title != MARKET.title)
        again = refile(store, settings, NOON + 2 * HOUR, since=NOON - timedelta(days=7), apply=True)
        assert (again.differences, again.opened, again.changed, again.withdrawn) == ([], [], [], [])
        assert incidents(store) == after


def test_incidents_that_turn_out_to_be_one_are_told_apart_from_withdrawn_ones(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    gate, bridge = (Place(name, PlaceKind.CROSSING, "DZ-LY") for name in ("Hammada gate", "Serdeles bridge"))
    told_now = [
        told(Action.CLASH, gate, NOON.date()),
        told(Action.CLASH, bridge, NOON.date()),
        told(Action.CLASH, gate, NOON.date(), other_sites=(bridge.name,)),
    ]
    findings = [Finding("en", True, (detection,)) for detection in told_now]
    monkeypatch.setattr("alertsvc.refile.detect_batch", lambda *_: findings)
    with filled(settings) as store:
        (old,) = incidents(store).values()  # its article now names another place
        result = refile(store, settings, NOON + HOUR, since=NOON - timedelta(days=7), apply=True)
        (left,) = incidents(store).values()
        both = {old.public_id, *result.opened}
        assert len(left.reports) == 3
        assert (set(result.merged), result.withdrawn) == (both - {left.public_id}, [])
        assert result.as_data()["incidents"]["merged"] == result.merged


def test_only_the_period_is_decided_again(settings: Settings):
    with filled(settings) as store:
        result = refile(store, settings, NOON + HOUR, since=NOON, apply=True)
        assert (result.articles, result.differences) == (0, [])
