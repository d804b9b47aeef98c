from __future__ import annotations

import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.detect.clean import Cleaner, mend
from alertsvc.errors import DataError
from alertsvc.resources import data_dir

ANY = st.text(st.characters(), max_size=300)
BROKEN = st.lists(
    st.sampled_from(
        [
            "&#",
            "& # 39 ;",
            "&amp;",
            "&amp;#39;",
            ";",
            "x",
            "9" * 9,
            "Ã",
            "©",
            "â€",
            "™",
            "\x9d",
            "\ud800",
            "\u202e",
            "\r",
            "\n",
            " ",
            "word",
            "Related articles",
            "Leave a reply",
            "$",
            "F",
            "\u0640",
            "معبر",
            "<i>",
            "</p",
            "<a x=",
            "<!--",
            ">",
            "\u200b",
            "\u00ad",
            "\ufef7",
            "\x00",
            "&#0;",
            "&#xD800;",
        ]
    ),
    max_size=40,
).map("".join)


@pytest.fixture(scope="module")
def cleaner() -> Cleaner:
    return Cleaner.load(data_dir("rules") / "junk.yaml")


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("& # 39; The hour is come & # 39;", "' The hour is come '"),
        ("Haftar&#8217;s men &amp; others", "Haftar’s men & others"),
        ("Haftar&amp;#39;s &amp;amp; &quot;x&quot;", 'Haftar\'s & "x"'),
        ("&#x2019;&#146;", "’’"),
        ("N&#8217;Djam&eacute;na", "N’Djaména"),
        ("Ã©tat d'alerte Ã\xa0 NiameÌ", "état d'alerte à NiameÌ"),
        ("Ã‰tat, Ã€ Paris", "État, À Paris"),
        ("Ã\x80 l'aube", "À l'aube"),
        ("â€œGoâ€\x9d, he said â€“ itâ€™s overâ€¦", "“Go”, he said – it’s over…"),
        ("Â«\xa0ouiÂ\xa0Â»", "« oui »"),
        ("".join(chr(b) if 0x80 <= b <= 0x9F else bytes([b]).decode("cp1252") for b in "فقه".encode()), "فقه"),
        ("معـــبر رَأس جَدِير", "معبر رأس جدير"),
        ("zero\u200bwidth \ufeff\u202eleft", "zerowidth left"),
        ("a\u00adb\x00c\x07", "ab c"),
        ("half \ud83d pair", "half pair"),
        ("one\r\ntwo\rthree\u2028four\u2029five", "one\ntwo\nthree\nfour\nfive"),
        ("e\u0301", "é"),
        ("  a \t\xa0 b  ", "a b"),
        ("\ufee3\ufecc\ufe92\ufeae \ufead\ufe83\ufeb1 \ufe9f\ufeaa\ufef3\ufeae", "معبر رأس جدير"),
        ("\ufefb \ufdf2 \ufe8d\ufedf\ufe76\ufee4\ufecc\ufe92\ufeae", "لا الله المعبر"),
        ("&#xFE8D;&#xFEDF;", "ال"),
        ("½ ﬁne № 5 Ⅳ ２", "½ ﬁne № 5 Ⅳ ２"),  # other compatibility forms stay as they are
        ("<i>three</i> killed at Ras&nbsp;<b>Ajdir</b>", "three killed at Ras Ajdir"),
        ("&lt;em class=&quot;x&quot;&gt;three&lt;/em&gt; killed", "three killed"),
        ("<p>One.</p><p>Two.<br/>Three.</p>", "One.\n\nTwo.\nThree."),
        ("<td>12</td><td>killed</td>", "12 killed"),
        ("a <script>var b = '<i>';</script>c<!-- d --> e", "a c e"),
        ("gone <a href='http://x.example/y", "gone"),
        ("3 < 5 > 4, a <b and c> d, <three> men, x <- y", "3 < 5 > 4, a <b and c> d, <three> men, x <- y"),
        ("Ras\u200bAjdir, 12\u200bkilled,\u200bthree hurt", "Ras Ajdir, 12 killed, three hurt"),
        ("cross\u00ading th\u00adree", "crossing three"),
        ("kil\u2060led t\U000e0001hr\u206aee\u2800men", "killed three men"),
        ("AT&T, Ârea, Ça, Être, âgé, Ã la", "AT&T, Ârea, Ça, Être, âgé, Ã la"),
    ],
)
def test_broken_characters_are_mended(broken: str, mended: str) -> None:
    assert mend(broken) == mended


@pytest.mark.parametrize("digits", [9, 5000])
def test_a_character_of_an_endless_number_is_no_character(digits: int) -> None:
    assert mend(f"a&#{'9' * digits};b &#x{'f' * digits};c &amp;#{'9' * digits};d") == "a\ufffdb \ufffdc \ufffdd"


