"""The age of a thread, and when its first message is to be brought up to date."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("thread", sa.Column("started_at", UTCDateTime(), nullable=True))
    op.add_column("thread", sa.Column("refresh_at", UTCDateTime(), nullable=True))
    op.add_column("thread", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE thread SET started_at = (SELECT min(o.settled_at) FROM outbox o WHERE o.channel = thread.channel "
        'AND o."to" = thread."to" AND o.commitment = thread.commitment AND o.thread = thread.ref)'
    )


def downgrade() -> None:
    raise NotImplementedError("a database is never taken back: restore the backup made before the upgrade")
