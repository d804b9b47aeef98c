"""The documents against the code: nothing that exists is missing there, and what they tell to do works."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args
from urllib.parse import unquote

import pytest
import typer
import yaml
from pydantic import BaseModel

from alertsvc.brief.context import load_notes, note_layers
from alertsvc.cli import analyse, data, manage, run
from alertsvc.clock import ManualClock
from alertsvc.configuration import load_settings
from alertsvc.detect import rules as rule_language
from alertsvc.detect.detector import Detector, load_reader
from alertsvc.domain import Action, IncidentClass
from alertsvc.notebook import check_notes
from alertsvc.resources import data_dir
from alertsvc.settings import FeedSettings, Settings, SubscriberSettings
from alertsvc.store import Store
from alertsvc.web.metrics import StoreCollector
from alertsvc.web.pages import Pages

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(
    path
    for folder in ("", "docs", "classifiers", "rules", "rules/gazetteer", "seeds", "seeds/feeds")
    for path in (ROOT / folder).glob("*.md")
)
LISTS: dict[str, type[BaseModel]] = {"feeds": FeedSettings, "subscribers": SubscriberSettings}
SECRETS = {"mail.smtp.password", "web.link_key", "web.link_key_before"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Every key that holds a value, by its path."""
    for name, info in model.model_fields.items():
        inner = info.annotation
        if prefix + name in LISTS:
            yield from keys(LISTS[name], f"{name}.")
        elif isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from keys(inner, f"{prefix}{name}.")
        else:
            yield prefix + name


def variable(key: str) -> str:
    return "ALERTSVC_" + key.upper().replace(".", "__")


@pytest.mark.parametrize("key", list(keys(Settings)))
def test_every_setting_is_described(key):
    text = read("docs/configuration.md")
    assert f"| `{key}` |" in text
    section, _, _ = key.partition(".")
    name = f"ALERTSVC_{section.upper()}" if section in LISTS else variable(key)
    assert f"`{name}`" in text
    if key in SECRETS:
        assert f"`{name}_FILE`" in text


def test_no_setting_is_described_that_does_not_exist():
    described = re.findall(r"^\| `([a-z_.]+)` \|", read("docs/configuration.md"), re.M)
    assert sorted(described) == sorted(keys(Settings))


def example_sections() -> dict[str, str]:
    """The example's text by section, comments and all; a commented table counts as one."""
    sections: dict[str, str] = {}
    name = ""
    for line in read("config.example.toml").splitlines():
        header = re.match(r"#? ?\[\[?([a-z.]+)\]\]?\s*$", line)
        name = header[1] if header else name
        if line.startswith("# --- feeds"):
            name = "feeds"
        sections[name] = sections.get(name, "") + line + "\n"
    return sections


@pytest.mark.parametrize("key", list(keys(Settings)))
def test_every_setting_is_in_the_example(key):
    section, _, name = key.rpartition(".")
    assert re.search(rf"(?<![\w-]){name}(?![\w-])", example_sections().get(section, "")), f"{name} under {section}"


def test_the_example_is_valid_and_shows_the_defaults():
    settings = load_settings(ROOT / "config.example.toml", {})
    assert settings.demonstration.enabled
    plain = Settings()
    for section in ("collect", "detect", "track", "slack", "deliver", "log", "service"):
        assert getattr(settings, section) == getattr(plain, section), section


def blocks(name: str) -> list[str]:
    """The indented blocks of a document, their indent taken off."""
    found: list[list[str]] = [[]]
    for line in read(name).splitlines():
        if line.startswith("    "):
            found[-1].append(line[4:])
        elif found[-1] and line.strip():
            found.append([])
        elif found[-1]:
            found[-1].append("")
    return ["\n".join(lines).strip() + "\n" for lines in found if lines]


@pytest.mark.parametrize(
    "block", [b for b in blocks("README.md") if re.match(r"\[\[?[a-z.]+\]\]?\n", b)], ids=lambda b: b.splitlines()[0]
)
def test_configuration_in_the_readme_is_valid(block, tmp_path):
    toml = block.partition("export ")[0]
    assert tomllib.loads(toml)
    path = tmp_path / "config.toml"
    path.write_text(toml, encoding="utf-8")
    password = tmp_path / "password"
    password.write_text("x\n", encoding="utf-8")
    environ = {"ALERTSVC_MAIL__SMTP__PASSWORD_FILE": str(password)} if "username" in toml else {}
    load_settings(path, environ)


def concepts() -> list[str]:
    return list(yaml.safe_load((data_dir("rules") / "lexicon.yaml").read_text(encoding="utf-8")))


