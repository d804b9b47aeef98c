"""Digests that are due become deliveries in the outbox: exactly one for each subscriber and period.

What is due follows from the tables and the clock alone, so a digest that was missed goes out with the next round,
whoever runs it. A row for each subscriber and period, written in the transaction that writes the delivery, keeps
restarts, clocks that jump and other services on the same database from telling anything twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from alertsvc.alerts import plan_waiting
from alertsvc.brief.render import TEMPLATE_VERSION
from alertsvc.clock import Clock
from alertsvc.composing import COMPOSERS, Composer, Edition, Part, compose, filter_of, select, words_for
from alertsvc.deliver.digests import DIGESTS, REACH, DigestPeriod, due_period
from alertsvc.deliver.filters import Address, address_of, width
from alertsvc.deliver.keys import subscriber_id
from alertsvc.deliver.rows import digest_row
from alertsvc.domain import Briefing, BriefingKind, IncidentClass, Subscriber
from alertsvc.errors import StoreError
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.incidents import lock_class
from alertsvc.store.leases import take_lock
from alertsvc.store.outbox import enqueue_all
from alertsvc.store.periods import ToldPeriod, last_periods, record_periods, who_is_told
from alertsvc.store.problems import clear_problems_of, record_problem
from alertsvc.store.subscribers import list_subscribers
from alertsvc.store.values import Scrubbed, scrub

__all__ = ["Digester", "preview"]

_CHUNK = 200  # subscribers written for in one transaction
_LOCK = "digests"
_SCOPE = "digest"  # of problems

_Schedule = tuple[Address, BriefingKind, str, int, int]


@dataclass(frozen=True, slots=True)
class _Member:
    """One subscription that a digest is written for, the period that it was told of last, and the one due."""

    subscriber: Subscriber
    last: ToldPeriod | None
    start: datetime
    name: str  # of the period


@dataclass(frozen=True, slots=True)
class _Order:
    """A digest for one person: one delivery to the first member, in which the others are told as well."""

    period: DigestPeriod
    members: tuple[_Member, ...]
    empty: bool  # to be sent also where nothing happened


@dataclass(frozen=True, slots=True)
class Digester:
    """Writes the digests that are due."""

    store: Store
    settings: Settings
    clock: Clock
    composers: Mapping[BriefingKind, Composer] = field(default_factory=lambda: COMPOSERS)

    def run_once(self, *, only: int | None = None, earliest: datetime | None = None) -> int:
        """Write every digest that is due, and alerts and summaries that have waited for their time; return how many.

        Args:
            only: the row of the one subscriber to write for, and for what its person has at the same hour.
            earliest: no period begins before this, for a replay that jumps over years.

        One subscriber's trouble is recorded and holds up nobody else.

        Raises:
            StoreError: the database does not answer.
        """
        now = self.clock.now()
        with self.store.read() as conn:
            subscribers = list_subscribers(conn)
            last = {kind: last_periods(conn, kind) for kind in self.composers}
        written = plan_waiting(self.store, self.settings, now)
        editions: dict[Edition, list[_Order]] = {}
        for kind in DIGESTS:
            if kind in self.composers:
                for order in self._orders(kind, subscribers, last[kind], now, only):
                    due = order if earliest is None else _cut(order, earliest)
                    editions.setdefault(_edition(due), []).append(due)
        return written + sum(self._write(edition, orders, now) for edition, orders in editions.items())

    def _orders(
        self,
        kind: BriefingKind,
        subscribers: Iterable[Subscriber],
        last: Mapping[int, ToldPeriod],
        now: datetime,
        only: int | None,
    ) -> Iterator[_Order]:
        """Yield what is due, to all or to one. Subscriptions of one person at one hour are told in one digest."""
        groups: dict[_Schedule, list[Subscriber]] = {}
        for item in subscribers:
            if kind in item.kinds:
                day = item.weekly_day if kind is BriefingKind.WEEKLY else 0
                schedule = (address_of(item), kind, item.timezone, item.digest_hour, day)
                groups.setdefault(schedule, []).append(item)
        for group in groups.values():
            if only is not None and only not in {item.id for item in group}:
                continue
            group.sort(key=width)
            try:
                order = _order(kind, group, last, now)
            except Exception as error:  # noqa: BLE001  a zone that vanished: this digest only
                self._tell(group, error, now)
                continue
            if order is not None:
                yield order

    def _write(self, edition: Edition, orders: Sequence[_Order], now: datetime) -> int:
        """Write one edition for all who are to have it; return for how many."""
        written = 0
        briefing: Briefing | None = None
        nothing = False
        for first in range(0, len(orders), _CHUNK):
            chunk = orders[first : first + _CHUNK]
            try:
                with self.store.begin() as conn:
                    take_lock(conn, _LOCK)
                    waiting = _still_due(conn, chunk)
                    if briefing is None and waiting:
                        # Whoever is filing finishes first, and the next one dates its step only after this: no step
                        # falls between two digests.
                        for incident_class in IncidentClass:
                            lock_class(conn, incident_class)
                        incidents = select(conn, edition)
                        nothing = not incidents
                        briefing = compose(conn, edition, incidents, self.settings, now, self.composers)
                        # Once, and not for each of thousands of rows.
                        briefing = replace(briefing, facts=Scrubbed(scrub(briefing.facts)))
                    put = 0 if briefing is None else self._put(conn, waiting, briefing, now, nothing=nothing)
            except StoreError:
                raise
            except Exception as error:  # noqa: BLE001  data that cannot be told: this edition only
                self._tell([member.subscriber for order in chunk for member in order.members], error, now)
            else:
                written += put
        return written

    def _put(
        self, conn: Connection, orders: Sequence[_Order], briefing: Briefing, now: datetime, *, nothing: bool
    ) -> int:
        """Write the digests of several people; return how many: none to whom the period was told already.

        Where nothing happened, who wants no empty digest is noted as told and sent none.
        """
        told: dict[int, ToldPeriod] = {}
        for order in orders:
            key = order.period.key if order.empty or not nothing else None
            for member in order.members:
                row = subscriber_id(member.subscriber)
                told[row] = ToldPeriod(order.period.kind, member.name, member.start, order.period.end, key)
        new = record_periods(conn, told, now)
        clear_problems_of(conn, _SCOPE, [member.subscriber.name for order in orders for member in order.members])
        rows = [
            digest_row(
                order.members[0].subscriber,
                order.period,
                briefing,
                now=now,
                sender=self.settings.mail.sender,
                settings=self.settings.deliver,
                template_version=TEMPLATE_VERSION,
            )
            for order in orders
            if (order.empty or not nothing) and subscriber_id(order.members[0].subscriber) in new
        ]
        return enqueue_all(conn, rows)

    def _tell(self, subscribers: Iterable[Subscriber], error: Exception, now: datetime) -> None:
        with self.store.begin() as conn:
            for subscriber in subscribers:
                record_problem(conn, _SCOPE, subscriber.name, f"{type(error).__name__}: {error}", now)


def preview(
    conn: Connection, subscriber: Subscriber, period: DigestPeriod, settings: Settings, now: datetime
) -> Briefing:
    """Compose the digest of any period for a subscriber without writing it anywhere."""
    member = _Member(subscriber, None, period.start, period.name)
    edition = _edition(_Order(period, (member,), empty=True))
    return compose(conn, edition, select(conn, edition), settings, now, COMPOSERS)


def _order(
    kind: BriefingKind, group: Sequence[Subscriber], last: Mapping[int, ToldPeriod], now: datetime
) -> _Order | None:
    """Return the digest that a person is owed by subscriptions of one schedule, the widest of them first."""
    known = {subscriber_id(item): last.get(subscriber_id(item)) for item in group}
    latest = max((told for told in known.values() if told is not None), key=lambda told: told.end, default=None)
    period = due_period(group[0], kind, now, latest)
    if period is None:
        return None
    members = []
    for item in group:
        told = known[subscriber_id(item)]
        # One that was told of less than the others is told of the rest now.
        start = period.start if told is None else max(told.end, period.end - REACH)
        members.append(_Member(item, told, start, period.name))
    start = min(member.start for member in members)
    return _Order(replace(period, start=start), tuple(members), any(item.empty_digests for item in group))


def _cut(order: _Order, earliest: datetime) -> _Order:
    """Return an order that begins at `earliest` where it would begin before."""
    limit = min(earliest, order.period.end)
    members = tuple(replace(member, start=max(member.start, limit)) for member in order.members)
    return replace(order, period=replace(order.period, start=min(member.start for member in members)), members=members)


def _edition(order: _Order) -> Edition:
    first = order.members[0].subscriber
    parts = {Part(filter_of(member.subscriber), member.start) for member in order.members}
    return Edition(
        kind=order.period.kind,
        start=order.period.start,
        end=order.period.end,
        zone=first.timezone,
        words=words_for(first.language),
        demonstration=first.demonstration,
        parts=tuple(sorted(parts, key=repr)),
    )


def _still_due(conn: Connection, orders: Sequence[_Order]) -> list[_Order]:
    """Return those for whose members nobody has written a digest since it was looked at."""
    period = orders[0].period  # the same for all but for the key: they are of one edition
    rows = {subscriber_id(member.subscriber) for order in orders for member in order.members}
    last = last_periods(conn, period.kind, rows)
    told: dict[str, set[int]] = {}
    for order in orders:
        if order.period.name not in told:
            told[order.period.name] = who_is_told(conn, rows, period.kind, order.period.name)
    return [
        order
        for order in orders
        if subscriber_id(order.members[0].subscriber) not in told[order.period.name]
        and all(last.get(subscriber_id(member.subscriber)) == member.last for member in order.members)
    ]
