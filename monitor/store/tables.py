"""The tables of the database. Times are aware UTC; `body` columns contain JSON written by `json_codec`.

Stories with their outlets, texts and entries are most of a database, so their columns are packed (`column_types`).

Rows are read and written in sets through SQLAlchemy Core: a commit for each row costs 25 to 40 times as much.

Each table has one row type. For a type of the store, the fields are defined once, in a frozen `Stored` class
(`FeedState`), and the table has them as columns. Types of the domain (a story, a verdict) know no database: `rows`
maps between their fields and the columns by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from sqlalchemy import DDL, Column, ForeignKey, Index, Table, UniqueConstraint, event
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import Boolean, Integer, Text
from sqlmodel import Field, SQLModel
from sqlmodel.main import get_column_from_field
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from monitor.store.column_types import EntryKey, EntryKeys, ErrorJson, HexId, JsonText, Moment, StoredError

METADATA = SQLModel.metadata


class Stored(SQLModel):
    """One row, frozen. Raises ValidationError for a missing or unknown field or a wrong type."""

    model_config = {"frozen": True, "extra": "forbid"}

    def changed(self, **changes: Any) -> Self:
        """A copy with other values in these fields."""
        return type(self)(**{**dict(self), **changes})


def _table(name: str, *parts: SchemaItem, **options: Any) -> Table:
    return Table(name, METADATA, *parts, **options)


def _of(kind: Any, *names: str, refers: str = "", **options: Any) -> list[Column[Any]]:
    """Columns of one type, not null unless `nullable` is given. refers: 'table.column', for foreign keys."""
    keys = [[ForeignKey(refers)] if refers else [] for _ in names]
    return [Column(name, kind, *key, **{"nullable": False, **options}) for name, key in zip(names, keys, strict=True)]


def _text_key(*names: str, refers: str = "") -> list[Column[Any]]:
    """Columns of the primary key."""
    return _of(AutoString, *names, refers=refers, primary_key=True)


TABLE_OF: dict[type[Stored], Table] = {}


def _rows_of(kind: type[Stored], name: str, *parts: SchemaItem) -> Table:
    """The table of a row type: the fields as columns, by their annotations, and other parts."""
    columns = {field: get_column_from_field(info) for field, info in kind.model_fields.items()}
    for field, column in columns.items():
        column.name = column.key = field
    return TABLE_OF.setdefault(kind, _table(name, *columns.values(), *parts))


PROOFS_OF_MOVE = 3
"""Good polls in a row that must find the same permanent redirect before the new address is used: one may be a slip."""


class FeedState(Stored):
    """One polled address: HTTP validators, health and the next poll."""

    name: str = Field(primary_key=True)
    url: str
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    moved_to: str = ""
    """The target of permanent redirects; `moved_polls` good polls in a row have found the feed there."""
    moved_polls: int = 0
    whole_at: datetime | None = None
    """The last unconditional poll."""
    empty_since: datetime | None = None
    """The first of the documents without items that came last; None if the last one has items."""
    newest_at: datetime | None = None
    """The date of the newest item."""
    usual_gap: float = 0.0
    """The longest usual time between two items, in seconds; see `feed_health.rhythm_after`."""
    polled_at: datetime | None = None
    ok_at: datetime | None = None
    first_ok_at: datetime | None = None
    new_at: datetime | None = None
    """The last poll that brought a new entry."""
    failures: int = 0
    failing_since: datetime | None = None
    error_kind: str = ""
    error: str = Field(default="", sa_type=Text)
    next_poll_at: datetime | None = Field(default=None, index=True)

    @property
    def adopted(self) -> str:
        """The new address of a feed that has proved to have moved there; '' if it has not."""
        return self.moved_to if self.moved_polls >= PROOFS_OF_MOVE else ""


FEED = _rows_of(FeedState, "feed")

READ_SPAN = _table("read_span", *_of(UTCDateTime, "since", primary_key=True), *_of(UTCDateTime, "until"))
"""A span in which sources that can report a change answered, from the first answer to the last. Between two spans no
source was read, whether the sources failed or the program was off."""


class SourceTrouble(Stored):
    """A trouble with sources that was reported to the owner; kept after its end, to compare the next one with. subject:
    the name of a feed, '' for all feeds. well_since: since when the feed works again; ended_at: the report of its end;
    before: the end of the previous trouble."""

    subject: str = Field(primary_key=True)
    state: str
    since: datetime
    told_at: datetime
    well_since: datetime | None = None
    ended_at: datetime | None = None
    before: datetime | None = None


SOURCE_TROUBLE = _rows_of(SourceTrouble, "source_trouble")

STORY = _table(
    "story",
    *_of(HexId, "id", primary_key=True),
    *_of(Moment, "published_at"),
    *_of(Moment, "seen_at", index=True),
    *_of(HexId, "revision"),
    *_of(AutoString, "source", "lang"),
    *_of(Text, "url", "title", "summary"),
    *_of(Boolean, "date_only", "withdrawn", "backfill", default=False),
    *_of(Integer, "change", default=0, index=True),
)
"""One report in its current text. The row is also its only outlet and revision, unless those tables have more. change:
the number of the last intake that changed it or its entries; each intake has a higher one than those before."""

OUTLET = _table(
    "story_outlet",
    *_of(HexId, "story", refers="story.id", primary_key=True),
    *_of(Integer, "number", primary_key=True),
    *_of(AutoString, "source"),
    *_of(Text, "url"),
    *_of(Moment, "published_at", "seen_at"),
    *_of(AutoString, "claimed", "basis"),
)
"""The publishers that carried a story, numbered in the order in which we saw them.