@given(ANY | BROKEN)
def test_mending_never_fails_and_leaves_nothing_invisible(text: str) -> None:
    mended = mend(text)
    assert mended == mended.strip()
    assert not any("\ud800" <= char <= "\udfff" or (char < " " and char != "\n") for char in mended)
    mended.encode("utf-8")


SET = st.characters(min_codepoint=0xFB50, max_codepoint=0xFDFF) | st.characters(
    min_codepoint=0xFE70, max_codepoint=0xFEFC
)


@given(st.text(SET, max_size=30))
def test_printed_forms_of_arabic_are_letters_afterwards(text: str) -> None:
    mended = mend(f"x{text}x")
    assert all(unicodedata.normalize("NFKC", char) == char for char in mended)
    assert mend(mended) == mended


@given(ANY)
def test_nothing_else_is_normalised_for_compatibility(text: str) -> None:
    kept = [char for char in text if char.isalnum() and char.isascii()]
    mended = mend("½ﬁ２" + "".join(kept))
    assert mended == "½ﬁ２" + "".join(kept)


@given(ANY | BROKEN, ANY | BROKEN)
def test_cleaning_never_fails(title: str, text: str) -> None:
    clean = Cleaner(["leave a"], ["related"], [r"\(x\)"]).clean(title, text)
    assert "\n" not in clean.title
    assert all(line and "\n" not in line for line in clean.paragraphs)


@pytest.mark.parametrize(
    "line",
    [
        "Number of times this article was read : 86",
        "Share this on Facebook",
        "Updated on Monday",
        "Photo: AFP",
        "Image - Reuters",
        "Published on: 12 March 2026 at 10:00",
        "Read also: The price of bread",
        "We use cookies to remember your choices",
        "Advertisement",
        "Follow our channel on WhatsApp",
        "All rights reserved",
        "12 comments",
        "Tags: Libya, Niger",
        "Partager sur Facebook",
        "Publié le 12 mars 2026 à 10h00",
        "Tous droits réservés",
        "Publicité",
        "Nous utilisons des cookies",
        "جميع الحقوق محفوظة",
        "تابعونا على تويتر",
        "إعلان",
        "الوسوم: ليبيا",
        "آخر تحديث: 10 مارس",
    ],
)
def test_lines_around_an_article_are_left_out(cleaner: Cleaner, line: str) -> None:
    clean = cleaner.clean("Gunmen seize a post", f"Gunmen came at dawn.\n{line}\nThey left at noon.")
    assert clean.paragraphs == ("Gunmen came at dawn.", "They left at noon.")
    assert clean.dropped == 1


@pytest.mark.parametrize(
    "line",
    [
        "Related articles",
        "Leave a comment",
        "Please enter your comment!",
        "Sign up for our newsletter",
        "À lire aussi",
        "Laisser un commentaire",
        "Abonnez-vous",
        "Articles similaires",
        "اقرأ أيضا",
        "مواضيع ذات صلة",
        "اترك تعليقا",
        "الأكثر قراءة",
    ],
)
def test_what_follows_an_article_is_cut(cleaner: Cleaner, line: str) -> None:
    clean = cleaner.clean("Title", f"One came.\nTwo came.\n{line}\nRebels took Tripoli in another story.")
    assert clean.paragraphs == ("One came.", "Two came.")
    assert clean.dropped == 2


def test_a_menu_on_top_cuts_nothing(cleaner: Cleaner) -> None:
    clean = cleaner.clean("Title", "Related articles\nOne came.\nTwo came.\nThree came.\nFour came.")
    assert "Four came." in clean.paragraphs


@pytest.mark.parametrize(
    "line",
    [
        "Published figures show that the oilfield lost half of its output after the attack.",
        "Updated numbers from the ministry put the dead at twelve.",
        "Posted on the frontier, the soldiers opened fire.",
        "Publié le lendemain de l'attaque, le communiqué parle de douze morts.",
        "Shared borders make the crossing hard to guard.",
        "Image-conscious commanders filmed the capture.",
        "Listeners heard shots at the border post.",
        "Imprimeurs et libraires ont fermé après l'attaque.",
        "إعلان حالة الطوارئ في العاصمة بعد هجوم المسلحين على معبر رأس جدير.",
    ],
)
def test_news_that_begins_like_junk_stays(cleaner: Cleaner, line: str) -> None:
    assert cleaner.clean("Title", f"One came.\n{line}").paragraphs == ("One came.", line)


