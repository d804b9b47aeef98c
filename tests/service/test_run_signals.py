"""The running service and the signals that end it, in processes of their own."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alertsvc.service import Service
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.articles import count_articles
from alertsvc.store.feeds import list_feeds
from alertsvc.store.outbox import outbox_counts
from tests.feedserver import Answer, FeedServer, Silent
from tests.service.stories import AL_TUM, feed
from tests.service.support import address, as_toml, feed_entry, held, kinds, plain_smtp, subscriber, tree, watch
from tests.smtpserver import HANG, SmtpServer

ROOT = Path(__file__).parents[2]
COMMAND = "from alertsvc.cli import main; main()"
STUCK = """
import sys, threading
from alertsvc import service
from alertsvc.cli import main
from alertsvc.collect.collector import Collector

def never(*_args):
    print("asking the database", file=sys.stderr, flush=True)
    threading.Event().wait()

Collector._claim = never
service.END_WITHIN = 1.0
main()
"""
WITHIN = 10.0  # seconds that `docker stop` waits


class Running:
    """`alertsvc run` in a process of its own, and what it says."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[str] = []

    async def says(self, words: str) -> str:
        """Wait for a line with these words."""
        assert self.process.stderr is not None
        async with asyncio.timeout(30):
            while line := (await self.process.stderr.readline()).decode():
                self.lines.append(line)
                if words in line:
                    return line
        raise AssertionError(f"ended without saying {words!r}: {''.join(self.lines)}")

    async def ends(self) -> int:
        """Wait for the end and return the exit status."""
        assert self.process.stderr is not None
        self.lines.append((await self.process.stderr.read()).decode())
        return await self.process.wait()

    def signal(self, number: int = signal.SIGTERM) -> float:
        self.process.send_signal(number)
        return asyncio.get_running_loop().time()


