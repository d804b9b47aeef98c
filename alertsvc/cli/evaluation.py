"""The command that measures: folds of the training text, labelled articles, floors, checks of the text, the card."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from alertsvc.cli.common import ConfigOption, JsonOption, emit, fail, load, progress, stderr, stdout, table

__all__ = ["evaluate"]


def evaluate(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Only these labelled articles (.jsonl), or folders of them; else what is held out.", exists=True
        ),
    ] = None,
    corpus: Annotated[
        list[Path] | None,
        typer.Option("--corpus", help="Labelled articles to score too, besides what is held out.", exists=True),
    ] = None,
    gate: Annotated[bool, typer.Option("--gate", help="Fail where a score is below its floor.")] = False,
    card: Annotated[bool, typer.Option("--card", help="Measure everything and write the model card.")] = False,
    text: Annotated[bool, typer.Option("--text", help="Only check the training text itself.")] = False,
    config: ConfigOption = None,
    errors: Annotated[int, typer.Option(min=0, help="Also list up to so many wrong decisions.")] = 0,
    json_output: JsonOption = False,
) -> None:
    """Score detection on what it was not trained on, or on labelled articles of your own."""
    from alertsvc.measure.gate import missed, read_floors
    from alertsvc.measure.held import score_labelled
    from alertsvc.measure.whole import figures, measure
    from alertsvc.resources import data_dir

    if (files and (corpus or gate or card or text)) or (text and (corpus or gate or card)):
        raise fail("files, --text, and --corpus, --gate and --card do not go together", code=2)
    settings = load(config)
    seeds = sorted(data_dir("seeds").glob("train_*.jsonl"))
    if text:
        _check_text(seeds, json_output=json_output)
        return
    with progress("evaluating", quiet=json_output and not card) as show:
        if files:
            data: dict[str, Any] = score_labelled(files, settings, show, errors=errors)
        else:
            data = measure(seeds, settings, show, corpus=corpus or (), card=card, errors=errors)
    faults: list[str] = []
    if gate:
        floors = read_floors(data_dir("classifiers") / "floors.json")
        here = {name: value for name, value in floors.items() if name != "share" and (name != "corpus" or corpus)}
        faults = missed(here, figures(data))
        data["missed"] = faults
    if json_output:
        emit(data)
    elif files:
        _labelled("labelled articles", data)
    else:
        _folds(data)
        for name in ("heldout", "founding", "corpus"):
            if name in data:
                _labelled(name, data[name])
    if card:
        from alertsvc.measure.card import write_card

        for path in write_card(data, data_dir("classifiers")):
            stderr().print(f"Written: {path}", markup=False)
    if gate and not faults and not json_output:
        stdout().print("Every floor is held.", markup=False)
    for fault in faults:
        stderr().print(f"below its floor: {fault}", markup=False)
    if faults:
        raise fail(f"{len(faults)} scores are worse than their floors in classifiers/floors.json")


def _folds(data: dict[str, Any]) -> None:
    for key, title in (
        ("articles", "Articles of countries held out"),
        ("batches", "Articles of batches held out"),
        ("sentences", "Single sentences of countries held out"),
    ):
        _scores(title, data[key])
    stdout().print(f"Calibration error (ECE) of articles: {data['calibration']['ece']:.3f}\n", markup=False)


def _labelled(name: str, data: dict[str, Any]) -> None:
    _scores(f"{name}: {data['articles']} articles", data["scores"])
    lines = [
        f"False alarms per 1,000 clean articles: {_figure(data['false_alarms_per_1000_clean'])} of {data['clean']}"
    ]
    lines += [f"Field {name}: {item['agree']} of {item['of']}" for name, item in data["fields"].items()]
    lines.append(f"Rows beyond the labelled incidents: {data['rows_beyond']['extra']} of {data['rows_beyond']['of']}")
    if data["filing"]:
        lines.append("Filing (B-cubed): " + ", ".join(f"{name} {value:.3f}" for name, value in data["filing"].items()))
    stdout().print("\n".join([*lines, *data["errors"]]) + "\n", markup=False)


def _scores(title: str, scores: dict[str, dict[str, Any]]) -> None:
    rows = [
        (
            name,
            *(_figure(row[key]) for key in ("precision", "recall", "f1")),
            _bounds(row.get("f1_95")),
            row["tp"],
            row["fp"],
            row["fn"],
        )
        for name, row in scores.items()
        if row["tp"] + row["fp"] + row["fn"]
    ]
    table(title, ("", "precision", "recall", "F1", "95 %", "tp", "fp", "fn"), rows, f"{title}: nothing to score")


def _check_text(paths: list[Path], *, json_output: bool) -> None:
    from alertsvc.detect.passages import read_passages
    from alertsvc.measure.text import check_text

    found = check_text(read_passages(paths))
    if json_output:
        emit(found)
        return
    table(
        "Records that share more than a tenth of their runs of five words",
        ("", "", "share"),
        [(item["one"], item["other"], f"{item['share']:.3f}") for item in found["near_duplicates"]],
        "No near-duplicates.",
    )
    table(
        "Sentences or beginnings in more than 1 % of the records of a language",
        ("", "frame", "records"),
        [(item["language"], item["frame"], item["records"]) for item in found["frames"]],
        "No frames.",
    )
    table(
        "Told by fewer than 15 records",
        ("", "class", "action", "records"),
        [(item["language"], item["class"], item["action"], item["passages"]) for item in found["shortfalls"]],
        "Every action of a class is told by 15 records in each language.",
    )
    kinds = sorted({kind for row in found["kinds"].values() for kind in row})
    table(
        "Records by kind",
        ("", *found["kinds"]),
        [(kind, *(row.get(kind, 0) for row in found["kinds"].values())) for kind in kinds],
        "No records.",
    )


def _figure(value: Any) -> str:
    return "-" if value is None else f"{value:.3f}"


def _bounds(value: Any) -> str:
    return f"{value[0]:.3f}-{value[1]:.3f}" if value else ""
