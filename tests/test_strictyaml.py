from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.detect.rules import RuleSet
from alertsvc.errors import DataError
from alertsvc.resources import layered_files
from alertsvc.strictyaml import MOST_BYTES, StrictYamlError, read_strictly

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
)


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"a: 1\nb: 2\na: 3\n", 3, "'a' is used twice"),
        (b"rules: &r [*r]\n", 1, r"\*r: names for parts"),
        (BOMB.encode(), 2, r"\*a0: names for parts"),
        (b"a: 1\nb: caf\xe9\n", 2, "byte 0xE9, 'é' in Windows-1252 and Latin-1; save it as UTF-8"),
        ("a: 1\n".encode("utf-16"), 1, "is UTF-16 and not UTF-8"),
        ("a: 1\n".encode("utf-32"), 1, "is UTF-32 and not UTF-8"),
        (b"a: 1\nb: x\x00y\n", 2, "NUL character, which no text has"),
        (b"a: 1\nb: x\x01y\n", 2, "the character 1, which no text has"),
        (b"a: [1\nb: 2\n", 2, "expected"),
        (b"a: 1\nb: !!python/object:os.system x\n", 2, "could not determine a constructor"),
        (b"a: 1\nday: 2026-02-30\n", 2, "'2026-02-30': day is out of range"),
        (b"a:\n" + b"- " * 20_000, 2, "nested too deeply"),
        ("a: café\n".encode("utf-16-le"), 1, "is UTF-16 and not UTF-8"),
        ("a: بوابة، معبر\n".encode("utf-16-be"), 1, "is UTF-16 and not UTF-8"),
        (b"PK\x03\x04\x14\x00", 1, "a zip archive, as .xlsx"),
        (b"", 1, "the file is empty"),
        (b" \n\n", 1, "the file is empty"),
        (b"# nothing yet\n", 1, "the file is empty"),
        (b"a: 1\rb: 2\r\nc: [\r\n", 4, "expected the node content"),
        ("a: \u2028\nb: ]\n".encode(), 2, "expected the node content"),
        (b"a: 1\nb: !!int ''\n", 2, "not a value of its type"),
        (b"a: 1\nb: !!bool x\n", 2, "'x': not a value of its type"),
        (b"a: 1\nb: !!timestamp x\n", 2, "'x': not a value of its type"),
        (b"a: 1\nb: " + b"9" * 5000, 2, "Exceeds the limit"),
        (b"a: !!map x\n", 1, "expected a mapping node"),
        (b'a: 1\nb: "x\\0y"\n', 2, r"control character U\+0000"),
        (b'a: 1\n"\\ud800": 2\n', 2, r"control character U\+D800"),
        (b"#" * (MOST_BYTES + 1), None, "larger than"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, content: bytes, line: int | None, message: str) -> None:
    path = tmp_path / "file.yaml"
    path.write_bytes(content)
    with pytest.raises(StrictYamlError, match=message) as told:
        read_strictly(path)
    assert told.value.line == line


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(StrictYamlError, match="No such file"):
        read_strictly(tmp_path / "none.yaml")


LETTERS = "abc éم:#-*&!"
VALUES = st.recursive(st.none() | st.integers() | st.text(LETTERS, max_size=8), lambda item: st.lists(item, max_size=4))


@given(VALUES)
def test_plain_values_come_back(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    path = tmp_path_factory.mktemp("yaml") / "file.yaml"
    path.write_text(yaml.dump({"value": value}, Dumper=_Plain, allow_unicode=True), encoding="utf-8")
    assert read_strictly(path) == {"value": value}


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_a_fault(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("yaml") / "file.yaml"
    path.write_bytes(content)
    fault = _fault_of(path)
    lines = content.count(b"\n") + content.count(b"\r") + 1
    assert fault is None or fault.message
    assert fault is None or fault.line is None or 1 <= fault.line <= lines


def _fault_of(path: Path) -> StrictYamlError | None:
    try:
        read_strictly(path)
    except StrictYamlError as fault:
        return fault
    return None


RULE = """\
class: border_crossing
extends: true
rules:
  - id: own
    why: A rule of our own.
    when: {when}
    {more}
    examples: {{match: {{en: ["Gunmen stormed the Dorra border crossing."]}}, no_match: {{en: ["It rained."]}}}}
"""


@pytest.mark.parametrize(
    ("when", "more", "fault"),
    [
        ("{}", "weight: 1", r"border_crossing.yaml:6: rules.own.when: .*every sentence would match"),
        ("{all: [ATTACK]}", "weight: yes", r"border_crossing.yaml:7: rules.own.weight: must be a number"),
        ("{all: [ATTACK]}", "weight: 1\n    scope: article", r"border_crossing.yaml:8: rules.own.scope: only a veto"),
    ],
)
def test_rules_that_would_do_harm_are_refused(tmp_path: Path, when: str, more: str, fault: str) -> None:
    own = tmp_path / "classes"
    own.mkdir()
    (own / "border_crossing.yaml").write_text(RULE.format(when=when, more=more), encoding="utf-8")
    with pytest.raises(DataError, match=fault):
        RuleSet.load(layered_files("rules", "classes/*.yaml", tmp_path), {"ATTACK"})
