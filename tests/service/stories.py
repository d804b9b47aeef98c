"""Invented reports at real places, and feeds that carry them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

__all__ = [
    "AL_TUM",
    "AL_TUM_AGAIN",
    "AL_TUM_RETAKEN",
    "MANDELIA",
    "MARKET",
    "NOON",
    "SARIR",
    "Story",
    "feed",
]

NOON = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)  # a Sunday


@dataclass(frozen=True)
class Story:
    """One entry of a feed; `key` is its guid and part of its link."""

    key: str
    outlet: str
    title: str
    text: str
    published: datetime | None = NOON - timedelta(hours=1)

    @property
    def link(self) -> str:
        return f"https://{self.outlet}/{self.key}"

    def at(self, published: datetime | None) -> Story:
        return replace(self, published=published)

    def item(self) -> str:
        date = "" if self.published is None else f"<pubDate>{format_datetime(self.published)}</pubDate>"
        return (
            f"<item><title>{escape(self.title)}</title><link>{escape(self.link)}</link>"
            f'<guid isPermaLink="false">{escape(self.key)}</guid>{date}'
            f"<description>{escape(self.text)}</description></item>"
        )


def feed(*stories: Story | str, title: str = "News", language: str = "en") -> bytes:
    """Return an RSS document; a string stands for an item as it is."""
    items = "".join(story if isinstance(story, str) else story.item() for story in stories)
    head = f"<title>{escape(title)}</title><language>{language}</language>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def _text(paragraphs: Sequence[str]) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


AL_TUM = Story(
    "al-tum-seized",
    "sahara-post.example",
    "Armed men seize Al-Tum crossing on Libya-Niger border, three soldiers killed",
    _text(
        [
            "Armed men seized the Al-Tum border crossing between Libya and Niger on Saturday, "
            "and three soldiers were killed, the army said.",
            "The attackers came in some twenty pick-up trucks, opened fire on the watchtower and broke through "
            "the main barrier, two residents said by telephone.",
            "Lorries bound for Niger were being turned back, and reinforcements were on the way.",
        ]
    ),
)
AL_TUM_AGAIN = Story(
    "tum-overrun",
    "desert-courier.example",
    "Gunmen overrun Al-Tum post between Libya and Niger",
    _text(
        [
            "Gunmen overran the Al-Tum crossing on the border between Libya and Niger on Saturday, "
            "a customs officer who had fled the post told this newspaper.",
            "He counted three dead among the soldiers and saw others being led away with their hands tied.",
        ]
    ),
)
AL_TUM_RETAKEN = Story(
    "tum-retaken",
    "gulf-mirror.example",
    "Army retakes Al-Tum border crossing from gunmen",
    _text(
        [
            "The army recaptured the Al-Tum crossing between Libya and Niger on Sunday and drove out the gunmen "
            "who had seized it a day earlier, its spokesman said.",
            "Units entered the post from two directions, he said, and the flag was raised at the main gate.",
        ]
    ),
    NOON + timedelta(hours=1),
)
SARIR = Story(
    "sarir-drones",
    "oil-observer.example",
    "Drones hit Libya's Sarir oil field, output halted",
    _text(
        [
            "Explosive drones struck the Sarir oil field in eastern Libya on Sunday and production was halted, "
            "two engineers at the site said.",
            "One drone hit a pumping unit and another set two storage tanks alight. Nobody was killed.",
        ]
    ),
)
MANDELIA = Story(
    "mandelia-taken",
    "chari-journal.example",
    "Rebel column takes Chadian town 45 km from N'Djamena",
    _text(
        [
            "Rebels advancing on the Chadian capital captured the town of Mandelia, about 45 km south of N'Djamena, "
            "on Sunday, residents and a local official said.",
            "A column of some forty vehicles drove up the southern road and met little resistance.",
        ]
    ),
)
MARKET = Story(
    "date-harvest",
    "sahara-post.example",
    "Date harvest up by a tenth in the oases",
    _text(
        [
            "Growers in the oases brought in a tenth more dates than a year ago, the farmers' union said on Sunday.",
            "Prices at the market held steady, and buyers from the coast are expected next week.",
        ]
    ),
)
