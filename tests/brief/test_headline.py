"""The headline formula over every action, status and class, with and without actors and tolls."""

from __future__ import annotations

import csv
import itertools
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsvc.brief.account import Account, account_at
from alertsvc.brief.headline import AIM, MAX_SUBJECT, flash_subject, headline
from alertsvc.brief.places import without_kind
from alertsvc.brief.texts import without_brackets
from alertsvc.brief.wording import ENGLISH, LANGUAGES
from alertsvc.domain import Action, Claim, Count, IncidentClass, Place, PlaceKind, Status
from alertsvc.resources import data_dir
from tests.brief.cases import APPROACH, CAPITAL, PLACES, detection, incident, report, update

ACTORS = [(), ("armed men",), ("Northern Relief Army (Salem)", "Volunteers of the Coast"), ("ثوار الجنوب",)]
TOLLS = [None, Count(0, 0), Count(1), Count(3, 3), Count(11, 17)]
LONG = "Unified Provisional Military Command of the Eastern and Southern Regions"


def account(
    incident_class: IncidentClass = IncidentClass.BORDER,
    *,
    status: Status = Status.REPORTED,
    killed: Count | None = None,
    **fields: Any,
) -> Account:
    told = detection(incident_class, killed=killed, **fields)
    step = update(status=status, action=told.action, killed=killed)
    return account_at(incident(incident_class=incident_class, reports=(report(1, told),), updates=(step,)), step)


def assert_formula(text: str, limit: int = AIM[1]) -> None:
    assert len(text) <= limit
    assert "!" not in text
    assert not re.search(r"\.(\s|$)", text)
    assert not re.search(r"\s-+\s|[–—]", text), "a clause behind a dash"
    assert not re.search(r"\s{2}|\s[,:]|[,:]$", text)
    opening, colon, clause = text.partition(": ")
    assert opening
    assert colon
    assert not clause[0].islower()


@pytest.mark.parametrize("incident_class", list(IncidentClass))
@pytest.mark.parametrize("action", list(Action))
def test_formula_holds_for_every_action_and_status(incident_class, action):
    claims = [(), (Claim("security source", "it happened"),), (Claim("the council", "no", denies=True),)]
    for status, actors, killed, said in itertools.product(Status, ACTORS, TOLLS, claims):
        known = account(
            incident_class, status=status, killed=killed, action=action, attackers=actors, targets=actors, claims=said
        )
        text = headline(known, ENGLISH)
        assert_formula(text)
        assert len(text) >= AIM[0], text
        assert text.startswith("Libya")
        for demonstration in (False, True):
            subject = flash_subject(known, ENGLISH, demonstration=demonstration)
            assert len(subject) <= MAX_SUBJECT
            assert subject.startswith("[DEMO] [FLASH] Libya" if demonstration else "[FLASH] Libya")


@given(
    st.sampled_from(list(Action)),
    st.sampled_from(list(Status)),
    st.lists(st.text(max_size=90), max_size=3),
    st.text(max_size=90),
    st.text(max_size=90),
)
def test_formula_holds_whatever_names_come_in(action, status, actors, name, speaker):
    place = Place(name, PlaceKind.CROSSING, "LY-NE")
    known = account(
        status=status,
        killed=Count(4),
        action=action,
        attackers=tuple(actors),
        targets=tuple(actors),
        place=place,
        claims=(Claim(speaker, "x"), Claim(speaker, "y", denies=True)),
    )
    text = headline(known, ENGLISH)
    assert len(text) <= AIM[1]
    assert "!" not in text
    assert not re.search(r"\s-+\s|[–—]", text)
    assert not text.endswith(".")
    assert "\n" not in text


def test_examples_by_status():
    def text(status: Status, **fields: Any) -> str:
        return headline(account(status=status, killed=Count(3), **fields), ENGLISH)

    assert text(Status.CONFIRMED) == "Libya-Niger border: Armed men seize Wadi Marra crossing, at least three killed"
    assert text(Status.REPORTED) == (
        "Libya-Niger: Armed men reportedly seize Wadi Marra crossing, at least three killed"
    )
    own = (Claim("armed men", "it is ours"),)
    assert text(Status.CLAIMED, claims=own).startswith(
        "Libya-Niger border: Armed men say they have seized Wadi Marra crossing"
    )
    denied = (Claim("the border guard", "a lie", denies=True),)
    assert text(Status.DISPUTED, claims=denied) == (
        "Libya-Niger border: Border guard denies seizure of Wadi Marra crossing"
    )
    assert "withdrawn" in text(Status.WITHDRAWN)
    assert "reversed" in text(Status.REVERSED)


def test_without_actor_the_form_is_neutral():
    text = headline(account(status=Status.REPORTED, attackers=()), ENGLISH)
    assert text == "Libya-Niger border: Wadi Marra crossing reported seized"


VERDICTS = {
    "en": {
        Status.WITHDRAWN: ("withdrawn",),
        Status.DISPUTED: ("differ", "denies", "deny"),
        Status.REVERSED: ("reversed",),
        Status.CLAIMED: ("One side",),
    },
    "fr": {
        Status.WITHDRAWN: ("retirée",),
        Status.DISPUTED: ("opposées", "dément"),
        Status.REVERSED: ("rétablie",),
        Status.CLAIMED: ("selon une partie",),
    },
    "ar": {
        Status.WITHDRAWN: ("سحب",),
        Status.DISPUTED: ("متضاربة", "ينفي", "تنفي", "ينفون"),
        Status.REVERSED: ("عودة الوضع السابق",),
        Status.CLAIMED: ("بحسب طرف واحد",),
    },
}
RESTORING = {Action.RECAPTURE, Action.REPELLED, Action.REOPENING, Action.RESUMPTION}


