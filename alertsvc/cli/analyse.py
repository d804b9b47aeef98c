"""Commands that read and judge: detect, explain, train, evaluate, rules."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from alertsvc.cli import rules
from alertsvc.cli.common import ConfigOption, JsonOption, emit, fail, load, progress, stdout, table
from alertsvc.cli.evaluation import evaluate
from alertsvc.cli.problems import tell_problems

__all__ = ["register"]

Files = Annotated[list[Path], typer.Argument(help="Saved articles (.jsonl) or feeds (.xml).", exists=True)]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(detect)
    app.command()(explain)
    app.command()(train)
    app.command()(evaluate)
    app.add_typer(rules.app, name="rules")


def detect(
    files: Files,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the lines to this file.")] = None,
    config: ConfigOption = None,
) -> None:
    """Detect and file saved articles on a throw-away store; one JSON line for each article."""
    from alertsvc.offline import detect_saved
    from alertsvc.saved import load_saved

    settings = load(config)
    articles, problems = load_saved(files)
    errors = 0
    stream = output.open("w", encoding="utf-8") if output else sys.stdout
    try:
        with progress("detecting", quiet=output is None and sys.stdout.isatty()) as show:
            for record in detect_saved(articles, settings, show):
                errors += "error" in record
                stream.write(json.dumps(record, ensure_ascii=False) + "\n")
    finally:
        if output:
            stream.close()
    tell_problems(problems)
    if problems or errors:
        lost = f"{len(problems)} records or files were no articles, {errors} articles could not be read"
        raise fail(f"{lost}; {len(articles) - errors} were read")


def explain(
    what: Annotated[
        str,
        typer.Argument(help="A file (.txt, .html, .json, .jsonl, .xml), a web address, or a stored article's id."),
    ],
    config: ConfigOption = None,
    published: Annotated[str | None, typer.Option(help="Day of publication, YYYY-MM-DD, for a text or a page.")] = None,
    json_output: JsonOption = False,
) -> None:
    """Show why an article is or is not taken to report an incident, and which words it was read from."""
    from alertsvc.cli.subject import subjects
    from alertsvc.detect.batch import detector
    from alertsvc.explain import as_data
    from alertsvc.explain_text import as_text
    from alertsvc.offline import detector_settings

    settings = load(config)
    asked = subjects(what, published, settings)
    reader = detector(detector_settings(settings))
    explained = []
    for item in asked:
        result = reader.detect(item.title, item.text, published=item.published, language=item.language)
        data = {"article": item.name, **as_data(result, reader)}
        if item.stored is not None:
            data["stored"] = item.stored.as_data(result.detections)
        explained.append(data)
    read = [data for data in explained if data["supported"]]
    if json_output:
        emit(explained[0] if len(explained) == 1 else explained)
    elif read:
        stdout().print("\n".join(as_text(data) for data in explained), markup=False, end="")
    if not read:
        found = ", ".join(sorted({data["language"] or "unknown" for data in explained}))
        raise fail(f"{what}: language {found} is not one that is read: {', '.join(reader.languages)}")


def train(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Training text; else the shipped seeds/train_*.jsonl.", exists=True)
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Folder of the model; else detect.model_dir, else classifiers/."),
    ] = None,
    config: ConfigOption = None,
    json_output: JsonOption = False,
) -> None:
    """Train the classifier and say how it does on countries that it has not seen."""
    from alertsvc.detect.detector import load_reader
    from alertsvc.detect.judging import train as fit_and_save
    from alertsvc.detect.rules import RuleSet
    from alertsvc.resources import data_dir, layered_files

    settings = load(config)
    paths = files or sorted(data_dir("seeds").glob("train_*.jsonl"))
    folder = output or settings.detect.model_dir or data_dir("classifiers")
    reader = load_reader(settings.detect.rules_dir)
    classes = layered_files("rules", "classes/*.yaml", settings.detect.rules_dir)
    rules = RuleSet.load(classes, reader.lexicon.concepts)
    with progress("training", quiet=json_output) as show:
        report = fit_and_save(reader, rules, paths, folder, show)
    if json_output:
        emit(
            {
                "passages": report.passages,
                "sentences": report.sentences,
                "features": report.features,
                "sha256": report.digest,
                "held_out_countries": report.scores,
                "held_out_articles": report.articles,
            }
        )
        return
    stdout().print(
        f"Trained on {report.passages} passages, {report.sentences} sentences; {report.features} features.\n"
        f"Model {report.digest[:12]} written to {folder}.",
        markup=False,
    )
    for title, scores in (
        ("Sentence by sentence on held-out countries", report.scores),
        ("Article by article on held-out countries", report.articles),
    ):
        table(
            title,
            ("", "precision", "recall", "F1"),
            [(name, *(f"{score[key]:.3f}" for key in ("precision", "recall", "f1"))) for name, score in scores.items()],
            "nothing to score",
        )
