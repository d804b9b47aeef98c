"""Files that analysts edit, broken at random: used, or every fault told with file and line, and never a traceback."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alertsvc.detect.clean import Cleaner
from alertsvc.detect.lexicon import Lexicon
from alertsvc.detect.rules import load_classes
from alertsvc.errors import DataError
from alertsvc.resources import data_dir

RULES: dict[str, Any] = {
    "class": "border_crossing",
    "extends": True,
    "threshold": 0.4,
    "flash": 0.9,
    "subject": {"any": ["<crossing>", "CROSSING_WORD"]},
    "prevails": [{"action": "recapture", "over": ["seizure"], "share": 0.7}],
    "remove": ["sport"],
    "rules": [
        {
            "id": "own",
            "why": "A rule of our own.",
            "when": {
                "near": [{"marks": ["<crossing>", "SEIZE"], "words": 16, "ordered": True}],
                "none": ["SPORT"],
                "words": [" men "],
                "tense": ["past"],
                "km_to_capital": {"max": 40},
                "classifier": {"min": 0.1, "max": 0.9},
            },
            "weight": 1.0,
            "action": "seizure",
            "examples": {"match": {"en": ["Men seized it."]}, "no_match": {"en": ["It rained."]}},
        }
    ],
}
CONCEPTS = {"CROSSING_WORD", "SEIZE", "SPORT"}
LEXICON: dict[str, Any] = {"SEIZE": {"en": ["seized", "(took|take) ~ control"], "fr": ["s empar*"], "ar": ["سيطر*"]}}
JUNK: dict[str, Any] = {"cut": ["related"], "line": ["photo:", "share"], "inside": [r"\(afp\)"]}

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.dates(),
    st.sampled_from(
        ["", "(", "[a-", "~", "a ~", "(a|", "*", "<crossing>", "NOSUCH", "own", "\x00", "\ud800", "\x85", "é" * 300]
    ),
)
VALUES = st.recursive(
    SCALARS,
    lambda item: st.lists(item, max_size=3) | st.dictionaries(SCALARS.filter(lambda key: key == key), item, max_size=3),
)
FILES: dict[str, tuple[str, dict[str, Any]]] = {
    "rules": ("border_crossing.yaml", RULES),
    "lexicon": ("lexicon.yaml", LEXICON),
    "junk": ("junk.yaml", JUNK),
}


def load(kind: str, path: Path) -> None:
    if kind == "rules":
        load_classes([[data_dir("rules") / "classes" / path.name, path]], None)
    elif kind == "lexicon":
        Lexicon.load([path])
    else:
        Cleaner.load(path)


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Return every place of a tree that a value stands in, as (what holds it, key)."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [place for key, value in items for place in ((tree, key), *places(value))]


def check(kind: str, path: Path) -> None:
    for problem in problems_of(lambda: load(kind, path)):
        told = re.match(rf"{path.name}:(\d+): (.{{4,}})", problem, re.DOTALL)
        if told is None:
            # What is wrong with a file laid over ours is told; that other classes have no file is no fault of it.
            assert problem.startswith("no rules for "), problem
        else:
            raw = path.read_bytes()
            assert 1 <= int(told[1]) <= raw.count(b"\n") + raw.count(b"\r") + 1
        problem.encode("utf-8")


def problems_of(work: Callable[[], None]) -> list[str]:
    try:
        work()
    except DataError as error:
        return error.problems
    return []


@pytest.mark.parametrize("kind", FILES)
@given(st.data())
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=50
)
def test_any_value_in_any_place(kind: str, tmp_path: Path, data: st.DataObject) -> None:
    name, sound = FILES[kind]
    tree = copy.deepcopy(sound)
    for _ in range(data.draw(st.integers(1, 2))):
        holder, key = data.draw(st.sampled_from(places(tree) or [(tree, "SEIZE")]))
        if isinstance(holder, dict) and data.draw(st.booleans()):
            value = holder.pop(key, None)
            if data.draw(st.booleans()):
                holder[data.draw(SCALARS.filter(lambda item: item == item))] = value
        else:
            holder[key] = data.draw(VALUES)
    path = tmp_path / name
    path.write_text(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False), "utf-8", errors="replace", newline="")
    check(kind, path)


@pytest.mark.parametrize("kind", FILES)
@given(st.data())
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=50
)
def test_any_slip_of_the_hand(kind: str, tmp_path: Path, data: st.DataObject) -> None:
    name, sound = FILES[kind]
    text = yaml.safe_dump(sound, allow_unicode=True, sort_keys=False)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 8)))
        new = data.draw(
            st.text(max_size=3)
            | st.sampled_from(
                [
                    "- ",
                    ": ",
                    "\n",
                    "\t",
                    "[",
                    "}",
                    "'",
                    '"',
                    "&a ",
                    "*a",
                    "!!int ",
                    "<<: ",
                    "|",
                    ">",
                    "#",
                    "%",
                    "---\n",
                    "? ",
                ]
            )
        )
        text = text[:start] + new + text[end:]
    path = tmp_path / name
    path.write_bytes(text.encode(data.draw(st.sampled_from(["utf-8", "utf-16", "latin-1"])), "replace"))
    check(kind, path)
