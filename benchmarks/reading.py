"""How fast articles are read: CPU time by stage, and articles a second with one and two processes.

    python -m benchmarks.reading [FILE ...] [--mix news|worst|made] [--articles 400] [--runs 5] [--incidents 0.05]

Without a FILE it reads articles of 3 kB and some thirty sentences that it makes up itself, in two mixes: `news`, as a
broad feed brings them, and `worst`, every one about sites from top to bottom; `benchmarks.seeded` says what they are
made of. `made` are those of `benchmarks.articles` alone, of which `--incidents` says how many report one. A FILE holds
saved articles (`.jsonl`) or a feed, as `alertsvc detect` takes them. Each figure is also told for 3,000 characters.

Times are CPU times of the process, the median of the runs. Articles a second are told by the clock and, since other
work on the machine slows the clock down, by CPU time: how many so many processes read of which each has a core for
itself. The first line times a fixed loop, by which two machines can be compared. What the gate costs in recall is told
of `seeds/heldout.jsonl`, which is not trained on.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from alertsvc.detect import decide as deciding
from alertsvc.detect import detector as detecting
from alertsvc.detect import reading as readings
from alertsvc.detect.clean import Cleaner
from alertsvc.detect.detector import Detector
from alertsvc.detect.model import Model, Scores
from alertsvc.detect.reading import Reader, Reading
from alertsvc.detect.scoring import ArticleScores
from alertsvc.domain import Detection, IncidentClass
from alertsvc.resources import data_dir
from benchmarks.articles import Made, make_articles
from benchmarks.seeded import MIXES, seeded_articles

_STAGES = (
    "clean",
    "language",
    "sentences",
    "mentions",
    "dates and casualties",
    "rules",
    "fields",
    "classifier",
)
_SIZE = 3000  # characters that figures are told for
_BATCH = 32  # articles that a process is handed at once
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes that the system counts memory in
_HELDOUT = "heldout.jsonl"


class Ungated(ArticleScores):
    """Scores that are worked out for every sentence, whatever depends on them."""

    def __init__(self, reading: Reading, model: Model, known: Mapping[int, Scores] | None = None) -> None:
        super().__init__(reading, model, known)
        self.prepare(range(len(reading.sentences)))


class Stopwatch:
    """CPU time by stage; what a stage calls of another stage counts for that one alone."""

    def __init__(self) -> None:
        self.spent = dict.fromkeys(_STAGES, 0)
        self._running: list[str] = []
        self._since = 0

    def around(self, stage: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that does what `call` does and is timed."""

        def timed(*args: Any, **more: Any) -> Any:
            self._switch()
            self._running.append(stage)
            try:
                return call(*args, **more)
            finally:
                self._switch()
                self._running.pop()

        return timed

    def _switch(self) -> None:
        now = time.process_time_ns()
        if self._running:
            self.spent[self._running[-1]] += now - self._since
        self._since = now


# Where the stages begin: what is called, in which module or class, and the stage.
_WHERE: tuple[tuple[Any, str, str], ...] = (
    (Cleaner, "clean", "clean"),
    (detecting, "identify", "language"),
    (readings, "split", "sentences"),
    (Reader, "read_sentences", "mentions"),
    (readings, "read_dates", "dates and casualties"),
    (readings, "read_casualties", "dates and casualties"),
    (detecting, "decide", "rules"),
    (Model, "score_sentences", "classifier"),
    (Detector, "_detection", "fields"),
)


def by_stage(detector: Detector, articles: Sequence[Made]) -> dict[str, float]:
    """Return the milliseconds that an article takes in each stage."""
    watch = Stopwatch()
    kept = [(owner, name, getattr(owner, name)) for owner, name, _ in _WHERE]
    try:
        for owner, name, stage in _WHERE:
            setattr(owner, name, watch.around(stage, getattr(owner, name)))
        _read(detector, articles)
    finally:
        for owner, name, was in kept:
            setattr(owner, name, was)
    return {stage: spent / 1e6 / len(articles) for stage, spent in watch.spent.items()}


def _read(detector: Detector, articles: Iterable[Made]) -> int:
    return sum(
        len(detector.detect(item.title, item.text, published=item.published, language=item.language).detections)
        for item in articles
    )


def whole(detector: Detector, articles: Sequence[Made], runs: int) -> float:
    """Return the milliseconds that an article takes from text to detections."""
    times = []
    for _ in range(runs):
        begin = time.process_time_ns()
        _read(detector, articles)
        times.append((time.process_time_ns() - begin) / 1e6 / len(articles))
    return statistics.median(times)


_loaded: list[Detector] = []


def _gate(on: bool) -> None:
    """Let only the sentences be scored that something depends on, or every one."""
    setattr(deciding, "ArticleScores", ArticleScores if on else Ungated)  # noqa: B010  no type checker would have it


def _start(gate: bool) -> None:
    _gate(gate)
    _loaded[:] = [Detector.load()]


def _work(articles: Sequence[Made]) -> tuple[int, float, int]:
    """Read these; return how many detections, the CPU seconds that it took, and the most memory so far, in bytes."""
    begin = time.process_time()
    found = _read(_loaded[0], articles)
    return found, time.process_time() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT


class Speed(NamedTuple):
    """Articles a second by the clock and by CPU time, and the memory of a process at its most, in bytes."""

    clock: float
    cpu: float
    memory: int


