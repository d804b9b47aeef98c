"""The commands on what is stored: incidents, export, db."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from alertsvc.cli.layout import listing
from alertsvc.cli.times import ago, read_since
from alertsvc.domain import IncidentClass, Phase, Place, PlaceKind, to_json
from alertsvc.errors import StoreError
from alertsvc.export import CSV_COLUMNS, Selection, safe_cell, select
from alertsvc.store import Store
from alertsvc.store.incidents import get_incident
from alertsvc.store.info import public_name, schema_version
from alertsvc.store.schema import SCHEMA_VERSION
from tests.cli.support import alertsvc, write_config
from tests.web.support import (
    NOW,
    SARIR,
    a_detection,
    a_report,
    an_incident,
    an_invented,
    store_articles,
    store_incidents,
)

BORDER = "LY-2026-0131-7f3a"
OIL = "LY-2026-0130-0011"
OLD = "ML-2025-1201-00aa"
DEMO = "DZ-2026-0131-d3m0"
WEST = Place("Kati -- west", PlaceKind.CROSSING, "ML", latitude=12.7, longitude=-8.07)


@pytest.fixture
def store(store_url: str):
    """Three real incidents and an invented one."""
    with Store.open(store_url, migrate=False) as opened:
        oil = a_detection(incident_class=IncidentClass.OIL, place=SARIR)
        store_incidents(
            opened,
            an_incident(),
            an_incident(
                OIL,
                incident_class=IncidentClass.OIL,
                place=SARIR,
                changed=NOW - timedelta(days=1),
                phase=Phase.RESOLVED,
                reports=(a_report(9001, detection=oil, outlet_name="=cmd|' /C calc'!A0"),),
            ),
            an_incident(OLD, place=WEST, changed=NOW - timedelta(days=60)),
            an_invented(),
        )
        yield opened


@pytest.fixture
def config(tmp_path: Path, store_url: str, store: Store) -> Path:
    return write_config(tmp_path, url=store_url)


def ids(document: object) -> list[str]:
    assert isinstance(document, dict)
    return [item["public_id"] for item in document["incidents"]]


def test_list_shows_real_incidents_one_line_each(config: Path):
    result = alertsvc("incidents", "list", "--config", config)
    lines = result.out.splitlines()
    assert result.code == 0
    assert lines[0].split() == ["Id", "Severity", "Status", "Phase", "Changed", "What"]
    assert [line.split()[0] for line in lines[1:]] == [BORDER, OIL, OLD]
    assert "Al-Tum" in lines[1]
    assert "[DEMO]" not in result.out


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ((), [BORDER, OIL, OLD]),
        (("--class", "oil_facility"), [OIL]),
        (("--country", "ne"), [BORDER]),
        (("--country", "NE-LY"), [BORDER]),
        (("--country", "ML"), [OLD]),
        (("--phase", "resolved"), [OIL]),
        (("--since", "2026-01-15"), [BORDER, OIL]),
        (("--since", "2026-02-01T09:00:00+00:00"), [BORDER]),
        (("--limit", "1"), [BORDER]),
        (("--demonstration",), [DEMO]),
        (("--class", "capital_approach"), []),
    ],
)
def test_filters(config: Path, options: tuple[str, ...], wanted: list[str]):
    result = alertsvc("incidents", "list", "--json", "-c", config, *options)
    assert result.code == 0
    assert ids(result.data) == wanted
    assert result.data["demonstration"] is ("--demonstration" in options)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--class", "oil"), "--class: give one of border_crossing, oil_facility, capital_approach"),
        (("--phase", "over"), "--phase: give one of open, resolved, closed"),
        (("--country", "Libya"), "--country: "),
        (("--since", "yesterday"), "--since: give a time back such as 7d"),
        (("--limit", "0"), "--limit"),
    ],
)
def test_options_that_cannot_be_are_told(config: Path, options: tuple[str, ...], told: str):
    result = alertsvc("incidents", "list", "-c", config, *options)
    assert result.code == 2
    assert told in result.err
    assert result.out == ""


def test_list_says_what_it_leaves_out(tmp_path: Path, config: Path):
    assert "There are more" in alertsvc("incidents", "list", "-c", config, "--limit", "2").out
    assert "There are more" not in alertsvc("incidents", "list", "-c", config, "--limit", "3").out
    empty = write_config(tmp_path, url=f"sqlite:///{tmp_path}/other.db")
    with Store.open(f"sqlite:///{tmp_path}/other.db") as other:
        assert alertsvc("incidents", "list", "-c", empty).out == "No incidents.\n"
        store_incidents(other, an_invented())
    assert "add --demonstration" in alertsvc("incidents", "list", "-c", empty).out


def test_selecting_passes_page_borders(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("alertsvc.export._PAGE", 2)
    with store.read() as conn:
        assert [item.public_id for item in select(conn, Selection())] == [BORDER, OIL, OLD]
        assert [item.public_id for item in select(conn, Selection(phase=Phase.OPEN))] == [BORDER, OLD]
        assert [item.public_id for item in select(conn, Selection(), 2)] == [BORDER, OIL]


def test_show_tells_everything(config: Path, store: Store):
    result = alertsvc("incidents", "show", BORDER, "-c", config)
    with store.read() as conn:
        incident = get_incident(conn, BORDER)
    assert incident is not None
    assert result.code == 0
    assert "Severity 3.0/5.0 (Severe) |" in result.out
    for term in incident.severity.terms:
        assert f"{term.name}: {term.why}" in result.out
    assert "-0.50 doubt" in result.out
    for update in incident.updates:
        assert update.changes[0] in result.out
    for report in incident.reports:
        assert report.outlet_name in result.out
        assert report.url is not None
        assert report.url in result.out
        for sentence in report.detection.sentences:
            assert sentence in result.out
        for reason in report.detection.reasons:
            assert f"{reason.kind} {reason.name} {reason.weight:+.2f}" in result.out
    assert "The eastern command says: our units hold the post again" in result.out


def test_show_as_json_holds_the_incident_whole(config: Path, store: Store):
    document = alertsvc("incidents", "show", BORDER, "--json", "-c", config).data
    with store.read() as conn:
        stored = to_json(get_incident(conn, BORDER))
    assert {name: document["incident"][name] for name in stored} == stored
    assert document["incident"]["link"] == f"http://localhost:8080/incidents/{BORDER}"


def test_show_of_nothing(config: Path):
    result = alertsvc("incidents", "show", "XX-nothing", "-c", config)
    assert (result.code, result.out) == (1, "")
    assert "XX-nothing" in result.err


def test_what_feeds_wrote_is_neither_markup_nor_a_command_to_the_terminal(config: Path, store: Store):
    evil = "[bold red]Post\x1b]0;owned\x07 \u202etaken[/nonsense]"
    store_incidents(store, an_incident("LY-evil", reports=(a_report(9100, title=evil, outlet_name=evil),)))
    result = alertsvc("incidents", "show", "LY-evil", "-c", config)
    assert result.code == 0
    assert "[bold red]Post" in result.out
    assert "[/nonsense]" in result.out
    assert not set("\x1b\x07\u202e") & set(result.out)


def rows(text_: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_, newline="")))


def test_csv(config: Path):
    result = alertsvc("export", "incidents", "--format", "csv", "-c", config)
    assert result.code == 0
    border, oil, old = rows(result.out)
    assert tuple(border) == tuple(CSV_COLUMNS)
    assert border["id"] == BORDER
    assert (border["country"], border["severity"], border["killed_low"], border["killed_high"]) == (
        "LY-NE",
        "3.0",
        "3",
        "",
    )
    assert border["changed"] == "2026-02-01T10:00:00Z"
    assert border["links"].count("https://") == 2
    assert float(old["longitude"]) == -8.07
    assert oil["outlets"].startswith("'=cmd|")


@given(st.text(alphabet=st.one_of(st.sampled_from("=+-@\t\r\n'＝a1 "), st.characters())))
def test_no_cell_begins_a_formula(value: str):
    cell = safe_cell(value)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert cell in (value, f"'{value}")


def test_json_and_geojson(config: Path):
    document = alertsvc("export", "incidents", "--format", "json", "-c", config, "--since", "2026-01-15").data
    assert (document["schema"], ids(document), document["next"]) == ("alertsvc/incidents/1", [BORDER, OIL], None)
    shapes = alertsvc("export", "incidents", "--format", "geojson", "-c", config, "--demonstration").data
    assert [feature["id"] for feature in shapes["features"]] == [DEMO]
    assert shapes["features"][0]["properties"]["headline"].startswith("[DEMO] ")
    assert shapes["features"][0]["geometry"]["coordinates"] == [9.4, 30.1]


def test_output_goes_to_a_file_whole_or_not_at_all(config: Path, tmp_path: Path):
    printed = alertsvc("export", "incidents", "-f", "csv", "-c", config).out
    target = tmp_path / "out" / "incidents.csv"
    result = alertsvc("export", "incidents", "-f", "csv", "-o", target, "-c", config)
    assert result.code == 1
    assert "cannot be written: No such file or directory" in result.err
    target.parent.mkdir()
    target.write_text("older", encoding="utf-8")
    result = alertsvc("export", "incidents", "-f", "csv", "-o", target, "-c", config)
    assert (result.code, result.out) == (0, "")
    assert "3 incidents written to" in result.err
    assert target.read_bytes().decode() == printed
    assert list(target.parent.iterdir()) == [target]


def test_unknown_format(config: Path):
    result = alertsvc("export", "incidents", "-f", "xlsx", "-c", config)
    assert result.code == 2
    assert "--format: give one of json, csv, geojson" in result.err


def test_db_info(config: Path, store: Store):
    store_articles(store, {"a1": "read", "a2": "unread"})
    seen = alertsvc("db", "info", "--json", "-c", config).data
    assert (seen["dialect"], seen["schema"]) == (store.dialect, SCHEMA_VERSION)
    assert (seen["rows"]["incidents"], seen["rows"]["articles"], seen["rows"]["outbox"]) == (4, 2, 0)
    assert seen["bytes"] > 10_000
    assert datetime.fromisoformat(seen["oldest_article"]) <= datetime.fromisoformat(seen["newest_article"])
    shown = alertsvc("db", "info", "-c", config)
    assert shown.code == 0
    assert f"({store.dialect})" in shown.out


def test_db_info_makes_nothing(tmp_path: Path):
    result = alertsvc("db", "info", "-c", write_config(tmp_path))
    assert result.code == 1
    assert "no such database: run `alertsvc db upgrade`" in result.err
    assert not (tmp_path / "var").exists()


def test_db_upgrade_sets_up_and_then_has_nothing_to_do(tmp_path: Path, empty_url: str):
    config = write_config(tmp_path, url=empty_url)
    assert schema_version(empty_url) is None
    assert f"set up at schema {SCHEMA_VERSION}" in alertsvc("db", "upgrade", "-c", config).out
    assert schema_version(empty_url) == SCHEMA_VERSION
    assert "already" in alertsvc("db", "upgrade", "-c", config).out


def test_a_newer_database_is_left_alone(config: Path, store: Store, store_url: str):
    with store.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for command in ("info", "upgrade"):
        result = alertsvc("db", command, "-c", config)
        assert result.code == 1
        assert "9999" in result.err
    assert schema_version(store_url) == "9999"


def test_passwords_stay_out_of_what_is_shown():
    url = "postgresql://alertsvc:geheim@127.0.0.1:1/news?password=geheim"
    assert public_name(url) == "127.0.0.1:1/news"
    with pytest.raises(StoreError) as caught:
        schema_version(url)
    assert "geheim" not in f"{caught.value!r}"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("7d", NOW - timedelta(days=7)),
        ("12 h", NOW - timedelta(hours=12)),
        ("2w", NOW - timedelta(weeks=2)),
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T10:00:00+02:00", datetime(2026, 1, 31, 8, tzinfo=UTC)),
    ],
)
def test_since(value: str, wanted: datetime):
    assert read_since(value, NOW) == wanted


@given(st.text().filter(lambda value: not value.strip()[:1].isdecimal()))
def test_what_is_no_time_is_refused(value: str):
    with pytest.raises(typer.Exit) as refused:
        read_since(value, NOW)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize("value", ["999999w", "2026-02-31", "7", "7y", "-7d", "2026-01-31T25:00"])
def test_times_that_cannot_be_are_refused(value: str):
    with pytest.raises(typer.Exit):
        read_since(value, NOW)


def test_ago():
    told = [ago(NOW - timedelta(seconds=seconds), NOW) for seconds in (0, 5, 100, 3600 * 3, 86400 * 3, -120)]
    assert told == ["now", "5 s ago", "2 min ago", "3 h ago", "3 d ago", "in 2 min"]
    assert ago(None, NOW) == "never"


def test_a_row_of_a_listing_is_never_folded(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "40")
    listing(("Id", "N", "What"), [(("i" * 60, 1, "w" * 60), "why " * 20), (("الحدود", None, "x\ty"), "")], "none")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert lines[1] == f"{'i' * 60}  1  {'w' * 60}"
    assert lines[3].endswith("x y")


def test_incident_without_reports_is_shown_all_the_same(config: Path, store: Store):
    bare = replace(an_incident("LY-bare"), reports=(), updates=())
    store_incidents(store, bare)
    assert alertsvc("incidents", "show", "LY-bare", "-c", config).code == 0
    assert "LY-bare" in alertsvc("export", "incidents", "-f", "csv", "-c", config).out
    assert json.loads(alertsvc("export", "incidents", "-f", "json", "-c", config).out)
