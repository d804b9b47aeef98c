"""One service for each SQLite file."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from alertsvc.errors import StoreError
from alertsvc.store import Store
from alertsvc.store.lock import service_lock
from alertsvc.store.meta import set_meta

HOLD = """
import sys
from alertsvc.store.lock import service_lock
with service_lock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_service_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/a.db"
    for _ in range(2):
        with service_lock(url), pytest.raises(StoreError, match="in use by another service"), service_lock(url):
            pass


def test_another_process_is_refused_and_a_killed_one_leaves_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    holder = subprocess.Popen([sys.executable, "-c", HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StoreError, match="in use"), service_lock(url):
            pass
        holder.send_signal(signal.SIGKILL)
    with service_lock(url):
        pass


def test_by_a_link_it_is_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with (
        service_lock(f"sqlite:///{tmp_path}/real/a.db"),
        pytest.raises(StoreError, match="in use"),
        service_lock(f"sqlite:///{tmp_path}/link/a.db"),
    ):
        pass


def test_commands_write_beside_the_service(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    with service_lock(url), Store.open(url) as store, store.begin() as conn:
        set_meta(conn, "a", "b")


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be made"), service_lock(f"sqlite:///{tmp_path}/file/a.db"):
        pass


@pytest.mark.parametrize("url", ["postgresql://nowhere/db", "sqlite:///:memory:"])
def test_elsewhere_it_does_nothing(url: str) -> None:
    with service_lock(url), service_lock(url):
        pass
