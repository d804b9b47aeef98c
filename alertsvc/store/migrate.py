"""Bringing a database to the schema of this code, by the migrations that ship with the package."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from alertsvc.errors import StoreError
from alertsvc.store.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["check_version", "current_version", "downgrade", "upgrade"]

# Any number, as long as every replica asks PostgreSQL for the same one.
_ADVISORY_LOCK = 0x616C7274


def current_version(conn: Connection) -> str | None:
    """Return the revision that the database is at; None where it has never been set up.

    Raises:
        StoreError: the database holds tables of something else.
    """
    tables = set(inspect(conn).get_table_names())
    version = None
    if "alembic_version" in tables:
        version = conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    if version is None and tables - {"alembic_version"}:
        raise StoreError("the database holds tables that are not ours: give alertsvc a database alone", permanent=True)
    return version


def check_version(conn: Connection) -> None:
    """Make sure that the database is at exactly the schema of this code.

    Raises:
        StoreError: it is older, newer, or was never set up.
    """
    version = current_version(conn)
    if version == SCHEMA_VERSION:
        return
    if version is None:
        raise StoreError("the database has not been set up: run `alertsvc db upgrade`", permanent=True)
    _refuse_newer(version)
    raise StoreError(
        f"the database is at schema {version}, older than {SCHEMA_VERSION}: run `alertsvc db upgrade`", permanent=True
    )


def upgrade(conn: Connection) -> str | None:
    """Bring the database up to `SCHEMA_VERSION` within the caller's write transaction; return where it stood before.

    Replicas that start at once wait for one another: SQLite's write transaction is exclusive, and PostgreSQL is asked
    for a lock that ends with the transaction.

    Raises:
        StoreError: the database was written by newer code, or holds tables of something else.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
    version = current_version(conn)
    if version != SCHEMA_VERSION:
        if version is not None:
            _refuse_newer(version)
        from alembic import command  # imported only when a database must change, for a quick start

        command.upgrade(_config(conn), SCHEMA_VERSION)
    return version


def downgrade(conn: Connection, version: str) -> None:
    """Take the database back to an older revision, or to nothing by `base`; what the newer one added is lost."""
    from alembic import command

    command.downgrade(_config(conn), version)


def _config(conn: Connection | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(resources.files("alertsvc.store") / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = conn
    return config


def _refuse_newer(version: str) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if version not in known:
        raise StoreError(
            f"the database is at schema {version}, which this version of alertsvc does not know"
            f" (it knows up to {SCHEMA_VERSION}): install the newer version that wrote it",
            permanent=True,
        )
