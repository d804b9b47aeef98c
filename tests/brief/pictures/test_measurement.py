"""The measurement of pictures can be run again by anybody."""

from __future__ import annotations

import pytest

from benchmarks import pictures


def test_every_part_is_timed(capsys: pytest.CaptureFixture[str]) -> None:
    pictures.main(["--incidents", "4", "--runs", "1"])
    printed = [line.rsplit(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    lines = {what.strip(): figure for what, figure in printed}
    for part in ("incident map on a kept ground", "gauge", "trend", "share bar", "rendering with pictures"):
        assert float(lines[f"{part}, ms"]) > 0
    assert lines["pictures kept of those described"] == "3/3"
