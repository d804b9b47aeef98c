"""INSERT that meets a row already there, in the dialect of the connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite

__all__ = ["Insert", "insert_or_ignore", "upsert", "upsert_rows"]

Insert = postgresql.Insert | sqlite.Insert


def insert_or_ignore(conn: Connection, table: Table, on: Sequence[str]) -> Insert:
    """Return an INSERT that leaves a row with the same values in the columns `on` as it is."""
    return _insert(conn, table).on_conflict_do_nothing(index_elements=list(on))


def upsert(
    conn: Connection, table: Table, values: Mapping[str, Any], *, on: Sequence[str], change: Mapping[str, Any]
) -> Insert:
    """Return an INSERT of `values` that makes the `change` where a row has the same values in the columns `on`."""
    return _insert(conn, table).values(**values).on_conflict_do_update(index_elements=list(on), set_=dict(change))


def upsert_rows(conn: Connection, table: Table, columns: tuple[str, ...], on: tuple[str, ...]) -> Insert:
    """Return an INSERT of `columns` that writes over a row with the same values in the columns `on`.

    It is to be run with its values as parameters, and is the same object each time, which spares building it.
    """
    return _upsert_rows(conn.dialect.name, table, columns, on)


@lru_cache(maxsize=64)
def _upsert_rows(dialect: str, table: Table, columns: tuple[str, ...], on: tuple[str, ...]) -> Insert:
    statement = (sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)).values(
        {name: bindparam(name, type_=table.c[name].type) for name in columns}
    )
    change = {name: statement.excluded[name] for name in columns if name not in on}
    return statement.on_conflict_do_update(index_elements=list(on), set_=change)


def _insert(conn: Connection, table: Table) -> Insert:
    return sqlite.insert(table) if conn.dialect.name == "sqlite" else postgresql.insert(table)
