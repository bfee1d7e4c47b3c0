"""Changes of a verdict: one small frozen value for each kind of change, from `old` to `new`.

In `new`, None means that the report was withdrawn; in `old`, that there was no value. Equal `old` and `new` mean
that the same was reported again or confirmed. `tag` names the kind in stored rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

from monitor.domain.model.enums import By, Effect, FlagKind, FlagState, Status, TransitionKind
from monitor.domain.model.news import Day


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """A new status. The same status twice: a further negative signal, or the next round of a series."""

    tag: Literal["status"] = field(default="status", kw_only=True, repr=False)
    kind: ClassVar[TransitionKind] = TransitionKind.STATUS
    old: Status
    new: Status


@dataclass(frozen=True, slots=True)
class DeadlineMoved:
    """A date was named, moved, withdrawn or (the same twice) confirmed. what: the deadline's name."""

    tag: Literal["deadline"] = field(default="deadline", kw_only=True, repr=False)
    kind: ClassVar[TransitionKind] = TransitionKind.DEADLINE
    what: str
    old: Day | None
    new: Day | None


@dataclass(frozen=True, slots=True)
class DeadlineMissed:
    """The first date passed unmet, whatever later date was named since."""

    tag: Literal["missed"] = field(default="missed", kw_only=True, repr=False)
    kind: ClassVar[TransitionKind] = TransitionKind.DEADLINE
    what: str
    date: Day


@dataclass(frozen=True, slots=True)
class NoticeDue:
    """A date is `days_left` days away."""

    tag: Literal["notice"] = field(default="notice", kw_only=True, repr=False)
    kind: ClassVar[TransitionKind] = TransitionKind.DEADLINE
    what: str
    date: Day
    days_left: int


@dataclass(frozen=True, slots=True)
class ShareChanged:
    """The counted share of a target, 1.0 for all of it; it falls if counts are retracted. label: the target's label."""

    tag: Literal["share"] = field(default="share", kw_only=True, repr=False)
    kind: ClassVar[TransitionKind] = TransitionKind.PROGRESS
    old: float
    new: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class StepChanged:
    """A step was done, or is no longer reported."""

    tag: Literal["step"] = field(default="step", kw_only=True, repr=False)
    kind: ClassVar[TransitionKind] = TransitionKind.PROGRESS
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class TermsChanged:
    """A term joined those in use (`old`), or the term in `old` is no longer reported."""

    tag: Literal["terms"] = field(default="terms", kw_only=True, repr=False)
    kind: ClassVar[TransitionKind] = TransitionKind.TERMS
    old: tuple[str, ...]
    new: str | None


@dataclass(frozen=True, slots=True)
class FlagChanged:
    """A flag was raised, confirmed or withdrawn. subject: the flag's subject."""

    tag: Literal["flag"] = field(default="flag", kw_only=True, repr=False)
    kind: ClassVar[TransitionKind] = TransitionKind.FLAG
    flag: FlagKind
    subject: str
    old: FlagState | None
    new: FlagState


@dataclass(frozen=True, slots=True)
class EventNoted:
    """A real step or blow that moves no status. effect: on the promise; by: the actor."""

    tag: Literal["event"] = field(default="event", kw_only=True, repr=False)
    kind: ClassVar[TransitionKind] = TransitionKind.EVENT
    effect: Effect
    by: By


Moved = StatusChanged | DeadlineMoved | ShareChanged | StepChanged | TermsChanged | FlagChanged
"""Changes with a beginning and an end, so that a later one can continue them."""
Change = Moved | DeadlineMissed | NoticeDue | EventNoted
_WithoutBeginning = DeadlineMissed | NoticeDue | EventNoted
"""Changes without a value before and after."""


def whole_percent(share: float) -> int:
    """The nearest whole percent; 100 is never shown too early."""
    return round(share * 100) if share >= 1 else min(round(share * 100), 99)


def reached(change: Change) -> object:
    """The end of a change, equal for two of one kind that end alike; None if the report was withdrawn."""
    match change:
        case DeadlineMissed():
            return "missed"
        case NoticeDue():
            return change.days_left
        case EventNoted():
            return change.effect
        case ShareChanged():
            return whole_percent(change.new)
        case FlagChanged():
            return change.flag, change.new
        case _:
            return change.new


def _begun(change: Moved) -> object:
    """The beginning of a change, comparable with the end of another one."""
    old: Any = change.old[0] if isinstance(change, TermsChanged) and len(change.old) == 1 else change.old
    return reached(replace(change, new=old))


def continues(earlier: Change, later: Change) -> bool:
    """Whether the later change begins where the earlier one ended. Missed dates, notices and events of note have no
    beginning."""
    if type(earlier) is not type(later) or isinstance(later, _WithoutBeginning):
        return False
    end = reached(earlier)
    return end is not None and end == _begun(later)


def joined(first: Change, last: Change) -> Change:
    """`last` with the beginning of `first`; unchanged if the two are of different kinds."""
    if type(first) is not type(last) or isinstance(first, _WithoutBeginning):
        return last
    beginning: Any = {"old": first.old}
    return replace(last, **beginning)


def is_cancelled(change: Change) -> bool:
    """Whether a change leaves everything as it was."""
    match change:
        case DeadlineMissed() | NoticeDue() | EventNoted():
            return False
        case FlagChanged():
            return change.old is None and change.new is not FlagState.RAISED
        case TermsChanged(old=()):
            return change.new is None
        case _:
            return reached(change) == _begun(change)


WITHDRAWN = "withdrawn"


def notation(change: Change) -> tuple[str, str]:
    """('at_risk', 'in_force'), ('2025-11-10', '2026-11-10') or ('20%', '40%'); '' for no value."""
    match change:
        case StatusChanged():
            return change.old.value, change.new.value
        case DeadlineMoved():
            return change.old.isoformat() if change.old else "", change.new.isoformat() if change.new else WITHDRAWN
        case DeadlineMissed():
            return change.date.isoformat(), "missed"
        case NoticeDue():
            return change.date.isoformat(), f"due in {days(change.days_left)}"
        case ShareChanged():
            return f"{whole_percent(change.old)}%", f"{whole_percent(change.new)}%"
        case StepChanged():
            return change.old or "", change.new or WITHDRAWN
        case TermsChanged():
            return ", ".join(change.old), change.new or WITHDRAWN
        case EventNoted():
            return "", change.effect.value
        case FlagChanged():
            raised = change.new is FlagState.RAISED
            return change.flag.value if change.old else "", change.flag.value if raised else change.new.value


def days(count: int) -> str:
    return f"{count} day{'s' if count != 1 else ''}"
