"""What subscribers ask for, what is held back for them, and which periods they had a digest of."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from alertsvc.store.values import UtcTime

__all__ = ["downgrade", "upgrade"]

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_key = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
_time = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("subscriber_id", _row_id, autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", _time, nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("wishes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscribers.id"], name="fk_subscriptions_subscriber_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subscriber_id", name="pk_subscriptions"),
    )
    op.create_table(
        "digest_periods",
        sa.Column("subscriber_id", _row_id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("period", _key, nullable=False),
        sa.Column("start", _time, nullable=False),
        sa.Column("end", _time, nullable=False),
        sa.Column("written", _time, nullable=False),
        sa.Column("delivery", _key, nullable=True),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscribers.id"], name="fk_digest_periods_subscriber_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subscriber_id", "kind", "period", name="pk_digest_periods"),
    )
    op.create_index("ix_digest_periods_end", "digest_periods", ["subscriber_id", "kind", "end"], unique=False)
    op.create_table(
        "held_alerts",
        sa.Column("subscriber_id", _row_id, autoincrement=False, nullable=False),
        sa.Column("incident_id", _row_id, autoincrement=False, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("since", _time, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscribers.id"], name="fk_held_alerts_subscriber_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name="fk_held_alerts_incident_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subscriber_id", "incident_id", name="pk_held_alerts"),
    )
    _carry_over(op.get_bind())


def downgrade() -> None:
    op.drop_index("ix_digest_periods_end", table_name="digest_periods")
    for table in ("held_alerts", "digest_periods", "subscriptions"):
        op.drop_table(table)


def _carry_over(conn: sa.Connection) -> None:
    """Say where each subscriber stands, and up to when it has had its daily digest."""
    subscribers = sa.table("subscribers", sa.column("id"), sa.column("active"), sa.column("created", UtcTime))
    subscriptions = sa.table(
        "subscriptions",
        sa.column("subscriber_id"),
        sa.column("state"),
        sa.column("since", UtcTime),
        sa.column("options", sa.JSON()),
        sa.column("wishes", sa.JSON()),
    )
    outbox = sa.table(
        "outbox",
        sa.column("id"),
        sa.column("key"),
        sa.column("subscriber_id"),
        sa.column("created", UtcTime),
        sa.column("extra", sa.JSON()),
    )
    periods = sa.table(
        "digest_periods",
        sa.column("subscriber_id"),
        sa.column("kind"),
        sa.column("period"),
        sa.column("start", UtcTime),
        sa.column("end", UtcTime),
        sa.column("written", UtcTime),
        sa.column("delivery"),
    )
    for person in conn.execute(sa.select(subscribers)).all():
        state = "active" if person.active else "removed"
        row = {"subscriber_id": person.id, "state": state, "since": person.created, "options": {}, "wishes": {}}
        conn.execute(sa.insert(subscriptions).values(**row))
        prefix = f"daily:{person.id}:"
        last = conn.execute(
            sa.select(outbox)
            .where(outbox.c.subscriber_id == person.id, outbox.c.key.like(f"{prefix}%"))
            .order_by(outbox.c.created.desc(), outbox.c.id.desc())
            .limit(1)
        ).one_or_none()
        if last is None or not {"start", "end"} <= set(last.extra or {}):
            continue
        start, end = (datetime.fromisoformat(last.extra[name]).astimezone(UTC) for name in ("start", "end"))
        conn.execute(
            sa.insert(periods).values(
                subscriber_id=person.id,
                kind="daily",
                period=last.key.removeprefix(prefix),
                start=start,
                end=end,
                written=last.created,
                delivery=last.key,
            )
        )
