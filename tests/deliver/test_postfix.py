"""Mail through a real MTA: a thread stays one thread, and what is read in the mailbox is what was sent."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from alertsvc.brief.compose import compose_flash, compose_update
from alertsvc.brief.render import TEMPLATE_VERSION
from alertsvc.brief.render import render as render_briefing
from alertsvc.clock import ManualClock
from alertsvc.deliver.email.message import build_mail
from alertsvc.deliver.email.smtp import SmtpTransport
from alertsvc.deliver.errors import BarredError, RecipientError
from alertsvc.deliver.routing import Route
from alertsvc.deliver.rows import alert_row
from alertsvc.deliver.sender import Sender
from alertsvc.domain import Briefing, BriefingKind, Channel, Delivery, DeliveryState, Status
from alertsvc.errors import DeliveryError
from alertsvc.settings import DeliverSettings, MailSettings, SmtpSettings
from alertsvc.store import Store, outbox
from tests.brief.cases import NOW, retaken, update
from tests.deliver.support import Rendered, a_delivery, a_subscriber
from tests.deliver.test_sender import fill
from tests.postfix import DOMAIN, Postfix, PostfixMissingError, postfix_server

SENDER = "alerts@alerts.example"
SUBJECT = "[FLASH] ليبيا: مسلحون يسيطرون على معبر التوم الحدودي ويقتلون ثلاثة من حراسه (Wadi Marra)"


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    """The Postfix of this module."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(postfix_server())
        except PostfixMissingError as missing:
            if os.environ.get("CI") == "true":
                pytest.fail(str(missing))
            pytest.skip(str(missing))
        yield server


def settings(server: Postfix) -> MailSettings:
    return MailSettings(sender=SENDER, smtp=SmtpSettings(host="127.0.0.1", port=server.port, security="none"))


def thread(target: str, language: str) -> list[Delivery]:
    """Return a flash, an update and a correction of one incident, as the outbox holds them."""
    case = retaken()
    gone = retaken(public_id=case.public_id)
    last = update(4, changes=("withdrawn",), status=Status.WITHDRAWN, severity_before=2.0)
    gone = replace(gone, status=Status.WITHDRAWN, updates=(*gone.updates, last))
    flash = compose_flash(case, case.updates[0], now=NOW, service="desk", language=language)
    if language == "en":  # with a name in another script
        flash = replace(flash, facts={**flash.facts, "subject": SUBJECT})
    subject = flash.facts["subject"]
    later = [
        compose_update(case, case.updates[2], now=NOW, service="desk", flash=subject, language=language),
        compose_update(gone, last, now=NOW, service="desk", flash=subject, language=language),
    ]
    assert later[1].facts["correction"]
    found: list[Delivery] = []
    for number, (briefing, step) in enumerate(
        zip([flash, *later], [case.updates[0], case.updates[2], last], strict=True)
    ):
        root = found[0].message_id if found else None
        route = Route(a_subscriber(target=target), BriefingKind.UPDATE if root else BriefingKind.FLASH, root)
        found.append(
            alert_row(
                route,
                case,
                step,
                replace(briefing, incident_id=11),
                now=NOW + timedelta(minutes=number),
                sender=SENDER,
                settings=DeliverSettings(),
                template_version=TEMPLATE_VERSION,
            )
        )
    return found


def stem(subject: str) -> str:
    """A subject as mail programs compare it."""
    return plain(subject).rpartition("] ")[2].split(" (update")[0]


def plain(text: str) -> str:
    """A text without the marks that keep its directions apart."""
    return re.sub("[\u2066-\u2069\u200f]", "", text)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
