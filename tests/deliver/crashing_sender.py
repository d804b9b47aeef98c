"""A sender in a process of its own that dies between handing a mail over and writing that down.

Arguments: address of the database, port of the mail server.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

from alertsvc.clock import ManualClock
from alertsvc.deliver.email.smtp import SmtpTransport
from alertsvc.deliver.sender import Sender
from alertsvc.domain import Channel
from alertsvc.settings import DeliverSettings, MailSettings, SmtpSettings
from alertsvc.store import Store, outbox
from tests.deliver.support import NOW, render

DEATH = 9


def mail_settings(port: int) -> MailSettings:
    smtp = SmtpSettings(host="127.0.0.1", port=port, security="none", timeout=5.0)
    return MailSettings(sender="alerts@example.org", smtp=smtp)


def main() -> None:
    url, port = sys.argv[1], int(sys.argv[2])

    def die(*_: Any) -> bool:
        os._exit(DEATH)

    setattr(outbox, "mark_all_sent", die)  # noqa: B010 - a type checker would mind the assignment
    transport = SmtpTransport(mail_settings(port), service="alertsvc", clock=ManualClock(NOW))
    store = Store.open(url, migrate=False)
    sender = Sender(store, {Channel.EMAIL: transport}, render, ManualClock(NOW), DeliverSettings(), "doomed")
    asyncio.run(sender.run_once())


if __name__ == "__main__":
    main()
