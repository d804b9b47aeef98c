from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.detect.fold import fold, tokens
from alertsvc.detect.lexicon import LANGUAGES, Hit, Lexicon
from alertsvc.errors import DataError
from alertsvc.resources import layered_files
from alertsvc.strictyaml import read_strictly


@pytest.fixture(scope="module")
def shipped() -> Lexicon:
    return Lexicon.load(layered_files("rules", "lexicon.yaml"))


def found(phrase: str, text: str, language: str = "en") -> list[tuple[int, int]]:
    lexicon = Lexicon([("X", language, phrase)])
    return [(hit.first, hit.last) for hit in lexicon.find(tokens(fold(text)), language)]


@pytest.mark.parametrize(
    ("phrase", "text", "spans"),
    [
        ("seized", "They SEIZED it and seized that", [(1, 1), (4, 4)]),
        ("seize", "They seized it", []),
        ("seiz*", "They seized it, seizing much", [(1, 1), (3, 3)]),
        ("took over", "They took over", [(1, 2)]),
        ("took over", "They took it over", []),
        ("took ~ over", "They took a b c d over", [(1, 6)]),
        ("took ~ over", "They took a b c d e over", []),
        ("took ~ over", "They took over", [(1, 2)]),
        ("took ~1 over", "took a over took a b over", [(0, 2)]),
        ("took ~9 over", "took 1 2 3 4 5 6 7 8 9 over", [(0, 10)]),
        ("(took|takes) (it|them)", "takes them, took it, took those", [(0, 1), (2, 3)]),
        (
            "back (online|on stream|in operation)",
            "back online; back on stream; back in operation; back on",
            [(0, 1), (2, 4), (5, 7)],
        ),
        ("(in on|on) the (city|capital*)", "closing in on the capitals", [(1, 4), (2, 4)]),
        ("moins (d un|de 24)", "moins d'un jour, moins de 24 heures", [(0, 2), (4, 6)]),
        ("a ~ b c", "a b x b c", [(0, 4)]),
        ("a ~ b ~ c", "a b b x x x x c", [(0, 7)]),
        ("à l aube", "A L’AUBE", [(0, 2)]),
        ("poste frontière", "poste-frontiere", [(0, 1)]),
    ],
)
def test_how_a_phrase_is_found(phrase: str, text: str, spans: list[tuple[int, int]]) -> None:
    assert found(phrase, text) == spans


@pytest.mark.parametrize(
    ("phrase", "text", "spans"),
    [
        ("معبر", "والمعبر مغلق بالمعبر", [(0, 0), (2, 2)]),
        ("سيطر*", "وسيطرت القوات فسيطروا", [(0, 0), (2, 2)]),
        ("إغلاق ~ حدود", "اغلاق جميع الحدود", [(0, 2)]),
        ("مصفاة", "المصفاه", [(0, 0)]),
        ("حد", "الحد", []),
    ],
)
def test_arabic_words_are_found_behind_their_particles(phrase: str, text: str, spans: list[tuple[int, int]]) -> None:
    assert found(phrase, text, "ar") == spans


def test_of_one_concept_at_one_word_the_longest_stands() -> None:
    lexicon = Lexicon(
        [("X", "en", "border"), ("X", "en", "border post"), ("Y", "en", "border post gate"), ("Y", "fr", "a")]
    )
    assert lexicon.concepts == {"X", "Y"}
    assert lexicon.find(tokens("a border post gate"), "en") == [Hit("X", 1, 2), Hit("Y", 1, 3)]
    assert lexicon.find(tokens("a border"), "fr") == [Hit("Y", 0, 0)]


