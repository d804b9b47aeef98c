"""One closed crossing as ten outlets tell it, read by the real detector and filed by the real desk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from alertsvc.detect.batch import detector
from alertsvc.domain import Action, Article, Incident, Phase, Status
from alertsvc.offline import detector_settings, saved_feed
from alertsvc.service import make_desk
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.articles import save_articles
from alertsvc.store.feeds import sync_feeds
from alertsvc.store.incidents import list_incidents
from alertsvc.track import Desk
from alertsvc.track.claims import assertions, tolls
from alertsvc.track.origins import latest, voices

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)  # a Tuesday
AGENCY = (
    "Gunmen seized the Ras Ajdir crossing from Libya to Tunisia on Monday and closed it to traffic, a "
    "security official told AFP. Three border guards were killed in the attack, he said. Lorries were turned back on "
    "the coast road and families who had waited since the morning walked to the town on foot, where the council "
    "opened a school for them."
)


@dataclass
class Newsroom:
    """Reads articles as they come and files what they report."""

    store: Store
    desk: Desk
    settings: Settings
    read: int = 0

    def comes(self, outlet: str, text: str, *, language: str = "en", days: int = 0) -> Incident:
        self.read += 1
        at = NOON + timedelta(days=days, minutes=self.read)
        title = text.split(".")[0]
        found = detector(detector_settings(self.settings)).detect(title, text, published=at.date(), language=language)
        article = Article(
            feed_id="saved",
            key=str(self.read),
            url=f"https://{outlet}/{self.read}",
            title=title,
            text=text,
            outlet=outlet,
            fetched=at,
            content_hash=str(self.read),
            published=at,
            language=language,
        )
        with self.store.begin() as conn:
            (stored,) = save_articles(conn, [article], at).new
            self.desk.file(conn, stored, found.detections, at)
        return self.only

    @property
    def only(self) -> Incident:
        with self.store.read() as conn:
            (incident,) = list_incidents(conn, demonstration=False)
        return incident


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    settings = Settings()
    with Store.open(f"sqlite:///{tmp_path}/alertsvc.db") as store:
        with store.begin() as conn:
            sync_feeds(conn, [saved_feed()], NOON)
        yield Newsroom(store, make_desk(store, settings), settings)


def origins(incident: Incident) -> Sequence[str]:
    return [report.origin for report in latest(voices(incident.reports))]


def test_ten_outlets_in_three_languages_are_one_incident_that_lives_through_it(newsroom: Newsroom) -> None:
    first = newsroom.comes("north.example", AGENCY)
    assert origins(first) == ["Agence France-Presse"]
    # Reprinted, trimmed, retitled and under other credits: still one origin, and never Confirmed by that.
    copies = {
        "south.example": "Crossing shut after attack.\n" + AGENCY,
        "east.example": AGENCY.rsplit(" Lorries", 1)[0],
        "afp.com": AGENCY.replace("told AFP", "told Agence France-Presse"),
        "west.example": AGENCY.replace("families", "people") + " Subscribe to our newsletter.",
    }
    for outlet, text in copies.items():
        assert origins(newsroom.comes(outlet, text)) == ["Agence France-Presse"]
    french = newsroom.comes(
        "journal.example",
        "Des hommes armés se sont emparés lundi du poste-frontière de Ras Jedir, entre la Libye et la Tunisie, a "
        "déclaré à l'AFP un responsable. Trois gardes ont été tués.",
        language="fr",
    )
    assert origins(french) == ["Agence France-Presse"]
    assert french.status is not Status.CONFIRMED

    arabic = newsroom.comes(
        "sahifa.example",
        "سيطر مسلحون على معبر رأس جدير الحدودي بين ليبيا وتونس يوم الاثنين وأغلقوه أمام المسافرين. وقتل خمسة من "
        "حرس الحدود في الهجوم، بحسب شهود.",
        language="ar",
    )
    assert len(origins(arabic)) == 2
    assert arabic.status is Status.CONFIRMED
    # Two papers of one house say it once.
    for number, outlet in enumerate(("arabnews.com", "aawsat.com"), 1):
        told = newsroom.comes(
            outlet,
            f"Armed men took the Ras Ajdir crossing on the Libyan-Tunisian border on Monday, witness number {number} "
            f"said by telephone from the {'market' if number == 1 else 'harbour'}. At least five guards were killed.",
        )
    assert len(told.reports) == 9
    assert len(origins(told)) == 3
    lows = {toll.count.low for toll in tolls(told)}
    assert told.killed is not None
    assert (told.killed.low, told.killed.high, lows) == (3, 5, {3, 5})

    claimed = newsroom.comes(
        "herald.example",
        "The Libyan National Army said it seized the Ras Ajdir border crossing on Monday. Shops in the town stayed "
        "shut and the council asked for calm.",
    )
    assert len(claimed.reports) == 10
    assert [said.speaker for said in assertions(claimed)] == ["Libyan National Army (Haftar)"]
    assert (claimed.phase, claimed.status) == (Phase.OPEN, Status.CONFIRMED)

    reopened = newsroom.comes(
        "herald.example",
        "The Ras Ajdir crossing from Libya to Tunisia reopened on Thursday, officials said, and the first "
        "lorries passed within the hour.",
        days=2,
    )
    assert (reopened.action, reopened.phase) == (Action.REOPENING, Phase.RESOLVED)
    assert reopened.public_id == first.public_id
    assert [update.number for update in reopened.updates] == list(range(1, len(reopened.updates) + 1))
    assert reopened.last_event == date(2026, 3, 5)
    assert any("reopened" in change for change in reopened.updates[-1].changes)
