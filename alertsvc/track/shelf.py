"""The incidents that filing works with: looked up in the store by keys, kept in memory for as long as they stand.

What is kept in memory is used only under the token that the store gives for it in the same transaction, so that
several services may write to one database. A token is never given twice.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from secrets import randbits

from sqlalchemy import Connection

from alertsvc.domain import Article, Incident, Update
from alertsvc.store.articles import get_article
from alertsvc.store.filing import (
    before,
    incidents_after,
    keys_of,
    load_sketches,
    near,
    save_keys,
    save_sketch,
    tokens_of,
)
from alertsvc.store.incident_writes import add_update, insert_incident, save_incident
from alertsvc.store.incidents import get_incident, load_incidents
from alertsvc.store.meta import get_meta, set_meta
from alertsvc.track.blocking import KEYS_VERSION, place_keys, stored_keys
from alertsvc.track.copies import Sketch, sketch
from alertsvc.track.places import same_place

__all__ = ["Known", "Shelf", "text_of"]

_KEPT = 4000  # incidents in memory
_AT_ONCE = 200
_KEYS = "filing.keys"
_FEW = 8  # earlier incidents of a place that are looked at
_TOKEN_BITS = 62


@dataclass(frozen=True, slots=True)
class Known:
    """An incident with what is kept of the texts of its reports, by article, copies left out."""

    incident: Incident
    texts: dict[int, Sketch]
    keys: frozenset[str]


def text_of(article: Article) -> str:
    """Return the text of an article by which copies are told."""
    return article.text or article.summary or article.title


class Shelf:
    """Looks incidents up and writes them; one may be shared by threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[int, Known]] = OrderedDict()
        self._lock = threading.Lock()
        self._adopted = False

    def near(self, conn: Connection, keys: Collection[str], *, since: datetime) -> dict[str, Known]:
        """Return the incidents that have one of the keys, and changed or whose last event was since then, by id."""
        self._adopt(conn)
        return self._known(conn, near(conn, keys, since=since))

    def named(self, conn: Connection, public_id: str) -> dict[str, Known]:
        """Return an incident by its public id, or nothing."""
        incident = get_incident(conn, public_id)
        if incident is None or incident.id is None:
            return {}
        return self._known(conn, tokens_of(conn, [incident.id]))

    def before(self, conn: Connection, incident: Incident) -> Iterator[Incident]:
        """Yield the incidents that were at an incident's place before, the latest first."""
        keys = place_keys(incident.incident_class, incident.place, demonstration=incident.demonstration)
        if not keys:
            return
        ids = before(conn, keys, limit=_FEW)
        known = {item.incident.id: item.incident for item in self._known(conn, tokens_of(conn, ids)).values()}
        for row in ids:
            other = known.get(row)
            if other is not None and same_place(incident.incident_class, incident.place, other.place):
                yield other

    def keep_sketch(self, conn: Connection, article_id: int, text: str) -> None:
        """Keep what tells the copies of an article's text."""
        save_sketch(conn, article_id, sketch(text).to_bytes())

    def put(
        self, conn: Connection, incident: Incident, known: Known | None, fresh: Mapping[int, Sketch] | None = None
    ) -> Known:
        """Store an incident, which is new where it has no row, and return it as stored.

        Args:
            known: as it is stored; None where it is new, or was not read by `near` or `named`.
            fresh: sketches of articles that are at hand.
        """
        token = randbits(_TOKEN_BITS)
        if incident.id is None:
            stored = insert_incident(conn, incident, token=token)
        else:
            stored = save_incident(conn, incident, None if known is None else known.incident, token=token)
        assert stored.id is not None
        keys = stored_keys(stored)
        earlier = known.keys if known is not None else keys_of(conn, stored.id) if incident.id is not None else ()
        if keys != earlier:
            save_keys(conn, stored.id, keys, earlier)
        texts = ({} if known is None else known.texts) | dict(fresh or {})
        made = Known(stored, self._texts(conn, [stored], texts)[stored.id], keys)
        self._keep(stored.id, token, made)
        return made

    def step(self, conn: Connection, known: Known, update: Update) -> Known:
        """Store one more update of an incident."""
        made = replace(known, incident=add_update(conn, known.incident, update))
        assert made.incident.id is not None
        with self._lock:
            kept = self._kept.get(made.incident.id)
        if kept is not None and kept[1] is known:
            self._keep(made.incident.id, kept[0], made)
        return made

    def _known(self, conn: Connection, tokens: dict[int, int]) -> dict[str, Known]:
        found: dict[int, Known] = {}
        with self._lock:
            for row, token in tokens.items():
                kept = self._kept.get(row)
                if kept is not None and kept[0] == token:
                    self._kept.move_to_end(row)
                    found[row] = kept[1]
        missing = load_incidents(conn, [row for row in tokens if row not in found])
        if missing:
            texts = self._texts(conn, missing.values(), {})
            for row, incident in missing.items():
                found[row] = Known(incident, texts[row], stored_keys(incident))
                self._keep(row, tokens[row], found[row])
        return {found[row].incident.public_id: found[row] for row in sorted(found)}

    def _keep(self, row: int, token: int, known: Known) -> None:
        with self._lock:
            self._kept[row] = (token, known)
            self._kept.move_to_end(row)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)

    def _texts(
        self, conn: Connection, found: Iterable[Incident], kept: dict[int, Sketch]
    ) -> dict[int | None, dict[int, Sketch]]:
        """Return the sketches of the texts that a newcomer could repeat: those of each incident's originals."""
        wanted = {
            item.id: [report.article_id for report in item.reports if report.same_text_as is None] for item in found
        }
        missing = {article for articles in wanted.values() for article in articles if article not in kept}
        loaded = {row: Sketch.from_bytes(data) for row, data in load_sketches(conn, missing).items()}
        every = kept | loaded
        return {
            row: {article: every[article] for article in articles if article in every}
            for row, articles in wanted.items()
        }

    def _adopt(self, conn: Connection) -> None:
        """Say of the incidents that an older version stored what they are found by now, once."""
        if self._adopted:
            return
        if get_meta(conn, _KEYS) == KEYS_VERSION:
            self._adopted = True  # what this very transaction wrote may yet be undone
            return
        last = 0
        while rows := incidents_after(conn, last, limit=_AT_ONCE):
            for incident in load_incidents(conn, rows).values():
                articles = {report.article_id for report in incident.reports}
                for article_id in articles - load_sketches(conn, articles).keys():
                    article = get_article(conn, article_id)
                    if article is not None:
                        self.keep_sketch(conn, article_id, text_of(article))
                self.put(conn, incident, None)
            last = rows[-1]
        set_meta(conn, _KEYS, KEYS_VERSION)
