"""Where the data that ships with the service lies: in the wheel, or beside the package in a source checkout."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

__all__ = ["data_dir", "layered_files"]


def data_dir(name: str) -> Path:
    """Return the folder of shipped data called `name`: `rules`, `classifiers` or `seeds`.

    Raises:
        FileNotFoundError: the installation is broken and carries no such folder.
    """
    package = Path(str(resources.files("alertsvc")))
    for candidate in (package / "_data" / name, package.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"this installation of alertsvc carries no {name}/ folder")


def layered_files(name: str, pattern: str, over: Path | None = None) -> list[Path]:
    """List the shipped files of `name` that match `pattern`, an operator's file of the same path in place of ours.

    Files that only the operator has come along too. Sorted by relative path.
    """
    found: dict[str, Path] = {}
    for base in (data_dir(name), over):
        if base is not None:
            for path in base.glob(pattern):
                if path.is_file():
                    found[path.relative_to(base).as_posix()] = path
    return [found[key] for key in sorted(found)]
