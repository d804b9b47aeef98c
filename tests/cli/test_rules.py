"""The commands on the analysts' rules."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from alertsvc.clock import ManualClock
from alertsvc.detect.detector import Detector
from alertsvc.resources import data_dir
from alertsvc.store import Store
from tests.cli.support import alertsvc, feed_table, write_config
from tests.test_rulebook import VETO, put
from tests.test_rulediff import read_all
from tests.web.support import NOW

OWN = '[detect]\nrules_dir = "rules"\n'
NOTE = "- {en: It is far., fr: C'est loin., ar: المكان بعيد., as_of: 2020-01, source: company report}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    own = tmp_path / "rules"
    (own / "classes").mkdir(parents=True)
    return own


def write(folder: Path, tree: dict[str, Any]) -> Path:
    path = folder / "classes" / "oil_facility.yaml"
    plain = json.loads(json.dumps({"class": "oil_facility", "extends": True} | tree))  # nothing shared
    path.write_text(yaml.safe_dump(plain, sort_keys=False), "utf-8")
    return path


def test_check_of_shipped_rules(tmp_path: Path):
    config = write_config(tmp_path)
    result = alertsvc("rules", "check", "-c", config)
    assert (result.code, result.err) == (0, "")
    assert result.out.endswith("nothing is wrong\n")
    data = alertsvc("rules", "check", "--json", "-c", config).data
    assert (data["ok"], data["faults"]) == (True, [])
    assert f"{data['rules']} rules, {data['concepts']} concepts, {data['gazetteer_entries']} gaz" in result.out
    assert min(data["rules"], data["concepts"], data["gazetteer_entries"], data["context_notes"]) > 30


def test_check_tells_every_fault_of_every_file_with_its_line(tmp_path: Path, folder: Path):
    path = write(folder, {"rules": [VETO | {"when": {"words": ["("]}, "weight": 9}], "remove": ["sport"]})
    (folder / "lexicon.yaml").write_text("SEIZE:\n  en: [a]\n  fr: ['b ~']\n", encoding="utf-8")
    (folder / "gazetteer").mkdir()
    (folder / "gazetteer" / "agencies.csv").write_text("id,name\nafp,AFP\nafp,AFP\n", encoding="utf-8")
    severity = (data_dir("rules") / "severity.yaml").read_text(encoding="utf-8")
    (folder / "severity.yaml").write_text(severity.replace("reversal: 0.5", "reversal: often"), encoding="utf-8")
    (folder / "outlets.csv").write_text("domain\n", encoding="utf-8")
    (folder / "context").mkdir()
    (folder / "context" / "own.yaml").write_text("ly-sharara:\n- en: It is far.\n", encoding="utf-8")
    config = write_config(tmp_path, OWN)
    result = alertsvc("rules", "check", "--json", "-c", config)
    assert result.code == 1
    assert result.data["ok"] is False
    found = {(item["file"], item["key"]): item for item in result.data["faults"]}
    assert len(found) == len(result.data["faults"])
    assert set(found) == {
        ("lexicon.yaml", "SEIZE.fr"),
        ("agencies.csv", None),
        ("oil_facility.yaml", "rules.not-oil.when.words.0"),
        ("oil_facility.yaml", "rules.not-oil.weight"),
        ("severity.yaml", "reversal"),
        ("outlets.csv", None),
        *(("own.yaml", f"ly-sharara.0.{key}") for key in ("fr", "ar", "as_of", "source")),
    }
    lines = path.read_text(encoding="utf-8").splitlines()
    assert "weight: 9" in lines[found["oil_facility.yaml", "rules.not-oil.weight"]["line"] - 1]
    assert found["lexicon.yaml", "SEIZE.fr"]["line"] == 3
    assert found["agencies.csv", None]["line"] == 3
    assert found["severity.yaml", "reversal"]["line"] == len(severity.splitlines())
    told = alertsvc("rules", "check", "-c", config)
    assert told.code == 1
    assert len(told.out.splitlines()) == len(found)
    assert "lexicon.yaml:3: SEIZE.fr: 'b ~': a phrase begins and ends with a word" in told.out.splitlines()


def test_check_tells_the_column_of_a_fault_of_the_gazetteer(tmp_path: Path, folder: Path):
    shutil.copytree(data_dir("rules") / "gazetteer", folder / "gazetteer")
    crossings = folder / "gazetteer" / "crossings.csv"
    line = len(crossings.read_text(encoding="utf-8").splitlines()) + 1
    with crossings.open("a", encoding="utf-8") as stream:
        stream.write('dz-ly-x,X Post,DZ-LY,27.5,-170,the,,,own\ndz-ly-y,"Y Post,DZ-LY,27.5,9.5,,,,own\n')
        stream.write("dz-ly-z,Z Post,DZ-LY,27.5,9.5,,,,own\n")
    data = alertsvc("rules", "check", "--json", "-c", write_config(tmp_path, OWN)).data
    assert [(fault["file"], fault["line"], fault["key"]) for fault in data["faults"]] == [
        ("crossings.csv", line, "lat, lon"),
        ("crossings.csv", line, "aliases_en"),
        ("crossings.csv", line + 1, "name"),
    ]


def test_check_holds_notes_against_the_gazetteer(tmp_path: Path, folder: Path):
    (folder / "context").mkdir()
    (folder / "context" / "own.yaml").write_text("ly-nosuch: []\nly-nowhere:\n" + NOTE, encoding="utf-8")
    result = alertsvc("rules", "check", "-c", write_config(tmp_path, OWN))
    assert (result.code, result.out) == (1, "own.yaml:2: ly-nowhere: there is no such id in the gazetteer\n")


@pytest.mark.parametrize(
    ("command", "code"), [(("check",), 1), (("gazetteer", "find", "Tripoli"), 2), (("test",), 2), (("diff",), 2)]
)
def test_rules_that_cannot_be_used_end_every_command(tmp_path: Path, folder: Path, command: tuple[str, ...], code: int):
    """For `check` they are what it looked for, for the others data that they cannot work with."""
    write(folder, {"remove": ["nosuch"]})
    (folder / "lexicon.yaml").write_text("x: [", encoding="utf-8")
    config = write_config(tmp_path, OWN)
    result = alertsvc("rules", *command, "-c", config)
    assert result.code == code
    assert "lexicon.yaml" in result.out + result.err


def test_check_without_its_folder(tmp_path: Path):
    result = alertsvc("rules", "check", "-c", write_config(tmp_path, OWN))
    assert result.code == 2
    assert result.err.endswith("rules: no such folder\n")


def test_a_service_does_not_start_on_broken_rules(tmp_path: Path, folder: Path):
    write(folder, {"remove": ["nosuch", "none"]})
    config = write_config(tmp_path, OWN + feed_table("a", "http://127.0.0.1:1/rss"))
    result = alertsvc("run", "--once", "-c", config)
    assert result.code == 2
    assert result.err.splitlines()[-2:] == [
        "alertsvc: oil_facility.yaml:4: remove.0: there is no rule 'nosuch' below",
        "alertsvc: oil_facility.yaml:5: remove.1: there is no rule 'none' below",
    ]


def test_examples(tmp_path: Path, folder: Path):
    config = write_config(tmp_path, OWN)
    result = alertsvc("rules", "test", "-c", config)
    assert result.code == 0
    assert result.out.endswith("; 0 wrong\n")
    assert len(result.out.splitlines()) == 1

    good = VETO | {
        "veto": False,
        "scope": "sentence",
        "weight": 1.0,
        "when": {"any": ["OIL_WORD"], "classifier": {"min": 0.01}},
    }
    examples = {"match": {"en": ["Gunmen left."]}, "no_match": {"en": ["Gunmen seized the Sarir oilfield."]}}
    write(folder, {"rules": [good, good | {"id": "wrong", "examples": examples}]})
    result = alertsvc("rules", "test", "-c", config)
    assert result.code == 1
    assert result.out.splitlines()[:2] == [
        "WRONG oil_facility: wrong: does not match 'Gunmen left.' (en)",
        "WRONG oil_facility: wrong: matches 'Gunmen seized the Sarir oilfield.' (en)",
    ]
    data = alertsvc("rules", "test", "--json", "-c", config).data
    assert data["rules"] > 30
    assert [
        (item["class"], item["rule"], item["language"], item["text"], item["wanted"]) for item in data["wrong"]
    ] == [
        ("oil_facility", "wrong", "en", "Gunmen left.", True),
        ("oil_facility", "wrong", "en", "Gunmen seized the Sarir oilfield.", False),
    ]
    one = alertsvc("rules", "test", "not-oil", "-c", config)
    assert (one.code, one.out.splitlines()) == (
        0,
        [
            "ok    oil_facility: not-oil: matches 'Gunmen seized the Sarir oilfield.' (en)",
            "ok    oil_facility: not-oil: does not match 'Gunmen left.' (en)",
            "1 rules, 2 examples; 0 wrong",
        ],
    )


def test_examples_of_one_rule(tmp_path: Path):
    config = write_config(tmp_path)
    assert alertsvc("rules", "test", "taken", "--json", "-c", config).data["rules"] == 2
    assert alertsvc("rules", "test", "oil_facility/taken", "--json", "-c", config).data["rules"] == 1
    unknown = alertsvc("rules", "test", "oil_facility/closed", "-c", config)
    assert (unknown.code, unknown.err) == (2, "alertsvc: no rule is called oil_facility/closed\n")


def test_schema_is_the_one_beside_the_document():
    result = alertsvc("rules", "schema")
    assert result.code == 0
    assert result.data["$schema"].startswith("https://json-schema.org/")
    stored = data_dir("rules").parent / "docs" / "rules.schema.json"
    if stored.exists():
        assert result.out == stored.read_text(encoding="utf-8"), "alertsvc rules schema > docs/rules.schema.json"


def test_gazetteer_find(tmp_path: Path):
    config = write_config(tmp_path)
    (found,) = alertsvc("rules", "gazetteer", "find", "Ras Jedir", "--json", "-c", config).data
    assert (found["kind"], found["name"], found["country"]) == ("crossing", "Ras Ajdir", "LY-TN")
    assert "Ras Ajdir" in alertsvc("rules", "gazetteer", "find", "رأس جدير", "-c", config).out
    unknown = alertsvc("rules", "gazetteer", "find", "Nowhere", "-c", config)
    assert (unknown.code, unknown.out) == (1, "nothing is called Nowhere\n")


@pytest.mark.parametrize(
    "name", ["Ras\u200b Jedir", "<b>Ras</b> Jedir", "\ufead\ufe83\ufeb1 \ufe9f\ufeaa\ufef3\ufeae", "  RAS JÉDIR "]
)
def test_gazetteer_find_reads_a_name_as_a_text_is_read(tmp_path: Path, name: str):
    (found,) = alertsvc("rules", "gazetteer", "find", name, "--json", "-c", write_config(tmp_path)).data
    assert found["name"] == "Ras Ajdir"


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("", 2, "alertsvc: give a name, with a letter in it"),
        (" -\u200b", 2, "alertsvc: give a name, with a letter in it"),
        ("\udcff", 2, "alertsvc: give a name, with a letter in it"),
        ("[/] x", 1, "nothing is called [/] x"),
        ("\x1b]0;x\x07y", 1, "nothing is called ]0;x y"),
        ("x" * 100_000, 1, "nothing is called xxx"),
    ],
)
def test_gazetteer_find_of_what_is_no_name(tmp_path: Path, name: str, code: int, told: str):
    result = alertsvc("rules", "gazetteer", "find", name, "-c", write_config(tmp_path))
    assert result.code == code
    assert (result.out + result.err).startswith(told)
    assert len(result.out + result.err) < 1000


@pytest.mark.parametrize(
    "since", ["", "7", "-1d", "99999999999d", "999999w", "2026-02-30", "1e9d", "\udcff", "2026-01-01T00+99:00"]
)
def test_diff_since_a_time_that_is_none(tmp_path: Path, since: str):
    result = alertsvc("rules", "diff", f"--since={since}", "-c", write_config(tmp_path))
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("alertsvc: --since: give a time back such as 7d")


@pytest.mark.parametrize("rule", ["", "[", "\udcff", "border_crossing/", "/taken", "x" * 100_000])
def test_examples_of_what_is_no_rule(tmp_path: Path, rule: str):
    result = alertsvc("rules", "test", rule, "-c", write_config(tmp_path))
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("alertsvc: no rule is called ")
    assert len(result.err) < 150


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A configuration whose store holds two articles as our rules decide them."""
    config = write_config(tmp_path)
    (tmp_path / "var").mkdir()
    clock = ManualClock(NOW)
    with Store.open(f"sqlite:///{tmp_path}/var/alertsvc.db") as store:
        put(store, clock, 0)
        clock.advance(timedelta(hours=1))
        put(store, clock, 1)
        read_all(store, Detector.load(), clock)
    return config


