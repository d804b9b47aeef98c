"""What is configured is written into the store: feeds, subscribers, and the demonstration with all that hangs on it."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from alertsvc.collect.bundled import demonstration_feeds
from alertsvc.domain import Channel, Subscriber
from alertsvc.errors import DataError, SettingsError, SubscriptionError
from alertsvc.resources import data_dir
from alertsvc.settings import FeedSettings, Settings, SubscriberSettings
from alertsvc.store import Store
from alertsvc.store.demonstration import purge_demonstration
from alertsvc.store.feeds import FeedSpec, sync_feeds
from alertsvc.store.meta import get_meta, set_meta
from alertsvc.store.subscribers import list_subscribers, sync_subscribers
from alertsvc.subscription import SubscriptionFields
from alertsvc.track.outlets import Outlet
from alertsvc.watching import watched_places

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
    subscribers = _subscribers(settings)
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


def _subscribers(settings: Settings) -> list[Subscriber]:
    found: list[Subscriber] = []
    problems: list[str] = []
    for subscriber in settings.subscribers:
        try:
            found.append(subscriber_of(subscriber, settings))
        except SettingsError as error:
            problems += error.problems
    if problems:
        raise SettingsError(problems)
    return found


def subscriber_of(subscriber: SubscriberSettings, settings: Settings) -> Subscriber:
    """Return a configured subscriber as the service knows it.

    Raises:
        SettingsError: the file of its webhook cannot be read or is empty, or a place is not in the gazetteer.
        DataError: the gazetteer is wrong.
    """
    webhook = subscriber.webhook()
    if webhook is not None and not webhook.strip():
        raise SettingsError([f"subscribers.{subscriber.name}: the webhook is empty"])
    try:
        places = watched_places(subscriber.places, settings.detect.rules_dir)
    except SubscriptionError as error:
        raise SettingsError(
            [f"subscribers.{subscriber.name}.{field}: {line}" for field, line in error.problems.items()]
        ) from error
    wanted = {name: getattr(subscriber, name) for name in SubscriptionFields.model_fields if name != "places"}
    return Subscriber(
        name=subscriber.name,
        channel=Channel.EMAIL if subscriber.email else Channel.SLACK,
        target=subscriber.email or webhook or subscriber.slack_channel or "",
        places=places,
        **wanted,
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
