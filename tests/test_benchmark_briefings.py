"""The measurement of briefings can be run again by anybody."""

from __future__ import annotations

import pytest

from benchmarks import briefings


def test_made_incidents_are_the_same_again() -> None:
    made = briefings.make_incidents(20)
    assert made == briefings.make_incidents(20)
    assert made != briefings.make_incidents(20, seed=2)
    assert len({item.public_id for item in made}) == 20
    assert len({item.incident_class for item in made}) == 3


def test_every_kind_and_step_is_timed(capsys: pytest.CaptureFixture[str]) -> None:
    briefings.main(["--incidents", "5", "--runs", "1", "--profile"])
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("fixed loop: ")
    rows = {line.split()[0]: [float(value) for value in line.split()[1:]] for line in out[3:7]}
    assert set(rows) == {"flash", "daily", "brief", "weekly"}
    assert all(len(values) == 6 and all(value >= 0 for value in values) and values[0] > 0 for values in rows.values())
    assert any("compose_daily" in line for line in out)
