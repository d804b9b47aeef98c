"""Feeds: the configuration against the table, what a poll leaves behind, and who may poll."""

from __future__ import annotations

from sqlalchemy import Connection

from alertsvc.store.articles import get_article, save_articles
from alertsvc.store.feeds import (
    Feed,
    PollRecord,
    claim_due,
    get_feed,
    list_feeds,
    record_poll,
    release_feeds,
    set_verified,
    sync_feeds,
)
from tests.store.samples import HOUR, MINUTE, NOON, article, poll, spec


def _feed(conn: Connection, feed_id: str = "wire") -> Feed:
    feed = get_feed(conn, feed_id)
    assert feed is not None
    return feed


def _poll(conn: Connection, record: PollRecord, *, now=NOON, feed_id: str = "wire") -> Feed:
    """Poll one feed as a worker does, and return how it stands then."""
    assert feed_id in [feed.id for feed in claim_due(conn, worker="a", now=now, lease=60, limit=9, everything=True)]
    assert record_poll(conn, feed_id, "a", record, now)
    release_feeds(conn, "a")
    return _feed(conn, feed_id)


class TestSync:
    def test_feeds_are_added_changed_and_retired(self, conn: Connection) -> None:
        assert sync_feeds(conn, [spec("a"), spec("b"), spec("c")], NOON) == (3, 0, 0)
        assert sync_feeds(conn, [spec("a"), spec("b", title="New")], NOON) == (0, 1, 1)
        assert [(feed.id, feed.title) for feed in list_feeds(conn)] == [("a", "The Wire"), ("b", "New")]
        assert [feed.id for feed in list_feeds(conn, include_retired=True)] == ["a", "b", "c"]
        assert sync_feeds(conn, [spec("a"), spec("b", title="New"), spec("c")], NOON) == (0, 1, 0)
        assert [feed.id for feed in list_feeds(conn)] == ["a", "b", "c"]

    def test_a_retired_feed_is_not_polled_and_keeps_its_articles(self, conn: Connection) -> None:
        sync_feeds(conn, [spec()], NOON)
        (new,) = save_articles(conn, [article()], NOON).new
        sync_feeds(conn, [], NOON)
        assert claim_due(conn, worker="a", now=NOON, lease=60, limit=9, everything=True) == []
        assert new.id is not None
        assert get_article(conn, new.id) is not None

    def test_a_changed_address_forgets_the_old_one(self, conn: Connection) -> None:
        sync_feeds(conn, [spec(verified=True)], NOON)
        _poll(
            conn, poll(etag='"1"', last_modified="x", validators_url="u", body_hash="h", moved_to="https://m.example")
        )
        _poll(conn, poll("gone", success=False, gone=True, error="410"))
        assert sync_feeds(conn, [spec(url="https://new.example/feed")], NOON) == (0, 1, 0)
        feed = _feed(conn)
        assert feed.url == "https://new.example/feed"
        assert (feed.etag, feed.last_modified, feed.validators_url, feed.body_hash) == (None, None, None, None)
        assert (feed.next_due, feed.moved_to, feed.moved_seen, feed.gone, feed.failures) == (None, None, 0, False, 0)
        assert not feed.verified
        assert feed.first_polled == NOON

    def test_a_shorter_interval_takes_effect_at_once(self, conn: Connection) -> None:
        sync_feeds(conn, [spec(interval=86_400)], NOON)
        _poll(conn, poll(next_due=NOON + 24 * HOUR))
        sync_feeds(conn, [spec(interval=60)], NOON)
        assert _feed(conn).next_due == NOON + MINUTE

    def test_seen_to_work_stays_so(self, conn: Connection) -> None:
        sync_feeds(conn, [spec()], NOON)
        assert set_verified(conn, "wire", True)
        assert not set_verified(conn, "nowhere", True)
        assert sync_feeds(conn, [spec()], NOON) == (0, 0, 0)
        assert _feed(conn).verified