def test_diff_of_what_nobody_changed(stored: Path):
    result = alertsvc("rules", "diff", "--since", "2026-01-01", "-c", stored)
    assert (result.code, result.err) == (0, "")
    assert result.out == "2 articles decided again: 0 appear, 0 disappear, 0 changed\n"
    assert alertsvc("rules", "diff", "-c", write_config(stored.parent), "--since", "2999-01-01").out.startswith("0 art")


def test_diff_with_other_rules(stored: Path, folder: Path):
    write(folder, {"rules": [VETO | {"when": {"words": ["sarir"]}}], "actions": only_attacks()})
    words = ("rules", "diff", "--since", "2026-01-01", "--with", folder, "-c", stored)
    before = (stored.parent / "var" / "alertsvc.db").read_bytes()
    result = alertsvc(*words)
    assert result.code == 0, result.err
    lines = result.out.splitlines()
    assert lines[0].endswith("a  Gunmen seize Sarir oilfield in Libya")
    assert lines[1] == "  disappears  oil_facility: seizure at Sarir (LY)"
    assert lines[2].endswith("a  Gunmen seize Sharara oilfield in Libya")
    assert lines[3].startswith("  changed     oil_facility: seizure at El Sharara (LY): action seizure -> ")
    assert lines[4:] == ["2 articles decided again: 0 appear, 1 disappear, 1 changed"]
    data = alertsvc(*words, "--json").data
    assert (data["articles"], data["appears"], data["disappears"], data["changed"], data["errors"]) == (2, 0, 1, 1, 0)
    gone, other = data["differing"]
    assert (gone["title"], gone["disappears"][0]["action"]) == ("Gunmen seize Sarir oilfield in Libya", "seizure")
    assert other["changed"][0]["fields"]["action"]["stored"] == "seizure"
    assert (stored.parent / "var" / "alertsvc.db").read_bytes() == before


