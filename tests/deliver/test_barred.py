"""Refusals that are the mail server's or the sender's: no alert is lost over them, and no subscription paused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alertsvc.clock import ManualClock
from alertsvc.deliver.email.smtp import SmtpTransport
from alertsvc.deliver.errors import BarredError, RecipientError
from alertsvc.domain import Channel, SubscriberState
from alertsvc.settings import MailSettings, SmtpSettings
from alertsvc.store import Store, refusals
from tests.deliver.support import a_delivery
from tests.deliver.test_channels import a_person, standing
from tests.deliver.test_sender import Recorder, a_sender, fill, problem_lines
from tests.smtpserver import SmtpServer


@pytest.mark.parametrize(
    "answer",
    ["550 relay not permitted", "553 not in my list of allowed rcpthosts (#5.7.1)", "554 5.7.1 Relay access denied"],
)
async def test_a_server_that_relays_nothing_loses_no_alert_and_pauses_nobody(
    store: Store, clock: ManualClock, answer: str
):
    people = [a_person(store, clock, f"p{number}", target=f"p{number}@example.org") for number in range(4)]
    with SmtpServer() as server:
        smtp = SmtpSettings(host=server.host, port=server.port, security="none")
        mail = SmtpTransport(MailSettings(sender="a@example.org", smtp=smtp), service="alertsvc", clock=clock)
        sender = a_sender(store, clock, {Channel.EMAIL: mail}, pause_after=1, concurrency=1)
        for number, row in enumerate(people):
            fill(store, a_delivery(number, subscriber_id=row, target=f"p{number}@example.org"))
        server.answer("RCPT", answer, answer)
        summary = await sender.run_once()
        assert (summary.sent, summary.retried, summary.failed) == (0, 4, 0)
        ((scope, problem, _),) = problem_lines(store)
        assert (scope, answer[:3] in problem) == ("email", True)
        # Once the operator has mended it, everything leaves.
        for seconds in (30, 30):
            clock.advance(timedelta(seconds=seconds))
            await sender.run_once()
        await sender.close()
        assert len(server.mails) == 4
    assert problem_lines(store) == []
    assert {standing(store, row)[0] for row in people} == {SubscriberState.ACTIVE}
    with store.read() as conn:
        assert {refusals.refusals_of(conn, row) for row in people} == {0}


async def test_a_recipient_to_whom_nothing_is_relayed_stops_no_other(store: Store, clock: ManualClock):
    channel = Recorder({f"far{number}": [BarredError("550 relay not permitted")] * 9 for number in range(3)})
    sender = a_sender(store, clock, {Channel.EMAIL: channel}, concurrency=1)
    fill(store, *(a_delivery(number, title=f"far{number}", target=f"{number}@far.example") for number in range(3)))
    fill(store, *(a_delivery(9 + number, title=f"near{number}", target=f"{number}@a.example") for number in range(3)))
    for _ in range(4):
        await sender.run_once()
        clock.advance(timedelta(seconds=30))
    assert [title for _, title in channel.sent] == ["near0", "near1", "near2"]


@pytest.mark.parametrize(("between", "paused"), [(False, 2), (True, 4)])
async def test_same_words_for_several_recipients_are_the_servers(
    store: Store, clock: ManualClock, between: bool, paused: int
):
    """Where nothing gets through in between; else they are taken for what they say."""
    people = [a_person(store, clock, f"p{number}", target=f"p{number}@example.org") for number in range(4)]
    faults = {f"n{n}": [RecipientError(f"550 go away p{n}", words="550 go away")] for n in range(4)}
    sender = a_sender(store, clock, {Channel.EMAIL: Recorder(faults)}, pause_after=1, concurrency=1)
    for number, row in enumerate(people):
        fill(store, a_delivery(number, title=f"n{number}", subscriber_id=row, target=f"p{number}@example.org"))
        if between:
            fill(store, a_delivery(50 + number, title=f"good{number}", target="good@example.org"))
        await sender.run_once()
    states = [standing(store, row)[0] for row in people]
    assert states.count(SubscriberState.PAUSED) == paused
    assert any("says of all recipients" in message for _, message, _ in problem_lines(store)) is not between