def in_processes(articles: Sequence[Made], count: int, runs: int, *, gate: bool) -> Speed:
    """Return how fast so many processes read articles; loading is not counted."""
    batches = [articles[start : start + _BATCH] for start in range(0, len(articles), _BATCH)]
    spawn = multiprocessing.get_context("spawn")
    clock, cpu, memory = [], [], 0
    with ProcessPoolExecutor(count, mp_context=spawn, initializer=_start, initargs=(gate,)) as pool:
        list(pool.map(_work, batches * 2))  # so that each has met the words
        for _ in range(runs):
            begin = time.perf_counter()
            done = list(pool.map(_work, batches))
            clock.append(len(articles) / (time.perf_counter() - begin))
            cpu.append(count * len(articles) / sum(spent for _, spent, _ in done))
            memory = max(memory, *(most for _, _, most in done))
    return Speed(statistics.median(clock), statistics.median(cpu), memory)


def gate_recall(detector: Detector, file: Path) -> tuple[float, float]:
    """Return the recall of labelled articles with the gate and without: of incidents, one an article and class."""
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
    true = [(number, label) for number, record in enumerate(records) for label in record["labels"]]
    told = []
    for on in (True, False):
        _gate(on)
        try:
            said = {
                (number, d.incident_class) for number, record in enumerate(records) for d in _said(detector, record)
            }
        finally:
            _gate(True)
        told.append(sum((number, IncidentClass(label)) in said for number, label in true) / len(true))
    return told[0], told[1]


def _said(detector: Detector, record: Mapping[str, Any]) -> tuple[Detection, ...]:
    published = date.fromisoformat(record["published"][:10]) if record.get("published") else None
    return detector.detect(record["title"], record["text"], published=published, language=record["lang"]).detections


def fixed_loop() -> float:
    """Return the milliseconds of CPU that a loop takes which is the same everywhere."""
    times = []
    for _ in range(5):
        begin = time.process_time_ns()
        table: dict[int, str] = {}
        for number in range(200_000):
            table[number & 1023] = str(number)
        times.append((time.process_time_ns() - begin) / 1e6)
    return statistics.median(times)


def _saved(files: Sequence[Path]) -> list[Made]:
    from alertsvc.saved import load_saved

    found, problems = load_saved(files)
    for problem in problems:
        print(problem, file=sys.stderr)
    return [
        Made(item.title, item.text, item.published.date() if item.published else None, item.language) for item in found
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--mix", choices=(*MIXES, "made"), action="append", help="of articles made up; news and worst")
    parser.add_argument("--articles", type=int, default=400, help="how many to make up")
    parser.add_argument("--incidents", type=float, default=0.05, help="with --mix made: the share that report one")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--no-processes", action="store_true", help="leave out articles a second")
    asked = parser.parse_args(arguments)
    print(f"fixed loop: {fixed_loop():.1f} ms; Python {sys.version.split()[0]}")
    detector = Detector.load()
    if asked.files:
        _measure(detector, "files", _saved(asked.files), asked)
        return
    for mix in asked.mix or MIXES:
        made = mix == "made"
        count = asked.articles
        articles = make_articles(count, incidents=asked.incidents) if made else seeded_articles(count, mix)
        _measure(detector, mix, articles, asked)
    gated, ungated = gate_recall(detector, data_dir("seeds") / _HELDOUT)
    print(f"recall of {_HELDOUT}, gate on: {gated:.4f}; gate off: {ungated:.4f}; lost: {ungated - gated:.4f}")


def _measure(detector: Detector, name: str, articles: Sequence[Made], asked: argparse.Namespace) -> None:
    """Print what reading these articles costs."""
    if not articles:
        sys.exit("no articles to read")
    size = sum(len(item.title) + len(item.text) for item in articles) / len(articles)
    begin = time.process_time()
    found = _read(detector, articles)
    first = (time.process_time() - begin) * 1e3 / len(articles)
    print(
        f"{name}: {len(articles)} articles of {size:.0f} characters, {found} detections; "
        f"first time {first:.2f} ms an article"
    )
    runs = [by_stage(detector, articles) for _ in range(asked.runs)]
    stages = {stage: statistics.median(run[stage] for run in runs) for stage in _STAGES}
    per_size = _SIZE / size
    print(f"{'stage':24}{'ms/article':>12}{'ms/3000 ch.':>12}")
    for stage, spent in stages.items():
        print(f"{stage:24}{spent:12.3f}{spent * per_size:12.3f}")
    rest = sum(spent for stage, spent in stages.items() if stage != "classifier")
    print(f"{'all but the classifier':24}{rest:12.3f}{rest * per_size:12.3f}")
    gated = whole(detector, articles, asked.runs)
    _gate(False)
    try:
        ungated = whole(detector, articles, asked.runs)
        scored = statistics.median(by_stage(detector, articles)["classifier"] for _ in range(asked.runs))
    finally:
        _gate(True)
    print(f"{'whole, not timed inside':24}{gated:12.3f}{gated * per_size:12.3f}")
    print(f"{'classifier, no gate':24}{scored:12.3f}{scored * per_size:12.3f}")
    print(f"{'whole, no gate':24}{ungated:12.3f}{ungated * per_size:12.3f}")
    if not asked.no_processes:
        for count in (1, 2):
            for gate in (True, False):
                speed = in_processes(articles, count, asked.runs, gate=gate)
                print(
                    f"articles/s, processes: {count}, gate {'on' if gate else 'off'}: "
                    f"{speed.clock:.0f} by the clock, {speed.cpu:.0f} by CPU time, {speed.memory / 2**20:.0f} MiB each"
                )


if __name__ == "__main__":
    main()
