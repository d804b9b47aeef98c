"""Every language over generated incidents: complete, in its own words, within the ceilings, no unknown as nought."""

from __future__ import annotations

import json
import re
import string
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsvc.brief.compose import compose_correction, compose_flash, compose_update
from alertsvc.brief.daily import compose_daily
from alertsvc.brief.headline import AIM, MAX_SUBJECT
from alertsvc.brief.render import render
from alertsvc.brief.slack import MAX_TOTAL
from alertsvc.brief.texts import word_count
from alertsvc.brief.wording import ENGLISH, LANGUAGES, Language
from alertsvc.domain import Action, Claim, Count, Incident, IncidentClass, Place, PlaceKind, Status
from tests.brief.cases import (
    APPROACH,
    CAPITAL,
    CROSSING,
    NOW,
    TERMINAL,
    detection,
    hostile,
    incident,
    many,
    report,
    retaken,
    update,
)

OTHERS = [words for code, words in LANGUAGES.items() if code != "en"]
CODES = sorted(LANGUAGES)
AGREEING = {"v", "g", "w", "n", "o", "r", "s"}
# Names that a briefing may hold in their own script, besides those of the gazetteer.
NAMES = (
    "Sahel Gazette",
    "Desert Post",
    "Oasis Radio",
    "Coast Mail",
    "Wadi Marra",
    "Ras Kadir",
    "Bir Salem",
    "Free South Front",
)
LATIN = ("UTC", "LY", "Re", "Risk desk", "km")
FORBIDDEN = {
    "en": "bloodbath horror brutal thugs cleansed admitted revealed".split(),
    "fr": "carnage horreur barbare voyous nettoyé avoué reconnu révélé terroristes".split(),
    "ar": "مجزرة وحشي همجي بلطجية تطهير اعترف كشف إرهابيين".split(),
}


def fields(pattern: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name}


@pytest.mark.parametrize("words", OTHERS, ids=lambda words: words.code)
def test_a_language_has_every_word_and_asks_for_no_other_part(words: Language):
    for table in ("phrases", "labels", "deeds", "classes_flow", "statuses", "categories", "bands", "marks"):
        assert set(getattr(words, table)) == set(getattr(ENGLISH, table)), table
    for key, pattern in words.phrases.items():
        handed = fields(ENGLISH.phrases[key])
        spare = {
            "at_most": {"killed"},
            "says_own": {"perfect", "past"},
            "clause_now_hedged": {"past"},
            "silent_some": {"silent_incidents"},
        }
        assert fields(pattern) <= handed | AGREEING | spare.get(key, set()), key
        assert pattern.count("{") == pattern.count("}")
    for action, deed in words.deeds.items():
        english = ENGLISH.deeds[action]
        assert (deed.target is None) == (english.target is None), action
        assert (deed.on_target is None) == (english.on_target is None), action


tolls = st.one_of(
    st.none(),
    st.builds(
        lambda low, more: Count(low, None if more is None else low + more),
        st.integers(0, 140),
        st.sampled_from([None, 0, 6]),
    ),
)
people = st.sampled_from(
    [
        (),
        ("armed men",),
        ("Rapid Support Forces",),
        ("Free South Front",),
        ("the border guard", "residents"),
        ("مسلحون",),
    ]
)
claimed = st.lists(
    st.builds(
        Claim,
        st.sampled_from(["armed men", "Free South Front", "the army", "القيادة العامة", "security source"]),
        st.sampled_from(["", "We hold the gate.", "استعادت قواتنا السيطرة على المعبر", "Le poste est à nous."]),
        st.booleans(),
    ),
    max_size=2,
).map(tuple)
PLACES: dict[IncidentClass, list[Place]] = {
    IncidentClass.BORDER: [CROSSING, Place("Ras Ajdir", PlaceKind.CROSSING, "LY-TN", "ly-tn-ras-ajdir")],
    IncidentClass.OIL: [
        TERMINAL,
        Place("El Sharara", PlaceKind.OIL, "LY", "ly-sharara"),
        Place("Ras Kadir", PlaceKind.OIL),
    ],
    IncidentClass.CAPITAL: [
        APPROACH,
        CAPITAL,
        Place("Tripoli", PlaceKind.CAPITAL, "LY", None, capital="Tripoli", km_to_capital=27.0),
    ],
}


