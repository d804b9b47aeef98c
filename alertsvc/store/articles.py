"""Articles: stored once for each feed and key with every revision, read by one worker at a time, found again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, Select, and_, func, insert, literal_column, select, tuple_, update

from alertsvc.domain import Article, BacklogPolicy
from alertsvc.store.detections import detections_of, save_detections
from alertsvc.store.leases import FREE, free_lease, take_rows, until
from alertsvc.store.problems import record_problem
from alertsvc.store.schema import article_revisions, articles
from alertsvc.store.upsert import insert_or_ignore
from alertsvc.store.values import digest, scrub_text

__all__ = [
    "MAX_TRIES",
    "STATES",
    "ArticleState",
    "Saved",
    "article_state",
    "claim_unread",
    "count_articles",
    "detections_of",
    "get_article",
    "known_hashes",
    "list_articles",
    "mark_article",
    "release_articles",
    "revisions_of",
    "save_articles",
    "save_detections",
]

MAX_TRIES = 3
"""How often an article is begun before it counts as one that cannot be read."""

STATES = ("unread", "read", "unsupported", "failed", "ignored")
"""What can become of an article; `ignored` ones were in a feed's backlog and are never read."""

_FIELDS = tuple(item.name for item in fields(Article))
_REVISED = tuple(column.name for column in article_revisions.c if column.name != "article_id")
_AT_ONCE = 500  # values in one IN list

# Spelt out, since an index on the unread ones alone is not considered for a state that is a parameter.
_UNREAD = articles.c.state == literal_column("'unread'")


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of saving articles: those not seen before, those whose text has changed, and how many were known."""

    new: tuple[Article, ...]
    edited: tuple[Article, ...]
    unchanged: int


@dataclass(frozen=True, slots=True)
class ArticleState:
    """How far the reading of an article has come; `state` is one of `STATES`."""

    state: str
    revision: int
    tries: int
    error: str | None
    read: datetime | None
    found: int  # detections


def save_articles(conn: Connection, items: Sequence[Article], now: datetime) -> Saved:
    """Store articles, each once for its feed and key; returned are they with their ids and revisions.

    A content hash that differs makes a new revision: the old one is kept, and the article is to be read again, unless
    it belongs to a backlog that is ignored. An edit neither takes an article out of its feed's backlog nor makes one
    without a usable date any younger. Of several items with one key the first counts, the others are as if known.
    """
    first: dict[tuple[str, str], Article] = {}
    for item in items:
        first.setdefault((scrub_text(item.feed_id), digest(item.key)), item)
    known = _known(conn, first)
    fresh = {key: item for key, item in first.items() if key not in known}
    new = _insert(conn, fresh, now)
    lost = [key for key in fresh if key not in new]
    if lost:  # another replica stored them since we looked
        known |= _known(conn, lost)
    edited = []
    for key, (article_id, content_hash) in sorted(known.items(), key=lambda pair: pair[1]):
        if content_hash != scrub_text(first[key].content_hash):
            article = _revise(conn, article_id, first[key], now)
            if article is not None:
                edited.append(article)
    return Saved(tuple(new[key] for key in fresh if key in new), tuple(edited), len(items) - len(new) - len(edited))


def known_hashes(conn: Connection, feed_id: str, keys: Iterable[str]) -> dict[str, str]:
    """Return the content hash of each of the feed's articles that is stored already, by its key."""
    by_digest = {(scrub_text(feed_id), digest(key)): key for key in keys}
    return {by_digest[pair]: content_hash for pair, (_, content_hash) in _known(conn, by_digest).items()}


