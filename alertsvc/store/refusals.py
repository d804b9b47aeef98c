"""How often in a row the other side did not know a subscriber, counted for one address: a new one begins anew."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, case, delete, select

from alertsvc.store.schema import refusals
from alertsvc.store.upsert import upsert
from alertsvc.store.values import digest

__all__ = ["clear_refusals", "count_refusal", "refusals_of"]


def count_refusal(conn: Connection, subscriber_id: int, target: str) -> int:
    """Count one more refusal of a subscriber's address or webhook; return how many there were in a row."""
    whom = digest(target)
    row = {"subscriber_id": subscriber_id, "target_digest": whom, "count": 1}
    change = {
        "target_digest": whom,
        "count": case((refusals.c.target_digest == whom, refusals.c.count + 1), else_=1),
    }
    statement = upsert(conn, refusals, row, on=("subscriber_id",), change=change)
    count: int = conn.execute(statement.returning(refusals.c.count)).scalar_one()
    return count


def clear_refusals(conn: Connection, subscriber_ids: Collection[int]) -> None:
    """Forget the refusals of subscribers to whom a delivery has got through, or who are given another chance."""
    if subscriber_ids:
        conn.execute(delete(refusals).where(refusals.c.subscriber_id.in_(subscriber_ids)))


def refusals_of(conn: Connection, subscriber_id: int) -> int:
    """Return how often in a row a subscriber was refused."""
    query = select(refusals.c.count).where(refusals.c.subscriber_id == subscriber_id)
    return conn.execute(query).scalar() or 0