@st.composite
def incidents(draw: st.DrawFn, number: int = 1) -> Incident:
    kind = draw(st.sampled_from(list(IncidentClass)))
    status, action = draw(st.sampled_from(list(Status))), draw(st.sampled_from(list(Action)))
    found = [
        detection(
            kind,
            action=action,
            place=draw(st.sampled_from(PLACES[kind])),
            killed=draw(tolls),
            wounded=draw(tolls),
            captured=draw(tolls),
            attackers=draw(people),
            targets=draw(people),
            claims=draw(claimed),
            flow=draw(st.sampled_from([None, "stopped", "partly", "resumed"])),
            event_date=draw(st.sampled_from([None, NOW.date()])),
            other_sites=draw(st.sampled_from([(), ("Bir Salem", "Ras Kadir")])),
            reversed_within_day=draw(st.booleans()),
        )
        for _ in range(2)
    ]
    language = draw(st.sampled_from(["en", "fr", "ar"]))
    steps = (
        update(1, action=action, status=draw(st.sampled_from(list(Status))), killed=found[0].killed, report_id=number),
        update(
            2,
            action=action,
            status=status,
            killed=found[1].killed,
            killed_before=found[0].killed,
            severity=draw(st.integers(1, 10)) / 2,
            severity_before=2.5,
            report_id=number + 1,
        ),
    )
    reports = tuple(report(number + place, item, language=language) for place, item in enumerate(found))
    return incident(
        public_id=f"LY-2031-0506-{number:04x}",
        incident_class=kind,
        action=action,
        status=status,
        reports=reports,
        updates=steps,
    )


def spoken(facts: Any, inside: bool = False) -> Iterator[str]:
    """Yield every sentence and heading of ours, quoted passages and titles of articles left out."""
    if isinstance(facts, dict):
        if "quote" in facts:
            yield facts["quote"]["before"]
            return
        for key, value in facts.items():
            if key in ("quotation", "labels", "pictures", "title", "banner"):
                continue
            if isinstance(value, str):
                if key in (
                    "text",
                    "subject",
                    "headline",
                    "heading",
                    "details",
                    "reference",
                    "footer",
                    "period",
                    "words",
                ):
                    yield value
            else:
                yield from spoken(value)
    elif isinstance(facts, list):
        for value in facts:
            yield from spoken(value)


def bare(text: str) -> str:
    """A text without the passages between quotation marks and the names that it may hold."""
    text = re.sub(r"«[^»]*»|“[^”]*”", " ", text)
    for name in NAMES:
        text = text.replace(name, " ")
    return text


def english_words() -> set[str]:
    tables = [*ENGLISH.phrases.values(), *ENGLISH.categories, *ENGLISH.statuses.values()]
    tables += [zone for band in ENGLISH.bands.values() for zone in band]
    tables += [
        value
        for deed in ENGLISH.deeds.values()
        for value in (deed.happens, deed.reported, deed.noun, deed.watch, deed.turn)
    ]
    return {word for text in tables for word in re.findall(r"[a-z]{3,}", re.sub(r"\{[^}]*\}", " ", text).lower())}


def foreign_words(words: Language) -> set[str]:
    own = " ".join(
        [*words.phrases.values(), *words.categories.values(), *words.terms.values(), *words.statuses.values()]
    )
    own += " ".join(name for band in words.bands.values() for name in band)
    own += " ".join(
        value for deed in words.deeds.values() for value in (deed.happens, deed.happened, deed.noun, deed.watch)
    )
    kept = set(re.findall(r"[a-z]{3,}", own.lower())) | {
        "incident",
        "terminal",
        "base",
        "rada",
        "port",
        "force",
        "front",
    }
    return english_words() - kept


