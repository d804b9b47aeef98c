"""Everything measured on a small share of the text, and the card that is written of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from alertsvc.detect.passages import Passage, writer_of
from alertsvc.measure import whole
from alertsvc.measure.card import model_card, readme_figures, write_card
from alertsvc.measure.places import continent_of
from alertsvc.resources import data_dir
from alertsvc.settings import Settings


@pytest.fixture(scope="module")
def steps() -> list[str]:
    return []


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, steps: list[str]) -> Any:
    lines: list[str] = []
    for language in ("en", "fr", "ar"):
        text = (data_dir("seeds") / f"train_{language}_articles.jsonl").read_text(encoding="utf-8")
        lines += text.rstrip("\n").split("\n")[::36]
    path = tmp_path_factory.mktemp("text") / "some.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    founding = data_dir("seeds") / "founding.jsonl"
    return whole.measure([path], Settings(), lambda step, _done, _of: steps.append(step), corpus=[founding], card=True)


def test_everything_is_measured_and_is_plain_data(data: Any, steps: list[str]) -> None:
    assert json.loads(json.dumps(data)) == data
    assert [row["share"] for row in data["curve"]] == [25, 50, 75, 100]
    assert (
        data["curve"][0]["articles"]
        < data["curve"][-1]["articles"]
        == data["data"]["languages"]["en"]["passages"]
        + data["data"]["languages"]["fr"]["passages"]
        + data["data"]["languages"]["ar"]["passages"]
    )
    named = {row["name"]: row["f1"] for row in data["ablations"]}
    assert len(named) == 8
    assert named["everything"] == max(row["f1"] for row in data["curve"][-1:])
    keyword = next(value for name, value in named.items() if name.startswith("keyword"))
    assert keyword < named["everything"]
    for name, points in data["operating"].items():
        assert points["flash"]["cut"] >= points["threshold"]["cut"], name
        assert points["flash"]["recall"] <= points["threshold"]["recall"]
        assert points["best"]["f1"] >= points["threshold"]["f1"]
    assert data["speed"]["articles_a_second"] > 0
    assert {"reading", "heldout", "founding", "corpus", "folds by country", "folds by batch"} <= set(steps)


def test_floors_can_be_set_for_what_is_measured(data: Any) -> None:
    figures = whole.figures(data)
    assert figures["founding"]["all"]["f1"] == figures["corpus"]["all"]["f1"] == 1.0
    assert set(figures["heldout"]["fields"]) == {"place", "country", "date", "action", "killed"}
    assert figures["text"]["frames"] >= 0


def test_the_card_tells_every_figure(data: Any) -> None:
    card = model_card(data)
    assert data["model"]["sha256"] in card
    assert re.findall(r"^#+ .*$", card, re.M)[0] == "# Model card"
    for title in ("Calibration", "What each part is worth", "Learning curve", "Rare incidents", "Speed"):
        assert f"### {title}\n" in card
    for row in data["ablations"]:
        assert f"| {row['name']} | {row['precision']:.3f} | {row['recall']:.3f} | {row['f1']:.3f} (" in card
    assert f"{data['articles']['all']['f1']:.3f} (" in card
    assert "{" not in card
    assert "None" not in card
    assert max(len(line) for line in card.splitlines() if not line.startswith("|")) < 900
    for line in card.splitlines():
        assert line == line.rstrip()


def test_the_card_and_the_figures_of_the_readme_are_written(data: Any, tmp_path: Path) -> None:
    folder = tmp_path / "classifiers"
    folder.mkdir()
    assert write_card(data, folder) == [folder / "MODEL_CARD.md"]
    assert (folder / "MODEL_CARD.md").read_text(encoding="utf-8") == model_card(data)
    readme = tmp_path / "README.md"
    readme.write_text("No marks.\n", encoding="utf-8")
    assert write_card(data, folder) == [folder / "MODEL_CARD.md"]
    begin, end = "<!-- figures: written by `alertsvc evaluate --card` -->", "<!-- end of figures -->"
    readme.write_text(f"Before.\n\n{begin}\nold\n{end}\n\nBehind.\n", encoding="utf-8")
    for _ in range(2):
        assert write_card(data, folder) == [folder / "MODEL_CARD.md", readme]
        wanted = f"Before.\n\n{begin}\n\n{readme_figures(data)}\n\n{end}\n\nBehind.\n"
        assert readme.read_text(encoding="utf-8") == wanted


def test_tables_of_the_card_are_even(data: Any) -> None:
    blocks = re.findall(r"(?:^\|.*\|$\n?)+", model_card(data), re.M)
    assert len(blocks) > 12
    for block in blocks:
        assert len({line.count("|") for line in block.strip().splitlines()}) == 1, block


@pytest.mark.parametrize(
    ("country", "continent"),
    [("LY-TN", "Africa"), ("IQ", "Asia"), ("VE-CO", "Americas"), ("UA", "Europe"), ("??", "elsewhere")],
)
def test_continents(country: str, continent: str) -> None:
    assert continent_of(country) == continent


def test_every_country_of_the_gazetteer_lies_somewhere() -> None:
    lines = (data_dir("rules") / "gazetteer" / "countries.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [line[:2] for line in lines if continent_of(line[:2]) == "elsewhere"] == []


def test_batches_of_one_hand_are_kept_together() -> None:
    def passage(batch: str, language: str = "en") -> Passage:
        return Passage(f"{language}-1", language, "LY", "incident", (("x", False, ()),), batch)

    assert writer_of(passage("en_3-a")) == writer_of(passage("en_3-d")) != writer_of(passage("en_4-a"))
    assert writer_of(passage("a")) != writer_of(passage("a", "fr"))
