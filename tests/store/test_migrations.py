"""The migrations lead to exactly the schema that the code works with, and back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from alertsvc.domain import Channel, Subscriber
from alertsvc.store import Store
from alertsvc.store.migrate import current_version, downgrade, upgrade
from alertsvc.store.periods import list_periods
from alertsvc.store.schema import SCHEMA_VERSION, metadata
from alertsvc.store.subscribers import list_standings
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


def test_subscribers_of_an_older_database_keep_their_place(store: Store) -> None:
    """They go on from the digest that they had last, active or not as they were."""
    with store.begin() as conn:
        downgrade(conn, "0004")
        person = (
            "INSERT INTO subscribers (id, name, source, active, channel, target, classes, countries, kinds,"
            " min_severity, flash_from, timezone, digest_hour, demonstration, created) VALUES (:id, :name, 'command',"
            " :active, 'email', 'a@example.org', '[]', '[]', '[]', 0.5, 1.5, 'UTC', 7, :no, '2026-01-01 00:00:00')"
        )
        conn.execute(text(person), {"id": 1, "name": "a", "active": True, "no": False})
        conn.execute(text(person), {"id": 2, "name": "b", "active": False, "no": False})
        for key, created, end in (
            ("daily:1:first", "2026-01-01 12:00:00", "2026-01-01T12:00:00+00:00"),
            ("daily:1:2026-01-02", "2026-01-02 07:00:01", "2026-01-02T07:00:00+00:00"),
            ("daily:11:2026-01-03", "2026-01-03 07:00:01", "2026-01-03T07:00:00+00:00"),
        ):
            conn.execute(
                text(
                    "INSERT INTO outbox (key, subscriber_id, kind, facts, demonstration, channel, target, message_id,"
                    " template_version, created, expires, state, attempts, extra) VALUES (:key, 1, 'daily', '{}', :no,"
                    " 'email', 'a@example.org', 'x', '1', :created, :created, 'sent', 1, :extra)"
                ),
                {
                    "key": key,
                    "no": False,
                    "created": created,
                    "extra": json.dumps({"start": "2026-01-01T12:00:00+00:00", "end": end}),
                },
            )
        upgrade(conn)
        standings = {item.subscriber.name: item for item in list_standings(conn, removed=True)}
        assert {name: item.subscriber.state.value for name, item in standings.items()} == {
            "a": "active",
            "b": "removed",
        }
        assert standings["a"].subscriber == replace(
            Subscriber("a", Channel.EMAIL, "a@example.org", kinds=()), id=1, created=datetime(2026, 1, 1, tzinfo=UTC)
        )
        (period,) = list_periods(conn, 1)
        assert (period.period, period.end) == ("2026-01-02", datetime(2026, 1, 2, 7, tzinfo=UTC))
        assert list_periods(conn, 2) == []