def faults(text: str) -> list[str]:
    """What no sentence of any language may hold."""
    found = [
        mark for mark in ("{", "}", "()", "  ", "..", ",,", "،،", " ,", " .", "None", "; .", "«»", "“”") if mark in text
    ]
    return found + re.findall(r"\bnan\b|^\W*$", text)


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(CODES))
def test_flash_and_update_keep_the_laws_in_every_language(data: st.DataObject, code: str):
    case, words = data.draw(incidents()), LANGUAGES[code]
    flash = compose_flash(case, case.updates[0], now=NOW, service="Risk desk", language=code).facts
    told = compose_update(case, case.updates[1], now=NOW, service="Risk desk", language=code).facts
    assert (flash["language"], flash["direction"]) == (code, words.direction)
    assert len(flash["subject"]) <= MAX_SUBJECT
    assert len(flash["headline"]) <= AIM[1]
    opening, colon, clause = flash["headline"].partition(":")
    assert opening
    assert colon
    assert clause.strip()
    assert not flash["headline"].endswith((".", "!", ",", "،", ":"))
    assert word_count(flash["lede"]["text"]) <= 45
    parts = [flash[name] for name in ("lede", "toll", "claim_line", "effect", "watch", "quotation")]
    assert word_count(*(part["text"] for part in parts if part)) <= 90
    parts = [told["first_line"], told["tally"], *told["claims"], told["unclear"], told["severity_line"]]
    parts += [told["correction"], told["taken_back"], told["holds"]]
    assert word_count(*(part["text"] for part in parts if part)) <= 160
    for facts in (flash, told):
        for text in spoken(facts):
            assert faults(text) == [], text
            assert not [word for word in FORBIDDEN[code] if word in bare(text).lower()], text
            if code != "en":
                stray = foreign_words(words) & set(re.findall(r"[a-z]{3,}", bare(text).lower()))
                assert not stray, text
            if code == "ar":
                left = re.findall(r"[A-Za-z]{2,}", bare(text))
                assert all(item in LATIN or item in "Risk desk" for item in left), text
        render(compose_flash(case, case.updates[0], now=NOW, service="Risk desk", language=code))
    if case.updates[0].killed is None:
        dead = [flash["lede"]["text"], flash["toll"]["text"] if flash["toll"] else ""]
        assert not re.search(r"(?<![\d.:,])0(?![\d.:,])", " ".join(dead))


@settings(max_examples=25, deadline=None)
@given(st.data(), st.sampled_from(CODES))
def test_a_digest_agrees_with_its_data_in_every_language(data: st.DataObject, code: str):
    count = data.draw(st.integers(1, 7))
    cases = [data.draw(incidents(number=10 * place + 1)) for place in range(count)]
    words = LANGUAGES[code]
    briefing = compose_daily(
        cases,
        start=NOW - timedelta(days=1),
        end=NOW,
        zone="Africa/Tripoli",
        now=NOW,
        service="Risk desk",
        demonstration=False,
        previous=cases[:1],
        language=code,
    )
    facts = briefing.facts
    live = [case for case in cases if case.status is not Status.WITHDRAWN]
    line = facts["number_line"]["text"]
    known = [case.updates[1].killed for case in live if case.updates[1].killed is not None]
    if not live:
        assert line == words.phrases["nothing"]
    else:
        assert line.startswith(words.grammar.counted(len(live), "incident", words=False))
        deaths = words.grammar.counted(sum(killed.low for killed in known), "death", words=False)
        assert deaths in line
    for text in spoken(facts):
        assert faults(text) == [], text
    assert len(render(briefing).html.encode()) < 102_000
    for item in facts["items"]:
        assert word_count(*(part["text"] for part in item["body"])) <= 55


@pytest.mark.parametrize("code", CODES)
def test_fifty_incidents_stay_under_what_mail_programs_clip(code: str):
    briefing = compose_daily(
        many(50),
        start=NOW - timedelta(days=1),
        end=NOW,
        zone="Africa/Tripoli",
        now=NOW,
        service="Risk desk",
        demonstration=False,
        previous=many(50),
        language=code,
    )
    assert len(render(briefing).html.encode()) < 102_000


