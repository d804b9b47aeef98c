"""The store: tables, migrations and queries; nobody else writes SQL.

`Store` opens the database and gives connections in transactions; the functions of the modules here take such a
connection first, so that several of them make one transaction.
"""

from __future__ import annotations

from alertsvc.store.engine import Store

__all__ = ["Store"]
