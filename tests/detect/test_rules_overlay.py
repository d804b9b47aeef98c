"""Files of an operator over ours, rule by rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from alertsvc.detect.detector import Detector, load_reader
from alertsvc.detect.rules import ClassRules, RuleSet, class_layers, load_classes
from alertsvc.domain import Action, IncidentClass
from alertsvc.errors import DataError
from alertsvc.resources import layered_files

CONCEPTS = load_reader().lexicon.concepts


def rule(name: str, **changed: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": name,
        "why": "Only for the test.",
        "when": {"all": ["SEIZE"]},
        "weight": 0.5,
        "examples": {"match": {"en": ["Gunmen seized the refinery."]}, "no_match": {"en": ["Gunmen left."]}},
    }
    return made | changed


def overlay(folder: Path, name: str = "oil_facility", **keys: Any) -> Path:
    path = folder / "classes" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    tree = {"class": name, "extends": True} | keys
    path.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    return path


def oil(*folders: Path) -> ClassRules:
    (found,) = (
        item for item in load_classes(class_layers(*folders), CONCEPTS) if item.incident_class is IncidentClass.OIL
    )
    return found


SHIPPED = oil()


def faults(*folders: Path) -> list[str]:
    with pytest.raises(DataError) as caught:
        load_classes(class_layers(*folders), CONCEPTS)
    return caught.value.problems


def test_an_overlay_that_gives_nothing_changes_nothing(tmp_path: Path) -> None:
    overlay(tmp_path)
    assert oil(tmp_path) == SHIPPED


def test_rules_are_replaced_in_their_place_added_behind_and_removed(tmp_path: Path) -> None:
    overlay(tmp_path, remove=["sport", "art"], rules=[rule("market", weight=-3.0), rule("of-ours")])
    found = oil(tmp_path)
    ids = [item.id for item in SHIPPED.rules if item.id not in ("sport", "art")]
    assert [item.id for item in found.rules] == [*ids, "of-ours"]
    changed = {item.id: item for item in found.rules}
    assert changed["market"].weight == -3.0
    assert changed["market"].when.all == ("SEIZE",)
    assert [item for item in found.rules if item.id not in ("market", "of-ours")] == [
        item for item in SHIPPED.rules if item.id not in ("sport", "art", "market")
    ]
    assert (found.threshold, found.subject, found.actions, found.prevails) == (
        SHIPPED.threshold,
        SHIPPED.subject,
        SHIPPED.actions,
        SHIPPED.prevails,
    )


def test_the_other_keys_change_where_they_are_given(tmp_path: Path) -> None:
    actions = {str(action): {str(mark): 0.1 for mark in marks} for action, marks in SHIPPED.actions.items()}
    prevails = [{"action": "recapture", "over": ["attack"], "share": 0.4}]
    overlay(tmp_path, threshold=0.6, subject={"any": ["<oil>"]}, actions=actions, prevails=prevails)
    found = oil(tmp_path)
    assert found.threshold == 0.6
    assert found.subject.any == ("<oil>",)
    assert found.actions[Action.ATTACK] == {"ATTACK": 0.1, "REPEL": 0.1}
    assert [(item.action, item.share) for item in found.prevails] == [(Action.RECAPTURE, 0.4)]
    assert found.rules == SHIPPED.rules


@pytest.mark.parametrize(
    ("given", "sure"),
    [({"flash": 0.95}, 0.95), ({"threshold": 0.9, "flash": 0.5}, 0.9), ({"threshold": 0.9, "flash": 0.92}, 0.92)],
)
def test_the_flash_point_is_never_below_the_threshold(tmp_path: Path, given: dict[str, Any], sure: float) -> None:
    overlay(tmp_path, **given)
    assert oil(tmp_path).sure == sure


def test_without_a_flash_point_the_threshold_is_enough(tmp_path: Path) -> None:
    more: dict[str, Any] = {
        "subject": {"any": ["<oil>"]},
        "actions": {"seizure": {"SEIZE": 1.0}},
        "rules": [rule("only")],
    }
    overlay(tmp_path, extends=False, threshold=0.5, **more)
    assert (oil(tmp_path).flash, oil(tmp_path).sure) == (None, 0.5)


def test_without_extends_a_file_takes_the_place_of_ours(tmp_path: Path) -> None:
    path = overlay(
        tmp_path,
        extends=False,
        threshold=0.5,
        subject={"any": ["<oil>"]},
        actions={"seizure": {"SEIZE": 1.0}},
        rules=[rule("only")],
    )
    assert [item.id for item in oil(tmp_path).rules] == ["only"]
    text = path.read_text(encoding="utf-8").replace("extends: false\n", "")
    path.write_text(text, encoding="utf-8")
    assert "extends" not in text
    assert [item.id for item in oil(tmp_path).rules] == ["only"]


def test_one_overlay_over_another(tmp_path: Path) -> None:
    low, high = tmp_path / "low", tmp_path / "high"
    overlay(low, threshold=0.6, remove=["sport"], rules=[rule("first"), rule("second")])
    overlay(high, remove=["first"], rules=[rule("second", weight=-1.0), rule("sport")])
    found = oil(low, high)
    assert found.threshold == 0.6
    assert [item.id for item in found.rules if item.id in ("first", "second", "sport")] == ["second", "sport"]
    assert {item.id: item.weight for item in found.rules}["second"] == -1.0


def test_the_detector_reads_overlays(tmp_path: Path) -> None:
    overlay(
        tmp_path, rules=[rule("silence", weight=0.0, veto=True, scope="article", when={"any": ["<oil>", "OIL_WORD"]})]
    )
    title, text = "Gunmen seize Sarir oilfield in Libya", "Gunmen seized the Sarir oilfield on Sunday, officials said."
    assert Detector.load().detect(title, text, published=None, language="en").detections
    assert not Detector.load(tmp_path).detect(title, text, published=None, language="en").detections
    paths = layered_files("rules", "classes/*.yaml", tmp_path)
    assert RuleSet.load(paths, CONCEPTS).classes[IncidentClass.OIL] == oil(tmp_path)


@pytest.mark.parametrize(
    ("keys", "line", "fault"),
    [
        ({"remove": ["market", "nosuch"]}, "- nosuch", "remove.1: there is no rule 'nosuch' below"),
        ({"class": "border_crossing"}, "class", "class: the file below is of oil_facility: a file keeps its class"),
        ({"rules": [rule("x"), rule("x")]}, None, "rules.x: id used twice"),
        ({"rules": [rule("x", when={"all": ["GRAB"]})]}, "GRAB", "rules.x.when.all.0: unknown mark 'GRAB'"),
        (
            {"rules": [rule("x", action="advance")]},
            "advance",
            "rules.x.action: advance is not one of this class's actions",
        ),
        ({"subject": {"any": ["GRAB"]}}, "GRAB", "subject.any.0: unknown mark 'GRAB'"),
        ({"threshold": 2}, "threshold", "threshold: Input should be less than 1"),
        ({"flash": 0}, "flash", "flash: Input should be greater than 0"),
        ({"lingers": 2}, "lingers", "lingers: Extra inputs are not permitted"),
        ({"extends": "yes"}, "extends", "extends: Input should be False"),
    ],
)
def test_faults_of_an_overlay(tmp_path: Path, keys: dict[str, Any], line: str | None, fault: str) -> None:
    path = overlay(tmp_path, **keys)
    told = [problem for problem in faults(tmp_path) if fault in problem]
    assert len(told) == 1, faults(tmp_path)
    where, _, rest = told[0].partition(": ")
    name, _, number = where.partition(":")
    assert name == "oil_facility.yaml"
    assert rest.startswith(fault)
    if line is not None:
        assert line in path.read_text(encoding="utf-8").splitlines()[int(number) - 1]


def test_an_overlay_over_nothing(tmp_path: Path) -> None:
    path = overlay(tmp_path, "oil_facility")
    path.rename(path.with_name("oil.yaml"))
    assert faults(tmp_path) == ["oil.yaml:2: extends: there is no file of this name below that it could extend"]


def test_a_rule_of_ours_that_an_overlay_leaves_without_its_action_is_told_with_our_line(tmp_path: Path) -> None:
    overlay(tmp_path, actions={"attack": {"ATTACK": 1.0}})
    told = faults(tmp_path)
    assert any("rules.taken.action: seizure is not one of this class's actions" in problem for problem in told)
    assert all(problem.startswith("oil_facility.yaml:") for problem in told)
