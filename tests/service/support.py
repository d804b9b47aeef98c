"""A service between real servers: settings, the store looked into, mail told apart."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from alertsvc.clock import ManualClock
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.schema import articles, feeds, outbox
from tests.feedserver import FeedServer, Seen
from tests.smtpserver import Mail, SmtpServer

__all__ = [
    "LOGIN",
    "Ticking",
    "Watched",
    "address",
    "as_toml",
    "body",
    "copies",
    "feed_entry",
    "header",
    "held",
    "kind_of",
    "kinds",
    "make_settings",
    "plain_smtp",
    "received",
    "secure_smtp",
    "subscriber",
    "tree",
    "watch",
]

LOGIN = ("alerts", "correct-horse-battery")


class Ticking(ManualClock):
    """A clock that is moved by hand and by a millisecond with each look, so that one thing comes after another."""

    def now(self) -> datetime:
        return self.advance(timedelta(milliseconds=1))

    def advance(self, step: timedelta) -> datetime:
        return self.move_to(super().now() + step)


def feed_entry(feed_id: str, url: str, **changes: Any) -> dict[str, Any]:
    """Return a feed of the configuration whose first poll may alert."""
    return {"id": feed_id, "url": url, "backlog": "alert", **changes}


def subscriber(name: str, **changes: Any) -> dict[str, Any]:
    """Return a subscriber of the configuration, by mail unless it has a webhook, to alerts and the daily digest."""
    way = {} if "slack_webhook" in changes else {"email": f"{name}@example.org"}
    return {"name": name, "kinds": ["flash", "update", "daily"], **way, **changes}


def tree(
    url: str,
    folder: Path,
    *,
    feeds: Iterable[dict[str, Any]] = (),
    subscribers: Iterable[dict[str, Any]] = (),
    hosts: Iterable[str] = (),
    smtp: dict[str, Any] | None = None,
    **sections: dict[str, Any],
) -> dict[str, Any]:
    """Return a configuration as plain data.

    Args:
        hosts: those that feeds may lie on although they are on this machine.
        smtp: keys of `mail.smtp`; without it, mail goes to files below `folder`.
    """
    mail: dict[str, Any] = {"sender": "alerts@example.org", "directory": str(folder / "mail")}
    if smtp is not None:
        mail["smtp"] = {"timeout": 5, **smtp}
    base: dict[str, Any] = {
        "store": {"url": url},
        "mail": mail,
        "web": {"enabled": False},
        "collect": {"allow_hosts": list(hosts), "host_gap": 0.001, "full_text": False, "timeout": 10},
        "feeds": list(feeds),
        "subscribers": list(subscribers),
    }
    for name, section in sections.items():
        base[name] = {**base.get(name, {}), **section}
    return base


def make_settings(*args: Any, **kwargs: Any) -> Settings:
    """Return the settings that `tree` describes."""
    return Settings.model_validate(tree(*args, **kwargs))


def plain_smtp(server: SmtpServer) -> dict[str, Any]:
    """Return the keys of `mail.smtp` for a server without TLS."""
    return {"host": server.host, "port": server.port, "security": "none"}


def secure_smtp(server: SmtpServer, folder: Path) -> dict[str, Any]:
    """Return the keys of `mail.smtp` for a server that wants STARTTLS and a login."""
    ca = server.write_authority(folder / "ca.pem")
    return {
        "host": "localhost",
        "port": server.port,
        "security": "starttls",
        "username": LOGIN[0],
        "password": LOGIN[1],
        "ca_file": str(ca),
    }


def address(server: FeedServer) -> str:
    """Return the server as `collect.allow_hosts` names it."""
    return f"127.0.0.1:{server.port}"


def kinds(mails: Iterable[Mail]) -> Counter[tuple[str, str]]:
    """Count mails by recipient and kind."""
    return Counter((mail.recipients[0], kind_of(mail)) for mail in mails)


def kind_of(mail: Mail) -> str:
    return header(mail.message, "Message-ID").strip("<").partition(".")[0]


def received(mails: Iterable[Mail], name: str) -> list[Mail]:
    """Return what a subscriber was sent, in order."""
    return [mail for mail in mails if mail.recipients == (f"{name}@example.org",)]


def header(message: EmailMessage, name: str) -> str:
    """Return a header that must be there exactly once, unfolded."""
    (value,) = message.get_all(name, [])
    return str(value)


def body(message: EmailMessage) -> str:
    """Return the plain text."""
    part = message.get_body(("plain",))
    assert part is not None
    return re.sub(r"\s+", " ", str(part.get_content()))


def copies(mails: Iterable[Mail]) -> dict[str, list[bytes]]:
    """Return the bytes of every copy of each message, by Message-ID."""
    found: dict[str, list[bytes]] = {}
    for mail in mails:
        found.setdefault(header(mail.message, "Message-ID"), []).append(mail.data)
    return found


def held(store: Store) -> dict[str, int]:
    """Return how many rows of each table somebody holds a lease on."""
    with store.read() as conn:
        return {
            table.name: conn.execute(
                select(func.count()).select_from(table).where(table.c.lease_owner.is_not(None))
            ).scalar_one()
            for table in (feeds, articles, outbox)
        }


class Watched(list[Seen]):
    """The requests of a feed server, with an event that tells of the first."""

    def __init__(self) -> None:
        super().__init__()
        self.first = asyncio.Event()

    def append(self, seen: Seen) -> None:
        super().append(seen)
        self.first.set()


def watch(server: FeedServer) -> Watched:
    """Let the first request to a server be waited for."""
    server.requests = watched = Watched()
    return watched


def as_toml(data: dict[str, Any]) -> str:
    """Write a configuration as TOML; its strings and numbers are written alike in JSON."""
    lines: list[str] = []
    later: list[tuple[str, Any]] = []

    def section(name: str, content: dict[str, Any]) -> None:
        lines.append(f"[{name}]")
        below = {}
        for key, value in content.items():
            if isinstance(value, dict):
                below[key] = value
            else:
                lines.append(f"{key} = {json.dumps(value)}")
        for key, value in below.items():
            section(f"{name}.{key}", value)

    for name, content in data.items():
        if isinstance(content, list):
            later.append((name, content))
        else:
            section(name, content)
    for name, items in later:
        for item in items:
            lines.append(f"[[{name}]]")
            lines += [f"{key} = {json.dumps(value)}" for key, value in item.items()]
    return "\n".join(lines) + "\n"
