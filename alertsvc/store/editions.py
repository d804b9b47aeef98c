"""Editions: briefings as they were rendered, each kept once for all its recipients until nothing of it can be due."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from alertsvc.domain import Picture
from alertsvc.store.schema import editions as table
from alertsvc.store.upsert import insert_or_ignore

__all__ = ["StoredEdition", "drop_editions", "find_editions", "keep_editions"]


@dataclass(frozen=True, slots=True)
class StoredEdition:
    """What a briefing came out as; `demonstration` for one of invented events, which goes with them."""

    subject: str
    text: str
    html: str
    slack: dict[str, Any]
    pictures: tuple[Picture, ...] = ()
    demonstration: bool = False


def find_editions(conn: Connection, keys: Iterable[str]) -> dict[str, StoredEdition]:
    """Return the editions kept under some of the keys."""
    found: dict[str, StoredEdition] = {}
    for row in conn.execute(select(table).where(table.c.key.in_(list(keys)))).mappings():
        pictures = tuple(Picture(item["cid"], base64.b64decode(item["png"]), item["alt"]) for item in row["pictures"])
        found[row["key"]] = StoredEdition(
            row["subject"], row["text"], row["html"], row["slack"], pictures, row["demonstration"]
        )
    return found


def keep_editions(conn: Connection, editions: Mapping[str, StoredEdition], now: datetime) -> dict[str, StoredEdition]:
    """Keep editions under keys where none is kept yet; return those that hold from now on, as they are stored."""
    rows = [
        {
            "key": key,
            "subject": edition.subject,
            "text": edition.text,
            "html": edition.html,
            "slack": edition.slack,
            "pictures": [
                {"cid": item.cid, "png": base64.b64encode(item.png).decode("ascii"), "alt": item.alt}
                for item in edition.pictures
            ],
            "demonstration": edition.demonstration,
            "created": now,
        }
        for key, edition in sorted(editions.items())  # in one order, so that two replicas do not wait for each other
    ]
    if rows:
        conn.execute(insert_or_ignore(conn, table, ("key",)), rows)
    return find_editions(conn, editions)


def drop_editions(conn: Connection, before: datetime) -> int:
    """Forget the editions that were rendered before an instant; return how many."""
    return conn.execute(delete(table).where(table.c.created < before)).rowcount
