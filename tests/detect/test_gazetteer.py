from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
APPROACH = "id,name,capital,country,lat,lon,km_to_capital\n"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("x,X2,TN-LY,33,11,,,,s", "countries: 'TN-LY' is not two codes in alphabetical order"),
        ("x,X2,LY,33,11,,,,s", "countries: 'LY' is not"),
        ("x,X2,LY-LY,33,11,,,,s", "countries: 'LY-LY' is not"),
        ("x,X2,ly-tn,33,11,,,,s", "countries: 'ly-tn' is not"),
        ("x,X2,LY-ZZ,33,11,,,,s", "countries: ZZ is not in countries.csv"),
        ("x,X2,LY-TN,91,11,,,,s", "lat: 91 lies outside -90 to 90"),
        ("x,X2,LY-TN,33,-181,,,,s", "lon: -181 lies outside -180 to 180"),
        ("x,X2,LY-TN,nan,11,,,,s", "lat: nan lies outside"),
        ('x,X2,LY-TN,"33,1",11,,,,s', "lat: '33,1' is not a number"),
        ("x,X2,LY-TN,,11,,,,s", "empty lat"),
        ("x, ,,33,11,,,,s", "empty name, countries"),
        ("x,X2,LY-TN,33,11,a1,b1,c1,s,t", "more cells than columns; a cell with a comma in it"),
        ("ly-tn-ras,X2,LY-TN,33,11,,,,s", "id 'ly-tn-ras' stands already at crossings.csv:2"),
        ('x,"X2,LY-TN,33,11,,,,s', "name: a quotation mark is opened and not closed on its line"),
        ('x,X2,LY-TN,33,11,"Two"x,,,s', 'aliases_en: text goes on behind a closed quotation mark; write " within'),
        ("x,X2,LY-TN,33,-170,,,,s", "lat, lon: 33, -170 lies 12,575 km outside LY; up to 250"),
        ("x,X2,LY-TN,33,-11,,,,s", "lat, lon: 33, -11 lies 1,"),
        ("x,X2,LY-TN,11,33,,,,s", "lat, lon: 11, 33 lies 1,"),
        ("x,X2,LY-TN,33,11,Port;the,,,s", "aliases_en: 'the' is a word of grammar that any text may hold"),
        ("x,X2,LY-TN,33,11,,Les,,s", "aliases_fr: 'Les' is a word of grammar"),
        ("x,X2,LY-TN,33,11,,,إلى,s", "aliases_ar: 'إلى' is a word of grammar"),
        ("x,X2,LY-TN,33,11,of the,,,s", "aliases_en: 'of the' is a word of grammar"),
        ("x,X2,LY-TN,33,11,para,,,s", "aliases_en: 'para' is a word of grammar"),
        ("x,X2,LY-TN,33,11,—,,,s", "aliases_en: '—' has no letter in it"),
        ("x,X2,LY-TN,33,11,2019,,,s", "aliases_en: '2019' has no letter in it"),
        ("x,X2,LY-TN,33,11,K,,,s", "aliases_en: 'K' is a single letter"),
        (f"x,X2,LY-TN,33,11,{'Post ' * 40},,,s", "aliases_en: 'Post Post"),
        ("x,the,LY-TN,33,11,,,,s", "name: 'the' is a word of grammar"),
        ("x,Ras\0Two,LY-TN,33,11,,,,s", "name: holds the control character, U+0000"),
        ("x,X2,LY-TN,33,11,Two\x07,,,s", "aliases_en: holds the control character, U+0007"),
        ("x,X2,LY-TN,33,11,Tw\ufffd,,,s", "aliases_en: holds the mark of a lost character, U+FFFD"),
        ("x y,X2,LY-TN,33,11,,,,s", "id: 'x y' is not of letters, digits and hyphens"),
        (b"x,Gu\xe9,LY-TN,33,11,,,,s", "is not UTF-8 text: there is the byte 0xE9, 'é' in Windows-1252"),
    ],
)
def test_a_wrong_row_is_told_with_its_line_and_column(write: Write, row: str | bytes, fault: str) -> None:
    raw = row if isinstance(row, bytes) else row.encode()
    wrong = b"w,W2,LY,33,11,,,,s\n"
    problems = faults(write(crossings=(HEAD + ROW).encode() + raw + b"\n" + wrong))
    assert len(problems) == 2, problems
    assert problems[0].startswith(f"crossings.csv:3: {fault}")
    assert problems[1].startswith("crossings.csv:4: countries: 'LY' is not"), (
        "a bad row costs the rows behind it nothing"
    )


