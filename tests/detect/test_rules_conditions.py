"""What the conditions of a rule hold of."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.detect.detector import load_reader
from alertsvc.detect.fold import fold
from alertsvc.detect.reading import Reader
from alertsvc.detect.rules import Bits, ClassRules, Condition, Matcher, Place, RuleSet, tense_of
from alertsvc.detect.rules.words import checked, finder, folded_words
from alertsvc.domain import IncidentClass

SEIZED = "Gunmen seized the Ras Ajdir crossing."
THREE = "They came at dawn. Gunmen seized the Ras Ajdir crossing. Nobody was hurt."


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def matched(
    reader: Reader,
    condition: dict[str, Any],
    text: str,
    *,
    title: str = "",
    language: str = "en",
    probability: float | None = None,
) -> list[int]:
    """The positions of the sentences that a condition holds of."""
    reading = reader.read(title, text, language=language, published=date(2026, 2, 4))
    ready = Matcher(Condition.model_validate(condition), Bits())
    return [s.sentence.position for s in reading.sentences if ready.holds(Place(s, reading, probability))]


@pytest.mark.parametrize(
    ("condition", "text", "holds"),
    [
        ({}, SEIZED, True),
        ({"all": ["SEIZE", "<crossing>"]}, SEIZED, True),
        ({"all": ["SEIZE", "<oil>"]}, SEIZED, False),
        ({"any": ["<oil>", "<crossing>"]}, "Gunmen left the Ras Ajdir crossing.", True),
        ({"any": ["<oil>", "<capital>"]}, SEIZED, False),
        ({"none": ["SEIZE"]}, SEIZED, False),
        ({"none": ["<oil>"]}, SEIZED, True),
        ({"near": [{"marks": ["SEIZE", "<crossing>"], "words": 2}]}, SEIZED, True),
        (
            {"near": [{"marks": ["SEIZE", "<crossing>"], "words": 1}]},
            "Men seized much and at noon they left the Ras Ajdir crossing.",
            False,
        ),
        ({"near": [{"marks": ["<crossing>", "SEIZE"], "ordered": True}]}, SEIZED, False),
        ({"near": [{"marks": ["SEIZE", "<crossing>"], "ordered": True}]}, SEIZED, True),
        ({"near": [{"marks": ["SEIZE", "<oil>"]}]}, SEIZED, False),
        ({"sequence": ["FORCE_WORD", "SEIZE", "<crossing>"]}, SEIZED, True),
        ({"sequence": ["FORCE_WORD", "<crossing>", "SEIZE"]}, SEIZED, False),
        ({"sequence": ["SEIZE", "SEIZE"]}, SEIZED, False),
        ({"sequence": ["SEIZE", "FORCE_WORD", "SEIZE"]}, "They seized a post, and troops seized another.", True),
        ({"title": True}, SEIZED, False),
        ({"title": False}, SEIZED, True),
        ({"first": 1}, SEIZED, True),
        ({"all": ["<crossing?>"]}, "A market was held in Dehiba, in the south of Tunisia.", True),
        ({"all": ["<near-km>", "<capital>"]}, "They stand 27 km from Tripoli.", True),
        ({"all": ["<far-km>"]}, "They stand 270 km from Tripoli.", True),
        ({"all": ["<near-date>"]}, "They came on Sunday.", True),
        ({"all": ["<past-date>"]}, "They came in April 2019.", True),
        ({"all": ["<actor>"]}, "The Libyan National Army came.", True),
    ],
)
def test_marks(reader: Reader, condition: dict[str, Any], text: str, holds: bool) -> None:
    assert matched(reader, condition, text) == ([0] if holds else [])


@pytest.mark.parametrize(
    ("patterns", "language", "text", "holds"),
    [
        (["gunm(e|a)n"], "en", SEIZED, True),
        (["smuggler", "crossing"], "en", SEIZED, True),
        (["smuggler", "oil"], "en", SEIZED, False),
        ([" ras ajdir "], "en", "It was in Ras-Ajdir.", True),
        ([" men "], "en", SEIZED, False),  # a blank is the edge of a word
        ([" crossing $"], "en", SEIZED, True),
        (["^ gunmen"], "en", SEIZED, True),
        (["GUNMEN"], "en", SEIZED, True),
        (["(?i)gun\\w+ seized"], "en", SEIZED, True),
        (["palais présidentiel"], "fr", "Le Palais Présidentiel est vide.", True),
        (["L'armée"], "fr", "L'armée est là.", False),  # an apostrophe parts two words
        ([" l armée "], "fr", "L'armée est là.", True),
        (["القصر الرئاسي"], "ar", "والقصر الرئاسي خال.", True),
        (["[[:digit:]]{4}"], "en", "They came in 2019.", True),
        (["\\d{4}"], "en", "They came in 201.", False),
        (["\\pN{4}"], "en", "They came in 2019.", True),
        (["\\x{0067}unmen"], "en", SEIZED, True),
    ],
)
def test_words(reader: Reader, patterns: list[str], language: str, text: str, holds: bool) -> None:
    assert matched(reader, {"words": patterns}, text, language=language) == ([0] if holds else [])


@given(st.lists(st.text(alphabet="aéÉœأإةىxyz", min_size=1, max_size=6), min_size=1, max_size=4).map(" ".join))
def test_plain_text_is_found_however_it_is_written(text: str) -> None:
    found = finder([checked(text)])
    assert found(f" {fold(text)} ")
    assert found(f" {fold(text.upper())} ") or len(text.upper()) != len(text)
    assert not found(" 1 2 3 ")


def test_words_are_joined_by_single_blanks(reader: Reader) -> None:
    reading = reader.read("", "The Ras-Ajdir post,  27.5 km off, is “shut”.", language="en", published=None)
    assert folded_words(reading.sentences[0].sentence) == " the ras ajdir post 27 5 km off is shut "


@pytest.mark.parametrize(
    ("condition", "title", "positions"),
    [
        ({"position": "title"}, "Gunmen seize crossing", [0]),
        ({"position": "title"}, "", []),
        ({"position": "first"}, "Gunmen seize crossing", [1]),
        ({"position": "first"}, "", [0]),
        ({"position": "last"}, "Gunmen seize crossing", [3]),
        ({"position": ["title", "last"]}, "Gunmen seize crossing", [0, 3]),
        ({"position": ["first"], "all": ["SEIZE"]}, "Gunmen seize crossing", []),
        ({"title": True}, "Gunmen seize crossing", [0]),
        ({"first": 2}, "Gunmen seize crossing", [0, 1]),
    ],
)
def test_position(reader: Reader, condition: dict[str, Any], title: str, positions: list[int]) -> None:
    assert matched(reader, condition, THREE, title=title) == positions


@pytest.mark.parametrize(
    ("most", "language", "text", "holds"),
    [
        (100, "en", "Rebels stand 27 km from Tripoli.", True),
        (20, "en", "Rebels stand 27 km from Tripoli.", False),
        (27, "en", "Rebels stand 27 km from Tripoli.", True),
        (100, "fr", "Les rebelles sont à 45 km de la capitale.", True),
        (100, "ar", "يقف المسلحون على بعد 45 كيلومترا من العاصمة.", True),
        (100, "en", "Rebels stand 27 km from the village.", False),
        (100, "en", "Rebels stand 270 km from Tripoli.", False),
        (60, "en", "Rebels took Tarhuna.", False),
        (100, "en", "Rebels took Tarhuna.", True),  # on the way to Tripoli, by the gazetteer
        (100, "en", "Rebels marched on Tripoli.", False),
    ],
)
def test_distance_to_a_capital(reader: Reader, most: float, language: str, text: str, holds: bool) -> None:
    assert matched(reader, {"km_to_capital": {"max": most}}, text, language=language) == ([0] if holds else [])


@pytest.mark.parametrize(
    ("bounds", "probability", "holds"),
    [
        ({"min": 0.5}, 0.5, True),
        ({"min": 0.5}, 0.4, False),
        ({"max": 0.2}, 0.2, True),
        ({"max": 0.2}, 0.3, False),
        ({"min": 0.1, "max": 0.2}, 0.15, True),
        ({"max": 1.0}, None, False),  # nobody has looked
    ],
)
def test_classifier(reader: Reader, bounds: dict[str, float], probability: float | None, holds: bool) -> None:
    found = matched(reader, {"classifier": bounds}, SEIZED, probability=probability)
    assert found == ([0] if holds else [])


TENSES = {
    "en": [
        ("past", "Gunmen seized the crossing."),
        ("past", "The crossing was attacked, officials said."),
        ("past", "Fighters have cut the road."),
        ("past", "They fled; the army won the battle."),
        ("present", "Gunmen seize crossing"),
        ("present", "The crossing is closed."),
        ("present", "The rebel-controlled post remains shut."),
        ("present", "Armed men are at the gates."),
        ("present", "Attack on the crossing"),
        ("future", "The army said it will close the crossing."),
        ("future", "The army won't leave the post that it seized."),
        ("future", "The army is going to close the post."),
        ("conditional", "Rebels could attack the refinery."),
        ("conditional", "Gunmen seized the post, which would please them."),
    ],
    "fr": [
        ("past", "Des hommes armés ont attaqué le poste."),
        ("past", "Les rebelles se sont emparés du poste."),
        ("past", "La ville est tombée."),
        ("past", "Le poste avait rouvert."),
        ("past", "Les rebelles marchaient sur la capitale."),
        ("past", "Les combattants tirèrent sur le poste."),
        ("present", "Le poste est fermé."),
        ("present", "Les soldats avancent vers la capitale."),
        ("present", "Attaque à N'Djamena"),
        ("future", "L'armée a annoncé qu'elle fermera le poste."),
        ("future", "Ils vont attaquer le terminal."),
        ("future", "Les postes seront fermés."),
        ("conditional", "Le poste pourrait fermer."),
        ("conditional", "Ils ont annoncé que le poste fermerait."),
    ],
    "ar": [
        ("past", "سيطر مسلحون على المعبر."),
        ("past", "وهاجم مسلحون الحقل."),
        ("past", "لم يهاجم أحد المعبر."),
        ("past", "كانت القوات تتقدم."),
        ("past", "وقد سيطر المسلحون على المعبر."),
        ("present", "يتقدم المسلحون نحو العاصمة."),
        ("present", "إغلاق المعبر"),
        ("present", "سيارة مفخخة قرب المعبر"),
        ("future", "سيغلق الجيش المعبر."),
        ("future", "قال الجيش إنه سيستعيد المعبر."),
        ("future", "سوف يغلق الجيش المعبر."),
        ("future", "لن يغلق الجيش المعبر."),
        ("conditional", "قد يهاجم المسلحون المعبر."),
        ("conditional", "يخشى محللون من هجوم."),
    ],
}


@pytest.mark.parametrize(
    ("language", "tense", "text"), [(code, tense, text) for code, items in TENSES.items() for tense, text in items]
)
def test_tense(reader: Reader, language: str, tense: str, text: str) -> None:
    reading = reader.read("", text, language=language, published=None)
    assert [tense_of(sentence, language) for sentence in reading.sentences] == [tense]
    assert matched(reader, {"tense": tense}, text, language=language) == [0]
    others = [other for other in ("past", "present", "future", "conditional") if other != tense]
    assert matched(reader, {"tense": others}, text, language=language) == []


@given(
    text=st.text(alphabet="abeéilnrst àwو ي س ق د ل ن", max_size=40).map(str.strip).filter(bool),
    language=st.sampled_from(["en", "fr", "ar"]),
)
def test_any_text_has_a_tense(reader: Reader, text: str, language: str) -> None:
    for sentence in reader.read("", text, language=language, published=None).sentences:
        assert tense_of(sentence, language) in ("past", "present", "future", "conditional")


MARKS = ("SEIZE", "ATTACK", "CLOSE", "SAY", "NOW", "<crossing>", "<oil>", "<near-date>", "<actor>")


@given(
    all_=st.lists(st.sampled_from(MARKS), max_size=2),
    any_=st.lists(st.sampled_from(MARKS), max_size=3),
    none=st.lists(st.sampled_from(MARKS), max_size=2),
    text=st.lists(
        st.sampled_from(["seized", "attacked", "closed", "Ras Ajdir crossing", "Sarir oilfield", "on Sunday", "said"]),
        min_size=1,
        max_size=5,
    ).map(lambda words: f"They {' '.join(words)}."),
)
def test_bits_say_what_sets_say(reader: Reader, all_: list[str], any_: list[str], none: list[str], text: str) -> None:
    reading = reader.read("", text, language="en", published=date(2026, 2, 4))
    for sentence in reading.sentences:
        keys = set(sentence.marks)
        wanted = set(all_) <= keys and (not any_ or bool(keys & set(any_))) and not keys & set(none)
        condition = Condition.model_validate({"all": all_, "any": any_, "none": none})
        assert Matcher(condition, Bits()).holds(Place(sentence, reading)) is wanted


def rule_set(*conditions: dict[str, Any], subject: dict[str, Any] | None = None) -> RuleSet:
    made = []
    for name in IncidentClass:
        rules = [
            {"id": f"r{number}", "why": "Only for the test.", "when": when, "weight": 1.0, "examples": {}}
            for number, when in enumerate(conditions)
        ]
        tree = {"class": name, "threshold": 0.5, "subject": subject or {}, "actions": {}, "rules": rules}
        made.append(ClassRules.model_validate(tree))
    return RuleSet(made)


def test_rules_fire_sentence_by_sentence_with_the_probability_of_each(reader: Reader) -> None:
    rules = rule_set({"classifier": {"min": 0.5}}, {"all": ["SEIZE"]}, {"all": ["SEIZE"], "position": "last"})
    reading = reader.read("", THREE, language="en", published=None)
    fired = rules.fire(IncidentClass.BORDER, reading, [0.1, 0.2, 0.9])
    assert [(item.rule.id, item.sentence) for item in fired] == [("r1", 1), ("r0", 2)]
    assert [item.rule.id for item in rules.fire(IncidentClass.BORDER, reading)] == ["r1"]


def test_a_subject_may_ask_for_anything(reader: Reader) -> None:
    rules = rule_set(subject={"any": ["SEIZE", "CLOSE"], "position": ["title", "last"], "classifier": {"min": 0.2}})
    reading = reader.read("Gunmen seize crossing", THREE + " The crossing closed.", language="en", published=None)
    assert rules.on_subject(IncidentClass.OIL, reading, [0.5] * 5) == [True, False, False, False, True]
    assert rules.on_subject(IncidentClass.OIL, reading, [0.1] * 5) == [False] * 5
