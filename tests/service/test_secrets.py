"""Passwords, webhooks and addresses stand in no log, no summary and no table of problems, whatever goes wrong."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from alertsvc.clock import ManualClock
from alertsvc.deliver.email.smtp import SmtpTransport
from alertsvc.deliver.files import FileTransport
from alertsvc.deliver.slack.transport import SlackTransport
from alertsvc.domain import Channel
from alertsvc.service import make_transports
from alertsvc.store import Store
from alertsvc.store.outbox import list_deliveries
from alertsvc.store.problems import list_problems
from tests.feedserver import Answer, FeedServer
from tests.service.stories import AL_TUM, NOON, feed
from tests.service.support import address, as_toml, feed_entry, make_settings, secure_smtp, subscriber, tree
from tests.slackstub import TOKEN as BOT
from tests.slackstub import SlackStub
from tests.smtpserver import SmtpServer

ROOT = Path(__file__).parents[2]
COMMAND = "from alertsvc.cli import main; main()"
PASSWORD, TOKEN = "pa55-w0rd-of-the-server", "T0KEN0F0THE0WEBHOOK"
NAMES = ("reader-one", "reader-two")


async def run_once(data: dict[str, Any], folder: Path, *options: str) -> str:
    """Run one cycle and return everything that it said, with what it left in the tables."""
    path = folder / "config.toml"
    path.write_text(as_toml(data), encoding="utf-8")
    command = [sys.executable, "-X", "dev", "-W", "ignore", "-c", COMMAND, "run", "--once", *options, "-c", str(path)]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    with Store.open(data["store"]["url"], migrate=False) as store, store.read() as conn:
        told = [problem.message + problem.subject for problem in list_problems(conn)]
        told += [delivery.error or "" for delivery in list_deliveries(conn)]
    return "\n".join([out.decode(), err.decode(), *told])


def check(told: str, *also: str) -> None:
    for secret in (PASSWORD, TOKEN, *NAMES, *also):
        assert secret not in told, told


@pytest.mark.parametrize("trouble", ["none", "login", "recipient"])
async def test_nothing_is_given_away(trouble: str, tmp_path: Path):
    login = ("postmaster", "another" if trouble == "login" else PASSWORD)
    readers = NAMES[:1] if trouble == "recipient" else NAMES
    with SmtpServer(security="starttls", login=login) as smtp, SlackStub() as slack:
        if trouble == "recipient":
            smtp.answer("RCPT", *[f"550 5.1.1 <{NAMES[0]}@example.org> unknown"] * 4)
        if trouble != "none":
            slack.answer("no_service", (500, f"cannot post to {slack.webhook(TOKEN)}"))
        async with FeedServer() as web:
            data = tree(
                f"sqlite:///{tmp_path}/a.db",
                tmp_path,
                feeds=[
                    feed_entry("good", web.script("/good", Answer(feed(AL_TUM.at(None))))),
                    feed_entry("bad", web.script("/bad", Answer("no", 500))),
                ],
                subscribers=[
                    *(subscriber(name, flash_from=0.5) for name in readers),
                    subscriber("channel", slack_webhook=slack.webhook(TOKEN), kinds=["flash"]),
                ],
                hosts=[address(web)],
                smtp={**secure_smtp(smtp, tmp_path), "username": "postmaster", "password": PASSWORD},
                slack={"hosts": [slack.host]},
                log={"level": "debug", "format": "json"},
            )
            options = ("--json",) if trouble == "none" else ()
            told = await run_once(data, tmp_path, *options)
        assert [posted.path for posted in slack.posts] == [f"/services/T000/B000/{TOKEN}"]
        assert bool(smtp.mails) is (trouble == "none")
    assert "bad" in told
    check(told, "postmaster", "another")
    assert ('"sent": 5' if trouble == "none" else "0 sent") in told


@pytest.mark.parametrize("token", [BOT, "xoxb-another-one-that-is-wrong"])
async def test_the_token_of_a_bot_is_not_given_away(token: str, tmp_path: Path):
    with SlackStub() as slack:
        async with FeedServer() as web:
            data = tree(
                f"sqlite:///{tmp_path}/a.db",
                tmp_path,
                feeds=[feed_entry("good", web.script("/good", Answer(feed(AL_TUM.at(None)))))],
                subscribers=[{"name": "bot", "slack_channel": "C024BE91L", "flash_from": 0.5, "kinds": ["flash"]}],
                hosts=[address(web)],
                slack={"hosts": [slack.host], "api_url": slack.api_url, "token": token},
                log={"level": "debug", "format": "json"},
            )
            told = await run_once(data, tmp_path)
        assert [posted.taken for posted in slack.api_posts] == [token == BOT]
    check(told, token)
    assert ("1 sent" if token == BOT else "slack.token") in told


def test_ways_out(tmp_path: Path):
    clock = ManualClock(NOON)
    bare = make_transports(make_settings("sqlite:///a.db", tmp_path), clock)
    assert isinstance(bare[Channel.EMAIL], FileTransport)
    assert bare[Channel.EMAIL] is bare[Channel.FILE]
    assert isinstance(bare[Channel.SLACK], SlackTransport)
    smtp = {"host": "mail.example.org", "username": "postmaster", "password": PASSWORD}
    settings = make_settings("sqlite:///a.db", tmp_path, smtp=smtp)
    served = make_transports(settings, clock)
    assert isinstance(served[Channel.EMAIL], SmtpTransport)
    assert isinstance(served[Channel.FILE], FileTransport)
    check(repr(settings) + repr(served) + str(served[Channel.EMAIL]))
