"""What was rendered, once for all recipients; who agreed to be sent mail, and who took that back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["downgrade", "upgrade"]

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_time = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "editions",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("slack", sa.JSON(), nullable=False),
        sa.Column("pictures", sa.JSON(), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("created", _time, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_editions"),
    )
    op.create_index("ix_editions_created", "editions", ["created"], unique=False)
    op.create_table(
        "consents",
        sa.Column("id", _row_id, autoincrement=True, nullable=False),
        sa.Column("subscriber_id", _row_id, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("at", _time, nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("client", sa.Text(), nullable=True),
        sa.Column("wording", sa.Text(), nullable=True),
        sa.Column("request", _row_id, nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_consents_subscriber_id", "consents", ["subscriber_id", "id"], unique=False)
    op.create_table(
        "confirmations",
        sa.Column("subscriber_id", _row_id, autoincrement=False, nullable=False),
        sa.Column("request", _row_id, nullable=False),
        sa.Column("asked", _time, nullable=False),
        sa.Column("expires", _time, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try", _time, nullable=True),
        sa.Column("sent", _time, nullable=True),
        sa.PrimaryKeyConstraint("subscriber_id", name="pk_confirmations"),
    )
    op.create_index("ix_confirmations_expires", "confirmations", ["expires"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_confirmations_expires", table_name="confirmations")
    op.drop_table("confirmations")
    op.drop_index("ix_consents_subscriber_id", table_name="consents")
    op.drop_table("consents")
    op.drop_index("ix_editions_created", table_name="editions")
    op.drop_table("editions")
