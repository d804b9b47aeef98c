"""Reading a feed's document. Pure, and meant to run in a worker process: its input is whatever a server sent."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from time import struct_time
from typing import Any

import feedparser

from alertsvc.collect.dates import read_date
from alertsvc.collect.encoding import decode_document
from alertsvc.collect.entries import Entry, ParsedFeed
from alertsvc.collect.links import canonical_url
from alertsvc.collect.prescan import DIGEST_BYTES, prepare
from alertsvc.collect.sniff import feeds_named_by, sniff
from alertsvc.collect.text import clean_text, plain_text, plain_title
from alertsvc.errors import CollectError

__all__ = ["parse_feed"]

_MAX_GUID = 500
_LANGUAGE = re.compile(r"([A-Za-z]{2})(?:[-_].*)?\Z", re.S)
_NOT_A_FEED = {
    "empty": "the body is empty",
    "json": "this is JSON, not RSS or Atom",
    "html": "this is an HTML page, not a feed",
    "text": "this is text, not RSS or Atom",
}


def parse_feed(
    body: bytes,
    *,
    content_type: str | None,
    charset: str | None,
    url: str,
    max_entries: int,
    known: bytes = b"",
) -> ParsedFeed:
    """Read RSS or Atom of any version; never raises, whatever the bytes are.

    Args:
        body: the document.
        content_type: media type that the server states; only named in problems, since servers get it wrong.
        charset: encoding that the server states.
        url: where the document came from, which relative links are resolved against.
        max_entries: how many entries are read.
        known: digests of entries to leave out, as `ParsedFeed.digests` gave them for an earlier document.
    """
    text, note = decode_document(body, charset)
    problems = [note] if note else []
    what = sniff(text)
    if what.kind in _NOT_A_FEED:
        line = _NOT_A_FEED[what.kind] + (f" (sent as {content_type[:80]})" if content_type else "")
        named = feeds_named_by(text, url) if what.kind == "html" else []
        return ParsedFeed(what.kind, problems=(f"{line}; it names {', '.join(named)}" if named else line,))
    if what.kind == "xml":
        return ParsedFeed(
            "xml", problems=(f"this is XML, but neither RSS nor Atom: it begins with <{what.root[:40]}>",)
        )
    if text[: what.start].strip("\ufeff \t\r\n"):
        problems.append("there is something before the document; it was left out")
    seen = frozenset(known[i : i + DIGEST_BYTES] for i in range(0, len(known), DIGEST_BYTES))
    try:
        prepared = prepare(text[what.start :], what.root, max_entries=max_entries, known=seen)
        problems += prepared.problems
        read = feedparser.parse(
            io.BytesIO(prepared.body),
            # Without an address: it would make absolute what is an entry's identity, and change with a moved feed.
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,  # nothing of it is shown as HTML, and the sanitiser's time is quadratic
            resolve_relative_uris=False,
        )
        return _parsed(read, prepared.known, prepared.skipped, prepared.digests, problems, url, max_entries)
    except CollectError as error:
        return ParsedFeed("refused", problems=(*problems, str(error)))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 (a fault of a parser is a problem of this feed and of no other)
        line = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return ParsedFeed("refused", problems=(*problems, f"it cannot be read: {line}"))


def _parsed(
    read: Any, known: int, skipped: int, digests: bytes, problems: list[str], url: str, max_entries: int
) -> ParsedFeed:
    entries: list[Entry] = []
    hollow = 0
    for raw in read.entries[:max_entries]:
        entry = _entry(raw, url, str(read.version or ""))
        if entry.title or entry.text:
            entries.append(entry)
        else:
            hollow += 1
    if hollow:
        problems.append(f"{hollow} entries hold neither title nor text and were skipped")
    skipped += hollow + max(0, len(read.entries) - max_entries)
    problems += _counted(note for entry in entries for note in entry.notes)
    kind = str(read.version or "") or ("rss" if read.entries or known else "")
    if not kind:
        return ParsedFeed("xml", problems=(*problems, "no feed could be made out in it"))
    return ParsedFeed(
        kind=kind,
        readable=True,
        title=plain_title(_string(read.feed, "title")),
        language=_language(_string(read.feed, "language")),
        ttl_minutes=_ttl(_string(read.feed, "ttl")),
        entries=tuple(entries),
        skipped=skipped,
        known=known,
        digests=digests,
        problems=tuple(problems),
    )


def _counted(notes: Any) -> list[str]:
    counts: dict[str, int] = {}
    for note in notes:
        counts[note] = counts.get(note, 0) + 1
    return [note if count == 1 else f"{note} ({count} entries)" for note, count in counts.items()]


def _entry(raw: Mapping[str, Any], url: str, version: str) -> Entry:
    notes: list[str] = []
    literal = version.startswith("atom")
    stated = _string(raw, "feedburner_origlink") or _string(raw, "link")
    if stated == _string(raw, "id") and not stated.lower().startswith(("http:", "https:")):
        stated = ""  # feedparser takes a guid for a link unless it is marked as none; "7" is not the page called 7
    link = canonical_url(stated, url) if stated else None
    if stated and link is None:
        notes.append("an entry's link is not a usable web address")
    texts = [_plain(part, literal) for part in _parts(raw, "content")]
    return Entry(
        guid=_guid(_string(raw, "id")),
        link=link,
        title=plain_title(_string(raw, "title")),
        summary=_plain(
            {"value": _string(raw, "summary"), "type": _string(_mapping(raw, "summary_detail"), "type")}, literal
        ),
        content=max(texts, key=len, default=""),
        published=_date(raw, "published", notes),
        updated=_date(raw, "updated", notes),
        notes=tuple(notes),
    )


def _string(raw: Mapping[str, Any], key: str) -> str:
    # Asked with `in` first: feedparser warns when `updated` is taken from `published`, which we do not want anyway.
    value = raw.get(key) if key in raw else None
    return value if isinstance(value, str) else ""


def _mapping(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = raw.get(key) if key in raw else None
    return value if isinstance(value, Mapping) else {}


def _parts(raw: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = raw.get(key) if key in raw else None
    return [part for part in value if isinstance(part, Mapping)][:10] if isinstance(value, list) else []


def _plain(part: Mapping[str, Any], literal: bool) -> str:
    kind, value = _string(part, "type").lower(), _string(part, "value")
    if kind and not kind.startswith(("text", "html", "xhtml", "application/xhtml", "application/xml")):
        return ""  # a picture or a sound, in letters
    # Only Atom says reliably that a text is meant literally; what RSS calls plain is HTML more often than not.
    return plain_text(value.replace("<", "&lt;") if literal and kind == "text/plain" else value)


def _guid(value: str) -> str | None:
    guid = clean_text(value).replace("\n", " ")
    if len(guid) > _MAX_GUID:
        return "sha256:" + hashlib.sha256(guid.encode()).hexdigest()
    return guid or None


def _date(raw: Mapping[str, Any], key: str, notes: list[str]) -> datetime | None:
    parsed = raw.get(f"{key}_parsed") if f"{key}_parsed" in raw else None
    if isinstance(parsed, struct_time):
        try:
            return datetime(*parsed[:5], min(parsed.tm_sec, 59), tzinfo=UTC)
        except (ValueError, OverflowError):
            parsed = None
    stated = _string(raw, key)
    read = read_date(stated) if stated else None
    if stated and read is None:
        notes.append("an entry's date cannot be read")
    return read


def _language(value: str) -> str | None:
    match = _LANGUAGE.match(value.strip())
    return match[1].lower() if match else None


def _ttl(value: str) -> int | None:
    value = value.strip()
    return min(int(value), 10_080) if value.isascii() and value.isdigit() and len(value) < 10 and int(value) else None
