"""Taking the demonstration's invented events out again."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Table, delete, exists, func, or_, select, union

from alertsvc.store.schema import (
    article_revisions,
    articles,
    confirmations,
    consents,
    detections,
    digest_periods,
    editions,
    feeds,
    held_alerts,
    incident_keys,
    incident_states,
    incidents,
    letters,
    meta,
    outbox,
    problems,
    receipts,
    refusals,
    reports,
    sketches,
    subscribers,
    subscriptions,
    updates,
)

__all__ = ["purge_demonstration"]


def purge_demonstration(conn: Connection) -> dict[str, int]:
    """Remove every row of the demonstration from every table; return how many went from each.

    With it go what hangs on such a row: the problems of its feeds, articles and deliveries, and the facts of `meta`
    under `demonstration.`.
    """
    its_feeds = select(feeds.c.id).where(feeds.c.demonstration)
    its_articles = select(articles.c.id).where(articles.c.demonstration)
    its_incidents = select(incidents.c.id).where(incidents.c.demonstration)
    its_subscribers = select(subscribers.c.id).where(subscribers.c.demonstration)
    its_mail = or_(
        outbox.c.demonstration, outbox.c.incident_id.in_(its_incidents), outbox.c.subscriber_id.in_(its_subscribers)
    )
    sources = union(its_feeds, select(articles.c.feed_id).where(articles.c.demonstration)).subquery()
    # Problems of an article are filed under its feed and title, and the title may have been edited since.
    of_source = func.substr(problems.c.subject, 1, func.length(sources.c.id) + 2) == sources.c.id + ": "
    # Dependants first: the later conditions read the tables that are emptied at the end.
    steps: list[tuple[Table, ColumnElement[bool]]] = [
        (
            problems,
            or_(
                problems.c.subject.in_(select(sources.c.id)),
                exists(select(sources.c.id).where(of_source)),
                problems.c.subject.in_(select(outbox.c.key).where(its_mail)),
            ),
        ),
        (receipts, receipts.c.delivery_id.in_(select(outbox.c.id).where(its_mail))),
        (letters, letters.c.delivery_id.in_(select(outbox.c.id).where(its_mail))),
        (refusals, refusals.c.subscriber_id.in_(its_subscribers)),
        (outbox, its_mail),
        (editions, editions.c.demonstration),
        (confirmations, confirmations.c.subscriber_id.in_(its_subscribers)),
        (consents, consents.c.subscriber_id.in_(its_subscribers)),
        (updates, updates.c.incident_id.in_(its_incidents)),
        (reports, or_(reports.c.incident_id.in_(its_incidents), reports.c.article_id.in_(its_articles))),
        (incident_keys, incident_keys.c.incident_id.in_(its_incidents)),
        (incident_states, incident_states.c.incident_id.in_(its_incidents)),
        (sketches, sketches.c.article_id.in_(its_articles)),
        (detections, detections.c.article_id.in_(its_articles)),
        (article_revisions, article_revisions.c.article_id.in_(its_articles)),
        (
            held_alerts,
            or_(held_alerts.c.incident_id.in_(its_incidents), held_alerts.c.subscriber_id.in_(its_subscribers)),
        ),
        (digest_periods, digest_periods.c.subscriber_id.in_(its_subscribers)),
        (subscriptions, subscriptions.c.subscriber_id.in_(its_subscribers)),
        (incidents, incidents.c.demonstration),
        (articles, articles.c.demonstration),
        (subscribers, subscribers.c.demonstration),
        (feeds, feeds.c.demonstration),
        (meta, func.substr(meta.c.key, 1, len("demonstration.")) == "demonstration."),
    ]
    return {table.name: conn.execute(delete(table).where(condition)).rowcount for table, condition in steps}
