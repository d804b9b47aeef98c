"""Attackers, targets and speakers are read by the grammar of their clause."""

from __future__ import annotations

from datetime import date

import pytest

from alertsvc.detect.detector import load_reader
from alertsvc.detect.fields import claims_of, sides_of
from alertsvc.detect.parties import role_of
from alertsvc.detect.reading import Reader, SentenceReading
from alertsvc.domain import Action
from benchmarks.parties import compare_sides, shares

FLOORS = {
    ("attackers", "a"): 0.96,
    ("attackers", "b"): 0.93,
    ("targets", "a"): 0.86,
    ("targets", "b"): 0.83,
    ("claims", "a"): 1.0,
    ("claims", "b"): 0.96,
}


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def sentence(reader: Reader, text: str, language: str) -> SentenceReading:
    (found,) = reader.read("", text, language=language, published=date(2026, 3, 18)).sentences
    return found


def test_sentences_of_our_own_hold_their_shares(reader: Reader) -> None:
    compared = compare_sides(reader)
    found = shares(compared)
    assert found.keys() == FLOORS.keys()
    assert {key: share for key, share in found.items() if share < FLOORS[key]} == {}
    assert len({told.text for told in compared}) >= 60


@pytest.mark.parametrize(
    ("language", "text", "role"),
    [
        ("en", "Two Hezbollah fighters were killed at the crossing.", "target"),
        ("en", "The raid killed nine members of Hezbollah.", "target"),
        ("en", "The strike targeted a Hezbollah post.", "target"),
        ("en", "The crossing was attacked by Hezbollah.", "attacker"),
        ("en", "Guards accused Hezbollah of the attack.", "attacker"),
        ("en", "Hezbollah claimed responsibility for the attack.", "attacker"),
        ("en", "Hezbollah denied the attack.", "speaker"),
        ("en", "Hezbollah said gunmen had attacked the crossing.", "speaker"),
        ("en", "Hezbollah said it had attacked the crossing.", ""),
        ("en", "Hezbollah attacked the crossing.", ""),
        ("fr", "Deux membres du Hezbollah ont été tués.", "target"),
        ("fr", "Une attaque du Hezbollah a visé le poste.", "attacker"),
        ("fr", "Une attaque contre le Hezbollah a visé le poste.", "target"),
        ("ar", "قتل ثلاثة من عناصر حزب الله.", "target"),
        ("ar", "نفى حزب الله الهجوم.", "speaker"),
        ("ar", "تبنى حزب الله الهجوم.", "attacker"),
    ],
)
def test_the_role_of_an_actor(reader: Reader, language: str, text: str, role: str) -> None:
    read = sentence(reader, text, language)
    (actor,) = read.of_kind("actor")
    assert role_of(read, actor) == role


def test_who_is_killed_is_no_attacker(reader: Reader) -> None:
    text = "Eight Popular Mobilization Forces fighters were killed in an air strike on the Al-Qaim crossing."
    assert sides_of([sentence(reader, text, "en")], Action.AIRSTRIKE) == ((), ("Popular Mobilization Forces",))


def test_who_says_it_is_not_who_did_it(reader: Reader) -> None:
    read = sentence(reader, "The RSF said the Sudanese army attacked the Heglig oil field.", "en")
    assert sides_of([read], Action.ATTACK) == (("Sudanese Armed Forces",), ())
    (claim,) = claims_of([read])
    assert (claim.speaker, claim.denies) == ("Rapid Support Forces", False)


def test_a_rejection_is_a_denial_of_who_rejects(reader: Reader) -> None:
    read = sentence(reader, "The Taliban rejected the claim that TTP had attacked the Torkham crossing.", "en")
    (claim,) = claims_of([read])
    assert (claim.speaker, claim.denies) == ("Afghan Taliban", True)
