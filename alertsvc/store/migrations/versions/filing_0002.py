"""What filing finds incidents by, what analysts decided of them, and sketches of texts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

__all__ = ["downgrade", "upgrade"]

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_key = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "incident_states",
        sa.Column("incident_id", _row_id, autoincrement=False, nullable=False),
        sa.Column("token", _row_id, nullable=False),
        sa.Column("follows", sa.Text(), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("ruling", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name="fk_incident_states_incident_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("incident_id", name="pk_incident_states"),
    )
    op.create_table(
        "incident_keys",
        sa.Column("incident_id", _row_id, autoincrement=False, nullable=False),
        sa.Column("key", _key, nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name="fk_incident_keys_incident_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("incident_id", "key", name="pk_incident_keys"),
    )
    op.create_index("ix_incident_keys_key", "incident_keys", ["key", "incident_id"], unique=False)
    op.create_table(
        "sketches",
        sa.Column("article_id", _row_id, autoincrement=False, nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_sketches_article_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", name="pk_sketches"),
    )
    op.create_index("ix_reports_outlet_fetched", "reports", ["outlet", "fetched"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_reports_outlet_fetched", table_name="reports")
    for table in ("sketches", "incident_keys", "incident_states"):
        op.drop_table(table)
