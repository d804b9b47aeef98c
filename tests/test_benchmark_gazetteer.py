from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from alertsvc.resources import data_dir
from benchmarks.gazetteer import counted

FOLDER = data_dir("rules") / "gazetteer"


def test_the_figures_of_the_page_are_those_of_the_files() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    wrong = [
        pair for pair in zip(page.splitlines(), counted(page, FOLDER).splitlines(), strict=True) if pair[0] != pair[1]
    ]
    assert wrong == [], "python -m benchmarks.gazetteer --write"


def test_a_row_more_changes_every_figure_that_it_is_in(tmp_path: Path) -> None:
    folder = tmp_path / "gazetteer"
    shutil.copytree(FOLDER, folder)
    page = (folder / "README.md").read_text(encoding="utf-8")
    before = counted(page, folder)
    with (folder / "capital_approaches.csv").open("a", encoding="utf-8") as stream:
        stream.write("xx-new,New Town,Newcapital,LY,1,1,1,New Town,,,approx,town\n")
    after = counted(page, folder)
    changed = [(old, new) for old, new in zip(before.splitlines(), after.splitlines(), strict=True) if old != new]
    assert [old[:12] for old, _ in changed] == ["| `capital_a", "| `capital_a", "- **Approach", "- **Language"]
    assert counted(after, folder) == after


def test_a_source_that_the_page_does_not_know_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "gazetteer"
    shutil.copytree(FOLDER, folder)
    with (folder / "crossings.csv").open("a", encoding="utf-8") as stream:
        stream.write("xx-new,New Post,LY-TN,33,11,New Post,,,somebody said so\n")
    with pytest.raises(ValueError, match="'somebody said so' is no source"):
        counted((folder / "README.md").read_text(encoding="utf-8"), folder)
