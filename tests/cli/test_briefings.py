"""The full brief on request and previews of every kind, from the shell."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from alertsvc.brief.wording import LANGUAGES
from alertsvc.brief.wording.registry import REVIEWS
from alertsvc.configuration import load_settings
from alertsvc.domain import Action, Channel, Incident, Subscriber
from alertsvc.offline import saved_feed
from alertsvc.previews import SCHEMES, WIDTHS
from alertsvc.screenshots import browser_program
from alertsvc.service import make_desk
from alertsvc.store import Store
from alertsvc.store.articles import list_articles, save_articles
from alertsvc.store.feeds import sync_feeds
from alertsvc.store.incidents import list_incidents
from alertsvc.store.subscribers import add_subscriber
from tests.cli.support import alertsvc, write_config
from tests.track.stories import AL_TUM, told
from tests.track.test_desk import item

NOW = datetime.now(UTC)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration whose database holds one real incident of two reports, and a subscriber to files."""
    path = write_config(tmp_path)
    settings = load_settings(path, {})
    with Store.open(settings.store.url) as store, store.begin() as conn:
        sync_feeds(conn, [saved_feed()], NOW)
        add_subscriber(conn, Subscriber("archive", Channel.FILE, "archive@example.org"), NOW)
        desk = make_desk(store, settings)
        for number in (1, 2):
            save_articles(conn, [replace(item(number), feed_id="saved")], NOW)
        for article in list_articles(conn):
            desk.file(conn, article, [told(Action.SEIZURE, AL_TUM, killed=4)], NOW)
    return path


def stored(config: Path) -> Incident:
    with Store.open(load_settings(config, {}).store.url) as store, store.read() as conn:
        (incident,) = list_incidents(conn, demonstration=False)
    return incident


def test_a_brief_is_shown(config: Path, tmp_path: Path):
    public_id = stored(config).public_id
    result = alertsvc("incidents", "brief", public_id, "--html", tmp_path / "brief.html", "-c", config)
    assert result.code == 0, result.err
    assert result.out.startswith("[BRIEF] ")
    assert "Why the place matters" in result.out
    assert "<h1" in (tmp_path / "brief.html").read_text(encoding="utf-8")
    facts = alertsvc("incidents", "brief", public_id, "--json", "-c", config).data
    assert facts["standfirst"]


def test_a_brief_of_nothing_is_an_error(config: Path):
    result = alertsvc("incidents", "brief", "XX-1", "-c", config)
    assert result.code == 1
    assert "there is no incident XX-1" in result.err


def test_a_brief_is_sent(config: Path):
    public_id = stored(config).public_id
    result = alertsvc("incidents", "brief", public_id, "--send", "archive", "--json", "-c", config)
    assert result.code == 0, result.err
    assert result.data["sent"] >= 1
    mails = list((config.parent / "var/mail").glob("*-brief-*.eml"))
    assert len(mails) == 1
    unknown = alertsvc("incidents", "brief", public_id, "--send", "nobody", "-c", config)
    assert unknown.code == 1
    assert "there is no subscriber 'nobody'" in unknown.err


def size(path: Path) -> tuple[int, int]:
    """Width and height of a PNG, by its header."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def test_previews_of_every_kind_are_written(config: Path, tmp_path: Path):
    folder = tmp_path / "look"
    result = alertsvc("digest", "--preview", folder, "--incident", stored(config).public_id, "-c", config)
    assert result.code == 0, result.err
    every = ("flash", "update", "correction", "daily", "daily_empty")
    names = {f"{kind}.{language}" for language in LANGUAGES for kind in every}
    names |= {f"{kind}.{language}" for language in REVIEWS for kind in ("brief", "weekly", "weekly_empty")}
    assert {path.name.removesuffix(".txt") for path in folder.glob("*.txt")} == names
    index = (folder / "index.html").read_text(encoding="utf-8")
    for name in names:
        assert "cid:" not in (folder / f"{name}.html").read_text(encoding="utf-8")
        assert json.loads((folder / f"{name}.slack.json").read_text(encoding="utf-8"))["blocks"]
        assert f'href="{name}.html"' in index
        if browser_program() is not None:
            for width in WIDTHS:
                shown = {size(folder / f"{name}.{width}.{scheme}.png") for scheme in SCHEMES}
                assert len(shown) == 1
                assert next(iter(shown))[0] == width
                # A page that is shorter than the screen stands in its middle, whichever way it runs.
                with Image.open(folder / f"{name}.{width}.light.png") as shot:
                    row = [shot.convert("RGB").getpixel((x, shot.height // 8)) for x in range(width)]
                edges = [x for x, pixel in enumerate(row) if pixel != row[0]]
                assert abs(edges[0] - (width - 1 - edges[-1])) <= 2, name


def test_stored_incidents_may_be_none(tmp_path: Path):
    config = write_config(tmp_path)
    assert alertsvc("db", "upgrade", "-c", config).code == 0
    result = alertsvc("digest", "--preview", tmp_path / "look", "--stored", "-c", config)
    assert result.code == 0, result.err
    kinds = {path.name.split(".")[0] for path in (tmp_path / "look").glob("*.txt")}
    assert kinds == {"daily_empty", "weekly_empty"}


def test_options_of_the_preview_go_with_it(config: Path):
    for options in (["--stored"], ["--incident", "X"]):
        result = alertsvc("digest", *options, "-c", config)
        assert result.code == 2
        assert "go with --preview" in result.err


def test_own_templates_that_fail_are_told(config: Path, tmp_path: Path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "daily.txt.j2").write_text("{{ nothing }}", encoding="utf-8")
    with config.open("a", encoding="utf-8") as stream:
        stream.write(f'\n[brief]\ntemplates_dir = "{own}"\n')
    result = alertsvc("digest", "-c", config)
    assert result.code == 0
    assert "daily.txt.j2:1: 'nothing' is undefined" in result.err
    assert "incident" in result.out