def test_every_fault_of_a_row_is_told(write: Write) -> None:
    problems = faults(write(crossings=HEAD + "x y,the,LY-TN,a,b,K;of,,,s\n"))
    columns = [problem.split(": ")[1] for problem in problems if problem.startswith("crossings.csv:2")]
    assert columns == ["id", "lat", "lon", "name", "aliases_en", "aliases_en"]


@pytest.mark.parametrize(
    ("point", "hint"),
    [
        ("11,33", "latitude and longitude exchanged?"),
        ("33,-11", "the sign of the longitude?"),
        ("-33,11", "the sign of the latitude?"),
    ],
)
def test_a_slip_of_the_hand_is_guessed(write: Write, point: str, hint: str) -> None:
    (problem,) = faults(write(crossings=HEAD + f"ly-tn-ras,Ras Ajdir,LY-TN,{point},Ras Jdir,,,s\n"))
    assert problem.endswith(f"up to 250 km are taken ({hint})")


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"crossings": None}, "crossings.csv: missing"),
        ({"crossings": "id,name,lat\nx,X,1\n"}, "crossings.csv:1: no column countries, lon"),
        ({"crossings": ""}, "crossings.csv:1: the file is empty; its first line has to name the columns id, name"),
        ({"crossings": "\n \n,,\n"}, "crossings.csv:1: the file is empty"),
        (
            {"crossings": HEAD.replace(",", ";")},
            "crossings.csv:1: no column id, name, countries, lat, lon; cells",
        ),
        ({"crossings": HEAD.replace("source", "name")}, "crossings.csv:1: two columns are called 'name'"),
        (
            {"crossings": HEAD.replace("aliases_fr", "alias_fr") + ROW},
            "crossings.csv:1: unknown column 'alias_fr'",
        ),
        ({"crossings": HEAD.encode("utf-16")}, "crossings.csv:1: is UTF-16 and not UTF-8 text; save it as UTF-8"),
        ({"crossings": (HEAD + ROW).encode("utf-16-le")}, "crossings.csv:1: is UTF-16 and not UTF-8 text"),
        ({"crossings": b"PK\x03\x04\x14\0\6\0"}, "crossings.csv:1: is not text but a zip archive, as .xlsx"),
        ({"crossings": bytes(range(256))}, "crossings.csv:"),
        ({"crossings": b"id,name\n\xff,\xfe\n"}, "crossings.csv:1: no column countries"),
        (
            {"countries": "code,name\nLBY,Libya\nLY,Libya\nTN,Tunisia\nMA,Morocco\n"},
            "countries.csv:2: code: 'LBY' is not",
        ),
        (
            {"countries": "code,name\nLY,Libya\nTN,Tunisia\n"},
            "actors.csv:2: countries: MA is not in countries.csv",
        ),
        (
            {"capital_approaches": APPROACH + "x,X2,Tripoli,LY,32,13,900\n"},
            "capital_approaches.csv:2: km_to_capital: 900 lies outside 0 to 600",
        ),
        (
            {"capital_approaches": APPROACH + "ly-zawiya,Zawiya,Tripolis,LY,32.75,12.7,45\n"},
            "capital_approaches.csv:2: capital: 'Tripolis' is not in capitals.csv",
        ),
        (
            {"capital_approaches": APPROACH + "ly-zawiya,Zawiya,Tripoli,LY,25,15,45\n"},
            "capital_approaches.csv:2: km_to_capital: 45 km, but the point lies 896 km from that of Tripoli",
        ),
        (
            {"oil_facilities": SMALL["oil_facilities.csv"].replace(",refinery,", ",refinary,")},
            "oil_facilities.csv:2: type: 'refinary' is none of field, gas_field,",
        ),
        ({"tier1": None}, "tier1.csv: missing"),
        ({"tier1": "file,id\ncrossings.csv,ly-tn-raz\n"}, "tier1.csv:2: id: 'ly-tn-raz' is not in crossings.csv"),
        ({"ambiguous_aliases": "file,id\n"}, "ambiguous_aliases.csv:1: no column alias, reason"),
        (
            {"ambiguous_aliases": "file,id,alias,reason\ncrossings.csv,ly-tn-raz,Ras Jdir,a town\n"},
            "ambiguous_aliases.csv:2: id: 'ly-tn-raz' is not in crossings.csv",
        ),
        (
            {"ambiguous_aliases": "file,id,alias,reason\ncrossings.csv,ly-tn-ras,Ras Jdar,a town\n"},
            "ambiguous_aliases.csv:2: alias: 'Ras Jdar' is no name of 'ly-tn-ras' in crossings.csv",
        ),
        (
            {"ambiguous_aliases": "file,id,alias,reason\ncrossing.csv,ly-tn-ras,Ras Jdir,a town\n"},
            "ambiguous_aliases.csv:2: file: 'crossing.csv' is none of actors.csv,",
        ),
    ],
)
def test_a_wrong_file_is_told(write: Write, changed: dict[str, str | bytes | None], fault: str) -> None:
    problems = faults(write(**changed))
    assert len(problems) == 1, problems
    assert problems[0].startswith(fault)


