"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "act",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("commitment", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_act_commitment", "act", ["commitment"])

    op.create_table(
        "broken_channel",
        sa.Column("channel", AutoString(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("retry_at", UTCDateTime(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel"),
    )
    op.create_table(
        "digest_slot",
        sa.Column("route", AutoString(), nullable=False),
        sa.Column("slot", AutoString(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("route", "slot"),
    )
    op.create_table(
        "dirty",
        sa.Column("commitment", AutoString(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("cause", AutoString(), nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("commitment"),
    )
    op.create_table(
        "feed",
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("url", AutoString(), nullable=False),
        sa.Column("etag", AutoString(), nullable=False),
        sa.Column("last_modified", AutoString(), nullable=False),
        sa.Column("body_hash", AutoString(), nullable=False),
        sa.Column("moved_to", AutoString(), nullable=False),
        sa.Column("moved_polls", sa.Integer(), nullable=False),
        sa.Column("polled_at", UTCDateTime(), nullable=True),
        sa.Column("ok_at", UTCDateTime(), nullable=True),
        sa.Column("first_ok_at", UTCDateTime(), nullable=True),
        sa.Column("new_at", UTCDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", UTCDateTime(), nullable=True),
        sa.Column("error_kind", AutoString(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("next_poll_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_index("ix_feed_next_poll_at", "feed", ["next_poll_at"])

    op.create_table(
        "lane",
        sa.Column("channel", AutoString(), nullable=False),
        sa.Column("to", AutoString(), nullable=False),
        sa.Column("not_before", UTCDateTime(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "to"),
    )
    op.create_table(
        "outbox",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("message_id", AutoString(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("route", AutoString(), nullable=False),
        sa.Column("channel", AutoString(), nullable=False),
        sa.Column("to", AutoString(), nullable=False),
        sa.Column("commitment", AutoString(), nullable=False),
        sa.Column("transitions", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("not_before", UTCDateTime(), nullable=True),
        sa.Column("held_until", UTCDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("repeat", sa.Boolean(), nullable=False),
        sa.Column("lease_owner", AutoString(), nullable=False),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.Column("ref", AutoString(), nullable=False),
        sa.Column("thread", AutoString(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("message_id", name="uq_outbox_message_id"),
    )
    op.create_index("ix_outbox_lane", "outbox", ["channel", "to", "state", "number"])
    op.create_index("ix_outbox_route", "outbox", ["route"])
    op.create_index("ix_outbox_state", "outbox", ["state"])

    op.create_table(
        "problem",
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("subject", AutoString(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("first_at", UTCDateTime(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("retry_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "subject"),
    )
    op.create_table(
        "rulebook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", AutoString(), nullable=False),
        sa.Column("adopted_at", UTCDateTime(), nullable=False),
        sa.Column("prints", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", AutoString(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=False),
        sa.Column("outcome", AutoString(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_run_job_started", "run", ["job", "started_at"])

    op.create_table(
        "story",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("source", AutoString(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("lang", AutoString(), nullable=False),
        sa.Column("revision", AutoString(), nullable=False),
        sa.Column("date_only", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("backfill", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_story_published_at", "story", ["published_at"])
    op.create_index("ix_story_seen_at", "story", ["seen_at"])

    op.create_table(
        "thread",
        sa.Column("channel", AutoString(), nullable=False),
        sa.Column("to", AutoString(), nullable=False),
        sa.Column("commitment", AutoString(), nullable=False),
        sa.Column("ref", AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "to", "commitment"),
    )
    op.create_table(
        "verdict",
        sa.Column("commitment", AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("folded_to", UTCDateTime(), nullable=False),
        sa.Column("next_due", UTCDateTime(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("commitment"),
    )
    op.create_index("ix_verdict_next_due", "verdict", ["next_due"])

    op.create_table(
        "attempt",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("owner", AutoString(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("outcome", AutoString(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["outbox.number"]),
        sa.PrimaryKeyConstraint("number", "attempt"),
    )
    op.create_table(
        "entry",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("feed", AutoString(), nullable=False),
        sa.Column("story", AutoString(), nullable=False),
        sa.Column("revision", AutoString(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["story.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_entry_feed", "entry", ["feed"])
    op.create_index("ix_entry_story", "entry", ["story"])

    op.create_table(
        "revision",
        sa.Column("story", AutoString(), nullable=False),
        sa.Column("hash", AutoString(), nullable=False),
        sa.Column("source", AutoString(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["story.id"]),
        sa.PrimaryKeyConstraint("story", "hash"),
    )
    op.create_table(
        "signal",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("story", AutoString(), nullable=False),
        sa.Column("revision", AutoString(), nullable=False),
        sa.Column("commitment", AutoString(), nullable=False),
        sa.Column("effect", AutoString(), nullable=False),
        sa.Column("happened_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("dead_at", UTCDateTime(), nullable=True),
        sa.Column("dead_why", AutoString(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["story.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_signal_case", "signal", ["commitment", "happened_at"])
    op.create_index("ix_signal_story", "signal", ["story"])

    op.create_table(
        "story_outlet",
        sa.Column("story", AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", AutoString(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["story.id"]),
        sa.PrimaryKeyConstraint("story", "number"),
    )
    op.create_table(
        "transition",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("commitment", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["commitment"], ["verdict.commitment"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_transition_at", "transition", ["at"])
    op.create_index("ix_transition_commitment_at", "transition", ["commitment", "at"])

    op.create_table(
        "entry_key",
        sa.Column("key", AutoString(), nullable=False),
        sa.Column("feed", AutoString(), nullable=False),
        sa.Column("entry", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entry.id"]),
        sa.PrimaryKeyConstraint("key", "feed"),
    )
    op.create_index("ix_entry_key_entry", "entry_key", ["entry"])


def downgrade() -> None:
    raise NotImplementedError("a database is never taken back: restore the backup made before the upgrade")
