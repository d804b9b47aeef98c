"""From entries to articles: what an entry is known by, who published it, when, and whether it has changed."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from alertsvc.collect.entries import Entry
from alertsvc.collect.links import domain_of
from alertsvc.domain import Article, BacklogPolicy

__all__ = ["articles_of", "believable", "content_hash"]

_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)  # before there were feeds
_AHEAD = timedelta(hours=48)  # more than any mistaken time zone makes


def articles_of(
    entries: Sequence[Entry],
    *,
    feed_id: str,
    feed_url: str,
    fetched: datetime,
    backlog: BacklogPolicy | None,
    demonstration: bool,
) -> tuple[list[Article], list[str]]:
    """Turn the entries of one document into articles, each key once.

    Args:
        entries: as read.
        feed_id: the feed's id in the configuration.
        feed_url: names the outlet of entries without a link.
        fetched: when the document was fetched.
        backlog: what becomes of them where this is the feed's first poll.
        demonstration: whether the feed is one of the invented ones.

    Returns:
        The articles in the order of the entries, and lines for the operator.
    """
    problems: list[str] = []
    # Some feeds give every entry the same guid. Such a one identifies nothing.
    links: dict[str, set[str | None]] = {}
    for entry in entries:
        if entry.guid:
            links.setdefault(entry.guid, set()).add(entry.link or _hash_key(entry))
    shared = {guid for guid, found in links.items() if len(found) > 1}
    if shared:
        problems.append(f"{len(shared)} identifiers are shared by different entries; their links were used instead")
    articles: dict[str, Article] = {}
    notes: Counter[str] = Counter()
    for entry in entries:
        key = (entry.guid if entry.guid not in shared else None) or entry.link or _hash_key(entry)
        if key in articles:
            notes["entries occur twice"] += 1
            continue
        stated = entry.published or entry.updated
        published = believable(stated, fetched)
        if stated is not None and published is None:
            notes["entries have a date that cannot be true; they count from when they were fetched"] += 1
        text = entry.text or entry.title
        articles[key] = Article(
            feed_id=feed_id,
            key=key,
            url=entry.link,
            title=entry.title or _first_line(text),
            text=text,
            outlet=domain_of(entry.link) or domain_of(feed_url) or feed_id,
            fetched=fetched,
            content_hash=content_hash(entry.title, text),
            published=published,
            backlog=backlog,
            demonstration=demonstration,
        )
    return list(articles.values()), problems + [f"{count} {note}" for note, count in notes.items()]


def believable(stated: datetime | None, fetched: datetime) -> datetime | None:
    """Return the date unless it cannot be true: before 1995, or more than two days ahead of when it was fetched."""
    if stated is None or not _EARLIEST <= stated <= fetched + _AHEAD:
        return None
    return stated


def content_hash(title: str, text: str) -> str:
    """Return what tells an edited entry: the SHA-256 of title and text as the feed gives them.

    Upper and lower case and white space do not count. Text taken from the article's page does not enter, so that a
    page that changes with every visit does not make an edit.
    """
    parts = (" ".join(part.casefold().split()) for part in (title, text))
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


def _hash_key(entry: Entry) -> str:
    return "sha256:" + content_hash(entry.title, entry.text)


def _first_line(text: str) -> str:
    line = text.partition("\n")[0]
    return line if len(line) <= 120 else line[:119].rstrip() + "…"
