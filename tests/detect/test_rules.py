from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from alertsvc.detect.detector import Detector, load_reader
from alertsvc.detect.reading import Reader
from alertsvc.detect.rules import (
    CIRCUMSTANCES,
    AtMost,
    Between,
    ClassOverlay,
    ClassRules,
    Condition,
    Examples,
    Fault,
    Near,
    Prevails,
    Rule,
    RuleSet,
    established,
    located,
    rules_schema,
)
from alertsvc.domain import Action, IncidentClass
from alertsvc.errors import DataError
from alertsvc.resources import data_dir, layered_files
from alertsvc.track.severity import CIRCUMSTANCES as SCORED

BORDER = """
class: border_crossing
threshold: 0.8
subject: {any: ["<crossing>", CROSSING_WORD]}
actions:
  seizure: {SEIZE: 2.0}
  closure: {CLOSE: 1.0}
rules:
  - id: taken
    why: A crossing changes hands.
    when: {near: [{marks: ["<crossing>", SEIZE], words: 10}]}
    weight: 1.0
    action: seizure
    examples:
      match: {en: ["Gunmen seized the Ras Ajdir crossing."]}
      no_match: {en: ["Gunmen left the Ras Ajdir crossing."]}
"""
CONCEPTS = {"SEIZE", "CLOSE", "CROSSING_WORD"}


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


@pytest.fixture(scope="module")
def shipped(reader: Reader) -> RuleSet:
    return RuleSet.load(layered_files("rules", "classes/*.yaml"), reader.lexicon.concepts)


def write(folder: Path, **changed: Any) -> list[Path]:
    """Write rules for the three classes with some keys of the first changed; text stands for a whole file."""
    paths = []
    for name in IncidentClass:
        tree = yaml.safe_load(BORDER)
        tree["class"] = str(name)
        if name is IncidentClass.BORDER:
            tree |= {key: value for key, value in changed.items() if key not in list(IncidentClass)}
        paths.append(folder / f"{name}.yaml")
        content = changed.get(str(name), yaml.safe_dump(tree))
        paths[-1].write_bytes(content if isinstance(content, bytes) else content.encode())
    return paths


def faults(paths: list[Path]) -> list[str]:
    with pytest.raises(DataError) as caught:
        RuleSet.load(paths, CONCEPTS)
    return caught.value.problems


def rule(**changed: Any) -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load(BORDER)["rules"][0] | changed
    return made


def test_rules_of_three_classes(tmp_path: Path) -> None:
    rules = RuleSet.load(write(tmp_path), CONCEPTS)
    assert set(rules.classes) == set(IncidentClass)
    assert rules.classes[IncidentClass.BORDER].actions == {
        Action.SEIZURE: {"SEIZE": 2.0},
        Action.CLOSURE: {"CLOSE": 1.0},
    }


