"""What the database holds, a table each. Times are aware UTC; `body` columns hold JSON written by `json_codec`.

Stories and what belongs to each of them are most of a database, so their columns are packed (`packed_columns`).

Rows are read and written as sets through SQLAlchemy Core, never one object at a time: a commit a row costs 25 to 40 times
as much.

One type stands for the rows of a table. Where it is a value of the store's own, its fields are written once, in a `Stored`
class (`FeedState`), and the table has them as columns. It is frozen, belongs to no session and loads nothing by itself.
What the domain defines (a story, a verdict) is stored from and read into the value of the domain, which may not know a
database: `rows` maps between the two by the names of fields and columns.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Column, Dialect, ForeignKey, Index, Table, UniqueConstraint
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import Boolean, Integer, Text, TypeDecorator
from sqlmodel import Field, SQLModel
from sqlmodel.main import get_column_from_field
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from monitor.store.codec.packed_columns import EntryKey, EntryKeys, HexId, Moment

METADATA = SQLModel.metadata


class JsonText(TypeDecorator[Any]):
    """A list or mapping of strings, stored as JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, sort_keys=True)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


@dataclass(frozen=True, slots=True)
class StoredError:
    """What failed. type: the name of the error's class."""

    type: str
    text: str

    def __str__(self) -> str:
        return f"{self.type}: {self.text}"


class ErrorJson(TypeDecorator[StoredError]):
    """An error, stored as a JSON object."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: StoredError | None, _dialect: Dialect) -> str | None:
        return None if value is None else json.dumps({"type": value.type, "text": value.text})

    def process_result_value(self, value: str | None, _dialect: Dialect) -> StoredError | None:
        return None if value is None else StoredError(**json.loads(value))


class Stored(SQLModel):
    """The value of one row, frozen. Raises ValidationError for a field that is missing, unknown or of another type."""

    model_config = {"frozen": True, "extra": "forbid"}

    def changed(self, **changes: Any) -> Self:
        """A copy with other values in these fields."""
        return type(self)(**{**dict(self), **changes})


def _table(name: str, *parts: SchemaItem, **options: Any) -> Table:
    return Table(name, METADATA, *parts, **options)


def _of(kind: Any, *names: str, refers: str = "", **options: Any) -> list[Column[Any]]:
    """Columns of one type, never null unless `nullable` is given. refers: 'table.column' that each is a foreign key of."""
    keys = [[ForeignKey(refers)] if refers else [] for _ in names]
    return [Column(name, kind, *key, **{"nullable": False, **options}) for name, key in zip(names, keys, strict=True)]


def _text_key(*names: str, refers: str = "") -> list[Column[Any]]:
    """Columns of the primary key."""
    return _of(AutoString, *names, refers=refers, primary_key=True)


def _columns(value: type[Stored]) -> list[Column[Any]]:
    """The fields of a value as columns, by their annotations."""
    columns = {name: get_column_from_field(field) for name, field in value.model_fields.items()}
    for name, column in columns.items():
        column.name = column.key = name
    return list(columns.values())


class FeedState(Stored):
    """One polled address: HTTP validators, health, and when it is polled next."""

    name: str = Field(primary_key=True)
    url: str
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    moved_to: str = ""
    """Where permanent redirects point; `moved_polls` good polls in a row have agreed on it."""
    moved_polls: int = 0
    polled_at: datetime | None = None
    ok_at: datetime | None = None
    first_ok_at: datetime | None = None
    new_at: datetime | None = None
    """When the feed last showed an entry that we had not seen."""
    failures: int = 0
    failing_since: datetime | None = None
    error_kind: str = ""
    error: str = Field(default="", sa_type=Text)
    next_poll_at: datetime | None = Field(default=None, index=True)


FEED = _table("feed", *_columns(FeedState))

READ_SPAN = _table("read_span", *_of(UTCDateTime, "since", primary_key=True), *_of(UTCDateTime, "until"))
"""A time in which sources that can tell of a change answered, from the first answer to the last. Between two such times nobody
was reading, whether the sources were silent or the program was off."""


class SourceTrouble(Stored):
    """A trouble with sources of which the owner was told; it stays after its end, for the next one to be compared with.

    subject: the name of a feed; '' for all of them. well_since: since when the feed is well again, empty while it is not;
    ended_at: when the owner was told so; before: when the last trouble with it had ended.
    """

    subject: str = Field(primary_key=True)
    state: str
    since: datetime
    told_at: datetime
    well_since: datetime | None = None
    ended_at: datetime | None = None
    before: datetime | None = None


SOURCE_TROUBLE = _table("source_trouble", *_columns(SourceTrouble))

STORY = _table(
    "story",
    *_of(HexId, "id", primary_key=True),
    *_of(Moment, "published_at"),
    *_of(Moment, "seen_at", index=True),
    *_of(HexId, "revision"),
    *_of(AutoString, "source", "lang"),
    *_of(Text, "url", "title", "summary"),
    *_of(Boolean, "date_only", "withdrawn", "backfill", default=False),
)
"""One report, in the text now valid. The row is also its only outlet and its only revision, unless those tables say more."""

OUTLET = _table(
    "story_outlet",
    *_of(HexId, "story", refers="story.id", primary_key=True),
    *_of(Integer, "number", primary_key=True),
    *_of(AutoString, "source"),
    *_of(Text, "url"),
    *_of(Moment, "published_at", "seen_at"),
)
"""The publishers that carried a story; `number` keeps the order in which we saw them.