@pytest.mark.parametrize("text", ["", "<&> | ثوار & Wadi <https://evil.example|x> *b*" * 9])
def test_slack_keeps_its_syntax_and_its_limits_in_arabic(text: str):
    cases = [hostile(case, f"{place} {text}") for place, case in enumerate(many(50))] if text else many(50)
    briefing = compose_daily(
        cases,
        start=NOW - timedelta(days=1),
        end=NOW,
        zone="UTC",
        now=NOW,
        service="Risk desk",
        demonstration=False,
        previous=None,
        language="ar",
    )
    message = render(briefing).slack
    assert len(json.dumps(message, ensure_ascii=False)) <= MAX_TOTAL + 200
    texts = [part["text"] for block in message["blocks"] for part in block.get("elements", [block.get("text")])]
    for told in texts:
        assert not re.search("<[^<>|]*[\u2068\u2069\u200f]", told)
        assert re.sub("&(?:amp|lt|gt);", "", told).count("&") == 0
        assert told.count("\u2068") == told.count("\u2069")
        for line in told.split("\n"):
            assert line.startswith("\u200f") == bool(re.search("[\u0590-\u08ff]", line))


@pytest.mark.parametrize("code", CODES)
def test_where_nobody_gave_a_figure_a_sentence_under_the_number_line_says_so(code: str):
    silent = detection(killed=None)
    case = incident(reports=(report(1, silent),), updates=(update(killed=None),))
    facts = compose_daily(
        [case],
        start=NOW - timedelta(days=1),
        end=NOW,
        zone="UTC",
        now=NOW,
        service="Risk desk",
        demonstration=False,
        previous=None,
        language=code,
    ).facts
    expected = {
        "en": "No casualty figures were given.",
        "fr": "Aucun bilan humain n'a été communiqué.",
        "ar": "لم تُعلن أي حصيلة للضحايا.",
    }
    assert [item["text"] for item in facts["sums"]] == [expected[code]]


def test_an_unknown_language_is_refused_by_name():
    with pytest.raises(ValueError, match=r"'de'.*ar, en, fr"):
        compose_flash(incident(), update(), now=NOW, service="Risk desk", language="de")


def withdrawn(**options: Any) -> Incident:
    gone = update(2, status=Status.WITHDRAWN, report_id=None, **options)
    return incident(updates=(update(), gone), status=Status.WITHDRAWN)


def test_a_correction_says_what_was_said_who_withdrew_it_and_what_is_on_file():
    case = withdrawn(changes=("withdrawn by an analyst: a drill was taken for an attack",))
    facts = compose_update(case, case.updates[1], now=NOW, service="Risk desk").facts
    assert facts["correction"]["text"].endswith("at least three killed”. It is withdrawn.")
    assert facts["taken_back"]["text"] == ("An analyst of this service withdrew it: a drill was taken for an attack.")
    assert (
        facts["holds"]["text"]
        == "One report on it remains on file, from Sahel Gazette; none of it counts in our figures."
    )
    text = render(compose_update(case, case.updates[1], now=NOW, service="Risk desk")).text
    assert " ".join(facts["taken_back"]["text"].split()) in " ".join(text.split())


def test_a_correction_names_the_outlet_that_no_longer_says_so():
    unsaid = report(1, detection(probability=0.0))
    case = incident(
        reports=(unsaid,),
        updates=(
            update(),
            update(2, status=Status.WITHDRAWN, changes=("now Withdrawn: its source no longer reports it",)),
        ),
        status=Status.WITHDRAWN,
    )
    expected = {
        "en": ("Sahel Gazette no longer reports it.", "No report on file bears it out any longer."),
        "fr": ("Sahel Gazette ne rapporte plus ces faits.", "Aucun article enregistré ne l'étaye plus."),
        "ar": ("لم يعد وارداً في «Sahel Gazette».", "لم يعد أي تقرير محفوظ يؤيده."),
    }
    for code, (who, what) in expected.items():
        facts = compose_update(case, case.updates[1], now=NOW, service="Risk desk", language=code).facts
        assert (facts["taken_back"]["text"], facts["holds"]["text"]) == (who, what)


