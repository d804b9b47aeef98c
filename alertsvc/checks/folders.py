"""Whether a folder can be written to."""

from __future__ import annotations

import tempfile
from pathlib import Path

__all__ = ["cannot_write"]


def cannot_write(folder: Path) -> str | None:
    """Return why no file can be made in a folder that may yet have to be made itself; None where one can.

    A file without a name is made in the nearest folder that exists, and is gone at once: permissions alone would not
    tell of a disk that is full or mounted for reading.
    """
    existing = folder
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if not existing.is_dir():
        return f"{existing} is not a folder"
    try:
        with tempfile.TemporaryFile(dir=existing) as file:
            file.write(b"x")
            file.flush()
    except OSError as error:
        return f"{existing}: {error.strerror or type(error).__name__}"
    return None