@asynccontextmanager
async def running(data: dict[str, Any], folder: Path, *options: str, command: str = COMMAND) -> AsyncIterator[Running]:
    path = folder / "config.toml"
    path.write_text(as_toml(data), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        command,
        "run",
        *options,
        "--config",
        str(path),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Running(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ends_well(service: Running, since: float) -> None:
    async with asyncio.timeout(30):
        status = await service.ends()
    took = asyncio.get_running_loop().time() - since
    told = "".join(service.lines)
    assert status == 0, told
    assert took < WITHIN, told
    assert "Traceback" not in told
    assert "never awaited" not in told


async def test_while_idle_by_ctrl_c(tmp_path: Path):
    data = tree(f"sqlite:///{tmp_path}/a.db", tmp_path, web={"enabled": True, "port": 0})
    async with running(data, tmp_path) as service:
        await service.says("alertsvc is running; pages on http://localhost:")
        await ends_well(service, service.signal(signal.SIGINT))


async def test_while_a_feed_hangs(store_url: str, tmp_path: Path):
    async with FeedServer() as web:
        seen = watch(web)
        data = tree(
            store_url,
            tmp_path,
            feeds=[feed_entry("slow", web.script("/slow", Silent()))],
            hosts=[address(web)],
            collect={"timeout": 60},
        )
        async with running(data, tmp_path) as service:
            async with asyncio.timeout(30):
                await seen.first.wait()
            with Store.open(store_url, migrate=False) as store:
                assert held(store)["feeds"] == 1
            await ends_well(service, service.signal())
        with Store.open(store_url, migrate=False) as store, store.read() as conn:
            assert held(store) == {"feeds": 0, "articles": 0, "outbox": 0}
            (slow,) = list_feeds(conn)
            assert (slow.last_attempt, slow.failures) == (None, 0)


async def test_while_the_database_does_not_answer(tmp_path: Path):
    data = tree(f"sqlite:///{tmp_path}/a.db", tmp_path)
    async with running(data, tmp_path, command=STUCK) as service:
        await service.says("asking the database")
        await ends_well(service, service.signal())


async def test_while_the_mail_server_hangs(tmp_path: Path):
    store_url = f"sqlite:///{tmp_path}/a.db"
    with SmtpServer() as smtp:
        smtp.answer("CONTENT", *[HANG] * 8)
        async with FeedServer() as web:
            data = tree(
                store_url,
                tmp_path,
                feeds=[feed_entry("a", web.script("/a", Answer(feed(AL_TUM.at(None)))))],
                subscribers=[subscriber("desk"), subscriber("field")],
                hosts=[address(web)],
                smtp={**plain_smtp(smtp), "timeout": 60},
            )
            async with running(data, tmp_path) as service:
                assert await asyncio.to_thread(smtp.hung.wait, 30)
                await ends_well(service, service.signal())
        with Store.open(store_url, migrate=False) as store, store.read() as conn:
            assert held(store) == {"feeds": 0, "articles": 0, "outbox": 0}
            assert count_articles(conn, demonstration=False)["read"] == 1
            counts = outbox_counts(conn)
            assert counts["due"] > 0
            assert counts["sent"] == counts["failed"] == 0
        smtp.script.clear()
        async with Service.open(Settings.model_validate(data)) as heir:
            assert (await heir.sender.run_once()).sent == counts["due"]
            assert await asyncio.to_thread(heir.digester.run_once) == 2
            assert (await heir.sender.run_once()).sent == 2
        assert kinds(smtp.mails) == {
            (f"{name}@example.org", kind): 1 for name in ("desk", "field") for kind in ("flash", "daily")
        }


async def test_a_second_signal_ends_it_at_once(tmp_path: Path):
    with SmtpServer() as smtp:
        smtp.answer("CONTENT", *[HANG] * 8)
        async with FeedServer() as web:
            data = tree(
                f"sqlite:///{tmp_path}/a.db",
                tmp_path,
                feeds=[feed_entry("a", web.script("/a", Answer(feed(AL_TUM.at(None)))))],
                subscribers=[subscriber("desk")],
                hosts=[address(web)],
                smtp={**plain_smtp(smtp), "timeout": 60},
            )
            async with running(data, tmp_path) as service:
                assert await asyncio.to_thread(smtp.hung.wait, 30)
                service.signal()
                await service.says("stopping")
                since = service.signal()
                async with asyncio.timeout(30):
                    assert await service.ends() == 1
                assert asyncio.get_running_loop().time() - since < 1.5


async def test_a_second_run_on_the_same_file_is_refused(tmp_path: Path):
    data = tree(f"sqlite:///{tmp_path}/a.db", tmp_path, web={"enabled": True, "port": 0})
    async with running(data, tmp_path) as first:
        await first.says("alertsvc is running")
        async with running(data, tmp_path) as second:
            assert await second.ends() == 1
            assert "".join(second.lines) == f"alertsvc: {tmp_path}/a.db: in use by another service\n"
        assert first.process.returncode is None
        await ends_well(first, first.signal())


async def test_a_port_that_is_taken_is_told_before_anything_is_done(tmp_path: Path):
    with SmtpServer() as smtp, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with FeedServer() as web:
            data = tree(
                f"sqlite:///{tmp_path}/a.db",
                tmp_path,
                feeds=[feed_entry("a", web.script("/a", Answer(feed(AL_TUM))))],
                subscribers=[subscriber("desk")],
                hosts=[address(web)],
                smtp=plain_smtp(smtp),
                web={"enabled": True, "port": port},
            )
            async with running(data, tmp_path) as service:
                assert await service.ends() == 1
            assert web.requests == []
        assert smtp.mails == []
    (line,) = "".join(service.lines).splitlines()
    assert line.startswith(f"alertsvc: web.port: 127.0.0.1:{port} is in use by another program")
    with Store.open(data["store"]["url"]) as store:
        assert held(store) == {"feeds": 0, "articles": 0, "outbox": 0}
