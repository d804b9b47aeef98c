"""The context notes in use: the last set that could be used, whatever an operator writes meanwhile."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from alertsvc import notebook
from alertsvc.brief.context import NO_NOTES
from alertsvc.errors import DataError
from alertsvc.notebook import check_notes, note_problems, notes_of

TODAY = date(2031, 5, 7)
NOTE = "- {{en: {}, fr: Oui., ar: نعم., as_of: 2020-01, source: company report}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "context").mkdir()
    return tmp_path


def write(folder: Path, text: str) -> None:
    path = folder / "context" / "own.yaml"
    path.unlink(missing_ok=True)  # another file each time, however coarse the clock of the file system is
    path.write_text(text, encoding="utf-8")


def said(folder: Path, key: str = "ly-gate") -> str | None:
    topic = notes_of(folder).topics.get(key)
    return None if topic is None else topic.notes[0].texts["en"]


def test_what_is_edited_is_taken_up_and_a_mistake_changes_nothing(folder: Path):
    write(folder, "ly-gate:\n" + NOTE.format("First."))
    assert (said(folder), note_problems(folder)) == ("First.", ())
    write(folder, "ly-gate:\n" + NOTE.format("Second.") + "- {en: Half.}\n")
    assert said(folder) == "First."
    assert note_problems(folder)[0] == "own.yaml:3: ly-gate.1.fr: is missing"
    assert said(folder, "ly-sharara") is not None
    write(folder, "ly-gate:\n" + NOTE.format("Third."))
    assert (said(folder), note_problems(folder)) == ("Third.", ())


def test_a_mistake_from_the_start_leaves_ours(folder: Path):
    write(folder, "ly-gate: [")
    assert said(folder) is None
    assert notes_of(folder).topics.keys() == notes_of(None).topics.keys()
    assert note_problems(folder)


def test_ours_can_be_taken_away_or_replaced(folder: Path):
    write(folder, "ly-sharara: []\nly-mellitah:\n" + NOTE.format("Other."))
    assert (said(folder, "ly-sharara"), said(folder, "ly-mellitah")) == (None, "Other.")


def test_nothing_is_told_where_ours_cannot_be_read_either(folder: Path, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> None:
        raise DataError(["borders.yaml: gone"])

    monkeypatch.setattr(notebook, "load_notes", broken)
    write(folder, "")
    assert notes_of(folder) is NO_NOTES
    assert note_problems(folder) == ("borders.yaml: gone",)


def test_a_check_counts_and_holds_keys_against_the_gazetteer(folder: Path):
    ours, problems = check_notes(None, None, TODAY)
    assert problems == []
    write(folder, "ly-gate:\n" + NOTE.format("It is.") + NOTE.format("It was."))
    assert check_notes(folder, {"ly-gate"}, TODAY) == (ours + 2, [])
    assert check_notes(folder, None, TODAY) == (ours + 2, [])
    unknown = ["own.yaml:1: ly-gate: there is no such id in the gazetteer"]
    assert check_notes(folder, {"ly-other"}, TODAY) == (ours + 2, unknown)
    assert check_notes(folder, {"ly-gate"}, date(2019, 1, 1))[0] == 0
