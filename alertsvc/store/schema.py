"""The tables as they stand today. How an older database gets there is told in `migrations`.

`lease_owner` and `lease_until` say which worker has taken a row and until when; a row whose lease has run out may be
taken by anyone. Columns of JSON hold what is only ever read whole. Times are UTC.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from alertsvc.store.values import CleanJson, CleanText, KeyText, RowId, UtcTime

__all__ = [
    "SCHEMA_VERSION",
    "article_revisions",
    "articles",
    "confirmations",
    "consents",
    "counts",
    "detections",
    "digest_periods",
    "editions",
    "feeds",
    "held_alerts",
    "incident_keys",
    "incident_states",
    "incidents",
    "letters",
    "locks",
    "meta",
    "metadata",
    "outbox",
    "problems",
    "receipts",
    "refusals",
    "reports",
    "sketches",
    "subscribers",
    "subscriptions",
    "updates",
]

SCHEMA_VERSION = "0006"
"""The newest migration; what a database must be at for this code to use it."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", RowId, primary_key=True, autoincrement=True)


def _lease() -> tuple[Column[str], Column[Any]]:
    return Column("lease_owner", Text), Column("lease_until", UtcTime)


def _partial(name: str, columns: tuple[str, ...], where: str, *, sqlite: str | None = None) -> Index:
    # SQLite recognises a condition by its spelling, and it has numbers for true and false.
    return Index(name, *columns, sqlite_where=text(sqlite or where), postgresql_where=text(where))


