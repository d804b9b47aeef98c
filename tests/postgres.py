"""A PostgreSQL server for the tests: the one that `ALERTSVC_TEST_POSTGRES` names, else a private one.

The private one runs on the binaries that are installed, in a folder of its own, and ends with the tests however these
end: it is kept by a small shell that waits for the other end of a pipe. `initdb` refuses to run as root; as root, the
server (and only the server) runs as the user `postgres`.
"""

from __future__ import annotations

import getpass
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from alertsvc.store import Store

__all__ = ["Postgres", "PostgresMissingError", "postgres_server"]

VARIABLE = "ALERTSVC_TEST_POSTGRES"

# Arguments: folder of the binaries, folder of the server, port. Speaks one line when the server takes connections.
_KEEPER = """
set -e
bin=$1 home=$2 port=$3
trap '' INT TERM HUP
cd "$home"
"$bin/initdb" -D data -U postgres -E UTF8 --locale=C --no-sync \
    --auth-local=trust --auth-host=scram-sha-256 --pwfile=password > log 2>&1
"$bin/pg_ctl" -D data -w -t 60 -l server.log start > /dev/null 2>> log < /dev/null \
    -o "-k $home -p $port -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off \
        -c full_page_writes=off -c max_connections=80 -c shared_buffers=32MB"
echo ready
read -r _ || true
"$bin/pg_ctl" -D data -w -t 30 -m immediate stop > /dev/null 2>&1
cd /
rm -rf -- "$home"
"""


class PostgresMissingError(Exception):
    """There is neither a server to use nor the binaries to start one."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A server where databases may be made. `admin` is the address of one that exists."""

    admin: URL
    loopback: URL | None  # the same by TCP and password, for the private server

    def url(self, database: str) -> str:
        """Return the address of a database of this server."""
        return self.admin.set(database=database).render_as_string(hide_password=False)

    @contextmanager
    def template(self) -> Iterator[str]:
        """Make a database with our tables; give its name."""
        with self.database() as name:
            Store.open(self.url(name)).close()
            yield name

    @contextmanager
    def database(self, template: str | None = None, encoding: str = "UTF8") -> Iterator[str]:
        """Make a database, empty or a copy of another, for as long as the block runs; give its name."""
        name = f"alertsvc_test_{secrets.token_hex(6)}"
        source = sql.Identifier(template or "template0")
        self._run(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING {}").format(
                sql.Identifier(name), source, sql.Literal(encoding)
            )
        )
        try:
            yield name
        finally:
            self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        address = self.admin.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """Give a server for as long as the block runs.

    Raises:
        PostgresMissingError: there is none, and none can be started.
    """
    named = os.environ.get(VARIABLE)
    if named:
        yield Postgres(make_url(named).set(drivername="postgresql"), None)
        return
    binaries = _binaries()
    # Short, since the path of a socket may have 107 bytes only.
    home = Path(tempfile.mkdtemp(prefix="alertsvc-pg-", dir="/tmp"))
    try:
        password = secrets.token_urlsafe(12)
        (home / "password").write_text(password)
        command = ["sh", "-c", _KEEPER, "keeper", str(binaries), str(home), str(port := _free_port())]
        if os.geteuid() == 0:
            for path in (home, home / "password"):
                shutil.chown(path, "postgres", "postgres")
            command = ["runuser", "-u", "postgres", "--", *command]
        with _kept(command, home):
            admin = URL.create(
                "postgresql", "postgres", database="postgres", query={"host": str(home), "port": str(port)}
            )
            loopback = URL.create("postgresql", "postgres", password, "127.0.0.1", port, "postgres")
            yield Postgres(admin, loopback)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _kept(command: list[str], home: Path) -> Iterator[None]:
    keeper = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert keeper.stdin is not None
    assert keeper.stdout is not None
    try:
        if keeper.stdout.readline() != "ready\n":
            told = [path.read_text() for path in (home / "log", home / "server.log") if path.exists()]
            raise RuntimeError("PostgreSQL did not start:\n" + "\n".join(told))
        yield
    finally:
        keeper.stdin.close()
        keeper.stdout.close()
        keeper.wait(timeout=60)


def _binaries() -> Path:
    found = sorted(
        (path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()),
        key=lambda path: (len(path.parent.name), path.parent.name),
    )
    if found:
        candidate: Path | None = found[-1]
    else:
        on_path = shutil.which("initdb")
        candidate = Path(on_path).resolve().parent if on_path else None
    if candidate is None:
        raise PostgresMissingError(f"no PostgreSQL: install its server, or name one in {VARIABLE}")
    if os.geteuid() == 0 and (shutil.which("runuser") is None or not _has_user("postgres")):
        raise PostgresMissingError(f"PostgreSQL does not run as {getpass.getuser()}, and there is no user postgres")
    return candidate


def _has_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
