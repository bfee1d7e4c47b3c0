"""Run by Alembic: migrates the connection that `monitor.store.schema` hands over, in its transaction."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

from monitor.store import tables

assert tables.FeedRow.metadata is SQLModel.metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    # SQLite can hardly alter a table: batch mode copies it into one of the new shape.
    render_as_batch=True,
)
context.run_migrations()
