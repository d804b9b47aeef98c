"""Cleaning under damage: of an article that was damaged as feeds and pages do it, the article remains, and no more."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import zlib
from collections.abc import Iterable
from random import Random

import pytest

from alertsvc.detect.clean import Cleaner, mend
from alertsvc.detect.detector import Detector
from alertsvc.detect.sentences import split
from alertsvc.resources import data_dir
from tests.detect.damage import CHARACTERS, STRUCTURAL, Story, combined, filed, fits
from tests.detect.stories import WRITTEN, demonstration, founding

SEEDS = range(12)


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector.load()


@pytest.fixture(scope="module")
def cleaner() -> Cleaner:
    return Cleaner.load(data_dir("rules") / "junk.yaml")


@pytest.fixture(scope="module")
def stories(cleaner: Cleaner) -> list[Story]:
    return [*WRITTEN, *founding(cleaner), *asyncio.run(demonstration(cleaner))]


def sentences(cleaner: Cleaner, title: str, text: str) -> list[str]:
    return [sentence.text for sentence in split(cleaner.clean(title, text))]


def dice(*parts: object) -> Random:
    return Random(zlib.crc32(repr(parts).encode()))


def rolls(name: str, stories: Iterable[Story]) -> Iterable[tuple[Story, Random]]:
    return ((story, dice(name, story.name, seed)) for story in stories for seed in SEEDS)


def test_the_stories_are_clean(cleaner: Cleaner, stories: list[Story]) -> None:
    assert len(stories) > 25
    for story in stories:
        clean = cleaner.clean(story.title, story.text)
        assert (clean.dropped, clean.dateline) == (0, ""), story.name
        assert clean.paragraphs == tuple(map(mend, story.paragraphs)), story.name


@pytest.mark.parametrize("name", STRUCTURAL)
def test_what_stands_around_an_article_goes_and_nothing_of_it(
    cleaner: Cleaner, stories: list[Story], name: str
) -> None:
    for story, rng in rolls(name, stories):
        title, text = STRUCTURAL[name](story, rng)
        assert sentences(cleaner, title, text) == sentences(cleaner, story.title, story.text), (story.name, text)


@pytest.mark.parametrize("name", CHARACTERS)
def test_broken_characters_are_mended_to_the_letter(stories: list[Story], name: str) -> None:
    met = 0
    for story, rng in rolls(name, stories):
        for whole in (story.title, story.text):
            if fits(name, whole):
                met += 1
                assert mend(CHARACTERS[name](mend(whole), rng)) == mend(whole), story.name
    assert met > 50


@pytest.mark.parametrize("name", CHARACTERS)
def test_broken_characters_break_no_sentence(cleaner: Cleaner, stories: list[Story], name: str) -> None:
    for story, rng in rolls(name, stories):
        if fits(name, story.title) and fits(name, story.text):
            title, text = CHARACTERS[name](story.title, rng), CHARACTERS[name](story.text, rng)
            assert sentences(cleaner, title, text) == sentences(cleaner, story.title, story.text), story.name


def found(detector: Detector, story: Story, title: str, text: str) -> list[tuple[str, ...]]:
    result = detector.detect(title, text, published=story.published, language=story.language)
    return sorted(
        (item.incident_class.value, item.action.value, item.place.name, str(item.event_date))
        for item in result.detections
    )


@pytest.mark.parametrize("name", STRUCTURAL)
def test_detection_does_not_see_the_damage(detector: Detector, stories: list[Story], name: str) -> None:
    for story in stories:
        title, text = STRUCTURAL[name](story, dice(name, story.name))
        assert found(detector, story, title, text) == found(detector, story, story.title, story.text), story.name


def test_detection_does_not_see_several_damages_at_once(detector: Detector, stories: list[Story]) -> None:
    reported = 0
    for story in stories:
        clean = found(detector, story, story.title, story.text)
        reported += bool(clean)
        for seed in range(6):
            title, text = combined(story, dice("combined", story.name, seed))
            assert found(detector, story, title, text) == clean, (story.name, seed, text)
    assert reported > 15


@pytest.mark.parametrize("story", WRITTEN, ids=lambda story: story.name)
def test_written_stories_are_detected(detector: Detector, story: Story) -> None:
    assert len(found(detector, story, story.title, story.text)) == 1


def test_datelines_are_kept_apart(cleaner: Cleaner, stories: list[Story]) -> None:
    for story in stories:
        title, text = filed(story, dice(story.name))
        clean = cleaner.clean(title, text)
        assert clean.dateline == story.dateline
        assert clean.whole().paragraphs[0] == mend(text).split("\n")[0].strip()


@pytest.mark.parametrize(
    ("line", "dateline"),
    [
        ("TRIPOLI (Agency) - Gunmen came.", "TRIPOLI (Agency) -"),
        ("N'DJAMENA, 12 mars (APS) — Des hommes armés sont venus.", "N'DJAMENA, 12 mars (APS) —"),
        ("BENGHAZI, Libya, Feb. 3 (Agency) -- Troops came.", "BENGHAZI, Libya, Feb. 3 (Agency) --"),
        ("NIAMEY: Troops came.", "NIAMEY:"),
        ("Agency - NIAMEY (AG) - Troops came.", "Agency - NIAMEY (AG) -"),
        ("طرابلس (وكالة) - جاء مسلحون.", "طرابلس (وكالة) -"),
        ("طرابلس - وكالات - جاء مسلحون.", "طرابلس - وكالات -"),
    ],
)
def test_forms_of_datelines(cleaner: Cleaner, line: str, dateline: str) -> None:
    clean = cleaner.clean("Title", line)
    assert clean.dateline == dateline
    assert clean.paragraphs == (line.removeprefix(dateline).strip(),)


@pytest.mark.parametrize(
    "line",
    [
        "Ras Ajdir - the main crossing - was seized on Sunday.",
        "The army said: We hold the post.",
        "Haftar's men - 200 of them - fled.",
        "Troops (and their families) left - on foot.",
        "At 10:15 - the hour of prayer - shells fell.",
        "قال القائد إن المعبر - وهو الأكبر - سقط.",
    ],
)
def test_sentences_with_dashes_have_no_dateline(cleaner: Cleaner, line: str) -> None:
    clean = cleaner.clean("Title", line)
    assert (clean.dateline, clean.paragraphs) == ("", (line,))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Crossing falls", "RAS AJDIR (Agency) - Gunmen seized the border crossing on Sunday and killed two guards."),
        ("أنباء من الجنوب", "معبر رأس جدير - سيطر مسلحون يوم الأحد على المنفذ الحدودي."),
    ],
)
def test_a_dateline_that_names_the_site_is_read_with_its_sentence(detector: Detector, title: str, text: str) -> None:
    story = Story("site", "ar" if title[0] > "z" else "en", title, (text,), WRITTEN[0].published, "")
    (row,) = found(detector, story, title, text)
    assert row[2] == "Ras Ajdir"


def test_a_dateline_gives_agency_country_and_day(detector: Detector) -> None:
    text = "TUNIS, Jan. 31 (Reuters) - Gunmen attacked and seized the border crossing with Libya and killed two guards."
    (item,) = detector.detect("Gunmen seize border post", text, published=WRITTEN[0].published).detections
    assert (item.origin, item.place.country, str(item.event_date)) == ("Reuters", "LY-TN", "2026-01-31")


@pytest.mark.parametrize(
    "line",
    [
        "Share prices fell after the attack on the terminal.",
        "Shares of the company fell by 3 per cent.",
        "Watch towers burned along the frontier.",
        "Watch-towers on both sides were shelled.",
        "Related attacks were reported from two other posts.",
        "Related news of an attack on the terminal could not be confirmed.",
        "Comments by the minister were not available.",
        "More stories of torture came from the prison at the crossing.",
        "Most recent news from the front speaks of a retreat.",
        "About the authors of the raid nothing is known.",
        "Posted in the south, 40 soldiers mutinied.",
        "Published on Monday, the report says that 12 guards died.",
        "Updated figures put the dead at 12.",
        "Telegram on Sunday took down the account of the militia.",
        "Facebook on Monday showed footage of the fight.",
        "Video (shot by a resident) shows gunmen at the gate.",
        "Read by an officer on television, the statement named no one.",
        "Print works in the capital were looted.",
        "Email traffic with the garrison broke off at noon.",
        "Name calling went on while shells fell.",
        "Listen to the shells, a woman said on the telephone.",
        "Reply came at dawn, with mortars.",
        "Advertisement for soldiers ran in every newspaper.",
        "Les plus populaires des chefs rebelles ont été tués.",
        "Partager le pouvoir est exclu, dit le ministre.",
        "Écouter les radios rebelles est interdit.",
        "Publié lundi, le rapport parle de 12 morts.",
        "Vidéo à l'appui, l'armée assure tenir le poste.",
        "Nom de guerre du chef : le Lion.",
        "Répondre aux tirs était impossible, dit un garde.",
        "شارك مئات المسلحين في الهجوم على المعبر.",
        "مشاركة الجيش في المعركة مؤكدة.",
        "نشر الجيش قوات على الحدود.",
        "نشر في المنطقة مئات الجنود.",
        "أخبار متعلقة بسقوط المعبر نفتها الوزارة.",
        "المزيد من القوات وصلت إلى المعبر.",
        "إعلان النفير العام في العاصمة.",
        "الأكثر قراءة للمشهد يتوقع هجوما.",
    ],
)
def test_sentences_that_begin_like_junk_stay(cleaner: Cleaner, line: str) -> None:
    before, behind = "Gunmen came at dawn.", "They left at noon."
    clean = cleaner.clean("Title", f"{before}\n{line}\n{behind}")
    assert clean.paragraphs == (before, line, behind)


@pytest.mark.parametrize(
    "lines",
    [
        ("Calm returns, in part", "People went back to work on Sunday."),
        ("A heading of its own", "The army came."),
        ("A caption without an end (archive)", "لم يأت أحد."),
        ("ministry of defence", "troops at the gate"),
    ],
)
def test_lines_that_belong_apart_stay_apart(cleaner: Cleaner, lines: tuple[str, str]) -> None:
    assert cleaner.clean("Title", "\n".join(lines)).paragraphs == lines


# As in the test of hostile texts: a limit on processor time that only a cost growing with the square would meet.
FLOODS = """
import resource
resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
from alertsvc.detect.clean import Cleaner
from alertsvc.resources import data_dir
cleaner = Cleaner.load(data_dir("rules") / "junk.yaml")
lines = (
    "Related articles\\nOne came {}.\\nTwo came {}.",
    "Related articles {}\\nan open line {}",
    "one that goes on {} with the",
    "A line of the width that all the others have {} and no end in",
    "the same beginning of a line {}.",
    "TRIPOLI (Agency) - {} came",
)
for line in lines:
    cleaner.clean("Title", "\\n".join(line.format(n, n) for n in range(30_000)))
print("read")
"""


def test_floods_of_lines_cost_no_more_than_their_length() -> None:
    done = subprocess.run([sys.executable, "-c", FLOODS], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "read\n", done.stderr
