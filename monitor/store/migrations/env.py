"""Run by Alembic: migrates the connection that `monitor.store.engine` hands over, in its transaction."""

from __future__ import annotations

from alembic import context

from monitor.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    # SQLite can hardly alter a table: batch mode copies it into one of the new shape.
    render_as_batch=True,
)
context.run_migrations()
