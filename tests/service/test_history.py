"""The weeks before a review: counted where they were watched, missing where they were not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alertsvc.domain import Action, Place
from alertsvc.history import weeks_before
from alertsvc.offline import saved_feed
from alertsvc.service import make_desk
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.articles import list_articles, save_articles
from alertsvc.store.feeds import sync_feeds
from tests.track.stories import AL_TUM, SHARARA, told
from tests.track.test_desk import item

MONDAY = date(2031, 5, 5)
BEGIN = datetime(2031, 4, 7, 9, tzinfo=UTC)  # four weeks before, in the morning of a Monday
ZONE = ZoneInfo("Africa/Tripoli")


def watch(store: Store, days: range, *, silent: frozenset[int] = frozenset()) -> None:
    """Fetch one article that reports nothing on each day since `BEGIN`."""
    with store.begin() as conn:
        sync_feeds(conn, [saved_feed()], BEGIN)
        for day in days:
            if day not in silent:
                at = BEGIN + timedelta(days=day)
                quiet = replace(item(1), feed_id="saved", key=f"quiet {day}", content_hash=f"{day}")
                save_articles(conn, [replace(quiet, published=at, fetched=at)], at)


def happen(store: Store, number: int, day: int, place: Place) -> None:
    at = BEGIN + timedelta(days=day)
    news = replace(item(number), feed_id="saved", key=f"news {number}", published=at, fetched=at)
    desk = make_desk(store, Settings())
    with store.begin() as conn:
        save_articles(conn, [news], at)
        stored = next(known for known in list_articles(conn) if known.key == news.key)
        desk.file(conn, stored, [told(Action.SEIZURE, place, day=at.date())], at)


def weeks(store: Store, **options: Any) -> list[tuple[str, int]]:
    with store.read() as conn:
        found = weeks_before(conn, MONDAY, ZONE, lambda incident: True, **options)
    return [(week.monday.isoformat(), week.index.count) for week in found]


def test_watched_weeks_are_counted_and_the_first_broken_one_is_not(store: Store):
    watch(store, range(28))
    happen(store, 1, 8, AL_TUM)
    happen(store, 2, 23, AL_TUM)
    happen(store, 3, 24, SHARARA)
    assert weeks(store) == [("2031-04-14", 1), ("2031-04-21", 0), ("2031-04-28", 2)]
    assert weeks(store, count=1) == [("2031-04-28", 2)]


def test_a_week_with_a_day_unread_is_a_gap(store: Store):
    watch(store, range(28), silent=frozenset({17}))
    assert [monday for monday, _ in weeks(store)] == ["2031-04-14", "2031-04-28"]


def test_filters_hold_for_the_weeks_before_too(store: Store):
    watch(store, range(28))
    happen(store, 1, 23, AL_TUM)
    with store.read() as conn:
        found = weeks_before(conn, MONDAY, ZONE, lambda incident: incident.place.country == "XX")
    assert [week.index.count for week in found] == [0, 0, 0]


@pytest.mark.parametrize("demonstration", [True, False])
def test_nothing_read_proves_nothing(store: Store, demonstration: bool):
    if demonstration:
        watch(store, range(28))
    assert weeks(store, demonstration=demonstration) == []
