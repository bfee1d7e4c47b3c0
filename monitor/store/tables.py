"""What the database holds, a class a table. Times are aware UTC; `body` columns hold JSON written by `json_codec`.

Rows are read and written as sets through SQLAlchemy Core (`table_of`), never one object at a time: a commit a row costs
25 to 40 times as much.

A row that is a value of the store's own has its fields once, in a `Stored` class (`FeedState`); the table (`FeedRow`)
inherits them and adds what only the database needs. The query modules return that value: it is frozen, belongs to no
session and loads nothing by itself. What the domain defines (a story, a verdict) is stored from and read into the value
of the domain, which may not know a database: `rows` maps between the two by the names of fields and columns.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, cast

from sqlalchemy import Dialect, Index, Table, Text, TypeDecorator, UniqueConstraint
from sqlmodel import Field, SQLModel


def table_of(model: type[SQLModel]) -> Table:
    """The Core table behind a model."""
    return cast(Table, model.__table__)  # type: ignore[attr-defined]


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
    """An error, stored as a JSON object. Rows of older programs hold its name, ': ' and its text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: StoredError | None, _dialect: Dialect) -> str | None:
        return None if value is None else json.dumps({"type": value.type, "text": value.text})

    def process_result_value(self, value: str | None, _dialect: Dialect) -> StoredError | None:
        if value is None:
            return None
        if value.startswith("{"):
            return StoredError(**json.loads(value))
        name, _, text = value.partition(": ")
        return StoredError(name, text)


class Stored(SQLModel):
    """The value of one row, frozen. Raises ValidationError for a field that is missing, unknown or of another type."""

    model_config = {"frozen": True, "extra": "forbid"}

    def changed(self, **changes: Any) -> Self:
        """A copy with other values in these fields."""
        return type(self)(**{**dict(self), **changes})


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


class FeedRow(FeedState, table=True):
    __tablename__ = "feed"


class StoryRow(SQLModel, table=True):
    """One report, in the text now valid."""

    __tablename__ = "story"

    id: str = Field(primary_key=True)
    published_at: datetime = Field(index=True)
    seen_at: datetime = Field(index=True)
    source: str
    url: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    summary: str = Field(sa_type=Text)
    lang: str
    revision: str
    date_only: bool = False
    withdrawn: bool = False
    backfill: bool = False


class OutletRow(SQLModel, table=True):
    """One publisher that carried a story; `number` keeps the order in which we saw them."""

    __tablename__ = "story_outlet"

    story: str = Field(primary_key=True, foreign_key="story.id")
    number: int = Field(primary_key=True)
    source: str
    url: str = Field(sa_type=Text)
    published_at: datetime
    seen_at: datetime


class RevisionRow(SQLModel, table=True):
    """One text that an entry of a story has had. `source` and `url` say whose text it is."""

    __tablename__ = "revision"

    story: str = Field(primary_key=True, foreign_key="story.id")
    hash: str = Field(primary_key=True)
    source: str
    url: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    summary: str = Field(sa_type=Text)
    seen_at: datetime
    live: bool = True
    """False once the entry that carried it shows another text."""


class EntryRow(SQLModel, table=True):
    """One item of one feed, with the text it showed when we last read it."""

    __tablename__ = "entry"

    id: str = Field(primary_key=True)
    feed: str = Field(index=True)
    story: str = Field(foreign_key="story.id", index=True)
    revision: str
    seen_at: datetime


class EntryKeyRow(SQLModel, table=True):
    """By what an entry is known again within its feed: an entry is stored once though its GUID or URL change."""

    __tablename__ = "entry_key"

    key: str = Field(primary_key=True)
    feed: str = Field(primary_key=True)
    entry: str = Field(foreign_key="entry.id", index=True)


class SignalRow(SQLModel, table=True):
    """One rule matched one revision. Dead: the text or the rule behind it is no longer valid."""

    __tablename__ = "signal"
    __table_args__ = (Index("ix_signal_case", "commitment", "happened_at"),)

    id: str = Field(primary_key=True)
    story: str = Field(foreign_key="story.id", index=True)
    revision: str
    commitment: str
    effect: str
    happened_at: datetime
    """The end of the interval in which it happened: what orders signals."""
    seen_at: datetime
    dead_at: datetime | None = None
    dead_why: str = ""
    body: str = Field(sa_type=Text)


