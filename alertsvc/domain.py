"""What travels between the parts: frozen data, no behaviour beyond reading itself.

Times are aware and in UTC. Countries are ISO 3166-1 alpha-2, a crossing's are two joined in alphabetical order
(`DZ-LY`). Everything here turns into plain JSON and back by `to_json` and `from_json`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import TypeAdapter

__all__ = [
    "FIELDS",
    "Action",
    "Article",
    "BacklogPolicy",
    "Briefing",
    "BriefingKind",
    "Channel",
    "Claim",
    "Count",
    "Delivery",
    "DeliveryState",
    "Detection",
    "Incident",
    "IncidentClass",
    "Phase",
    "Picture",
    "Place",
    "PlaceKind",
    "Reason",
    "Report",
    "Ruling",
    "Severity",
    "SeverityTerm",
    "Status",
    "Subscriber",
    "SubscriberState",
    "Update",
    "WatchedPlace",
    "from_json",
    "to_json",
]


class IncidentClass(StrEnum):
    """The three kinds of incident that are watched for."""

    BORDER = "border_crossing"
    OIL = "oil_facility"
    CAPITAL = "capital_approach"


class Action(StrEnum):
    """What happened at the place."""

    ATTACK = "attack"
    CLASH = "clash"
    SEIZURE = "seizure"
    RECAPTURE = "recapture"
    AIRSTRIKE = "airstrike"
    CLOSURE = "closure"
    REOPENING = "reopening"
    BLOCKADE = "blockade"
    SHUTDOWN = "shutdown"
    RESUMPTION = "resumption"
    ADVANCE = "advance"
    REPELLED = "repelled"
    SIEGE = "siege"
    MOBILISATION = "mobilisation"
    THREAT = "threat"
    ACCIDENT = "accident"


class PlaceKind(StrEnum):
    """What a place is: the first three are the sites of the three classes; an approach lies on the way to a capital."""

    CROSSING = "crossing"
    OIL = "oil"
    CAPITAL = "capital"
    APPROACH = "approach"


class Phase(StrEnum):
    """Where a situation stands."""

    OPEN = "open"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Status(StrEnum):
    """How well an incident is known."""

    CLAIMED = "Claimed"
    REPORTED = "Reported"
    CONFIRMED = "Confirmed"
    DISPUTED = "Disputed"
    REVERSED = "Reversed"
    WITHDRAWN = "Withdrawn"


class Ruling(StrEnum):
    """What an analyst may decide of an incident."""

    WITHDRAWN = "withdrawn"  # it did not happen, or is none
    CLOSED = "closed"  # it is over


class BriefingKind(StrEnum):
    """The products that are sent."""

    FLASH = "flash"
    UPDATE = "update"
    DAILY = "daily"
    WEEKLY = "weekly"
    BRIEF = "brief"  # everything known of one incident


class Channel(StrEnum):
    """How a subscriber is reached. `FILE` writes `.eml` files and is used where no SMTP server is set."""

    EMAIL = "email"
    SLACK = "slack"
    FILE = "file"


class SubscriberState(StrEnum):
    """Where a subscription stands. Only an active one is sent anything."""

    ACTIVE = "active"
    PAUSED = "paused"  # for a while
    PENDING = "pending"  # until the person confirms
    UNSUBSCRIBED = "unsubscribed"  # the person's own wish, which no configuration overrides
    REMOVED = "removed"  # by the operator


class DeliveryState(StrEnum):
    """Where a row of the outbox stands."""

    DUE = "due"
    SENT = "sent"
    FAILED = "failed"  # permanently: refused by the other side, or too old to be worth sending
    CANCELLED = "cancelled"


class BacklogPolicy(StrEnum):
    """What becomes of the entries that a feed already holds when it is polled for the first time."""

    DIGEST = "digest"  # they are read and filed, and reach people in the digest only
    ALERT = "alert"  # they are treated as news
    IGNORE = "ignore"  # they are stored as seen and never read


@dataclass(frozen=True, slots=True)
class Article:
    """One entry of a feed as it was read, with the text that detection sees.

    `published` is None where the entry has no usable date of its own; `effective` is then when it was fetched.
    """

    feed_id: str
    key: str  # identity within the feed: guid, else link, else hash of title and text
    url: str | None
    title: str
    text: str  # plain text; paragraphs parted by newlines
    outlet: str  # domain of the publisher, lower case, without "www."
    fetched: datetime
    content_hash: str  # of title and text, to tell an edited entry
    published: datetime | None = None
    language: str | None = None  # ISO 639-1, None until identified
    summary: str = ""  # the feed's own short text where `text` came from the page
    full_text: bool = False  # `text` was extracted from the article's page
    backlog: BacklogPolicy | None = None  # set on entries of a feed's first poll
    demonstration: bool = False
    id: int | None = None  # row in the store
    revision: int = 1

    @property
    def effective(self) -> datetime:
        """The instant that counts as this article's time: its own date unless it has none or it lies in the future."""
        return self.fetched if self.published is None else min(self.published, self.fetched)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an incident happened; `gazetteer_id` is None for a place that only the text names."""

    name: str
    kind: PlaceKind
    country: str | None = None
    gazetteer_id: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    capital: str | None = None  # the capital that an approach belongs to
    km_to_capital: float | None = None  # as the text says, else by the gazetteer
    tier: int | None = None  # 1 or 2 for sites of the gazetteer, see the severity score


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people as a range; `high` is None where no upper bound was given."""

    low: int
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What one side says, in the article's own words."""

    speaker: str
    quote: str
    denies: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that spoke for or against a detection, in words that an analyst can check.

    A reason of the kind "field" says where a field was read: `detail` is then the words at the characters `start` to
    `end` of the sentence, or how the field was inferred where these are None.
    """

    kind: str  # "rule", "classifier", "mention", "veto", "field"
    name: str
    weight: float = 0.0
    detail: str = ""
    sentence: int | None = None
    start: int | None = None
    end: int | None = None


FIELDS = (
    "place",
    "country",
    "event_date",
    "action",
    "killed",
    "wounded",
    "captured",
    "attackers",
    "targets",
    "origin",
    "flow",
    "distance",
)
"""Fields of a detection whose source is kept as a reason of the kind "field", in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class Detection:
    """One incident that one article newly reports."""

    incident_class: IncidentClass
    probability: float
    action: Action
    place: Place
    event_date: date | None = None
    killed: Count | None = None
    wounded: Count | None = None
    captured: Count | None = None
    attackers: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    other_sites: tuple[str, ...] = ()  # further places hit in the same happening
    claims: tuple[Claim, ...] = ()
    origin: str = ""  # who the report goes back to: an agency it credits, else the outlet's owner
    one_party: bool = False  # only one side of the fight says so
    disputed: bool = False  # another side contradicts it in the same article
    cross_border: bool = False  # attackers came from, or withdrew into, another state
    flow: str | None = None  # "stopped", "partly" or "resumed": traffic or output
    announced_offensive: bool = False
    reversed_within_day: bool = False  # the previous holder has the site again within 24 hours
    sentences: tuple[str, ...] = ()  # that carry it, most telling first
    reasons: tuple[Reason, ...] = ()
    sure: bool = True  # probable enough that this report alone may raise a flash alert


