"""One running service for each SQLite file; PostgreSQL takes any number."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from alertsvc.errors import StoreError
from alertsvc.store.engine import database_path

__all__ = ["service_lock"]


@contextmanager
def service_lock(url: str) -> Iterator[None]:
    """Hold the lock beside the database's file throughout the block; it ends with the process, however that ends.

    Commands may write beside a running service and do not take it. The file stays: removing it would let two services
    each lock a file of their own.

    Raises:
        StoreError: another service holds it, or the file cannot be made.
    """
    database = database_path(url)
    if database is None:
        yield
        return
    real = database.resolve()  # one lock, by whatever link the file is reached
    path = real.with_name(real.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"{path}: the lock cannot be made: {error.strerror}", permanent=True) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreError(f"{database}: in use by another service", permanent=True) from error
        yield
    finally:
        os.close(handle)
