"""Enumerations of news reports and of the state of a promise."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Self, cast

from monitor.domain.model.sides import is_party, joint, parties_in


class Effect(StrEnum):
    """The effect of a report on one commitment."""

    PLEDGE = "pledge"
    PROGRESS = "progress"
    DELIVERED = "delivered"
    SETBACK = "setback"
    BREACH = "breach"
    THREAT = "threat"
    DEADLINE = "deadline"
    NONE = "none"


_PRECEDENCE = "breach delivered deadline setback threat progress pledge none"
EFFECT_PRECEDENCE = tuple(Effect(name) for name in _PRECEDENCE.split())
"""If two effects fit one story, the first one here counts: the codebook's order."""

POSITIVE_EFFECTS = frozenset({Effect.PLEDGE, Effect.PROGRESS, Effect.DELIVERED})
NEGATIVE_EFFECTS = frozenset({Effect.SETBACK, Effect.BREACH, Effect.THREAT})


class Modality(IntEnum):
    """How certain a clause is about an event, weakest to strongest."""

    NONE = 0
    RUMOUR = 1
    PLAN = 2
    UNDER_WAY = 3
    FORMAL = 4
    DONE = 5


class Level(IntEnum):
    """How important an act is, whatever it does to a status."""

    ORDINARY = 0
    ORDER = 1
    """A ruling, an order or another measure put into effect."""
    SUMMIT = 2
    """A meeting of leaders, or a signed agreement."""


class Tier(IntEnum):
    """The kind of a publisher; a lower number is nearer to the act itself."""

    OFFICIAL = 1
    STATE_MEDIA = 2
    WIRE = 3
    TRADE = 4
    AGGREGATOR = 5
    UNKNOWN = 6


class _PartyWord(StrEnum):
    """Words for who speaks or acts, and for each declared party: like a member, `Says("eu")` is one object."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str) or not is_party(value):
            return None
        word = joint(value.split("+"))
        made = str.__new__(cls, word)
        made._name_, made._value_ = word.upper(), word
        return cast(Self, cls._value2member_map_.setdefault(word, made))

    @property
    def parties(self) -> frozenset[str]:
        """The parties that the word names; none for the company or the press."""
        return parties_in(self._value_)


class Says(_PartyWord):
    """The speaker of a sentence: the press, statistics, a company, or the named parties."""

    BOTH = "both"
    """In rule files and readings alone: the two parties of the deal."""
    COMPANY = "company"
    DATA = "data"
    PRESS = "press"


class By(_PartyWord):
    """The actor."""

    BOTH = "both"
    """In rule files alone: the two parties of the deal."""
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
    """Not promised yet: only a baseline can set this; no news moves a commitment back to it."""
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
"""The one word that people read: the standing, or the outlook if it is not steady."""


class FlagKind(StrEnum):
    UNCONFIRMED = "unconfirmed"
    CONTESTED = "contested"
    OVERDUE = "overdue"
    LATE = "late"
    BEHIND_PACE = "behind_pace"
    STALE = "stale"
    PINNED = "pinned"
    UNCHECKED = "unchecked"
    """Time alone would have moved the status, but no relevant source was read."""


class FlagState(StrEnum):
    """The state of a flag."""

    RAISED = "raised"
    CONFIRMED = "confirmed"
    """Other evidence corroborated the doubtful claim."""
    WITHDRAWN = "withdrawn"
    """The report that raised the flag was retracted."""
    EXPIRED = "expired"
    """No source repeated the claim, or a later act superseded it."""


class ReasonCode(StrEnum):
    """The subject of a reason. The value is stored and part of the id of a transition."""

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
    KEPT = "kept"
    PARTS = "parts"
    PRESUMED = "presumed"
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
    UNCHECKED = "unchecked"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    DROPPED = "dropped"
    BASELINE = "baseline"
    TRIAL = "trial"


class TransitionKind(StrEnum):
    STATUS = "status"
    DEADLINE = "deadline"
    PROGRESS = "progress"
    TERMS = "terms"
    FLAG = "flag"
    EVENT = "event"
    """A real step or blow that moves no status."""


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
    """How much a transition matters; a route names its least severity."""

    ROUTINE = 1
    NOTABLE = 2
    URGENT = 3
