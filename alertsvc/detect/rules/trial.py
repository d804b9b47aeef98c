"""Whether a folder of an operator's rules can be used, with everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path

from alertsvc.detect.batch import DetectorConfig, detector
from alertsvc.detect.detector import load_reader
from alertsvc.detect.model import Model
from alertsvc.detect.rules.loading import class_layers, load_classes
from alertsvc.errors import DataError
from alertsvc.resources import data_dir

__all__ = ["READ", "read_files", "rule_problems", "try_rules"]

READ = ("classes/*.yaml", "gazetteer/*.csv", "junk.yaml", "lexicon.yaml")
"""What detection reads of a folder of rules."""


def read_files(folder: Path) -> list[Path]:
    """Return the files of a folder that detection reads, sorted."""
    return sorted(path for pattern in READ for path in folder.glob(pattern) if path.is_file())


def rule_problems(rules_dir: Path | None) -> list[str]:
    """Return everything that is wrong with lexicon, junk patterns, gazetteer and rules, those of a folder over ours."""
    problems: list[str] = []
    concepts: set[str] | None = None
    try:
        concepts = load_reader(rules_dir).lexicon.concepts
    except DataError as error:
        problems += error.problems
    try:
        load_classes(class_layers(rules_dir), concepts)
    except DataError as error:
        problems += error.problems
    return problems


def try_rules(config: DetectorConfig) -> list[str]:
    """Load a detector, as a worker process does, and return everything that is wrong with what it is made of."""
    try:
        detector(config)
    except DataError:
        problems = rule_problems(config.rules_dir)
        try:
            Model.load(config.model_dir if config.model_dir is not None else data_dir("classifiers"))
        except DataError as error:
            problems += error.problems
        return problems
    return []