def test_every_concept_is_described():
    text = read("docs/rules.md")
    missing = [name for name in concepts() if not re.search(rf"(?<!\w){name}(?!\w)", text)]
    assert not missing


def test_every_mark_class_and_action_is_described():
    text = read("docs/rules.md")
    tenses = get_args(rule_language.Tense)
    names = [*rule_language.KINDS, *rule_language.CIRCUMSTANCES, *IncidentClass, *Action, *tenses]
    names += get_args(rule_language.Position)
    assert not [name for name in names if f"`{name}`" not in text]


@pytest.mark.parametrize(
    "model",
    [
        rule_language.ClassRules,
        rule_language.ClassOverlay,
        rule_language.Rule,
        rule_language.Condition,
        rule_language.Prevails,
    ],
)
def test_every_key_of_a_rule_is_described(model):
    text = read("docs/rules.md")
    for name, info in model.model_fields.items():
        assert f"`{info.alias or name}`" in text, name


def test_every_key_within_a_condition_and_examples_is_described():
    text = read("docs/rules.md")
    for name in (*rule_language.Near.model_fields, *rule_language.Examples.model_fields):
        assert re.search(rf"`{name}(: \w+)?`", text), name
    for model in (rule_language.AtMost, rule_language.Between):
        for name in model.model_fields:
            assert re.search(rf"`{{[^`]*{name}: [\d.]+[^`]*}}`", text), name


def detector(folder: Path | None) -> Detector:
    return Detector.load(folder)


def test_the_worked_example_of_a_rule_works(tmp_path):
    """An operator's concept and rule, copied out of the document, silence the article that it shows."""
    found = blocks("docs/rules.md")
    article = next(block for block in found if block.startswith("Bees attack"))
    concept = next(block for block in found if block.startswith("INSECTS:"))
    rule = next(block for block in found if "id: insects" in block)
    title, _, text = article.partition("\n")
    assert [item.action for item in detector(None).detect(title, text, published=None).detections] == [Action.ATTACK]

    (tmp_path / "classes").mkdir()
    shutil.copy(data_dir("rules") / "lexicon.yaml", tmp_path)
    with (tmp_path / "lexicon.yaml").open("a", encoding="utf-8") as stream:
        stream.write("\n" + concept)
    (tmp_path / "classes" / "border_crossing.yaml").write_text(rule, encoding="utf-8")
    own = detector(tmp_path)
    assert not own.detect(title, text, published=None).detections
    assert not own.rules.run_examples(own.reader)


@pytest.mark.parametrize(
    "block",
    [b for b in blocks("docs/rules.md") if re.match(r"class: \w+\nextends: true\n(?!rules:\n  - id: insects)", b)],
)
def test_every_overlay_in_the_document_works(block, tmp_path):
    (tmp_path / "classes").mkdir()
    (tmp_path / "classes" / f"{block.split()[1]}.yaml").write_text(block, encoding="utf-8")
    own = detector(tmp_path)
    ids = re.findall(r"- id: (\S+)", block)
    run = [example for example in own.rules.examples(own.reader, own.model) if example.rule in ids]
    assert {example.rule for example in run} == set(ids)
    assert not [str(example) for example in run if example.wrong]


def test_the_note_in_the_document_works_and_ours_are_counted(tmp_path):
    (block,) = [found for found in blocks("docs/rules.md") if found.startswith("ly-mellitah:")]
    (tmp_path / "context").mkdir()
    (tmp_path / "context" / "own.yaml").write_text(block, encoding="utf-8")
    known = set(load_reader(None).gazetteer.entries)
    assert check_notes(tmp_path, known, date(2026, 1, 1))[1] == []
    keys = [key.startswith("country:") for key in load_notes(note_layers()).topics]
    told = f"about {round(keys.count(False), -1)} sites and capitals and {keys.count(True)} countries"
    assert told in " ".join(read("docs/rules.md").split())


def commands() -> dict[str, Any]:
    """Every command by its full name, without the name of the program."""
    app = typer.Typer()
    for part in (run, analyse, manage, data):
        part.register(app)
    found: dict[str, Any] = {}

    def walk(command: Any, name: str) -> None:
        inner = getattr(command, "commands", None)
        if inner is None:
            found[name] = command
            return
        for word, child in inner.items():
            walk(child, f"{name} {word}".strip())

    walk(typer.main.get_command(app), "")
    return found


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_and_option_is_described(name):
    section = re.search(r"^## Commands$(.*?)^## ", read("docs/operations.md"), re.M | re.S)
    assert section
    row = re.search(rf"^\| `{name}( [^`]*)?` \|.*$", section[1], re.M)
    assert row, name
    for option in commands()[name].params:
        for word in option.opts:
            if word.startswith("--") and word not in ("--config", "--help"):
                assert f"`{word}" in row[0], f"{name} {word}"


