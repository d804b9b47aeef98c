"""Worker processes: results and errors travel, and nothing a child does reaches the service."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable

import pytest

from alertsvc.errors import AlertsvcError
from alertsvc.worker import WorkerError, WorkerPool

HERE = f"{__name__}:"


def add(a: int, b: int = 0) -> int:
    return a + b


def fail(message: str, retry_after: float) -> None:
    raise AlertsvcError(message, permanent=True, retry_after=retry_after)


class StubbornError(Exception):
    def __init__(self, a: int, b: int) -> None:
        super().__init__(f"{a} and {b}")


def fail_stubbornly() -> None:
    raise StubbornError(1, 2)


def give_lambda() -> object:
    return lambda: None


def hog(megabytes: int) -> int:
    return len(bytearray(megabytes * 1024 * 1024))


def spin() -> None:
    while True:
        pass


def hang_in_c() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    signal.sigwait({signal.SIGUSR1})


def die(number: int) -> None:
    os.kill(os.getpid(), number)


def leave(status: int) -> None:
    os._exit(status)


def interrupt_self() -> str:
    os.kill(os.getpid(), signal.SIGINT)
    return "still here"


def chatter() -> str:
    print("on standard output" * 10000)  # noqa: T201
    logging.getLogger("library").error("a complaint")
    return "said"


def me() -> int:
    return os.getpid()


def secret() -> str | None:
    return os.environ.get("ALERTSVC_MAIL__SMTP__PASSWORD")


def echo(data: bytes) -> bytes:
    return data


@pytest.fixture
async def pool() -> AsyncIterator[WorkerPool]:
    async with WorkerPool(2, memory_mb=512) as pool:
        yield pool


async def test_result_and_arguments_travel(pool: WorkerPool) -> None:
    assert await pool.call(HERE + "add", 2, b=3, timeout=10) == 5
    big = os.urandom(3_000_000)
    assert await pool.call(HERE + "echo", big, timeout=10) == big


async def test_exception_travels_with_its_fields(pool: WorkerPool) -> None:
    with pytest.raises(AlertsvcError, match="no good") as caught:
        await pool.call(HERE + "fail", "no good", 7.0, timeout=10)
    assert caught.value.permanent
    assert caught.value.retry_after == 7.0
    assert "in a worker process" in "".join(caught.value.__notes__)
    assert await pool.call(HERE + "add", 1, timeout=10) == 1


@pytest.mark.parametrize(
    ("function", "message"), [("fail_stubbornly", "1 and 2"), ("give_lambda", "lambda"), ("nothing_there", "nothing")]
)
async def test_what_cannot_travel_becomes_a_clear_line(pool: WorkerPool, function: str, message: str) -> None:
    with pytest.raises(Exception, match=message) as caught:
        await pool.call(HERE + function, timeout=10)
    assert "\n" not in str(caught.value)
    assert await pool.call(HERE + "add", 1, timeout=10) == 1


@pytest.mark.parametrize("function", ["spin", "hang_in_c"])
async def test_late_call_is_killed_and_replaced(pool: WorkerPool, function: str) -> None:
    with pytest.raises(WorkerError, match=rf"{function} took longer than 0.1 s"):
        await pool.call(HERE + function, timeout=0.1)
    assert pool.processes == ()
    assert await pool.call(HERE + "add", 1, timeout=10) == 1


async def test_memory_excess_is_told_and_replaced(pool: WorkerPool) -> None:
    before = await pool.call(HERE + "me", timeout=10)
    with pytest.raises(WorkerError, match="hog needed more than 512 MB"):
        await pool.call(HERE + "hog", 2000, timeout=10)
    assert await pool.call(HERE + "me", timeout=10) != before


@pytest.mark.parametrize(
    ("function", "argument", "message"),
    [("die", signal.SIGSEGV, "SIGSEGV"), ("die", signal.SIGKILL, "SIGKILL"), ("leave", 3, "status 3")],
)
async def test_death_is_told_and_replaced(pool: WorkerPool, function: str, argument: int, message: str) -> None:
    with pytest.raises(WorkerError, match=message):
        await pool.call(HERE + function, int(argument), timeout=10)
    assert await pool.call(HERE + "add", 1, timeout=10) == 1


async def test_idle_child_that_died_is_replaced(pool: WorkerPool) -> None:
    pid = await pool.call(HERE + "me", timeout=10)
    os.kill(pid, signal.SIGKILL)
    await _until(lambda: pool.processes == ())
    assert await pool.call(HERE + "me", timeout=10) != pid


async def test_child_ignores_interrupt_and_keeps_quiet(pool: WorkerPool, capfd: pytest.CaptureFixture[str]) -> None:
    assert await pool.call(HERE + "interrupt_self", timeout=10) == "still here"
    assert await pool.call(HERE + "chatter", timeout=10) == "said"
    assert capfd.readouterr() == ("", "")


async def test_child_does_not_see_our_secrets(pool: WorkerPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALERTSVC_MAIL__SMTP__PASSWORD", "hunter2")
    assert await pool.call(HERE + "secret", timeout=10) is None


async def test_cancelled_call_kills_its_child(pool: WorkerPool) -> None:
    task = asyncio.create_task(pool.call(HERE + "spin", timeout=60))
    await _until(lambda: bool(pool.processes))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert pool.processes == ()
    assert await pool.call(HERE + "add", 4, timeout=10) == 4


async def test_no_more_children_than_size_and_they_are_reused(pool: WorkerPool) -> None:
    pids = await asyncio.gather(*(pool.call(HERE + "me", timeout=30) for _ in range(20)))
    assert 1 <= len(set(pids)) <= 2


async def test_child_is_replaced_after_max_calls() -> None:
    async with WorkerPool(1, memory_mb=512, max_calls=2) as pool:
        pids = [await pool.call(HERE + "me", timeout=30) for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


async def test_closed_pool_refuses_and_leaves_no_child() -> None:
    async with WorkerPool(1, memory_mb=512) as pool:
        pid = await pool.call(HERE + "me", timeout=30)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(WorkerError, match="closed"):
        await pool.call(HERE + "add", 1, timeout=10)


def test_child_dies_with_its_parent() -> None:
    script = (
        "import asyncio, os\n"
        "from alertsvc.worker import WorkerPool\n"
        "async def main():\n"
        "    async with WorkerPool(1, memory_mb=512) as pool:\n"
        f"        call = asyncio.create_task(pool.call('{HERE}spin', timeout=600))\n"
        "        while not pool.processes: await asyncio.sleep(0.01)\n"
        "        print(pool.processes[0], flush=True)\n"
        "        await call\n"
        "asyncio.run(main())\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and _running(child):
        time.sleep(0.01)
    assert not _running(child)


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 (another process changes it)
            await asyncio.sleep(0.01)


def _running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:  # noqa: PTH123
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("arguments", [(0, 512, 1), (1, 1, 1), (1, 512, 0)])
def test_senseless_sizes_are_refused(arguments: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError):
        WorkerPool(arguments[0], memory_mb=arguments[1], max_calls=arguments[2])
