"""The measurements can be run again by anybody."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from alertsvc.detect.detector import Detector
from benchmarks import digests, filing, reading
from benchmarks.articles import make_articles
from benchmarks.seeded import MIXES, seeded_articles

ROOT = Path(__file__).resolve().parent.parent
STAGES = ("clean", "language", "sentences", "mentions", "dates and casualties", "rules", "fields", "classifier")


def test_made_articles_are_the_same_again_and_of_one_size() -> None:
    made = make_articles(40, incidents=0.5)
    assert made == make_articles(40, incidents=0.5)
    assert made != make_articles(40, incidents=0.5, seed=2)
    assert {item.language for item in made} == {"en", "fr", "ar"}
    assert all(3000 <= len(f"{item.title} {item.text}".encode()) < 3400 for item in made)
    assert not any("{" in item.text or "}" in item.title for item in made)


def test_seeded_articles_are_the_same_again_and_as_long_as_is_said() -> None:
    news, worst = seeded_articles(100), seeded_articles(40, "worst")
    assert news == seeded_articles(100)
    assert news != seeded_articles(100, seed=2)
    assert {item.language for item in news} == {"en", "fr", "ar"}
    sizes = [len(f"{item.title} {item.text}".encode()) for item in (*news, *worst)]
    assert min(sizes) >= 3000
    assert sum(sizes) / len(sizes) < 3200


def test_the_mixes_differ_in_how_many_articles_speak_of_a_subject() -> None:
    detector = Detector.load()
    share = {}
    for mix in MIXES:
        made = seeded_articles(40, mix)
        found = [detector.detect(item.title, item.text, published=item.published) for item in made]
        share[mix] = sum(any(decision.sentences for decision in item.decisions) for item in found) / len(found)
    assert share["worst"] == 1
    assert 0.2 < share["news"] < 0.6


def test_every_stage_and_the_whole_are_timed(capsys: pytest.CaptureFixture[str]) -> None:
    reading.main(["--articles", "30", "--incidents", "0.5", "--runs", "1", "--no-processes", "--mix", "made"])
    lines = capsys.readouterr().out.splitlines()
    figures = {line[:24].strip(): line[24:].split() for line in lines[3:-1]}
    assert lines[-1].startswith("recall of heldout.jsonl, gate on: 0.9")
    assert lines[-1].endswith("lost: 0.0000")
    assert all(float(figures[stage][0]) > 0 for stage in STAGES)
    rest = sum(float(figures[stage][0]) for stage in STAGES if stage != "classifier")
    assert float(figures["all but the classifier"][0]) == pytest.approx(rest, abs=0.01)
    assert float(figures["classifier, no gate"][0]) > float(figures["classifier"][0])
    assert "articles/s" not in " ".join(figures)


def test_the_gate_changes_no_detection() -> None:
    made = make_articles(30, incidents=0.7)
    reading._start(True)
    gated, spent, memory = reading._work(made)
    assert gated > 1
    assert spent > 0
    assert memory > 10 * 2**20
    try:
        reading._start(False)
        assert reading._work(made)[0] == gated
    finally:
        reading._gate(True)
        reading._loaded.clear()


def test_it_runs_as_a_command_on_a_file_and_in_processes(tmp_path: Path) -> None:
    record = {
        "id": "1",
        "title": "A quiet day",
        "text": "Nothing happened in the town. " * 20,
        "published": "2026-02-02",
    }
    file = tmp_path / "saved.jsonl"
    file.write_text(json.dumps(record) + "\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.reading", "--runs", "1", str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,  # the detector is loaded five times, beside whatever else the machine does
    )
    lines = done.stdout.splitlines()
    assert "1 articles of 611 characters, 0 detections" in lines[1]
    speeds = [line for line in lines if line.startswith("articles/s")]
    assert [line.split(":")[1].split(",")[0].strip() for line in speeds] == ["1", "1", "2", "2"]
    told = [[float(part.split()[0]) for part in line.split(": ")[2].split(", ")] for line in speeds]
    assert all(len(figures) == 3 and min(figures) > 0 for figures in told)


def test_a_stream_of_reports_is_filed_and_judged(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    filing.run(500, 20, 50, seed=3, url=f"sqlite:///{tmp_path / 'a.db'}")
    told = capsys.readouterr().out
    assert "500 articles" in told
    assert "50 incidents open before the stream" in told
    assert "0 incidents hold reports of several events; 0 of 20 events are split" in told
    assert "B-cubed precision 1.0000, recall 1.0000" in told


def test_the_stream_is_the_same_again() -> None:
    one, other, another = (filing.Stream(seed, 20, 5).stream(300, 20) for seed in (1, 1, 2))
    assert one == other
    assert one != another
    assert sum(item.copy for item in one) > 40


def test_digests_are_written_for_all_and_timed(tmp_path: Path) -> None:
    spent = digests.run(30, 4, 12, f"sqlite:///{tmp_path / 'a.db'}")
    assert set(spent) == {"first", "idle", "due", "edition"}
    assert all(seconds > 0 for seconds in spent.values())