class DirtyRow(SQLModel, table=True):
    """A commitment with something new to evaluate. `stamp` grows with every request, so only what was seen is cleared."""

    __tablename__ = "dirty"

    commitment: str = Field(primary_key=True)
    since: datetime
    urgent: bool
    cause: str
    stamp: int


class VerdictRow(SQLModel, table=True):
    """Where a commitment stands: what is published, and the checkpoint at `folded_to`."""

    __tablename__ = "verdict"

    commitment: str = Field(primary_key=True)
    version: int
    published: str = Field(sa_type=Text)
    folded: str = Field(sa_type=Text)
    folded_to: datetime
    next_due: datetime | None = Field(default=None, index=True)
    decided_at: datetime


class PublishedRow(SQLModel, table=True):
    """A verdict as it was published from `at` on; a row for every version whose verdict differs from the one before."""

    __tablename__ = "published"
    __table_args__ = (Index("ix_published_commitment_at", "commitment", "at"),)

    commitment: str = Field(primary_key=True, foreign_key="verdict.commitment")
    version: int = Field(primary_key=True)
    at: datetime
    body: str = Field(sa_type=Text)


class TransitionRow(SQLModel, table=True):
    """A recorded change; never rewritten."""

    __tablename__ = "transition"
    __table_args__ = (Index("ix_transition_commitment_at", "commitment", "at"),)

    id: str = Field(primary_key=True)
    commitment: str = Field(foreign_key="verdict.commitment")
    at: datetime = Field(index=True)
    body: str = Field(sa_type=Text)


class ActRow(SQLModel, table=True):
    """An intervention of a person."""

    __tablename__ = "act"

    id: str = Field(primary_key=True)
    commitment: str = Field(index=True)
    at: datetime
    body: str = Field(sa_type=Text)


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


class OutboxRow(Item, table=True):
    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_lane", "channel", "to", "state", "number"),
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


class AttemptRow(Attempt, table=True):
    __tablename__ = "attempt"


class LaneRow(SQLModel, table=True):
    """One (channel, to): messages keep their order within it, and it alone waits when it must."""

    __tablename__ = "lane"

    channel: str = Field(primary_key=True)
    to: str = Field(primary_key=True)
    not_before: datetime
    failures: int


class BrokenRow(SQLModel, table=True):
    """A channel that no message can use until a person repairs it; tried again at `retry_at`."""

    __tablename__ = "broken_channel"

    channel: str = Field(primary_key=True)
    since: datetime
    retry_at: datetime
    error: str = Field(sa_type=Text)


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


class ThreadRow(Thread, table=True):
    __tablename__ = "thread"


class DigestSlotRow(SQLModel, table=True):
    """A digest is made once a route and slot, however often the clock asks."""

    __tablename__ = "digest_slot"

    route: str = Field(primary_key=True)
    slot: str = Field(primary_key=True)
    made_at: datetime


class Adopted(Stored):
    """A rulebook that was in use; `prints` maps each commitment to a fingerprint of all that decides it but its signals."""

    version: str
    adopted_at: datetime
    prints: Mapping[str, str] = Field(sa_type=JsonText)


class RulebookRow(Adopted, table=True):
    __tablename__ = "rulebook"

    id: int | None = Field(default=None, primary_key=True)


class Problem(Stored):
    """Something that failed by itself (a story in the matcher, a commitment in the verdict) while the rest went on."""

    kind: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    error: StoredError = Field(sa_type=ErrorJson)
    first_at: datetime
    last_at: datetime
    count: int
    retry_at: datetime | None = None


class ProblemRow(Problem, table=True):
    __tablename__ = "problem"


class Run(Stored):
    """One run of one job."""

    job: str
    started_at: datetime
    ended_at: datetime
    outcome: str
    detail: str = Field(default="", sa_type=Text)


class RunRow(Run, table=True):
    __tablename__ = "run"
    __table_args__ = (Index("ix_run_job_started", "job", "started_at"),)

    id: int | None = Field(default=None, primary_key=True)
