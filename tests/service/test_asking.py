"""New recipients are asked by mail before anything is sent to them, through real mail and web servers."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from alertsvc.asking import Asker, AskSummary
from alertsvc.clock import ManualClock
from alertsvc.deliver.links import Links
from alertsvc.deliver.pace import Pace
from alertsvc.deliver.tokens import Purpose, Tokens
from alertsvc.domain import Channel, Subscriber, SubscriberState
from alertsvc.errors import StoreError
from alertsvc.service import make_transports
from alertsvc.settings import ConsentSettings, Settings
from alertsvc.store import Store
from alertsvc.store.consent import list_events
from alertsvc.store.privacy import erase_person
from alertsvc.store.problems import counts, list_problems
from alertsvc.store.subscribers import add_subscriber, find_subscriber, list_standings, list_subscribers
from tests.deliver.support import a_delivery
from tests.smtpserver import SmtpServer
from tests.web.support import Markup, pages_for, visiting

BASE = "https://alerts.example.org"
TOKENS = Tokens("a key of the tests alone")
ADDRESS = "new.reader@example.org"


def settings_for(server: SmtpServer | None, folder: Path, **smtp: Any) -> Settings:
    mail: dict[str, Any] = {"sender": "alerts@example.org", "directory": str(folder / "mail")}
    if server is not None:
        mail["smtp"] = {"host": server.host, "port": server.port, "security": "none"} | smtp
    return Settings.model_validate({"service": {"name": "Risk desk"}, "mail": mail, "consent": {"double_opt_in": True}})


def add(store: Store, clock: ManualClock, name: str = "new", **changes: Any) -> int:
    who = Subscriber(name, Channel.EMAIL, ADDRESS, state=SubscriberState.PENDING)
    with store.begin() as conn:
        row = add_subscriber(conn, replace(who, **changes), clock.now()).id
    assert row is not None
    return row


def make(store: Store, settings: Settings, clock: ManualClock, base: str | None = BASE) -> Asker:
    links = Links(base, TOKENS)
    return Asker(store, settings, clock, make_transports(settings, clock, links)[Channel.EMAIL], links)


def state(store: Store, row: int) -> SubscriberState:
    with store.read() as conn:
        found = find_subscriber(conn, row=row)
    assert found is not None
    return found.subscriber.state


async def test_from_adding_to_confirming(store: Store, clock: ManualClock, tmp_path: Path):
    with SmtpServer() as server:
        row = add(store, clock)
        asker = make(store, settings_for(server, tmp_path), clock)
        assert await asker.run_once() == AskSummary(asked=1)
        assert await asker.run_once() == AskSummary()
        (mail,) = server.mails
    message = mail.message
    assert mail.recipients == (ADDRESS,)
    assert message["Subject"] == "Please confirm: risk alerts from Risk desk"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = set()
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        assert part is not None
        text = part.get_content()
        assert "I agree that Risk desk sends" in text
        assert "8 February 2026, 12:00 UTC" in text
        assert "your address was given to" in text
        assert "/subscription/" not in text  # there is nothing to change yet
        found |= set(re.findall(rf"{BASE}(/confirm/[\w.-]+)", text))
    (path,) = found
    unsubscribe = re.search(rf"<{BASE}(/unsubscribe/[\w.-]+)>", message["List-Unsubscribe"])
    assert unsubscribe is not None
    with store.read() as conn:
        assert list_subscribers(conn) == []
    async with visiting(pages_for(store, clock, links=Links(BASE, TOKENS))) as visitor:
        assert "Confirm your subscription" in (await visitor.page(path)).text
        answer = await visitor.ask(path, "POST")
        assert Markup(answer.text).all("h1")
        assert state(store, row) is SubscriberState.ACTIVE
        assert (await visitor.ask(unsubscribe[1], "POST")).status == 200
    assert state(store, row) is SubscriberState.UNSUBSCRIBED
    with store.read() as conn:
        assert [item["event"] for item in list_events(conn, row)] == ["asked", "given", "withdrawn"]


@pytest.mark.parametrize(
    ("language", "words", "version"),
    [("fr", "À confirmer", "consent-1-fr"), ("ar", "يرجى التأكيد", "consent-1-ar")],
)
async def test_the_question_speaks_the_language_of_its_reader(
    store: Store, clock: ManualClock, tmp_path: Path, language: str, words: str, version: str
):
    row = add(store, clock, language=language)
    await make(store, settings_for(None, tmp_path), clock).run_once()
    (path,) = (tmp_path / "mail").iterdir()
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert words in message["Subject"]
    part = message.get_body(("html",))
    assert part is not None
    assert f'<html lang="{language}"' in part.get_content()
    with store.read() as conn:
        assert [item["wording"] for item in list_events(conn, row)] == [version]


async def test_the_header_of_the_question_takes_it_back(store: Store, clock: ManualClock, tmp_path: Path):
    row = add(store, clock)
    settings = settings_for(None, tmp_path)
    await make(store, settings, clock).run_once()
    (path,) = (tmp_path / "mail").iterdir()
    assert "-confirm-" in path.name
    async with visiting(pages_for(store, clock, links=Links(BASE, TOKENS))) as visitor:
        token = TOKENS.sign(Purpose.UNSUBSCRIBE, row, ADDRESS)
        assert (await visitor.ask(f"/unsubscribe/{token}", "POST")).status == 200
    assert state(store, row) is SubscriberState.UNSUBSCRIBED


async def test_a_question_that_could_not_leave_is_tried_again_as_the_same_mail(
    store: Store, clock: ManualClock, tmp_path: Path
):
    with SmtpServer() as server:
        add(store, clock)
        asker = make(store, settings_for(server, tmp_path), clock)
        server.answer("CONTENT", "451 4.3.0 not now, said new.reader@example.org")
        assert (await asker.run_once()).asked == 0
        assert (await asker.run_once()).asked == 0
        clock.advance(timedelta(minutes=2))
        assert (await asker.run_once()).asked == 1
        (mail,) = server.mails
        assert mail.message["Date"].startswith("Sun, 01 Feb 2026 12:00:00")
    with store.read() as conn:
        (problem,) = list_problems(conn)
    assert problem.scope == "consent"
    assert "new.reader" not in problem.message


async def test_an_address_that_is_refused_for_good_is_not_asked_again(store: Store, clock: ManualClock, tmp_path: Path):
    with SmtpServer() as server:
        add(store, clock)
        asker = make(store, settings_for(server, tmp_path), clock)
        server.answer("RCPT", "550 5.1.1 no such user")
        for _ in range(3):
            assert (await asker.run_once()).asked == 0
            clock.advance(timedelta(days=1))
        assert server.mails == []
        clock.advance(timedelta(days=5))
        assert await asker.run_once() == AskSummary(erased=1)


async def test_a_server_that_is_down_stops_the_round(store: Store, clock: ManualClock, tmp_path: Path):
    with SmtpServer() as server:
        for number in range(3):
            add(store, clock, f"new{number}", target=f"r{number}@example.org")
        asker = make(store, settings_for(server, tmp_path), clock)
        server.answer("CONNECT", "554 5.3.2 no service")  # of one only: the others are not tried
        assert (await asker.run_once()).asked == 0
        clock.advance(timedelta(hours=1))
        assert (await asker.run_once()).asked == 3
        assert {mail.recipients[0] for mail in server.mails} == {f"r{number}@example.org" for number in range(3)}


async def test_who_does_not_answer_is_forgotten_and_counted(store: Store, clock: ManualClock, tmp_path: Path):
    settings = settings_for(None, tmp_path)
    add(store, clock)
    asker = make(store, settings, clock)
    await asker.run_once()
    clock.advance(timedelta(seconds=settings.consent.expires) - timedelta(seconds=1))
    assert await asker.run_once() == AskSummary()
    clock.advance(timedelta(seconds=1))
    assert await asker.run_once() == AskSummary(erased=1)
    with store.read() as conn:
        assert list_standings(conn) == []
        assert counts(conn, since_day=clock.now().date()) == {"consent_expired": 1}
        assert all(ADDRESS not in str(item.subscriber) for item in list_standings(conn, removed=True))


async def test_without_a_public_address_nobody_is_asked_and_that_is_told(
    store: Store, clock: ManualClock, tmp_path: Path
):
    settings = settings_for(None, tmp_path)
    row = add(store, clock)
    assert await make(store, settings, clock, base=None).run_once() == AskSummary()
    assert not (tmp_path / "mail").exists()
    with store.read() as conn:
        (problem,) = list_problems(conn)
        assert "service.public_url is not set" in problem.message
    assert (await make(store, settings, clock).run_once()).asked == 1
    with store.read() as conn:
        assert list_problems(conn) == []
    assert state(store, row) is SubscriberState.PENDING


async def test_two_services_ask_once(store: Store, clock: ManualClock, tmp_path: Path):
    with SmtpServer() as server:
        add(store, clock)
        settings = settings_for(server, tmp_path)
        one, two = make(store, settings, clock), make(store, settings, clock)
        first, second = await one.run_once(), await two.run_once()
        assert first.asked + second.asked == 1
        assert len(server.mails) == 1


async def test_a_database_that_is_gone_is_told(store: Store, clock: ManualClock, tmp_path: Path):
    asker = make(store, settings_for(None, tmp_path), clock)
    store.close()
    with pytest.raises(StoreError):
        await asker.run_once()


@pytest.mark.parametrize("key", ["short", ""])
def test_a_key_that_is_too_short_is_refused(key: str):
    with pytest.raises(ValidationError, match="16 characters"):
        Settings.model_validate({"web": {"link_key": key}})
    assert ConsentSettings().double_opt_in is False


def asked_by(server: SmtpServer) -> list[str]:
    return [mail.recipients[0] for mail in server.mails]


async def test_no_mailbox_is_filled_with_questions_whatever_is_added(store: Store, clock: ManualClock, tmp_path: Path):
    with SmtpServer() as server:
        for number, tag in enumerate(("", "+a", "+b", "+c", "+d")):
            add(store, clock, f"n{number}", target=ADDRESS.replace("@", f"{tag}@"))
        add(store, clock, "upper", target=ADDRESS.upper())
        add(store, clock, "somebody else", target="other@example.org")
        asker = make(store, settings_for(server, tmp_path), clock)
        assert (await asker.run_once()).asked == 4
        assert len(asked_by(server)) - asked_by(server).count("other@example.org") == 3
        with store.read() as conn:
            told = [problem.message for problem in list_problems(conn)]
        assert told == ["not asked yet: the same mailbox was asked 3 times within the hour"] * 3
        clock.advance(timedelta(minutes=59))
        assert (await asker.run_once()).asked == 0
        clock.advance(timedelta(minutes=2))
        assert (await asker.run_once()).asked == 3
        assert len(set(asked_by(server))) == len(server.mails) == 7


async def test_erasing_and_adding_again_is_no_way_round(store: Store, clock: ManualClock, tmp_path: Path):
    with SmtpServer() as server:
        asker = make(store, settings_for(server, tmp_path), clock)
        for number in range(6):
            add(store, clock, f"n{number}")
            await asker.run_once()
            with store.begin() as conn:
                erase_person(conn, f"n{number}", clock.now())
        assert len(server.mails) == 3


async def test_questions_keep_to_the_rates_of_server_and_domain(store: Store, clock: ManualClock, tmp_path: Path):
    with SmtpServer() as server:
        for number in range(6):
            add(store, clock, f"n{number}", target=f"r{number}@{'slow' if number % 2 else 'quick'}.example")
        settings = settings_for(server, tmp_path, domain_rates={"slow.example": 1.0})
        pace = Pace()
        links = Links(BASE, TOKENS)
        transport = make_transports(settings, clock, links)[Channel.EMAIL]
        asker = Asker(store, settings, clock, transport, links, pace)
        assert (await asker.run_once()).asked == 4
        clock.advance(timedelta(seconds=30))
        assert (await asker.run_once()).asked == 0
        clock.advance(timedelta(seconds=31))
        assert (await asker.run_once()).asked == 1
        # A turn that other mail takes counts too.
        clock.advance(timedelta(seconds=60))
        pace.take(transport.rates(a_delivery(target="x@slow.example")), clock.now())
        assert (await asker.run_once()).asked == 0
        clock.advance(timedelta(minutes=2))
        assert (await asker.run_once()).asked == 1
        assert len(set(asked_by(server))) == len(server.mails) == 6
    with store.read() as conn:
        assert list_problems(conn) == []
