"""Detection that goes wrong for articles whose title says so; runs in worker processes."""

from __future__ import annotations

import os
from collections.abc import Sequence

from alertsvc.detect.batch import DetectorConfig, Finding, ReadRequest
from alertsvc.detect.batch import detect_batch as detect

__all__ = ["detect_batch"]


def detect_batch(config: DetectorConfig, requests: Sequence[ReadRequest]) -> list[Finding]:
    """Detect as always, unless a title names a way to die."""
    if any(request.title.startswith("KILL") for request in requests):
        os._exit(7)
    return detect(config, requests)
