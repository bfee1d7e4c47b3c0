"""Net changes: consecutive changes joined to what they come to, so that a delayed message is true when it is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from monitor.domain.model import FlagKind, FlagState, Transition, Verdict
from monitor.domain.model.changes import FlagChanged, came_to_nothing, goes_on, told_from
from monitor.domain.verdicts.flags import unconfirmed_subjects


@dataclass(frozen=True, slots=True)
class NetChange:
    """What some consecutive changes come to. of: the ids of these changes, oldest first."""

    move: Transition
    of: tuple[str, ...]

    @property
    def is_cancelled_out(self) -> bool:
        """Whether the changes together leave things as they were."""
        return len(self.of) > 1 and came_to_nothing(self.move.change)


def is_resolved(net: NetChange, verdict: Verdict) -> bool:
    """Whether this only raised a doubt, and the verdict no longer has it."""
    raised = {flag.subject for flag in net.move.flags if flag.kind is FlagKind.UNCONFIRMED}
    match net.move.change:
        case FlagChanged(flag=FlagKind.UNCONFIRMED, new=FlagState.RAISED):
            return not raised & unconfirmed_subjects(verdict)
        case _:
            return False


def net_changes(moves: Iterable[Transition]) -> tuple[NetChange, ...]:
    """Joins each change, oldest first, with the one that it continues; a joined change stands in the place of its last."""
    joined: list[NetChange] = []
    for move in moves:
        before = next((net for net in reversed(joined) if _continues(net.move, move)), None)
        if before is None:
            joined.append(NetChange(move, (move.id,)))
            continue
        joined.remove(before)
        first = before.move
        change, severity = told_from(first.change, move.change), max(first.severity, move.severity)
        evidence = tuple(dict.fromkeys((*move.evidence, *first.evidence)))
        confirms, outlook_only = first.confirms and move.confirms, first.outlook_only and move.outlook_only
        whole = replace(move, change=change, severity=severity, evidence=evidence)
        whole = replace(whole, confirms=confirms, outlook_only=outlook_only)
        joined.append(NetChange(whole, (*before.of, move.id)))
    return tuple(joined)


def _continues(earlier: Transition, later: Transition) -> bool:
    """Whether the later change starts where the earlier one ended. Doubts match if they rest on evidence in common."""
    if earlier.commitment != later.commitment or not goes_on(earlier.change, later.change):
        return False
    return not isinstance(later.change, FlagChanged) or bool({*earlier.evidence} & {*later.evidence})


def without_resolved(move: Transition, verdict: Verdict) -> Transition:
    """The change without doubts that the verdict no longer has."""
    doubts = unconfirmed_subjects(verdict)
    return replace(
        move, flags=tuple(f for f in move.flags if f.kind is not FlagKind.UNCONFIRMED or f.subject in doubts)
    )
