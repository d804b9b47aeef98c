"""Stored articles decided again by other rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.clock import ManualClock
from alertsvc.detect.detector import Detector
from alertsvc.detect.rules import RuleSet
from alertsvc.domain import Action, Count, Detection, IncidentClass, Place, PlaceKind, Reason
from alertsvc.errors import DataError
from alertsvc.rulediff import compare, detector_over, diff_articles
from alertsvc.settings import DetectSettings
from alertsvc.store import Store
from alertsvc.store.articles import claim_unread, mark_article, save_detections
from tests.test_rulebook import VETO, put, write

SARIR = Detection(
    IncidentClass.OIL, 0.9, Action.SEIZURE, Place("Sarir", PlaceKind.OIL, "LY", "sarir", tier=1), date(2026, 2, 1)
)
SHARARA = replace(SARIR, place=Place("Sharara", PlaceKind.OIL, "LY", "sharara"))
AL_TUM = Detection(IncidentClass.BORDER, 0.9, Action.SEIZURE, Place("Al-Tum", PlaceKind.CROSSING, "LY-NE", "al-tum"))


def read_all(store: Store, detector: Detector, clock: ManualClock) -> None:
    """Read every unread article as the service does, without filing."""
    with store.begin() as conn:
        for article in claim_unread(conn, worker="w", now=clock.now(), lease=60, limit=100):
            assert article.id is not None
            result = detector.detect(
                article.title, article.text, published=article.effective.date(), language=article.language
            )
            held = mark_article(
                conn,
                article.id,
                revision=article.revision,
                worker="w",
                outcome="read",
                language=result.language,
                detections=len(result.detections),
                now=clock.now(),
            )
            assert held
            save_detections(conn, article.id, article.revision, result.detections, clock.now())


@pytest.fixture(scope="module")
def shipped() -> Detector:
    return Detector.load()


def held(folder: Path) -> dict[str, bytes]:
    """What the database has on disk, its journal included."""
    return {name: (folder / name).read_bytes() for name in ("a.db", "a.db-wal")}


def quiet(step: str, done: int, of: int) -> None:
    assert step
    assert 0 <= done <= of


def test_what_appears_disappears_and_stays(
    tmp_path: Path, clock: ManualClock, shipped: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alertsvc.rulediff._PAGE", 2)
    over = tmp_path / "over"
    (over / "classes").mkdir(parents=True)
    write(over, {"rules": [VETO | {"when": {"words": ["sarir"]}}]})
    start = clock.now()
    with Store.open(f"sqlite:///{tmp_path}/a.db") as store:
        for number in range(4):
            put(store, clock, number)
            clock.advance(timedelta(hours=1))
        read_all(store, detector_over(DetectSettings(), over), clock)
        put(store, clock, 4)  # not read yet
        before = held(tmp_path)
        same = diff_articles(store, detector_over(DetectSettings(), over), start, clock.now(), quiet)
        assert (same.articles, same.differing) == (4, [])
        found = diff_articles(store, shipped, start, clock.now(), quiet)
        assert found.articles == 4
        assert [(item.article.key, [d.place.name for d in item.appears]) for item in found.differing] == [
            ("0", ["Sarir"])
        ]
        later = diff_articles(store, shipped, start + timedelta(minutes=1), clock.now(), quiet)
        assert (later.articles, later.differing) == (3, [])
        write(over, {"rules": [VETO]})
        lost = diff_articles(store, detector_over(DetectSettings(), over), start, clock.now(), quiet)
        assert [len(item.disappears) for item in lost.differing] == [1, 1, 1]
        assert (lost.count("disappears"), lost.count("appears"), lost.count("changed"), lost.errors) == (3, 0, 0, 0)
        assert held(tmp_path) == before


def test_an_article_that_cannot_be_read_stops_no_other(tmp_path: Path, clock: ManualClock, shipped: Detector) -> None:
    class Faulty(Detector):
        def detect(self, title: str, text: str, **more: Any) -> Any:
            if "Sarir" in title:
                raise RuntimeError("two\nlines")
            return super().detect(title, text, **more)

    faulty = Faulty(shipped.reader, shipped.rules, shipped.model)
    with Store.open(f"sqlite:///{tmp_path}/a.db") as store:
        put(store, clock, 0)
        put(store, clock, 1)
        read_all(store, shipped, clock)
        found = diff_articles(store, faulty, clock.now(), clock.now(), quiet)
    assert (found.articles, found.errors) == (2, 1)
    assert [item.error for item in found.differing] == ["RuntimeError: two lines"]


def test_a_folder_lies_over_the_configured_one_which_lies_over_ours(tmp_path: Path) -> None:
    own, over = tmp_path / "own", tmp_path / "over"
    for folder in (own, over):
        (folder / "classes").mkdir(parents=True)
    write(own, {"threshold": 0.6, "remove": ["sport"]})
    write(over, {"remove": ["art"]})

    def oil(rules: RuleSet) -> tuple[float, set[str]]:
        found = rules.classes[IncidentClass.OIL]
        return found.threshold, {"sport", "art"} - {rule.id for rule in found.rules}

    settings = DetectSettings(rules_dir=own)
    assert oil(detector_over(settings, None).rules) == (0.6, {"sport"})
    assert oil(detector_over(settings, over).rules) == (0.6, {"sport", "art"})
    assert oil(detector_over(DetectSettings(), over).rules) == (oil(Detector.load().rules)[0], {"art"})
    (over / "lexicon.yaml").write_text("SEIZE: {en: ['a ~']}\n", encoding="utf-8")
    write(over, {"remove": ["nosuch"]})
    with pytest.raises(DataError) as caught:
        detector_over(settings, over)
    assert [problem.partition(":")[0] for problem in caught.value.problems] == ["lexicon.yaml", "oil_facility.yaml"]


@pytest.mark.parametrize(
    ("again", "fields"),
    [
        (replace(SARIR, probability=0.8), {}),
        (replace(SARIR, action=Action.ATTACK), {"action": ("seizure", "attack")}),
        (replace(SARIR, killed=Count(3, 5)), {"killed": (None, "3-5")}),
        (replace(SARIR, event_date=None), {"event_date": ("2026-02-01", None)}),
        (replace(SARIR, flow="stopped", cross_border=True), {"flow": (None, "stopped"), "cross_border": (False, True)}),
        (replace(SARIR, reasons=(Reason("field", "exports_halted"),)), {"exports_halted": (False, True)}),
        (replace(SARIR, reasons=(Reason("rule", "exports_halted"),)), {}),
        (replace(SARIR, other_sites=("Messla", "Messla")), {"sites": (1, 2)}),
        (SHARARA, {"place": ("Sarir", "Sharara"), "tier": (1, None)}),
    ],
)
def test_fields_that_change(again: Detection, fields: dict[str, Any]) -> None:
    appears, disappears, changed = compare([SARIR], [again])
    assert (appears, disappears) == ((), ())
    assert [item.fields for item in changed] == ([fields] if fields else [])


def test_incidents_of_one_place_belong_together(tmp_path: Path) -> None:
    attacked = replace(SHARARA, action=Action.ATTACK)
    appears, disappears, (change,) = compare([SARIR, SHARARA], [attacked, AL_TUM, SARIR])
    assert (appears, disappears) == ((AL_TUM,), ())
    assert (change.stored, change.again) == (SHARARA, attacked)
    assert compare([SARIR, SHARARA], [SHARARA]) == ((), (SARIR,), ())


DETECTIONS = st.lists(
    st.sampled_from([SARIR, SHARARA, AL_TUM, replace(SARIR, action=Action.ATTACK), replace(AL_TUM, killed=Count(2))]),
    max_size=4,
)


@given(old=DETECTIONS, new=DETECTIONS)
def test_nothing_is_lost_in_a_comparison(old: list[Detection], new: list[Detection]) -> None:
    appears, disappears, changed = compare(old, new)
    assert len(old) - len(disappears) == len(new) - len(appears)
    assert len(changed) <= len(old) - len(disappears)
    assert compare(old, old) == ((), (), ())
    assert not {d.incident_class for d in appears} & {d.incident_class for d in disappears}
    back = compare(new, old)
    assert (len(back[0]), len(back[1])) == (len(disappears), len(appears))