A story without rows was carried by one: its own source, at its own address and times.
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
"""One text that an entry of a story has had. `source` and `url` say whose text it is.

live: False once the entry that carried it shows another text. The text now valid has no row while it is live, the story's
own, and first seen with the story as it now is: then the row of the story says all this.
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
"""One item of one feed, with the text it showed when we last read it.

keys: by what it is known again within its feed. So an entry is stored once though its GUID or URL change.
"""

ENTRY_KEY = _table(
    "entry_key",
    *_of(EntryKey, "key", primary_key=True),
    *_of(HexId, "story", refers="story.id", primary_key=True),
    sqlite_with_rowid=False,
)
"""The index of `entry.keys`: which stories have an entry with a key."""

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
"""One rule matched one revision. Dead: the text or the rule behind it is no longer valid.

happened_at: the end of the interval in which it happened, which orders signals.
"""

READING = _table(
    "reading",
    *_of(HexId, "text", primary_key=True),
    *_text_key("kind", "name", "version"),
    *_of(Moment, "at"),
    *_of(Text, "body"),
    sqlite_with_rowid=False,
)
"""What one reader (a model with the version of its question, or a person) said of one text, so that nothing is asked twice."""


class UnreadText(Stored):
    """A text near the deal that no model has read yet. story: one that shows it; since: when it came in.

    released: it has waited for its reading as long as news waits, so the rules speak alone until it is read.
    """

    text: str = Field(primary_key=True, sa_type=HexId)
    story: str = Field(sa_type=HexId)
    since: datetime = Field(sa_type=Moment)
    tries: int = 0
    not_before: datetime | None = Field(default=None, sa_type=Moment, nullable=True)
    released: bool = False
    error: str = Field(default="", sa_type=Text)


UNREAD = _table("unread", *_columns(UnreadText))


class ReaderUse(Stored):
    """What the model was asked on one day (UTC, as 2026-11-27)."""

    day: str = Field(primary_key=True)
    requests: int = 0
    texts: int = 0
    tokens: int = 0


READER_USE = _table("reader_use", *_columns(ReaderUse))

DIRTY = _table(
    "dirty",
    *_text_key("commitment"),
    *_of(UTCDateTime, "since"),
    *_of(Boolean, "urgent"),
    *_of(AutoString, "cause"),
    *_of(Integer, "stamp"),
)
"""A commitment with something new to evaluate. `stamp` grows with every request, so only what was seen is cleared."""

VERDICT = _table(
    "verdict",
    *_text_key("commitment"),
    *_of(Integer, "version"),
    *_of(Text, "published", "folded"),
    *_of(UTCDateTime, "folded_to", "decided_at"),
    *_of(UTCDateTime, "next_due", nullable=True, index=True),
)
"""Where a commitment stands: what is published, and the checkpoint at `folded_to`."""

PUBLISHED = _table(
    "published",
    *_text_key("commitment", refers="verdict.commitment"),
    *_of(Integer, "version", primary_key=True),
    *_of(UTCDateTime, "at"),
    *_of(Text, "body"),
    Index("ix_published_commitment_at", "commitment", "at"),
)
"""A verdict as it was published from `at` on; a row for every version whose verdict differs from the one before."""

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
    """One message to one place; kept after it is sent as the record of who was told what.

    state: waiting, leased, uncertain, held, sent, expired or dead. `number` is the one that readers see.
    """

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
    attempts: int = 0
    faults: int = 0
    """Attempts that failed in our own code (a template, a payload): a poison row has too many."""
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
        """'slack C1'; a webhook posts where it belongs, and names no place."""
        return f"{self.channel} {self.to}".rstrip()


OUTBOX = _table(
    "outbox",
    *_columns(Item),
    Index("ix_outbox_lane", "channel", "to", "state", "number"),
    Index("ix_outbox_created_at", "created_at"),
    UniqueConstraint("message_id", name="uq_outbox_message_id"),
)


class Attempt(Stored):
    """One try to send one row, committed before the send starts. `outcome` is empty until it is known."""

    number: int = Field(primary_key=True, foreign_key="outbox.number")
    attempt: int = Field(primary_key=True)
    owner: str
    started_at: datetime
    ended_at: datetime | None = None
    outcome: str = ""
    error: str = Field(default="", sa_type=Text)


ATTEMPT = _table("attempt", *_columns(Attempt))

LANE = _table("lane", *_text_key("channel", "to"), *_of(UTCDateTime, "not_before"), *_of(Integer, "failures"))
"""One (channel, to): messages keep their order within it, and it alone waits when it must."""

BROKEN = _table("broken_channel", *_text_key("channel"), *_of(UTCDateTime, "since", "retry_at"), *_of(Text, "error"))
"""A channel that no message can use until a person repairs it; tried again at `retry_at`."""


class Thread(Stored):
    """Where the conversation about one commitment goes on in one place."""

    channel: str = Field(primary_key=True)
    to: str = Field(primary_key=True)
    commitment: str = Field(primary_key=True)
    ref: str
    started_at: datetime | None = None
    refresh_at: datetime | None = None
    """When the first message is to be brought up to date; empty when it is."""
    tries: int = 0
    """How often that has failed in a row."""


THREAD = _table("thread", *_columns(Thread))

DIGEST_SLOT = _table("digest_slot", *_text_key("route", "slot"), *_of(UTCDateTime, "made_at"))
"""A digest is made once a route and slot, however often the clock asks."""


class Adopted(Stored):
    """A rulebook that was in use; `prints` maps each commitment to a fingerprint of all that decides it but its signals."""

    version: str
    adopted_at: datetime
    prints: Mapping[str, str] = Field(sa_type=JsonText)


RULEBOOK = _table("rulebook", *_columns(Adopted), *_of(Integer, "id", primary_key=True))


class Problem(Stored):
    """Something that failed by itself (a story in the matcher, a commitment in the verdict) while the rest went on."""

    kind: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    error: StoredError = Field(sa_type=ErrorJson)
    first_at: datetime
    last_at: datetime
    count: int
    retry_at: datetime | None = None


PROBLEM = _table("problem", *_columns(Problem))


class Run(Stored):
    """One run of one job."""

    job: str
    started_at: datetime
    ended_at: datetime
    outcome: str
    detail: str = Field(default="", sa_type=Text)


RUN = _table(
    "run", *_columns(Run), *_of(Integer, "id", primary_key=True), Index("ix_run_job_started", "job", "started_at")
)
