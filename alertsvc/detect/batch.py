"""Detection in a worker process: articles in, findings out, the detector loaded once for each process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from alertsvc.detect.detector import Detector
from alertsvc.domain import Detection

__all__ = ["DetectorConfig", "Finding", "ReadRequest", "detect_batch"]


@dataclass(frozen=True, slots=True)
class DetectorConfig:
    """What a detector is made of; equal configurations share one in a process."""

    rules_dir: Path | None
    model_dir: Path | None
    languages: tuple[str, ...]
    threshold: float | None
    stamp: float = 0.0  # newest change of the operator's files, so that an edited rule is taken up


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What detection needs of an article."""

    title: str
    text: str
    published: date | None
    language: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one article; `error` says in one line why it could not be read."""

    language: str | None
    supported: bool
    detections: tuple[Detection, ...] = ()
    error: str | None = None


_loaded: list[tuple[DetectorConfig, Detector]] = []


def detector(config: DetectorConfig) -> Detector:
    """Return the detector of a configuration, loading it where this process has none.

    Raises:
        DataError: rules, gazetteer or model cannot be used.
    """
    if not _loaded or _loaded[0][0] != config:
        made = Detector.load(config.rules_dir, config.model_dir, languages=config.languages, threshold=config.threshold)
        _loaded[:] = [(config, made)]
    return _loaded[0][1]


def detect_batch(config: DetectorConfig, requests: Sequence[ReadRequest]) -> list[Finding]:
    """Detect in each article; one that cannot be read becomes a finding with an error and stops none of the others.

    Raises:
        DataError: rules, gazetteer or model cannot be used.
    """
    reader = detector(config)
    findings: list[Finding] = []
    for request in requests:
        try:
            result = reader.detect(request.title, request.text, published=request.published, language=request.language)
        except Exception as error:  # noqa: BLE001  whatever one text does to the readers, the next is still read
            findings.append(Finding(None, False, error=f"{type(error).__name__}: {' '.join(str(error).split())}"))
        else:
            findings.append(Finding(result.language, result.supported, result.detections))
    return findings
