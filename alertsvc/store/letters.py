"""What of a mail is its recipient's own, kept from before it first leaves until nothing of it is due any more.

Editions keep what all recipients have in common. Both together make the same mail at every try, whatever was set,
worded or upgraded in between.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from alertsvc.domain import DeliveryState
from alertsvc.store.schema import letters as table
from alertsvc.store.schema import outbox
from alertsvc.store.upsert import insert_or_ignore

__all__ = ["Letter", "drop_letters", "drop_letters_from", "drop_settled_letters", "find_letters", "keep_letters"]


@dataclass(frozen=True, slots=True)
class Letter:
    """Headers and foot of one recipient's mail.

    Attributes:
        sender: the address that the mail is from, in ASCII.
        head: its header lines in ASCII, CRLF at the end of each, those of MIME left out.
        text_foot: what ends its plain text.
        html_foot: what ends its HTML.
    """

    sender: str
    head: str
    text_foot: str
    html_foot: str


def find_letters(conn: Connection, deliveries: Collection[int]) -> dict[int, Letter]:
    """Return what is kept of some deliveries, by their rows in the outbox."""
    rows = conn.execute(select(table).where(table.c.delivery_id.in_(list(deliveries)))).mappings()
    return {row["delivery_id"]: Letter(row["sender"], row["head"], row["text_foot"], row["html_foot"]) for row in rows}


def keep_letters(conn: Connection, letters: Mapping[int, Letter], now: datetime) -> dict[int, Letter]:
    """Keep letters of deliveries of which none is kept yet; return those that hold from now on, as they are stored."""
    rows = [
        {
            "delivery_id": row,
            "sender": letter.sender,
            "head": letter.head,
            "text_foot": letter.text_foot,
            "html_foot": letter.html_foot,
            "created": now,
        }
        for row, letter in sorted(letters.items())  # in one order, so that two replicas do not wait for each other
    ]
    if rows:
        conn.execute(insert_or_ignore(conn, table, ("delivery_id",)), rows)
    return find_letters(conn, letters.keys())


def drop_letters(conn: Connection, deliveries: Collection[int]) -> int:
    """Forget the letters of some deliveries; return how many there were."""
    return conn.execute(delete(table).where(table.c.delivery_id.in_(list(deliveries)))).rowcount


def drop_letters_from(conn: Connection, sender: str) -> int:
    """Forget every letter from an address that the mail server refuses; return how many there were."""
    return conn.execute(delete(table).where(table.c.sender == sender)).rowcount


def drop_settled_letters(conn: Connection) -> int:
    """Forget the letters of deliveries that are due no more, sent or not; return how many there were."""
    due = select(outbox.c.id).where(outbox.c.state == DeliveryState.DUE.value)
    return conn.execute(delete(table).where(table.c.delivery_id.not_in(due))).rowcount
