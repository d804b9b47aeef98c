"""The demonstration feeds that come with the service, served as if they came over HTTP.

Their files hold tokens in place of dates (see `tokens`), so that the invented week always lies around the moment at
which the demonstration was installed. Entries whose time has not come yet are left out until it has.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lxml import etree  # type: ignore[import-untyped]

from alertsvc.clock import Clock
from alertsvc.collect.dates import read_date
from alertsvc.collect.result import FetchResult
from alertsvc.collect.tokens import render_tokens
from alertsvc.domain import BacklogPolicy
from alertsvc.errors import DataError
from alertsvc.resources import data_dir
from alertsvc.store.feeds import FeedSpec

__all__ = ["SCHEME", "BundledFetcher", "demonstration_feeds"]

SCHEME = "demo:"
_INTERVAL = 60.0
_DATES = ("pubDate", "published", "updated", "date")


@dataclass(frozen=True, slots=True)
class _Source:
    name: str
    path: Path
    title: str
    language: str
    country: str | None
    kind: str | None


def demonstration_feeds(anchor: datetime, directory: Path | None = None) -> list[FeedSpec]:
    """Return the demonstration feeds as they would be configured; each was read once to see that it can be.

    Args:
        anchor: the instant that their dates are counted from.
        directory: where the files are; else those that come with the service.

    Raises:
        DataError: a file is missing or wrong.
    """
    specs = []
    for source in _sources(directory):
        _entries(_tree(source, anchor))
        specs.append(
            FeedSpec(
                id=f"demo-{source.name}",
                url=f"{SCHEME}{source.name}",
                title=source.title,
                language=source.language,
                country=source.country,
                interval=_INTERVAL,
                backlog=BacklogPolicy.ALERT,
                full_text=False,
                enabled=True,
                verified=True,
                demonstration=True,
                outlet_kind=source.kind,
            )
        )
    return specs


class BundledFetcher:
    """Answers for `demo:NAME` as a server would, validators included.

    Args:
        anchor: the instant that the feeds' dates are counted from.
        clock: what time it is, which decides what is due.
        directory: where the files are; else those that come with the service.
    """

    def __init__(self, anchor: datetime, clock: Clock, directory: Path | None = None) -> None:
        self._anchor = anchor
        self._clock = clock
        self._directory = directory

    async def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        validators_url: str | None = None,
        max_bytes: int,
        accept: str,
    ) -> FetchResult:
        """Give the feed as it is due now; never raises. Arguments as `fetch.Fetcher.fetch`."""
        name = url.removeprefix(SCHEME)
        try:
            source = next((source for source in _sources(self._directory) if source.name == name), None)
            if source is None:
                return FetchResult("gone", url, f"there is no demonstration feed called {name}", status=410)
            tree = _tree(source, self._anchor)
            _leave_out_what_is_to_come(tree, self._clock.now())
        except DataError as error:
            return FetchResult("bad_body", url, str(error))
        body: bytes = etree.tostring(tree, encoding="utf-8", xml_declaration=True)
        if len(body) > max_bytes:
            return FetchResult("too_large", url, f"the body is larger than {max_bytes} bytes")
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        if etag == tag:
            return FetchResult("not_modified", url, status=304, etag=tag)
        return FetchResult("ok", url, status=200, body=body, content_type="application/xml", charset="utf-8", etag=tag)


def _sources(directory: Path | None) -> list[_Source]:
    try:
        folder = directory or data_dir("seeds") / "feeds"
        path = folder / "index.toml"
        tables = tomllib.loads(path.read_text(encoding="utf-8"))["feed"]
        return [
            _Source(
                name=table["id"],
                path=folder / table["file"],
                title=table["title"],
                language=table["language"],
                country=table.get("country"),
                kind=table.get("kind"),
            )
            for table in tables
        ]
    except (OSError, ValueError) as error:
        raise DataError([f"demonstration feeds: index.toml cannot be read: {error}"]) from error
    except (KeyError, TypeError) as error:
        raise DataError([f"demonstration feeds: index.toml lacks {error}"]) from error


def _tree(source: _Source, anchor: datetime) -> etree._Element:
    try:
        text = render_tokens(source.path.read_text(encoding="utf-8"), anchor, source.language)
        return etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except (OSError, ValueError, etree.XMLSyntaxError) as error:
        raise DataError([f"{source.path.name}: {error}"]) from error


def _entries(tree: etree._Element) -> list[tuple[etree._Element, datetime]]:
    found = []
    for element in tree.iter():
        if _local(element) in ("item", "entry"):
            stated = {_local(child): child.text or "" for child in element}
            when = next((read_date(stated[name]) for name in _DATES if name in stated), None)
            if when is None:
                raise DataError([f"demonstration feeds: line {element.sourceline}: an entry has no date"])
            found.append((element, when))
    return found


def _leave_out_what_is_to_come(tree: etree._Element, now: datetime) -> None:
    for element, when in _entries(tree):
        if when > now:
            element.getparent().remove(element)


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
