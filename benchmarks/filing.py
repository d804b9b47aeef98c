"""How well and how fast reports are filed: a stream made up of events told many times, against many open incidents.

    python -m benchmarks.filing [--articles 100000] [--events 3000] [--open 10000] [--seed 1] [--database URL]

Events happen at invented sites and on ways to capitals over two months; the next one at a place comes no sooner than
nine days after the last news of the one before. Each is told 1 to 30 times, in words of its own or reprinted from an
earlier telling: retitled, trimmed, with words changed and a page's junk around it. Tellings name the site, spell it
otherwise, name none or another site that was hit too, give the day or leave it out, and choose among related actions.
The rest of the articles report nothing. Before the stream, `--open` incidents at other sites are filed. Nothing is
detected: what is measured is filing, on SQLite unless a URL is given, 200 articles in a transaction. Now and then a
loop of fixed work is timed in between: on a machine that others use too, reports in the time of a loop can be compared
from one run to the next, and reports a second cannot.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import Connection

from alertsvc.domain import Action, Article, Count, Detection, IncidentClass, Phase, Place, PlaceKind, Reason
from alertsvc.resources import data_dir
from alertsvc.settings import TrackSettings
from alertsvc.store import Store
from alertsvc.store.articles import save_articles
from alertsvc.store.feeds import FeedSpec, sync_feeds
from alertsvc.store.incidents import article_reports, list_incidents
from alertsvc.track import Desk, Outlets, SeverityTable
from benchmarks.reading import fixed_loop

_START = datetime(2031, 3, 1, tzinfo=UTC)
_DAYS = 60
_APART = timedelta(days=9)
_REPRINTS = 0.4
_BATCH = 200
_LOOP_EVERY = 25  # batches
_OUTLETS = 150
_COUNTRIES = [f"{a}{b}" for a in "QXZ" for b in "ABCDEFGHIJKLMNOP"]
_FAMILIES = (
    (IncidentClass.BORDER, PlaceKind.CROSSING, (Action.CLOSURE, Action.CLASH, Action.ATTACK)),
    (IncidentClass.BORDER, PlaceKind.CROSSING, (Action.SEIZURE, Action.ATTACK, Action.CLASH)),
    (IncidentClass.BORDER, PlaceKind.CROSSING, (Action.REOPENING,)),
    (IncidentClass.OIL, PlaceKind.OIL, (Action.ATTACK, Action.AIRSTRIKE, Action.SHUTDOWN)),
    (IncidentClass.OIL, PlaceKind.OIL, (Action.BLOCKADE, Action.SHUTDOWN)),
    (IncidentClass.CAPITAL, PlaceKind.APPROACH, (Action.ADVANCE, Action.CLASH, Action.REPELLED)),
)
_UNNAMED = Reason("field", "place", detail="no site is named")
_SYLLABLES = [c + v for c in "bdfghjklmnqrstwz" for v in ("a", "e", "i", "o", "u", "ai", "ou")]


@dataclass(frozen=True)
class Telling:
    """An article of the stream, what it reports, and of which event; none where it reports nothing."""

    article: Article
    detections: tuple[Detection, ...]
    event: int | None
    copy: bool = False


class Stream:
    """The made-up articles."""

    def __init__(self, seed: int, events: int, open_: int) -> None:
        self._random = Random(seed)
        self._words = [self._name(2 + number % 2) for number in range(6000)]
        self._number = 0
        self.places = [self._place(number) for number in range(max(200, 2 * events // 3))]
        self.others = [self._place(len(self.places) + number) for number in range(open_)]

    def _name(self, syllables: int) -> str:
        return "".join(self._random.choice(_SYLLABLES) for _ in range(syllables))

    def _place(self, number: int) -> tuple[int, Place]:
        random = self._random
        family = random.randrange(len(_FAMILIES))
        kind = _FAMILIES[family][1]
        sides = sorted(random.sample(_COUNTRIES, 2 if kind is PlaceKind.CROSSING else 1))
        listed = random.random() < 0.85
        name = f"{self._name(3)} {self._name(3)}".title()
        place = Place(
            name=name,
            kind=kind,
            country="-".join(sides),
            gazetteer_id=f"site-{number}" if listed else None,
            latitude=random.uniform(-50, 60) if listed else None,
            longitude=random.uniform(-170, 170) if listed else None,
            capital=f"Capital {name}" if kind is PlaceKind.APPROACH else None,
            km_to_capital=30.0 if kind is PlaceKind.APPROACH else None,
            tier=2 if listed else None,
        )
        return family, place

    def filler(self) -> Iterator[Telling]:
        """Yield one article for each incident that is open before the stream."""
        for family, place in self.others:
            yield self._told(family, place, _START, None, [])

    def stream(self, articles: int, events: int) -> list[Telling]:
        """Return the articles in order of time."""
        random = self._random
        free = dict.fromkeys(range(len(self.places)), _START)
        found: list[Telling] = []
        for event in range(events):
            where = random.randrange(len(self.places))
            at = max(free[where], _START + timedelta(hours=random.uniform(0, _DAYS * 24 * 0.6)))
            family, place = self.places[where]
            told: list[Telling] = []
            when = at
            for _ in range(random.randint(1, 30)):
                told.append(self._told(family, place, at, event, told, when))
                when += timedelta(hours=random.expovariate(1 / 4))
            free[where] = when + _APART
            found += told
        nothing = range(max(0, articles - len(found)))
        found += [self._nothing(_START + timedelta(hours=random.uniform(0, _DAYS * 24))) for _ in nothing]
        return sorted(found, key=lambda item: item.article.fetched)

    def _told(
        self,
        family: int,
        place: Place,
        at: datetime,
        event: int | None,
        before: Sequence[Telling],
        when: datetime | None = None,
    ) -> Telling:
        random = self._random
        incident_class, kind, actions = _FAMILIES[family]
        original = random.choice(before) if before and random.random() < _REPRINTS * 1.07 else None
        detection = Detection(
            incident_class=incident_class,
            probability=0.9,
            action=random.choice(actions),
            place=self._spelt(place),
            event_date=at.date() if random.random() < 0.7 else None,
            killed=Count(random.randint(1, 9)) if random.random() < 0.4 else None,
            sentences=(self._sentence(), self._sentence()),
        )
        if original is not None:
            detection = replace(original.detections[0], event_date=detection.event_date)
            text = self._reprint(original.article.text)
        else:
            if before and kind is not PlaceKind.APPROACH and random.random() < 0.04:
                detection = replace(
                    detection, place=Place(f"{place.country} border", kind, place.country), reasons=(_UNNAMED,)
                )
            text = " ".join(self._sentence() for _ in range(random.randint(8, 22)))
        return Telling(self._article(text, when or at), (detection,), event, original is not None)

    def _nothing(self, at: datetime) -> Telling:
        return Telling(self._article(self._sentence(), at), (), None)

    def _article(self, text: str, at: datetime) -> Article:
        self._number += 1
        outlet = f"outlet{self._random.randrange(_OUTLETS)}.example"
        return Article(
            feed_id="made",
            key=str(self._number),
            url=f"https://{outlet}/{self._number}",
            title=self._sentence(),
            text=text,
            outlet=outlet,
            fetched=at,
            content_hash=str(self._number),
            published=at,
            language="en",
        )

    def _sentence(self) -> str:
        return " ".join(self._random.choices(self._words, k=self._random.randint(9, 22))).capitalize() + "."

    def _spelt(self, place: Place) -> Place:
        """Return a place as one outlet spells it: the gazetteer settles a listed one, an unlisted one may differ."""
        if place.gazetteer_id is not None or self._random.random() < 0.7:
            return place
        letters = list(place.name)
        at = self._random.randrange(3, len(letters) - 3)
        letters[at] = self._random.choice("aeiou") if letters[at] in "aeiou" else letters[at]
        return replace(place, name=("Al-" if self._random.random() < 0.3 else "") + "".join(letters))

    def _reprint(self, text: str) -> str:
        random = self._random
        words = text.split()
        if random.random() < 0.5:
            words = words[: max(40, int(len(words) * random.uniform(0.4, 0.95)))]
        for _ in range(random.randint(0, len(words) // 25)):
            words[random.randrange(len(words))] = random.choice(self._words)
        junk = [self._sentence() for _ in range(random.randint(0, 3))]
        return "\n".join([self._sentence(), " ".join(words), *junk])


def run(articles: int, events: int, open_: int, seed: int, url: str) -> None:
    """File the stream and print what came of it."""
    made = Stream(seed, events, open_)
    stream = made.stream(articles, events)
    told = [item for item in stream if item.event is not None]
    print(f"{len(stream)} articles; {len(told)} report {events} events, {sum(item.copy for item in told)} are reprints")
    outlets = Outlets.load(data_dir("rules") / "outlets.csv", None, ())
    with Store.open(url) as store:
        desk = Desk(store, SeverityTable.load(data_dir("rules") / "severity.yaml"), outlets, TrackSettings())
        with store.begin() as conn:
            sync_feeds(conn, [_feed()], _START)
        _file(store, desk, list(made.filler()))
        with store.read() as conn:
            waiting = len(list_incidents(conn, demonstration=False, limit=2 * open_ + 1))
        print(f"{waiting} incidents open before the stream")
        stored, clock, cpu, loop = _file(store, desk, stream)
        filed = len(told)
        print(f"filed {filed} reports in {clock:.1f} s, {filed / clock:.0f} a second ({filed / cpu:.0f} a CPU second)")
        print(f"{filed / cpu * loop / 1e3:.1f} reports in the CPU time of a fixed loop, which took {loop:.1f} ms")
        print(f"{len(stream) / clock:.0f} articles a second with those that report nothing")
        print(f"largest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
        with store.read() as conn:
            _judge(conn, stored)
            phases = Counter(item.phase for item in list_incidents(conn, demonstration=False, limit=10**6))
        print("incidents at the end: " + ", ".join(f"{phases[phase]} {phase.value}" for phase in Phase))


def _file(store: Store, desk: Desk, items: Sequence[Telling]) -> tuple[list[tuple[Telling, int]], float, float, float]:
    """File articles in order.

    Returns:
        They with their rows, the seconds and CPU seconds that filing took, and the milliseconds of a loop meanwhile.
    """
    stored: list[tuple[Telling, int]] = []
    clock = cpu = 0.0
    loops: list[float] = []
    for start in range(0, len(items), _BATCH):
        if start % (_LOOP_EVERY * _BATCH) == 0:
            loops.append(fixed_loop())
        batch = items[start : start + _BATCH]
        with store.begin() as conn:
            new = {item.key: item for item in save_articles(conn, [item.article for item in batch], _START).new}
        began, began_cpu = time.perf_counter(), time.process_time()
        with store.begin() as conn:
            for item in batch:
                article = new[item.article.key]
                desk.file(conn, article, item.detections, article.fetched)
                assert article.id is not None
                stored.append((item, article.id))
        clock += time.perf_counter() - began
        cpu += time.process_time() - began_cpu
    return stored, clock, cpu, statistics.mean(loops) if loops else 0.0


def _judge(conn: Connection, stored: Sequence[tuple[Telling, int]]) -> None:
    """Print how the incidents fit the events: wrong merges and splits, B-cubed, and copies told from others."""
    incident_of: dict[int, str] = {}
    by_incident: dict[str, Counter[int]] = defaultdict(Counter)
    by_event: dict[int, Counter[str]] = defaultdict(Counter)
    copies = Counter[tuple[bool, bool]]()
    events: dict[int, int] = {}
    for item, row in stored:
        if item.event is None:
            continue
        (found,) = article_reports(conn, row)
        incident_of[row], events[row] = found[0], item.event
        by_incident[found[0]][item.event] += 1
        by_event[item.event][found[0]] += 1
        copies[item.copy, found[1].same_text_as is not None] += 1
    merged = sum(len(counts) > 1 for counts in by_incident.values())
    split = sum(len(counts) > 1 for counts in by_event.values())
    right = {row: by_incident[name][events[row]] for row, name in incident_of.items()}
    precision = sum(n / by_incident[incident_of[row]].total() for row, n in right.items()) / len(right)
    recall = sum(n / by_event[events[row]].total() for row, n in right.items()) / len(right)
    print(f"{merged} incidents hold reports of several events; {split} of {len(by_event)} events are split")
    print(f"B-cubed precision {precision:.4f}, recall {recall:.4f}")
    known, missed, taken = copies[True, True], copies[True, False], copies[False, True]
    print(f"reprints recognised {known} of {known + missed}; {taken} others taken for reprints")


def _feed() -> FeedSpec:
    from alertsvc.domain import BacklogPolicy

    return FeedSpec(
        id="made",
        url="https://made.example/",
        title="Made up",
        language="en",
        country=None,
        interval=900.0,
        backlog=BacklogPolicy.ALERT,
        full_text=False,
        enabled=True,
        verified=True,
        demonstration=False,
    )


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description="Benchmark of filing.")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=3000)
    parser.add_argument("--open", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", help="URL of an empty database; else a SQLite file that is thrown away")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="alertsvc-benchmark-") as folder:
        url = options.database or f"sqlite:///{Path(folder) / 'filing.db'}"
        run(options.articles, options.events, options.open, options.seed, url)


if __name__ == "__main__":
    main()
