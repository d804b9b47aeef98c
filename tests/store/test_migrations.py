"""The migrations lead to exactly the schema that the code works with, and back."""

from __future__ import annotations

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from alertsvc.store import Store
from alertsvc.store.migrate import current_version, downgrade, upgrade
from alertsvc.store.schema import SCHEMA_VERSION, metadata
from tests.store.samples import trial


def _drawn(conn: Connection) -> list[tuple[str, ...]]:
    """Return everything that the database itself knows of its schema, in one form for each kind of database."""
    if conn.dialect.name == "sqlite":
        # Columns and constraints have no order of their own in a comparison; names and spelling count.
        rows = conn.execute(text("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"))
        return sorted(
            (kind, name, table, *sorted(line.strip().rstrip(",") for line in (sql or "").splitlines()))
            for kind, name, table, sql in rows
            if table != "alembic_version"
        )
    columns = conn.execute(
        text(
            "SELECT table_name, column_name, data_type, is_nullable, coalesce(collation_name, ''),"
            " coalesce(column_default, ''), ordinal_position::text"
            " FROM information_schema.columns WHERE table_schema = 'public'"
        )
    )
    indexes = conn.execute(text("SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"))
    constraints = conn.execute(
        text(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace"
        )
    )
    return sorted(tuple(row) for rows in (columns, indexes, constraints) for row in rows if row[0] != "alembic_version")


def test_migrations_draw_the_schema_of_the_code(empty_url: str) -> None:
    with Store.open(empty_url) as store:
        with store.read() as conn:
            migrated = _drawn(conn)
        with store.begin() as conn:
            downgrade(conn, "base")
            assert _drawn(conn) == []
            metadata.create_all(conn)
        with store.read() as conn:
            assert _drawn(conn) == migrated
    assert len(migrated) > len(metadata.tables)


def test_a_schema_that_differs_is_noticed(store: Store) -> None:
    with store.begin() as conn:
        before = _drawn(conn)
        conn.execute(text("DROP INDEX ix_articles_unread"))
        conn.execute(text("CREATE INDEX ix_articles_unread ON articles (effective, id) WHERE state = 'read'"))
        assert _drawn(conn) != before


def test_down_and_up_again(store: Store) -> None:
    with store.begin() as conn:
        assert current_version(conn) == SCHEMA_VERSION
        downgrade(conn, "base")
        assert set(inspect(conn).get_table_names()) <= {"alembic_version"}
        assert upgrade(conn) is None
        assert upgrade(conn) == SCHEMA_VERSION


def test_an_upgrade_that_fails_leaves_nothing(empty_url: str) -> None:
    with Store.open(empty_url) as store:
        with store.begin() as conn:
            downgrade(conn, "base")
            conn.execute(text("DROP TABLE alembic_version"))
        with trial(store) as conn:
            upgrade(conn)
            assert current_version(conn) == SCHEMA_VERSION
        with store.read() as conn:
            assert inspect(conn).get_table_names() == []


def test_the_version_of_the_code_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", "alertsvc.store:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA_VERSION]
