"""Headers and foot of a mail are frozen before it first leaves: whatever changes then, a later try is the same mail."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from alertsvc.clock import ManualClock
from alertsvc.deliver.editions import drop_old
from alertsvc.deliver.email import message
from alertsvc.deliver.email.message import build_mail
from alertsvc.deliver.email.smtp import SmtpTransport
from alertsvc.deliver.files import FileTransport
from alertsvc.deliver.letters import Letters, Unwritten
from alertsvc.deliver.links import Links
from alertsvc.deliver.sender import Sender
from alertsvc.deliver.tokens import Tokens
from alertsvc.domain import Briefing, Channel, DeliveryState, Subscriber
from alertsvc.errors import StoreError
from alertsvc.settings import DeliverSettings, MailSettings, SmtpSettings
from alertsvc.store import Store, outbox
from alertsvc.store.letters import Letter, find_letters, keep_letters
from alertsvc.store.privacy import erase_person
from alertsvc.store.schema import letters as table
from alertsvc.store.subscribers import add_subscriber, edit_subscriber
from tests.deliver.support import NOW, Rendered, a_delivery, render
from tests.smtpserver import DISCONNECT, SmtpServer

OLD: dict[str, Any] = {
    "sender": "alerts@example.org",
    "sender_name": "Bureau مكتب",
    "reply_to": "desk@example.org",
    "postal_address": "1 Quay Street, تونس",
}
NEW: dict[str, Any] = {
    "sender": "warnings@example.net",
    "sender_name": "Another desk",
    "reply_to": None,
    "unsubscribe_address": "leave@example.net",
    "postal_address": "2 Other Street",
}
OLD_LINKS = Links("https://old.example.org", Tokens("an old key of the tests"))
NEW_LINKS = Links("https://new.example.net/desk", Tokens("a new key of the tests"))


def mail_settings(server: SmtpServer, given: dict[str, Any]) -> MailSettings:
    smtp = SmtpSettings(host=server.host, port=server.port, security="none", timeout=5.0)
    return MailSettings(smtp=smtp, **given)


def render_anew(briefing: Briefing) -> Any:
    """Render as other templates would."""
    return Rendered(f"Newer: {briefing.facts['title']}", "newer\n", "<html><body><p>newer</p></body></html>")


async def send(
    store: Store,
    clock: ManualClock,
    mail: MailSettings,
    links: Links | None = None,
    *,
    service: str = "Old desk",
    renderer: Any = render,
) -> list[str]:
    """Start a sender as after a restart, let it send what is due, and return its lines."""
    transport = SmtpTransport(mail, service=service, clock=clock, links=links)
    sender = Sender(store, {Channel.EMAIL: transport}, renderer, clock, DeliverSettings(), "worker")
    try:
        return list((await sender.run_once()).lines)
    finally:
        await sender.close()


def kept(store: Store) -> int:
    with store.read() as conn:
        return conn.execute(select(func.count()).select_from(table)).scalar_one()


def a_reader(store: Store, number: int = 1) -> Subscriber:
    with store.begin() as conn:
        who = add_subscriber(conn, Subscriber("reader", Channel.EMAIL, "reader@example.org"), NOW)
        assert who.id is not None
        row = a_delivery(number, title="Libya: معبر التوم attacked", subscriber_id=who.id, target=who.target)
        assert outbox.enqueue(conn, row)
    return who


FAILURES = (
    ("CONNECT", "421 4.3.2 too busy"),
    ("MAIL", "451 4.3.0 later"),
    ("RCPT", "450 4.2.0 greylisted"),
    ("RCPT", "452 4.2.2 mailbox full"),
    ("DATA", "421 4.3.2 shutting down"),
    ("CONTENT", "451 4.3.0 try again"),
    ("CONTENT", DISCONNECT),
)


@pytest.mark.parametrize(("command", "answer"), FAILURES)
async def test_a_retry_is_the_same_bytes_whatever_changed_in_between(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, command: str, answer: str
):
    who = a_reader(store)
    with store.read() as conn:
        (row,) = outbox.list_deliveries(conn)
    with SmtpServer() as server:
        old = mail_settings(server, OLD)
        first = build_mail(row, render(row.briefing), old, service="Old desk", links=OLD_LINKS)
        server.answer(command, answer)
        (line,) = await send(store, clock, old, OLD_LINKS)
        assert "again in" in line
        assert server.contents == ([first] if command == "CONTENT" else [])
        # Settings, templates, wordings, keys and the subscription itself are all others now.
        for name in ("text_footer", "html_footer"):
            monkeypatch.setattr(message, name, lambda _: "other words\n")
        with store.begin() as conn:
            edit_subscriber(conn, who.name, {"language": "ar", "timezone": "Asia/Gaza"}, clock.now())
        clock.advance(timedelta(minutes=2))
        assert build_mail(row, render_anew(row.briefing), mail_settings(server, NEW), service="New") != first
        await send(store, clock, mail_settings(server, NEW), NEW_LINKS, service="New desk", renderer=render_anew)
        (mail,) = server.mails
    assert mail.data == first
    assert (mail.sender, mail.recipients) == ("alerts@example.org", ("reader@example.org",))
    assert kept(store) == 0  # what was sent needs none any more


async def test_what_was_never_tried_is_made_of_what_holds_now(store: Store, clock: ManualClock):
    a_reader(store)
    with SmtpServer() as server:
        await send(store, clock, mail_settings(server, NEW), NEW_LINKS)
    (mail,) = server.mails
    assert mail.message["From"].addresses[0].addr_spec == "warnings@example.net"


async def test_a_sender_that_is_refused_can_be_mended(store: Store, clock: ManualClock):
    a_reader(store)
    with store.begin() as conn:
        for number in range(2, 8):
            assert outbox.enqueue(conn, a_delivery(number, target=f"other{number}@example.org"))
    with SmtpServer() as server:
        server.answer("MAIL", *["550 5.7.1 no such sender here"] * 4)  # as many as go side by side
        lines = await send(store, clock, mail_settings(server, OLD), OLD_LINKS)
        assert any("refuses the sender" in line for line in lines)
        assert kept(store) == 0
        clock.advance(timedelta(minutes=1))
        await send(store, clock, mail_settings(server, NEW), NEW_LINKS)
        assert {mail.sender for mail in server.mails} == {"warnings@example.net"}
        assert len(server.mails) == 7


async def test_no_two_workers_send_different_letters(store: Store, clock: ManualClock):
    a_reader(store)
    with store.read() as conn:
        (row,) = outbox.list_deliveries(conn)
    with SmtpServer() as server:
        ways = [
            SmtpTransport(mail_settings(server, given), service=name, clock=clock, links=links)
            for given, name, links in ((OLD, "Old", OLD_LINKS), (NEW, "New", NEW_LINKS))
        ]
        made = render(row.briefing)
        found = await asyncio.gather(
            *(Letters(store, clock).of(Unwritten(row, made, way)) for way in ways for _ in range(3))
        )
    assert found[0] is not None
    assert set(found) == {found[0]}


async def test_a_letter_that_could_not_be_written_now_is_taken_from_before(store: Store, clock: ManualClock):
    a_reader(store)
    with store.read() as conn:
        (row,) = outbox.list_deliveries(conn)
    made = render(row.briefing)
    with SmtpServer() as server:
        good = SmtpTransport(mail_settings(server, OLD), service="Old", clock=clock)
        bad = SmtpTransport(mail_settings(server, OLD | {"sender": "é@example.org"}), service="Old", clock=clock)
    assert await Letters(store, clock).of(Unwritten(row, made, bad)) is None
    letter = await Letters(store, clock).of(Unwritten(row, made, good))
    assert letter is not None
    assert await Letters(store, clock).of(Unwritten(row, made, bad)) == letter


async def test_nothing_leaves_that_could_not_be_written_down(store: Store, clock: ManualClock, tmp_path: Path):
    a_reader(store)
    with store.read() as conn:
        (row,) = outbox.list_deliveries(conn)
    files = FileTransport(MailSettings(directory=tmp_path / "mail"), service="desk")
    store.close()
    with pytest.raises(StoreError):
        await Letters(store, clock).of(Unwritten(row, render(row.briefing), files))
    assert not await asyncio.to_thread((tmp_path / "mail").exists)


async def test_letters_go_with_their_deliveries(store: Store, clock: ManualClock):
    who = a_reader(store)
    with store.begin() as conn:
        assert outbox.enqueue(conn, a_delivery(2))
        rows = [row.id or 0 for row in outbox.list_deliveries(conn)]
        letter = Letter("a@example.org", "Date: x\r\n", "foot\n", "<p>foot</p>")
        assert keep_letters(conn, dict.fromkeys(rows, letter), NOW) == dict.fromkeys(rows, letter)
        other = Letter("b@example.org", "Date: y\r\n", "other\n", "<p>other</p>")
        assert keep_letters(conn, {rows[0]: other}, NOW) == {rows[0]: letter}
        drop_old(conn, DeliverSettings(), NOW)
        assert len(find_letters(conn, rows)) == 2  # both are due
        assert erase_person(conn, who.name, NOW)["letters"] == 1
        assert len(find_letters(conn, rows)) == 1
        (due,) = (row for row in outbox.list_deliveries(conn) if row.state is DeliveryState.DUE)
        outbox.cancel_for_subscriber(conn, due.subscriber_id, "left", NOW)
        drop_old(conn, DeliverSettings(), NOW)
        assert find_letters(conn, rows) == {}