def claim_unread(conn: Connection, *, worker: str, now: datetime, lease: float, limit: int) -> list[Article]:
    """Take up to `limit` unread articles for `lease` seconds, in the order of their effective time.

    Each claim is a try. One that was begun before and not finished is handed out alone, once nothing fresh is left,
    so that what brings a reader down takes no other article with it. An article that was begun `MAX_TRIES` times and
    never finished is not handed out again: it becomes `failed`, and a problem is recorded.
    """
    unread = and_(_UNREAD, free_lease(articles, now))
    spent = conn.execute(
        select(articles.c.id, articles.c.feed_id, articles.c.title)
        .where(unread, articles.c.tries >= MAX_TRIES)
        .with_for_update(skip_locked=True)
    ).all()
    for article_id, feed_id, title in spent:
        message = f"given up: begun {MAX_TRIES} times and never finished"
        conn.execute(
            update(articles).where(articles.c.id == article_id).values(state="failed", error=message, read=now, **FREE)
        )
        record_problem(conn, "article", f"{feed_id}: {title[:120]}", message, now)
    for which, most in ((articles.c.tries == 0, limit), (articles.c.tries > 0, 1)):
        wanted = select(articles.c.id).where(unread, which).order_by(articles.c.effective, articles.c.id).limit(most)
        rows = take_rows(conn, articles, wanted, {"tries": articles.c.tries + 1}, worker=worker, end=until(now, lease))
        if rows:
            return [_article(row) for row in rows]
    return []


def mark_article(
    conn: Connection,
    article_id: int,
    *,
    revision: int,
    worker: str,
    outcome: Literal["read", "unsupported", "failed"],
    language: str | None,
    detections: int,
    error: str | None = None,
    now: datetime,
) -> bool:
    """Say what came of reading an article and give it back.

    `failed` is final after `MAX_TRIES` tries; until then the article is unread again (see `article_state`).

    Returns False, and changes nothing, where the worker no longer holds the article or it was edited meanwhile: what
    was found must then not be stored either.
    """
    held = and_(
        articles.c.id == article_id,
        articles.c.revision == revision,
        articles.c.lease_owner == worker,
        _UNREAD,
    )
    row = conn.execute(select(articles.c.tries, articles.c.language).where(held).with_for_update()).one_or_none()
    if row is None:
        return False
    tries, known_language = row
    final = outcome != "failed" or tries >= MAX_TRIES
    conn.execute(
        update(articles)
        .where(held)
        .values(
            state=outcome if final else "unread",
            language=language or known_language,
            found=detections,
            error=error,
            read=now if final else None,
            **FREE,
        )
    )
    return True


def release_articles(conn: Connection, worker: str) -> int:
    """Give back every article that the worker holds, its try not counted; return how many."""
    held = and_(_UNREAD, articles.c.lease_owner == worker)
    return conn.execute(update(articles).where(held).values(tries=articles.c.tries - 1, **FREE)).rowcount


def get_article(conn: Connection, article_id: int) -> Article | None:
    """Return an article in its newest revision."""
    row = conn.execute(select(articles).where(articles.c.id == article_id)).mappings().one_or_none()
    return None if row is None else _article(row)


def article_state(conn: Connection, article_id: int) -> ArticleState | None:
    """Return how far the reading of an article has come."""
    names = [item.name for item in fields(ArticleState)]
    row = conn.execute(select(*(articles.c[name] for name in names)).where(articles.c.id == article_id)).one_or_none()
    return None if row is None else ArticleState(*row)


def revisions_of(conn: Connection, article_id: int) -> list[Article]:
    """Return every revision of an article, oldest first, the present one last."""
    present = get_article(conn, article_id)
    if present is None:
        return []
    query = (
        select(article_revisions)
        .where(article_revisions.c.article_id == article_id)
        .order_by(article_revisions.c.revision)
    )
    older = [
        replace(present, **{name: row[name] for name in _REVISED if name != "saved"})
        for row in conn.execute(query).mappings()
    ]
    return [*older, present]


def count_articles(conn: Connection, *, demonstration: bool) -> dict[str, int]:
    """Return how many articles are in each of `STATES`."""
    query = (
        select(articles.c.state, func.count().label("number"))
        .where(articles.c.demonstration == demonstration)
        .group_by(articles.c.state)
    )
    return dict.fromkeys(STATES, 0) | {row.state: row.number for row in conn.execute(query)}


