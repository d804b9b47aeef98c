"""Problems, counts, single facts, and taking the demonstration out again."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, func, insert, select

from alertsvc.domain import Briefing, BriefingKind
from alertsvc.store.articles import save_articles, save_detections
from alertsvc.store.demonstration import purge_demonstration
from alertsvc.store.feeds import sync_feeds
from alertsvc.store.filing import save_keys, save_sketch
from alertsvc.store.held import HeldAlert, Why, hold
from alertsvc.store.incident_writes import insert_incident
from alertsvc.store.letters import Letter, keep_letters
from alertsvc.store.meta import get_meta, set_meta
from alertsvc.store.outbox import enqueue
from alertsvc.store.periods import ToldPeriod, record_periods
from alertsvc.store.problems import Problem, add_count, clear_problems, counts, list_problems, record_problem
from alertsvc.store.receipts import add_receipts
from alertsvc.store.refusals import count_refusal
from alertsvc.store.schema import confirmations, consents, editions, metadata, outbox
from alertsvc.store.subscribers import add_subscriber
from tests.store.samples import DAY, HOUR, NOON, article, delivery, detection, incident, report, spec, subscriber


def test_a_problem_is_one_row_and_counted(conn: Connection) -> None:
    record_problem(conn, "feed", "wire", "timeout", NOON)
    record_problem(conn, "feed", "wire", "404", NOON + HOUR)
    record_problem(conn, "feed", "wire", "timeout", NOON + 2 * HOUR)
    record_problem(conn, "mail", "wire", "timeout", NOON)
    assert list_problems(conn, limit=2) == [
        Problem("feed", "wire", "timeout", 2, NOON, NOON + 2 * HOUR),
        Problem("feed", "wire", "404", 1, NOON + HOUR, NOON + HOUR),
    ]
    assert len(list_problems(conn, since=NOON + HOUR)) == 2
    assert clear_problems(conn, "feed", "wire") == 2
    assert clear_problems(conn, "feed", "wire") == 0
    assert [problem.scope for problem in list_problems(conn)] == ["mail"]


def test_parts_of_a_problem_do_not_run_together(conn: Connection) -> None:
    record_problem(conn, "a", "bc", "d", NOON)
    record_problem(conn, "ab", "c", "d", NOON)
    assert [problem.count for problem in list_problems(conn)] == [1, 1]


def test_counts_add_up_by_day(conn: Connection) -> None:
    add_count(conn, "read", date(2026, 2, 1))
    add_count(conn, "read", date(2026, 2, 1), 4)
    add_count(conn, "read", date(2026, 2, 2))
    add_count(conn, "sent", date(2026, 1, 31), 2**40)
    assert counts(conn, since_day=date(2026, 1, 1)) == {"read": 6, "sent": 2**40}
    assert counts(conn, since_day=date(2026, 2, 2)) == {"read": 1}
    assert counts(conn, since_day=date(2026, 2, 3)) == {}


def test_a_fact_is_written_over(conn: Connection) -> None:
    assert get_meta(conn, "a") is None
    set_meta(conn, "a", "1")
    set_meta(conn, "a", "2")
    set_meta(conn, "b", "")
    assert (get_meta(conn, "a"), get_meta(conn, "b")) == ("2", "")


def _fill(conn: Connection, name: str, article_number: int, *, demonstration: bool) -> None:
    """Write a row of everything there is."""
    spec_ = spec(name, demonstration=demonstration)
    sync_feeds(conn, [spec_] if demonstration else [spec_, spec("invented", demonstration=True)], NOON)
    item = article(feed_id=name, demonstration=demonstration)
    (new,) = save_articles(conn, [item], NOON).new
    save_articles(conn, [article(feed_id=name, content_hash="new", title="Edited")], NOON)
    assert new.id is not None
    save_detections(conn, new.id, 2, [detection()], NOON)
    save_sketch(conn, new.id, b"sketch")
    filed = insert_incident(conn, incident(name, demonstration=demonstration, reports=(report(new.id),)))
    assert filed.id is not None
    save_keys(conn, filed.id, {"key"})
    someone = add_subscriber(conn, subscriber(name, demonstration=demonstration), NOON)
    assert someone.id is not None
    flash = Briefing(BriefingKind.FLASH, {}, incident_id=filed.id, demonstration=demonstration)
    enqueue(conn, delivery(f"flash:{name}", briefing=flash, subscriber_id=someone.id))
    digest = Briefing(BriefingKind.DAILY, {})
    enqueue(conn, delivery(f"daily:{name}", briefing=digest, subscriber_id=someone.id))
    sent = conn.execute(select(outbox.c.id).where(outbox.c.key == f"flash:{name}")).scalar_one()
    add_receipts(conn, [(sent, f"<{name}@x.example>", {"reply": "250 taken"})])
    keep_letters(conn, {sent: Letter("a@x.example", "Date: x\r\n", "foot\n", "<p>foot</p>")}, NOON)
    count_refusal(conn, someone.id, someone.target)
    asked = {"subscriber_id": someone.id, "event": "asked", "at": NOON}
    (request,) = conn.execute(insert(consents).values(asked).returning(consents.c.id)).scalars()
    waiting = {"subscriber_id": someone.id, "request": request, "asked": NOON, "expires": NOON + DAY, "attempts": 0}
    conn.execute(insert(confirmations).values(waiting))
    made = {"subject": "s", "text": "t", "html": "h", "slack": {}, "pictures": [], "created": NOON}
    conn.execute(insert(editions).values(key=name, demonstration=demonstration, **made))
    hold(conn, HeldAlert(someone.id, filed.id, Why.QUIET, 1, NOON))
    record_periods(conn, {someone.id: ToldPeriod(BriefingKind.DAILY, "first", NOON - DAY, NOON)}, NOON)
    for scope, subject in {
        "feed": name,
        "article": f"{name}: Before it was edited",
        "delivery": f"flash:{name}",
    }.items():
        record_problem(conn, scope, subject, "broken", NOON)
    set_meta(conn, "demonstration.anchor" if demonstration else "demonstrations", "1")
    add_count(conn, "read", NOON.date())


def _sizes(conn: Connection) -> dict[str, int]:
    return {
        table.name: conn.execute(select(func.count()).select_from(table)).scalar_one()
        for table in metadata.sorted_tables
    }


def test_the_demonstration_goes_without_a_trace_and_takes_nothing_along(conn: Connection) -> None:
    _fill(conn, "invented", 1, demonstration=True)
    invented = _sizes(conn)
    _fill(conn, "real", 2, demonstration=False)
    removed = purge_demonstration(conn)
    left = _sizes(conn)
    kept = {"counts", "locks"}  # they tell nothing of the demonstration
    assert removed == {name: size for name, size in invented.items() if name not in kept}
    assert {name: size for name, size in left.items() if name not in kept} == removed
    assert all(size > 0 for size in removed.values())
    assert get_meta(conn, "demonstrations") == "1"
    assert set(purge_demonstration(conn).values()) == {0}