A story without rows has one outlet: its own source, address and times.
"""

REVISION = _table(
    "revision",
    *_of(HexId, "story", refers="story.id", primary_key=True),
    *_of(HexId, "hash", primary_key=True),
    *_of(AutoString, "source"),
    *_of(Text, "url", "title", "summary"),
    *_of(Moment, "seen_at"),
    *_of(Boolean, "live", default=True),
)
"""One text of an entry of a story. source, url: of its outlet.

live: False once its entry shows another text. The current text of a story has no row while the row of the story
contains it.
"""

ENTRY = _table(
    "entry",
    *_of(HexId, "story", refers="story.id", primary_key=True),
    *_of(HexId, "id", primary_key=True),
    *_of(AutoString, "feed"),
    *_of(HexId, "revision"),
    *_of(Moment, "seen_at"),
    *_of(EntryKeys, "keys"),
    sqlite_with_rowid=False,
)
"""One item of one feed, with its text at the last reading.

keys: identify it within its feed, so that it is stored once although its GUID or URL changes.
"""

ENTRY_KEY = _table(
    "entry_key",
    *_of(EntryKey, "key", primary_key=True),
    *_of(HexId, "story", refers="story.id", primary_key=True),
    sqlite_with_rowid=False,
)
"""The index of `entry.keys`: the stories that have an entry with a key."""

SIGNAL = _table(
    "signal",
    *_text_key("id"),
    *_of(HexId, "story", refers="story.id", index=True),
    *_of(HexId, "revision"),
    *_of(AutoString, "commitment", "effect"),
    *_of(UTCDateTime, "happened_at", "seen_at"),
    *_of(UTCDateTime, "dead_at", nullable=True),
    *_of(AutoString, "dead_why", default=""),
    *_of(Text, "body"),
    Index("ix_signal_case", "commitment", "happened_at"),
)
"""One match of a rule in one revision. Dead: its text or rule is no longer valid.