feeds = Table(
    "feeds",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("configured_url", CleanText, nullable=False),
    Column("url", CleanText, nullable=False),  # differs from the configured one after a permanent move
    Column("title", CleanText, nullable=False),
    Column("language", CleanText),
    Column("country", CleanText),
    Column("outlet_kind", CleanText),
    Column("interval", Float, nullable=False),
    Column("backlog", Text, nullable=False),
    Column("full_text", Boolean),
    Column("enabled", Boolean, nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("demonstration", Boolean, nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("etag", CleanText),
    Column("last_modified", CleanText),
    Column("validators_url", CleanText),
    Column("body_hash", CleanText),
    Column("next_due", UtcTime),
    Column("first_polled", UtcTime),
    Column("last_attempt", UtcTime),
    Column("last_success", UtcTime),
    Column("last_outcome", CleanText),
    Column("last_error", CleanText),
    Column("failures", Integer, nullable=False),
    Column("moved_to", CleanText),
    Column("moved_seen", Integer, nullable=False),
    Column("gone", Boolean, nullable=False),
    *_lease(),
    _partial(
        "ix_feeds_due",
        ("next_due", "id"),
        "enabled AND NOT gone AND NOT retired",
        sqlite="enabled = 1 AND gone = 0 AND retired = 0",
    ),
)

articles = Table(
    "articles",
    metadata,
    _id(),
    # No foreign key: an article outlives its feed, and a replay has none.
    Column("feed_id", CleanText, nullable=False),
    Column("key", CleanText, nullable=False),
    Column("key_digest", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("url", CleanText),
    Column("title", CleanText, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("summary", CleanText, nullable=False),
    Column("outlet", CleanText, nullable=False),
    Column("language", CleanText),
    Column("published", UtcTime),
    Column("fetched", UtcTime, nullable=False),
    Column("effective", UtcTime, nullable=False),
    Column("content_hash", CleanText, nullable=False),
    Column("full_text", Boolean, nullable=False),
    Column("backlog", Text),
    Column("demonstration", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("error", CleanText),
    Column("saved", UtcTime, nullable=False),  # when this revision was stored
    Column("read", UtcTime),
    Column("found", Integer, nullable=False),  # detections of the revision last read
    Column("detected_revision", Integer),
    *_lease(),
    UniqueConstraint("feed_id", "key_digest"),
    _partial("ix_articles_unread", ("effective", "id"), "state = 'unread'"),
    Index("ix_articles_effective", "effective", "id"),
    Index("ix_articles_state", "demonstration", "state"),
    sqlite_autoincrement=True,
)

article_revisions = Table(
    "article_revisions",
    metadata,
    Column("article_id", RowId, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("url", CleanText),
    Column("title", CleanText, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("summary", CleanText, nullable=False),
    Column("outlet", CleanText, nullable=False),
    Column("language", CleanText),
    Column("published", UtcTime),
    Column("fetched", UtcTime, nullable=False),
    Column("content_hash", CleanText, nullable=False),
    Column("full_text", Boolean, nullable=False),
    Column("saved", UtcTime, nullable=False),
)

detections = Table(
    "detections",
    metadata,
    _id(),
    Column("article_id", RowId, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("incident_class", Text, nullable=False),
    Column("data", CleanJson, nullable=False),
    Column("saved", UtcTime, nullable=False),
    UniqueConstraint("article_id", "revision", "position"),
    sqlite_autoincrement=True,
)

incidents = Table(
    "incidents",
    metadata,
    _id(),
    Column("public_id", CleanText, nullable=False),
    Column("incident_class", Text, nullable=False),
    Column("country", CleanText),
    Column("place", CleanJson, nullable=False),
    Column("action", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("severity_value", Float, nullable=False),
    Column("severity", CleanJson, nullable=False),
    Column("opened", UtcTime, nullable=False),
    Column("changed", UtcTime, nullable=False),
    Column("event_date", Date),
    Column("last_event", Date),
    Column("killed", CleanJson),
    Column("wounded", CleanJson),
    Column("captured", CleanJson),
    Column("demonstration", Boolean, nullable=False),
    UniqueConstraint("public_id"),
    Index("ix_incidents_changed", "changed", "id"),
    Index("ix_incidents_class_changed", "incident_class", "changed", "id"),
    Index("ix_incidents_class_last_event", "incident_class", "last_event"),
    Index("ix_incidents_country_changed", "country", "changed", "id"),
    sqlite_autoincrement=True,
)

# Beside the incidents, so that a database of the first schema need not copy their table.
incident_states = Table(
    "incident_states",
    metadata,
    Column("incident_id", RowId, ForeignKey("incidents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("token", RowId, nullable=False),  # another one with every change
    Column("follows", CleanText),
    Column("merged_into", CleanText),
    Column("ruling", Text),
)

# What a report must have in common with an incident to be compared with it.
incident_keys = Table(
    "incident_keys",
    metadata,
    Column("incident_id", RowId, ForeignKey("incidents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("key", KeyText, primary_key=True),
    Index("ix_incident_keys_key", "key", "incident_id"),
)

# What is kept of an article's text to tell its copies.
sketches = Table(
    "sketches",
    metadata,
    Column("article_id", RowId, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("sketch", LargeBinary, nullable=False),
)

reports = Table(
    "reports",
    metadata,
    _id(),
    Column("incident_id", RowId, ForeignKey("incidents.id", ondelete="CASCADE"), nullable=False),
    # No foreign key: a report carries what a briefing needs of its article and outlives the article's row.
    Column("article_id", RowId, nullable=False),
    Column("incident_class", Text, nullable=False),
    Column("place_digest", Text, nullable=False),
    Column("outlet", CleanText, nullable=False),
    Column("outlet_name", CleanText, nullable=False),
    Column("origin", CleanText, nullable=False),
    Column("title", CleanText, nullable=False),
    Column("url", CleanText),
    Column("language", CleanText, nullable=False),
    Column("published", UtcTime),
    Column("fetched", UtcTime, nullable=False),
    Column("detection", CleanJson, nullable=False),
    Column("same_text_as", CleanText),
    UniqueConstraint("incident_id", "article_id", "incident_class", "place_digest", name="uq_reports_account"),
    Index("ix_reports_article_id", "article_id"),
    Index("ix_reports_outlet_fetched", "outlet", "fetched"),
    sqlite_autoincrement=True,
)

updates = Table(
    "updates",
    metadata,
    Column("incident_id", RowId, ForeignKey("incidents.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("material", Boolean, nullable=False),
    Column("changes", CleanJson, nullable=False),
    Column("status", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("severity", Float, nullable=False),
    Column("severity_before", Float),
    Column("killed", CleanJson),
    Column("killed_before", CleanJson),
    Column("report_id", RowId, ForeignKey("reports.id", ondelete="SET NULL")),
    Column("alertable", Boolean, nullable=False),
    Index("ix_updates_at", "at"),
    Index("ix_updates_report_id", "report_id"),
)

subscribers = Table(
    "subscribers",
    metadata,
    _id(),  # never used again for another: keys of the outbox are built on it
    Column("name", CleanText, nullable=False),
    Column("source", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("channel", Text, nullable=False),
    Column("target", CleanText, nullable=False),
    Column("classes", CleanJson, nullable=False),
    Column("countries", CleanJson, nullable=False),
    Column("kinds", CleanJson, nullable=False),
    Column("min_severity", Float, nullable=False),
    Column("flash_from", Float, nullable=False),
    Column("timezone", CleanText, nullable=False),
    Column("digest_hour", Integer, nullable=False),
    Column("demonstration", Boolean, nullable=False),
    Column("created", UtcTime, nullable=False),
    UniqueConstraint("name"),
    sqlite_autoincrement=True,
)

# Beside the subscribers, so that a database of an older schema need not copy their table.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column(
        "subscriber_id", RowId, ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("state", Text, nullable=False),  # only an active one has `active` set among the subscribers
    Column("since", UtcTime, nullable=False),  # when it came to that
    Column("why", CleanText),
    Column("options", CleanJson, nullable=False),  # the fields that are not columns of the subscribers
    Column("wishes", CleanJson, nullable=False),  # what was asked for over the configuration, by field
)

# Which period a subscriber had a digest of; `delivery` is None where there was nothing that it wants to be told.
digest_periods = Table(
    "digest_periods",
    metadata,
    Column(
        "subscriber_id", RowId, ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("kind", Text, primary_key=True),
    Column("period", KeyText, primary_key=True),
    Column("start", UtcTime, nullable=False),
    Column("end", UtcTime, nullable=False),
    Column("written", UtcTime, nullable=False),
    Column("delivery", KeyText),
    Index("ix_digest_periods_end", "subscriber_id", "kind", "end"),
)

# Incidents of which a subscriber is to be told later: when its quiet hours end, or all together once it may be again.
held_alerts = Table(
    "held_alerts",
    metadata,
    Column(
        "subscriber_id", RowId, ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("incident_id", RowId, ForeignKey("incidents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("why", Text, nullable=False),
    Column("step", Integer, nullable=False),  # the first that was held back
    Column("since", UtcTime, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("key", KeyText, nullable=False),
    # No foreign keys: a row is complete in itself, and what was sent is history that outlives its subject.
    Column("subscriber_id", RowId, nullable=False),
    Column("incident_id", RowId),
    Column("update_number", Integer),
    Column("kind", Text, nullable=False),
    Column("facts", CleanJson, nullable=False),
    Column("demonstration", Boolean, nullable=False),
    Column("channel", Text, nullable=False),
    Column("target", CleanText, nullable=False),
    Column("message_id", CleanText, nullable=False),
    Column("in_reply_to", CleanText),
    Column("template_version", CleanText, nullable=False),
    Column("created", UtcTime, nullable=False),
    Column("expires", UtcTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try", UtcTime),
    Column("sent", UtcTime),
    Column("settled", UtcTime),  # when the row ceased to be due
    Column("error", CleanText),
    Column("extra", CleanJson, nullable=False),
    *_lease(),
    UniqueConstraint("key"),
    Index("ix_outbox_incident_id_kind", "incident_id", "kind"),
    Index("ix_outbox_created", "created", "id"),
    Index("ix_outbox_state", "state", "next_try", "id"),
    sqlite_autoincrement=True,
)

# What was rendered, once for all its recipients: a delivery that is tried again is the same, whatever code runs then.
editions = Table(
    "editions",
    metadata,
    Column("key", Text, primary_key=True),  # digest of the facts and of the template version
    Column("subject", CleanText, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("html", CleanText, nullable=False),
    Column("slack", CleanJson, nullable=False),
    Column("pictures", CleanJson, nullable=False),
    Column("demonstration", Boolean, nullable=False),
    Column("created", UtcTime, nullable=False),
    Index("ix_editions_created", "created"),
)

# Who agreed to be sent mail and who took that back. Kept as evidence: of somebody erased, the digest of the address.
consents = Table(
    "consents",
    metadata,
    _id(),
    # No foreign key, as in the outbox.
    Column("subscriber_id", RowId, nullable=False),
    Column("event", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("address", CleanText),  # the mail address that it is about
    Column("client", CleanText),  # the network address that it came from
    Column("wording", CleanText),  # version of the text that was agreed to
    Column("request", RowId),  # the row by which it was asked for
    Column("evidence", Text),  # salted digest of the address
    Index("ix_consents_subscriber_id", "subscriber_id", "id"),
    sqlite_autoincrement=True,  # numbers are in links and must not come back
)

# Who has been asked and has not answered.
confirmations = Table(
    "confirmations",
    metadata,
    Column("subscriber_id", RowId, primary_key=True, autoincrement=False),
    Column("request", RowId, nullable=False),  # its row among the consents
    Column("asked", UtcTime, nullable=False),
    Column("expires", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try", UtcTime),
    Column("sent", UtcTime),
    Index("ix_confirmations_expires", "expires"),
)

# What the other side said when it took a delivery.
receipts = Table(
    "receipts",
    metadata,
    Column("delivery_id", RowId, ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("message_id", CleanText, nullable=False),
    Column("receipt", CleanJson, nullable=False),
    Index("ix_receipts_message_id", "message_id"),
)

# What of a mail is its recipient's own, from before it first leaves until it is due no more.
letters = Table(
    "letters",
    metadata,
    Column("delivery_id", RowId, ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("sender", CleanText, nullable=False),
    Column("head", CleanText, nullable=False),
    Column("text_foot", CleanText, nullable=False),
    Column("html_foot", CleanText, nullable=False),
    Column("created", UtcTime, nullable=False),
)

# How often in a row the other side did not know a subscriber.
refusals = Table(
    "refusals",
    metadata,
    # No foreign key, as in the outbox.
    Column("subscriber_id", RowId, primary_key=True, autoincrement=False),
    Column("target_digest", Text, nullable=False),
    Column("count", Integer, nullable=False),
)

problems = Table(
    "problems",
    metadata,
    _id(),
    Column("scope", CleanText, nullable=False),
    Column("subject", CleanText, nullable=False),
    Column("message", CleanText, nullable=False),
    Column("digest", Text, nullable=False),  # of the three above, which may be too long for an index
    Column("count", Integer, nullable=False),
    Column("first_seen", UtcTime, nullable=False),
    Column("last_seen", UtcTime, nullable=False),
    UniqueConstraint("digest"),
    Index("ix_problems_last_seen", "last_seen", "id"),
    sqlite_autoincrement=True,
)

counts = Table(
    "counts",
    metadata,
    Column("day", Date, primary_key=True),
    Column("name", CleanText, primary_key=True),
    Column("n", RowId, nullable=False),
)

meta = Table(
    "meta",
    metadata,
    Column("key", CleanText, primary_key=True),
    Column("value", CleanText, nullable=False),
)

locks = Table("locks", metadata, Column("name", Text, primary_key=True))