def test_every_fault_of_every_file_is_told_at_once(write: Write) -> None:
    problems = faults(
        write(
            crossings=HEAD + "a,A2,TN-LY,33,11,,,,s\nb,B2,LY-TN,x,11,,,,s\n",
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
        "agencies.csv:1:",
        "countries.csv:5:",
    ]


def test_many_lines_in_another_encoding_are_one_fault_and_the_others_are_read(write: Write) -> None:
    row = "x{},Gué,LY-TN,33,11,,,,s\n"
    content = (HEAD + ROW).encode() + "".join(map(row.format, range(50))).encode("cp1252") + b"w,W2,LY,33,11,,,,s\n"
    problems = faults(write(crossings=content))
    assert len(problems) == 2
    assert problems[0].startswith("crossings.csv:3: is not UTF-8 text: there is the byte 0xE9")
    assert problems[0].endswith("(49 more lines of the kind)")
    assert problems[1].startswith("crossings.csv:53: countries: 'LY'")


def test_blank_rows_line_ends_of_every_kind_and_blanks_round_cells_do_no_harm(write: Write) -> None:
    one, two = "x , Port ,LY-TN, 33 ,11,,,,s", "y,Three,LY-TN,33,11,,,,s"
    gazetteer = Gazetteer.load(write(crossings=f"{HEAD}{ROW}\r\n,,,,,,,,\r{one}\r\n\n{two}"))
    assert [gazetteer.entries[key].name for key in ("x", "y")] == ["Port", "Three"]


def test_names_are_mended_as_texts_are(write: Write) -> None:
    row = "x,Bilasuwar,LY-TN,33,11,Bila\u00adsuwar;Gu\u200bé,,بیله\u200cسوار;\ufee3\ufecc\ufe92\ufead,s\n"
    gazetteer = Gazetteer.load(write(crossings=HEAD + ROW + row))
    for name in ("Bilasuwar", "Gué", "بیلهسوار", "معبر"):
        assert [entry.id for entry in gazetteer.named(name)] == ["x"], name


def test_vowel_signs_keep_two_places_of_one_spelling_apart(write: Write) -> None:
    gazetteer = Gazetteer.load(write(crossings=HEAD + ROW + "x,Amman,LY-TN,33,11,,,عمّان,s\n"))
    assert gazetteer.named("عمان") == []
    assert [entry.id for entry in gazetteer.named("عمّان")] == ["x"]


def test_acronyms_that_are_words_in_small_letters_are_names(write: Write) -> None:
    gazetteer = Gazetteer.load(write(agencies="id,name,aliases_en\nafp,AFP,IT;An Ses\n"))
    assert ids(gazetteer, "IT said it was true in An Ses") == [["agency:afp"], ["agency:afp"]]


@pytest.mark.parametrize("given", ["Benghazi", "LY:benghazi", "LY:Benghazi"])
def test_the_name_of_a_capital_can_need_support(write: Write, given: str) -> None:
    row = f"capitals.csv,{given},بنغازي,a first name\ncapitals.csv,Tripoli,Tripoli,6 GeoNames place(s) elsewhere\n"
    gazetteer = Gazetteer.load(write(ambiguous_aliases="file,id,alias,reason\n" + row))
    (hit,) = find(gazetteer, "بنغازي")
    assert hit.ambiguous == {"capital:LY:benghazi"}
    assert [hit.ambiguous for hit in find(gazetteer, "Benghazi and Tripoli")] == [frozenset(), frozenset()]


@pytest.mark.parametrize(("file", "key", "name"), [("agencies.csv", "afp", "AFP"), ("countries.csv", "TN", "Tunisie")])
def test_names_of_every_file_can_need_support(write: Write, file: str, key: str, name: str) -> None:
    gazetteer = Gazetteer.load(write(ambiguous_aliases=f"file,id,alias,reason\n{file},{key},{name},a word\n"))
    (hit,) = find(gazetteer, name)
    assert hit.ambiguous


def test_files_of_two_folders_are_not_held_against_one_another(write: Write, tmp_path: Path) -> None:
    own = tmp_path / "own" / "crossings.csv"
    own.parent.mkdir()
    own.write_text(HEAD + "x,X2,LY-TN,33,11,,,,s\n", encoding="utf-8")
    gazetteer = Gazetteer.load(write() | {"crossings.csv": own})
    assert "x" in gazetteer.entries


CELLS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["", "LY-TN", "LY", "33", "-170", "the", "ly-tn-ras", '"', '""', '"a', "a;b", "\0", "nan", "1e999", "crossings.csv"]
)


