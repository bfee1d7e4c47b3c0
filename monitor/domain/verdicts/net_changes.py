"""Changes that follow each other told as what they come to: what was held back must be true when it is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from monitor.domain.model import FlagKind, FlagState, Transition, Verdict
from monitor.domain.model.changes import FlagChanged, came_to_nothing, goes_on, told_from


@dataclass(frozen=True, slots=True)
class NetChange:
    """What some changes in a row come to. of: the ids of these changes, oldest first."""

    move: Transition
    of: tuple[str, ...]

    @property
    def is_cancelled_out(self) -> bool:
        """Is it as if nothing had been?"""
        return len(self.of) > 1 and came_to_nothing(self.move.change)


def is_resolved(net: NetChange, verdict: Verdict) -> bool:
    """Is this a doubt that is over by now?"""
    doubts = {flag.subject for flag in verdict.flags if flag.kind is FlagKind.UNCONFIRMED}
    raised = {flag.subject for flag in net.move.flags if flag.kind is FlagKind.UNCONFIRMED}
    match net.move.change:
        case FlagChanged(flag=FlagKind.UNCONFIRMED, new=FlagState.RAISED):
            return not raised & doubts
        case _:
            return False


def net_changes(moves: Iterable[Transition]) -> tuple[NetChange, ...]:
    """Changes, oldest first, those that go on from another joined with it, each in the place of the last."""
    found: list[NetChange] = []
    for move in moves:
        before = next((net for net in reversed(found) if _continues(net.move, move)), None)
        if before is not None:
            found.remove(before)
        found.append(
            NetChange(move, (move.id,))
            if before is None
            else NetChange(_joined(before.move, move), (*before.of, move.id))
        )
    return tuple(found)


def _continues(one: Transition, later: Transition) -> bool:
    """Does the later change go on from the other? Doubts are of one thing if they rest on evidence in common."""
    if one.commitment != later.commitment or not goes_on(one.change, later.change):
        return False
    return not isinstance(later.change, FlagChanged) or bool({*one.evidence} & {*later.evidence})


def _joined(one: Transition, later: Transition) -> Transition:
    """The later change, told from where the first began and as loudly as the louder of them."""
    return replace(
        later, change=told_from(one.change, later.change), severity=max(one.severity, later.severity), confirms=one.confirms and later.confirms,
        outlook_only=one.outlook_only and later.outlook_only,
        evidence=tuple(dict.fromkeys((*later.evidence, *one.evidence))),
    )  # fmt: skip


def without_resolved(move: Transition, verdict: Verdict) -> Transition:
    """The change without doubts that are over."""
    doubts = {flag.subject for flag in verdict.flags if flag.kind is FlagKind.UNCONFIRMED}
    return replace(
        move, flags=tuple(f for f in move.flags if f.kind is not FlagKind.UNCONFIRMED or f.subject in doubts)
    )
