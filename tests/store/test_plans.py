"""No claim and no page reads a whole table: asked of SQLite's planner, which decides without statistics."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from alertsvc.domain import IncidentClass
from alertsvc.store import Store, articles, digested, feeds, filing, incidents, outbox, problems, receipts, refusals
from alertsvc.store.incident_writes import insert_incident
from tests.store.samples import NOON, article, incident, step

_TAKE: dict[str, Any] = {"worker": "a", "now": NOON, "lease": 60.0, "limit": 10}

QUERIES: dict[str, Callable[[Connection], Any]] = {
    "due feeds": lambda conn: feeds.claim_due(conn, **_TAKE),
    "unread articles": lambda conn: articles.claim_unread(conn, **_TAKE),
    "known articles": lambda conn: articles.known_hashes(conn, "wire", ["1"]),
    "articles given back": lambda conn: articles.release_articles(conn, "a"),
    "page of articles": lambda conn: articles.list_articles(conn, since=NOON, limit=9, after=article(id=1)),
    "articles counted": lambda conn: articles.count_articles(conn, demonstration=False),
    "detections": lambda conn: articles.detections_of(conn, 1),
    "due deliveries": lambda conn: outbox.claim_due(conn, **_TAKE),
    "deliveries given back": lambda conn: outbox.release(conn, "a"),
    "flashes": lambda conn: outbox.flashed(conn, 1),
    "key": lambda conn: outbox.has_key(conn, "k"),
    "latest key": lambda conn: outbox.latest_key(conn, "daily:1:"),
    "deliveries counted": outbox.outbox_counts,
    "page of deliveries": lambda conn: outbox.list_deliveries(conn, since=NOON),
    "incidents to close": lambda conn: filing.quiet(conn, IncidentClass.OIL, since=NOON, until=NOON),
    "incidents one after the other": lambda conn: filing.incidents_after(conn, 0, limit=9),
    "incident": lambda conn: incidents.get_incident(conn, "A"),
    "page of incidents": lambda conn: incidents.list_incidents(conn, demonstration=False, after=incident(id=1)),
    "page of a class": lambda conn: incidents.list_incidents(
        conn, demonstration=None, incident_class=IncidentClass.OIL
    ),
    "incidents of a period": lambda conn: incidents.updated_between(conn, NOON, NOON, demonstration=False),
    "incident by key": lambda conn: filing.near(conn, {"k"}, since=NOON),
    "incidents of a place": lambda conn: filing.before(conn, {"k"}, limit=9),
    "sketches": lambda conn: filing.load_sketches(conn, [1]),
    "opened by an outlet": lambda conn: incidents.opened_by(conn, "wire.example", since=NOON),
    "told of an incident": lambda conn: outbox.last_told(conn, 1),
    "told by a digest": lambda conn: digested.digest_readers(conn, [1], since=NOON),
    "alerted of an incident": lambda conn: outbox.alerted(conn, 1),
    "alerts cancelled": lambda conn: outbox.cancel_alerts(conn, 1, "why", NOON),
    "alerts of an hour": lambda conn: outbox.alert_counts(conn, NOON),
    "several marked": lambda conn: outbox.mark_all_sent(conn, [1, 2], "a", NOON),
    "receipt": lambda conn: receipts.receipt_of(conn, "id@example.org"),
    "refusals": lambda conn: refusals.count_refusal(conn, 1, "desk@example.org"),
    "reports of an article": lambda conn: incidents.article_reports(conn, 1),
    "page of problems": lambda conn: problems.list_problems(conn, since=NOON),
    "counts": lambda conn: problems.counts(conn, since_day=NOON.date()),
}


# The few subscribers may be read whole.
FULL_SCAN = re.compile(r"SCAN (?!subscribers)(?!.*USING (COVERING )?INDEX)")

# Claims read only what still waits, however long the history has grown.
NEEDED = {
    "due feeds": "ix_feeds_due",
    "unread articles": "ix_articles_unread",
    "articles given back": "ix_articles_unread",
    "due deliveries": "ix_outbox_state (state=?",
    "deliveries given back": "ix_outbox_state (state=?",
}


@pytest.fixture
def store(tmp_path: Path, _sqlite_template: Path) -> Store:
    path = tmp_path / "a.db"
    path.write_bytes(_sqlite_template.read_bytes())
    return Store.open(f"sqlite:///{path}")


@pytest.mark.parametrize("name", QUERIES)
def test_an_index_is_used(store: Store, name: str) -> None:
    asked: list[tuple[str, Any]] = []
    with store, store.begin() as conn:
        # Something to find, so that the statements that follow a first one are asked as well.
        insert_incident(conn, incident("A", updates=(step(at=NOON),)))
        event.listen(
            conn, "before_cursor_execute", lambda _c, _u, statement, values, *_: asked.append((statement, values))
        )
        QUERIES[name](conn)
        statements = [(statement, values) for statement, values in asked if not statement.startswith("EXPLAIN")]
        assert statements
        for statement, values in statements:
            plan = [row[3] for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            assert not [line for line in plan if FULL_SCAN.match(line)], statement
            if name in NEEDED:
                assert NEEDED[name] in " ".join(plan), statement