@pytest.mark.parametrize(
    ("phrase", "fault"),
    [
        ("", "begins and ends with a word"),
        ("~ control", "stands between two words"),
        ("control ~", "begins and ends with a word"),
        ("a ~ ~ b", "stands between two words"),
        ("a ~x b", "stands between two words"),
        ("a ~-3 b", "stands between two words"),
        ("(a|)", "empty word"),
        ("()", "empty word"),
        ("a|", "empty word"),
        ("s*", "fewer than two letters"),
        ("*", "fewer than two letters"),
        ("(a|b c", "without its other half"),
        ("a) b", "without its other half"),
        ("((a|b) c)", "without its other half"),
        ("post-frontière*", "more than one word"),
        ("a, b", "more than one word"),
        (" ".join(["(a b|c d|e f)"] * 4), "more than 64 phrases"),
    ],
)
def test_a_phrase_that_means_nothing_is_refused(phrase: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Lexicon([("X", "en", phrase)])


def test_every_fault_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    files = {
        "one.yaml": "SEIZE:\n  en: [seized, '(a|', yes, '', 5]\n  de: [nahm]\n  fr: pris\n"
        "lower: {en: [x]}\nBAD: [x]\n5: {en: [x]}\n",
        "two.yaml": "SEIZE: [\n",
        "three.yaml": "- a\n",
        "four.yaml": "",
        "five.yaml": "SEIZE: {en: [a]}\nOTHER: {en: [a]}\nSEIZE: {en: [b]}\n",
        "six.yaml": "SEIZE: {en: [2026-02-30]}\n",
    }
    paths = []
    for name, content in files.items():
        paths.append(tmp_path / name)
        paths[-1].write_text(content, encoding="utf-8")
    paths += [tmp_path / "bytes.yaml", tmp_path / "absent.yaml"]
    paths[-2].write_bytes(b"SEIZE: {en: [caf\xe9]}\n")
    with pytest.raises(DataError) as caught:
        Lexicon.load(paths)
    expected = [
        "one.yaml:2: SEIZE.en: '(a|': a bracket",
        "one.yaml:2: SEIZE.en: True: not text",
        "one.yaml:2: SEIZE.en: '': a phrase begins",
        "one.yaml:2: SEIZE.en: 5: not text",
        "one.yaml:3: SEIZE.de: must be a list under en, fr or ar",
        "one.yaml:4: SEIZE.fr: must be a list under en, fr or ar",
        "one.yaml:5: 'lower': a concept's name is capital letters",
        "one.yaml:6: BAD: must hold en, fr and ar",
        "one.yaml:7: 5: a concept's name",
        "two.yaml:2: while parsing",
        "three.yaml:1: must hold concepts",
        "four.yaml:1: the file is empty",
        "five.yaml:3: the key 'SEIZE' is used twice",
        "six.yaml:1: '2026-02-30': day is out of range",
        "bytes.yaml:1: is not UTF-8",
        "absent.yaml: cannot be read",
    ]
    assert len(caught.value.problems) == len(expected), caught.value.problems
    for problem, start in zip(caught.value.problems, expected, strict=True):
        assert problem.startswith(start)


def test_a_file_nested_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text("[" * 20_000)
    with pytest.raises(ValueError, match="nested too deeply"):
        read_strictly(path)


def test_a_later_file_adds_to_an_earlier(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("X: {en: [one]}\n")
    (tmp_path / "b.yaml").write_text("X: {en: [two]}\nY: {fr: [trois]}\n")
    lexicon = Lexicon.load([tmp_path / "a.yaml", tmp_path / "b.yaml"])
    assert [hit.concept for hit in lexicon.find(tokens("one two"), "en")] == ["X", "X"]
    assert lexicon.concepts == {"X", "Y"}


def test_shipped_concepts_are_all_told_in_three_languages() -> None:
    tree = read_strictly(layered_files("rules", "lexicon.yaml")[0])
    assert {concept for concept, entry in tree.items() if set(entry) != set(LANGUAGES)} == set()
    assert {concept for concept, entry in tree.items() if not all(entry.values())} == set()


@pytest.mark.parametrize(
    ("language", "sentence", "concepts"),
    [
        ("en", "Rebels seized the border crossing and shut it", {"SEIZE", "FORCE_WORD", "CROSSING_WORD", "CLOSE"}),
        ("en", "The field is back on stream", {"RESUME"}),
        ("en", "Rebels are marching on the capital", {"ADVANCE", "CAPITAL_WORD"}),
        ("fr", "Les rebelles se sont emparés du poste-frontière", {"SEIZE", "FORCE_WORD", "CROSSING_WORD"}),
        ("fr", "Repris en moins de 24 heures", {"QUICK"}),
        ("ar", "سيطر مسلحون على المعبر الحدودي", {"SEIZE", "FORCE_WORD", "CROSSING_WORD"}),
        ("ar", "رفع حالة القوة القاهرة عن الحقل", {"RESUME"}),
    ],
)
def test_shipped_phrases_find_what_they_are_for(
    shipped: Lexicon, language: str, sentence: str, concepts: set[str]
) -> None:
    assert concepts <= {hit.concept for hit in shipped.find(tokens(fold(sentence)), language)}


@given(st.lists(st.sampled_from(["a", "b", "c", "x"]), max_size=14))
def test_a_phrase_with_gaps_is_found_wherever_it_stands(words: list[str]) -> None:
    expected = sorted(
        {
            i
            for i, one in enumerate(words)
            for j, two in enumerate(words)
            for k, three in enumerate(words)
            if (one, two, three) == ("a", "b", "c") and i < j <= i + 5 and j < k <= j + 3
        }
    )
    assert [first for first, _ in found("a ~ b ~2 c", " ".join(words))] == expected
