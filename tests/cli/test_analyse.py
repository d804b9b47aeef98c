"""`alertsvc explain` as from a shell: files of every kind, a real HTTP server, a real database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alertsvc.cli.subject import Subject, subjects
from alertsvc.detect.detector import Detector
from alertsvc.domain import Article
from alertsvc.explain import as_data
from alertsvc.explain_text import as_text
from alertsvc.offline import saved_feed
from alertsvc.service import make_desk
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.articles import save_articles, save_detections
from alertsvc.store.feeds import sync_feeds
from tests.cli.support import alertsvc, write_config
from tests.feedserver import Answer, FeedServer, Reply, Silent
from tests.smtpserver import LoopThread

NOW = datetime(2026, 2, 4, 12, tzinfo=UTC)
TITLE = "Gunmen seize the Ras Ajdir crossing, two guards killed"
LEAD = (
    "Gunmen seized the Ras Ajdir crossing between Libya and Tunisia at dawn on Sunday and killed two guards, the "
    "interior ministry said in a statement that was read on television."
)
REST = "Traffic came to a halt and dozens of lorries were waiting on both sides, traders in the nearby town said."
PAGE = f"""<!doctype html><html lang="en"><head><title>{TITLE}</title>
<meta property="article:published_time" content="2026-02-04T10:00:00+00:00">
</head><body><nav><a href="/">Home</a> <a href="/news">News</a></nav>
<article><h1>{TITLE}</h1><p>{LEAD}</p><p>{REST}</p></article>
<aside><h2>Related articles</h2><ul><li><a href="/x">Drones hit Abqaiq</a></li></ul></aside></body></html>"""
FEED = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title><language>en</language>
<item><guid>one</guid><title>{TITLE}</title><pubDate>Wed, 04 Feb 2026 10:00:00 GMT</pubDate>
<description>{LEAD}</description></item>
<item><guid>two</guid><title>Rain expected in the north</title><pubDate>Wed, 04 Feb 2026 11:00:00 GMT</pubDate>
<description>It will rain in the north, the office said.</description></item></channel></rss>"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_config(tmp_path)


def record(name: str, **changes: object) -> dict[str, object]:
    found = {"id": name, "title": TITLE, "text": LEAD, "published": "2026-02-04", "lang": "en"}
    return {**found, **changes}


def file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


CONTENTS: dict[str, str | bytes] = {
    "a.txt": f"{TITLE}\n{LEAD}\n{REST}",
    "bom.txt": f"{TITLE}\n{LEAD}".encode("utf-16"),
    "a.html": PAGE,
    "short.html": f"<h1>{TITLE}</h1><p>{LEAD}</p>",
    "a.jsonl": json.dumps(record("one")),
    "a.json": json.dumps(record("one"), indent=2),
    "list.json": json.dumps([record("one")]),
    "a.xml": FEED,
}


@pytest.mark.parametrize("name", CONTENTS)
def test_a_file_of_every_kind_is_explained(tmp_path: Path, config: Path, name: str) -> None:
    path = file(tmp_path, name, CONTENTS[name])
    result = alertsvc("explain", path, "--published", "2026-02-04", "--json", "-c", config)
    assert (result.code, result.err) == (0, "")
    data = result.data[0] if isinstance(result.data, list) else result.data
    assert data["headline"] == TITLE
    (found,) = data["detections"]
    fields = {item["field"]: item for item in found["fields"]}
    assert (fields["event_date"]["value"], fields["event_date"]["words"]) == ("2026-02-01", "Sunday")
    for item in fields.values():
        assert item["words"] is None or item["text"][item["start"] : item["end"]] == item["words"]

    shown = alertsvc("explain", path, "--published", "2026-02-04", "-c", config)
    assert shown.code == 0
    assert "INCIDENT border_crossing: seizure at Ras Ajdir (LY-TN)" in shown.out
    assert "at dawn on [Sunday] and killed" in " ".join(shown.out.split())
    assert max(map(len, shown.out.splitlines())) <= 80
    assert "border_crossing: REPORTED" in shown.out


def test_a_page_gives_its_own_day(tmp_path: Path, config: Path) -> None:
    path = file(tmp_path, "a.html", PAGE)
    assert alertsvc("explain", path, "--json", "-c", config).data["detections"][0]["event_date"] == "2026-02-01"


def test_every_article_of_a_feed_is_explained(tmp_path: Path, config: Path) -> None:
    result = alertsvc("explain", file(tmp_path, "a.xml", FEED), "-c", config)
    assert result.code == 0
    assert result.out.count("INCIDENT ") == 1
    assert "No incident reported." in result.out
    data = alertsvc("explain", tmp_path / "a.xml", "--json", "-c", config).data
    assert [item["article"] for item in data] == ["one", "two"]


def test_records_that_are_no_articles_are_told_and_the_others_read(tmp_path: Path, config: Path) -> None:
    path = file(tmp_path, "a.jsonl", json.dumps(record("one")) + '\n{"id": "two"}\nnonsense\n')
    result = alertsvc("explain", path, "-c", config)
    assert result.code == 0
    assert result.out.count("INCIDENT ") == 1
    assert [line.partition(":")[2][:1] for line in result.err.splitlines()] == ["2", "3"]


SPANISH = "Una columna rebelde toma una localidad\nLos combatientes la ocuparon, según varios vecinos de la zona."


@pytest.mark.parametrize(
    ("name", "content", "code", "said"),
    [
        ("gone.txt", None, 2, "no such file, and not an address or an article's id"),
        ("folder", b"", 2, "a folder"),
        ("empty.txt", b"", 1, "no text in it"),
        ("blank.txt", b" \n \n", 1, "no text in it"),
        ("empty.html", b"<html><body></body></html>", 1, "no article found there"),
        ("empty.jsonl", b"", 1, "no article in it"),
        ("empty.xml", b"", 1, "empty.xml: the body is empty"),
        ("program.txt", b"\x7fELF\x02\x01\x01\n" + bytes(range(256)), 1, "program.txt: is not text but a program"),
        ("noise.txt", bytes(range(256)) * 9, 1, "noise.txt: is not text but binary data"),
        ("program.json", b"\x7fELF\n\x02\n\x01\n", 1, "program.json: is not text but a program; nothing of it"),
        ("noise.jsonl", bytes(range(256)) * 9, 1, "noise.jsonl: is not text but binary data"),
        ("prose.jsonl", b"one\ntwo\n", 1, "prose.jsonl: none of its 2 records is an article"),
        ("page.html", b"%PDF-1.7\n", 1, "no article found there: it is a PDF document"),
        ("feed.xml", b"PK\x03\x04", 1, "feed.xml: is not text but a zip archive"),
        ("spanish.txt", SPANISH.encode(), 1, "language es is not one that is read: en, fr, ar"),
    ],
)
def test_what_cannot_be_explained_is_one_clear_line(
    tmp_path: Path, config: Path, name: str, content: bytes | None, code: int, said: str
) -> None:
    path = tmp_path / name
    if name == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    result = alertsvc("explain", path, "-c", config)
    assert (result.code, result.out) == (code, "")
    assert len(result.err.splitlines()) <= 2
    assert said in result.err.splitlines()[-1]
    assert result.err.splitlines()[-1].startswith("alertsvc: ")
    assert "Traceback" not in result.err


def test_a_language_that_is_not_read_is_told_as_json_too(tmp_path: Path, config: Path) -> None:
    result = alertsvc("explain", file(tmp_path, "a.txt", SPANISH), "--json", "-c", config)
    assert (result.code, result.data["supported"], result.data["language"]) == (1, False, "es")


ARTICLE = f"{TITLE}\n{LEAD}\nسيطر مسلحون على معبر رأس جدير.\nDes hommes armés ont attaqué le poste.\n".encode()
DAMAGE = st.lists(
    st.tuples(st.integers(0, len(ARTICLE)), st.integers(0, 30), st.binary(max_size=6)), min_size=1, max_size=6
)


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector.load()


@given(DAMAGE, st.sampled_from([".txt", ".html", ".jsonl", ".json", ".xml"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
def test_any_bytes_are_explained_or_refused(
    tmp_path: Path, detector: Detector, damage: list[tuple[int, int, bytes]], suffix: str
) -> None:
    raw = ARTICLE
    for start, length, new in damage:
        raw = raw[:start] + new + raw[start + length :]
    found_in, status = subjects_of(file(tmp_path, f"a{suffix}", raw))
    assert status in (0, 1)
    for item in found_in:
        data = as_data(
            detector.detect(item.title, item.text, published=item.published, language=item.language), detector
        )
        as_text(data).encode()
        for found in data["detections"]:
            for field in found["fields"]:
                assert field["words"] is None or field["text"][field["start"] : field["end"]] == field["words"]


def subjects_of(path: Path) -> tuple[list[Subject], int]:
    try:
        return subjects(str(path), None, Settings()), 0
    except typer.Exit as ended:
        return [], ended.exit_code


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_a_text_in_another_encoding_is_read(tmp_path: Path, config: Path, encoding: str) -> None:
    path = file(tmp_path, "a.txt", f"{TITLE} \N{EM DASH} \N{LATIN SMALL LETTER E WITH ACUTE}\n{LEAD}".encode(encoding))
    data = alertsvc("explain", path, "--json", "-c", config).data
    assert data["headline"] == f"{TITLE} \N{EM DASH} \N{LATIN SMALL LETTER E WITH ACUTE}"


def test_detect_reads_what_it_can_and_counts_the_rest(tmp_path: Path, config: Path) -> None:
    odd = json.dumps(record("\ud800", published="0001-01-01")), json.dumps(record("\ud800")), '{"id": null}', "x"
    path = file(tmp_path, "a.jsonl", "\n".join((*odd, json.dumps(record("one")))))
    noise = file(tmp_path, "b.json", bytes(range(256)))
    out = tmp_path / "out.jsonl"
    result = alertsvc("detect", path, noise, "-o", out, "-c", config)
    assert result.code == 1
    assert [json.loads(line)["id"] for line in out.read_text(encoding="utf-8").splitlines()] == ["?", "one"]
    told = result.err.splitlines()
    assert [line.partition(" ")[0] for line in told[-5:-1]] == ["a.jsonl:1:", "a.jsonl:3:", "a.jsonl:4:", "b.json:"]
    assert told[-1] == ("alertsvc: 4 records or files were no articles, 0 articles could not be read; 2 were read")


def test_many_wrong_records_are_told_in_a_few_lines(tmp_path: Path, config: Path) -> None:
    path = file(tmp_path, "a.jsonl", "x\n" * 500 + json.dumps(record("one")))
    result = alertsvc("explain", path, "-c", config)
    assert (result.code, result.out.count("INCIDENT ")) == (0, 1)
    assert len(result.err.splitlines()) == 21
    assert result.err.endswith("... and 480 more of the kind\n")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_from_which_none_can_be_counted(tmp_path: Path, config: Path, day: str) -> None:
    result = alertsvc("explain", file(tmp_path, "a.txt", TITLE), "--published", day, "-c", config)
    assert (result.code, result.out) == (2, "")
    assert "not a day of the years 1900 to 2200" in result.err


def test_a_day_that_is_none(tmp_path: Path, config: Path) -> None:
    result = alertsvc("explain", file(tmp_path, "a.txt", TITLE), "--published", "2026-02-30", "-c", config)
    assert (result.code, result.out) == (2, "")
    assert "--published 2026-02-30" in result.err


@contextmanager
def serving(**pages: Reply) -> Iterator[FeedServer]:
    """Serve pages at `/name` beside the command, which has an event loop of its own."""
    thread = LoopThread()
    server = FeedServer()
    try:
        thread.run(server.__aenter__())
        for name, page in pages.items():
            server.script(f"/{name}", page)
        yield server
        thread.run(server.__aexit__())
    finally:
        thread.stop()


def reaching(folder: Path, server: FeedServer) -> Path:
    return write_config(folder, f'[collect]\nallow_hosts = ["127.0.0.1:{server.port}"]\nhost_gap = 0.01\ntimeout = 2')


HTML = {"Content-Type": "text/html; charset=utf-8"}


def test_an_address_is_fetched_and_explained(tmp_path: Path) -> None:
    with serving(
        story=Answer(PAGE, 200, HTML), text=Answer(f"{TITLE}\n{LEAD}", 200, {"Content-Type": "text/plain"})
    ) as server:
        config = reaching(tmp_path, server)
        result = alertsvc("explain", server.url("/story"), "-c", config)
        assert (result.code, result.err) == (0, "")
        assert result.out.startswith(f"{TITLE}\n")
        assert "event date: 2026-02-01" in result.out
        assert "Abqaiq" not in result.out
        assert alertsvc("explain", server.url("/text"), "--json", "-c", config).data["detections"]


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("none", "404"),
        ("gone", "410"),
        ("failing", "500"),
        ("empty", "no article found there"),
        ("picture", "no article found there: it is a picture"),
        ("silent", ""),
        ("spanish", "language es is not one that is read"),
    ],
)
def test_an_address_without_an_article_is_one_clear_line(tmp_path: Path, page: str, said: str) -> None:
    pages: dict[str, Reply] = {
        "gone": Answer("gone", 410),
        "failing": Answer("sorry", 500),
        "empty": Answer("<html><body> </body></html>", 200, HTML),
        "picture": Answer(b"\x89PNG\r\n\x1a\n\x00\x00", 200, {"Content-Type": "image/png"}),
        "silent": Silent(),
        "spanish": Answer(f"<html><body><p>{SPANISH}</p></body></html>", 200, HTML),
    }
    with serving(**pages) as server:
        url = server.url(f"/{page}")
        result = alertsvc("explain", url, "-c", reaching(tmp_path, server))
    assert (result.code, result.out) == (1, "")
    (line,) = result.err.splitlines()
    assert line.startswith(f"alertsvc: {url}: ")
    assert said in line


def test_an_address_of_this_machine_is_refused_unless_allowed(config: Path) -> None:
    result = alertsvc("explain", "http://127.0.0.1:9/", "-c", config)
    assert (result.code, result.out) == (1, "")
    assert len(result.err.splitlines()) == 1


def store_article(folder: Path, text: str = LEAD) -> tuple[int, str]:
    """Store and file an article as the service does; return its id and its incident's."""
    settings = Settings()
    result = Detector.load().detect(TITLE, text, published=NOW.date(), language="en")
    with Store.open(f"sqlite:///{folder}/var/alertsvc.db") as store, store.begin() as conn:
        sync_feeds(conn, [replace(saved_feed(), id="wire")], NOW)
        article = Article(
            feed_id="wire",
            key="one",
            url="https://wire.example/one",
            title=TITLE,
            text=text,
            outlet="wire.example",
            fetched=NOW,
            content_hash="1",
            published=NOW,
            language="en",
        )
        (stored,) = save_articles(conn, [article], NOW).new
        assert stored.id is not None
        save_detections(conn, stored.id, stored.revision, result.detections, NOW)
        (filed,) = make_desk(store, settings).file(conn, stored, result.detections, NOW)
    return stored.id, filed.incident.public_id


