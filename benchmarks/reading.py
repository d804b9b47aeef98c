"""How fast articles are read: CPU time by stage, and articles a second with one and two processes.

    python -m benchmarks.reading [FILE ...] [--articles 400] [--runs 5] [--incidents 0.05]

Without a FILE it reads articles that it makes up itself, of 3 kB each. A FILE holds saved articles (`.jsonl`) or a
feed, as `alertsvc detect` takes them. Each figure is also told for 3,000 characters. Times are CPU times of the
process, the median of the runs. The first line times a fixed loop, by which two machines can be compared.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from alertsvc.detect import decide as deciding
from alertsvc.detect import detector as detecting
from alertsvc.detect import reading as readings
from alertsvc.detect.clean import Cleaner
from alertsvc.detect.detector import Detector
from alertsvc.detect.model import Model, Scores
from alertsvc.detect.reading import Reader, Reading
from alertsvc.detect.scoring import ArticleScores
from benchmarks.articles import Made, make_articles

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
    (Detector, "_incidents", "fields"),
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


def _work(articles: Sequence[Made]) -> int:
    return _read(_loaded[0], articles)


def in_processes(articles: Sequence[Made], count: int, runs: int, *, gate: bool) -> float:
    """Return how many articles a second so many processes read, by the clock; loading is not counted."""
    batches = [articles[start : start + _BATCH] for start in range(0, len(articles), _BATCH)]
    spawn = multiprocessing.get_context("spawn")
    speeds = []
    with ProcessPoolExecutor(count, mp_context=spawn, initializer=_start, initargs=(gate,)) as pool:
        list(pool.map(_work, batches * 2))  # so that each has met the words
        for _ in range(runs):
            begin = time.perf_counter()
            list(pool.map(_work, batches))
            speeds.append(len(articles) / (time.perf_counter() - begin))
    return statistics.median(speeds)


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
    parser.add_argument("--articles", type=int, default=400, help="how many to make up")
    parser.add_argument("--incidents", type=float, default=0.05, help="the share of them that report an incident")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--no-processes", action="store_true", help="leave out articles a second")
    asked = parser.parse_args(arguments)
    articles = _saved(asked.files) if asked.files else make_articles(asked.articles, incidents=asked.incidents)
    if not articles:
        parser.error("no articles to read")
    size = sum(len(item.title) + len(item.text) for item in articles) / len(articles)
    detector = Detector.load()
    print(f"fixed loop: {fixed_loop():.1f} ms; Python {sys.version.split()[0]}")
    begin = time.process_time()
    found = _read(detector, articles)
    first = (time.process_time() - begin) * 1e3 / len(articles)
    print(
        f"{len(articles)} articles of {size:.0f} characters, {found} detections; first time {first:.2f} ms an article"
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
                print(f"articles/s, processes: {count}, gate {'on' if gate else 'off'}: {speed:.0f}")


if __name__ == "__main__":
    main()
