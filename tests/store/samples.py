"""Examples of what the store keeps: plain ones to vary, and strategies for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, TypeVar

from hypothesis import strategies as st
from sqlalchemy import Connection

from alertsvc.domain import (
    Action,
    Article,
    BacklogPolicy,
    Briefing,
    BriefingKind,
    Channel,
    Claim,
    Count,
    Delivery,
    Detection,
    Incident,
    IncidentClass,
    Phase,
    Place,
    PlaceKind,
    Reason,
    Report,
    Severity,
    SeverityTerm,
    Status,
    Subscriber,
    SubscriberState,
    Update,
    WatchedPlace,
    from_json,
    to_json,
)
from alertsvc.store import Store
from alertsvc.store.feeds import FeedSpec, PollRecord
from alertsvc.store.values import scrub

NOON = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

T = TypeVar("T")


@contextmanager
def trial(store: Store) -> Iterator[Connection]:
    """Give a write transaction that is rolled back, so that one example leaves nothing for the next."""
    with store.begin() as conn:
        yield conn
        transaction = conn.get_transaction()
        assert transaction is not None
        transaction.rollback()


def as_stored(value: T) -> T:
    """Return a dataclass of the domain as the store gives it back: with what no database takes replaced."""
    return from_json(type(value), scrub(to_json(value)))


def spec(feed_id: str = "wire", **changes: Any) -> FeedSpec:
    plain = FeedSpec(
        id=feed_id,
        url=f"https://{feed_id}.example/feed.xml",
        title="The Wire",
        language="en",
        country="LY",
        interval=900.0,
        backlog=BacklogPolicy.DIGEST,
        full_text=None,
        enabled=True,
        verified=False,
        demonstration=False,
    )
    return replace(plain, **changes)


def poll(outcome: str = "ok", **changes: Any) -> PollRecord:
    plain = PollRecord(outcome=outcome, error=None, next_due=NOON + HOUR, success=True)
    return replace(plain, **changes)


def article(key: str = "1", **changes: Any) -> Article:
    plain = Article(
        feed_id="wire",
        key=key,
        url=f"https://wire.example/{key}",
        title=f"Item {key}",
        text=f"Gunmen took the crossing. This is item {key}.",
        outlet="wire.example",
        fetched=NOON,
        content_hash=f"hash-{key}",
        published=NOON - HOUR,
    )
    return replace(plain, **changes)


def place(name: str = "Debdeb", **changes: Any) -> Place:
    return replace(Place(name=name, kind=PlaceKind.CROSSING, country="DZ-LY", gazetteer_id=name.lower()), **changes)


def detection(where: Place | None = None, **changes: Any) -> Detection:
    plain = Detection(
        incident_class=IncidentClass.BORDER, probability=0.9, action=Action.SEIZURE, place=where or place()
    )
    return replace(plain, **changes)


def report(article_id: int = 1, where: Place | None = None, **changes: Any) -> Report:
    plain = Report(
        article_id=article_id,
        outlet="wire.example",
        outlet_name="The Wire",
        origin="wire.example",
        title="Crossing taken",
        url="https://wire.example/1",
        language="en",
        published=NOON - HOUR,
        fetched=NOON,
        detection=detection(where),
    )
    return replace(plain, **changes)


def step(number: int = 1, **changes: Any) -> Update:
    plain = Update(
        number=number,
        at=NOON,
        material=True,
        changes=("reported seized",),
        status=Status.REPORTED,
        action=Action.SEIZURE,
        severity=2.5,
    )
    return replace(plain, **changes)


def incident(public_id: str = "LY-2026-0201-0001", **changes: Any) -> Incident:
    plain = Incident(
        public_id=public_id,
        incident_class=IncidentClass.BORDER,
        place=place(),
        action=Action.SEIZURE,
        phase=Phase.OPEN,
        status=Status.REPORTED,
        severity=Severity(2.5, 2.4, (SeverityTerm("base", 2.0, "a crossing"), SeverityTerm("deaths", 0.4, "two"))),
        opened=NOON,
        changed=NOON,
        event_date=date(2026, 1, 31),
        last_event=date(2026, 1, 31),
        killed=Count(2),
        reports=(report(),),
        updates=(step(),),
    )
    return replace(plain, **changes)


def subscriber(name: str = "desk", **changes: Any) -> Subscriber:
    return replace(Subscriber(name=name, channel=Channel.EMAIL, target=f"{name}@example.org"), **changes)


def delivery(key: str = "flash:LY-2026-0201-0001:1", **changes: Any) -> Delivery:
    plain = Delivery(
        key=key,
        briefing=Briefing(BriefingKind.FLASH, {"headline": "Crossing seized"}, incident_id=1, update=1),
        subscriber_id=1,
        channel=Channel.EMAIL,
        target="desk@example.org",
        message_id=f"{key}@alerts.example",
        created=NOON,
        expires=NOON + 6 * HOUR,
        template_version="1",
    )
    return replace(plain, **changes)


# Strategies. Text is everything a feed can hold, NUL, lone surrogates and astral characters first of all.
texts = st.text(
    st.one_of(
        st.sampled_from("\x00\ud800\udfff\U0001f525\u202e\ufffd'\"\\%_ \n"), st.characters(exclude_categories=())
    ),
    max_size=20,
)
instants = st.builds(
    lambda instant, minutes: instant.astimezone(timezone(timedelta(minutes=minutes))),
    st.datetimes(timezones=st.just(UTC)).filter(lambda instant: 2 <= instant.year <= 9998),
    st.integers(-14 * 60, 14 * 60),
)
numbers = st.floats(allow_nan=False, allow_infinity=False)
ids = st.integers(1, 2**62)
days = st.dates()
counts = st.builds(Count, st.integers(0, 10**6), st.none() | st.integers(0, 10**6))


def some(values: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...]]:
    """Return a strategy for short tuples, empty ones too."""
    return st.lists(values, max_size=3).map(tuple)


places = st.builds(
    Place,
    name=texts,
    kind=st.sampled_from(PlaceKind),
    country=st.none() | texts,
    gazetteer_id=st.none() | texts,
    latitude=st.none() | numbers,
    longitude=st.none() | numbers,
    capital=st.none() | texts,
    km_to_capital=st.none() | numbers,
    tier=st.none() | st.integers(1, 2),
)
claims = st.builds(Claim, speaker=texts, quote=texts, denies=st.booleans())
reasons = st.builds(
    Reason, kind=texts, name=texts, weight=numbers, detail=texts, sentence=st.none() | st.integers(0, 99)
)
detections = st.builds(
    Detection,
    incident_class=st.sampled_from(IncidentClass),
    probability=numbers,
    action=st.sampled_from(Action),
    place=places,
    event_date=st.none() | days,
    killed=st.none() | counts,
    wounded=st.none() | counts,
    captured=st.none() | counts,
    attackers=some(texts),
    targets=some(texts),
    other_sites=some(texts),
    claims=some(claims),
    origin=texts,
    one_party=st.booleans(),
    disputed=st.booleans(),
    cross_border=st.booleans(),
    flow=st.none() | texts,
    announced_offensive=st.booleans(),
    reversed_within_day=st.booleans(),
    sentences=some(texts),
    reasons=some(reasons),
)
articles = st.builds(
    Article,
    feed_id=texts,
    key=texts,
    url=st.none() | texts,
    title=texts,
    text=texts,
    outlet=texts,
    fetched=instants,
    content_hash=texts,
    published=st.none() | instants,
    language=st.none() | texts,
    summary=texts,
    full_text=st.booleans(),
    backlog=st.none() | st.sampled_from(BacklogPolicy),
    demonstration=st.booleans(),
)
reports = st.builds(
    Report,
    article_id=ids,
    outlet=texts,
    outlet_name=texts,
    origin=texts,
    title=texts,
    url=st.none() | texts,
    language=texts,
    published=st.none() | instants,
    fetched=instants,
    detection=detections,
    same_text_as=st.none() | texts,
)
updates = st.builds(
    Update,
    number=st.integers(1, 2**31 - 1),
    at=instants,
    material=st.booleans(),
    changes=some(texts),
    status=st.sampled_from(Status),
    action=st.sampled_from(Action),
    severity=numbers,
    severity_before=st.none() | numbers,
    killed=st.none() | counts,
    killed_before=st.none() | counts,
    report_id=st.none(),
    alertable=st.booleans(),
)
incidents = st.builds(
    Incident,
    public_id=texts,
    incident_class=st.sampled_from(IncidentClass),
    place=places,
    action=st.sampled_from(Action),
    phase=st.sampled_from(Phase),
    status=st.sampled_from(Status),
    severity=st.builds(
        Severity, value=numbers, raw=numbers, terms=some(st.builds(SeverityTerm, texts, numbers, texts))
    ),
    opened=instants,
    changed=instants,
    event_date=st.none() | days,
    last_event=st.none() | days,
    killed=st.none() | counts,
    wounded=st.none() | counts,
    captured=st.none() | counts,
    demonstration=st.booleans(),
    reports=st.lists(reports, max_size=2, unique_by=lambda item: item.article_id).map(tuple),
    updates=st.lists(updates, max_size=3, unique_by=lambda item: item.number).map(
        lambda items: tuple(sorted(items, key=lambda item: item.number))
    ),
)
subscribers = st.builds(
    Subscriber,
    name=texts,
    channel=st.sampled_from(Channel),
    target=texts,
    classes=some(st.sampled_from(IncidentClass)),
    countries=some(texts),
    kinds=some(st.sampled_from(BriefingKind)),
    min_severity=numbers,
    flash_from=numbers,
    timezone=texts,
    digest_hour=st.integers(0, 23),
    demonstration=st.booleans(),
    created=instants,
    places=some(
        st.builds(
            WatchedPlace,
            id=texts,
            name=texts,
            latitude=st.none() | st.floats(-90, 90),
            longitude=st.none() | st.floats(-180, 180),
        )
    ),
    radius_km=numbers,
    language=texts,
    weekly_day=st.integers(0, 6),
    empty_digests=st.booleans(),
    quiet_from=st.none() | st.times().map(lambda item: item.replace(second=0, microsecond=0)),
    quiet_until=st.none() | st.times().map(lambda item: item.replace(second=0, microsecond=0)),
    wake_from=st.none() | numbers,
    alerts_per_hour=st.none() | st.integers(0, 1000),
    alerts_per_day=st.none() | st.integers(0, 1000),
    state=st.sampled_from(SubscriberState),
)
json_data = st.recursive(
    st.none() | st.booleans() | st.integers() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
deliveries = st.builds(
    Delivery,
    key=texts,
    briefing=st.builds(
        Briefing,
        kind=st.sampled_from(BriefingKind),
        facts=st.dictionaries(texts, json_data, max_size=3),
        incident_id=st.none() | ids,
        update=st.none() | st.integers(1, 1000),
        demonstration=st.booleans(),
    ),
    subscriber_id=ids,
    channel=st.sampled_from(Channel),
    target=texts,
    message_id=texts,
    created=instants,
    expires=instants,
    template_version=texts,
    in_reply_to=st.none() | texts,
    next_try=st.none() | instants,
    error=st.none() | texts,
    extra=st.dictionaries(texts, json_data, max_size=2),
)
specs = st.builds(
    FeedSpec,
    id=texts,
    url=texts,
    title=texts,
    language=st.none() | texts,
    country=st.none() | texts,
    interval=numbers,
    backlog=st.sampled_from(BacklogPolicy),
    full_text=st.none() | st.booleans(),
    enabled=st.booleans(),
    verified=st.booleans(),
    demonstration=st.booleans(),
    outlet_kind=st.none() | texts,
)
