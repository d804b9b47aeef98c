"""The database: opening it, reading it and writing to it in transactions, and its errors told in one line.

SQLite (no server, one file) and PostgreSQL are used through the same queries. Writers of one SQLite file queue up: the
service's own threads in order on its one writing connection, other processes by SQLite's busy timeout.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from alertsvc.errors import StoreError
from alertsvc.store.migrate import check_version, upgrade
from alertsvc.store.values import dump_json, load_json

__all__ = ["BUSY_SECONDS", "Store", "database_path", "database_url"]

BUSY_SECONDS = 10.0
"""How long a writer waits for its turn."""

# A replica that hangs within a transaction must not hold the lock of an incident class for ever.
_POSTGRES_SESSION = "SET timezone TO 'UTC'; SET lock_timeout TO '30s'; SET idle_in_transaction_session_timeout TO '60s'"


def database_url(url: str) -> URL:
    """Return the address with the driver that is used: `postgresql://` means psycopg 3.

    Raises:
        StoreError: it is not the address of an SQLite file or a PostgreSQL database.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError("the database address cannot be read", permanent=True) from error
    if parsed.drivername in ("postgresql", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername == "sqlite" and not parsed.query and not parsed.host:
        return parsed
    raise StoreError("the database address must begin with sqlite:/// or postgresql://", permanent=True)


def database_path(url: str) -> Path | None:
    """Return the file of an SQLite database; None for PostgreSQL and for one in memory."""
    parsed = database_url(url)
    if parsed.drivername != "sqlite" or not parsed.database or parsed.database == ":memory:":
        return None
    return Path(parsed.database).absolute()


class Store:
    """An open database. It may be shared by threads; each connection it gives belongs to one thread at a time."""

    def __init__(self, writer: Engine, reader: Engine, secrets: tuple[str, ...] = ()) -> None:
        self._writer = writer
        self._reader = reader
        self._secrets = secrets
        self._closed = threading.Event()

    @classmethod
    def open(cls, url: str, *, migrate: bool = True) -> Self:
        """Open the database at `url`, set up or upgrade its tables, or with `migrate` off only check them.

        A missing SQLite file is made, its folder too, readable by its owner only: it will hold addresses and webhooks.

        Raises:
            StoreError: it cannot be reached or read, is newer than this code, or is older and `migrate` is off.
        """
        parsed = database_url(url)
        secrets = tuple({parsed.password, quote(parsed.password, safe="")}) if parsed.password else ()
        if parsed.drivername == "sqlite":
            path = database_path(url)
            if path is not None:
                _make_file(path, create=migrate)
            writer, reader = _sqlite_engines(path)
        else:
            writer = reader = _postgres_engine(parsed)
        store = cls(writer, reader, secrets)
        try:
            store._prepare(migrate=migrate)
        except BaseException:
            store.close()
            raise
        return store

    @property
    def dialect(self) -> Literal["sqlite", "postgresql"]:
        """Which of the two databases this is."""
        return "sqlite" if self._writer.dialect.name == "sqlite" else "postgresql"

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Give a connection in a write transaction, committed at the end of the block, rolled back by any exception.

        Transactions of one thread do not nest, and nothing slow (network least of all) belongs within one.

        Raises:
            StoreError: the database refused or did not answer; nothing of the block was stored.
        """
        with self._translated(), self._writer.begin() as conn:
            yield conn

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the database throughout the block and changes nothing.

        Raises:
            StoreError: the database refused or did not answer.
        """
        with self._translated(), self._reader.connect() as conn:
            if self.dialect == "postgresql":
                conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield conn

    def ping(self) -> None:
        """Ask the database for a sign of life.

        Raises:
            StoreError: there is none.
        """
        with self.read() as conn:
            conn.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close every connection; the store cannot be used any more."""
        self._closed.set()
        self._reader.dispose()
        self._writer.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _prepare(self, *, migrate: bool) -> None:
        if not migrate:
            with self.read() as conn:
                check_version(conn)
            return
        with self.begin() as conn:
            upgrade(conn)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        if self._closed.is_set():
            raise StoreError("the store has been closed", permanent=True)
        try:
            yield
        except SQLAlchemyError as error:
            raise StoreError(self._line(error), permanent=_is_permanent(error)) from error

    def _line(self, error: Exception) -> str:
        """Say in one line what the database said, without the statement, its values or the password."""
        if isinstance(error, PoolTimeout):
            return f"database: no connection came free within {BUSY_SECONDS:.0f} s"
        cause = error.orig if isinstance(error, StatementError) and error.orig is not None else error
        lines = [line.strip() for line in str(cause).splitlines() if line.strip()]
        message = lines[0] if lines else type(cause).__name__
        for secret in self._secrets:
            message = message.replace(secret, "***")
        return f"database: {message}"


def _is_permanent(error: Exception) -> bool:
    if isinstance(error, DBAPIError):
        return isinstance(error, IntegrityError | DataError | ProgrammingError | NotSupportedError)
    return isinstance(error, StatementError)


def _make_file(path: Path, *, create: bool) -> None:
    if path.exists():
        return
    if not create:
        raise StoreError(f"{path}: no such database: run `alertsvc db upgrade`", permanent=True)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(f"{path}: the database cannot be made: {error.strerror}", permanent=True) from error


def _sqlite_engines(path: Path | None) -> tuple[Engine, Engine]:
    """Make the engine that writes, on one connection, and the one that reads; in memory they are the same."""
    url = URL.create("sqlite", database=":memory:" if path is None else str(path))
    options: dict[str, Any] = {
        "connect_args": {"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False},
        "poolclass": QueuePool,
        "pool_timeout": BUSY_SECONDS,
        "hide_parameters": True,
        "json_serializer": dump_json,
        "json_deserializer": load_json,
    }
    writer = create_engine(url, pool_size=1, max_overflow=0, **options)
    event.listen(writer, "connect", _sqlite_pragmas)
    event.listen(writer, "begin", _sqlite_begin_write)
    if path is None:
        return writer, writer
    reader = create_engine(url, pool_size=4, max_overflow=16, **options)
    event.listen(reader, "connect", _sqlite_pragmas)
    event.listen(reader, "connect", _sqlite_query_only)
    event.listen(reader, "begin", _sqlite_begin_read)
    return writer, reader


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    # FULL: with less, WAL may lose the last commits when the power fails, and with them what was noted as sent.
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_query_only(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA query_only = ON")


# The driver's own transactions are off (isolation_level None): it would begin them late, and only for some statements.
def _sqlite_begin_write(conn: Connection) -> None:
    conn.exec_driver_sql("BEGIN IMMEDIATE")


def _sqlite_begin_read(conn: Connection) -> None:
    conn.exec_driver_sql("BEGIN")


def _postgres_engine(url: URL) -> Engine:
    engine = create_engine(
        url,
        pool_size=5,
        max_overflow=10,
        pool_timeout=BUSY_SECONDS,
        pool_pre_ping=True,
        connect_args={} if "connect_timeout" in url.query else {"connect_timeout": int(BUSY_SECONDS)},
        hide_parameters=True,
        json_serializer=dump_json,
        json_deserializer=load_json,
    )
    event.listen(engine, "connect", _postgres_session, insert=True)
    return engine


def _postgres_session(connection: Any, _record: Any) -> None:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        connection.close()
        raise StoreError(f"the database must be in UTF8, not in {encoding}", permanent=True)
    connection.execute(_POSTGRES_SESSION)
    connection.commit()
