"""Commands on the analysts' rules: check, test, diff, schema, gazetteer."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alertsvc.cli.common import ConfigOption, JsonOption, emit, fail, load, progress, stdout, table

if TYPE_CHECKING:
    from alertsvc.detect.rules import Fault
    from alertsvc.domain import Detection
    from alertsvc.rulediff import ArticleDiff
    from alertsvc.settings import Settings

__all__ = ["app"]

app = typer.Typer(help="The analysts' rules, the lexicon and the gazetteer.", no_args_is_help=True)
_gazetteer = typer.Typer(help="The gazetteer.", no_args_is_help=True)
app.add_typer(_gazetteer, name="gazetteer")


@app.command()
def check(config: ConfigOption = None, json_output: JsonOption = False) -> None:
    """Load everything under rules/ and tell each fault with file, line and key; exit status 1 where there is one."""
    settings = load(config)
    faults = _faults(settings)
    if json_output:
        told = [
            {"file": item.file, "line": item.line, "key": item.key or None, "message": item.message} for item in faults
        ]
        emit({"ok": not faults, "faults": told} | ({} if faults else _counts(settings)))
    elif not faults:
        counted = _counts(settings)
        stdout().print(
            f"{counted['rules']} rules, {counted['concepts']} concepts, {counted['gazetteer_entries']} gazetteer "
            f"entries, {counted['context_notes']} context notes; nothing is wrong"
        )
    for fault in () if json_output else faults:
        stdout().print(str(fault), markup=False)
    if faults:
        raise typer.Exit(1)


def _faults(settings: Settings) -> list[Fault]:
    """Return every fault of the operator's files and ours: what detection reads, severity table, outlets, context."""
    from alertsvc.clock import SystemClock
    from alertsvc.detect.detector import load_reader
    from alertsvc.detect.rules import located
    from alertsvc.detect.rules.trial import rule_problems
    from alertsvc.errors import DataError
    from alertsvc.notebook import check_notes
    from alertsvc.resources import data_dir, layered_files
    from alertsvc.track.outlets import Outlets
    from alertsvc.track.severity import SeverityTable

    own = settings.detect.rules_dir
    if own is not None and not own.is_dir():
        raise fail(f"detect.rules_dir: {own}: no such folder", 2)
    patterns = ("*.yaml", "classes/*.yaml")
    files = {path.name: path for pattern in patterns for path in layered_files("rules", pattern, own)}
    problems = rule_problems(own)
    try:
        SeverityTable.load(files["severity.yaml"])
    except DataError as error:
        problems += error.problems
    outlets = own / "outlets.csv" if own is not None else None
    try:
        Outlets.load(data_dir("rules") / "outlets.csv", outlets if outlets is not None and outlets.exists() else None)
    except DataError as error:
        problems += error.problems
    known: set[str] | None = None
    with contextlib.suppress(DataError):  # told above
        known = set(load_reader(own).gazetteer.entries)
    problems += check_notes(own, known, SystemClock().now().date())[1]
    return located(problems, files)


def _counts(settings: Settings) -> dict[str, int]:
    from alertsvc.clock import SystemClock
    from alertsvc.detect.detector import load_reader
    from alertsvc.detect.rules import class_layers, load_classes
    from alertsvc.notebook import check_notes

    own = settings.detect.rules_dir
    reader = load_reader(own)
    classes = load_classes(class_layers(own), reader.lexicon.concepts)
    return {
        "rules": sum(len(rules.rules) for rules in classes),
        "concepts": len(reader.lexicon.concepts),
        "gazetteer_entries": len(reader.gazetteer.entries),
        "context_notes": check_notes(own, None, SystemClock().now().date())[0],
    }


