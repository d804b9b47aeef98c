"""Carries out what an analyst decides, within the caller's write transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection

from alertsvc.domain import Incident
from alertsvc.store.incidents import has_incident, lock_class
from alertsvc.track import rulings
from alertsvc.track.filed import Filed
from alertsvc.track.joining import Ruled
from alertsvc.track.rulings import RulingError
from alertsvc.track.settling import settle
from alertsvc.track.severity import SeverityTable
from alertsvc.track.shelf import Known, Shelf

__all__ = ["Analyst"]


class Analyst:
    """Rules on incidents; each method returns what became of the incidents, in the order in which they are told."""

    def __init__(self, shelf: Shelf, table: SeverityTable) -> None:
        self._shelf = shelf
        self._table = table

    def merge(self, conn: Connection, target: str, others: Sequence[str], now: datetime) -> list[Filed]:
        """Merge other incidents into one.

        Raises:
            RulingError: there is no such incident, or they cannot be merged.
        """

        def rule(known: Sequence[Incident]) -> list[Ruled]:
            return rulings.merge(known[0], known[1:], now=now, table=self._table)

        return self._rule(conn, [target, *others], rule)

    def split(self, conn: Connection, name: str, articles: Collection[int], now: datetime) -> list[Filed]:
        """Take the reports of some articles into a new incident.

        Raises:
            RulingError: there is no such incident or report, or nothing would be left.
        """

        def rule(known: Sequence[Incident]) -> list[Ruled]:
            taken: set[str] = set()
            while True:
                ruled = rulings.split(known[0], articles, now=now, table=self._table, taken=taken)
                made = ruled[1].filing.incident.public_id
                if made in taken or not has_incident(conn, made):
                    return ruled
                taken.add(made)

        return self._rule(conn, [name], rule)

    def move(self, conn: Connection, name: str, article: int, target: str, now: datetime) -> list[Filed]:
        """Take an article's report into another incident.

        Raises:
            RulingError: there is no such incident or report.
        """

        def rule(known: Sequence[Incident]) -> list[Ruled]:
            return rulings.move(known[0], article, known[1], now=now, table=self._table)

        return self._rule(conn, [name, target], rule)

    def withdraw(self, conn: Connection, name: str, why: str, now: datetime) -> list[Filed]:
        """Take an incident back.

        Raises:
            RulingError: there is no such incident, or it is withdrawn already.
        """
        return self._rule(conn, [name], lambda known: rulings.withdraw(known[0], why, now=now, table=self._table))

    def close(self, conn: Connection, name: str, now: datetime) -> list[Filed]:
        """Close an incident.

        Raises:
            RulingError: there is no such incident, or it is closed by an analyst already.
        """
        return self._rule(conn, [name], lambda known: rulings.close(known[0], now=now))

    def _rule(
        self, conn: Connection, names: Sequence[str], rule: Callable[[Sequence[Incident]], list[Ruled]]
    ) -> list[Filed]:
        for incident_class in sorted({self._one(conn, name).incident.incident_class for name in names}):
            lock_class(conn, incident_class)
        known = {name: self._one(conn, name) for name in names}  # again, now that nobody else files
        return settle(conn, self._shelf, known, rule([known[name].incident for name in names]))

    def _one(self, conn: Connection, name: str) -> Known:
        found = self._shelf.named(conn, name)
        if name not in found:
            raise RulingError(f"there is no incident {name}; `alertsvc incidents list` shows them")
        return found[name]
