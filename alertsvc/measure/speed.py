"""How fast detection is on this machine, and what machine that is."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alertsvc.detect.detector import Detector
from alertsvc.saved import Saved

__all__ = ["machine", "speed"]

_RUNS = 3


def speed(detector: Detector, articles: Sequence[Saved]) -> dict[str, Any]:
    """Return articles and sentences a second of one process, by its CPU time, the median of three runs.

    The articles are read from text to incidents, junk and all; nothing is stored or filed.
    """
    times, sentences = [], 0
    for _ in range(_RUNS):
        begin, sentences = time.process_time(), 0
        for item in articles:
            day = item.published.date() if item.published else None
            result = detector.detect(item.title, item.text, published=day, language=item.language)
            sentences += len(result.reading.sentences) if result.reading else 0
        times.append(time.process_time() - begin)
    spent = max(statistics.median(times), 1e-9)
    return {
        "articles": len(articles),
        "characters": round(sum(len(item.title) + len(item.text) for item in articles) / max(1, len(articles))),
        "articles_a_second": round(len(articles) / spent, 1),
        "sentences_a_second": round(sentences / spent),
        "machine": machine(),
    }


def machine() -> str:
    """Return the processor, the number of its cores, the system and the Python that are at work."""
    name = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), name)
    except OSError:
        pass
    cores = os.cpu_count() or 1
    return f"{name}, {cores} cores, {platform.system()}, Python {platform.python_version()}"
