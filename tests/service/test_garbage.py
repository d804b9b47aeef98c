"""What a feed server may send: rubbish is told in one line each, and the good feed beside it is read and mailed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import compat32
from pathlib import Path

from alertsvc.service import CycleSummary, Service
from alertsvc.store.incidents import list_incidents
from alertsvc.store.problems import list_problems
from tests.feedserver import Answer, FeedServer, Reply, bomb
from tests.service.stories import AL_TUM, AL_TUM_AGAIN, MARKET, NOON, SARIR, feed
from tests.service.support import (
    Ticking,
    address,
    body,
    feed_entry,
    header,
    kind_of,
    make_settings,
    plain_smtp,
    received,
    subscriber,
)
from tests.smtpserver import Mail, SmtpServer

LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
BOMB = (
    f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a0 "ha">{LAUGHS}]>'
    "<rss version='2.0'><channel><title>&a9;</title><item><title>&a9;</title></item></channel></rss>"
)
SMUGGLED = "Drones hit Libya's Sarir oil field&#13;&#10;Bcc: victim@example.net&#13;&#10;&#13;&#10;Dear all,\x00 "
BARE = (
    "<item><title>Rebel column takes Chadian town</title><description>Rebels advancing on the Chadian capital captured "
    "the town of Mandelia, about 45 km south of N'Djamena, on Sunday, residents said.</description></item>"
)
FOREIGN = feed(replace(MARKET, title="Récolte de dattes : un dixième de plus")).decode().encode("cp1252")
IMPOSSIBLE = [
    replace(AL_TUM_AGAIN, key=f"year-{year}", published=datetime(year, 1, 1, tzinfo=UTC)) for year in (1970, 2090)
]

GARBAGE: dict[str, tuple[Reply, str, bool]] = {
    "html": (Answer("<!doctype html><html><body>We have moved</body></html>"), "HTML page", False),
    "truncated": (Answer(feed(SARIR, MARKET)[:-90]), "cut short", True),
    "charset": (Answer(FOREIGN, headers={"Content-Type": "text/xml; charset=utf-8"}), "encoding", True),
    "huge": (Answer(b"<rss>" + b" " * 50 * 1024 * 1024), "larger than", False),
    "entities": (Answer(BOMB), "entities", False),
    "dates": (Answer(feed(*IMPOSSIBLE)), "date that cannot be true", True),
    "gzip": (Answer(bomb(50), headers={"Content-Encoding": "gzip"}), "larger than", False),
    "empty": (Answer(b""), "empty", False),
    "binary": (Answer(b"\x00\x01" * 500), "not RSS or Atom", False),
}
"""What comes, what must be said of it, and whether something of it could be read."""
QUIET: dict[str, Reply] = {
    "good": Answer(feed(AL_TUM)),
    "smuggler": Answer(feed(replace(SARIR, title="@").at(NOON - timedelta(hours=2))).replace(b"@", SMUGGLED.encode())),
    "bare": Answer(feed(BARE)),
}


async def cycle(url: str, folder: Path, clock: Ticking, smtp: SmtpServer) -> CycleSummary:
    async with FeedServer() as web:
        replies = {name: reply for name, (reply, _, _) in GARBAGE.items()} | QUIET
        settings = make_settings(
            url,
            folder,
            feeds=[feed_entry(name, web.script(f"/{name}", reply)) for name, reply in replies.items()],
            subscribers=[subscriber("desk"), subscriber("oil", classes=["oil_facility"])],
            hosts=[address(web)],
            smtp=plain_smtp(smtp),
        )
        async with Service.open(settings, clock) as service:
            done = await service.cycle()
            lines = {line.feed_id: line for line in done.polled.lines}
            with service.store.read() as conn:
                problems = {problem.subject: problem for problem in list_problems(conn)}
                incidents = list_incidents(conn, demonstration=False)
    assert set(lines) == set(replies)
    for name, (_, words, readable) in GARBAGE.items():
        message = lines[name].message
        assert words in message, name
        assert message.isprintable(), name
        assert lines[name].success is readable, name
        assert problems[name].scope == "feed", name
        assert problems[name].message == message, name
    assert set(problems) == set(GARBAGE)
    for name in QUIET:
        assert (lines[name].success, lines[name].new, lines[name].message) == (True, 1, ""), name
    assert sorted(len(incident.reports) for incident in incidents) == [1, 2, 3]
    return done


def check(mail: Mail) -> None:
    """See that a mail has our headers, each once, and one recipient."""
    message = message_from_bytes(mail.data, policy=compat32)
    expected = {
        "Date",
        "From",
        "To",
        "Subject",
        "Message-ID",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "List-Id",
        "List-Unsubscribe",
        "List-Help",
        "List-Post",
        "MIME-Version",
        "Content-Type",
    }
    if "In-Reply-To" in message:
        expected |= {"In-Reply-To", "References"}
    assert sorted(message.keys()) == sorted(expected)
    assert mail.recipients == (message["To"],)
    assert b"\x00" not in mail.data
    assert b"\r" not in mail.data.replace(b"\r\n", b"")


async def test_rubbish_beside_a_good_feed(store_url: str, clock: Ticking, tmp_path: Path):
    with SmtpServer() as smtp:
        done = await cycle(store_url, tmp_path, clock, smtp)
        assert (done.processed.failed, done.sent.failed, done.sent.retried) == (0, 0, 0)
        for mail in smtp.mails:
            check(mail)
        subjects = " ".join(header(mail.message, "Subject") for mail in received(smtp.mails, "desk"))
        for place in ("Al-Tum", "Sarir", "N'Djamena"):
            assert place in subjects
        (flash,) = [mail for mail in received(smtp.mails, "oil") if kind_of(mail) == "flash"]
    told = body(flash.message)
    assert "Bcc: victim@example.net" in told  # as words of the headline, on a line of ours
    assert not any(line.startswith("Bcc") for line in flash.data.decode().splitlines())
    assert SARIR.link in told
