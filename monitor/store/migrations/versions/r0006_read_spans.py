"""When sources were read, and which troubles with them the owner was told of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    read_span = op.create_table(
        "read_span",
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("since"),
    )
    op.create_table(
        "source_trouble",
        sa.Column("subject", AutoString(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("told_at", UTCDateTime(), nullable=False),
        sa.Column("well_since", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("before", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("subject"),
    )
    # Older programs kept the first and the last good answer of each feed: they are taken as one time of reading.
    feed = sa.table("feed", sa.column("first_ok_at", UTCDateTime()), sa.column("ok_at", UTCDateTime()))
    known = sa.select(sa.func.min(feed.c.first_ok_at), sa.func.max(feed.c.ok_at))
    first, last = op.get_bind().execute(known).one()
    if first is not None and last is not None:
        op.bulk_insert(read_span, [{"since": first, "until": last}])


def downgrade() -> None:
    raise NotImplementedError("a database is never taken back: restore the backup made before the upgrade")
