"""Work on hostile or heavy input in processes that can be killed.

A function named by its import path runs in a child with a limit on its memory and a limit on its time; whatever it
does there, the service lives on. This bounds accidents and denial of service. It is no sandbox against code that is
already running in the child: that has the rights of the service, but not the secrets of its environment.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import functools
import importlib
import json
import logging
import os
import pickle
import resource
import signal
import socket
import struct
import subprocess
import sys
import traceback
from io import BufferedRWPair
from typing import Any, Self

from alertsvc.errors import AlertsvcError

__all__ = ["WorkerError", "WorkerPool", "serve"]

_HEADER = struct.Struct(">cQ")
_READY, _CALL, _BEGUN, _RESULT, _RAISED, _MEMORY = (b"+", b"C", b"B", b"R", b"E", b"M")
_MAX_FRAME = 512 * 1024 * 1024
_START_TIMEOUT = 60.0
_BOOTSTRAP = "import json,sys;sys.path[:]=json.loads(sys.argv[1]);from alertsvc.worker import serve;serve(sys.argv[2:])"
_PR_SET_PDEATHSIG = 1
_ALARM_GRACE = 5.0


class WorkerError(AlertsvcError):
    """A call did not come back: it took too long, needed too much memory, or its process died."""


class WorkerPool:
    """A few child processes, started when first needed, replaced when they die.

    Args:
        size: how many calls run at the same time.
        memory_mb: address space of one child, in MiB.
        max_calls: a child is replaced after so many calls, so that slow leaks stay small.

    Use it as an async context manager; leaving it ends every child.
    """

    def __init__(self, size: int, *, memory_mb: int, max_calls: int = 500) -> None:
        if size < 1 or memory_mb < 64 or max_calls < 1:
            raise ValueError("a pool needs at least one process, 64 MiB of memory and one call")
        self._memory_mb = memory_mb
        self._max_calls = max_calls
        self._slots = asyncio.Semaphore(size)
        self._idle: list[_Child] = []
        self._all: set[_Child] = set()
        self._open = False

    async def __aenter__(self) -> Self:
        self._open = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self._open = False
        self._idle.clear()
        for child in list(self._all):
            await self._drop(child)

    @property
    def processes(self) -> tuple[int, ...]:
        """Process ids of the children that are alive now."""
        return tuple(sorted(child.pid for child in self._all if child.alive))

    async def call(self, function: str, *args: Any, timeout: float, **kwargs: Any) -> Any:  # noqa: ASYNC109
        """Run `function`, written `package.module:name`, in a child and return what it returns.

        Args:
            function: what to import and call. Arguments and result are pickled.
            timeout: seconds that the call may take once the module is imported.

        Raises:
            WorkerError: it took too long, needed too much memory, or its process died.
            Exception: whatever the function raised.
        """
        if not self._open:
            raise WorkerError("the pool of worker processes is closed", permanent=True)
        request = pickle.dumps((function, args, kwargs, timeout))
        async with self._slots:
            child = await self._take()
            try:
                kind, payload = await child.call(function, request, timeout)
            finally:
                if self._open and child.usable and child.calls < self._max_calls:
                    self._idle.append(child)
                else:
                    # Shielded: a caller that is cancelled twice must not leave a child behind.
                    await asyncio.shield(self._drop(child))
        if kind == _MEMORY:
            raise WorkerError(f"{_short(function)} needed more than {self._memory_mb} MB of memory and was stopped")
        try:
            value = pickle.loads(payload)  # noqa: S301 (written by our own child)
        except Exception as error:
            raise WorkerError(f"{_short(function)} gave back what cannot be read: {_line(error)}") from error
        if kind == _RAISED:
            raise value
        return value

    async def _take(self) -> _Child:
        while self._idle:
            child = self._idle.pop()
            if child.alive:
                return child
            await self._drop(child)
        child = await _Child.start(self._memory_mb)
        self._all.add(child)
        return child

    async def _drop(self, child: _Child) -> None:
        self._all.discard(child)
        await child.end()


class _Child:
    """One process and the socket to it, as the parent sees them."""

    def __init__(
        self, process: subprocess.Popen[bytes], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self.calls = 0
        self.usable = True

    @classmethod
    async def start(cls, memory_mb: int) -> Self:
        ours, theirs = socket.socketpair()
        with theirs:
            arguments = [str(theirs.fileno()), str(memory_mb), str(os.getpid())]
            # A child reads what strangers wrote: it has no use for the passwords in our environment.
            environment = {key: value for key, value in os.environ.items() if not key.upper().startswith("ALERTSVC_")}
            environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
            try:
                process = subprocess.Popen(  # noqa: S603, ASYNC220 (returns at once; waited for in a thread)
                    [sys.executable, "-I", "-c", _BOOTSTRAP, json.dumps(sys.path), *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                    env=environment,
                )
            except OSError as error:
                ours.close()
                raise WorkerError(f"a worker process cannot be started: {error.strerror or error}") from error
        reader, writer = await asyncio.open_connection(sock=ours)
        child = cls(process, reader, writer)
        try:
            async with asyncio.timeout(_START_TIMEOUT):
                kind, _ = await child._read()
        except (OSError, EOFError, TimeoutError) as error:
            await child.end()
            raise WorkerError("a worker process ended before it was ready") from error
        except BaseException:
            await asyncio.shield(child.end())
            raise
        if kind != _READY:
            await child.end()
            raise WorkerError("a worker process did not say that it is ready")
        return child

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None and not self._reader.at_eof()

    async def call(self, function: str, request: bytes, seconds: float) -> tuple[bytes, bytes]:
        self.calls += 1
        # Unusable until the answer is complete: whoever is interrupted before leaves half an answer behind.
        self.usable = False
        try:
            async with asyncio.timeout(_START_TIMEOUT):
                self._writer.write(_HEADER.pack(_CALL, len(request)))
                self._writer.write(request)
                await self._writer.drain()
                kind, payload = await self._read()
            if kind == _BEGUN:
                async with asyncio.timeout(seconds):
                    kind, payload = await self._read()
        except TimeoutError:
            raise WorkerError(f"{_short(function)} took longer than {seconds:g} s and was stopped") from None
        except (OSError, EOFError):
            raise WorkerError(f"{_short(function)} was lost: its process {await self._fate()}") from None
        self.usable = kind != _MEMORY  # memory once exhausted stays in pieces: a fresh process is the safe one
        return kind, payload

    async def end(self) -> None:
        """Close the socket and make sure that the process is gone."""
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()
        if self._process.poll() is None:
            self._process.kill()
        await asyncio.to_thread(self._process.wait)

    async def _fate(self) -> str:
        try:
            code = await asyncio.to_thread(self._process.wait, 2.0)
        except subprocess.TimeoutExpired:
            return "closed its connection"
        if code < 0:
            with contextlib.suppress(ValueError):
                return f"was ended by {signal.Signals(-code).name}"
            return f"was ended by signal {-code}"
        return f"exited with status {code}"

    async def _read(self) -> tuple[bytes, bytes]:
        kind, length = _HEADER.unpack(await self._reader.readexactly(_HEADER.size))
        if length > _MAX_FRAME:
            raise EOFError("frame too large")
        return kind, await self._reader.readexactly(length)


def _short(function: str) -> str:
    return function.rpartition(":")[2]


def _line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def serve(arguments: list[str]) -> None:
    """Be a child: take calls from the socket until it closes. Started by `WorkerPool`, of no use otherwise.

    Args:
        arguments: file descriptor of the socket, limit of the address space in MiB, process id of the parent.
    """
    descriptor, memory_mb, parent = (int(argument) for argument in arguments)
    _confine(memory_mb, parent)
    with socket.socket(fileno=descriptor) as connection, connection.makefile("rwb") as stream:
        try:
            _write(stream, _READY, b"")
            while True:
                header = stream.read(_HEADER.size)
                if len(header) < _HEADER.size:
                    return
                _, length = _HEADER.unpack(header)
                _answer(stream, stream.read(length))
        except (BrokenPipeError, ConnectionResetError):
            # The parent is gone. Leave without flushing to it once more.
            os._exit(0)


def _confine(memory_mb: int, parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides what ends
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)
    limit = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable(logging.CRITICAL)  # libraries complain about input; what matters comes back as a result


def _answer(stream: BufferedRWPair, request: bytes) -> None:
    try:
        name, args, kwargs, seconds = pickle.loads(request)  # noqa: S301 (written by our parent)
        del request
        function = _resolve(name)
        _write(stream, _BEGUN, b"")
        # The parent kills a late child; the alarm does when the parent itself hangs or was killed.
        signal.setitimer(signal.ITIMER_REAL, seconds + _ALARM_GRACE)
        try:
            result = pickle.dumps(function(*args, **kwargs))
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except MemoryError:
        _write(stream, _MEMORY, b"")
    except Exception as error:  # noqa: BLE001 (whatever it is, it travels back to the caller)
        _write(stream, _RAISED, _pickled(error))
    else:
        _write(stream, _RESULT, result)


@functools.cache
def _resolve(name: str) -> Any:
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


def _pickled(error: Exception) -> bytes:
    """Pickle an exception so that it can surely be read again, with where it arose as a note."""
    where = "".join(traceback.format_exception(error)).rstrip()
    try:
        error.__traceback__ = None
        error.add_note(f"in a worker process:\n{where}")
        data = pickle.dumps(error)
        pickle.loads(data)  # noqa: S301 (what we just wrote)
    except Exception:  # noqa: BLE001 (any failure here means: send the words instead)
        return pickle.dumps(WorkerError(_line(error)))
    return data


def _write(stream: BufferedRWPair, kind: bytes, payload: bytes) -> None:
    stream.write(_HEADER.pack(kind, len(payload)))
    stream.write(payload)
    stream.flush()
