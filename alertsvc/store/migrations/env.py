"""Run by Alembic for each command: brings the connection that `alertsvc.store.migrate` hands over to a revision."""

from __future__ import annotations

from alembic import context

from alertsvc.store.schema import metadata

__all__: list[str] = []

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite changes tables within a transaction as well as PostgreSQL does, once the driver leaves transactions alone.
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
