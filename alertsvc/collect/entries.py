"""What feeds and pages say, as plain data that travels back from the worker process.

The parsers themselves are loaded there only: neither feedparser nor trafilatura is needed where this is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

__all__ = ["Entry", "PageText", "ParsedFeed"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it was read: every text is plain, every link absolute, every time aware and in UTC.

    `guid` is the feed's own identifier, `link` is canonical (see `links.canonical_url`). Times are as the feed states
    them; whether they can be true is decided where the time of fetching is known (`items.believable`).
    """

    guid: str | None
    link: str | None
    title: str
    summary: str
    content: str
    published: datetime | None = None
    updated: datetime | None = None
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The longer of content and summary."""
        return self.content if len(self.content) >= len(self.summary) else self.summary


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed's document as far as it could be read.

    `kind` is the format, such as `rss20` or `atom10`, where `readable`; else what the document is instead: `empty`,
    `html`, `json`, `xml`, `text` or `refused`. `problems` are lines for the operator.
    """

    kind: str
    readable: bool = False
    title: str = ""
    language: str | None = None  # ISO 639-1, as the feed says
    ttl_minutes: int | None = None
    entries: tuple[Entry, ...] = ()
    skipped: int = 0  # entries that hold nothing, or are beyond the cap
    known: int = 0  # entries left out because the caller knows them already
    digests: bytes = b""  # of every entry looked at, eight bytes each; empty where they could not be told apart
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageText:
    """The main text of a page where it is of use, and why not where it is empty."""

    text: str
    note: Literal["ok", "not_html", "empty", "short", "other_language", "unrelated"]
