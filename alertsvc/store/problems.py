"""What went wrong, one row for each thing, and what was counted, one row for each name and day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, func, select

from alertsvc.store.schema import counts as counts_table
from alertsvc.store.schema import problems
from alertsvc.store.upsert import upsert
from alertsvc.store.values import digest

__all__ = ["Problem", "add_count", "clear_problems", "clear_problems_of", "counts", "list_problems", "record_problem"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that went wrong, once or often: in which part, with what, and how."""

    scope: str
    subject: str
    message: str
    count: int
    first_seen: datetime
    last_seen: datetime


def record_problem(conn: Connection, scope: str, subject: str, message: str, now: datetime) -> None:
    """Note a problem; the same one again is counted."""
    values = {
        "scope": scope,
        "subject": subject,
        "message": message,
        "digest": digest(scope, subject, message),
        "count": 1,
        "first_seen": now,
        "last_seen": now,
    }
    change = {"count": problems.c.count + 1, "last_seen": now}
    conn.execute(upsert(conn, problems, values, on=("digest",), change=change))


def clear_problems(conn: Connection, scope: str, subject: str) -> int:
    """Forget the problems of one subject, which is well again; return how many there were."""
    return clear_problems_of(conn, scope, [subject])


def clear_problems_of(conn: Connection, scope: str, subjects: Collection[str]) -> int:
    """Forget the problems of several subjects; return how many there were."""
    condition = (problems.c.scope == scope, problems.c.subject.in_(subjects))
    return conn.execute(delete(problems).where(*condition)).rowcount


def list_problems(conn: Connection, *, since: datetime | None = None, limit: int = 200) -> list[Problem]:
    """Return problems, those seen last first."""
    query = select(
        problems.c.scope,
        problems.c.subject,
        problems.c.message,
        problems.c.count,
        problems.c.first_seen,
        problems.c.last_seen,
    )
    query = query.order_by(problems.c.last_seen.desc(), problems.c.id.desc()).limit(limit)
    if since is not None:
        query = query.where(problems.c.last_seen >= since)
    return [Problem(*row) for row in conn.execute(query)]


def add_count(conn: Connection, name: str, day: date, n: int = 1) -> None:
    """Add `n` to what is counted under `name` on `day`."""
    values = {"day": day, "name": name, "n": n}
    conn.execute(upsert(conn, counts_table, values, on=("day", "name"), change={"n": counts_table.c.n + n}))


def counts(conn: Connection, *, since_day: date) -> dict[str, int]:
    """Return the sum of each count from `since_day` on."""
    query = (
        select(counts_table.c.name, func.sum(counts_table.c.n))
        .where(counts_table.c.day >= since_day)
        .group_by(counts_table.c.name)
        .order_by(counts_table.c.name)
    )
    return {name: int(total) for name, total in conn.execute(query)}