@dataclass(frozen=True, slots=True)
class SeverityTerm:
    """One summand of the severity score."""

    name: str
    value: float
    why: str


@dataclass(frozen=True, slots=True)
class Severity:
    """Severity of an incident: half points from 0.5 to 5.0, with every term of its sum."""

    value: float
    raw: float
    terms: tuple[SeverityTerm, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """One article's account of an incident, as filed."""

    article_id: int
    outlet: str
    outlet_name: str
    origin: str
    title: str
    url: str | None
    language: str
    published: datetime | None
    fetched: datetime
    detection: Detection
    same_text_as: str | None = None  # outlet whose text this one repeats
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """A step in the life of an incident; number 1 is its opening. `material` steps are worth telling."""

    number: int
    at: datetime
    material: bool
    changes: tuple[str, ...]  # one phrase each, in the order of weight
    status: Status
    action: Action
    severity: float
    severity_before: float | None = None
    killed: Count | None = None
    killed_before: Count | None = None
    report_id: int | None = None
    alertable: bool = True  # false where the report came from a feed's backlog


@dataclass(frozen=True, slots=True)
class Incident:
    """One real event or situation, however many outlets report it."""

    public_id: str  # stable and printable, e.g. "LY-2026-0131-7f3a"
    incident_class: IncidentClass
    place: Place
    action: Action  # the latest that changed the situation
    phase: Phase
    status: Status
    severity: Severity
    opened: datetime  # when the service filed it
    changed: datetime  # last material change
    event_date: date | None = None  # of the first happening known
    last_event: date | None = None
    killed: Count | None = None
    wounded: Count | None = None
    captured: Count | None = None
    demonstration: bool = False
    reports: tuple[Report, ...] = ()
    updates: tuple[Update, ...] = ()
    id: int | None = None
    follows: str | None = None  # public id of the closed incident at the same place that came before
    merged_into: str | None = None  # public id of the incident that an analyst merged this one into
    ruling: Ruling | None = None  # what an analyst decided of it, whatever its reports say


@dataclass(frozen=True, slots=True)
class WatchedPlace:
    """A place of the gazetteer that a subscriber watches, with where it was when that was asked for."""

    id: str  # of the gazetteer
    name: str
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Someone who gets briefings. Empty filters let everything through.

    `target` is an e-mail address or, for Slack, a webhook address, which is a secret and is never logged.
    """

    name: str
    channel: Channel
    target: str
    classes: tuple[IncidentClass, ...] = ()
    countries: tuple[str, ...] = ()  # ISO codes; a crossing passes by either side
    kinds: tuple[BriefingKind, ...] = tuple(BriefingKind)
    min_severity: float = 0.5
    flash_from: float = 1.5
    timezone: str = "UTC"
    digest_hour: int = 7  # local, of the daily digest and of the weekly review
    demonstration: bool = False  # gets demonstration incidents and nothing else
    created: datetime | None = None
    id: int | None = None
    places: tuple[WatchedPlace, ...] = ()
    radius_km: float = 0.0  # round each of the places
    language: str = "en"  # of what it is sent, ISO 639-1
    weekly_day: int = 0  # of the weekly review, counted from Monday, 0
    empty_digests: bool = True  # sent also where nothing happened
    quiet_from: time | None = None  # local; what falls between the two waits for the end
    quiet_until: time | None = None  # may lie before `quiet_from`: the quiet hours then span midnight
    wake_from: float | None = 4.0  # severity from which quiet hours hold nothing back; None: none does
    alerts_per_hour: int | None = None  # flashes and updates; None: as the service is set; 0: no limit
    alerts_per_day: int | None = None
    state: SubscriberState = SubscriberState.ACTIVE


@dataclass(frozen=True, slots=True)
class Briefing:
    """Facts of one briefing as plain JSON data, ready to be rendered by the templates of its kind."""

    kind: BriefingKind
    facts: dict[str, Any]
    incident_id: int | None = None
    update: int | None = None
    demonstration: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that stands inline in a briefing's HTML, where it is pointed to as `cid:` and its id."""

    cid: str  # content id, without angle brackets
    png: bytes
    alt: str  # what it shows, for whoever does not see it


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the outbox: one briefing for one subscriber, its facts frozen when it was written."""

    key: str  # what makes it unique: never two rows of the same key
    briefing: Briefing
    subscriber_id: int
    channel: Channel
    target: str
    message_id: str  # without angle brackets; the same for every try
    created: datetime
    expires: datetime
    template_version: str
    in_reply_to: str | None = None  # message id of the flash that an update answers
    state: DeliveryState = DeliveryState.DUE
    attempts: int = 0
    next_try: datetime | None = None
    sent: datetime | None = None
    error: str | None = None
    id: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)


T = TypeVar("T")


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(cls: type[Any]) -> TypeAdapter[Any]:
    adapter = _ADAPTERS.get(cls)
    if adapter is None:
        adapter = _ADAPTERS[cls] = TypeAdapter(cls)
    return adapter


def to_json(value: Any) -> Any:
    """Turn one of the dataclasses above into plain JSON data."""
    return _adapter(type(value)).dump_python(value, mode="json")


def from_json(cls: type[T], data: Any) -> T:
    """Read back what `to_json` made.

    Raises:
        pydantic.ValidationError: the data does not fit the class.
    """
    result: T = _adapter(cls).validate_python(data)
    return result
