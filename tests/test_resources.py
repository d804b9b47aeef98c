from __future__ import annotations

from pathlib import Path

import pytest

from alertsvc.resources import data_dir, layered_files


@pytest.mark.parametrize("name", ["rules", "classifiers", "seeds"])
def test_shipped_folders_are_there(name: str) -> None:
    assert data_dir(name).is_dir()
    assert any(data_dir(name).iterdir())


def test_a_broken_installation_is_told() -> None:
    with pytest.raises(FileNotFoundError, match="carries no nothing/ folder"):
        data_dir("nothing")


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of its own with `_data/rules` and, beside it, `seeds`, as in a wheel and in a checkout."""
    package = tmp_path / "site" / "alertsvc"
    for folder in (package / "_data" / "rules", package.parent / "rules", package.parent / "seeds"):
        folder.mkdir(parents=True)
    monkeypatch.setattr("importlib.resources.files", lambda _: package)
    return package


def test_the_wheels_data_goes_before_the_checkouts(shipped: Path) -> None:
    assert data_dir("rules") == shipped / "_data" / "rules"
    assert data_dir("seeds") == shipped.parent / "seeds"


def test_an_operators_files_lie_over_ours_by_path(shipped: Path, tmp_path: Path) -> None:
    ours, theirs = data_dir("rules"), tmp_path / "own"
    for base, names in (
        (ours, ("a.yaml", "classes/b.yaml", "classes/c.yaml")),
        (theirs, ("classes/b.yaml", "classes/d.yaml")),
    ):
        for name in names:
            (base / name).parent.mkdir(parents=True, exist_ok=True)
            (base / name).write_text(name)
    (theirs / "classes" / "e.yaml").mkdir()
    assert layered_files("rules", "classes/*.yaml", theirs) == [
        theirs / "classes" / "b.yaml",
        ours / "classes" / "c.yaml",
        theirs / "classes" / "d.yaml",
    ]
    assert layered_files("rules", "*.yaml", theirs) == [ours / "a.yaml"]
    assert layered_files("rules", "*.csv") == []


def test_an_operators_folder_need_not_exist(shipped: Path, tmp_path: Path) -> None:
    (data_dir("rules") / "a.yaml").touch()
    assert layered_files("rules", "*.yaml", tmp_path / "absent") == [data_dir("rules") / "a.yaml"]