def only_attacks() -> dict[str, dict[str, float]]:
    """The actions of oil sites, a seizure turned into an attack."""
    tree = yaml.safe_load((data_dir("rules") / "classes" / "oil_facility.yaml").read_text(encoding="utf-8"))
    actions: dict[str, dict[str, float]] = tree["actions"]
    return actions | {"seizure": {"SPORT": 0.1}, "attack": {"SEIZE": 9.0}}


def test_diff_neither_makes_nor_upgrades_a_database(tmp_path: Path):
    result = alertsvc("rules", "diff", "-c", write_config(tmp_path))
    assert result.code == 1
    assert not (tmp_path / "var").exists()
    wrong = alertsvc("rules", "diff", "--since", "soon", "-c", write_config(tmp_path))
    assert (wrong.code, wrong.err.startswith("alertsvc: --since: give a time back")) == (2, True)
    assert alertsvc("rules", "diff", "--with", tmp_path / "none", "-c", write_config(tmp_path)).code == 2


def test_copies_of_our_files_are_as_good_as_ours(tmp_path: Path, folder: Path):
    for name in ("lexicon.yaml", "junk.yaml", "severity.yaml"):
        shutil.copy(data_dir("rules") / name, folder)
    shutil.copytree(data_dir("rules") / "classes", folder / "classes", dirs_exist_ok=True)
    own = alertsvc("rules", "check", "--json", "-c", write_config(tmp_path, OWN)).data
    assert own == alertsvc("rules", "check", "--json", "-c", write_config(tmp_path)).data
    assert json.dumps(own)
