"""The full brief: its parts in order, hedged by status, whole sentences only, nothing that no report said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsvc.brief import full
from alertsvc.brief.context import Note, Notes, Topic
from alertsvc.brief.full import MAX_WORDS, compose_brief
from alertsvc.brief.render import render
from alertsvc.brief.texts import word_count
from alertsvc.domain import Action, BriefingKind, Claim, Count, Incident, Status
from tests.brief.cases import NOW, detection, incident, report, retaken, update
from tests.brief.generated import MONDAY, incidents
from tests.brief.laws import field_numbers, foreign_numbers, sentences, texts_of, untraced, unwanted


def brief(case: Incident, step: int = -1, **options: Any) -> dict[str, Any]:
    briefing = compose_brief(case, case.updates[step], now=NOW, service="Risk desk", **options)
    assert briefing.kind is BriefingKind.BRIEF
    assert (briefing.incident_id, briefing.update) == (case.id, case.updates[step].number)
    return briefing.facts


def notes() -> Notes:
    def note(text: str) -> Note:
        return Note({"en": text, "fr": text, "ar": text}, date(2030, 1, 1), True, "EIA")

    site = Topic("ly-ne-wadi-marra", (note("The road south begins here."),), "own.yaml", 1)
    long = "Libya " + "has many things of which one could tell at length " * 6 + "at length."
    country = Topic("country:LY", (note("Libya exports oil."), note(long)), "own.yaml", 5)
    return Notes({topic.key: topic for topic in (site, country)})


def test_the_parts_come_in_order_and_say_who_says_what():
    case = retaken()
    facts = brief(case, notes=notes())
    assert facts["subject"].startswith("[BRIEF] Libya-Niger border: Border guard retakes")
    assert facts["standfirst"][0]["text"] == (
        "The recapture of the Wadi Marra crossing is rated 2.0 of 5.0 (High) and counts as Confirmed: three "
        "independent sources tell of it."
    )
    assert facts["lede"][0]["text"].startswith("The border guard retook the Wadi Marra crossing")
    assert [party["heading"] for party in facts["parties"]] == [
        "What the border guard says",
        "What the Free South Front says",
    ]
    assert facts["claims_note"] == []
    assert facts["who"][0]["text"] == "Those behind it are named as armed men (Sahel Gazette, Desert Post)."
    assert facts["who"][0]["reports"] == [1, 2]
    assert [item.get("note") for item in facts["place"]] == ["ly-ne-wadi-marra"]
    assert [item["note"] for item in facts["background"]] == ["country:LY"]
    assert facts["implication"][0]["text"].startswith("The recapture shows that control")
    text = render(compose_brief(case, case.updates[-1], now=NOW, service="Risk desk", notes=notes())).text
    order = ["Severity 2.0/5.0", "is rated", "retook the", "What the border guard", "What the Free", "Who is behind"]
    order += [
        "Why the place matters",
        "Context",
        "What it shows",
        "Sources:",
        "Why this severity",
        "Method:",
        "LY-2031",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("status", "said", "shown"),
    [
        (Status.CONFIRMED, "Armed men seized ", "The seizure exposes"),
        (Status.REPORTED, "Armed men reportedly seized ", "If borne out, the seizure would expose"),
        (Status.CLAIMED, "One side says armed men seized ", "If borne out, the seizure would expose"),
        (Status.DISPUTED, "Armed men reportedly seized ", "If borne out, the seizure would expose"),
    ],
)
def test_verbs_follow_the_status(status, said, shown):
    facts = brief(incident(status=status, updates=(update(status=status),)))
    assert facts["lede"][0]["text"].startswith(said)
    assert facts["implication"][0]["text"].startswith(shown)
    assert f"counts as {status.value}" in facts["standfirst"][0]["text"]


@pytest.mark.parametrize("status", [Status.REVERSED, Status.WITHDRAWN])
def test_nothing_is_concluded_from_what_does_not_hold(status):
    facts = brief(incident(status=status, updates=(update(status=status),)))
    assert not [item for item in facts["implication"] if "expose" in item["text"]]


def test_parts_without_data_are_left_out():
    facts = brief(
        incident(
            reports=(report(1, detection(action=Action.CLOSURE, attackers=())),),
            updates=(update(action=Action.CLOSURE),),
        )
    )
    assert facts["parties"] == facts["who"] == facts["background"] == []
    assert [item["text"] for item in facts["claims_note"]] == ["The reports quote neither side."]
    text = render(compose_brief(incident(), incident().updates[0], now=NOW, service="x")).text
    assert "Context" not in text


def test_that_one_side_is_not_heard_is_said():
    one = detection(claims=(Claim("the border guard", "We hold the gate."),))
    facts = brief(incident(reports=(report(1, one),)))
    assert len(facts["parties"]) == 1
    assert [item["text"] for item in facts["claims_note"]] == ["No competing claim found so far."]


def test_a_denial_that_stands_alone_is_not_told_twice():
    denied = detection(claims=(Claim("the border guard", "Nothing took place there.", denies=True),))
    facts = brief(incident(reports=(report(1, denied),)))
    assert [item["text"] for item in facts["claims_note"]] == ["The reports quote no other side."]
    both = "L'armée dit avoir repris le poste, ce que le groupe armé dément."
    denied = detection(claims=(Claim("groupe armé", both, denies=True),))
    assert not brief(incident(reports=(report(1, denied),)))["claims_note"]


def test_an_unknown_toll_is_never_a_nought():
    silent = incident(killed=None, reports=(report(1, detection(killed=None)),), updates=(update(killed=None),))
    facts = brief(silent)
    assert "No casualty figures were given." in texts_of(facts)
    assert not [text for text in texts_of(facts) if "least 0" in text or "zero" in text or " 0 " in text]


def test_who_is_behind_it_is_told_by_outlet():
    second = detection(attackers=("Free South Front",))
    facts = brief(incident(reports=(report(1), report(2, second)), updates=(update(), update(2))))
    assert facts["who"][0]["text"] == (
        "Those behind it are named as armed men (Sahel Gazette); the Free South Front (Desert Post)."
    )
    nobody = incident(reports=(report(1, detection(attackers=())),))
    assert brief(nobody)["who"] == []
    assert "Who is behind" not in render(compose_brief(nobody, nobody.updates[-1], now=NOW, service="Risk desk")).text


def test_the_ceiling_is_kept_by_whole_sentences(monkeypatch):
    speakers = [f"Council of the town {name}" for name in ("Alma", "Borg", "Citra", "Dahra")]
    claims = tuple(
        Claim(speaker, f"{quote} and so it has been and shall be said again by each of us here in the hall tonight")
        for speaker in speakers
        for quote in ("We hold the gate", "The road is ours", "They fired first")
    )
    case = incident(reports=(report(1, detection(claims=claims)),))
    whole = brief(case, notes=notes())
    assert word_count(*texts_of({k: v for k, v in whole.items() if k not in ("method", "severity_sum")})) < MAX_WORDS
    monkeypatch.setattr(full, "MAX_WORDS", 180)
    cut = brief(case, notes=notes())
    assert set(texts_of(cut)) < set(texts_of(whole))
    assert cut["lede"] == whole["lede"]
    assert len(cut["parties"]) >= 1
    assert words_counted(cut) <= 180


def words_counted(facts: dict[str, Any]) -> int:
    """The words that the ceiling is about."""
    parts = ("standfirst", "lede", "parties", "claims_note", "who", "place", "background", "implication")
    return word_count(facts["headline"], *(text for part in parts for text in texts_of(facts[part])))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_every_brief_keeps_the_laws(data):
    case = data.draw(incidents())
    step = data.draw(st.sampled_from(case.updates))
    briefing = compose_brief(case, step, now=MONDAY, service="desk", notes=notes())
    facts = briefing.facts
    ids = [item.id for item in case.reports]
    assert untraced(facts, ids) == []
    assert words_counted(facts) <= MAX_WORDS
    assert unwanted(texts_of(facts)) == []
    allowed = field_numbers([case]) | {"5.0", "0.5", "24", f"{MONDAY:%H:%M}", str(MONDAY.day), "2030", "2031"}
    own = [item["text"] for item in sentences(facts) if "note" not in item]
    assert foreign_numbers(own, allowed) == []
    assert 3 <= word_count(*texts_of(facts["standfirst"])) <= 50
    unknown = step.killed is None
    assert not (unknown and [text for text in texts_of(facts["lede"][:1]) if "killed" in text])
    if step.status is Status.CONFIRMED:
        assert "reportedly" not in facts["lede"][0]["text"]
    message = render(briefing)
    for text in texts_of(facts["lede"]):
        assert text.split()[0] in message.text
    assert len(message.html.encode()) < 100_000


def test_a_count_of_nought_is_told_as_reported():
    case = incident(
        killed=Count(0), updates=(update(killed=Count(0)),), reports=(report(1, detection(killed=Count(0))),)
    )
    assert "No deaths were reported." in texts_of(brief(case))


def test_a_demonstration_says_so():
    facts = brief(replace(incident(), demonstration=True))
    assert facts["subject"].startswith("[DEMO] [BRIEF] ")
    assert facts["banner"]
    assert len(facts["subject"]) <= 95


def test_a_language_without_words_is_refused():
    with pytest.raises(ValueError, match="xx"):
        brief(incident(), language="xx")
