"""One's own subscription on a page: shown, changed, refused with the reason beside the field."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import time
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.clock import ManualClock
from alertsvc.deliver.tokens import Purpose
from alertsvc.domain import (
    BriefingKind,
    Channel,
    DeliveryState,
    IncidentClass,
    Subscriber,
    SubscriberState,
    WatchedPlace,
)
from alertsvc.store import Store
from alertsvc.store.outbox import list_deliveries
from alertsvc.store.subscribers import edit_subscriber, list_subscribers, remove_subscriber, sync_subscribers
from alertsvc.subscription import changed
from alertsvc.web.forms import FormError, choices, read_form, shown, wishes
from alertsvc.web.phrases import phrases
from tests.web.readers import FORM, LINKS, a_reader, address, post_form, standing
from tests.web.support import NOW, Markup, Visitor, a_delivery, pages_for, store_deliveries, visiting

PLACES = (WatchedPlace("x-al-tum", "Al-Tum", 22.9, 14.3), WatchedPlace("o-sarir", "Sarir", 27.6, 22.5))


@pytest.fixture
async def visitor(store: Store, clock: ManualClock) -> AsyncIterator[Visitor]:
    """Someone with links of our mails."""
    async with visiting(pages_for(store, clock, links=LINKS)) as found:
        yield found


class FormReader(HTMLParser):
    """Fills in the first form of a page as a browser does that changes nothing."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self._select: str | None = None
        self._chosen: str | None = None
        self._forms = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._forms += tag == "form"
        if self._forms != 1:
            return
        if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.fields.append((str(given["name"]), given.get("value") or ""))
        if tag == "select":
            self._select, self._chosen = str(given["name"]), None
        if tag == "option" and self._select and (self._chosen is None or "selected" in given):
            self._chosen = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select:
            self.fields.append((self._select, self._chosen or ""))
            self._select = None


def filled(page: str, without: tuple[str, ...] = (), **changes: str) -> list[tuple[str, str]]:
    fields = [(name, value) for name, value in FormReader(page).fields if name not in (*changes, *without)]
    return [*fields, *changes.items()]


async def test_saving_what_is_shown_changes_nothing(store: Store, visitor: Visitor):
    who = a_reader(
        store,
        classes=(IncidentClass.OIL,),
        countries=("LY", "TN"),
        kinds=(BriefingKind.FLASH, BriefingKind.DAILY),
        min_severity=1.5,
        flash_from=2.5,
        timezone="Africa/Tunis",
        digest_hour=0,
        language="ar",
        weekly_day=6,
        empty_digests=False,
        quiet_from=time(22, 30),
        quiet_until=time(6),
        wake_from=None,
        alerts_per_day=9,
        places=PLACES,
        radius_km=12.5,
    )
    path = address(Purpose.SUBSCRIPTION, who)
    answer = await post_form(visitor, path, filled(await visitor.text(path)))
    assert answer.status == 303
    assert answer.headers["location"] == f"{path.rpartition('/')[2]}?saved"
    assert standing(store, who).subscriber == who
    assert standing(store, who).wishes == {}
    assert phrases("ar")["saved"] in (await visitor.page(f"{path}?saved")).text.replace("\u2068", "").replace(
        "\u2069", ""
    )


async def test_everything_can_be_changed(store: Store, visitor: Visitor):
    who = a_reader(store, places=PLACES, radius_km=10)
    path = address(Purpose.SUBSCRIPTION, who)
    changes = {
        "classes": "oil_facility",
        "kinds": "daily",
        "places": "o-sarir",
        "countries": "Libya, tunisie ; الجزائر, ne",
        "radius_km": "25",
        "min_severity": "2.0",
        "flash_from": "3.5",
        "wake_from": "",
        "language": "en",
        "timezone": "Africa/Algiers",
        "digest_hour": "23",
        "weekly_day": "4",
        "quiet_from": "23:15",
        "quiet_until": "05:45",
        "alerts_per_hour": "3",
        "alerts_per_day": "0",
        "paused": "1",
    }
    page = await visitor.text(path)
    assert (await post_form(visitor, path, filled(page, ("empty_digests",), **changes))).status == 303
    now = standing(store, who).subscriber
    assert now == Subscriber(
        name=who.name,
        channel=Channel.EMAIL,
        target=who.target,
        id=who.id,
        created=who.created,
        classes=(IncidentClass.OIL,),
        kinds=(BriefingKind.DAILY,),
        places=(PLACES[1],),
        countries=("LY", "TN", "DZ", "NE"),
        radius_km=25.0,
        min_severity=2.0,
        flash_from=3.5,
        wake_from=None,
        timezone="Africa/Algiers",
        digest_hour=23,
        weekly_day=4,
        empty_digests=False,
        quiet_from=time(23, 15),
        quiet_until=time(5, 45),
        alerts_per_hour=3,
        alerts_per_day=0,
        state=SubscriberState.PAUSED,
    )
    page = await visitor.text(path)
    assert "but is paused" in page
    assert (await post_form(visitor, path, filled(page, ("paused",)))).status == 303
    assert standing(store, who).subscriber.state is SubscriberState.ACTIVE


