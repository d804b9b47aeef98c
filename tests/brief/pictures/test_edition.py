"""Pictures in briefings: described once, within the size of a mail, and no briefing is lost for their sake."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alertsvc.brief.account import account_at
from alertsvc.brief.compose import compose_flash, compose_update
from alertsvc.brief.daily import compose_daily
from alertsvc.brief.pictures import edition, facts
from alertsvc.brief.pictures.edition import DROPPED_FIRST, draw, mail_size, pictures_of
from alertsvc.brief.pictures.fitting import MAX_MAIL, encoded_size
from alertsvc.brief.render import Rendered, render
from alertsvc.deliver.email.message import build_mail
from alertsvc.domain import (
    Action,
    Briefing,
    Channel,
    Delivery,
    Incident,
    IncidentClass,
    Place,
    PlaceKind,
    Status,
    from_json,
    to_json,
)
from alertsvc.settings import MailSettings
from tests.brief.cases import APPROACH, CAPITAL, CROSSING, NOW, detection, incident, many, report, retaken, update

SITES = [
    ("Agadez depot", 8.0, 17.0, "NE"),
    ("Île de Brûk", 2.3, 48.8, "FR"),
    ("معبر الواحة", 20.0, 30.0, "EG-LY"),
    ("Far Reef terminal", 179.5, -17.0, "FJ"),
    ("Nordhaven field", 25.0, 71.0, "NO"),
]


def placed(number: int, longitude: float, latitude: float, country: str, name: str, severity: float) -> Incident:
    place = Place(name, PlaceKind.OIL, country, None, latitude, longitude)
    found = detection(IncidentClass.OIL, action=Action.ATTACK, place=place)
    return incident(
        public_id=f"XX-{number:04d}",
        incident_class=IncidentClass.OIL,
        place=place,
        reports=(report(number + 1, found),),
        updates=(update(1, action=Action.ATTACK, severity=severity, report_id=number + 1),),
        id=number + 1,
    )


def mail(briefing: Briefing, rendered: Rendered | None = None) -> bytes:
    delivery = Delivery(
        key="k",
        briefing=briefing,
        subscriber_id=1,
        channel=Channel.EMAIL,
        target="desk@example.org",
        message_id="one.k@example.org",
        created=NOW,
        expires=NOW + timedelta(hours=6),
        template_version="1",
    )
    return build_mail(delivery, rendered or render(briefing), MailSettings(sender="alerts@example.org"), service="Desk")


def read(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def daily(*cases: Incident, **fields: Any) -> Briefing:
    values: dict[str, Any] = {
        "start": NOW - timedelta(days=1),
        "end": NOW,
        "zone": "UTC",
        "now": NOW,
        "service": "Desk",
        "demonstration": False,
        "previous": None,
    }
    return compose_daily(list(cases), **(values | fields))


def flash(case: Incident) -> Briefing:
    return compose_flash(case, case.updates[0], now=NOW, service="Desk")


def test_a_flash_carries_its_map_inline_and_nothing_from_outside() -> None:
    briefing = flash(retaken())
    message = read(mail(briefing))
    assert message.get_content_type() == "multipart/alternative"
    plain, related = message.iter_parts()
    assert plain.get_content_type() == "text/plain"
    assert related.get_content_type() == "multipart/related"
    page, picture = related.iter_parts()
    html = page.get_content()
    assert re.findall(r'src="([^"]*)"', html) == [f"cid:{picture['Content-ID'][1:-1]}"]
    assert picture.get_content_type() == "image/png"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_content() == draw(briefing.facts["pictures"][0]).png
    alt = re.findall(r'alt="([^"]*)"', html)
    assert alt == [briefing.facts["pictures"][0]["alt"].replace("&", "&amp;")]
    text = briefing.facts["pictures"][0]["caption"]
    assert text in " ".join(plain.get_content().split())
    assert text in str(render(briefing).slack)


def test_the_same_delivery_gives_the_same_bytes_in_a_mind_that_forgot() -> None:
    briefing = flash(retaken())
    first = mail(briefing)
    edition.forget()
    assert mail(from_json(Briefing, to_json(briefing))) == first


def test_an_edition_is_drawn_once() -> None:
    briefing = flash(incident(public_id="LY-2031-0506-once"))
    render(briefing)
    drawn = edition._drawn.cache_info().misses
    render(briefing)
    assert edition._drawn.cache_info().misses == drawn


def test_a_mail_without_pictures_has_no_related_part() -> None:
    case = incident()
    nowhere = replace(CROSSING, latitude=None, longitude=None)
    found = replace(case.reports[0], detection=detection(place=nowhere))
    briefing = flash(replace(case, place=nowhere, reports=(found,)))
    assert briefing.facts["pictures"] == []
    assert {part.get_content_type() for part in read(mail(briefing)).walk()} == {
        "multipart/alternative",
        "text/plain",
        "text/html",
    }


def test_a_row_written_before_there_were_pictures_is_still_rendered() -> None:
    briefing = flash(incident())
    old = replace(briefing, facts={key: value for key, value in briefing.facts.items() if key != "pictures"})
    assert render(old).pictures == ()
    assert "cid:" not in render(old).html


def test_a_picture_that_cannot_be_drawn_holds_nothing_up() -> None:
    briefing = flash(incident())
    broken = {**briefing.facts["pictures"][0], "site": None}
    foreign = {**briefing.facts["pictures"][0], "kind": "hologram", "cid": "x@y"}
    for wrong in (broken, foreign):
        rendered = render(replace(briefing, facts={**briefing.facts, "pictures": [wrong]}))
        assert rendered.pictures == ()
        assert wrong["left_out"] in rendered.html
        assert "<img" not in rendered.html
        assert briefing.facts["lede"]["text"][:20] in rendered.text


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 60), st.integers(0, 1000), st.sampled_from(("en", "fr", "ar")))
@example(60, 1, "ar")
def test_a_digest_of_any_size_stays_within_the_limit(count: int, seed: int, language: str) -> None:
    cases = []
    for number in range(count):
        name, longitude, latitude, country = SITES[(number + seed) % len(SITES)]
        shift = (number * 7 + seed) % 90 / 10
        cases.append(placed(number, longitude - shift, latitude + shift / 3, country, name, 0.5 + number % 10 / 2))
    briefing = daily(*cases, previous=cases[:3], language=language)
    rendered = render(briefing)
    data = mail(briefing, rendered)
    assert len(data) < MAX_MAIL
    kinds = [description["kind"] for description in briefing.facts["pictures"]]
    kept = [picture.cid.split(".")[0].replace("-", "_") for picture in rendered.pictures]
    dropped = [kind for kind in DROPPED_FIRST if kind in kinds and kind not in kept]
    for description in briefing.facts["pictures"]:
        if description["kind"] in dropped:  # as small as it gets, there was no room for it beside those wanted more
            smallest = mail_size(edition.DRAWERS[description["kind"]](description).png(plain=True))
            wanted_more = DROPPED_FIRST[DROPPED_FIRST.index(description["kind"]) + 1 :]
            others = [p for p in rendered.pictures if p.cid.split(".")[0].replace("-", "_") in wanted_more]
            assert len(data) - sum(mail_size(p.png) for p in rendered.pictures if p not in others) + smallest > 90_000
    assert rendered.html.count("<img") == len(kept)
    assert rendered.html.count(briefing.facts["pictures"][0]["left_out"]) == len(dropped)


def test_the_map_is_kept_as_long_as_there_is_room_for_it() -> None:
    briefing = daily(*many(12), previous=many(5))
    described = briefing.facts["pictures"]
    everything = pictures_of(described, 10**6)
    assert [picture.cid for picture in everything] == [description["cid"] for description in described]
    room = sum(mail_size(picture.png) for picture in everything)
    seen = len(everything)
    (map_,) = [item for item in described if item["kind"] == "area_map"]
    least = mail_size(edition.DRAWERS["area_map"](map_).png(plain=True))
    while room > 0:
        kept = pictures_of(described, room)
        assert sum(mail_size(picture.png) for picture in kept) <= room
        assert len(kept) <= seen
        if room >= least:
            assert any(picture.cid.startswith("area-map") for picture in kept)
        seen, room = len(kept), room - 1500
    assert seen == 0


def test_before_any_is_left_out_they_are_made_smaller() -> None:
    described = daily(*many(12)).facts["pictures"]
    full = pictures_of(described, 10**6)
    tight = pictures_of(described, sum(mail_size(picture.png) for picture in full) * 2 // 3)
    assert len(tight) == len(full)
    assert all(len(small.png) <= len(large.png) for small, large in zip(tight, full, strict=True))


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=4000))
def test_the_size_of_a_text_is_not_underrated(text: str) -> None:
    briefing = flash(incident())
    rendered = replace(render(briefing), text="x", html=text, pictures=())
    less = replace(rendered, html="")
    assert len(mail(briefing, rendered)) - len(mail(briefing, less)) <= encoded_size(text.replace("\n", "\r\n")) + 300


def test_the_numbers_of_the_map_are_those_of_the_table() -> None:
    cases = [
        placed(number, *SITES[number][1:3], SITES[number][3], SITES[number][0], 3 - number / 2) for number in range(4)
    ]
    briefing = daily(*cases)
    (points,) = [item["points"] for item in briefing.facts["pictures"] if item["kind"] == "area_map"]
    rows = briefing.facts["rows"]
    assert [(point["number"], point["name"]) for point in points] == [
        (number, row["place"]) for number, row in enumerate(rows, 1)
    ]
    for number, row in enumerate(rows, 1):
        assert f"{number}. {row['place']}" in re.sub("[\u2068\u2069]|<[^>]*>", "", render(briefing).html)


def test_a_withdrawn_incident_has_no_map() -> None:
    case = incident(
        status=Status.WITHDRAWN,
        updates=(update(), update(2, status=Status.WITHDRAWN, changes=("withdrawn",), severity_before=2.5)),
    )
    briefing = compose_update(case, case.updates[-1], now=NOW, service="Desk")
    assert briefing.facts["pictures"] == []


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"action": Action.CLOSURE}, "closed"),
        ({"action": Action.ATTACK, "flow": "stopped"}, "closed"),
        ({"action": Action.REOPENING}, "open"),
        ({"action": Action.CLASH, "flow": "resumed"}, "open"),
        ({"action": Action.CLASH}, "contested"),
        ({"action": Action.SIEGE}, "contested"),
        ({"action": Action.SEIZURE}, None),
        ({"action": Action.SEIZURE, "status": Status.CONFIRMED}, None),
        ({"action": Action.SEIZURE, "status": Status.DISPUTED}, "contested"),
        ({"action": Action.RECAPTURE}, None),
        ({"action": Action.RECAPTURE, "status": Status.DISPUTED}, "contested"),
        ({"action": Action.RECAPTURE, "status": Status.REVERSED}, None),
        ({"action": Action.CLOSURE, "status": Status.DISPUTED}, "closed"),
        ({"action": Action.AIRSTRIKE}, None),
        ({"action": Action.ADVANCE}, None),
        ({"action": Action.THREAT, "status": Status.DISPUTED}, None),
    ],
)
def test_how_a_crossing_stands_is_read_off_the_reports(fields: dict[str, Any], state: str | None) -> None:
    told = {name: value for name, value in fields.items() if name != "status"}
    step = update(action=fields["action"], status=fields.get("status", Status.REPORTED))
    case = incident(reports=(report(1, detection(**told)),), updates=(step,))
    (description,) = facts.incident_pictures(account_at(case, case.updates[0]))
    assert description["state"] == state
    assert description["reports"] == [1]


def test_a_position_known_by_its_distance_is_drawn_as_a_circle() -> None:
    place = replace(CAPITAL, km_to_capital=27.0)
    case = incident(
        incident_class=IncidentClass.CAPITAL,
        place=place,
        reports=(report(1, detection(IncidentClass.CAPITAL, place=place)),),
    )
    (description,) = facts.incident_pictures(account_at(case, case.updates[0]))
    assert description["around"]
    assert description["capital"]["km"] == 27
    near = replace(case, place=APPROACH, reports=(report(1, detection(IncidentClass.CAPITAL, place=APPROACH)),))
    (other,) = facts.incident_pictures(account_at(near, near.updates[0]))
    assert not other["around"]
    assert other["rings"]


def test_weeks_of_a_review_become_a_trend() -> None:
    shown: list[dict[str, Any]] = [
        {"monday": "2031-04-21", "count": None, "index": None},
        {"monday": "2031-04-28", "count": 0, "index": None},
        {"monday": "2031-05-05", "count": 4, "index": "2.08"},
    ]
    description = facts.trend(facts.weeks_of(shown))
    assert description is not None
    assert description["alt"].endswith("28 Apr: none; 5 May: 4, index 2.08; no data for 21 Apr")


def test_the_kind_of_every_description_can_be_drawn() -> None:
    assert set(DROPPED_FIRST) == set(edition.DRAWERS)