def test_a_correction_that_is_no_withdrawal_says_what_holds():
    case = incident(updates=(update(), update(2, report_id=1, changes=("merged into LY-2: one event",))))
    briefing = compose_correction(
        case, case.updates[1], now=NOW, service="Risk desk", reason="It is one event with incident LY-2."
    )
    assert briefing.facts["correction"]["text"].endswith("killed”. It is one event with incident LY-2.")
    assert briefing.facts["subject"].startswith("[CORRECTION] Re: [FLASH] ")
    assert (briefing.facts["taken_back"], briefing.facts["holds"]) == (None, None)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "fr",
            "Mise à jour 3\u00a0: site repris\u00a0; bilan porté à au moins 5 morts (auparavant au moins 3)\u00a0; "
            "aussi rapporté par Oasis Radio.",
        ),
        (
            "ar",
            "التحديث 3: استعادة الموقع؛ الحصيلة الآن 5 من القتلى على الأقل (سابقاً: 3 على الأقل)؛ "
            "ورد أيضاً في «Oasis Radio».",
        ),
    ],
)
def test_changes_are_told_anew_from_the_data(code: str, expected: str):
    case = retaken()
    facts = compose_update(case, case.updates[2], now=NOW, service="Risk desk", language=code).facts
    assert facts["first_line"]["text"] == expected


@pytest.mark.parametrize("kind", ["flash", "update", "daily"])
def test_what_an_older_version_wrote_into_the_outbox_is_still_laid_out(kind: str):
    case = withdrawn(changes=("its source took the report back",))
    made = {
        "flash": lambda: compose_flash(case, case.updates[0], now=NOW, service="Risk desk"),
        "update": lambda: compose_update(case, case.updates[1], now=NOW, service="Risk desk"),
        "daily": lambda: compose_daily(
            many(3),
            start=NOW - timedelta(days=1),
            end=NOW,
            zone="UTC",
            now=NOW,
            service="Risk desk",
            demonstration=False,
            previous=None,
        ),
    }[kind]()
    later = {"pictures", "taken_back", "holds"}
    facts = {key: value for key, value in made.facts.items() if key not in later}
    added = {"colon", "comma", "semicolon", "open", "close", "left_out", "link_too_long"}
    facts["labels"] = {key: value for key, value in facts["labels"].items() if key not in added}
    mail = render(replace(made, facts=facts))
    assert facts["footer"] in " ".join(mail.text.split())
    assert mail.slack["blocks"]


def test_forces_near_a_place_are_not_near_its_capital_too():
    massed = detection(IncidentClass.CAPITAL, action=Action.MOBILISATION, attackers=(), killed=None)
    step = update(action=Action.MOBILISATION, status=Status.CONFIRMED, killed=None)
    case = incident(incident_class=IncidentClass.CAPITAL, reports=(report(1, massed),), updates=(step,))
    expected = {
        "en": "Libya: Forces mass near Bir Salem, 28 km from Tripoli",
        "fr": "Libye : des forces se massent près de Bir Salem, à 28 km de Tripoli",
        "ar": "ليبيا: حشد قوات قرب Bir Salem، على بعد 28 كم من طرابلس",
    }
    for code, text in expected.items():
        assert compose_flash(case, step, now=NOW, service="Risk desk", language=code).facts["headline"] == text


def test_a_step_that_is_told_again_is_told_as_still_open():
    case = retaken()
    again = replace(case.updates[2], changes=("still open: nothing material since 6 May 2031, 06:30 UTC",))
    facts = compose_update(case, again, now=NOW, service="Risk desk", language="fr").facts
    assert (
        facts["first_line"]["text"]
        == "Mise à jour 3\u00a0: toujours en cours\u00a0: rien de notable depuis le dernier message."
    )


def test_an_update_answers_under_the_subject_of_a_flash_in_any_language():
    case = withdrawn(changes=("x",))
    facts = compose_update(
        case, case.updates[1], now=NOW, service="Risk desk", language="fr", flash="[عاجل] ليبيا: خبر قديم"
    ).facts
    assert facts["headline"] == "ليبيا: خبر قديم"
    assert facts["subject"] == "[CORRECTION] Re: [عاجل] ليبيا: خبر قديم"
