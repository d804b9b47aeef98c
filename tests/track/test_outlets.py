"""The table of outlets."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from alertsvc.errors import DataError
from alertsvc.resources import data_dir
from alertsvc.track.outlets import KINDS, Outlet, Outlets, registrable_domain

SHIPPED = data_dir("rules") / "outlets.csv"
HEADER = "domain,name,kind,owner,country,source\n"


def test_the_shipped_table_is_sound() -> None:
    outlets = Outlets.load(SHIPPED)
    assert len(outlets) >= 80
    assert {outlets.of(domain).kind for domain in ("reuters.com", "spglobal.com", "aps.dz")} <= set(KINDS)


def test_a_subdomain_belongs_to_the_domain_above_it() -> None:
    outlets = Outlets.load(SHIPPED)
    assert outlets.of("www.reuters.com") is outlets.of("africa.reuters.com") is outlets.of("reuters.com")
    assert outlets.of("notreuters.com").name == "notreuters.com"


def test_an_unknown_outlet_is_its_own_owner() -> None:
    assert Outlets([]).of("www.desk.paper.com.tn") == Outlet("paper.com.tn", "paper.com.tn", owner="paper.com.tn")


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("a.b.example.org", "example.org"),
        ("news.example.co.uk", "example.co.uk"),
        ("example.gov.ly", "example.gov.ly"),
        ("www.example.ly.", "example.ly"),
        ("WWW.Example.LY", "example.ly"),
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_registrable_domain(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


def test_a_credited_agency_is_named_as_its_owner() -> None:
    outlets = Outlets.load(SHIPPED)
    assert outlets.origin("Reuters") == outlets.origin("reuters.com") == outlets.of("reuters.com").owner
    assert outlets.origin("Agence France-Presse") == outlets.origin("AFP")
    assert outlets.origin(" Desert Wire ") == "Desert Wire"


def test_every_agency_that_detection_knows_has_an_owner() -> None:
    outlets = Outlets.load(SHIPPED)
    with SHIPPED.open(encoding="utf-8", newline="") as stream:
        owners = {row["owner"] for row in csv.DictReader(stream)}
    with (SHIPPED.parent / "gazetteer" / "agencies.csv").open(encoding="utf-8", newline="") as stream:
        names = [row["name"] for row in csv.DictReader(stream)]
    assert names
    assert [name for name in names if outlets.origin(name) not in owners] == []


def test_rows_of_the_operator_and_of_the_demonstration_replace_ours(tmp_path: Path) -> None:
    over = tmp_path / "outlets.csv"
    over.write_text(HEADER + "reuters.com,Reuters,agency,Someone Else,GB,own site\n", encoding="utf-8")
    wire = Outlet("wire.example", "The Wire", "agency", "The Wire")
    outlets = Outlets.load(SHIPPED, over, [wire])
    assert outlets.of("reuters.com").owner == "Someone Else"
    assert outlets.of("wire.example") is wire


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("a.com,A,agency,A,US\n", ":2: 5 columns instead of 6"),
        ("a.com,A,paper,A,US,known\n", ":2: kind: must be one of"),
        ("a.com,A,agency,A,US,known\na.com,B,agency,B,US,known\n", ":3: domain: a.com is given twice"),
        ("https://a.com,A,agency,A,US,known\n", ":2: domain: must be a host name"),
        ("www.a.com,A,agency,A,US,known\n", ":2: domain: must be a host name"),
        ("a.com,,agency,A,US,known\n", ":2: name: is missing"),
        ("a.com,A,agency,A,usa,known\n", ":2: country: must be two capital letters"),
    ],
)
def test_faults_are_told_with_file_and_line(tmp_path: Path, rows: str, fault: str) -> None:
    path = tmp_path / "outlets.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        Outlets.load(path)
    assert f"{path}{fault}" in str(caught.value)


def test_another_header_or_no_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "outlets.csv"
    path.write_text("name,domain\n", encoding="utf-8")
    with pytest.raises(DataError, match="columns must be"):
        Outlets.load(path)
    with pytest.raises(DataError, match="cannot be read"):
        Outlets.load(tmp_path / "missing.csv")