happened_at: the end of the interval in which it happened; signals are ordered by it.
"""

READING = _table(
    "reading",
    *_of(HexId, "text", primary_key=True),
    *_text_key("kind", "name", "version"),
    *_of(Moment, "at"),
    *_of(Text, "body"),
    sqlite_with_rowid=False,
)
"""The reading of one text by one reader (a model with the version of a deal's question, or a person): no text is sent
twice with one question."""


READER_CHECK = _table("reader_check", *_text_key("model", "template"), *_of(Text, "body"))
"""The last full check of a model with one template of the question."""


MOST_ALONE = 3
"""Unusable answers on a text alone, an estimate; then only a person reads it."""


class UnreadText(Stored):
    """A text near a deal that waits for the model. story: one that has it; since: its arrival. released: it has waited
    too long; until it is read, the rules alone decide. tries: failed attempts; together: the most texts in its next
    request, 0 without a limit; alone: unusable answers on this text alone."""

    text: str = Field(primary_key=True, sa_type=HexId)
    deal: str = Field(primary_key=True)
    story: str = Field(sa_type=HexId)
    since: datetime = Field(sa_type=Moment)
    tries: int = 0
    together: int = 0
    alone: int = 0
    not_before: datetime | None = Field(default=None, sa_type=Moment, nullable=True)
    released: bool = False
    error: str = Field(default="", sa_type=Text)

    @property
    def given_up(self) -> bool:
        """Whether the model is asked no more, and a person may read it."""
        return self.alone >= MOST_ALONE


UNREAD = _rows_of(UnreadText, "unread")


class ReaderUse(Stored):
    """The model's use on one day (UTC, as 2026-11-27)."""

    day: str = Field(primary_key=True)
    requests: int = 0
    texts: int = 0
    tokens: int = 0


READER_USE = _rows_of(ReaderUse, "reader_use")


class ReviewWeek(Stored):
    """One weekly review of the board. slot: its regular time; tokens: used, or reserved for the request under way."""

    slot: datetime = Field(primary_key=True)
    tokens: int = 0


REVIEW_WEEK = _rows_of(ReviewWeek, "review_week")


class BoardReview(Stored):
    """The weekly review of one commitment. place: its turn; reports: the cited signals. state: waiting, answered,
    refused (an answer that does not count), unasked (too late, or over budget) or dropped (nothing to ask any more).
    at: the time of the question, or when it was given up."""

    slot: datetime = Field(primary_key=True)
    commitment: str = Field(primary_key=True)
    place: int
    state: str = "waiting"
    tries: int = 0
    not_before: datetime | None = None
    at: datetime | None = None
    model: str = ""
    standing: str = ""
    outlook: str = ""
    reports: tuple[str, ...] = Field(default=(), sa_type=JsonText)
    reason: str = Field(default="", sa_type=Text)
    error: str = Field(default="", sa_type=Text)


BOARD_REVIEW = _rows_of(BoardReview, "board_review")

DIRTY = _table(
    "dirty",
    *_text_key("commitment"),
    *_of(UTCDateTime, "since"),
    *_of(Boolean, "urgent"),
    *_of(AutoString, "cause"),
    *_of(Integer, "stamp"),
)
"""A commitment to review. `stamp` grows with every request, so that only a request that was seen is deleted."""

VERDICT = _table(
    "verdict",
    *_text_key("commitment"),
    *_of(Integer, "version"),
    *_of(Text, "published", "folded"),
    *_of(UTCDateTime, "folded_to", "decided_at"),
    *_of(UTCDateTime, "next_due", nullable=True, index=True),
)
"""The verdict of a commitment: as published, and the checkpoint at `folded_to`."""

PUBLISHED = _table(
    "published",
    *_text_key("commitment", refers="verdict.commitment"),
    *_of(Integer, "version", primary_key=True),
    *_of(UTCDateTime, "at"),
    *_of(Text, "body"),
    Index("ix_published_commitment_at", "commitment", "at"),
)
"""A verdict as published from `at` on; a row for every version that differs from the one before."""

TRANSITION = _table(
    "transition",
    *_text_key("id"),
    *_of(AutoString, "commitment", refers="verdict.commitment"),
    *_of(UTCDateTime, "at", index=True),
    *_of(Text, "body"),
    Index("ix_transition_commitment_at", "commitment", "at"),
)
"""A recorded change; never rewritten."""

INTERVENTION = _table(
    "intervention",
    *_text_key("id"),
    *_of(AutoString, "commitment", index=True),
    *_of(UTCDateTime, "at"),
    *_of(Text, "body"),
)
"""An intervention of a person."""


class Item(Stored):
    """One message to one destination; kept after it is sent, as a record. state: waiting, leased, uncertain, held,
    sent, dropped, expired or dead. number: shown to readers."""

    number: int = Field(primary_key=True)
    message_id: str
    kind: str
    route: str = Field(index=True)
    channel: str
    to: str
    commitment: str
    transitions: tuple[str, ...] = Field(default=(), sa_type=JsonText)
    evidence: tuple[str, ...] = Field(default=(), sa_type=JsonText)
    payload: str = Field(sa_type=Text)
    state: str = Field(index=True)
    created_at: datetime
    not_before: datetime | None = None
    held_until: datetime | None = None
    """A held message waits for a person until then, and expires."""
    asked_at: datetime | None = None
    """When the owner was asked to decide on it."""
    decided_at: datetime | None = None
    decided_by: str = ""
    decided_why: str = Field(default="", sa_type=Text)
    """A person's decision to release or drop it, the only one; the reason may be empty."""
    attempts: int = 0
    faults: int = 0
    """Attempts that failed in our own code (a template, a payload)."""
    repeat: bool = False
    """An earlier attempt may have arrived."""
    lease_owner: str = ""
    lease_until: datetime | None = None
    settled_at: datetime | None = None
    ref: str = ""
    thread: str = ""
    error: str = Field(default="", sa_type=Text)

    @property
    def place(self) -> str:
        """'slack C1'; a webhook has no destination of its own."""
        return f"{self.channel} {self.to}".rstrip()

    @property
    def copies(self) -> tuple[object, ...]:
        """The same for a message to each address of a route."""
        return self.route.partition("/")[0], self.kind, self.commitment, self.transitions, self.created_at


SENDABLE = "state IN ('waiting', 'uncertain')"
"""Whether a row of the outbox waits to be sent. A literal: with parameters no database would use the index."""


def _partial_index(name: str, table: Table, columns: str, where: str) -> None:
    """An index of some rows. Not an `Index`, which would import the dialect of PostgreSQL into every command."""
    made = DDL(f"CREATE INDEX {name} ON {table.name} ({columns}) WHERE {where}")  # type: ignore[no-untyped-call]
    event.listen(table, "after_create", made)


OUTBOX = _rows_of(
    Item,
    "outbox",
    Index("ix_outbox_lane", "channel", "to", "state", "number"),
    Index("ix_outbox_created_at", "created_at"),
    UniqueConstraint("message_id", name="uq_outbox_message_id"),
)
_partial_index("ix_outbox_sendable", OUTBOX, 'channel, "to", number', SENDABLE)


class Attempt(Stored):
    """One attempt to send one row, committed before the send starts. `outcome` is empty until it is known."""

    number: int = Field(primary_key=True, foreign_key="outbox.number")
    attempt: int = Field(primary_key=True)
    owner: str
    started_at: datetime
    ended_at: datetime | None = None
    outcome: str = ""
    error: str = Field(default="", sa_type=Text)


ATTEMPT = _rows_of(Attempt, "attempt")

LANE = _table(
    "lane",
    *_text_key("channel", "to"),
    *_of(UTCDateTime, "not_before"),
    *_of(Integer, "failures"),
    *_of(UTCDateTime, "ready_at", nullable=True),
)
"""One (channel, to): messages keep their order within it, and it waits independently of others.

not_before: nothing is sent to it before. ready_at: when a sender looks at it next, which may be too early but never too
late; None: nothing waits, or a message is being sent.
"""
_partial_index("ix_lane_ready", LANE, 'channel, ready_at, "to"', "ready_at IS NOT NULL")

BROKEN = _table("broken_channel", *_text_key("channel"), *_of(UTCDateTime, "since", "retry_at"), *_of(Text, "error"))
"""A channel that is unusable until a person repairs it; tried again at `retry_at`."""


class Thread(Stored):
    """The conversation about one commitment at one destination."""

    channel: str = Field(primary_key=True)
    to: str = Field(primary_key=True)
    commitment: str = Field(primary_key=True)
    ref: str
    started_at: datetime | None = None
    refresh_at: datetime | None = None
    """When to rewrite the first message; None if it is up to date."""
    tries: int = 0
    """Failed rewrites in a row."""


THREAD = _rows_of(Thread, "thread")

DIGEST_SLOT = _table("digest_slot", *_text_key("route", "slot"), *_of(UTCDateTime, "made_at"))
"""The digests made: one for each route and slot."""


class Adopted(Stored):
    """A rulebook that was in use. prints: fingerprints of each commitment (see `rematch`)."""

    version: str
    adopted_at: datetime
    prints: Mapping[str, str] = Field(sa_type=JsonText)


RULEBOOK = _rows_of(Adopted, "rulebook", *_of(Integer, "id", primary_key=True))


class Problem(Stored):
    """An isolated failure (a story in the matcher, a commitment in the verdict) that did not stop the rest."""

    kind: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    error: StoredError = Field(sa_type=ErrorJson)
    first_at: datetime
    last_at: datetime
    count: int
    retry_at: datetime | None = None


PROBLEM = _rows_of(Problem, "problem")


class Run(Stored):
    """One run of one job."""

    job: str
    started_at: datetime
    ended_at: datetime
    outcome: str
    detail: str = Field(default="", sa_type=Text)


RUN = _rows_of(Run, "run", *_of(Integer, "id", primary_key=True), Index("ix_run_job_started", "job", "started_at"))