@given(
    st.sampled_from(sorted(SMALL)),
    st.lists(st.lists(CELLS, max_size=11).map(",".join), max_size=3).map("\n".join),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1256", "latin-1"]),
    st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_rows_are_read_or_told_with_file_and_line(
    write: Write, name: str, rows: str, encoding: str, header: bool
) -> None:
    content = (SMALL[name] if header else "") + rows
    problems = problems_of(write(**{name.removesuffix(".csv"): content.encode(encoding, "replace")}))
    for problem in problems:
        assert re.fullmatch(r"[a-z1_]+\.csv:\d+: .{8,}", problem, re.DOTALL), problem
        assert int(problem.split(":")[1]) <= content.count("\n") + content.count("\r") + SMALL[name].count("\n") + 9


@given(st.sampled_from(sorted(SMALL)), st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_bytes_are_read_or_told_with_file_and_line(write: Write, name: str, raw: bytes) -> None:
    for content in (raw, SMALL[name].encode() + raw):
        for problem in problems_of(write(**{name.removesuffix(".csv"): content})):
            assert re.match(r"[a-z1_]+\.csv:\d+: ", problem), problem


def problems_of(files: dict[str, Path]) -> list[str]:
    try:
        Gazetteer.load(files)
    except DataError as error:
        return error.problems
    return []


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
