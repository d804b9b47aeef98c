"""A worker as a process of its own, for the tests to run side by side and to kill.

Arguments: address of the store, name of the worker, what to claim, how many at a time, `drain` or `hold`. Prints one
line of JSON: the ids that it claimed. `hold` claims once and waits to be killed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from alertsvc.store import Store, articles, feeds, outbox
from tests.store.samples import NOON

__all__ = ["CLAIMS", "LEASE", "drain"]

LEASE = 60.0


def _feeds(conn: Connection, worker: str, now: datetime, limit: int) -> list[str | int]:
    return [item.id for item in feeds.claim_due(conn, worker=worker, now=now, lease=LEASE, limit=limit)]


def _articles(conn: Connection, worker: str, now: datetime, limit: int) -> list[str | int]:
    taken = articles.claim_unread(conn, worker=worker, now=now, lease=LEASE, limit=limit)
    return [item.id for item in taken if item.id is not None]


def _outbox(conn: Connection, worker: str, now: datetime, limit: int) -> list[str | int]:
    taken = outbox.claim_due(conn, worker=worker, now=now, lease=LEASE, limit=limit)
    return [item.id for item in taken if item.id is not None]


CLAIMS: dict[str, Callable[[Connection, str, datetime, int], list[str | int]]] = {
    "feeds": _feeds,
    "articles": _articles,
    "outbox": _outbox,
}


def drain(store: Store, worker: str, kind: str, limit: int) -> list[str | int]:
    """Claim until nothing is left; return everything that was claimed."""
    everything: list[str | int] = []
    while True:
        with store.begin() as conn:
            taken = CLAIMS[kind](conn, worker, NOON, limit)
        if not taken:
            return everything
        everything += taken


def _tell(taken: list[str | int]) -> None:
    sys.stdout.write(json.dumps(taken) + "\n")
    sys.stdout.flush()


def main() -> None:
    url, worker, kind, limit, what = sys.argv[1:]
    with Store.open(url, migrate=False) as store:
        if what == "drain":
            sys.stdin.readline()
            _tell(drain(store, worker, kind, int(limit)))
            return
        with store.begin() as conn:
            taken = CLAIMS[kind](conn, worker, NOON, int(limit))
        _tell(taken)
        sys.stdin.read()


if __name__ == "__main__":
    main()
