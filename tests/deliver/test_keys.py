"""Names of deliveries and messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from alertsvc.deliver.digests import DigestPeriod
from alertsvc.deliver.keys import (
    daily_key,
    daily_prefix,
    first_daily_key,
    flash_key,
    held_key,
    message_id,
    reference,
    update_key,
    weekly_key,
)
from alertsvc.deliver.routing import Route
from alertsvc.deliver.rows import alert_row, digest_row
from alertsvc.domain import Briefing, BriefingKind
from alertsvc.settings import DeliverSettings
from tests.deliver.support import NOW, PUBLIC_ID, a_subscriber, an_incident, an_update

END = datetime(2026, 2, 1, 7, tzinfo=UTC)


def test_keys_say_what_goes_to_whom():
    assert flash_key(PUBLIC_ID, 3) == "flash:LY-2026-0131-7f3a:3"
    assert update_key(PUBLIC_ID, 2, 3) == "update:LY-2026-0131-7f3a:2:3"
    assert first_daily_key(3) == "daily:3:first"
    assert daily_key(3, date(2026, 2, 1)) == "daily:3:2026-02-01"
    assert daily_key(31, date(2026, 2, 1)).startswith(daily_prefix(31))
    assert not daily_key(31, date(2026, 2, 1)).startswith(daily_prefix(3))


def test_reference_is_what_a_key_is_about():
    assert reference(flash_key(PUBLIC_ID, 3)) == PUBLIC_ID
    assert reference(update_key(PUBLIC_ID, 2, 3)) == PUBLIC_ID + ".2"
    assert reference(first_daily_key(3)) == "first"
    assert reference(daily_key(3, date(2026, 2, 1))) == "2026-02-01"
    assert reference(weekly_key(3, date(2026, 2, 1))) == "2026-02-01"
    assert reference(held_key(3, datetime(2026, 2, 1, 7, tzinfo=UTC))) == "20260201T070000000000"


def test_message_id_is_stable_and_tells_no_address():
    who = a_subscriber()
    made = message_id(BriefingKind.FLASH, PUBLIC_ID, 1, who, sender="alerts@Example.org")
    assert made == message_id(BriefingKind.FLASH, PUBLIC_ID, 1, who, sender="alerts@example.org")
    left, _, domain = made.partition("@")
    assert left.rpartition(".")[0] == f"flash.{PUBLIC_ID}.1"
    assert domain == "example.org"
    assert "desk" not in made


@pytest.mark.parametrize(
    "other",
    [
        {"kind": BriefingKind.UPDATE},
        {"about": "LY-2026-0131-7f3b"},
        {"number": 2},
        {"subscriber": a_subscriber(id=4)},
        {"subscriber": a_subscriber(target="duty@example.org")},
        {"sender": "alerts@example.net"},
    ],
)
def test_message_id_differs_with_everything_it_stands_for(other):
    same: dict[str, Any] = {
        "kind": BriefingKind.FLASH,
        "about": PUBLIC_ID,
        "number": 1,
        "subscriber": a_subscriber(),
        "sender": "alerts@example.org",
    }

    def made(facts: dict[str, Any]) -> str:
        return message_id(facts["kind"], facts["about"], facts["number"], facts["subscriber"], sender=facts["sender"])

    assert made(same) != made(same | other)


def test_row_of_a_flash_and_of_its_update():
    options: dict[str, Any] = {
        "now": NOW,
        "sender": "alerts@example.org",
        "settings": DeliverSettings(),
        "template_version": "7",
    }
    who = a_subscriber()
    briefing = Briefing(BriefingKind.FLASH, {"title": "x"}, 11, 1)
    flash = alert_row(Route(who, BriefingKind.FLASH), an_incident(), an_update(), briefing, **options)
    assert (flash.key, flash.in_reply_to, flash.template_version) == (flash_key(PUBLIC_ID, 3), None, "7")
    assert (flash.channel, flash.target, flash.created) == (who.channel, who.target, NOW)
    assert (flash.expires - NOW).total_seconds() == 6 * 3600
    step = an_update(number=2)
    route = Route(who, BriefingKind.UPDATE, flash.message_id)
    update = alert_row(route, an_incident(), step, replace(briefing, kind=BriefingKind.UPDATE, update=2), **options)
    assert update.key == update_key(PUBLIC_ID, 2, 3)
    assert update.in_reply_to == flash.message_id != update.message_id


def test_row_of_a_digest_keeps_its_period():
    period = DigestPeriod(datetime(2026, 1, 31, 7, tzinfo=UTC), END, daily_key(3, date(2026, 2, 1)))
    row = digest_row(
        a_subscriber(),
        period,
        Briefing(BriefingKind.DAILY, {}),
        now=NOW,
        sender="alerts@example.org",
        settings=DeliverSettings(),
        template_version="7",
    )
    assert row.key == "daily:3:2026-02-01"
    assert row.message_id.startswith("daily.digest.20260201T070000.")
    assert row.extra == {"start": "2026-01-31T07:00:00+00:00", "end": "2026-02-01T07:00:00+00:00"}
    assert (row.expires - NOW).total_seconds() == 24 * 3600
