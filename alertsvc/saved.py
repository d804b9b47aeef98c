"""Saved articles and feeds as files: `.jsonl` records and feed documents."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from alertsvc.collect.parse import parse_feed
from alertsvc.domain import Article
from alertsvc.errors import DataError
from alertsvc.textfile import foreign, wide_encoding

__all__ = ["YEARS", "Saved", "load_saved"]

YEARS = (1900, 2200)
"""Years in which an article may have been published: days are counted from its own, forward and back."""


@dataclass(frozen=True, slots=True)
class Saved:
    """One saved article, as it says of itself."""

    id: str
    title: str
    text: str
    published: datetime | None
    language: str | None
    url: str | None

    def article(self, fetched: datetime) -> Article:
        """Return the article as if it had been fetched at `fetched`."""
        digest = hashlib.sha256(f"{self.title}\n{self.text}".encode("utf-8", "replace")).hexdigest()
        host = (urlsplit(self.url).hostname or "") if self.url else ""
        return Article(
            feed_id="saved",
            key=self.id,
            url=self.url,
            title=self.title,
            text=self.text,
            outlet=host.removeprefix("www.") or "unknown",
            fetched=fetched,
            content_hash=digest,
            published=self.published,
            language=self.language,
        )


def load_saved(files: Sequence[Path]) -> tuple[list[Saved], list[str]]:
    """Read files of saved articles, merged by date of publication, undated ones last in their order.

    Returns:
        The articles, and one line for each record, or file that is no text, that could not be read.

    Raises:
        DataError: a file cannot be read at all.
    """
    found: list[Saved] = []
    problems: list[str] = []
    for path in files:
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise DataError([f"{path}: {error.strerror}"]) from error
        what = foreign(raw)
        if what is not None:
            problems.append(f"{path.name}: is not text but {what}; nothing of it was read")
        elif path.suffix.lower() in (".jsonl", ".json", ".ndjson"):
            wrong: list[str] = []
            records = list(_records(path, raw, wrong))
            if len(wrong) > 1 and not records:  # text of another kind
                wrong = [f"{path.name}: none of its {len(wrong):,} records is an article; {wrong[0]}"]
            found += records
            problems += wrong
        else:
            found += _entries(path, raw, problems)
    order = {id(item): number for number, item in enumerate(found)}
    far = datetime.max.replace(tzinfo=UTC)
    found.sort(key=lambda item: (item.published or far, order[id(item)]))
    return found, problems


def _records(path: Path, raw: bytes, problems: list[str]) -> Iterator[Saved]:
    wide = wide_encoding(raw)
    text = raw.decode(wide, "replace").removeprefix("\ufeff") if wide else raw.decode("utf-8-sig", "replace")
    try:
        whole = json.loads(text) if text.lstrip().startswith(("[", "{")) else None
    except (ValueError, RecursionError):
        whole = None
    if isinstance(whole, dict):
        whole = [whole]  # one record that may be laid out over several lines
    if isinstance(whole, list):
        numbered: Iterator[tuple[int, Any]] = iter(enumerate(whole, 1))
    else:
        # Only the line feed parts records: JSON may hold other line separators of Unicode within a text.
        numbered = ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())
    for number, item in numbered:
        try:
            yield _record(json.loads(item) if isinstance(item, str) else item)
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
            why = f"there is no {error.args[0]!r}" if isinstance(error, KeyError) else " ".join(str(error).split())
            problems.append(f"{path.name}:{number}: not an article: {why[:200]}")


def _record(data: dict[str, Any]) -> Saved:
    if not isinstance(data, dict):
        raise TypeError("not an object")
    text = data["text"]
    title, language, url = data.get("title") or "", data.get("lang") or None, data.get("url") or None
    if not isinstance(text, str) or not isinstance(title, str):
        raise TypeError("title and text must be strings")
    if not isinstance(language, str | None) or not isinstance(url, str | None):
        raise TypeError("lang and url must be strings")
    if url:
        urlsplit(url)  # raises ValueError for one that is no address
    if data["id"] is None:
        raise TypeError("the id is null")
    identity, title, text = (_whole(part) for part in (str(data["id"]), title, text))
    language, url = language and _whole(language), url and _whole(url)
    return Saved(identity, title, text, _instant(data.get("published")), language, url)


def _whole(text: str) -> str:
    """Return a text without halves of surrogate pairs, which JSON can write and nothing can store."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _instant(value: Any) -> datetime | None:
    """Read an ISO date or time; a bare date is taken as noon, which is that day in every inhabited zone but a few."""
    if not value:
        return None
    text = str(value)
    if len(text) == 10:
        instant = datetime.combine(date.fromisoformat(text), time(12), UTC)
    else:
        instant = datetime.fromisoformat(text)
        instant = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    if not YEARS[0] <= instant.year <= YEARS[1]:
        raise ValueError(f"published {text[:40]}: not a day of the years {YEARS[0]} to {YEARS[1]}")
    return instant


def _entries(path: Path, raw: bytes, problems: list[str]) -> Iterator[Saved]:
    feed = parse_feed(raw, content_type=None, charset=None, url=f"https://{path.stem}.invalid/", max_entries=10_000)
    problems += [f"{path.name}: {problem}" for problem in feed.problems]
    for number, entry in enumerate(feed.entries, 1):
        key = entry.guid or entry.link or f"{path.name}#{number}"
        text = entry.content if len(entry.content) >= len(entry.summary) else entry.summary
        yield Saved(key, entry.title, text, entry.published or entry.updated, feed.language, entry.link)
