"""How often an address was asked for its consent lately, under whatever names it was added."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from alertsvc.store.consent import ConsentEvent
from alertsvc.store.privacy import proves
from alertsvc.store.schema import consents

__all__ = ["mailbox", "questions_since"]


def mailbox(address: str) -> str:
    """Return what addresses have in common that most servers put into one mailbox: no case, nothing from a "+" on."""
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def questions_since(conn: Connection, address: str, since: datetime) -> int:
    """Return how many questions an address's mailbox was to be sent after an instant.

    Those of somebody who was erased since count too, as far as the digest that is left of the address shows: whoever
    erases and adds again must not be able to fill a stranger's mailbox.
    """
    query = select(consents.c.address, consents.c.evidence).where(
        consents.c.event == ConsentEvent.ASKED.value, consents.c.at > since
    )
    wanted, plain = mailbox(address), mailbox(address) == address.strip().lower()
    count = 0
    for row in conn.execute(query):
        if row.address:
            count += mailbox(row.address) == wanted
        elif row.evidence:
            count += proves(row.evidence, address) or (not plain and proves(row.evidence, wanted))
    return count