@pytest.mark.parametrize(
    ("changed", "line", "fault"),
    [
        ({"rules": [rule(when={"all": ["SIEZE"]})]}, "SIEZE", "rules.taken.when.all.0: unknown mark 'SIEZE'"),
        ({"rules": [rule(when={"none": ["<post>"]})]}, "<post>", "rules.taken.when.none.0: unknown mark '<post>'"),
        (
            {"rules": [rule(when={"near": [{"marks": ["SEIZE", "X"]}]})]},
            "- X",
            "rules.taken.when.near.0.marks.1: unknown mark 'X'",
        ),
        (
            {"rules": [rule(when={"sequence": ["SEIZE", "X"]})]},
            "- X",
            "rules.taken.when.sequence.1: unknown mark 'X'",
        ),
        ({"rules": [rule(when={"sequence": ["SEIZE"]})]}, "when:", "rules.taken.when: a sequence has at least two"),
        ({"rules": [rule(when={"words": ["a", "b("]})]}, "- b(", "rules.taken.when.words.1: no RE2 pattern: missing )"),
        ({"rules": [rule(when={"words": ["x?"]})]}, "- x?", "rules.taken.when.words.0: is found in every sentence"),
        ({"rules": [rule(when={"words": [r"(a)\1"]})]}, "- (a)", "rules.taken.when.words.0: no RE2 pattern: invalid"),
        (
            {"rules": [rule(when={"words": ["a" * 1001]})]},
            "- aaa",
            "rules.taken.when.words.0: longer than 1000 characters",
        ),
        ({"rules": [rule(when={"tense": "passed"})]}, "tense: passed", "rules.taken.when.tense.0: Input should be"),
        ({"rules": [rule(when={"position": ["end"]})]}, "- end", "rules.taken.when.position.0: Input should be"),
        (
            {"rules": [rule(when={"km_to_capital": {"max": 0}})]},
            "max: 0",
            "rules.taken.when.km_to_capital.max: Input should be greater than 0",
        ),
        (
            {"rules": [rule(when={"km_to_capital": {}})]},
            "km_to_capital",
            "rules.taken.when.km_to_capital.max: Field required",
        ),
        (
            {"rules": [rule(when={"classifier": {"min": 0.5, "max": 0.4}})]},
            "classifier",
            "rules.taken.when.classifier: min must not lie above max",
        ),
        (
            {"rules": [rule(when={"classifier": {}})]},
            "classifier",
            "rules.taken.when.classifier: give min, max or both",
        ),
        ({"rules": [rule(severity=["worse"])]}, "- worse", "rules.taken.severity.0: Input should be 'inside_capital'"),
        ({"subject": {"any": ["OIL"]}}, "- OIL", "subject.any.0: unknown mark 'OIL'"),
        ({"actions": {"seizure": {"GRAB": 1}}}, "GRAB", "actions.seizure.GRAB: unknown mark 'GRAB'"),
        ({"actions": {"theft": {"SEIZE": 1}}}, "theft", "actions.theft.[key]: Input should be 'attack'"),
        ({"rules": [rule(), rule()]}, None, "rules.taken: id used twice"),
        ({"rules": [rule(id="Taken!")]}, "id: Taken!", "rules.0.id: String should match pattern"),
        ({"rules": [rule(why="short")]}, "why: short", "rules.taken.why: String should have at least 8"),
        ({"rules": [rule(weight=0)]}, "weight: 0", "rules.taken.weight: give either a weight or veto: true"),
        ({"rules": [rule(veto=True)]}, "veto: true", "rules.taken.veto: give either a weight or veto: true"),
        ({"rules": [rule(weight=80)]}, "weight: 80", "rules.taken.weight: Input should be less than or equal to 8"),
        (
            {"rules": [rule(action="accident")]},
            "action: accident",
            "rules.taken.action: accident is not one of this class's actions",
        ),
        (
            {"rules": [rule(bars="accident")]},
            "bars: accident",
            "rules.taken.bars: accident is not one of this class's actions",
        ),
        (
            {"prevails": [{"action": "seizure", "over": ["siege"], "share": 0.5}]},
            "over:",
            "prevails.0.over: siege is not one of this class's actions",
        ),
        ({"rules": [rule(examples={"match": {"en": ["x"]}})]}, "examples", "rules.taken.examples: needs examples"),
        (
            {"rules": [rule(examples={"match": {"de": ["x"]}})]},
            "de:",
            "rules.taken.examples.match.de.[key]: Input should be 'en'",
        ),
        ({"rules": [rule(wehn={})]}, "wehn", "rules.taken.wehn: Extra inputs are not permitted"),
        (
            {"rules": [rule(when={"near": [{"marks": ["SEIZE"]}]})]},
            "marks:",
            "rules.taken.when.near.0.marks: Tuple should have at least 2",
        ),
        ({"threshold": 1.0}, "threshold", "threshold: Input should be less than 1"),
        ({"class": "sea_port"}, "class", "class: Input should be 'border_crossing'"),
        ({"border_crossing": "class: x\nrules: ["}, None, "while parsing a flow node, expected the node content"),
        ({"border_crossing": "- a"}, "- a", "must hold keys: class, threshold"),
        ({"border_crossing": BORDER + "threshold: 0.1\n"}, None, "the key 'threshold' is used twice"),
    ],
)
def test_a_wrong_rule_is_told_with_file_line_and_key(
    tmp_path: Path, changed: dict[str, Any], line: str | None, fault: str
) -> None:
    paths = write(tmp_path, **changed)
    (problem,) = faults(paths)
    match = re.fullmatch(r"border_crossing\.yaml:(\d+): (.+)", problem)
    assert match, problem
    assert match[2].startswith(fault)
    if line is not None:
        assert line in paths[0].read_text(encoding="utf-8").splitlines()[int(match[1]) - 1]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "the file is empty"),
        ("- a\n", "must hold keys: class,"),
        ("class: 2026-02-30\n", "'2026-02-30': day is out of range"),
        ("- " * 20_000, "nested too deeply"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_told_with_a_line(tmp_path: Path, content: str, fault: str) -> None:
    (problem,) = faults(write(tmp_path, border_crossing=content))
    assert problem.startswith(f"border_crossing.yaml:1: {fault}")


def test_every_fault_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    paths = write(
        tmp_path,
        rules=[rule(when={"all": ["SIEZE"]}), rule(weight=0)],
        oil_facility="x: [",
        capital_approach=BORDER.replace("threshold: 0.8", "threshold: 8"),
    )
    told = faults([*paths, tmp_path / "absent.yaml"])
    assert [re.sub(r"(:\d+)?: .*", ":", problem, flags=re.DOTALL) for problem in told] == [
        "border_crossing.yaml:",
        "border_crossing.yaml:",
        "border_crossing.yaml:",
        "oil_facility.yaml:",
        "capital_approach.yaml:",
        "absent.yaml:",
    ]


def test_a_class_twice_or_missing_is_told(tmp_path: Path) -> None:
    paths = write(tmp_path, oil_facility=BORDER)
    assert faults(paths) == ["oil_facility.yaml:2: class: border_crossing stands in another file already"]
    assert faults(paths[:1]) == ["no rules for oil_facility, capital_approach"]


def test_examples_of_shipped_rules_hold(shipped: RuleSet, reader: Reader) -> None:
    assert shipped.run_examples(reader) == []


def test_examples_that_do_not_hold_are_told(tmp_path: Path, reader: Reader) -> None:
    examples = {"match": {"en": ["Nothing happened."]}, "no_match": {"en": ["Gunmen seized the Ras Ajdir crossing."]}}
    wrong = RuleSet.load(write(tmp_path, rules=[rule(examples=examples)]), CONCEPTS).run_examples(reader)
    assert wrong == [
        "border_crossing: taken: does not match 'Nothing happened.' (en)",
        "border_crossing: taken: matches 'Gunmen seized the Ras Ajdir crossing.' (en)",
    ]


def test_shipped_rules_name_actions_and_marks_that_are_used(shipped: RuleSet, reader: Reader) -> None:
    for rules in shipped.classes.values():
        for each in rules.prevails:
            assert {each.action, *each.over} <= set(rules.actions)
        assert {each.bars for each in rules.rules if each.bars} <= set(rules.actions)
        for action, weights in rules.actions.items():
            assert weights, action


def test_marks_of_a_file_that_is_wrong_otherwise_are_told_too(tmp_path: Path) -> None:
    told = faults(write(tmp_path, rules=[rule(why="short", when={"near": [{"marks": ["SEIZE", "GRAB"]}], "x": 1})]))
    assert [re.sub(r".*?:\d+: ", "", problem).partition(":")[0] for problem in told] == [
        "rules.taken.when.near.0.marks.1",
        "rules.taken.when.x",
        "rules.taken.why",
    ]


def test_shipped_rules_establish_what_the_severity_score_counts(shipped: RuleSet) -> None:
    rules = [rule for each in shipped.classes.values() for rule in each.rules]
    assert {name for rule in rules for name in rule.severity} == set(CIRCUMSTANCES)
    assert set(CIRCUMSTANCES) < set(SCORED)
    # They are there for the score and must not move decisions.
    assert {rule.weight for rule in rules if rule.severity} == {0.1}


@pytest.mark.parametrize(
    ("language", "text", "circumstance"),
    [
        (
            "en",
            "Rebel fighters and the army fought street battles in the centre of Tripoli on Sunday.",
            "inside_capital",
        ),
        ("fr", "De violents combats opposent l'armée aux rebelles dans les rues de Bamako.", "inside_capital"),
        ("ar", "اندلعت اشتباكات عنيفة بين الجيش والمتمردين داخل العاصمة طرابلس.", "inside_capital"),
        ("en", "Fighters who advanced on Tripoli stormed the presidential palace on Sunday.", "seat_of_government"),
        ("fr", "Les rebelles ont attaqué le palais présidentiel à N'Djamena.", "seat_of_government"),
        ("ar", "هاجم مسلحون القصر الرئاسي في العاصمة طرابلس.", "seat_of_government"),
        ("en", "The blockade of the oil terminal has halted all of the country's crude exports.", "exports_halted"),
        ("fr", "Le blocus du terminal pétrolier a interrompu toutes les exportations du pays.", "exports_halted"),
        ("ar", "أدى إغلاق الميناء النفطي إلى توقف جميع صادرات النفط.", "exports_halted"),
        ("en", "Rebel fighters and the army clashed 30 km south of Tripoli.", None),
        ("fr", "Les rebelles ont attaqué le terminal pétrolier, et ses exportations sont suspendues.", None),
        ("ar", "اندلعت اشتباكات بين الجيش والمتمردين جنوب العاصمة طرابلس.", None),
    ],
)
def test_circumstances_of_severity(
    shipped: RuleSet, reader: Reader, language: str, text: str, circumstance: str | None
) -> None:
    reading = reader.read("", text, language=language, published=None)
    found = established(fired for name in IncidentClass for fired in shipped.fire(name, reading))
    assert list(found) == ([circumstance] if circumstance else [])


def test_a_circumstance_is_told_with_the_detection_and_raises_the_score() -> None:
    detector = Detector.load()
    text = (
        "Rebels who marched on Tripoli fought street battles with soldiers in several districts of the capital on "
        "Sunday, the army said."
    )
    title = "Rebels fight street battles with the army in the centre of Tripoli"
    (found,) = detector.detect(title, text, published=date(2026, 2, 1), language="en").detections
    (reason,) = (item for item in found.reasons if item.name == "inside_capital")
    assert reason.kind == "field"
    assert "within the capital" in reason.detail


def test_a_circumstance_counts_once_with_the_first_rule_that_tells_it(tmp_path: Path, reader: Reader) -> None:
    told = [rule(severity=["exports_halted"]), rule(id="again", severity=["exports_halted", "inside_capital"])]
    rules = RuleSet.load(write(tmp_path, rules=told), CONCEPTS)
    text = "Gunmen seized the Ras Ajdir crossing. They seized the Ras Ajdir crossing once more."
    fired = rules.fire(IncidentClass.BORDER, reader.read("", text, language="en", published=None))
    assert [(item.rule.id, item.sentence) for item in fired] == [("taken", 0), ("again", 0), ("taken", 1), ("again", 1)]
    assert {name: (item.rule.id, item.sentence) for name, item in established(fired).items()} == {
        "exports_halted": ("taken", 0),
        "inside_capital": ("again", 0),
    }


def test_faults_as_data(tmp_path: Path) -> None:
    (tmp_path / "lexicon.yaml").write_text("SEIZE:\n  en: [a]\n  fr: [1]\n", encoding="utf-8")
    told = [
        "border_crossing.yaml:12: rules.taken.weight: give either a weight or veto: true",
        "lexicon.yaml: SEIZE.fr: 1: not text; quote yes, no, on, off and numbers",
        "crossings.csv:7: lat: 'x' is no number",
        "no rules for oil_facility",
    ]
    assert located(told, {"lexicon.yaml": tmp_path / "lexicon.yaml"}) == [
        Fault("border_crossing.yaml", 12, "rules.taken.weight", "give either a weight or veto: true"),
        Fault("lexicon.yaml", 3, "SEIZE.fr", "1: not text; quote yes, no, on, off and numbers"),
        Fault("crossings.csv", 7, "lat", "'x' is no number"),
        Fault("", None, "", "no rules for oil_facility"),
    ]
    assert [str(fault) for fault in located(told, {})] == told


def test_the_schema_names_every_key_and_stands_beside_the_document() -> None:
    schema = rules_schema()
    stored = data_dir("rules").parent / "docs" / "rules.schema.json"
    if stored.exists():  # not beside an installed wheel
        assert json.loads(stored.read_text(encoding="utf-8")) == schema
    for model in (ClassRules, ClassOverlay, Rule, Condition, Near, Prevails, Examples, Between, AtMost):
        names = {info.alias or name for name, info in model.model_fields.items()}
        assert set(schema["$defs"][model.__name__]["properties"]) == names
        assert schema["$defs"][model.__name__]["additionalProperties"] is False
    assert schema["then"] == {"$ref": "#/$defs/ClassOverlay"}
    assert schema["else"] == {"$ref": "#/$defs/ClassRules"}
    one_or_more = schema["$defs"]["Condition"]["properties"]["tense"]["anyOf"]
    assert [item.get("type") for item in one_or_more] == ["string", "array"]
