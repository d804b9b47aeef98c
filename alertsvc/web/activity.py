"""What the service has been doing of late: articles, deliveries and problems, real and invented apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from alertsvc.brief.texts import clean
from alertsvc.deliver.keys import reference
from alertsvc.domain import Article, Delivery, DeliveryState
from alertsvc.store.articles import STATES, article_state, count_articles, list_articles
from alertsvc.store.feeds import Feed
from alertsvc.store.outbox import list_deliveries
from alertsvc.store.problems import Problem, list_problems
from alertsvc.store.subscribers import list_subscribers
from alertsvc.web.redaction import public_line

__all__ = [
    "DAY",
    "ArticleTally",
    "DeliveryLine",
    "DeliveryTally",
    "ProblemLine",
    "read_articles",
    "read_deliveries",
    "read_problems",
]

DAY = timedelta(hours=24)
MOST_ARTICLES = 2000
MOST_DELIVERIES = 1000
MOST_PROBLEMS = 200
_STEP = 500


@dataclass(frozen=True, slots=True)
class ArticleTally:
    """Articles by state: those dated within the last day, and all. `unsupported` is by language, of the last day."""

    day: dict[str, int]
    all: dict[str, int]
    unsupported: dict[str, int]
    complete: bool

    @property
    def total(self) -> int:
        """How many are dated within the last day."""
        return sum(self.day.values())


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """A delivery without its recipient."""

    delivery: Delivery
    subject: str
    about: str
    note: str


@dataclass(frozen=True, slots=True)
class DeliveryTally:
    """The deliveries of the last day by state, and all of them as lines, newest first."""

    day: dict[str, int]
    lines: tuple[DeliveryLine, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """A problem as it may be shown."""

    problem: Problem
    subject: str
    message: str


def read_articles(conn: Connection, now: datetime, *, demonstration: bool) -> ArticleTally:
    """Return what became of articles. At most `MOST_ARTICLES` of the last day are looked at."""
    states: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    seen = 0
    complete = False
    after: Article | None = None
    while not complete and seen < MOST_ARTICLES:
        batch = list_articles(conn, since=now - DAY, limit=_STEP, after=after, demonstration=demonstration)
        for article in batch:
            found = article_state(conn, article.id) if article.id is not None else None
            if found is not None:
                states[found.state] += 1
                languages[clean(article.language or "", 12) or "unknown"] += found.state == "unsupported"
        seen += len(batch)
        complete = len(batch) < _STEP
        after = batch[-1] if batch else None
    return ArticleTally(
        day={state: states[state] for state in STATES},
        all=count_articles(conn, demonstration=demonstration),
        unsupported={language: number for language, number in languages.most_common() if number},
        complete=complete,
    )


def read_deliveries(conn: Connection, now: datetime, *, demonstration: bool) -> DeliveryTally:
    """Return what was written for sending within the last day; real and invented are told apart by the briefing."""
    found = list_deliveries(conn, since=now - DAY, limit=MOST_DELIVERIES)
    own = [delivery for delivery in found if delivery.briefing.demonstration == demonstration]
    states = Counter(delivery.state.value for delivery in own)
    return DeliveryTally(
        {state.value: states[state.value] for state in DeliveryState},
        tuple(_delivery_line(delivery) for delivery in own),
        len(found) < MOST_DELIVERIES,
    )


def _delivery_line(delivery: Delivery) -> DeliveryLine:
    subject = delivery.briefing.facts.get("subject")
    shown = clean(subject, 160) if isinstance(subject, str) else ""
    note = public_line(delivery.error) if delivery.error else ""
    return DeliveryLine(delivery, shown or delivery.briefing.kind.value, reference(delivery.key), note)


def read_problems(
    conn: Connection, now: datetime, feeds: Sequence[Feed], *, demonstration: bool
) -> tuple[ProblemLine, ...]:
    """Return the problems seen within the last day, last seen first, of real or of invented matters.

    A problem's row does not say which it is; its subject does: a feed's id, `feed: title`, a delivery's key, or
    `subscriber` and its number.
    `feeds` are all feeds, retired ones too.
    """
    invented_feeds = {feed.id for feed in feeds if feed.demonstration}
    invented_keys = {
        delivery.key
        for delivery in list_deliveries(conn, since=now - 2 * DAY, limit=MOST_DELIVERIES)
        if delivery.briefing.demonstration
    }

    invented_subjects = invented_feeds | invented_keys
    invented_subjects |= {f"subscriber {one.id}" for one in list_subscribers(conn, active=False) if one.demonstration}

    def invented(problem: Problem) -> bool:
        subject = problem.subject
        return subject in invented_subjects or subject.partition(": ")[0] in invented_feeds

    return tuple(
        ProblemLine(problem, public_line(problem.subject), public_line(problem.message))
        for problem in list_problems(conn, since=now - DAY, limit=MOST_PROBLEMS)
        if invented(problem) == demonstration
    )
