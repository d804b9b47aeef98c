"""Who was told of an incident by a digest."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from alertsvc.domain import BriefingKind, DeliveryState
from alertsvc.store.schema import outbox

__all__ = ["digest_readers"]


def digest_readers(conn: Connection, reports: Collection[int], *, since: datetime) -> dict[int, str]:
    """Return who had, or is about to get, a digest or summary that rests on one of the reports.

    Args:
        reports: rows of an incident's reports.
        since: only what was written then or later; when the incident was opened, say.

    Returns:
        The message id of the last such digest by subscriber id.
    """
    query = (
        select(outbox.c.subscriber_id, outbox.c.message_id, outbox.c.facts)
        .where(
            outbox.c.created >= since,
            outbox.c.kind.in_([BriefingKind.DAILY.value, BriefingKind.WEEKLY.value]),
            outbox.c.state.in_([DeliveryState.SENT.value, DeliveryState.DUE.value]),
        )
        .order_by(outbox.c.created, outbox.c.id)
    )
    wanted = set(reports)
    return {
        row.subscriber_id: row.message_id
        for row in conn.execute(query)
        if not wanted.isdisjoint(row.facts.get("reports", ()))
    }
