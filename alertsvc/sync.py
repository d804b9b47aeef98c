"""What is configured is written into the store: feeds, subscribers, and the demonstration with all that hangs on it."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from alertsvc.collect.bundled import demonstration_feeds
from alertsvc.domain import Channel, Subscriber
from alertsvc.errors import DataError, SettingsError
from alertsvc.resources import data_dir
from alertsvc.settings import FeedSettings, Settings, SubscriberSettings
from alertsvc.store import Store
from alertsvc.store.demonstration import purge_demonstration
from alertsvc.store.feeds import FeedSpec, sync_feeds
from alertsvc.store.meta import get_meta, set_meta
from alertsvc.store.subscribers import list_subscribers, sync_subscribers
from alertsvc.track.outlets import Outlet

__all__ = [
    "DEMONSTRATION_READER",
    "demonstration_anchor",
    "demonstration_outlets",
    "remove_demonstration",
    "subscriber_of",
    "synchronise",
]

DEMONSTRATION_READER = "demonstration"
_ANCHOR = "demonstration.anchor"
_REMOVED = "demonstration.removed"


def synchronise(store: Store, settings: Settings, now: datetime) -> None:
    """Make the store's feeds and subscribers those of the configuration; what was read and sent before stays.

    Where the demonstration is switched off, or was removed by command, nothing of it is left.

    Raises:
        StoreError: the database does not answer.
        DataError: a demonstration feed is wrong.
        SettingsError: the file of a webhook cannot be read, or something real bears a name of the demonstration's.
    """
    feeds = [_feed(feed, settings) for feed in settings.feeds]
    subscribers = [subscriber_of(subscriber) for subscriber in settings.subscribers]
    with store.begin() as conn:
        anchor = _anchor(conn, settings, now)
        if anchor is not None:
            invented = demonstration_feeds(anchor)
            _refuse_its_names(conn, settings, invented)
            feeds += invented
            subscribers.append(
                Subscriber(
                    DEMONSTRATION_READER, Channel.FILE, "demonstration@localhost.localdomain", demonstration=True
                )
            )
        sync_feeds(conn, feeds, now)
        sync_subscribers(conn, subscribers, now)


def demonstration_anchor(store: Store) -> datetime | None:
    """Return the instant from which the demonstration's dates are counted; None where there is none."""
    with store.read() as conn:
        text = get_meta(conn, _ANCHOR)
    return datetime.fromisoformat(text) if text else None


def remove_demonstration(store: Store) -> dict[str, int]:
    """Remove every trace of the demonstration for good, whatever the settings say; return rows removed by table."""
    with store.begin() as conn:
        removed = purge_demonstration(conn)
        set_meta(conn, _REMOVED, "yes")
    return removed


def _anchor(conn: Connection, settings: Settings, now: datetime) -> datetime | None:
    known = get_meta(conn, _ANCHOR)
    if not settings.demonstration.enabled:
        if known or get_meta(conn, _REMOVED):
            purge_demonstration(conn)  # its facts too: switched off and on again it comes anew
        return None
    if get_meta(conn, _REMOVED):
        return None
    if known:
        return datetime.fromisoformat(known)
    set_meta(conn, _ANCHOR, now.isoformat())
    return now


def _refuse_its_names(conn: Connection, settings: Settings, invented: Sequence[FeedSpec]) -> None:
    """Make sure that nothing real would be taken for a part of the demonstration, which would silence it."""
    ids = {spec.id for spec in invented}
    problems = [
        f"feeds.id: {feed.id} is the name of a demonstration feed; choose another"
        for feed in settings.feeds
        if feed.id in ids
    ]
    taken = {subscriber.name for subscriber in settings.subscribers}
    taken |= {subscriber.name for subscriber in list_subscribers(conn) if not subscriber.demonstration}
    if DEMONSTRATION_READER in taken:
        problems.append(
            f"subscribers.name: {DEMONSTRATION_READER} is the name of the demonstration's own reader; choose another"
        )
    if problems:
        raise SettingsError(problems)


def _feed(feed: FeedSettings, settings: Settings) -> FeedSpec:
    return FeedSpec(
        id=feed.id,
        url=feed.url,
        title=feed.title or feed.id,
        language=feed.language,
        country=feed.country,
        interval=feed.interval or settings.collect.interval,
        backlog=feed.backlog,
        full_text=feed.full_text,
        enabled=feed.enabled,
        verified=feed.verified,
        demonstration=False,
    )


def subscriber_of(subscriber: SubscriberSettings) -> Subscriber:
    """Return a configured subscriber as the service knows it.

    Raises:
        SettingsError: the file of its webhook cannot be read or is empty.
    """
    webhook = subscriber.webhook()
    if webhook is not None and not webhook.strip():
        raise SettingsError([f"subscribers.{subscriber.name}: the webhook is empty"])
    return Subscriber(
        name=subscriber.name,
        channel=Channel.SLACK if webhook else Channel.EMAIL,
        target=webhook or subscriber.email or "",
        classes=subscriber.classes,
        countries=subscriber.countries,
        kinds=subscriber.kinds,
        min_severity=subscriber.min_severity,
        flash_from=subscriber.flash_from,
        timezone=subscriber.timezone,
        digest_hour=subscriber.digest_hour,
    )


def demonstration_outlets() -> list[Outlet]:
    """Return the demonstration's invented publishers.

    Raises:
        DataError: their list is missing or wrong.
    """
    path = data_dir("seeds") / "feeds" / "index.toml"
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))["feed"]
        return [
            Outlet(
                domain=table["outlet"],
                name=table["title"],
                kind=table.get("kind", ""),
                owner=table["title"],
                country=table.get("country"),
                source="demonstration",
            )
            for table in tables
        ]
    except (OSError, KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        raise DataError([f"{path.name}: {error!r}"]) from error
