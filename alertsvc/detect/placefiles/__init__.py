"""The files of the gazetteer, read and checked: every fault is told with file, line and column, and costs no other row.

`tables` reads CSV, `entries` makes entries of rows, `naming` asks whether a name can be searched for, `territory`
whether a point lies where its row says, `references` whether the files fit one another.
"""

from __future__ import annotations

from alertsvc.detect.placefiles.entry import Entry
from alertsvc.detect.placefiles.reader import PlaceFiles, read_place_files

__all__ = ["Entry", "PlaceFiles", "read_place_files"]
