"""What changed: one small frozen value a kind of change, from `old` to `new`.

In `new`, None means that what was told is no more (withdrawn); in `old`, that there was nothing before. Equal ends mean that
the same came again or was confirmed. `tag` names the kind in stored rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from monitor.domain.model.enums import FlagKind, FlagState, Status, TransitionKind
from monitor.domain.model.news import Day


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """The same word twice: a further blow, or the next round of a series."""

    tag: ClassVar[str] = "status"
    kind: ClassVar[TransitionKind] = TransitionKind.STATUS
    old: Status
    new: Status


@dataclass(frozen=True, slots=True)
class DeadlineMoved:
    """A date was named, moved, withdrawn or (the same twice) confirmed. what: the deadline's name; '' in rows of an older
    program, which did not keep it."""

    tag: ClassVar[str] = "deadline"
    kind: ClassVar[TransitionKind] = TransitionKind.DEADLINE
    what: str
    old: Day | None
    new: Day | None


@dataclass(frozen=True, slots=True)
class DeadlineMissed:
    """The first date has passed unmet, whatever later one was named since."""

    tag: ClassVar[str] = "missed"
    kind: ClassVar[TransitionKind] = TransitionKind.DEADLINE
    what: str
    date: Day


@dataclass(frozen=True, slots=True)
class NoticeDue:
    """A date is so many days away."""

    tag: ClassVar[str] = "notice"
    kind: ClassVar[TransitionKind] = TransitionKind.DEADLINE
    what: str
    date: Day
    days_left: int


@dataclass(frozen=True, slots=True)
class ShareChanged:
    """The counted share of a target, 1.0 for all of it; less than before where counts were taken back. label: the target's."""

    tag: ClassVar[str] = "share"
    kind: ClassVar[TransitionKind] = TransitionKind.PROGRESS
    old: float
    new: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class StepChanged:
    """A step was done, or is no longer reported."""

    tag: ClassVar[str] = "step"
    kind: ClassVar[TransitionKind] = TransitionKind.PROGRESS
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class TermsChanged:
    """A term joined those in use (`old`), or the one in `old` is no longer reported."""

    tag: ClassVar[str] = "terms"
    kind: ClassVar[TransitionKind] = TransitionKind.TERMS
    old: tuple[str, ...]
    new: str | None


@dataclass(frozen=True, slots=True)
class FlagChanged:
    """A flag was raised, confirmed or withdrawn. subject: that of the flag; '' where an older program did not keep it."""

    tag: ClassVar[str] = "flag"
    kind: ClassVar[TransitionKind] = TransitionKind.FLAG
    flag: FlagKind
    subject: str
    old: FlagState | None
    new: FlagState


Moved = StatusChanged | DeadlineMoved | ShareChanged | StepChanged | TermsChanged | FlagChanged
"""Changes that have a beginning and an end, so that another one can go on from them."""
Change = Moved | DeadlineMissed | NoticeDue


def whole_percent(share: float) -> int:
    """Rounded down, so that 100 is never shown before it is true."""
    return int(share * 100 + 1e-9)


def reached(change: Change) -> object:
    """What a change led to: equal for two of one kind that end alike, wherever they began; None if it is withdrawn."""
    match change:
        case DeadlineMissed():
            return "missed"
        case NoticeDue():
            return change.days_left
        case ShareChanged():
            return whole_percent(change.new)
        case FlagChanged():
            return change.flag, change.new
        case _:
            return change.new


def _begun(change: Moved) -> object:
    """What a change began from, comparable with what another one reached."""
    match change:
        case ShareChanged():
            return whole_percent(change.old)
        case FlagChanged():
            return change.flag, change.old
        case TermsChanged():
            return change.old[0] if len(change.old) == 1 else change.old
        case _:
            return change.old


def goes_on(one: Change, later: Change) -> bool:
    """Does the later change begin where the other ended? A date that is missed or rings has not moved."""
    if type(one) is not type(later) or isinstance(later, DeadlineMissed | NoticeDue):
        return False
    ended = reached(one)
    return ended is not None and ended == _begun(later)


def told_from(first: Change, last: Change) -> Change:
    """`last`, told from where `first` began; as it is if the two are of different kinds."""
    if type(first) is not type(last) or isinstance(first, DeadlineMissed | NoticeDue):
        return last
    beginning: Any = {"old": first.old}
    return replace(last, **beginning)


def came_to_nothing(change: Change) -> bool:
    """Is it as if nothing had been?"""
    match change:
        case DeadlineMissed() | NoticeDue():
            return False
        case FlagChanged():
            return change.old is None and change.new is not FlagState.RAISED
        case TermsChanged(old=()):
            return change.new is None
        case _:
            return reached(change) == _begun(change)
