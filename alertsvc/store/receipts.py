"""What the other side said when it took a delivery: a mail server's reply, the place of a Slack message in its channel.

An update finds by it the message that it answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, insert, select

from alertsvc.store.schema import receipts

__all__ = ["add_receipts", "receipt_of"]


def add_receipts(conn: Connection, rows: Sequence[tuple[int, str, Mapping[str, str]]]) -> None:
    """Note receipts of deliveries that were just marked as sent: row of the outbox, Message-ID, receipt."""
    values = [
        {"delivery_id": delivery_id, "message_id": message_id, "receipt": dict(receipt)}
        for delivery_id, message_id, receipt in rows
        if receipt
    ]
    if values:
        conn.execute(insert(receipts), values)


def receipt_of(conn: Connection, message_id: str) -> dict[str, str] | None:
    """Return the receipt of the message sent last under a Message-ID; None where it was not sent, or had none."""
    query = select(receipts.c.receipt).where(receipts.c.message_id == message_id)
    found: dict[str, str] | None = conn.execute(query.order_by(receipts.c.delivery_id.desc()).limit(1)).scalar()
    return found
