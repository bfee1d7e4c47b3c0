"""The history of what was published; it begins with what is published now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "published",
        sa.Column("commitment", AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["commitment"], ["verdict.commitment"]),
        sa.PrimaryKeyConstraint("commitment", "version"),
    )
    op.create_index("ix_published_commitment_at", "published", ["commitment", "at"])
    op.execute(
        "INSERT INTO published (commitment, version, at, body) "
        "SELECT commitment, version, decided_at, published FROM verdict"
    )


def downgrade() -> None:
    raise NotImplementedError("a database is never taken back: restore the backup made before the upgrade")
