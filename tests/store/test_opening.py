"""Opening a database: what is made, what is refused, and what is said about it."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from alertsvc.errors import StoreError
from alertsvc.store import Store
from alertsvc.store.engine import database_path, database_url
from alertsvc.store.meta import get_meta, set_meta
from tests.postgres import Postgres


def test_a_fresh_database_is_set_up_and_opened_again(empty_url: str) -> None:
    with Store.open(empty_url) as store, store.begin() as conn:
        set_meta(conn, "installed", "yes")
    with Store.open(empty_url, migrate=False) as store, store.read() as conn:
        assert get_meta(conn, "installed") == "yes"
        assert store.dialect == empty_url.split(":")[0]


def test_without_migrating_an_empty_database_is_refused(empty_url: str) -> None:
    with pytest.raises(StoreError, match="db upgrade") as caught:
        Store.open(empty_url, migrate=False)
    assert caught.value.permanent


@pytest.mark.parametrize("migrate", [True, False])
def test_a_newer_database_is_refused_and_left_alone(store_url: str, migrate: bool) -> None:
    with Store.open(store_url) as store, store.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"9999.*does not know"):
        Store.open(store_url, migrate=migrate)


def test_a_database_of_something_else_is_refused_and_left_alone(empty_url: str) -> None:
    with Store.open(empty_url) as store, store.begin() as conn:
        conn.execute(text("DELETE FROM alembic_version"))
    with pytest.raises(StoreError, match="not ours"):
        Store.open(empty_url)


def test_replicas_that_start_at_once_set_the_database_up_once(empty_url: str) -> None:
    code = "import sys; from alertsvc.store import Store; Store.open(sys.argv[1]).ping(); print('up')"
    replicas = [
        subprocess.Popen(
            [sys.executable, "-c", code, empty_url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    assert [replica.communicate(timeout=60) for replica in replicas] == [("up\n", "")] * 4


def test_what_a_failed_block_wrote_is_gone(store: Store) -> None:
    def write_and_fail() -> None:
        with store.begin() as conn:
            set_meta(conn, "a", "b")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    with store.read() as conn:
        assert get_meta(conn, "a") is None


def test_a_read_changes_nothing(store: Store) -> None:
    with pytest.raises(StoreError, match=r"(?i)read.?only"), store.read() as conn:
        set_meta(conn, "a", "b")
    with store.begin() as conn:
        assert get_meta(conn, "a") is None


def test_a_read_sees_one_state_throughout(store: Store) -> None:
    with store.read() as reading:
        assert get_meta(reading, "a") is None
        with store.begin() as writing:
            set_meta(writing, "a", "b")
        assert get_meta(reading, "a") is None
    with store.read() as reading:
        assert get_meta(reading, "a") == "b"


def test_the_database_s_complaint_becomes_one_line(store: Store) -> None:
    with pytest.raises(StoreError, match=r"^database: .*nowhere.*$") as caught, store.read() as conn:
        conn.execute(text("SELECT 'secret value' FROM nowhere"))
    assert "secret value" not in str(caught.value)


def test_a_refused_row_is_a_permanent_error(store: Store) -> None:
    with pytest.raises(StoreError) as caught, store.begin() as conn:
        conn.execute(text("INSERT INTO meta (key, value) VALUES ('a', NULL)"))
    assert caught.value.permanent


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.ping()


@pytest.mark.parametrize("url", ["mysql://u:hunter2@h/d", "sqlite://host/x", "nothing", "", "sqlite:///x?mode=ro"])
def test_another_kind_of_address_is_refused(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        Store.open(url)
    assert "hunter2" not in str(caught.value)


def test_the_driver_is_psycopg_3() -> None:
    assert database_url("postgresql://h/d").drivername == "postgresql+psycopg"
    assert database_path("postgresql://h/d") is None
    assert database_path("sqlite:///:memory:") is None
    assert database_path("sqlite:////var/a.db") == Path("/var/a.db")


class TestSqlite:
    def test_the_file_and_its_folder_are_made_for_the_owner_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "new" / "folder" / "a.db"
        with Store.open(f"sqlite:///{path}") as store:
            store.ping()
            assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}

    def test_every_connection_is_set_up(self, tmp_path: Path) -> None:
        with Store.open(f"sqlite:///{tmp_path}/a.db") as store:
            for connect in (store.begin, store.read):
                with connect() as conn:
                    found = {
                        name: conn.exec_driver_sql(f"PRAGMA {name}").scalar()
                        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
                    }
                assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}

    def test_a_file_that_is_no_database_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "a.db"
        path.write_text("no database, and long enough to be looked at\n" * 100)
        with pytest.raises(StoreError, match="not a database"):
            Store.open(f"sqlite:///{path}")

    def test_a_place_that_cannot_be_written_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(StoreError, match=r"file/a\.db: the database cannot be made"):
            Store.open(f"sqlite:///{tmp_path}/file/a.db")

    def test_in_memory_it_lives_as_long_as_the_store(self) -> None:
        with Store.open("sqlite:///:memory:") as store:
            with store.begin() as conn:
                set_meta(conn, "a", "b")
            with store.read() as conn:
                assert get_meta(conn, "a") == "b"

    def test_a_writer_takes_the_lock_when_it_begins(self, tmp_path: Path) -> None:
        with Store.open(f"sqlite:///{tmp_path}/a.db") as store, store.begin():
            other = sqlite3.connect(tmp_path / "a.db", timeout=0)
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("INSERT INTO meta VALUES ('a', 'b')")
            other.close()


class TestPostgres:
    def test_by_loopback_and_password(self, postgres: Postgres) -> None:
        if postgres.loopback is None:
            assert postgres.admin.host  # a server that was named is reached as it was named
            return
        with postgres.database() as name:
            url = postgres.loopback.set(database=name).render_as_string(hide_password=False)
            Store.open(url).close()

    def test_the_password_is_in_no_message(self, postgres: Postgres) -> None:
        url = (postgres.loopback or postgres.admin).set(password="hunter2@/:", database="nowhere")
        with pytest.raises(StoreError) as caught:
            Store.open(url.set(host="127.0.0.1").render_as_string(hide_password=False))
        assert "hunter2" not in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_a_server_that_does_not_answer_is_no_permanent_error(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError) as caught:
            Store.open(f"postgresql://someone:hunter2@/db?host={tmp_path}")
        assert not caught.value.permanent
        assert "hunter2" not in str(caught.value)

    def test_a_database_in_another_encoding_is_refused(self, postgres: Postgres) -> None:
        with postgres.database(encoding="SQL_ASCII") as name, pytest.raises(StoreError, match="UTF8"):
            Store.open(postgres.url(name))

    def test_a_lost_connection_is_replaced(self, postgres: Postgres) -> None:
        with postgres.database() as name, Store.open(postgres.url(name)) as store:
            with store.read() as conn:
                own = conn.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with Store.open(postgres.url(name)) as other, other.begin() as conn:
                conn.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
            store.ping()