def test_doubled_headlines_and_lines_are_read_once(cleaner: Cleaner) -> None:
    title = "Army Retakes Post"
    clean = cleaner.clean(
        title, f"{title}\n2\nARMY RETAKES POST\nArmy Retakes PostF\nThe army came.\nThe army came.\nIt left."
    )
    assert clean.paragraphs == ("The army came.", "It left.")
    assert clean.dropped == 5


@pytest.mark.parametrize(
    ("title", "clean"),
    [
        ("Three Soldiers Die Close to NigerF", "Three Soldiers Die Close to Niger"),
        ("Court decides$", "Court decides"),
        ("Report as PDF", "Report as PDF"),
        ("He pays in US$", "He pays in US$"),
        ("Post falls | Sahara News", "Post falls"),
        ("Two\nlines", "Two lines"),
    ],
)
def test_marks_on_headlines_go(cleaner: Cleaner, title: str, clean: str) -> None:
    assert cleaner.clean(title, "x").title == clean


def test_captions_inside_a_line_go(cleaner: Cleaner) -> None:
    clean = cleaner.clean("t", "A car burns. By - (LNA / AFP Service of War Pictures)\nThe base (AFP / File) fell.")
    assert clean.paragraphs == ("A car burns.", "The base  fell.")


def test_empty_lists_drop_nothing() -> None:
    assert Cleaner([], [], []).clean("Title", "One.\nTwo.").paragraphs == ("One.", "Two.")


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        ("cut: [", ["junk.yaml:1: "]),
        ("cut: []\nline: []\n", ["junk.yaml:1: must hold the lists cut, line and inside"]),
        ("- a\n", ["junk.yaml:1: must hold"]),
        ("cut: 5\nline: [5]\ninside: []\n", ["junk.yaml:1: cut: must be a list", "junk.yaml:2: line: 5: not text"]),
        ("cut: ['(']\nline: ['[']\ninside: ['(?=x)']\n", [":1: cut: '('", ":2: line: '['", ":3: inside: '(?=x)'"]),
        ("cut: ['']\nline: ['a*']\ninside: ['a*']\n", [":1: cut: '': every line", ":2: line: 'a*': every line"]),
        ("cut: [2026-02-30]\nline: []\ninside: []\n", ["junk.yaml:1: '2026-02-30': day is out of range"]),
        (b"cut: ['\xff']\n", ["junk.yaml:1: is not UTF-8"]),
        ("", ["junk.yaml:1: the file is empty"]),
        ("cut: []\nline:\n- ok\n- '('\ninside: []\n", ["junk.yaml:4: line: '(': no RE2 pattern"]),
    ],
)
def test_every_fault_of_the_patterns_is_told(tmp_path: Path, content: str | bytes, faults: list[str]) -> None:
    path = tmp_path / "junk.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError) as caught:
        Cleaner.load(path)
    assert len(caught.value.problems) == len(faults)
    for problem, fault in zip(caught.value.problems, faults, strict=True):
        assert fault in problem


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"junk\.yaml"):
        Cleaner.load(tmp_path / "junk.yaml")


# A text of a million characters takes well under a second where the time grows with its length, and hours where it
# grows with the square. The limit is on processor time, in a process of its own.
HOSTILE = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
from alertsvc.detect.clean import Cleaner
from alertsvc.detect.sentences import split
from alertsvc.resources import data_dir
cleaner = Cleaner.load(data_dir("rules") / "junk.yaml")
pieces = (".", "&", "&#", "&amp;", "Ã", "â€", "a. ", ". ", '."', "! ", "\\n.", "(", " ", "x", "\\u0301", "| a ")
for piece in (*pieces, "by - (", "& # 3"):
    run = piece * (19_000 // len(piece))
    # Lines that differ, since a line that was read before is left out.
    for title, body in ((run, ""), ("t", run * 20), ("t", "\\n".join(f"w{n} {run}" for n in range(20)))):
        split(cleaner.clean(title, body), limit=10_000)
print("read")
"""


def test_hostile_text_costs_no_more_than_its_length() -> None:
    done = subprocess.run([sys.executable, "-c", HOSTILE], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "read\n", done.stderr


@pytest.mark.parametrize(
    "text", ["هاجم مسلحون معبر رأس جدير الحدودي فجر الأحد وأغلقوه.", "أعلن الجيش «السيطرة» على الحقل"]
)
def test_arabic_that_was_read_as_windows_1256_is_read_again(text: str) -> None:
    assert mend(text.encode().decode("cp1256")) == text
    assert mend(text) == text


@pytest.mark.parametrize("text", ["ط§", "عظ، غط؛", "قال: «عطّ… وغظ؟»"])
def test_arabic_that_only_looks_so_stays(text: str) -> None:
    assert mend(text) == text.replace("\u0651", "")
