"""The rules that a running service reads by: always the last set that could be used.

An operator's files are edited while the service runs, and a half-written or mistaken one must not stop it. Whenever
they change they are copied to a folder of ours, the copy is tried in a worker process, and only if nothing is wrong
with it are articles read by it. Until then those that come in are read by the set before.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from alertsvc.clock import Clock
from alertsvc.detect.batch import DetectorConfig
from alertsvc.detect.rules.trial import read_files
from alertsvc.errors import DataError
from alertsvc.settings import DetectSettings
from alertsvc.store import Store
from alertsvc.store.problems import clear_problems, list_problems, record_problem
from alertsvc.worker import WorkerError, WorkerPool

__all__ = ["SCOPE", "Rulebook", "record_faults"]

SCOPE = "rules"
"""The scope of the problems that are recorded; their subject is the file."""

_TRY = "alertsvc.detect.rules.trial:try_rules"
_TRY_WITHIN = 60.0  # seconds
_TRY_AGAIN = timedelta(minutes=5)  # after a worker process failed, which may have had nothing to do with the rules
_KEPT = 3  # copies: an article may still be in reading by the one before
_log = structlog.get_logger(__name__)

_Stamp = tuple[tuple[str, int, int, int], ...]
_Content = dict[str, bytes]  # by path within the folder


class Rulebook:
    """Keeps the configuration of detection with the last good set of rules.

    Args:
        settings: folders, languages, threshold.
        store: where what is wrong is recorded.
        pool: worker processes, open whenever `start` or `current` is awaited.
        clock: what time it is.
    """

    def __init__(self, settings: DetectSettings, store: Store, pool: WorkerPool, clock: Clock) -> None:
        self._settings = settings
        self._store = store
        self._pool = pool
        self._clock = clock
        self._turn = asyncio.Lock()
        self._stamp: _Stamp | None = None  # of the files that were tried last
        self._again: datetime | None = None
        self._good: tuple[Path, _Content] | None = None
        self._base: Path | None = None
        self._copies: list[Path] = []
        self._made = 0

    async def start(self) -> None:
        """Take up the operator's rules, and forget what an earlier service recorded of them.

        Raises:
            DataError: they cannot be used; with every fault.
            StoreError: the database does not answer.
        """
        if self._settings.rules_dir is not None:
            async with self._turn:
                await self._look(self._settings.rules_dir)
        await asyncio.to_thread(record_faults, self._store, SCOPE, (), self._clock.now())

    async def current(self) -> DetectorConfig:
        """Return the configuration to read by, with the operator's files as they are now if they can be used.

        Raises:
            DataError: they cannot, and never could since the service began.
            StoreError: the database does not answer.
        """
        own = self._settings.rules_dir
        if own is None:
            return self._config(None)
        async with self._turn:
            await self._look(own)
            assert self._good is not None
            folder, content = self._good
            # Whoever tidies up temporary folders must not change what articles are read by.
            await asyncio.to_thread(_write, folder, content)
        return self._config(folder)

    async def _look(self, own: Path) -> None:
        """Take up the operator's files if they have changed since they were tried last."""
        stamp = await asyncio.to_thread(_stamped, own)
        if stamp == self._stamp and (self._again is None or self._clock.now() < self._again):
            return
        again: datetime | None = None
        try:
            problems = await self._try(own)
        except WorkerError as error:
            again = self._clock.now() + _TRY_AGAIN
            problems = [f"rules: could not be tried: {error}"]
        except Exception as error:  # noqa: BLE001  whatever goes wrong with them, the last good rules stay in use
            _log.exception("trying the rules failed")
            problems = [f"rules: could not be tried: {type(error).__name__}: {error}"]
        if problems and self._good is None:
            raise DataError(problems)
        await asyncio.to_thread(record_faults, self._store, SCOPE, problems, self._clock.now())
        if problems:
            _log.error("the rules cannot be used, the last good ones stay in use", problems=problems)
        elif self._stamp is not None:
            _log.info("changed rules are in use", folder=str(own))
        # Only now, so that what is broken off or could not be recorded is tried again.
        self._stamp, self._again = stamp, again

    async def _try(self, own: Path) -> list[str]:
        """Copy the operator's files, try the copy, and use it if nothing is wrong; return what is."""
        if not await asyncio.to_thread(own.is_dir):
            return [f"detect.rules_dir: {own}: no such folder"]
        try:
            content = await asyncio.to_thread(_content, own)
        except OSError as error:
            return [f"{Path(error.filename or own).name}: cannot be read: {error.strerror or error}"]
        folder = await asyncio.to_thread(self._copy, content)
        problems: list[str] = await self._pool.call(_TRY, self._config(folder), timeout=_TRY_WITHIN)
        if not problems:
            self._good = folder, content
        self._copies.append(folder)
        old = [copy for copy in self._copies[:-_KEPT] if self._good is None or copy != self._good[0]]
        for copy in old:
            self._copies.remove(copy)
            await asyncio.to_thread(shutil.rmtree, copy, ignore_errors=True)
        return problems

    def _copy(self, content: _Content) -> Path:
        if self._base is None:
            self._base = Path(tempfile.mkdtemp(prefix="alertsvc-rules-"))
            weakref.finalize(self, shutil.rmtree, self._base, ignore_errors=True)
        self._made += 1
        folder = self._base / str(self._made)
        folder.mkdir(parents=True)
        _write(folder, content)
        return folder

    def _config(self, rules_dir: Path | None) -> DetectorConfig:
        own = self._settings
        stamp = 0.0
        if own.model_dir is not None and (manifest := own.model_dir / "manifest.json").exists():
            stamp = manifest.stat().st_mtime
        return DetectorConfig(rules_dir, own.model_dir, own.languages, own.threshold, stamp)


def record_faults(store: Store, scope: str, problems: Sequence[str], now: datetime) -> None:
    """Record what is wrong with files now, told as "file:line: fault", in place of what was wrong before.

    Raises:
        StoreError: the database does not answer.
    """
    with store.begin() as conn:
        for known in {item.subject for item in list_problems(conn, limit=10_000) if item.scope == scope}:
            clear_problems(conn, scope, known)
        for problem in problems:
            where, _, message = problem.partition(": ")
            file, _, line = where.partition(":")
            record_problem(conn, scope, file, f"line {line}: {message}" if line else message, now)


def _stamped(own: Path) -> _Stamp:
    found = []
    for path in read_files(own):
        try:
            status = path.stat()
        except OSError:  # gone since it was listed
            continue
        found.append((str(path), status.st_mtime_ns, status.st_size, status.st_ino))
    return tuple(found)


def _content(own: Path) -> _Content:
    return {path.relative_to(own).as_posix(): path.read_bytes() for path in read_files(own)}


def _write(folder: Path, content: Mapping[str, bytes]) -> None:
    """Write the files of a copy that are not there."""
    for name, data in content.items():
        path = folder / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
