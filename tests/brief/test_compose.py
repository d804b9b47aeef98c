"""Flash and update: lines word for word, what is left out, what is traced to which report."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from alertsvc.brief.compose import compose_flash, compose_update
from alertsvc.brief.texts import word_count
from alertsvc.domain import (
    Action,
    Briefing,
    BriefingKind,
    Claim,
    Count,
    Incident,
    IncidentClass,
    Severity,
    SeverityTerm,
    Status,
    from_json,
    to_json,
)
from tests.brief.cases import NOW, PLACES, detection, incident, report, retaken, severity, traced, update

SERVICE = "Risk desk"


def flash(case: Incident | None = None, number: int = 1, **fields: Any) -> dict[str, Any]:
    case = case or incident(**fields)
    return compose_flash(case, case.updates[number - 1], now=NOW, service=SERVICE).facts


def told(case: Incident, number: int, **options: Any) -> dict[str, Any]:
    return compose_update(case, case.updates[number - 1], now=NOW, service=SERVICE, **options).facts


def with_detection(**fields: Any) -> Incident:
    """An incident of one report; `status`, `action` and `killed` go to its update too."""
    status = fields.pop("status", Status.REPORTED)
    found = detection(**fields)
    step = update(status=status, action=found.action, killed=found.killed)
    return incident(reports=(report(1, found),), updates=(step,), status=status, action=found.action)


def test_flash_word_for_word():
    facts = flash()
    assert (
        facts["subject"] == "[FLASH] Libya-Niger: Armed men reportedly seize Wadi Marra crossing, at least three killed"
    )
    assert facts["bar"]["line"] == "Severity 2.5/5.0 (Severe) | Security & Defense | Reported"
    assert facts["dateline"]["text"] == "Wadi Marra, Libya-Niger - 6 May 2031; issued 7 May 2031, 06:30 UTC"
    assert facts["lede"]["text"] == (
        "Armed men reportedly seized the Wadi Marra crossing on the border between Libya and Niger on 6 May 2031, "
        "with at least three people reported killed, according to Sahel Gazette."
    )
    assert facts["toll"] is None
    assert facts["claim_line"]["text"] == "No competing claim found so far."
    assert facts["effect"] is None
    assert facts["watch"]["text"] == (
        "Watch: recapture by the previous holder within 24 hours, which would lower the rating."
    )
    assert facts["quotation"]["intro"] == "In the report's words"
    assert facts["quotation"]["text"].startswith("Armed men in pick-up trucks")
    assert facts["severity_sum"]["text"] == (
        "Why this severity: base 2.0 + deaths 0.25 + asset 0.25 = 2.50, rounded to 2.5"
    )
    assert facts["footer"] == (
        "Automated brief built from public reports. Severity and index: see method v1. "
        "Figures are minimum counts and may change."
    )
    assert facts["reference"] == "Incident LY-2031-0506-0a1b, update 1"
    assert facts["banner"] is None


def test_a_demonstration_is_marked():
    facts = flash(demonstration=True)
    assert facts["subject"].startswith("[DEMO] [FLASH] ")
    assert facts["banner"] == "Demonstration: invented events"
    assert "[DEMO]" not in facts["headline"]


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("action", list(Action))
def test_lengths_and_sources_hold_for_everything(status, action):
    claims = (Claim("the council of elders", "word " * 60), Claim("Volunteers", "no " * 60, denies=True))
    for kind, actors, killed, said in itertools.product(
        IncidentClass, [(), ("armed men", "a second band of riders")], [None, Count(11, 17)], [(), claims]
    ):
        found = detection(
            kind,
            action=action,
            attackers=actors,
            targets=("the border guard",),
            killed=killed,
            wounded=killed,
            captured=killed,
            claims=said,
            flow="stopped",
            sentences=("telling " * 60,),
        )
        step = update(status=status, action=action, killed=killed)
        case = incident(
            incident_class=kind, reports=(report(1, found), report(2, found)), updates=(step, replace(step, number=2))
        )
        facts = flash(case)
        parts = [facts[name] for name in ("lede", "toll", "claim_line", "effect", "watch", "quotation")]
        texts = [part["text"] for part in parts if part]
        assert word_count(facts["lede"]["text"]) <= 45
        assert word_count(*texts) <= 90
        assert facts["quotation"] is None or word_count(facts["quotation"]["text"]) <= 31  # with the mark of the cut
        follow = told(case, 2)
        parts = [follow["first_line"], follow["tally"], *follow["claims"], follow["unclear"], follow["severity_line"]]
        assert word_count(*(part["text"] for part in parts if part)) <= 160
        for facts_ in (facts, follow):
            for fact in traced(facts_):
                assert fact["reports"], fact
                assert set(fact["reports"]) <= {1, 2}


@pytest.mark.parametrize("kind", [BriefingKind.FLASH, BriefingKind.UPDATE])
def test_facts_are_plain_json(kind):
    case = retaken()
    compose = compose_flash if kind is BriefingKind.FLASH else compose_update
    briefing = compose(case, case.updates[-1], now=NOW, service=SERVICE)
    assert (briefing.kind, briefing.incident_id, briefing.update) == (kind, 11, 3)
    assert from_json(Briefing, to_json(briefing)) == briefing


def test_unknown_casualties_are_said_never_nought():
    facts = flash(with_detection(killed=None))
    assert facts["toll"]["text"] == "No casualty figures were given."
    assert "0" not in facts["lede"]["text"].replace("2031", "")
    assert flash(with_detection(killed=None, action=Action.CLOSURE))["toll"] is None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"killed": Count(0, 0)}, "No deaths were reported."),
        ({"killed": Count(11, 17)}, "At most 17 were reported killed."),
        (
            {"killed": Count(3), "wounded": Count(10), "captured": Count(1)},
            "At least ten people were reported wounded and at least one captured.",
        ),
        ({"killed": None, "captured": Count(1)}, "At least one person was reported captured; no death toll was given."),
    ],
)
def test_casualties(fields, expected):
    assert flash(with_detection(**fields))["toll"]["text"] == expected


def test_differing_tolls_stand_both_in_the_text_with_their_outlets():
    first, second = detection(killed=Count(17)), detection(killed=Count(11))
    copied = report(3, detection(killed=Count(99)), same_text_as="outlet1.example")
    step = update(3, status=Status.CONFIRMED, killed=Count(11, 17))
    facts = flash(incident(reports=(report(1, first), report(2, second), copied), updates=(step,)))
    assert facts["toll"]["text"] == (
        "Tolls differ: at least 11 killed (Desert Post) and at least 17 killed (Sahel Gazette)."
    )
    assert facts["toll"]["reports"] == [2, 1]
    assert facts["headline"].endswith("at least 11 killed")
    assert "with at least 11 people killed" in facts["lede"]["text"]


def test_confirmed_names_two_independent_outlets_and_no_copy():
    reports = (report(1), report(2, origin="outlet1.example"), report(3, same_text_as="outlet1.example"), report(4))
    facts = flash(incident(reports=reports, updates=(update(4, status=Status.CONFIRMED),)))
    assert facts["lede"]["text"].startswith("Armed men seized ")
    assert facts["lede"]["text"].endswith("according to Coast Mail and Sahel Gazette.")


@pytest.mark.parametrize(
    ("status", "claims", "expected"),
    [
        (
            Status.CLAIMED,
            (Claim("armed men", "it is ours"),),
            (
                "Armed men say they seized the Wadi Marra crossing on the border between Libya and Niger "
                "on 6 May 2031, Sahel Gazette reports."
            ),
        ),
        (
            Status.CLAIMED,
            (Claim("security source", "they took it"),),
            (
                "A security source says armed men seized the Wadi Marra crossing on the border between Libya and Niger "
                "on 6 May 2031, Sahel Gazette reports."
            ),
        ),
        (
            Status.CLAIMED,
            (),
            (
                "One side says armed men seized the Wadi Marra crossing on the border between Libya and Niger "
                "on 6 May 2031, according to Sahel Gazette."
            ),
        ),
        (
            Status.WITHDRAWN,
            (),
            (
                "The report of the seizure of the Wadi Marra crossing on the border between Libya and Niger "
                "on 6 May 2031, carried by Sahel Gazette, has been withdrawn."
            ),
        ),
        (
            Status.REVERSED,
            (),
            (
                "The reported seizure of the Wadi Marra crossing on the border between Libya and Niger on 6 May 2031 "
                "has been reversed, according to Sahel Gazette."
            ),
        ),
    ],
)
def test_verbs_follow_the_status(status, claims, expected):
    assert flash(with_detection(status=status, claims=claims, killed=None))["lede"]["text"] == expected


def test_without_actor_the_lede_is_neutral():
    text = flash(with_detection(attackers=(), killed=None))["lede"]["text"]
    assert text.startswith("The Wadi Marra crossing on the border between Libya and Niger was reported seized on 6 May")


def test_the_claim_line_tells_a_denial_with_speaker_and_outlet():
    claims = (Claim("armed men", "it is ours"), Claim("border guard", "They never came near it", denies=True))
    facts = flash(with_detection(status=Status.DISPUTED, claims=claims))
    assert facts["claim_line"] == {
        "text": "The border guard denies what is reported of the seizure of the Wadi Marra crossing, in the words of "
        "Sahel Gazette: “They never came near it”.",
        "reports": [1],
    }
    facts = flash(with_detection(status=Status.DISPUTED))
    assert facts["claim_line"]["text"] == "Accounts of the parties contradict each other."


TAIL = (
    "L'armée affirme avoir repris le contrôle du poste{more}, moins d'une journée après l'avoir perdu, ce que le "
    "groupe armé dément."
)


@pytest.mark.parametrize(
    ("code", "opening"),
    [
        ("en", "An armed group denies what is reported of the recapture of the Wadi Marra crossing, "),
        ("fr", "Un groupe armé dément ce qui est rapporté de la reprise du poste-frontière de Wadi Marra, "),
        ("ar", "تنفي مجموعة مسلحة ما ورد عن استعادة السيطرة على معبر Wadi Marra، "),
    ],
)
def test_a_denial_says_what_is_denied_and_is_never_proved_by_the_other_side_alone(code: str, opening: str):
    """The clause that denies stands last: it is told whole, or not at all."""
    for more, whole in (("", True), (" de Wadi Marra, entre la Libye et le Niger,", True), (" du nord" * 20, False)):
        quote = TAIL.format(more=more)
        claims = (Claim("groupe armé", quote, denies=True),)
        case = incident(
            reports=(report(1, detection(action=Action.RECAPTURE, claims=claims), language="fr"),),
            updates=(update(action=Action.RECAPTURE, status=Status.DISPUTED),),
            action=Action.RECAPTURE,
            status=Status.DISPUTED,
        )
        facts = compose_update(case, case.updates[0], now=NOW, service="x", language=code).facts
        (told,) = facts["claims"]
        assert told["text"].startswith(opening)
        assert ("dément." in told["text"]) is whole
        assert ("L'armée" in told["text"]) is whole
        alert = compose_flash(case, case.updates[0], now=NOW, service="x", language=code).facts["claim_line"]
        assert alert is not None
        assert alert["text"].startswith(opening)
        assert "L'armée" not in alert["text"] or "dément." in alert["text"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"action": Action.CLOSURE}, "The Wadi Marra crossing is reported closed."),
        ({"action": Action.CLOSURE, "status": Status.CONFIRMED}, "The Wadi Marra crossing is closed."),
        ({"action": Action.REOPENING}, "The Wadi Marra crossing is reported open again."),
        ({"flow": "stopped"}, "Traffic there is reported stopped."),
        ({"flow": "partly", "status": Status.CONFIRMED}, "Traffic there is partly stopped."),
        (
            {"action": Action.RECAPTURE, "reversed_within_day": True},
            "The previous holder is reported back at the site within 24 hours.",
        ),
    ],
)
def test_effect(fields, expected):
    assert flash(with_detection(**fields))["effect"]["text"] == expected


def test_distance_is_the_effect_on_the_way_to_a_capital():
    found = detection(IncidentClass.CAPITAL)
    case = incident(incident_class=IncidentClass.CAPITAL, reports=(report(1, found),))
    assert flash(case)["effect"]["text"] == "Bir Salem lies 28 km from Tripoli."


def test_whoever_seized_is_not_named_as_who_retook():
    back = detection(action=Action.RECAPTURE, attackers=())
    step = update(2, action=Action.RECAPTURE, status=Status.CONFIRMED)
    facts = flash(incident(reports=(report(1), report(2, back)), updates=(step,)))
    assert "rmed men" not in facts["lede"]["text"]
    assert facts["lede"]["text"].startswith("The Wadi Marra crossing on the border between Libya and Niger was retaken")


@pytest.mark.parametrize(
    ("action", "attackers", "targets", "expected"),
    [
        (Action.ATTACK, ("gunmen",), (), "Security & Defense"),
        (Action.ATTACK, ("Islamic State",), (), "Terrorism & Insurgency"),
        (Action.SEIZURE, ("Southern rebels",), (), "Terrorism & Insurgency"),
        (Action.CLASH, ("a gang of smugglers",), (), "Criminality"),
        (Action.BLOCKADE, ("residents",), (), "Social & Human"),
        (Action.BLOCKADE, (), (), "Economic"),
        (Action.CLOSURE, ("Islamic State",), (), "Economic"),
        (Action.CLASH, ("Chadian army (ANT)",), ("Sudanese Armed Forces",), "International"),
        (Action.ADVANCE, ("Chadian army (ANT)",), (), "Security & Defense"),
    ],
)
def test_house_categories(action, attackers, targets, expected):
    facts = flash(with_detection(action=action, attackers=attackers, targets=targets))
    assert facts["bar"]["category"] == expected
    assert f"| {expected} |" in facts["bar"]["line"]


def test_severity_sum_subtracts_doubt_and_reversal_whatever_their_sign():
    for sign in (1, -1):
        terms = (
            SeverityTerm("base", 2.0, ""),
            SeverityTerm("asset", 0.25, ""),
            SeverityTerm("doubt", 0.5 * sign, ""),
            SeverityTerm("flow", 0.0, ""),
        )
        facts = flash(incident(severity=Severity(2.0, 1.75, terms), updates=(update(severity=2.0),)))
        assert facts["severity_sum"]["text"] == (
            "Why this severity: base 2.0 + asset 0.25 - doubt 0.5 = 1.75, rounded to 2.0"
        )


def test_severity_sum_is_left_out_once_it_explains_another_figure():
    assert flash(incident(severity=severity(3.0)))["severity_sum"] is None


def test_sources_are_capped_and_the_rest_is_counted():
    reports = tuple(report(number) for number in range(1, 7))
    facts = flash(incident(reports=reports, updates=(update(6),)))
    assert [item["reports"] for item in facts["sources"]] == [[1], [6], [2]]
    assert facts["sources_more"] == "and 3 more reports"


def test_a_source_line_tells_origin_language_time_and_copies():
    found = report(
        1, origin="afp", language="ar", same_text_as="wire.example", published=None, url="javascript:alert(1)"
    )
    line = flash(incident(reports=(found,)))["sources"][0]
    assert line["details"] == ("crediting AFP, in Arabic, read 7 May 2031, 03:45 UTC, same text as wire.example")
    assert (line["link"], line["no_link"], line["direction"]) == (None, ", no link", "rtl")


def test_an_unknown_date_is_said():
    facts = flash(with_detection(event_date=None))
    assert facts["dateline"]["text"].startswith("Wadi Marra, Libya-Niger - date not known; issued ")
    assert " on " not in facts["lede"]["text"].replace("on the border", "")


def test_a_quotation_keeps_its_language_and_is_left_out_where_there_is_no_room():
    arabic = "سيطر مسلحون على المعبر فجر الأحد"
    found = detection(sentences=(arabic,))
    facts = flash(incident(reports=(report(1, found, language="ar"),)))
    assert facts["quotation"]["text"] == arabic
    assert facts["quotation"]["language"] == "ar"
    assert flash(incident(reports=(report(1, detection(sentences=())),)))["quotation"] is None


def test_a_report_without_id_cannot_be_told():
    with pytest.raises(ValueError, match="store the incident"):
        flash(incident(reports=(report(1, id=None),)))


def test_no_source_no_sentence():
    with pytest.raises(ValueError, match="no report"):
        flash(incident(reports=()))
    with pytest.raises(ValueError, match="no words"):
        compose_flash(incident(), update(), now=NOW, service=SERVICE, language="xx")


def test_update_word_for_word():
    facts = told(retaken(), 3)
    assert facts["subject"] == (
        "Re: [FLASH] Libya-Niger: Armed men reportedly seize Wadi Marra crossing, at least three killed"
    )
    assert facts["first_line"]["text"] == "Update 3: retaken by the border guard; toll now at least 5 (was 3)."
    assert facts["tally"]["text"] == "Tally: at least five killed (previously at least three); at least four captured."
    assert facts["severity_line"]["text"] == "Severity 2.5 -> 2.0: site retaken within 24 hours"
    assert [claim["text"] for claim in facts["claims"]] == [
        "The border guard says, in the words of Oasis Radio: “The post is ours and the gang is gone.”"
    ]
    assert facts["unclear"]["text"] == "Still unclear: whether the crossing is open."
    assert [item["reports"] for item in facts["sources"]] == [[3]]
    assert facts["correction"] is None


def test_an_update_without_a_new_report_says_so():
    case = incident(updates=(update(), update(2, report_id=None, changes=("no report for seven days",))))
    facts = told(case, 2)
    assert facts["sources"] == []
    assert facts["no_sources"] == "no new source since the last message"
    assert facts["severity_line"]["text"] == "Severity unchanged at 2.5"


def test_the_reason_of_a_severity_is_what_changed_most():
    case = incident(
        reports=(report(1), report(2)),
        severity=severity(3.0),
        updates=(update(), update(2, severity=3.0, severity_before=2.5, changes=("toll now at least 5 (was 3)", "x"))),
    )
    assert told(case, 2)["severity_line"]["text"] == "Severity 2.5 -> 3.0: toll now at least 5 (was 3)"


def test_a_phrase_about_the_severity_goes_to_the_severity_line():
    changes = ("retaken", "severity 2.5 -> 2.0: no longer counted: 3 places hit together", "now Confirmed")
    case = incident(updates=(update(), update(2, report_id=1, severity=2.0, severity_before=2.5, changes=changes)))
    facts = told(case, 2)
    assert facts["first_line"]["text"] == "Update 2: retaken; now Confirmed."
    assert facts["severity_line"]["text"] == "Severity 2.5 -> 2.0: no longer counted: 3 places hit together"


def test_who_took_a_site_is_never_named_as_who_retook_it():
    back = detection(action=Action.RECAPTURE, attackers=("armed men",))
    step = update(2, action=Action.RECAPTURE)
    facts = flash(incident(reports=(report(1), report(2, back)), updates=(step,)))
    assert "rmed men" not in facts["headline"] + facts["lede"]["text"]


def test_a_report_that_its_article_no_longer_bears_out_is_not_told():
    unsaid = report(1, replace(detection(), probability=0.0, killed=Count(90), claims=(Claim("a", "b"),)))
    case = incident(reports=(unsaid, report(2), report(3)), updates=(update(3, status=Status.CONFIRMED),))
    facts = flash(case)
    assert facts["reports"] == [2, 3]
    assert facts["toll"] is None
    alone = flash(incident(reports=(unsaid,), updates=(update(status=Status.WITHDRAWN),)))
    assert "no longer says so" in alone["sources"][0]["details"]


def test_updates_keep_the_subject_of_the_flash_whatever_happens_later():
    case = retaken()
    alerted = flash(incident())["subject"]
    assert flash(replace(case, updates=case.updates[:1], reports=case.reports[:1]))["subject"] == alerted
    for number in (2, 3):
        assert told(case, number)["subject"] == f"Re: {alerted}"
    moved = replace(
        case, place=PLACES[IncidentClass.OIL], status=Status.DISPUTED, killed=Count(50), event_date=date(2031, 5, 1)
    )
    assert told(moved, 3)["subject"] == f"Re: {alerted}"


def test_the_subject_of_another_flash_can_be_handed_in():
    facts = told(retaken(), 3, flash="[DEMO] [FLASH] Libya: Something else\r\nBcc: x")
    assert facts["subject"] == "Re: [DEMO] [FLASH] Libya: Something else Bcc: x"


def test_a_withdrawn_alert_is_corrected():
    gone = update(2, status=Status.WITHDRAWN, changes=("its source took the report back",), report_id=None)
    case = incident(updates=(update(), gone), status=Status.WITHDRAWN, demonstration=True)
    facts = told(case, 2)
    assert facts["subject"].startswith("[CORRECTION] Re: [DEMO] [FLASH] Libya-Niger")
    assert facts["correction"]["text"].startswith("Correction: the earlier alert said “Libya-Niger")
    assert facts["bar"]["line"].endswith("| Withdrawn")
    assert (facts["tally"], facts["claims"], facts["severity_sum"], facts["unclear"]) == (None, [], None, None)


def test_a_long_list_of_changes_is_cut_and_counted():
    case = incident(reports=(report(1),), updates=(update(), update(2, report_id=1, changes=("a thing",) * 9)))
    assert told(case, 2)["first_line"]["text"] == f"Update 2: {'; '.join(['a thing'] * 5)}; 4 more."


def test_nothing_depends_on_reports_that_came_later():
    case = retaken()
    before = flash(replace(case, reports=case.reports[:1]))
    after = flash(case)
    assert {key: value for key, value in before.items() if key != "severity_sum"} == {
        key: value for key, value in after.items() if key != "severity_sum"
    }
    late = replace(case.updates[0], report_id=None, at=case.reports[0].fetched + timedelta(minutes=1))
    assert flash(replace(case, updates=(late,)))["reports"] == [1]