@app.command("test")
def run_examples(
    rule: Annotated[
        str | None, typer.Argument(help="Only this one, by its id or as class/id; else all of them.")
    ] = None,
    config: ConfigOption = None,
    json_output: JsonOption = False,
) -> None:
    """Run the examples of the rules; exit status 1 where one comes out wrong."""
    from alertsvc.brief.texts import clean
    from alertsvc.rulediff import detector_over

    ready = detector_over(load(config).detect, None)
    found = [
        example
        for example in ready.rules.examples(ready.reader, ready.model)
        if rule is None or rule in (example.rule, f"{example.incident_class}/{example.rule}")
    ]
    if rule is not None and not found:
        raise fail(f"no rule is called {clean(rule, 80)}", 2)
    wrong = [example for example in found if example.wrong]
    rules = len({(example.incident_class, example.rule) for example in found})
    if json_output:
        emit(
            {
                "rules": rules,
                "examples": len(found),
                "wrong": [
                    {
                        "class": item.incident_class.value,
                        "rule": item.rule,
                        "language": item.language,
                        "text": item.text,
                        "wanted": item.wanted,
                    }
                    for item in wrong
                ],
            }
        )
    else:
        for example in found if rule is not None else wrong:
            stdout().print(f"{'WRONG' if example.wrong else 'ok':6}{example}", markup=False)
        stdout().print(f"{rules} rules, {len(found)} examples; {len(wrong)} wrong")
    if wrong:
        raise typer.Exit(1)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a file of rules, for an editor that checks while one types."""
    from alertsvc.detect.rules import rules_schema

    sys.stdout.write(json.dumps(rules_schema(), ensure_ascii=False, indent=1) + "\n")


@app.command()
def diff(
    since: Annotated[
        str, typer.Option(help="Articles from this long ago (7d, 12h) or from this date on.", show_default=True)
    ] = "7d",
    over: Annotated[
        Path | None,
        typer.Option(
            "--with", help="Lay the files of this folder over the configured ones.", exists=True, file_okay=False
        ),
    ] = None,
    config: ConfigOption = None,
    json_output: JsonOption = False,
) -> None:
    """Decide stored articles again and show what would change. Nothing is written or sent."""
    from alertsvc.cli.times import read_since
    from alertsvc.clock import SystemClock
    from alertsvc.rulediff import detector_over, diff_articles
    from alertsvc.store import Store

    settings = load(config)
    now = SystemClock().now()
    start = read_since(since, now)
    assert start is not None
    ready = detector_over(settings.detect, over)
    with Store.open(settings.store.url, migrate=False) as store, progress("deciding", quiet=json_output) as show:
        found = diff_articles(store, ready, start, now, show)
    if json_output:
        emit(
            {
                "articles": found.articles,
                "appears": found.count("appears"),
                "disappears": found.count("disappears"),
                "changed": found.count("changed"),
                "errors": found.errors,
                "differing": [_as_data(item) for item in found.differing],
            }
        )
    else:
        for item in found.differing:
            stdout().print("\n".join(_as_lines(item)), markup=False)
        told = [f"{found.count(name)} {word}" for name, word in _WORDS.items()]
        if found.errors:
            told.append(f"{found.errors} cannot be read")
        stdout().print(f"{found.articles} articles decided again: {', '.join(told)}")


_WORDS = {"appears": "appear", "disappears": "disappear", "changed": "changed"}


def _what(detection: Detection) -> str:
    from alertsvc.brief.texts import clean

    place = clean(detection.place.name)
    where = f"{place} ({detection.place.country})" if detection.place.country else place
    return f"{detection.incident_class.value}: {detection.action.value} at {where}"


def _as_lines(item: ArticleDiff) -> list[str]:
    from alertsvc.brief.texts import clean
    from alertsvc.cli.times import exact

    article = item.article
    lines = [f"{exact(article.effective)}  {article.id}  {article.feed_id}  {clean(article.title)}"]
    lines += [f"  appears     {_what(found)}" for found in item.appears]
    lines += [f"  disappears  {_what(lost)}" for lost in item.disappears]
    for change in item.changed:
        told = ", ".join(f"{name} {_shown(was)} -> {_shown(now)}" for name, (was, now) in change.fields.items())
        lines.append(f"  changed     {_what(change.stored)}: {told}")
    if item.error is not None:
        lines.append(f"  cannot be read: {clean(item.error)}")
    return lines


def _shown(value: Any) -> str:
    from alertsvc.brief.texts import clean

    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else clean(str(value))


def _as_data(item: ArticleDiff) -> dict[str, Any]:
    from alertsvc.domain import to_json

    article = item.article
    return {
        "article": article.id,
        "feed": article.feed_id,
        "title": article.title,
        "published": article.effective.isoformat(),
        "appears": [to_json(found) for found in item.appears],
        "disappears": [to_json(lost) for lost in item.disappears],
        "changed": [
            {
                "class": change.stored.incident_class.value,
                "place": change.stored.place.name,
                "fields": {name: {"stored": was, "again": now} for name, (was, now) in change.fields.items()},
            }
            for change in item.changed
        ],
        "error": item.error,
    }


_LONGEST = 500  # characters of a name that are looked up


@_gazetteer.callback()
def _gazetteer_root() -> None:
    pass  # without it, a group of one command would be that command


@_gazetteer.command()
def find(
    name: Annotated[str, typer.Argument(help="A name in any spelling or script.")],
    config: ConfigOption = None,
    json_output: JsonOption = False,
) -> None:
    """Find what bears a name in the gazetteer."""
    from dataclasses import asdict

    from alertsvc.brief.texts import clean
    from alertsvc.detect.clean import mend
    from alertsvc.detect.detector import load_reader

    settings = load(config)
    asked = mend(name[:_LONGEST])
    if not any(map(str.isalnum, asked)):
        raise fail("give a name, with a letter in it", 2)
    gazetteer = load_reader(settings.detect.rules_dir).gazetteer
    found = gazetteer.named(asked) or gazetteer.named(name[:_LONGEST])
    if json_output:
        emit([asdict(entry) for entry in found])
        if not found:
            raise typer.Exit(1)
        return
    rows = [
        (entry.kind, entry.id, entry.name, entry.country, entry.latitude, entry.longitude, entry.km_to_capital)
        for entry in found
    ]
    columns = ("kind", "id", "name", "country", "lat", "lon", "km to capital")
    table("", columns, rows, f"nothing is called {clean(asked)}")
    if not found:
        raise typer.Exit(1)