class TestRecord:
    def test_success_is_written_down(self, conn: Connection) -> None:
        sync_feeds(conn, [spec()], NOON)
        feed = _poll(conn, poll(etag='"1"', last_modified="Sun", validators_url="u", body_hash="h"))
        assert (feed.etag, feed.last_modified, feed.validators_url, feed.body_hash) == ('"1"', "Sun", "u", "h")
        assert feed.first_polled == feed.last_attempt == feed.last_success == NOON
        assert (feed.last_outcome, feed.last_error, feed.failures, feed.next_due) == ("ok", None, 0, NOON + HOUR)
        later = _poll(conn, poll(), now=NOON + HOUR)
        assert (later.first_polled, later.last_success, later.etag) == (NOON, NOON + HOUR, None)

    def test_a_failure_forgets_nothing_and_counts(self, conn: Connection) -> None:
        sync_feeds(conn, [spec()], NOON)
        before = _poll(conn, poll(etag='"1"', last_modified="Sun", validators_url="u", body_hash="h"))
        _poll(conn, poll("timeout", success=False, error="no answer"), now=NOON + HOUR)
        feed = _poll(conn, poll("http_error", success=False, error="500", etag='"2"'), now=NOON + 2 * HOUR)
        assert (feed.etag, feed.last_modified, feed.body_hash) == (before.etag, before.last_modified, before.body_hash)
        assert (feed.failures, feed.last_error, feed.last_outcome) == (2, "500", "http_error")
        assert (feed.last_success, feed.last_attempt) == (NOON, NOON + 2 * HOUR)
        healed = _poll(conn, poll())
        assert (healed.failures, healed.last_error) == (0, None)

    def test_nothing_modified_does_not_heal(self, conn: Connection) -> None:
        sync_feeds(conn, [spec()], NOON)
        _poll(conn, poll())
        _poll(conn, poll("bad_body", success=False, error="a web page"))
        feed = _poll(conn, poll("not_modified"), now=NOON + HOUR)
        assert (feed.failures, feed.last_error, feed.last_success) == (1, "a web page", NOON)
        _poll(conn, poll())
        well = _poll(conn, poll("not_modified"), now=NOON + 2 * HOUR)
        assert (well.failures, well.last_error, well.last_success) == (0, None, NOON + 2 * HOUR)

    def test_a_304_renews_only_what_it_carries(self, conn: Connection) -> None:
        sync_feeds(conn, [spec()], NOON)
        _poll(conn, poll(etag='"1"', last_modified="Sun", validators_url="u", body_hash="h"))
        feed = _poll(conn, poll("not_modified", etag='"2"'))
        assert (feed.etag, feed.last_modified, feed.validators_url, feed.body_hash) == ('"2"', "Sun", "u", "h")
        feed = _poll(conn, poll(keep_validators=True, etag='"3"'))
        assert (feed.etag, feed.body_hash) == ('"2"', "h")

    def test_a_move_is_adopted_when_it_was_seen_three_times_in_a_row(self, conn: Connection) -> None:
        sync_feeds(conn, [spec()], NOON)
        old, new = spec().url, "https://moved.example/feed"
        assert _poll(conn, poll(moved_to=new)).moved_seen == 1
        assert _poll(conn, poll()).moved_seen == 0
        for seen in (1, 2):
            feed = _poll(conn, poll(moved_to=new))
            assert (feed.url, feed.moved_to, feed.moved_seen) == (old, new, seen)
        failed = _poll(conn, poll("http_error", success=False, error="500", moved_to=new))
        assert (failed.url, failed.moved_seen) == (old, 2)
        feed = _poll(conn, poll(moved_to=new))
        assert (feed.url, feed.moved_to, feed.moved_seen) == (new, None, 0)
        assert sync_feeds(conn, [spec()], NOON) == (0, 0, 0)
        assert _feed(conn).url == new

    def test_another_target_counts_from_one(self, conn: Connection) -> None:
        sync_feeds(conn, [spec()], NOON)
        for target in ("https://a.example", "https://a.example", "https://b.example"):
            feed = _poll(conn, poll(moved_to=target))
        assert (feed.moved_to, feed.moved_seen) == ("https://b.example", 1)

    def test_a_feed_that_is_gone_is_not_polled_again(self, conn: Connection) -> None:
        sync_feeds(conn, [spec()], NOON)
        assert _poll(conn, poll("gone", success=False, gone=True, error="410")).gone
        assert claim_due(conn, worker="a", now=NOON + HOUR, lease=60, limit=9, everything=True) == []

    def test_only_its_holder_records_a_poll(self, conn: Connection) -> None:
        sync_feeds(conn, [spec()], NOON)
        before = _feed(conn)
        assert not record_poll(conn, "wire", "a", poll(), NOON)
        claim_due(conn, worker="a", now=NOON, lease=60, limit=9)
        assert not record_poll(conn, "wire", "b", poll(), NOON)
        assert not record_poll(conn, "nowhere", "a", poll(), NOON)
        assert _feed(conn) == before
        assert record_poll(conn, "wire", "a", poll(), NOON)
        assert not record_poll(conn, "wire", "a", poll(), NOON)


class TestClaim:
    def test_due_feeds_are_taken_once_and_longest_waiting_first(self, conn: Connection) -> None:
        sync_feeds(conn, [spec(name) for name in ("a", "b", "c", "d")], NOON)
        _poll(conn, poll(next_due=NOON + 2 * MINUTE), feed_id="a")
        _poll(conn, poll(next_due=NOON + MINUTE), feed_id="b")
        _poll(conn, poll(next_due=NOON + HOUR), feed_id="d")
        now = NOON + 2 * MINUTE
        assert [feed.id for feed in claim_due(conn, worker="x", now=now, lease=60, limit=2)] == ["c", "b"]
        assert [feed.id for feed in claim_due(conn, worker="y", now=now, lease=60, limit=9)] == ["a"]
        assert [feed.id for feed in claim_due(conn, worker="y", now=now, lease=60, limit=9, everything=True)] == ["d"]

    def test_disabled_feeds_are_left_alone(self, conn: Connection) -> None:
        sync_feeds(conn, [spec(enabled=False)], NOON)
        assert claim_due(conn, worker="a", now=NOON, lease=60, limit=9, everything=True) == []

    def test_a_lease_that_ran_out_is_taken_over_and_its_first_holder_records_nothing(self, conn: Connection) -> None:
        sync_feeds(conn, [spec()], NOON)
        claim_due(conn, worker="a", now=NOON, lease=60, limit=9)
        assert claim_due(conn, worker="b", now=NOON + MINUTE * 0.9, lease=60, limit=9) == []
        assert len(claim_due(conn, worker="b", now=NOON + MINUTE, lease=60, limit=9)) == 1
        assert not record_poll(conn, "wire", "a", poll(), NOON + MINUTE)
        assert record_poll(conn, "wire", "b", poll(), NOON + MINUTE)

    def test_what_is_given_back_can_be_taken_at_once(self, conn: Connection) -> None:
        sync_feeds(conn, [spec("a"), spec("b")], NOON)
        claim_due(conn, worker="a", now=NOON, lease=60, limit=1)
        claim_due(conn, worker="b", now=NOON, lease=60, limit=1)
        assert release_feeds(conn, "a") == 1
        assert [feed.id for feed in claim_due(conn, worker="c", now=NOON, lease=60, limit=9)] == ["a"]
