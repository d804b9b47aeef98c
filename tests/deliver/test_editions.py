"""Editions: rendered once, stored before anything leaves, and the same for ever after."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from alertsvc.brief.render import Rendered
from alertsvc.clock import ManualClock
from alertsvc.deliver.editions import Editions, drop_old, edition_key
from alertsvc.deliver.email.message import build_mail
from alertsvc.domain import Briefing, Picture
from alertsvc.errors import StoreError
from alertsvc.settings import DeliverSettings, MailSettings
from alertsvc.store import Store
from tests.deliver.support import a_delivery

SETTINGS = MailSettings(sender="alerts@example.org")


class Renderer:
    """The code of one version: `mark` is what it does differently."""

    def __init__(self, mark: str) -> None:
        self.mark = mark
        self.asked = 0

    def __call__(self, briefing: Briefing) -> Rendered:
        self.asked += 1
        title = str(briefing.facts["title"])
        picture = Picture("map", b"\x89PNG\r\n\x1a\n" + self.mark.encode(), "A map")
        return Rendered(title, f"{self.mark} {title}\n", f"<p>{self.mark}</p>", {"text": self.mark}, (picture,))


async def test_all_recipients_share_one_rendering(store: Store, clock: ManualClock):
    render = Renderer("one")
    editions = Editions(store, render, clock)
    rows = [a_delivery(1, subscriber_id=row, target=f"{row}@example.org") for row in range(20)]
    found = await asyncio.gather(*(editions.of(row) for row in rows))
    assert render.asked == 1
    assert len(set(map(id, [await editions.of(row) for row in rows]))) == 1
    assert all(item == found[0] for item in found)
    other = await editions.of(a_delivery(2))
    assert other != found[0]
    again = Editions(store, render, clock)
    before = render.asked
    assert await again.of(rows[0]) == found[0]
    assert render.asked == before


async def test_many_are_prepared_at_once_and_a_bad_one_stops_none(store: Store, clock: ManualClock):
    render = Renderer("one")

    def sometimes(briefing: Briefing) -> Rendered:
        if briefing.facts["title"] == "bad":
            raise KeyError("bad")
        return render(briefing)

    editions = Editions(store, sometimes, clock)
    rows = [a_delivery(number % 5) for number in range(20)]
    bad = a_delivery(7, title="bad")
    await asyncio.gather(editions.prepare([*rows, bad]), editions.prepare(rows), *(editions.of(row) for row in rows))
    assert render.asked == 5
    with pytest.raises(KeyError):
        await editions.of(bad)


async def test_a_retry_after_an_upgrade_is_the_same_bytes(store: Store, clock: ManualClock):
    row = a_delivery(1)
    first = build_mail(row, await Editions(store, Renderer("old"), clock).of(row), SETTINGS, service="alertsvc")
    newer = Renderer("new")
    again = await Editions(store, newer, clock).of(row)
    assert build_mail(replace(row, attempts=2), again, SETTINGS, service="alertsvc") == first
    assert newer.asked == 0


async def test_a_row_of_newer_templates_is_an_edition_of_its_own(store: Store, clock: ManualClock):
    row = a_delivery(1)
    old = await Editions(store, Renderer("old"), clock).of(row)
    new = await Editions(store, Renderer("new"), clock).of(replace(row, template_version="2"))
    assert old.text != new.text
    assert edition_key(row) == edition_key(replace(row, target="x@example.org", id=9, attempts=3))
    assert edition_key(row) != edition_key(replace(row, briefing=replace(row.briefing, demonstration=True)))


async def test_what_cannot_be_rendered_is_not_kept(store: Store, clock: ManualClock):
    def broken(briefing: Briefing) -> Rendered:
        raise KeyError(briefing.kind)

    with pytest.raises(KeyError):
        await Editions(store, broken, clock).of(a_delivery(1))
    assert (await Editions(store, Renderer("mended"), clock).of(a_delivery(1))).html == "<p>mended</p>"


async def test_nothing_is_given_out_that_was_not_stored(store: Store, clock: ManualClock):
    editions = Editions(store, Renderer("one"), clock)
    store.close()
    with pytest.raises(StoreError):
        await editions.of(a_delivery(1))


async def test_editions_go_once_nothing_of_them_can_be_due(store: Store, clock: ManualClock):
    render = Renderer("one")
    await Editions(store, render, clock).of(a_delivery(1))
    settings = DeliverSettings()
    with store.begin() as conn:
        assert drop_old(conn, settings, clock.now() + timedelta(seconds=settings.digest_expires)) == 0
        assert drop_old(conn, settings, clock.now() + timedelta(days=3)) == 1
