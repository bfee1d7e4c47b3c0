"""The first schema: the tables as `monitor.store.tables` describes them.

A new database is made without Alembic (`engine.open_store`), so this revision is only the base of the next ones. The
first change of the tables after a release replaces its body with explicit operations: see CONTRIBUTING.
"""

from __future__ import annotations

from alembic import op

from monitor.store.tables import METADATA

revision = "0001"
down_revision = None


def upgrade() -> None:
    METADATA.create_all(op.get_bind())
