"""What an analyst rules by command, deciding again, and the index."""

from __future__ import annotations

from pathlib import Path

import pytest

from alertsvc.store import Store
from tests.cli.support import alertsvc, write_config
from tests.web.support import an_incident, store_incidents

_KEYS = set(
    "public_id created status phase severity articles merged_into changes correction messages".split()
)  # as docs/filing.md has them


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = write_config(tmp_path)
    with Store.open(f"sqlite:///{tmp_path}/var/alertsvc.db") as store:
        store_incidents(store, an_incident("LY-2026-0131-aaaa"), an_incident("LY-2026-0131-bbbb"))
    return path


def test_merge_then_show_either(config: Path) -> None:
    done = alertsvc("incidents", "merge", "LY-2026-0131-aaaa", "LY-2026-0131-bbbb", "--json", "-c", config)
    assert done.code == 0, done.err
    kept, gone = done.data
    assert (kept["public_id"], gone["merged_into"]) == ("LY-2026-0131-aaaa", "LY-2026-0131-aaaa")
    assert (gone["articles"], gone["messages"]) == ([], 0)
    shown = alertsvc("incidents", "show", "LY-2026-0131-bbbb", "-c", config)
    assert "LY-2026-0131-bbbb was merged into LY-2026-0131-aaaa." in shown.out
    listed = alertsvc("incidents", "list", "--json", "-c", config)
    assert [item["public_id"] for item in listed.data["incidents"]] == ["LY-2026-0131-aaaa"]
    again = alertsvc("incidents", "merge", "LY-2026-0131-aaaa", "LY-2026-0131-bbbb", "-c", config)
    assert (again.code, again.out) == (1, "")
    assert again.err == "alertsvc: LY-2026-0131-bbbb was merged into LY-2026-0131-aaaa\n"


def test_split_and_move_back(config: Path) -> None:
    merged = alertsvc("incidents", "merge", "LY-2026-0131-aaaa", "LY-2026-0131-bbbb", "--json", "-c", config).data[0]
    *kept, last = merged["articles"]
    assert kept
    done = alertsvc("incidents", "split", "LY-2026-0131-aaaa", str(last), "--json", "-c", config)
    assert done.code == 0, done.err
    left, new = done.data
    assert set(left) == set(new) == set(merged) == _KEYS
    assert (left["articles"], new["articles"], left["created"], new["created"]) == (kept, [last], False, True)
    assert new["public_id"] in left["correction"]
    back = alertsvc("incidents", "move", new["public_id"], str(last), "LY-2026-0131-aaaa", "--json", "-c", config)
    assert back.code == 0, back.err
    gone, target = back.data
    assert (gone["merged_into"], gone["status"], gone["phase"]) == ("LY-2026-0131-aaaa", "Withdrawn", "closed")
    assert (gone["articles"], target["articles"]) == ([], merged["articles"])


def test_withdraw_and_close(config: Path) -> None:
    gone = alertsvc("incidents", "withdraw", "LY-2026-0131-aaaa", "--why", "an exercise", "-c", config)
    assert gone.out == "LY-2026-0131-aaaa (Withdrawn, closed): withdrawn by an analyst: an exercise\n"
    closed = alertsvc("incidents", "close", "LY-2026-0131-bbbb", "--json", "-c", config)
    assert [item["phase"] for item in closed.data] == ["closed"]
    assert alertsvc("incidents", "close", "LY-2026-0131-bbbb", "-c", config).code == 1


@pytest.mark.parametrize(
    "words",
    [
        ("merge", "LY-2026-0131-aaaa", "none"),
        ("merge", "LY-2026-0131-aaaa", "LY-2026-0131-aaaa"),
        ("merge", "LY-2026-0131-aaaa", "LY-2026-0131-bbbb", "LY-2026-0131-bbbb"),
        ("split", "LY-2026-0131-aaaa", "999"),
        ("move", "LY-2026-0131-aaaa", "999", "LY-2026-0131-bbbb"),
        ("move", "LY-2026-0131-aaaa", "1", "LY-2026-0131-aaaa"),
        ("withdraw", "none"),
        ("close", "none"),
    ],
)
def test_what_cannot_be_is_one_line(config: Path, words: tuple[str, ...]) -> None:
    result = alertsvc("incidents", *words, "-c", config)
    assert (result.code, result.out, result.err.count("\n")) == (1, "", 1)


def test_refile_of_nothing(config: Path) -> None:
    result = alertsvc("refile", "--since", "7d", "--json", "-c", config)
    assert result.code == 0, result.err
    assert (result.data["articles"], result.data["applied"]) == (0, False)
    shown = alertsvc("refile", "--since", "7d", "-c", config).out
    assert "incidents opened 0, changed 0, merged 0, withdrawn 0; nothing is kept: add --apply" in shown
    assert alertsvc("refile", "--since", "soon", "-c", config).code == 2


def test_the_index(config: Path) -> None:
    for by in ("all", "region", "country"):
        result = alertsvc("incidents", "index", "--by", by, "--day", "2026-01-31", "--json", "-c", config)
        assert result.code == 0, result.err
        assert (result.data["start"], result.data["end"]) == ("2026-01-26", "2026-02-02")
    assert alertsvc("incidents", "index", "--by", "town", "-c", config).code == 2
    assert alertsvc("incidents", "index", "--day", "soon", "-c", config).code == 2
    assert "no incident recorded" in alertsvc("incidents", "index", "--day", "1999-01-01", "-c", config).out
