"""Stories in half the space: each text stored once, ids and times in bytes, keys beside their entry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0004"
down_revision = "0003"

BATCH = 500
"""Stories in memory at once."""
KINDS = {"url": b"u", "guid": b"g", "title": b"t", "text": b"x"}
OLD = ("entry_key", "entry", "revision", "story_outlet", "signal", "story")
"""The tables that are made anew, each before those that it refers to."""
Row = dict[str, Any]


def upgrade() -> None:
    op.drop_index("ix_story_published_at", "story")
    op.drop_index("ix_story_seen_at", "story")
    op.drop_index("ix_signal_case", "signal")
    op.drop_index("ix_signal_story", "signal")
    for name in OLD:
        op.rename_table(name, f"{name}_0003")
    _make_tables()
    _copy_stories(op.get_bind())
    _copy_signals(op.get_bind())
    for name in OLD:
        op.drop_table(f"{name}_0003")
    op.create_index("ix_story_seen_at", "story", ["seen_at"])
    op.create_index("ix_outbox_created_at", "outbox", ["created_at"])  # the sent log reads the last weeks alone
    op.create_index("ix_signal_case", "signal", ["commitment", "happened_at"])
    op.create_index("ix_signal_story", "signal", ["story"])


def _make_tables() -> None:
    op.create_table(
        "story",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.LargeBinary(), nullable=False),
        sa.Column("source", AutoString(), nullable=False),
        sa.Column("lang", AutoString(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("date_only", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("backfill", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "story_outlet",
        sa.Column("story", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", AutoString(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["story.id"]),
        sa.PrimaryKeyConstraint("story", "number"),
    )
    op.create_table(
        "revision",
        sa.Column("story", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("source", AutoString(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["story.id"]),
        sa.PrimaryKeyConstraint("story", "hash"),
    )
    op.create_table(
        "entry",
        sa.Column("story", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("feed", AutoString(), nullable=False),
        sa.Column("revision", sa.LargeBinary(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["story.id"]),
        sa.PrimaryKeyConstraint("story", "id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "entry_key",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("story", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["story.id"]),
        sa.PrimaryKeyConstraint("key", "story"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "signal",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("story", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.LargeBinary(), nullable=False),
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


def _table(name: str, moments: Sequence[str], *others: str) -> sa.TableClause:
    """An old table as this script reads it. `others` are read as they are stored."""
    columns = [sa.column(moment, UTCDateTime()) for moment in moments] + [sa.column(other) for other in others]
    return sa.table(f"{name}_0003", *columns)


TEXTS = ("source", "url", "title", "summary")
FLAGS = ("date_only", "withdrawn", "backfill")
STORY = _table("story", ("published_at", "seen_at"), "id", "revision", *TEXTS, "lang", *FLAGS)
OUTLET = _table("story_outlet", ("published_at", "seen_at"), "story", "number", "source", "url")
REVISION = _table("revision", ("seen_at",), "story", "hash", *TEXTS, "live")
ENTRY = _table("entry", ("seen_at",), "id", "feed", "story", "revision")
KEY = _table("entry_key", (), "key", "entry")
SIGNAL_TIMES = ("happened_at", "seen_at", "dead_at")
SIGNAL = _table("signal", (), "id", "story", "revision", "commitment", "effect", *SIGNAL_TIMES, "dead_why", "body")
HEX_IDS = {
    "story": ("id", "revision"),
    "story_outlet": ("story",),
    "revision": ("story", "hash"),
    "entry": ("id", "story", "revision"),
    "entry_key": ("story",),
    "signal": ("story", "revision"),
}
"""By table: the columns that held hexadecimal digits."""
MOMENTS = defaultdict(
    tuple,
    story=("published_at", "seen_at"),
    story_outlet=("published_at", "seen_at"),
    revision=("seen_at",),
    entry=("seen_at",),
)
"""By table: the columns that hold times as numbers from now on."""
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


def _copy_stories(conn: sa.Connection) -> None:
    """Copy the stories, oldest first, and what belongs to them, a batch at a time."""
    for batch in _batches(conn, sa.select(STORY).order_by(STORY.c.seen_at, STORY.c.id)):
        stories = {row["id"]: row for row in batch}
        _insert(conn, "story", batch)
        outlets: dict[str, list[Row]] = defaultdict(list)
        for row in _of_stories(conn, OUTLET, stories):
            outlets[row["story"]].append(row)
        more = [row for key, own in outlets.items() if not _is_only_outlet(stories[key], own) for row in own]
        _insert(conn, "story_outlet", more)
        texts = _of_stories(conn, REVISION, stories)
        _insert(conn, "revision", [text for text in texts if not _is_valid_text(stories[text["story"]], text)])
        _copy_entries(conn, stories)


def _copy_entries(conn: sa.Connection, stories: Collection[str]) -> None:
    """Copy the entries of some stories with their keys, and the index of these keys."""
    entries, keys = _of_stories(conn, ENTRY, stories), defaultdict[str, set[bytes]](set)
    for row in conn.execute(sa.select(KEY).where(KEY.c.entry.in_([entry["id"] for entry in entries]))):
        kind, _, digits = row.key.partition(":")
        keys[row.entry].add(KINDS[kind] + bytes.fromhex(digits))
    _insert(conn, "entry", [entry | {"keys": b"".join(sorted(keys[entry["id"]]))} for entry in entries])
    owned = {(key, entry["story"]) for entry in entries for key in keys[entry["id"]]}
    _insert(conn, "entry_key", [{"key": key, "story": story} for key, story in sorted(owned)])


def _is_only_outlet(story: Row, outlets: Sequence[Row]) -> bool:
    """Whether the row of a story says all of its outlets."""
    names = ("source", "url", "published_at", "seen_at")
    return len(outlets) == 1 and all(outlets[0][name] == story[name] for name in names)


def _is_valid_text(story: Row, text: Row) -> bool:
    """Whether the row of a story says all of one of its texts."""
    valid = bool(text["live"]) and text["hash"] == story["revision"]
    return valid and all(text[name] == story[name] for name in (*TEXTS, "seen_at"))


def _copy_signals(conn: sa.Connection) -> None:
    for batch in _batches(conn, sa.select(SIGNAL).order_by(SIGNAL.c.seen_at, SIGNAL.c.id)):
        _insert(conn, "signal", batch)


def _batches(conn: sa.Connection, wanted: sa.Select[Any]) -> Iterator[list[Row]]:
    for rows in conn.execute(wanted, execution_options={"yield_per": BATCH}).mappings().partitions():
        yield [dict(row) for row in rows]


def _of_stories(conn: sa.Connection, table: sa.TableClause, stories: Collection[str]) -> list[Row]:
    wanted = sa.select(table).where(table.c.story.in_(list(stories)))
    if "number" in table.c:
        wanted = wanted.order_by(table.c.story, table.c.number)
    return [dict(row) for row in conn.execute(wanted).mappings()]


def _insert(conn: sa.Connection, name: str, rows: Sequence[Row]) -> None:
    """Insert rows as they were read, ids as bytes and times as microseconds since 1970 where the new table holds such."""
    if rows:
        packed = [
            row
            | {column: bytes.fromhex(row[column]) for column in HEX_IDS[name]}
            | {column: (row[column] - EPOCH) // MICROSECOND for column in MOMENTS[name]}
            for row in rows
        ]
        conn.execute(sa.insert(sa.table(name, *map(sa.column, rows[0]))), packed)


def downgrade() -> None:
    raise NotImplementedError("a database is never taken back: restore the backup made before the upgrade")
