"""Articles: once for each key, every revision kept, read by one worker at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from alertsvc.domain import Article, BacklogPolicy
from alertsvc.store.articles import (
    MAX_TRIES,
    article_state,
    claim_unread,
    count_articles,
    detections_of,
    get_article,
    known_hashes,
    list_articles,
    mark_article,
    release_articles,
    revisions_of,
    save_articles,
    save_detections,
)
from alertsvc.store.problems import list_problems
from tests.store.samples import DAY, HOUR, MINUTE, NOON, article, detection, place


def _save(conn: Connection, *items: Article) -> list[int]:
    return [item.id or 0 for item in save_articles(conn, items, NOON).new]


def _claim(conn: Connection, worker: str = "a", now=NOON, limit: int = 99) -> list[Article]:
    return claim_unread(conn, worker=worker, now=now, lease=60, limit=limit)


def _mark(conn: Connection, article_id: int, outcome="read", *, worker: str = "a", revision: int = 1, **more) -> bool:
    values = {"language": None, "detections": 0, "now": NOON} | more
    return mark_article(conn, article_id, revision=revision, worker=worker, outcome=outcome, **values)


class TestSave:
    def test_an_item_is_stored_once_for_its_feed_and_key(self, conn: Connection) -> None:
        saved = save_articles(conn, [article("1"), article("2"), article("1", feed_id="other")], NOON)
        assert [item.key for item in saved.new] == ["1", "2", "1"]
        assert len({item.id for item in saved.new}) == 3
        again = save_articles(conn, [article("2"), article("3"), article("1")], NOON)
        assert ([item.key for item in again.new], again.edited, again.unchanged) == (["3"], (), 2)
        assert known_hashes(conn, "wire", ["1", "3", "none"]) == {"1": "hash-1", "3": "hash-3"}
        assert known_hashes(conn, "wire", []) == {}

    def test_more_than_one_statement_holds(self, conn: Connection) -> None:
        items = [article(str(number)) for number in range(1201)]
        assert len(save_articles(conn, items, NOON).new) == 1201
        assert save_articles(conn, items, NOON).unchanged == 1201

    def test_of_one_key_twice_in_a_feed_the_first_counts(self, conn: Connection) -> None:
        twice = [article("1"), article("1", content_hash="other", title="Other")]
        for _ in range(2):
            saved = save_articles(conn, twice, NOON)
            assert saved.edited == ()
        assert [item.title for item in list_articles(conn)] == ["Item 1"]

    def test_an_edit_is_a_revision_and_is_read_again(self, conn: Connection) -> None:
        (article_id,) = _save(conn, article())
        _claim(conn)
        assert _mark(conn, article_id)
        edit = article(title="Corrected", content_hash="new", fetched=NOON + HOUR, language="en")
        saved = save_articles(conn, [edit], NOON + HOUR)
        assert (saved.new, saved.unchanged) == ((), 0)
        assert saved.edited == (replace(edit, id=article_id, revision=2),)
        assert get_article(conn, article_id) == saved.edited[0]
        assert revisions_of(conn, article_id) == [replace(article(), id=article_id), saved.edited[0]]
        assert [item.revision for item in _claim(conn)] == [2]
        assert revisions_of(conn, article_id + 1) == []

    def test_an_edit_takes_the_article_from_who_is_reading_it(self, conn: Connection) -> None:
        (article_id,) = _save(conn, article())
        _claim(conn)
        save_articles(conn, [article(content_hash="new")], NOON)
        assert not _mark(conn, article_id)
        assert [item.revision for item in _claim(conn)] == [2]
        assert not _mark(conn, article_id, revision=1)
        assert _mark(conn, article_id, revision=2)

    def test_an_edit_makes_no_undated_article_younger(self, conn: Connection) -> None:
        _save(conn, article("undated", published=None), article("future", published=NOON + DAY), article("dated"))
        later = NOON + HOUR
        edits = [
            article("undated", published=None, fetched=later, content_hash="x"),
            article("future", published=NOON + DAY, fetched=later, content_hash="x"),
            article("dated", published=NOON + MINUTE, fetched=later, content_hash="x"),
        ]
        times = {item.key: item.effective for item in save_articles(conn, edits, later).edited}
        assert times == {"undated": NOON, "future": NOON, "dated": NOON + MINUTE}
        assert {item.key: item.effective for item in list_articles(conn)} == times

    def test_an_ignored_backlog_is_never_read(self, conn: Connection) -> None:
        (article_id,) = _save(conn, article(backlog=BacklogPolicy.IGNORE))
        assert _claim(conn) == []
        assert len(save_articles(conn, [article(content_hash="new")], NOON).edited) == 1
        assert _claim(conn) == []
        state = article_state(conn, article_id)
        assert state is not None
        assert (state.state, state.revision) == ("ignored", 2)

    def test_an_edit_leaves_an_article_in_its_backlog(self, conn: Connection) -> None:
        _save(conn, article(backlog=BacklogPolicy.DIGEST))
        save_articles(conn, [article(content_hash="new")], NOON)
        assert [item.backlog for item in _claim(conn)] == [BacklogPolicy.DIGEST]


class TestReading:
    def test_articles_are_read_in_the_order_of_their_time(self, conn: Connection) -> None:
        _save(
            conn,
            article("late", published=NOON - MINUTE),
            article("early", published=NOON - DAY),
            article("undated", published=None),
            article("future", published=NOON + DAY),
        )
        assert [item.key for item in _claim(conn, limit=2)] == ["early", "late"]
        assert [item.key for item in _claim(conn, "b")] == ["future", "undated"]
        assert _claim(conn, "c") == []

    @pytest.mark.parametrize("outcome", ["read", "unsupported"])
    def test_what_was_read_stays_read(self, conn: Connection, outcome: str) -> None:
        (article_id,) = _save(conn, article())
        _claim(conn)
        assert _mark(conn, article_id, outcome, language="fr", detections=2, error="why")
        assert _claim(conn, now=NOON + DAY) == []
        state = article_state(conn, article_id)
        assert state is not None
        assert (state.state, state.found, state.error, state.read) == (outcome, 2, "why", NOON)
        read = get_article(conn, article_id)
        assert read is not None
        assert read.language == "fr"
        assert not _mark(conn, article_id)

    def test_the_third_failure_is_final(self, conn: Connection) -> None:
        (article_id,) = _save(conn, article())
        for tries in range(1, MAX_TRIES + 1):
            assert len(_claim(conn)) == 1
            assert _mark(conn, article_id, "failed", error=f"no {tries}")
            state = article_state(conn, article_id)
            assert state is not None
            assert (state.state, state.tries) == ("failed" if tries == MAX_TRIES else "unread", tries)
        assert _claim(conn) == []
        save_articles(conn, [article(content_hash="new")], NOON)
        assert len(_claim(conn)) == 1

    def test_an_article_that_brings_its_reader_down_is_given_up(self, conn: Connection) -> None:
        (bad,) = _save(conn, article("bad"))
        now = NOON
        for _ in range(MAX_TRIES):
            assert [item.key for item in _claim(conn, now=now)] == ["bad"]
            now += MINUTE
        assert list_problems(conn) == []
        assert _claim(conn, now=now) == []
        state = article_state(conn, bad)
        assert state is not None
        assert state.state == "failed"
        assert [(problem.scope, problem.subject) for problem in list_problems(conn)] == [("article", "wire: Item bad")]

    def test_what_is_given_back_counts_no_try(self, conn: Connection) -> None:
        (article_id,) = _save(conn, article())
        for _ in range(MAX_TRIES + 1):
            assert len(_claim(conn)) == 1
            assert release_articles(conn, "b") == 0
            assert release_articles(conn, "a") == 1
        state = article_state(conn, article_id)
        assert state is not None
        assert state.tries == 0

    def test_a_lease_that_ran_out_is_taken_over(self, conn: Connection) -> None:
        (article_id,) = _save(conn, article())
        _claim(conn, "a")
        assert _claim(conn, "b", now=NOON + MINUTE * 0.99) == []
        assert len(_claim(conn, "b", now=NOON + MINUTE)) == 1
        assert not _mark(conn, article_id, worker="a")
        assert _mark(conn, article_id, worker="b")

    def test_states_are_counted(self, conn: Connection) -> None:
        first, *_ = _save(conn, article("1"), article("2"), article("3", demonstration=True))
        _claim(conn, limit=1)
        _mark(conn, first)
        none = dict.fromkeys(("unread", "read", "unsupported", "failed", "ignored"), 0)
        assert count_articles(conn, demonstration=False) == none | {"read": 1, "unread": 1}
        assert count_articles(conn, demonstration=True) == none | {"unread": 1}


class TestListing:
    def test_pages_follow_one_another(self, conn: Connection) -> None:
        _save(conn, *(article(str(number), published=NOON - (number // 2) * MINUTE) for number in range(7)))
        everything = list_articles(conn)
        assert [item.effective for item in everything] == sorted(item.effective for item in everything)
        pages = [list_articles(conn, limit=3)]
        while pages[-1]:
            pages.append(list_articles(conn, limit=3, after=pages[-1][-1]))
        assert [item for page in pages for item in page] == everything
        assert len(everything) == 7

    def test_the_end_of_a_time_is_left_out(self, conn: Connection) -> None:
        _save(conn, *(article(str(hours), published=NOON - hours * HOUR) for hours in range(4)))
        found = list_articles(conn, since=NOON - 2 * HOUR, until=NOON, demonstration=False)
        assert [item.key for item in found] == ["2", "1"]
        assert list_articles(conn, demonstration=True) == []


class TestDetections:
    def test_those_of_the_revision_read_last_are_returned(self, conn: Connection) -> None:
        (article_id,) = _save(conn, article())
        here, there = detection(place("Debdeb")), detection(place("Ras Ajdir"))
        assert detections_of(conn, article_id) == []
        save_detections(conn, article_id, 1, [here, there], NOON)
        save_detections(conn, article_id, 1, [there, here], NOON)
        assert detections_of(conn, article_id) == [there, here]
        save_articles(conn, [article(content_hash="new")], NOON)
        assert detections_of(conn, article_id) == [there, here]
        save_detections(conn, article_id, 2, [], NOON)
        assert detections_of(conn, article_id) == []
        save_detections(conn, article_id, 1, [here], NOON)
        assert detections_of(conn, article_id) == []
