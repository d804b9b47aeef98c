"""The desk on a real database."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete

from alertsvc.domain import Action, Article, BacklogPolicy, Count, Detection, Phase, Status
from alertsvc.settings import TrackSettings
from alertsvc.store import Store
from alertsvc.store.articles import list_articles, save_articles
from alertsvc.store.feeds import FeedSpec, sync_feeds
from alertsvc.store.incidents import article_reports, get_incident, list_incidents
from alertsvc.store.schema import incident_keys, incident_states, meta, sketches
from alertsvc.track import Desk, Filed, Outlet, Outlets
from alertsvc.track.distinct import distinct
from tests.track.stories import AL_TUM, DAY0, GATE, GHARYAN, HOUR, NOON, SALVADOR, SHARARA, TABLE, WADI, prose, told

DAY = timedelta(days=1)
OUTLETS = Outlets([Outlet("wire.example", "The Wire", "agency", "Wire House", "GB", "test")])


@pytest.fixture
def desk(store: Store) -> Desk:
    with store.begin() as conn:
        spec = FeedSpec(
            id="feed",
            url="https://feed.example/rss",
            title="Feed",
            language="en",
            country="LY",
            interval=900.0,
            backlog=BacklogPolicy.DIGEST,
            full_text=None,
            enabled=True,
            verified=True,
            demonstration=False,
        )
        sync_feeds(conn, [spec], NOON)
    return Desk(store, TABLE, OUTLETS, TrackSettings())


def item(number: int, at: datetime = NOON, **fields: object) -> Article:
    plain = Article(
        feed_id="feed",
        key=f"key-{number}",
        url=f"https://outlet{number}.example/{number}",
        title=f"Headline {number}",
        text=prose(number),
        outlet=f"outlet{number}.example",
        fetched=at,
        content_hash=f"hash-{number}",
        published=at,
        language="en",
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


def file(desk: Desk, article: Article, detections: Sequence[Detection], now: datetime | None = None) -> list[Filed]:
    now = now or article.fetched
    with desk.store.begin() as conn:
        save_articles(conn, [article], now)
        stored = next(known for known in list_articles(conn) if known.key == article.key)
        return desk.file(conn, stored, detections, now)


def test_an_opening_is_stored_with_its_update_and_the_report_behind_it(desk: Desk) -> None:
    (filed,) = file(desk, item(1), [told(Action.SEIZURE, killed=3)])
    assert filed.created
    assert filed.update is not None
    with desk.store.read() as conn:
        stored = get_incident(conn, filed.incident.public_id)
    assert stored == filed.incident
    assert stored.updates == (filed.update,)
    assert filed.update.report_id == stored.reports[0].id is not None


def test_a_story_of_several_articles(desk: Desk) -> None:
    wire = item(1, outlet="wire.example", text=prose(1))
    reprint = item(2, NOON + HOUR, text=f"From our desk. {prose(1)}")
    credited = item(3, NOON + 2 * HOUR)
    retaken = item(4, NOON + 9 * HOUR, published=None, language=None)
    (opened,) = file(desk, wire, [told(Action.SEIZURE, killed=2)])
    (copied,) = file(desk, reprint, [told(Action.SEIZURE, killed=2)])
    (same,) = file(desk, credited, [told(Action.SEIZURE, killed=2, origin="The Wire")])
    (turned,) = file(desk, retaken, [told(Action.RECAPTURE)])
    assert copied.update is None
    assert same.update is None
    assert same.incident.status is Status.REPORTED
    assert turned.incident.id == opened.incident.id
    assert turned.incident.status is Status.REVERSED
    assert turned.update is not None
    assert turned.update.report_id == turned.incident.reports[-1].id
    assert [report.origin for report in turned.incident.reports[:3]] == ["Wire House"] * 3
    assert [report.same_text_as for report in turned.incident.reports] == [None, "wire.example", None, None]
    with desk.store.read() as conn:
        assert get_incident(conn, opened.incident.public_id) == turned.incident


def test_an_article_of_several_classes_and_places_is_filed_once_for_each(desk: Desk) -> None:
    found = [told(Action.SEIZURE, AL_TUM), told(Action.ATTACK, SALVADOR), told(Action.ATTACK, SHARARA)]
    filed = file(desk, item(1), found)
    assert len({one.incident.id for one in filed}) == 3
    again = file(desk, item(1), found, NOON + DAY)
    assert [(one.created, one.update) for one in again] == [(False, None)] * 3
    assert [one.incident for one in again] == [one.incident for one in filed]


def test_two_detections_at_one_place_are_one_report() -> None:
    strong = replace(told(Action.SEIZURE, GATE), probability=0.95)
    found = distinct([told(Action.ADVANCE, GHARYAN, killed=2), strong])
    assert [(detection.action, detection.killed) for detection in found] == [(Action.SEIZURE, Count(2))]
    assert found[0].reasons[-1].detail == "also found in this article: advance at Gharyan, 0.90"


def test_an_edit_updates_its_own_report(desk: Desk) -> None:
    (first,) = file(desk, item(1), [told(Action.ATTACK, killed=2)])
    edited = item(1, content_hash="edited", title="Toll rises", text=prose(1) + " more")
    (filed,) = file(desk, edited, [told(Action.ATTACK, killed=6)], NOON + HOUR)
    assert (filed.created, filed.incident.id, filed.incident.killed) == (False, first.incident.id, Count(6))
    assert len(filed.incident.reports) == 1
    assert filed.incident.reports[0].id == first.incident.reports[0].id


def test_an_edit_long_after_finds_its_incident(desk: Desk) -> None:
    (first,) = file(desk, item(1), [told(Action.ATTACK, killed=2)])
    later = item(1, NOON + 60 * DAY, content_hash="edited")
    (filed,) = file(desk, later, [told(Action.ATTACK, killed=3, day=None)], NOON + 60 * DAY)
    assert filed.incident.id == first.incident.id


def test_an_edit_that_corrects_the_place_opens_nothing(desk: Desk) -> None:
    (first,) = file(desk, item(1), [told(Action.ATTACK, WADI)])
    (filed,) = file(desk, item(1, content_hash="edited"), [told(Action.ATTACK, AL_TUM)], NOON + HOUR)
    assert (filed.created, filed.incident.id, filed.incident.place) == (False, first.incident.id, AL_TUM)
    assert filed.update is not None
    assert filed.update.material
    assert filed.update.changes[0].startswith("place corrected: Al-Tum")
    assert len(filed.incident.reports) == 1


def test_what_an_edit_no_longer_says_is_withdrawn(desk: Desk) -> None:
    file(desk, item(1), [told(Action.ATTACK), told(Action.ATTACK, SHARARA)])
    filed = file(desk, item(1, content_hash="edited"), [told(Action.ATTACK)], NOON + HOUR)
    assert [one.update is None for one in filed] == [True, False]
    withdrawn = filed[1]
    assert withdrawn.incident.status is Status.WITHDRAWN
    assert withdrawn.update is not None
    assert withdrawn.update.report_id is not None
    # Once more, and it is still only withdrawn once.
    assert [one.update for one in file(desk, item(1, content_hash="edited"), [told(Action.ATTACK)])] == [None]
    back = file(desk, item(1, content_hash="third"), [told(Action.ATTACK, SHARARA)], NOON + 2 * HOUR)
    assert {one.incident.place.name: one.incident.status for one in back} == {
        "El Sharara": Status.REPORTED,
        "Al-Tum": Status.WITHDRAWN,
    }


def test_backlog_and_demonstration_travel_along(desk: Desk) -> None:
    (old,) = file(desk, item(1, backlog=BacklogPolicy.DIGEST), [told(Action.ATTACK)])
    (shown,) = file(desk, item(2, demonstration=True), [told(Action.ATTACK)])
    assert old.update is not None
    assert not old.update.alertable
    assert shown.created
    assert shown.incident.demonstration
    assert shown.update is not None
    assert shown.update.alertable


def test_a_report_that_tells_two_incidents_as_one_joins_them(desk: Desk) -> None:
    (first,) = file(desk, item(1), [told(Action.CLOSURE, AL_TUM)])
    (second,) = file(desk, item(2, NOON + HOUR), [told(Action.CLOSURE, SALVADOR)])
    both = told(Action.CLOSURE, AL_TUM, other_sites=("Salvador Pass",))
    joined, target, gone = file(desk, item(3, NOON + 2 * HOUR), [both])
    assert joined.incident.public_id == target.incident.public_id == first.incident.public_id
    assert gone.incident.public_id == second.incident.public_id
    assert gone.correction is not None
    assert gone.told is not None
    assert [report.outlet for report in gone.told.reports] == ["outlet2.example"]
    with desk.store.read() as conn:
        stored = {name: get_incident(conn, name) for name in (first.incident.public_id, second.incident.public_id)}
        listed = list_incidents(conn, demonstration=False)
    assert stored == {item.incident.public_id: item.incident for item in (target, gone)}
    assert [incident.public_id for incident in listed] == [first.incident.public_id]
    assert {report.article_id for report in target.incident.reports} == {1, 2, 3}
    # What is filed next, an edit of the moved report included, goes to the one that is left.
    (edited,) = file(desk, item(2, NOON + HOUR, content_hash="edited"), [told(Action.CLOSURE, SALVADOR, killed=4)])
    assert edited.incident.public_id == first.incident.public_id
    newer = Desk(desk.store, TABLE, OUTLETS, TrackSettings())
    (late,) = file(newer, item(4, NOON + 3 * HOUR), [told(Action.CLOSURE, SALVADOR)])
    assert late.incident.public_id == first.incident.public_id


def test_a_sweep_closes_what_has_gone_quiet(desk: Desk) -> None:
    file(desk, item(1), [told(Action.CLOSURE)])
    file(desk, item(2, NOON + 8 * DAY), [told(Action.CLOSURE, SHARARA, DAY0 + 8 * DAY)])
    for days, closed in ((7, 0), (9, 1), (10, 0)):
        with desk.store.begin() as conn:
            swept = desk.sweep(conn, NOON + days * DAY)
        assert [one.incident.phase for one in swept] == [Phase.CLOSED] * closed
        assert all(one.update is None for one in swept)
    (new,) = file(desk, item(3, NOON + 10 * DAY), [told(Action.CLOSURE, day=None)])
    assert new.created


def test_a_first_sweep_finds_incidents_of_any_age(desk: Desk) -> None:
    file(desk, item(1), [told(Action.CLOSURE)])
    with desk.store.begin() as conn:
        assert len(Desk(desk.store, TABLE, OUTLETS, TrackSettings()).sweep(conn, NOON + 900 * DAY)) == 1


def test_a_failed_transaction_leaves_nothing(desk: Desk) -> None:
    def fail() -> None:
        with desk.store.begin() as conn:
            saved = save_articles(conn, [item(1)], NOON)
            desk.file(conn, saved.new[0], [told(Action.ATTACK)], NOON)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with desk.store.read() as conn:
        assert list_incidents(conn, demonstration=None) == []


def test_an_article_without_a_row_is_refused(desk: Desk) -> None:
    with desk.store.begin() as conn, pytest.raises(ValueError, match="stored article"):
        desk.file(conn, item(1), [], NOON)


def test_several_at_once_open_one_incident(desk: Desk) -> None:
    with ThreadPoolExecutor(4) as pool:
        filed = list(pool.map(lambda number: file(desk, item(number), [told(Action.ATTACK)]), range(1, 9)))
    assert sum(one.created for (one,) in filed) == 1
    with desk.store.read() as conn:
        (incident,) = list_incidents(conn, demonstration=None)
        assert len(incident.reports) == 8
        assert len(article_reports(conn, incident.reports[0].article_id)) == 1


def test_incidents_of_an_older_version_are_found(desk: Desk) -> None:
    (first,) = file(desk, item(1), [told(Action.ATTACK)])
    with desk.store.begin() as conn:
        for table in (incident_keys, incident_states, sketches, meta):
            conn.execute(delete(table))
    newer = Desk(desk.store, TABLE, OUTLETS, TrackSettings())
    (copied,) = file(newer, item(2, NOON + HOUR, text=prose(1) + " more"), [told(Action.ATTACK)])
    assert copied.incident.public_id == first.incident.public_id
    assert copied.incident.reports[-1].same_text_as == "outlet1.example"


def test_two_desks_on_one_database_see_what_the_other_filed(desk: Desk) -> None:
    other = Desk(desk.store, TABLE, OUTLETS, TrackSettings())
    for number in range(1, 7):
        file(desk if number % 2 else other, item(number, NOON + number * HOUR), [told(Action.ATTACK, killed=number)])
    with desk.store.read() as conn:
        (incident,) = list_incidents(conn, demonstration=None)
    assert len(incident.reports) == 6
    assert incident.killed == Count(1, 6)
    assert [update.number for update in incident.updates] == list(range(1, len(incident.updates) + 1))


def test_what_was_rolled_back_is_not_remembered(desk: Desk) -> None:
    file(desk, item(1), [told(Action.ATTACK, killed=2)])

    def fail() -> None:
        with desk.store.begin() as conn:
            saved = save_articles(conn, [item(2)], NOON)
            desk.file(conn, saved.new[0], [told(Action.ATTACK, killed=9)], NOON)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    (filed,) = file(desk, item(3), [told(Action.ATTACK, killed=3)])
    assert len(filed.incident.reports) == 2
    assert filed.incident.killed == Count(2, 3)


def test_what_happens_after_the_window_follows_what_was_there(desk: Desk) -> None:
    (first,) = file(desk, item(1), [told(Action.CLOSURE)])
    (again,) = file(desk, item(2, NOON + 30 * DAY), [told(Action.CLOSURE, day=None)])
    (third,) = file(desk, item(3, NOON + 60 * DAY), [told(Action.CLOSURE, day=None)])
    assert again.incident.follows == first.incident.public_id
    assert third.incident.follows == again.incident.public_id
    assert first.incident.follows is None


def test_a_source_that_opens_too_much_is_not_flashed_until_another_reports_it(desk: Desk) -> None:
    few = Desk(desk.store, TABLE, OUTLETS, TrackSettings(source_flashes=2))
    places = [AL_TUM, SALVADOR, SHARARA, WADI]
    filed = [
        file(few, item(n, outlet="one.example"), [told(Action.ATTACK, place)])[0] for n, place in enumerate(places)
    ]
    assert [one.update.alertable for one in filed if one.update] == [True, True, False, False]
    (second,) = file(few, item(9, NOON + HOUR), [told(Action.ATTACK, WADI)])
    assert second.update is not None
    assert second.update.alertable
    later = item(10, NOON + 3 * HOUR, outlet="one.example")
    (next_one,) = file(few, later, [told(Action.ADVANCE, GATE)])
    assert next_one.update is not None
    assert next_one.update.alertable


def test_weights_hold_for_the_domains_under_one(desk: Desk) -> None:
    light = Desk(desk.store, TABLE, OUTLETS, TrackSettings(weights={"blog.example": 0.0}))
    (opened,) = file(light, item(1, outlet="north.blog.example"), [told(Action.ATTACK)])
    assert opened.update is not None
    assert not opened.update.alertable
    (second,) = file(light, item(2, NOON + HOUR), [told(Action.ATTACK)])
    assert second.incident.status is Status.REPORTED
    (third,) = file(light, item(3, NOON + HOUR), [told(Action.ATTACK)])
    assert third.incident.status is Status.CONFIRMED