def list_articles(
    conn: Connection,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int | None = None,
    after: Article | None = None,
    demonstration: bool | None = None,
    state: str | None = None,
) -> list[Article]:
    """Return articles by their effective time, oldest first, from `since` up to but without `until`.

    `after` is the last article of the page before, `state` one of `STATES` that they must be in.
    """
    query: Select[Any] = select(articles).order_by(articles.c.effective, articles.c.id).limit(limit)
    if since is not None:
        query = query.where(articles.c.effective >= since)
    if until is not None:
        query = query.where(articles.c.effective < until)
    if after is not None:
        query = query.where(tuple_(articles.c.effective, articles.c.id) > tuple_(after.effective, after.id))
    if demonstration is not None:
        query = query.where(articles.c.demonstration == demonstration)
    if state is not None:
        query = query.where(articles.c.state == state)
    return [_article(row) for row in conn.execute(query).mappings()]


def _known(conn: Connection, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[int, str]]:
    """Map pairs of feed and key digest to id and content hash, for those that are stored."""
    by_feed: dict[str, list[str]] = {}
    for feed_id, key_digest in keys:
        by_feed.setdefault(feed_id, []).append(key_digest)
    found = {}
    for feed_id, digests in by_feed.items():
        for some in _chunks(digests):
            query = select(articles.c.key_digest, articles.c.id, articles.c.content_hash).where(
                articles.c.feed_id == feed_id, articles.c.key_digest.in_(some)
            )
            for key_digest, article_id, content_hash in conn.execute(query):
                found[feed_id, key_digest] = (article_id, content_hash)
    return found


def _insert(conn: Connection, fresh: dict[tuple[str, str], Article], now: datetime) -> dict[tuple[str, str], Article]:
    """Store new articles; those that another replica has stored meanwhile are missing from the result.

    They are written in one order by everyone, so that two replicas that write the same ones do not block each other.
    """
    if not fresh:
        return {}
    rows = [
        {
            **_columns(item),
            "feed_id": feed_id,
            "key": item.key,
            "key_digest": key_digest,
            "fetched": item.fetched,
            "effective": item.effective,
            "backlog": item.backlog,
            "demonstration": item.demonstration,
            "revision": 1,
            "state": "ignored" if item.backlog is BacklogPolicy.IGNORE else "unread",
            "tries": 0,
            "found": 0,
            "saved": now,
        }
        for (feed_id, key_digest), item in sorted(fresh.items(), key=lambda pair: (pair[0][0], pair[1].key))
    ]
    statement = insert_or_ignore(conn, articles, ("feed_id", "key_digest")).returning(
        articles.c.id, articles.c.feed_id, articles.c.key_digest
    )
    ids = {(feed_id, key_digest): row_id for row_id, feed_id, key_digest in conn.execute(statement, rows)}
    return {key: replace(item, id=ids[key], revision=1) for key, item in fresh.items() if key in ids}


def _revise(conn: Connection, article_id: int, item: Article, now: datetime) -> Article | None:
    """Make `item` the newest revision of a stored article; None where another replica has just done so."""
    row = conn.execute(select(articles).where(articles.c.id == article_id).with_for_update()).mappings().one()
    if row["content_hash"] == scrub_text(item.content_hash):
        return None
    conn.execute(insert(article_revisions).values(article_id=article_id, **{name: row[name] for name in _REVISED}))
    dated = item.published is not None and item.published <= item.fetched
    revised = replace(
        item,
        id=article_id,
        revision=row["revision"] + 1,
        fetched=item.fetched if dated else min(item.fetched, row["fetched"]),
        backlog=None if row["backlog"] is None else BacklogPolicy(row["backlog"]),
        demonstration=row["demonstration"],
    )
    values = {
        **_columns(revised),
        "fetched": revised.fetched,
        "effective": revised.effective,
        "revision": revised.revision,
        "saved": now,
    }
    if row["state"] != "ignored":
        values |= {"state": "unread", "tries": 0, "error": None, "read": None, **FREE}
    conn.execute(update(articles).where(articles.c.id == article_id).values(**values))
    return revised


def _columns(item: Article) -> dict[str, Any]:
    return {
        "url": item.url,
        "title": item.title,
        "text": item.text,
        "summary": item.summary,
        "outlet": item.outlet,
        "language": item.language,
        "published": item.published,
        "content_hash": item.content_hash,
        "full_text": item.full_text,
    }


def _article(row: RowMapping) -> Article:
    values = {name: row[name] for name in _FIELDS}
    if values["backlog"] is not None:
        values["backlog"] = BacklogPolicy(values["backlog"])
    return Article(**values)


def _chunks(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
