"""What is checked of the training text itself: near-duplicates, frames, and how much there is of everything.

A text that repeats itself teaches its own turns of phrase, and folds then test what they trained on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from alertsvc.detect.lexicon import LANGUAGES
from alertsvc.detect.passages import Passage

__all__ = ["ALIKE", "COMMON", "ENOUGH", "check_text", "frames", "near_duplicates", "shortfalls"]

ALIKE = 0.1
"""Share of the runs of five words of two records that both have, from which they are near-duplicates."""
COMMON = 0.01
"""Share of a language's records from which a sentence's mask, or its first five words, count as a frame."""
ENOUGH = 15
"""Passages that each action of a class should have in each language."""

_RUN = 5
_FEW = 8  # runs below which two records share a tenth by chance
_CROWD = 60  # records that share a run of five words: a turn of the language and no copy
_WORD = re.compile(r"\w+")


def check_text(passages: Sequence[Passage]) -> dict[str, Any]:
    """Return everything that is checked, as plain data: `near_duplicates`, `frames`, `shortfalls`, `twice`, `kinds`."""
    ids = Counter(passage.id for passage in passages)
    return {
        "near_duplicates": [
            {"one": one, "other": other, "share": round(share, 3)} for one, other, share in near_duplicates(passages)
        ],
        "frames": [
            {"language": language, "frame": frame, "records": count} for language, frame, count in frames(passages)
        ],
        "shortfalls": [
            {"language": language, "class": name, "action": action, "passages": count}
            for language, name, action, count in shortfalls(passages)
        ],
        "twice": sorted(name for name, count in ids.items() if count > 1),
        "kinds": {
            language: dict(sorted(Counter(p.kind for p in passages if p.language == language).items()))
            for language in LANGUAGES
        },
    }


def near_duplicates(passages: Sequence[Passage]) -> list[tuple[str, str, float]]:
    """Return the pairs of records that share more than `ALIKE` of their runs of five words, the most alike first."""
    numbers: dict[str, int] = {}
    runs = [_runs(passage, numbers) for passage in passages]
    owners = np.repeat(np.arange(len(runs)), [len(item) for item in runs])
    flat = np.concatenate(runs) if runs else np.zeros(0, np.uint64)
    order = np.argsort(flat, kind="stable")
    flat, owners = flat[order], owners[order]
    bounds = np.flatnonzero(np.r_[True, flat[1:] != flat[:-1], True]) if len(flat) else np.zeros(0, int)
    shared: Counter[tuple[int, int]] = Counter()
    for start, end in pairwise(bounds.tolist()):
        if 1 < end - start <= _CROWD:
            bearers = sorted(owners[start:end].tolist())
            shared.update((one, other) for at, one in enumerate(bearers) for other in bearers[at + 1 :])
    found = []
    for (one, other), count in shared.items():
        share = count / (len(runs[one]) + len(runs[other]) - count)
        if share > ALIKE and min(len(runs[one]), len(runs[other])) >= _FEW:
            found.append((passages[one].id, passages[other].id, share))
    return sorted(found, key=lambda item: (-item[2], item[:2]))


def _runs(passage: Passage, numbers: dict[str, int]) -> Any:
    """Return the runs of five words of a record as numbers, each once; sentences are not run together."""
    found = []
    for text, _, _ in passage.sentences:
        words = np.array(
            [numbers.setdefault(word, len(numbers) + 1) for word in _WORD.findall(text.lower())], dtype=np.uint64
        )
        if len(words) >= _RUN:
            run = np.zeros(len(words) - _RUN + 1, dtype=np.uint64)
            for step in range(_RUN):
                run = run * np.uint64(1_000_003) + words[step : len(words) - _RUN + 1 + step]
            found.append(run)
    return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.uint64)


def frames(passages: Sequence[Passage]) -> list[tuple[str, str, int]]:
    """Return what more than `COMMON` of a language's records have: (language, mask, records), most often first.

    A mask is a sentence with its names and numbers left out, whole or its first five words.
    """
    sizes = Counter(passage.language for passage in passages)
    told: Counter[tuple[str, str]] = Counter()
    for passage in passages:
        told.update((passage.language, mask) for mask in _masks(text for text, _, _ in passage.sentences))
    common = [
        (language, mask, count) for (language, mask), count in told.items() if count > max(1, COMMON * sizes[language])
    ]
    return sorted(common, key=lambda item: (-item[2], item[:2]))


def _masks(texts: Iterable[str]) -> set[str]:
    found = set()
    for text in texts:
        words: list[str] = []
        for place, word in enumerate(_WORD.findall(text)):
            mask = "<n>" if word[0].isdigit() else "<name>" if place and word[0].isupper() else word.lower()
            if not (mask == "<name>" and words[-1:] == ["<name>"]):
                words.append(mask)
        if sum(word[0] != "<" for word in words) > 2:
            found.add(" ".join(words))
        if len(words) > _RUN and sum(word[0] != "<" for word in words[:_RUN]) > 2:
            found.add(" ".join(words[:_RUN]) + " …")
    return found


def shortfalls(passages: Sequence[Passage]) -> list[tuple[str, str, str, int]]:
    """Return (language, class, action, passages) of what is told somewhere, but in this language too seldom."""
    told: Counter[tuple[str, str, str]] = Counter()
    for passage in passages:
        for name, action in {label for _, _, labels in passage.sentences for label in labels}:
            told[passage.language, str(name), str(action)] += 1
    pairs = sorted({(name, action) for _, name, action in told})
    return [
        (language, name, action, told[language, name, action])
        for name, action in pairs
        for language in LANGUAGES
        if told[language, name, action] < ENOUGH
    ]
