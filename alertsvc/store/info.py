"""Figures about the database itself: where its schema stands, how large it is, what lies in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, create_engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from alertsvc.errors import StoreError
from alertsvc.store.engine import BUSY_SECONDS, database_path, database_url
from alertsvc.store.migrate import current_version
from alertsvc.store.schema import articles, feeds, incidents, metadata, outbox, subscribers

__all__ = [
    "StoreInfo",
    "articles_by_feed",
    "demonstration_rows",
    "public_name",
    "schema_version",
    "store_info",
    "subscriber_sources",
]


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What is in a database. `size` in bytes; `oldest` and `newest` are effective times of articles."""

    schema: str | None
    size: int
    rows: dict[str, int]
    oldest: datetime | None
    newest: datetime | None


def public_name(url: str) -> str:
    """Return which database an address means, without user, password and options.

    Raises:
        StoreError: the address cannot be read.
    """
    parsed = database_url(url)
    if parsed.drivername == "sqlite":
        return str(database_path(url) or "in memory")
    port = f":{parsed.port}" if parsed.port else ""
    return f"{parsed.host or 'local'}{port}/{parsed.database or ''}"


def schema_version(url: str) -> str | None:
    """Return the schema that a database is at, whichever that is, without changing anything; None for an empty one.

    A missing SQLite file counts as empty and is not made.

    Raises:
        StoreError: it cannot be reached, or holds tables of something else.
    """
    path = database_path(url)
    if path is not None and not path.exists():
        return None
    parsed = database_url(url)
    limit = {"connect_timeout": int(BUSY_SECONDS)} if parsed.drivername != "sqlite" else {}
    if "connect_timeout" in parsed.query:
        limit = {}
    engine = create_engine(parsed, poolclass=NullPool, hide_parameters=True, connect_args=limit)
    try:
        with engine.connect() as conn:
            return current_version(conn)
    except SQLAlchemyError:
        # Nothing of the driver's words: they may repeat the address with its password.
        raise StoreError(f"{public_name(url)}: the database cannot be read") from None
    finally:
        engine.dispose()


def store_info(conn: Connection) -> StoreInfo:
    """Count everything; on a large PostgreSQL database this takes seconds."""
    if conn.dialect.name == "sqlite":
        size = text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
    else:
        size = text("SELECT pg_database_size(current_database())")
    tables = sorted(metadata.tables.values(), key=lambda table: table.name)
    oldest, newest = conn.execute(select(func.min(articles.c.effective), func.max(articles.c.effective))).one()
    return StoreInfo(
        schema=current_version(conn),
        size=int(conn.execute(size).scalar_one()),
        rows={table.name: conn.execute(select(func.count()).select_from(table)).scalar_one() for table in tables},
        oldest=oldest,
        newest=newest,
    )


def articles_by_feed(conn: Connection) -> dict[str, int]:
    """Return how many articles of each feed are stored; a feed without any is missing."""
    query = select(articles.c.feed_id, func.count()).group_by(articles.c.feed_id)
    return {feed_id: int(number) for feed_id, number in conn.execute(query)}


def demonstration_rows(conn: Connection) -> dict[str, int]:
    """Return how much of the demonstration there is, by table."""
    marked = (feeds, articles, incidents, subscribers, outbox)
    query = {table.name: select(func.count()).select_from(table).where(table.c.demonstration) for table in marked}
    return {name: int(conn.execute(count).scalar_one()) for name, count in query.items()}


def subscriber_sources(conn: Connection) -> dict[str, str]:
    """Return where each active subscriber comes from, `config` or `command`, by name."""
    query = select(subscribers.c.name, subscribers.c.source).where(subscribers.c.active)
    return {str(name): str(source) for name, source in conn.execute(query)}
