"""The severity score: the worked examples, the sum, and the strict reading of its table."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.domain import Action, IncidentClass
from alertsvc.errors import DataError
from alertsvc.resources import data_dir
from alertsvc.track.severity import SeverityFacts, SeverityTable
from tests.track.stories import TABLE

BORDER, OIL, CAPITAL = IncidentClass.BORDER, IncidentClass.OIL, IncidentClass.CAPITAL
SOURCE = data_dir("rules") / "severity.yaml"


def facts(incident_class: IncidentClass, *actions: Action, **given: Any) -> SeverityFacts:
    return replace(SeverityFacts(incident_class, frozenset(actions)), **given)


AL_TUM = facts(BORDER, Action.SEIZURE, killed=3, tier=2, sites=3, cross_border=True)
GATE_27 = facts(CAPITAL, Action.SEIZURE, km_to_capital=27.0, announced_offensive=True)
ZAWIYA = facts(CAPITAL, Action.CLASH, km_to_capital=45.0)


@pytest.mark.parametrize(
    ("given", "terms", "raw", "value"),
    [
        (AL_TUM, [2.0, 0.25, 0.25, 0.25, 0.25], 3.0, 3.0),
        (replace(AL_TUM, reversed_within_day=True), [2.0, 0.25, 0.25, 0.25, 0.25, -0.5], 2.5, 2.5),
        (facts(BORDER, Action.SEIZURE, tier=1, flow="stopped", disputed=True), [2.0, 0.5, 0.5, -0.25], 2.75, 3.0),
        (facts(OIL, Action.REPELLED, tier=1, sites=3, one_party=True), [1.5, 0.5, 0.25, -0.5], 1.75, 2.0),
        (GATE_27, [2.5, 0.75], 3.25, 3.5),
        (replace(GATE_27, harmed=24, reversed_within_day=True), [2.5, 0.25, 0.75, -0.5], 3.0, 3.0),
        (facts(BORDER, Action.SEIZURE, tier=2, one_party=True), [2.0, 0.25, -0.5], 1.75, 2.0),
        (replace(ZAWIYA, flow="partly"), [1.5, 0.5, 0.25], 2.25, 2.5),
        (replace(ZAWIYA, flow="resumed", reversed_within_day=True), [1.5, 0.5, -0.5], 1.5, 1.5),
    ],
    ids=[
        "al-tum",
        "retaken",
        "ras-ajdir",
        "es-sider",
        "gate-27",
        "gate-27-retaken",
        "isseyin",
        "zawiya",
        "zawiya-calm",
    ],
)
def test_worked_examples(given: SeverityFacts, terms: list[float], raw: float, value: float) -> None:
    severity = TABLE.score(given)
    assert [term.value for term in severity.terms] == terms
    assert (severity.raw, severity.value) == (raw, value)


@st.composite
def any_facts(draw: st.DrawFn) -> SeverityFacts:
    flags = [field.name for field in fields(SeverityFacts) if field.type == "bool"]
    return SeverityFacts(
        incident_class=draw(st.sampled_from(IncidentClass)),
        actions=draw(st.frozensets(st.sampled_from(Action), min_size=1)),
        killed=draw(st.none() | st.integers(0, 500)),
        harmed=draw(st.integers(0, 500)),
        tier=draw(st.none() | st.sampled_from([1, 2])),
        km_to_capital=draw(st.none() | st.floats(0, 300)),
        flow=draw(st.sampled_from([None, "stopped", "partly", "resumed"])),
        sites=draw(st.integers(1, 9)),
        **{name: draw(st.booleans()) for name in flags},
    )


@given(any_facts())
def test_severity_is_the_sum_of_its_shown_terms(given: SeverityFacts) -> None:
    severity = TABLE.score(given)
    assert severity.raw == sum(term.value for term in severity.terms)
    assert severity.value == min(max(math.floor(2 * severity.raw + 0.5) / 2, 0.5), 5.0)
    assert all(term.value and term.why for term in severity.terms)
    assert severity.terms[0].name == "base"


@given(any_facts(), st.integers(0, 400))
def test_more_dead_never_lower_the_score(given: SeverityFacts, more: int) -> None:
    assert TABLE.score(replace(given, killed=(given.killed or 0) + more)).value >= TABLE.score(given).value


def test_the_asset_counts_at_sites_and_the_distance_at_capitals_only() -> None:
    assert [term.name for term in TABLE.score(facts(CAPITAL, Action.ADVANCE, tier=1, km_to_capital=5)).terms] == [
        "base",
        "proximity",
    ]
    assert [term.name for term in TABLE.score(facts(OIL, Action.ATTACK, tier=1, km_to_capital=5)).terms] == [
        "base",
        "asset",
    ]


@pytest.mark.parametrize(
    ("low", "value"), [(None, 0), (0, 0), (1, 0.25), (4, 0.25), (5, 0.5), (19, 0.5), (20, 1), (99, 1), (100, 1.5)]
)
def test_breakpoints_of_the_dead(low: int | None, value: float) -> None:
    assert TABLE.score(facts(OIL, Action.ATTACK, killed=low)).raw == 1.5 + value


@pytest.mark.parametrize(("km", "value"), [(0, 1), (10, 1), (10.1, 0.75), (30, 0.75), (60, 0.5), (100, 0.25), (101, 0)])
def test_breakpoints_of_the_distance(km: float, value: float) -> None:
    assert TABLE.score(facts(CAPITAL, Action.ADVANCE, km_to_capital=km)).raw == 1.5 + value


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("version: 1", "version: 2", "version: must be 1"),
        ("version: 1\n", "", "version: is missing"),
        ("version: 1", "version: 1\ncolour: red", "colour: unknown key"),
        ("    siege: 2.0\n", "", "base.actions.siege: is missing"),
        ("    siege: 2.0", "    siege: 2.0\n    raid: 1", "base.actions.raid: unknown key"),
        ("    siege: 2.0", "    siege: high", "base.actions.siege: must be a number, not 'high'"),
        ("    siege: 2.0", "    siege: true", "base.actions.siege: must be a number, not True"),
        ("    siege: 2.0", "    siege: .nan", "base.actions.siege: must be a number, not nan"),
        ("    siege: 2.0", "    siege: -1", "base.actions.siege: must lie between 0 and 5, not -1"),
        ("    siege: 2.0", "    siege: 2.0\n    siege: 1.0", "the key 'siege' is used twice"),
        ("{from: 20, add: 1.0}", "{from: 5, add: 1.0}", "deaths[3].from: must be larger"),
        ("{from: 20, add: 1.0}", "{above: 20, add: 1.0}", "deaths[3].from: is missing"),
        ("{from: 20, add: 1.0}", "twenty", "deaths[3]: must be a mapping"),
        ("{one_party: 0.5, disputed: 0.25}", "[]", "doubt: must be a mapping"),
        ("{lowest: 0.5, highest: 5.0}", "{lowest: 5.0, highest: 0.5}", "bounds: lowest must not lie above highest"),
        ("reversal: 0.5", "reversal: [", "severity.yaml:"),
        ("reversal: 0.5", "reversal: 0.5\n? [a, b]\n: 1", "unhashable key"),
    ],
)
def test_faults_are_told_with_file_and_key(tmp_path: Path, old: str, new: str, fault: str) -> None:
    text = SOURCE.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path = tmp_path / "severity.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        SeverityTable.load(path)
    assert fault in str(caught.value)
    assert str(path) in str(caught.value)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = SOURCE.read_text(encoding="utf-8").replace("siege: 2.0", "siege: x").replace("reversal: 0.5", "reversal: x")
    (tmp_path / "severity.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        SeverityTable.load(tmp_path / "severity.yaml")
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    "content", [b"", b"- 1\n", b"\xff\xfe\xff", b"a: *nowhere\n", b"a: !!python/object:os.system {}\n"]
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "severity.yaml"
    path.write_bytes(content)
    with pytest.raises(DataError):
        SeverityTable.load(path)
    with pytest.raises(DataError, match="cannot be read"):
        SeverityTable.load(tmp_path / "missing.yaml")