def gazetteer_places() -> list[Place]:
    """Every crossing and oil site that detection can name."""
    found = []
    for file, kind in (("crossings.csv", PlaceKind.CROSSING), ("oil_facilities.csv", PlaceKind.OIL)):
        with (data_dir("rules") / "gazetteer" / file).open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                codes = row.get("country") or row["countries"]
                found.append(Place(row["name"], kind, codes, row["id"]))
    return found


SITES = gazetteer_places()


@pytest.mark.parametrize("words", LANGUAGES.values(), ids=list(LANGUAGES))
@settings(deadline=None)
@given(
    st.sampled_from(SITES) | st.sampled_from(sorted(SITES, key=lambda place: -len(place.name))[:40]),
    st.sampled_from(list(Action)),
    st.sampled_from(list(Status)),
    st.sampled_from([(), (Claim("Free South Front", "no", denies=True),)]),
    st.sampled_from([AIM[1], MAX_SUBJECT - len("[DEMO] [FLASH] ")]),
)
def test_no_headline_loses_its_verdict_or_its_place(words, place, action, status, claims, limit):
    incident_class = IncidentClass.BORDER if place.kind is PlaceKind.CROSSING else IncidentClass.OIL
    told = detection(incident_class, action=action, place=place, killed=None, attackers=(), claims=claims)
    step = update(status=status, action=action, killed=None)
    case = incident(incident_class=incident_class, place=place, reports=(report(1, told),), updates=(step,))
    known = account_at(case, step, words)
    text = headline(known, words, limit=limit)
    assert len(text) <= limit
    assert without_kind(without_brackets(str(known.site.name))).casefold() in text.casefold(), text
    verdicts = VERDICTS[words.code].get(status)
    if verdicts and not (status is Status.REVERSED and action in RESTORING):
        assert any(verdict in text for verdict in (*verdicts, f"({words.statuses[status].lower()})")), text
    assert text.split()[-1].casefold() not in words.grammar.loose_ends, text


def test_the_claim_marker_stands_in_the_headline():
    text = headline(account(status=Status.CLAIMED, attackers=(), killed=Count(2)), ENGLISH)
    assert text == "Libya-Niger border: One side says Wadi Marra crossing was seized, at least two killed"
    assert len(text) == 85


def test_of_two_tolls_the_lower_stands_in_the_headline():
    text = headline(account(status=Status.CONFIRMED, killed=Count(11, 17), attackers=()), ENGLISH)
    assert text.endswith(", at least 11 killed")
    assert "17" not in text


def test_a_final_toll_is_a_plain_count_only_when_confirmed():
    final = Count(3, 3)
    assert headline(account(status=Status.CONFIRMED, killed=final), ENGLISH).endswith(", three killed")
    assert "at least three" in headline(account(status=Status.REPORTED, killed=final, attackers=()), ENGLISH)


def test_whoever_the_report_names_is_not_made_the_doer_of_a_closure():
    text = headline(account(status=Status.CONFIRMED, action=Action.CLOSURE, attackers=("armed men",)), ENGLISH)
    assert "rmed men" not in text
    assert text.startswith("Libya-Niger border: Wadi Marra crossing closes")


def test_nobody_is_named_as_who_repelled():
    known = account(status=Status.CONFIRMED, action=Action.REPELLED, attackers=("armed men",), targets=("the army",))
    assert headline(known, ENGLISH).startswith("Libya-Niger border: Attackers repelled at Wadi Marra crossing")


def test_too_long_a_headline_loses_actors_before_words():
    text = headline(account(status=Status.REPORTED, attackers=(LONG,), killed=None), ENGLISH)
    assert text.startswith("Libya-Niger border: Wadi Marra crossing reported seized")


def test_a_very_long_place_is_cut_at_a_word():
    place = Place("Upper Valley of the Seven Wells and the Two Towers Old Customs", PlaceKind.CROSSING, "CF-CD")
    text = headline(account(status=Status.REPORTED, attackers=(), place=place), ENGLISH)
    assert_formula(text)
    assert text.endswith(" (reported)")
    assert set(text.split()) <= set(f"Central African Republic: {place.name} (reported)".split())


def test_distance_to_the_capital():
    near = headline(account(IncidentClass.CAPITAL, status=Status.CONFIRMED, killed=None), ENGLISH)
    assert near == "Libya: Armed men seize Bir Salem near Tripoli, 28 km from capital"
    far = replace(APPROACH, km_to_capital=90.0)
    text = headline(account(IncidentClass.CAPITAL, status=Status.CONFIRMED, killed=None, place=far), ENGLISH)
    assert text == "Libya: Armed men seize Bir Salem, 90 km from Tripoli"


def test_a_capital_is_never_said_to_have_fallen_where_only_its_name_is_known():
    text = headline(account(IncidentClass.CAPITAL, status=Status.CONFIRMED, place=CAPITAL), ENGLISH)
    assert "position in Tripoli area" in text


def test_a_place_without_country_opens_with_the_kind_of_site():
    place = replace(PLACES[IncidentClass.OIL], country=None)
    text = headline(account(IncidentClass.OIL, place=place), ENGLISH)
    assert text.startswith("Oil and gas: ")
