from __future__ import annotations

import pytest

from alertsvc.detect.lengthening import lengthened
from alertsvc.detect.passages import MARKS, Passage, fold_of, read_passages, share_of, writer_of
from alertsvc.resources import data_dir


@pytest.fixture(scope="module")
def passages() -> list[Passage]:
    return read_passages([data_dir("seeds") / "train_fr_articles.jsonl"])


@pytest.fixture(scope="module")
def made(passages: list[Passage]) -> list[Passage]:
    return lengthened(passages)


def test_the_same_text_gives_the_same_articles(passages: list[Passage], made: list[Passage]) -> None:
    assert lengthened(passages) == made
    assert len(made) > len(passages) / 5
    assert {item.id[-1] for item in made} == set(MARKS)
    assert all(item.made for item in made)


def test_nothing_is_mixed_that_may_be_held_out(passages: list[Passage], made: list[Passage]) -> None:
    home: dict[str, set[tuple[int, str, int]]] = {}
    for item in passages:
        for text, _, _ in item.sentences:
            home.setdefault(text, set()).add((fold_of(item.country), writer_of(item), share_of(item) // 25))
    for item in made:
        own = fold_of(item.country), writer_of(item), share_of(item) // 25
        assert all(own in home[text] for text, _, _ in item.sentences), item.id


def test_an_article_goes_on_to_other_things_and_keeps_what_it_reports(
    passages: list[Passage], made: list[Passage]
) -> None:
    known = {item.id: item for item in passages}
    for item in made:
        base = known[item.id.rstrip(MARKS)]
        assert item.sentences[: len(base.sentences)] == base.sentences
        behind = item.sentences[len(base.sentences) :]
        assert behind
        assert not any(headline for _, headline, _ in behind)
        told = [labels for _, _, labels in behind if labels]
        if item.id.endswith("+"):
            assert not told, "what stands behind must report nothing"
        else:
            assert not any(labels for _, _, labels in base.sentences)
            assert 1 <= len(told) <= 3


def test_pairs_are_of_one_fold_whichever_side_is_named_first() -> None:
    assert fold_of("LY-TN") == fold_of("TN-LY")
