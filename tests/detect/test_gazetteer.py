from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from alertsvc.detect.fold import fold, tokens
from alertsvc.detect.gazetteer import Entry, Gazetteer, NameHit
from alertsvc.domain import PlaceKind
from alertsvc.errors import DataError
from alertsvc.resources import layered_files

SMALL = {
    "crossings.csv": "id,name,countries,lat,lon,aliases_en,aliases_fr,aliases_ar,source\n"
    "ly-tn-ras,Ras Ajdir,LY-TN,33.15,11.56,Ras Jdir;Ras Jedir,,رأس جدير,own\n",
    "oil_facilities.csv": "id,name,country,type,lat,lon,aliases_en,aliases_fr,aliases_ar,source\n"
    "ly-zawiya,Zawiya refinery,LY,refinery,32.7,12.7,Zawiya,Zaouia,مصفاة الزاوية,own\n",
    "capitals.csv": "country,capital,lat,lon,aliases_en,aliases_fr,aliases_ar,status,source\n"
    "LY,Benghazi,32.1,20.0,Benghazi,,بنغازي,rival_seat,own\nLY,Tripoli,32.9,13.2,Tripoli,,طرابلس,capital,own\n",
    "capital_approaches.csv": "id,name,capital,country,lat,lon,km_to_capital,aliases_en,aliases_fr,aliases_ar,kind\n"
    "ly-zawiya,Zawiya,Tripoli,LY,32.75,12.7,45.0,Zawiya;Az Zawiyah,Zaouia,الزاوية,town\n",
    "actors.csv": "id,name,type,countries,aliases_en,aliases_fr,aliases_ar\nma-far,Royal Forces,state,MA,FAR,,\n",
    "agencies.csv": "id,name,aliases_en,aliases_fr,aliases_ar,source\nafp,AFP,Agence France-Presse,,,own\n",
    "countries.csv": "code,name,aliases_en,aliases_fr,aliases_ar,source\nLY,Libya,Libyan,Libye,ليبيا,own\n"
    "TN,Tunisia,,Tunisie,تونس,own\nMA,Morocco,,Maroc,المغرب,own\n",
    "tier1.csv": "file,id\ncrossings.csv,ly-tn-ras\n",
    "ambiguous_aliases.csv": "file,id,alias,reason\ncapital_approaches.csv,ly-zawiya,Zawiya,another\n"
    "oil_facilities.csv,ly-zawiya,Zawiya,ordinary word; a town\n",
}
Write = Callable[..., dict[str, Path]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the small gazetteer with some files changed (None leaves one out) and return it as `load` takes it."""

    def make(**changed: str | bytes | None) -> dict[str, Path]:
        files = {}
        for name, content in (SMALL | {f"{key}.csv": value for key, value in changed.items()}).items():
            if content is not None:
                files[name] = tmp_path / name
                files[name].write_bytes(content if isinstance(content, bytes) else content.encode())
        return files

    return make


@pytest.fixture(scope="module")
def shipped() -> Gazetteer:
    return Gazetteer.load(SHIPPED)


SHIPPED = {path.name: path for path in layered_files("rules", "gazetteer/*.csv")}


def faults(files: dict[str, Path]) -> list[str]:
    with pytest.raises(DataError) as caught:
        Gazetteer.load(files)
    return caught.value.problems


def find(gazetteer: Gazetteer, text: str) -> list[NameHit]:
    return gazetteer.find(tokens(fold(text)), text)


def ids(gazetteer: Gazetteer, text: str) -> list[list[str]]:
    return [sorted(entry.id for entry in hit.entries) for hit in find(gazetteer, text)]


def test_a_small_gazetteer(write: Write) -> None:
    gazetteer = Gazetteer.load(write())
    ras = gazetteer.entries["ly-tn-ras"]
    assert ras == Entry(PlaceKind.CROSSING, "ly-tn-ras", "Ras Ajdir", "LY-TN", 33.15, 11.56, tier=1)
    assert gazetteer.entries["ly-zawiya"].tier == 2
    assert gazetteer.entries["approach:ly-zawiya"].km_to_capital == 45.0
    assert gazetteer.capitals["LY"].name == "Tripoli"
    assert gazetteer.named("ras jédir") == [ras]
    assert gazetteer.named("ras jdir crossing") == []
    assert gazetteer.named("") == []


def test_what_bears_one_name_is_given_together_with_doubts(write: Write) -> None:
    gazetteer = Gazetteer.load(write())
    (hit,) = find(gazetteer, "Clashes in Zawiya")
    assert {entry.id for entry in hit.entries} == {"ly-zawiya", "approach:ly-zawiya"}
    assert hit.ambiguous == {"ly-zawiya", "approach:ly-zawiya"}
    assert hit.ordinary == {"ly-zawiya"}
    assert (hit.first, hit.last) == (2, 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Zawiya refinery burns", [["ly-zawiya"]]),
        ("RAS-AJDIR, Râs Jdir and Ras jedir", [["ly-tn-ras"]] * 3),
        ("ras jedir, tripoli", []),
        ("Ras al Ajdir", []),
        ("Al Zawiyah, El Zawiyah", []),
        ("Az Zawiyah", [["approach:ly-zawiya"]]),
        ("وبرأس جدير", [["ly-tn-ras"]]),
        ("بمصفاة الزاوية", [["ly-zawiya"]]),
        ("والزاوية", [["approach:ly-zawiya"]]),
        ("as far as Tripoli", [["capital:LY:tripoli"]]),
        ("the FAR moved", [["actor:ma-far"]]),
        ("Far away", []),
        ("Tripolitania", []),
    ],
)
def test_how_a_name_is_found(write: Write, text: str, expected: list[list[str]]) -> None:
    assert ids(Gazetteer.load(write()), text) == expected


def test_a_name_that_is_looked_up_needs_no_capitals(write: Write) -> None:
    assert [entry.id for entry in Gazetteer.load(write()).named("ras jedir")] == ["ly-tn-ras"]


def test_the_latin_article_has_two_spellings() -> None:
    entry = Entry(PlaceKind.OIL, "x", "El Sharara", "LY")
    gazetteer = Gazetteer([(entry, ["El Sharara"])])
    assert ids(gazetteer, "Al-Sharara and el Sharara") == [["x"], ["x"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in Qarabulli", [["one"]]),
        ("in Karabulli today", [["one"]]),
        ("in karabulli today", []),
        ("at Karabulli Ghazal", [["two"]]),
        ("at Karabulli Ghazaal Gate", [["two"]]),
        ("at Karabuli Ghazal Port", [["three"]]),
        ("at Garabulli Ghazal", []),
        ("the Karabulli", [["one"]]),
        ("the Qarabully H", [["four"]]),
        ("the Karabully", [["one"]]),
    ],
)
def test_a_name_that_is_spelt_otherwise_is_known_by_its_sound(text: str, expected: list[list[str]]) -> None:
    names = {"one": "Qarabulli", "two": "Qarabulli Ghazal", "three": "Qarabulli Ghazal Port", "four": "Qarabulli H"}
    gazetteer = Gazetteer([(Entry(PlaceKind.CROSSING, id_, name), [name]) for id_, name in names.items()])
    assert ids(gazetteer, text) == expected


def test_a_spreadsheets_byte_order_mark_does_no_harm(write: Write) -> None:
    Gazetteer.load(write(crossings=b"\xef\xbb\xbf" + SMALL["crossings.csv"].encode()))


HEAD = SMALL["crossings.csv"].partition("\n")[0] + "\n"
ROW = SMALL["crossings.csv"].partition("\n")[2]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("x,X,TN-LY,1,1,,,,s", "crossings.csv:3: countries 'TN-LY' is not two codes in alphabetical order"),
        ("x,X,LY,1,1,,,,s", "crossings.csv:3: countries 'LY' is not"),
        ("x,X,LY-LY,1,1,,,,s", "crossings.csv:3: countries 'LY-LY' is not"),
        ("x,X,ly-tn,1,1,,,,s", "crossings.csv:3: countries 'ly-tn' is not"),
        ("x,X,LY-ZZ,1,1,,,,s", "crossings.csv:3: country ZZ is not in countries.csv"),
        ("x,X,LY-TN,91,1,,,,s", "crossings.csv:3: lat 91 lies outside -90 to 90"),
        ("x,X,LY-TN,1,-181,,,,s", "crossings.csv:3: lon -181 lies outside -180 to 180"),
        ("x,X,LY-TN,nan,1,,,,s", "crossings.csv:3: lat nan lies outside"),
        ('x,X,LY-TN,"33,1",1,,,,s', "crossings.csv:3: lat '33,1' is not a number"),
        ("x,X,LY-TN,,1,,,,s", "crossings.csv:3: empty lat"),
        ("x, ,,1,1,,,,s", "crossings.csv:3: empty name, countries"),
        ("x,X,LY-TN,1,1,a,b,c,s,t", "crossings.csv:3: more cells than columns"),
        ("ly-tn-ras,X,LY-TN,1,1,,,,s", "crossings.csv:3: id 'ly-tn-ras' stands already at crossings.csv:2"),
        ("ly-zawiya,X,LY-TN,1,1,,,,s", "oil_facilities.csv:2: id 'ly-zawiya' stands already at crossings.csv:3"),
        ('x,"X,LY-TN,1,1,,,,s', "crossings.csv: cannot be read: unexpected end of data"),
    ],
)
def test_a_wrong_row_is_told_with_its_line(write: Write, row: str, fault: str) -> None:
    problems = faults(write(crossings=HEAD + ROW + row + "\n"))
    assert len(problems) == 1
    assert problems[0].startswith(fault)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"crossings": None}, "crossings.csv: missing"),
        ({"crossings": "id,name,lat\nx,X,1\n"}, "crossings.csv:1: no column countries, lon"),
        ({"crossings": ""}, "crossings.csv:1: no column id, name"),
        ({"crossings": b"id,name\n\xff,\xfe\n"}, "crossings.csv: cannot be read: 'utf-8' codec"),
        (
            {"countries": "code,name\nLBY,Libya\nLY,Libya\nTN,Tunisia\nMA,Morocco\n"},
            "countries.csv:2: code 'LBY' is not",
        ),
        ({"countries": "code,name\nLY,Libya\nTN,Tunisia\n"}, "actors.csv:2: country MA is not in countries.csv"),
        (
            {"capital_approaches": "id,name,capital,country,lat,lon,km_to_capital\nx,X,T,LY,1,1,900\n"},
            "capital_approaches.csv:2: km_to",
        ),
        ({"tier1": None}, "tier1.csv: missing"),
        ({"ambiguous_aliases": "file,id\n"}, "ambiguous_aliases.csv:1: no column alias, reason"),
    ],
)
def test_a_wrong_file_is_told(write: Write, changed: dict[str, str | bytes | None], fault: str) -> None:
    problems = faults(write(**changed))
    assert len(problems) == 1, problems
    assert problems[0].startswith(fault)


def test_every_fault_of_every_file_is_told_at_once(write: Write) -> None:
    problems = faults(
        write(
            crossings=HEAD + "a,A,TN-LY,1,1,,,,s\nb,B,LY-TN,x,1,,,,s\n",
            oil_facilities="id,name\n",
            capitals=None,
            agencies=b"\xff",
            countries=SMALL["countries.csv"] + "x,X,,,,\n",
        )
    )
    assert [problem.partition(" ")[0] for problem in problems] == [
        "crossings.csv:2:",
        "crossings.csv:3:",
        "oil_facilities.csv:1:",
        "capitals.csv:",
        "agencies.csv:",
        "countries.csv:5:",
    ]


def rows(name: str) -> list[dict[str, str]]:
    with SHIPPED[name].open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def names(row: dict[str, str]) -> list[str]:
    found = [row.get("name") or row["capital"]]
    for column in ("aliases_en", "aliases_fr", "aliases_ar"):
        found += [alias.strip() for alias in (row.get(column) or "").split(";") if alias.strip()]
    return found


def key(row: dict[str, str]) -> str:
    return row.get("id") or row.get("code") or row["capital"]


NAMED = ("crossings", "oil_facilities", "capital_approaches", "capitals", "actors", "agencies", "countries")


def test_shipped_names_can_be_found(shipped: Gazetteer) -> None:
    prefix = {"capital_approaches": "approach:", "actors": "actor:", "agencies": "agency:", "countries": "country:"}
    lost = []
    for name in NAMED:
        for row in rows(f"{name}.csv"):
            entry = (
                prefix.get(name, "") + key(row)
                if name != "capitals"
                else f"capital:{row['country']}:{fold(row['capital'])}"
            )
            lost += [
                f"{name}: {key(row)}: {alias}"
                for alias in names(row)
                if entry not in {e.id for e in shipped.named(alias)}
            ]
    assert lost == []


def test_no_shipped_name_is_borne_by_two_rows_of_one_file_unless_listed_as_ambiguous() -> None:
    listed = {(row["file"], row["id"], fold(row["alias"]).strip()) for row in rows("ambiguous_aliases.csv")}
    shared = []
    for name in NAMED:
        bearers: dict[str, set[str]] = defaultdict(set)
        for row in rows(f"{name}.csv"):
            for alias in names(row):
                bearers[fold(alias).strip()].add(key(row))
        shared += [
            (name, alias, who)
            for alias, found in bearers.items()
            for who in found
            if len(found) > 1 and (f"{name}.csv", who, alias) not in listed
        ]
    assert shared == []


def test_shipped_side_files_speak_of_what_is_there() -> None:
    there = {
        (f"{name}.csv", key(row)): {fold(alias).strip() for alias in names(row)}
        for name in NAMED
        for row in rows(f"{name}.csv")
    }
    assert [row for row in rows("tier1.csv") if (row["file"], row["id"]) not in there] == []
    assert [
        r for r in rows("ambiguous_aliases.csv") if fold(r["alias"]).strip() not in there.get((r["file"], r["id"]), ())
    ] == []
    capitals = {fold(alias) for row in rows("capitals.csv") for alias in names(row)}
    assert [row["id"] for row in rows("capital_approaches.csv") if fold(row["capital"]) not in capitals] == []


def test_shipped_kinds_are_those_of_the_readme() -> None:
    kinds = {
        ("oil_facilities.csv", "type"): "field gas_field terminal refinery pipeline depot pumping_station lng",
        ("actors.csv", "type"): "state rebel militia jihadist mercenary gang un",
        ("capital_approaches.csv", "kind"): "town district base airport checkpoint junction",
        (
            "capitals.csv",
            "status",
        ): "capital seat_of_government rival_seat regional_seat disputed_capital disputed_seat",
    }
    for (name, column), allowed in kinds.items():
        assert {row[column] for row in rows(name)} <= set(allowed.split()), name
