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
    change = net.move.change
    if not isinstance(change, FlagChanged) or change.flag is not FlagKind.UNCONFIRMED:
        return False
    return change.new is FlagState.RAISED and not raised & unconfirmed_subjects(verdict)


def net_changes(moves: Iterable[Transition]) -> tuple[NetChange, ...]:
    """Joins each change, oldest first, with the one that it continues; a joined change stands in the place of its last."""
    joined: list[NetChange] = []
    for move in moves:
        same = (net for net in reversed(joined) if net.move.commitment == move.commitment)
        open_ended = (net for net in same if goes_on(net.move.change, move.change))
        if isinstance(move.change, FlagChanged):  # doubts match if they rest on evidence in common
            open_ended = (net for net in open_ended if {*net.move.evidence} & {*move.evidence})
        before = next(open_ended, None)
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


def without_resolved(move: Transition, verdict: Verdict) -> Transition:
    """The change without doubts that the verdict no longer has."""
    doubts = unconfirmed_subjects(verdict)
    flags = tuple(f for f in move.flags if f.kind is not FlagKind.UNCONFIRMED or f.subject in doubts)
    return replace(move, flags=flags)
