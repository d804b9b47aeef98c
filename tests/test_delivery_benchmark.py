"""The measurements of delivery can be run again by anybody."""

from __future__ import annotations

import re

import pytest

from benchmarks import delivery


def test_every_part_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    delivery.main(["--mails", "6", "--runs", "1", "--rows", "60"])
    told = capsys.readouterr().out
    assert [line.split(":")[0] for line in told.splitlines() if line.startswith("mail server")] == [
        "mail server, plain",
        "mail server, STARTTLS",
    ]
    assert len(re.findall(r" [\d.]+ times", told)) == 11
    assert "0 claimed twice, 0 missed" in told


def test_the_outbox_of_postgresql(postgres: object, store_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    delivery.outbox_speed(60, 1, store_url)
    assert "0 claimed twice, 0 missed" in capsys.readouterr().out
