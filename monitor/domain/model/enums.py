"""The words the program uses for what news says and where a promise stands: one enumeration a question."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Effect(StrEnum):
    """What a story reports for one commitment."""

    PLEDGE = "pledge"
    PROGRESS = "progress"
    DELIVERED = "delivered"
    SETBACK = "setback"
    BREACH = "breach"
    THREAT = "threat"
    DEADLINE = "deadline"
    NONE = "none"


EFFECT_PRECEDENCE = (
    Effect.BREACH, Effect.DELIVERED, Effect.DEADLINE, Effect.SETBACK,
    Effect.THREAT, Effect.PROGRESS, Effect.PLEDGE, Effect.NONE,
)  # fmt: skip
"""If two effects fit one story, the first of these is the one that a reader must hear of first."""

POSITIVE_EFFECTS = frozenset({Effect.PLEDGE, Effect.PROGRESS, Effect.DELIVERED})
NEGATIVE_EFFECTS = frozenset({Effect.SETBACK, Effect.BREACH, Effect.THREAT})


class Modality(IntEnum):
    """How firmly a clause says a thing happened, weakest to strongest."""

    NONE = 0
    RUMOUR = 1
    PLAN = 2
    UNDER_WAY = 3
    FORMAL = 4
    DONE = 5


class Tier(IntEnum):
    """What kind of publisher speaks; a lower number is nearer to the act itself."""

    OFFICIAL = 1
    STATE_MEDIA = 2
    WIRE = 3
    TRADE = 4
    AGGREGATOR = 5
    UNKNOWN = 6


class Says(StrEnum):
    US = "us"
    CN = "cn"
    BOTH = "both"
    COMPANY = "company"
    DATA = "data"
    PRESS = "press"


class By(StrEnum):
    """Who acts."""

    US = "us"
    CN = "cn"
    BOTH = "both"
    COMPANY = "company"
    THIRD = "third"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    QUANTITY = "quantity"
    MILESTONE = "milestone"
    STANDING = "standing"
    SERIES = "series"


class Standing(StrEnum):
    UNPLEDGED = "unpledged"
    """Nothing promised yet: only a baseline says so; nothing moves back to it."""
    PLEDGED = "pledged"
    IN_PROGRESS = "in_progress"
    PARTLY_MET = "partly_met"
    MET = "met"
    IN_FORCE = "in_force"
    BREACHED = "breached"
    LAPSED = "lapsed"


class Outlook(StrEnum):
    STEADY = "steady"
    AT_RISK = "at_risk"
    STALLED = "stalled"


Status = Standing | Outlook
"""The one word people read of a commitment: its standing, or its outlook where that is not steady."""


class FlagKind(StrEnum):
    UNCONFIRMED = "unconfirmed"
    CONTESTED = "contested"
    OVERDUE = "overdue"
    LATE = "late"
    BEHIND_PACE = "behind_pace"
    STALE = "stale"
    PINNED = "pinned"


class FlagState(StrEnum):
    """What became of a flag."""

    RAISED = "raised"
    CONFIRMED = "confirmed"
    """What it doubted was borne out."""
    WITHDRAWN = "withdrawn"
    """The report that raised it no longer counts."""


class ReasonCode(StrEnum):
    """What a reason is about. The value is stored and part of the id of a recorded change."""

    SAME = "same"
    INSUFFICIENT = "thin"
    CLOSED = "closed"
    WAITS = "waits"
    PLEDGE = "pledge"
    PROGRESS = "progress"
    DELIVERED = "delivered"
    SETBACK = "setback"
    BREACH = "breach"
    THREAT = "threat"
    DEADLINE = "deadline"
    NONE = "none"
    CLEARED = "cleared"
    PERIOD = "period"
    MISSED = "missed"
    LAPSED = "lapsed"
    OVERDUE = "overdue"
    NOTICE = "notice"
    STATUS = "status"
    PINNED = "pinned"
    PIN_ENDED = "pin_ended"
    CORRECTED = "corrected"
    STEP = "step"
    COUNT = "count"
    TERMS = "terms"
    UNCONFIRMED = "unconfirmed"
    CONTESTED = "contested"
    LATE = "late"
    BEHIND_PACE = "behind_pace"
    STALE = "stale"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    DROPPED = "dropped"
    BASELINE = "baseline"
    TRIAL = "trial"
    RECORDED = "recorded"
    """In the words of an older program, which gave no code that is known now."""


class TransitionKind(StrEnum):
    STATUS = "status"
    DEADLINE = "deadline"
    PROGRESS = "progress"
    TERMS = "terms"
    FLAG = "flag"


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"
    OTHER = "other"


class Cause(StrEnum):
    NEWS = "news"
    CLOCK = "clock"
    PERSON = "person"
    CORRECTION = "correction"
    RULES = "rules"
    BACKFILL = "backfill"


class Severity(IntEnum):
    """How loudly a transition asks to be heard; routes name the least one they want."""

    ROUTINE = 1
    NOTABLE = 2
    URGENT = 3