def test_the_readme_names_every_command():
    table = re.search(r"^## Commands$(.*?)^## ", read("README.md"), re.M | re.S)
    assert table
    missing = [name for name in commands() if not re.search(rf"(?<!\w){name.split()[-1]}(?!\w)", table[1])]
    assert not missing


def test_every_metric_is_described(tmp_path):
    text = read("docs/operations.md")
    now = datetime(2026, 2, 1, 12, tzinfo=UTC)
    with Store.open(f"sqlite:///{tmp_path}/alertsvc.db") as store:
        pages = Pages(store, ManualClock(now), "alertsvc", "0", 900.0, lambda: now, demonstration=False)
        metrics = list(StoreCollector(pages).collect())
    names = {f"{metric.name}_info" if metric.type == "info" else metric.name for metric in metrics}
    assert len(names) > 10
    assert set(re.findall(r"^\| `(alertsvc_\w+)` \|", text, re.M)) == names


def test_every_dependency_is_justified():
    project = tomllib.loads(read("pyproject.toml"))
    groups = project["dependency-groups"]
    wanted = {
        re.split(r"[\[<>=;~! ]", item)[0].lower()
        for item in (*project["project"]["dependencies"], *groups["dev"], *groups["build"])
    }
    cells = re.findall(r"^\| ([^|]+?) \|", read("docs/dependencies.md"), re.M)
    rows = {re.split(r"[ ,]", cell)[0].lower() for cell in cells}
    assert not wanted - rows


def anchor(heading: str) -> str:
    """The name that a heading can be linked by, as the usual readers of Markdown make it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            assert target.startswith("https://"), target
            continue
        name, _, fragment = unquote(target).partition("#")
        other = (path.parent / name).resolve() if name else path
        assert other.exists(), target
        assert other.is_relative_to(ROOT), target
        if fragment:
            headings = re.findall(r"^#+ (.+)$", other.read_text(encoding="utf-8"), re.M)
            assert fragment in {anchor(heading) for heading in headings}, target


def test_the_card_is_that_of_the_model():
    manifest = json.loads((data_dir("classifiers") / "manifest.json").read_text(encoding="utf-8"))
    card = read("classifiers/MODEL_CARD.md")
    assert manifest["sha256"] in card, "write it anew: make card"
    for number in ("features", "passages", "sentences"):
        assert f"{manifest[number]:,}" in card, number
    for row in manifest["held_out_articles"].values():
        assert f"{row['f1']:.3f} (" in card


def test_counts_of_training_text_are_right():
    card = read("classifiers/MODEL_CARD.md")
    for code, name in (("en", "English"), ("fr", "French"), ("ar", "Arabic")):
        passages = [
            json.loads(line)
            for path in sorted(data_dir("seeds").glob(f"train_{code}*.jsonl"))
            for line in path.read_text(encoding="utf-8").split("\n")
            if line.strip()
        ]
        told = [[bool(sentence["labels"]) for sentence in passage["sentences"]] for passage in passages]
        row = (len(told), sum(len(t) > 2 for t in told), sum(map(any, told)), sum(map(len, told)), sum(map(sum, told)))
        assert f"| {name} | {' | '.join(f'{number:,}' for number in row)} |" in card


def test_figures_of_the_readme_are_those_of_the_model():
    manifest = json.loads((data_dir("classifiers") / "manifest.json").read_text(encoding="utf-8"))
    figures = " | ".join(f"{manifest['held_out_articles']['all'][part]:.3f}" for part in ("precision", "recall", "f1"))
    assert f"| {figures} |" in read("README.md")


def text_files() -> list[Path]:
    """The files of the project, as far as they are text: those that git knows, else those of a source archive."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
        paths = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        folders = ("alertsvc", "rules", "classifiers", "seeds", "tests", "docs")
        paths = [path for folder in folders for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:4096]]


# Written apart, so that this file does not name them itself.
REGISTRIES = ("pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "--index" + "-url", "index" + "_url =")
MACHINE = re.compile(r"(?<![\w.*:/<-])/(?:home|Users|root|work|workspace|mnt)/\w")


def test_no_file_names_a_registry_or_a_path_of_one_machine():
    wrong = []
    for path in text_files():
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if any(name in line for name in REGISTRIES) or MACHINE.search(line):
                wrong.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert not wrong
