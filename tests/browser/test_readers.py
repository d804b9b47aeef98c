"""The pages that the links of a mail lead to, in a real browser: read, filled in, refused, saved, left."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Sequence
from datetime import time
from pathlib import Path

import pytest
import pytest_asyncio

from alertsvc.brief.render import render
from alertsvc.clock import ManualClock
from alertsvc.deliver.email.message import build_mail
from alertsvc.deliver.tokens import Purpose
from alertsvc.domain import Subscriber, SubscriberState, WatchedPlace
from alertsvc.settings import MailSettings
from alertsvc.store import Store
from alertsvc.store.consent import ask_consent
from tests.browser.driver import Tab
from tests.browser.looking import faults_of_loading, views
from tests.browser.mailbag import BRIEFINGS
from tests.browser.test_pages import ANCHORS, HEADINGS
from tests.deliver.support import a_delivery
from tests.deliver.test_every_mail import part
from tests.deliver.test_message import parse
from tests.web.readers import LINKS, a_reader, address, standing
from tests.web.support import NOW, Visitor, pages_for, visiting

pytestmark = pytest.mark.asyncio(loop_scope="module")

WIDTHS = (320, 360, 1200)
ARABIC = "معبر التوم الحدودي"


@pytest_asyncio.fixture(loop_scope="module")
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Store, Visitor]]:
    """A store of its own with its pages served."""
    path = shutil.copyfile(request.getfixturevalue("_sqlite_template"), tmp_path / "alertsvc.db")
    with Store.open(f"sqlite:///{path}", migrate=False) as store:
        async with visiting(pages_for(store, ManualClock(NOW), links=LINKS)) as visitor:
            yield store, visitor


def reader(store: Store, state: SubscriberState = SubscriberState.ACTIVE, language: str = "en") -> Subscriber:
    return a_reader(
        store,
        target="a.reader.with.a.rather.long.address@a-rather-long-name-of-a-domain.example.org",
        places=(WatchedPlace("x", ARABIC), WatchedPlace("y", "Ras Lanuf oil export terminal")),
        radius_km=20.0,
        quiet_from=time(22),
        quiet_until=time(6),
        timezone="America/Argentina/ComodRivadavia",
        state=state,
        language=language,
    )


async def look(tab: Tab, visitor: Visitor, headings: Sequence[int] = (1,), failing: int | None = None) -> None:
    """Look the open page over: nothing outside of it, contrast, headings in order, anchors that are there."""
    faults = [line for line in faults_of_loading(tab, visitor.base) if not (failing and f"{failing}" in line)]
    assert faults == []
    for view in await views(tab, WIDTHS):
        assert view.faults == []
        assert view.unmarked == []
    assert (await tab.run(HEADINGS))[: len(headings)] == list(headings)
    assert await tab.run(ANCHORS) == []


async def test_the_form_is_filled_in_and_saved(tab: Tab, desk: tuple[Store, Visitor]):
    store, visitor = desk
    who = reader(store)
    await tab.visit(visitor.base + address(Purpose.SUBSCRIPTION, who))
    await look(tab, visitor, (1, 2, 2))
    roles = await tab.roles()
    named = {role: {name for kind, name in roles if kind == role} for role, _ in roles}
    assert {"What you are told of", "Which mail you get", "Only near these places"} <= named["group"]
    assert {"Countries", "Time zone"} <= named["textbox"] | named["combobox"]
    assert {"Save", "Unsubscribe"} <= named["button"]
    assert "" not in {
        name for kind in ("textbox", "combobox", "checkbox", "spinbutton") for name in named.get(kind, ())
    }

    await tab.run("document.querySelector('#countries').value = 'Libya, Atlantis'")
    await tab.follow("document.querySelector('button.main').click()")
    await look(tab, visitor, (1, 2), failing=422)
    assert "No such country: \u2068Atlantis\u2069" in await tab.run("document.querySelector('[role=alert]').innerText")
    assert await tab.run("document.querySelector('#countries').value") == "Libya, Atlantis"
    assert standing(store, who).subscriber == who

    await tab.run("document.querySelector('#countries').value = 'Libya'")
    await tab.run("document.querySelector('#digest_hour').value = '5'")
    await tab.follow("document.querySelector('button.main').click()")
    await look(tab, visitor, (1, 2))
    assert "Saved" in await tab.run("document.querySelector('[role=status]').innerText")
    now = standing(store, who).subscriber
    assert (now.countries, now.digest_hour, now.places) == (("LY",), 5, who.places)


@pytest.mark.parametrize("language", ["fr", "ar"])
async def test_the_pages_in_other_languages(tab: Tab, desk: tuple[Store, Visitor], language: str):
    store, visitor = desk
    who = reader(store, language=language)
    await tab.visit(visitor.base + address(Purpose.SUBSCRIPTION, who))
    await look(tab, visitor, (1, 2, 2))
    await tab.run("document.querySelector('#countries').value = 'Libya, Atlantis'")
    await tab.follow("document.querySelector('button.main').click()")
    await look(tab, visitor, (1, 2), failing=422)
    for purpose in (Purpose.UNSUBSCRIBE, Purpose.RESUBSCRIBE):
        await tab.visit(visitor.base + address(purpose, who))
        await look(tab, visitor)


async def test_leaving_and_coming_back_by_the_buttons(tab: Tab, desk: tuple[Store, Visitor]):
    store, visitor = desk
    who = reader(store)
    await tab.visit(visitor.base + address(Purpose.UNSUBSCRIBE, who))
    await look(tab, visitor)
    await tab.follow("document.querySelector('button').click()")
    await look(tab, visitor)
    assert standing(store, who).subscriber.state is SubscriberState.UNSUBSCRIBED
    await tab.follow("document.querySelector('button').click()")
    await look(tab, visitor)
    assert standing(store, who).subscriber.state is SubscriberState.ACTIVE
    await tab.visit(visitor.base + "/unsubscribe/forged")
    await look(tab, visitor, failing=404)


async def test_confirming_by_the_button(tab: Tab, desk: tuple[Store, Visitor]):
    store, visitor = desk
    who = reader(store, SubscriberState.PENDING)
    with store.begin() as conn:
        number = ask_consent(conn, who, NOW, expires=3600)
    await tab.visit(visitor.base + address(Purpose.CONFIRM, who, number, int(NOW.timestamp()) + 3600))
    await look(tab, visitor)
    await tab.follow("document.querySelector('button').click()")
    await look(tab, visitor)
    assert standing(store, who).subscriber.state is SubscriberState.ACTIVE


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
async def test_the_foot_of_a_mail(tab: Tab, tmp_path: Path, language: str):
    made = BRIEFINGS["flash"]()
    made.facts["language"] = language
    settings = MailSettings(sender="alerts@example.org", postal_address="Risk desk, 1 Quay Street, تونس 1000")
    delivery = a_delivery(briefing=made)
    page = tmp_path / "mail.html"
    data = build_mail(delivery, render(made), settings, service="Risk desk مكتب 24", links=LINKS)
    page.write_text(part(parse(data), "html"), encoding="utf-8")
    await tab.visit(page.as_uri())
    for view in await views(tab, (320, 360, 800)):
        assert view.faults == []
        assert view.unmarked == []