async def test_flash_update_and_correction_are_one_thread(postfix: Postfix, store: Store, language: str):
    clock = ManualClock(NOW + timedelta(minutes=5))
    mailbox = f"thread-{store.dialect}-{language}"
    rows = thread(f"{mailbox}@{DOMAIN}", language)
    fill(store, *rows)
    mail = settings(postfix)
    sender = Sender(
        store,
        {Channel.EMAIL: SmtpTransport(mail, service="desk", clock=clock)},
        render_briefing,
        clock,
        DeliverSettings(),
        "w",
    )
    summary = await sender.run_once()
    await sender.close()
    assert (summary.sent, summary.retried, summary.failed) == (3, 0, 0), summary.lines
    with store.read() as conn:
        assert {row.state for row in outbox.list_deliveries(conn)} == {DeliveryState.SENT}

    def mine(raw: bytes) -> bool:
        return mailbox.encode() in raw

    before = sum(not mine(message.as_bytes()) for message in postfix.delivered())
    raws = [message.as_bytes() for message in postfix.wait_for(before + 3)]
    received: dict[str, EmailMessage] = {}
    for raw in filter(mine, raws):
        message = message_from_bytes(raw, policy=policy.default)
        received[str(message["Message-ID"])] = message
    assert len(received) == 3
    flash, change, correction = (received[f"<{row.message_id}>"] for row in rows)
    assert flash["References"] is flash["In-Reply-To"] is None
    for message in (change, correction):
        assert str(message["In-Reply-To"]) == f"<{rows[0].message_id}>"
        assert str(message["References"]).split()[0] == f"<{rows[0].message_id}>"
    assert plain(str(flash["Subject"])) == plain(rows[0].briefing.facts["subject"])
    assert len({stem(str(message["Subject"])) for message in (flash, change, correction)}) == 1
    assert language != "en" or "مسلحون يسيطرون على معبر التوم" in stem(str(flash["Subject"]))
    assert plain(str(change["Subject"])).startswith("Re: ")
    assert len({str(message["List-Id"]) for message in received.values()}) == 1
    for row in rows:
        raw = next(
            raw
            for raw in raws
            if f"<{row.message_id}>".encode() in raw.partition(b"\n\n")[0]
            and f"Message-ID: <{row.message_id}>".encode() in raw.replace(b"\n ", b" ")
        )
        sent = build_mail(row, render_briefing(row.briefing), mail, service="desk")
        # Byte for byte: the MTA put its own lines before ours and changed nothing.
        assert raw.replace(b"\r\n", b"\n").endswith(sent.replace(b"\r\n", b"\n"))
        facts(row.briefing, received[f"<{row.message_id}>"])


def facts(briefing: Briefing, message: EmailMessage) -> None:
    """Every line of the briefing can be read in the mail's plain text."""
    part = message.get_body(("plain",))
    assert part is not None
    words = part.get_content().split()
    wanted = render_briefing(briefing).text.split()
    assert words[: len(wanted)] == wanted


async def test_what_a_real_server_answers(postfix: Postfix):
    transport = SmtpTransport(settings(postfix), service="desk", clock=ManualClock(NOW))
    rendered: Any = Rendered()
    faults = {}
    for who in (f"nobody@{DOMAIN}", f"later@{DOMAIN}", "someone@elsewhere.example"):
        with pytest.raises(DeliveryError) as caught:
            await transport.send(a_delivery(target=who), rendered)
        faults[who.split("@")[0]] = caught.value
        assert who not in str(caught.value)
    huge: Any = Rendered(text="word " * 400_000)
    with pytest.raises(DeliveryError, match="larger than the 1048576") as caught:
        await transport.send(a_delivery(target=f"desk@{DOMAIN}"), huge)
    receipt = await transport.send(a_delivery(target=f"desk@{DOMAIN}"), rendered)
    await transport.close()
    assert isinstance(faults["nobody"], RecipientError)
    assert (faults["later"].permanent, type(faults["later"])) == (False, DeliveryError)
    assert (faults["someone"].permanent, type(faults["someone"])) == (False, BarredError)
    assert receipt["reply"].startswith("250 2.0.0 Ok: queued as ")