async def test_faults_stand_beside_their_fields_and_nothing_is_saved(store: Store, visitor: Visitor):
    who = a_reader(store)
    path = address(Purpose.SUBSCRIPTION, who)
    wrong = {
        "countries": "Libya, Atlantis, <b>",
        "timezone": "Mars/Olympus",
        "quiet_from": "22:00",
        "alerts_per_hour": "-1",
        "min_severity": "9.0",
        "digest_hour": "24",
    }
    answer = await post_form(visitor, path, filled(await visitor.text(path), ("kinds",), **wrong))
    assert answer.status == 422
    assert standing(store, who).subscriber == who
    markup = Markup(answer.text)
    assert "No such country: \u2068Atlantis, <b>\u2069." in markup.text
    assert "<b>" not in answer.text
    for name in ("countries", "timezone", "quiet_until", "alerts_per_hour", "min_severity", "digest_hour", "kinds"):
        (entry,) = [tag for _, tag in markup.tags if tag.get("id") == name]
        assert entry.get("aria-invalid") == "true", name
        assert f"{name}-problem" in str(entry.get("aria-describedby")).split(), name
        assert [tag for _, tag in markup.tags if tag.get("id") == f"{name}-problem"], name
        assert [tag for tag in markup.all("a") if tag["href"] == f"#{name}"], name
    # What was filled in is still there, to be mended.
    fields = dict(FormReader(answer.text).fields)
    assert {name: fields[name] for name in wrong} == wrong


async def test_every_control_has_a_name_that_is_read_out(store: Store, visitor: Visitor):
    who = a_reader(store, places=PLACES)
    markup = Markup(await visitor.text(address(Purpose.SUBSCRIPTION, who)))
    labelled = {tag["for"] for tag in markup.all("label") if "for" in tag}
    for kind in ("input", "select"):
        for tag in markup.all(kind):
            if tag.get("type") != "checkbox":
                assert tag["id"] in labelled, tag
            for described in str(tag.get("aria-describedby") or "").split():
                assert [other for _, other in markup.tags if other.get("id") == described]
    ids = [tag["id"] for _, tag in markup.tags if "id" in tag]
    assert len(ids) == len(set(ids))
    assert markup.all("html")[0]["lang"] == "en"
    assert len(markup.all("h1")) == 1


async def test_a_choice_of_a_configured_reader_stands_over_the_file(store: Store, visitor: Visitor):
    configured = [Subscriber("desk", Channel.EMAIL, "desk@example.org", countries=("LY",), min_severity=1.0)]
    with store.begin() as conn:
        sync_subscribers(conn, configured, NOW)
        (who,) = list_subscribers(conn)
    path = address(Purpose.SUBSCRIPTION, who)
    await post_form(visitor, path, filled(await visitor.text(path), flash_from="4.0"))
    with store.begin() as conn:
        sync_subscribers(conn, [Subscriber("desk", Channel.EMAIL, "desk@example.org", min_severity=2.0)], NOW)
        (now,) = list_subscribers(conn)
    assert (now.flash_from, now.min_severity, now.countries) == (4.0, 2.0, ())  # the rest is the operator's
    assert standing(store, who).wishes == {"flash_from": 4.0}