def test_a_stored_article_is_explained_with_what_became_of_it(tmp_path: Path, config: Path) -> None:
    (tmp_path / "var").mkdir()
    article_id, public_id = store_article(tmp_path)
    result = alertsvc("explain", str(article_id), "-c", config)
    assert (result.code, result.err) == (0, "")
    assert f"Stored article {article_id} of the feed wire, revision 1" in result.out
    assert "https://wire.example/one" in result.out
    told = " ".join(result.out.split())
    assert "detected when it was read: border_crossing: seizure at Ras Ajdir (LY-TN), probability 0.9" in told
    assert f"filed under {public_id}: border_crossing, seizure at Ras Ajdir" in result.out
    assert "it differs" not in result.out

    stored = alertsvc("explain", str(article_id), "--json", "-c", config).data["stored"]
    assert (stored["id"], stored["same"]) == (article_id, True)
    assert [item["incident"] for item in stored["incidents"]] == [public_id]
    assert stored["detections"][0]["event_date"] == "2026-02-01"


def test_what_would_be_decided_otherwise_today_is_said(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    article_id, _ = store_article(tmp_path)
    strict = write_config(tmp_path, "[detect]\nthreshold = 0.99999")
    result = alertsvc("explain", str(article_id), "-c", strict)
    assert result.code == 0
    assert "No incident reported." in result.out
    assert "what follows is what the rules and the model of today say, and it differs" in result.out


def test_incidents_show_tells_what_an_incident_was_read_from(tmp_path: Path, config: Path) -> None:
    (tmp_path / "var").mkdir()
    _, public_id = store_article(tmp_path)
    result = alertsvc("incidents", "show", public_id, "-c", config)
    (line,) = [line for line in result.out.splitlines() if "read from" in line]
    assert "place: \u201cRas Ajdir\u201d (sentence " in line
    assert "event date: \u201cSunday\u201d (sentence 1)" in line
    assert "field place" not in result.out


@pytest.mark.parametrize("number", ["4711", "9" * 30])
def test_an_article_that_is_not_stored(config: Path, number: str) -> None:
    (config.parent / "var").mkdir()
    result = alertsvc("explain", number, "-c", config)
    assert (result.code, result.out) == (1, "")
    assert result.err == f"alertsvc: no article {number} in the store\n"
