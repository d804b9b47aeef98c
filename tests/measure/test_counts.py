"""Scores, intervals, cuts and calibration against ways of working them out that are slower and plainer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsvc.measure.counts import CLASSES, Case, best_cuts, calibration, said_at, table

CASES = st.lists(
    st.builds(
        Case,
        st.sampled_from(["en", "fr", "ar"]),
        st.frozensets(st.sampled_from(CLASSES)),
        st.dictionaries(st.sampled_from(CLASSES), st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.55, 0.9, 1.0])),
    ),
    min_size=1,
    max_size=40,
)


def plain(cases: list[Case], said: list[frozenset[str]], name: str = "", language: str = "") -> tuple[int, int, int]:
    tp = fp = fn = 0
    for case, found in zip(cases, said, strict=True):
        for each in CLASSES:
            if (name and each != name) or (language and case.language != language):
                continue
            tp += each in found and each in case.labels
            fp += each in found and each not in case.labels
            fn += each not in found and each in case.labels
    return tp, fp, fn


@settings(max_examples=60, deadline=None)
@given(CASES, st.sampled_from([0.2, 0.5, 0.9]))
def test_counts_are_those_of_counting(cases: list[Case], cut: float) -> None:
    said = said_at(cases, dict.fromkeys(CLASSES, cut))
    found = table(cases, said, intervals=False)
    languages = sorted({case.language for case in cases})
    keys = {"all": ("", ""), **{code: ("", code) for code in languages}, **{name: (name, "") for name in CLASSES}}
    keys |= {f"{name} {code}": (name, code) for name in CLASSES for code in languages}
    assert set(found) == set(keys)
    for key, (name, language) in keys.items():
        tp, fp, fn = plain(cases, said, name, language)
        assert (found[key]["tp"], found[key]["fp"], found[key]["fn"]) == (tp, fp, fn)
        assert found[key]["precision"] == (pytest.approx(tp / (tp + fp), abs=1e-4) if tp + fp else None)
        assert found[key]["recall"] == (pytest.approx(tp / (tp + fn), abs=1e-4) if tp + fn else None)


@settings(max_examples=60, deadline=None)
@given(CASES)
def test_no_other_cut_does_better(cases: list[Case]) -> None:
    best = best_cuts(cases)
    for name in CLASSES:
        tried = {
            cut: plain(cases, said_at(cases, {**best, name: cut}), name) for cut in (0, 0.1, 0.3, 0.5, 0.55, 0.9, 1, 2)
        }
        top = max(2 * tp / (2 * tp + fp + fn) if tp else 0.0 for tp, fp, fn in tried.values())
        tp, fp, fn = plain(cases, said_at(cases, best), name)
        assert (2 * tp / (2 * tp + fp + fn) if tp else 0.0) == pytest.approx(top)


def test_an_interval_holds_the_figure_and_narrows_with_more_articles() -> None:
    label = frozenset({CLASSES[0]})
    few = [Case("en", label, {CLASSES[0]: 1.0})] * 8 + [Case("en", label, {})] * 2
    widths = []
    for cases in (few, few * 30):
        row = table(cases, said_at(cases, dict.fromkeys(CLASSES, 0.5)))["all"]
        low, high = row["recall_95"]
        assert low < row["recall"] == 0.8 < high
        widths.append(high - low)
        assert row == table(cases, said_at(cases, dict.fromkeys(CLASSES, 0.5)))["all"], "the same every time"
    # Binomial: 1.96 * sqrt(0.8 * 0.2 / n) to either side.
    assert widths[1] == pytest.approx(2 * 1.96 * (0.16 / 300) ** 0.5, rel=0.15)
    assert widths[1] < widths[0] / 3


def test_calibration_counts_what_came_true() -> None:
    label = frozenset({CLASSES[0]})
    cases = [Case("en", label, {CLASSES[0]: 0.75})] * 3 + [Case("en", frozenset(), {CLASSES[0]: 0.75})]
    cases += [Case("en", frozenset(), {CLASSES[1]: 0.2, CLASSES[2]: 1.0})] * 2
    found = calibration(cases)
    assert [(row["from"], row["count"], row["said"], row["true"]) for row in found["bins"]] == [
        (0.2, 2, pytest.approx(0.2), 0.0),
        (0.7, 4, pytest.approx(0.75), 0.75),
        (0.9, 2, 1.0, 0.0),
    ]
    assert found["ece"] == pytest.approx((2 * 0.2 + 4 * 0 + 2 * 1) / 8)