async def test_pausing_cancels_what_waits(store: Store, visitor: Visitor):
    who = a_reader(store)
    store_deliveries(store, a_delivery(subscriber_id=who.id, state=DeliveryState.DUE, sent=None))
    path = address(Purpose.SUBSCRIPTION, who)
    assert (await post_form(visitor, path, filled(await visitor.text(path), paused="1"))).status == 303
    with store.read() as conn:
        assert [row.state for row in list_deliveries(conn)] == [DeliveryState.CANCELLED]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (SubscriberState.UNSUBSCRIBED, "Subscribe again"),
        (SubscriberState.PENDING, "waits to be confirmed"),
        (SubscriberState.REMOVED, "ended by the service"),
    ],
)
async def test_a_subscription_that_is_not_open_cannot_be_changed(
    store: Store, visitor: Visitor, state: SubscriberState, words: str
):
    who = a_reader(store)
    path = address(Purpose.SUBSCRIPTION, who)
    fields = filled(await visitor.text(path), countries="LY")
    with store.begin() as conn:
        if state is SubscriberState.REMOVED:
            remove_subscriber(conn, who.name, NOW)
        else:
            edit_subscriber(conn, who.name, {"state": state.value}, NOW)
    assert words in (await visitor.page(path)).text
    assert (await post_form(visitor, path, fields)).status == 409
    assert standing(store, who).subscriber.countries == ()


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"countries=LY", FORM, 400),
        (b"", FORM, 400),
        (b"countries=LY&timezone=UTC&name=other", FORM, 400),
        (b"countries=LY&timezone=UTC&countries=TN", FORM, 400),
        (b"&".join(b"classes=x" for _ in range(300)), FORM, 400),
        (b"{}", {"Content-Type": "application/json"}, 415),
        (b"--x\r\n", {"Content-Type": "multipart/form-data; boundary=x"}, 415),
        (b"countries=%FF%FE&timezone=%00&classes=oil_facility&kinds=daily", FORM, 422),
        (b"countries=" + b"x" * 20000, FORM, 413),
    ],
)
async def test_what_is_not_our_form_changes_nothing(
    store: Store, visitor: Visitor, body: bytes, headers: Any, status: int
):
    who = a_reader(store)
    answer = await visitor.ask(address(Purpose.SUBSCRIPTION, who), "POST", data=body, headers=headers)
    assert answer.status == status
    assert standing(store, who).subscriber == who


READERS = st.builds(
    Subscriber,
    name=st.just("x"),
    channel=st.just(Channel.EMAIL),
    target=st.just("x@example.org"),
    classes=st.lists(st.sampled_from(IncidentClass), unique=True).map(tuple),
    kinds=st.lists(st.sampled_from(BriefingKind), min_size=1, unique=True).map(tuple),
    countries=st.lists(st.sampled_from(("LY", "TN", "NE", "TD", "NA", "NO")), unique=True).map(tuple),
    min_severity=st.integers(1, 10).map(lambda step: step / 2),
    flash_from=st.integers(1, 10).map(lambda step: step / 2),
    wake_from=st.none() | st.integers(1, 10).map(lambda step: step / 2),
    digest_hour=st.integers(0, 23),
    weekly_day=st.integers(0, 6),
    empty_digests=st.booleans(),
    alerts_per_hour=st.none() | st.integers(0, 99),
)


@given(READERS, READERS)
def test_any_form_asks_for_exactly_what_differs(before, after):
    form = shown(after)
    changes, problems = wishes(form, before, phrases("en"))
    assert not problems
    taken = changed(before, changes)
    for name in ("min_severity", "flash_from", "wake_from", "digest_hour", "weekly_day", "empty_digests"):
        assert taken.get(name, getattr(before, name)) == getattr(after, name)
        assert (name in taken) == (getattr(before, name) != getattr(after, name))
    for name in ("countries", "kinds", "classes"):
        found = taken.get(name, getattr(before, name))
        every = tuple(IncidentClass) if name == "classes" else ()
        assert set(found or every) == set(getattr(after, name) or every)
    assert wishes(shown(before), before, phrases("en")) == ({}, {})


@given(st.binary(max_size=400))
def test_any_bytes_are_a_form_or_refused(body):
    try:
        form = read_form(body)
    except FormError:
        return
    wishes(form, Subscriber("x", Channel.EMAIL, "x@example.org"), phrases("en"))


def test_a_severity_that_is_not_offered_is_shown_as_it_is():
    who = Subscriber("x", Channel.EMAIL, "x@example.org", min_severity=1.2, timezone="UTC")
    assert shown(who).text("min_severity") == "1.2"
    assert "Africa/Tunis" in choices(who, phrases("en"))["zones"]
