"""What was found in articles, kept for each of their revisions. Callers import this from `articles`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from alertsvc.domain import Detection, from_json, to_json
from alertsvc.store.schema import articles, detections

__all__ = ["detections_of", "save_detections"]


def save_detections(
    conn: Connection, article_id: int, revision: int, found: Sequence[Detection], now: datetime
) -> None:
    """Store what was found in one revision of an article, in place of what was stored of it before."""
    same = and_(detections.c.article_id == article_id, detections.c.revision == revision)
    conn.execute(delete(detections).where(same))
    if found:
        rows = [
            {
                "article_id": article_id,
                "revision": revision,
                "position": position,
                "incident_class": detection.incident_class.value,
                "data": to_json(detection),
                "saved": now,
            }
            for position, detection in enumerate(found)
        ]
        conn.execute(insert(detections), rows)
    older = or_(articles.c.detected_revision.is_(None), articles.c.detected_revision < revision)
    conn.execute(update(articles).where(articles.c.id == article_id, older).values(detected_revision=revision))


def detections_of(conn: Connection, article_id: int) -> list[Detection]:
    """Return what was found in the revision of the article that was read last."""
    query = (
        select(detections.c.data)
        .join(articles, articles.c.id == detections.c.article_id)
        .where(articles.c.id == article_id, detections.c.revision == articles.c.detected_revision)
        .order_by(detections.c.position)
    )
    return [from_json(Detection, data) for data in conn.execute(query).scalars()]
