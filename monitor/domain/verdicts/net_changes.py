"""Net changes: consecutive changes joined to their result, so that a delayed message is true when it is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from monitor.domain.model import FlagKind, FlagState, Transition, Verdict
from monitor.domain.model.changes import FlagChanged, continues, is_cancelled, joined
from monitor.domain.verdicts.evidence import unconfirmed_subjects


@dataclass(frozen=True, slots=True)
class NetChange:
    """The result of consecutive changes. of: their ids, oldest first."""

    move: Transition
    of: tuple[str, ...]

    @property
    def is_cancelled_out(self) -> bool:
        """Whether the changes together leave everything as it was."""
        return len(self.of) > 1 and is_cancelled(self.move.change)


def is_resolved(net: NetChange, verdict: Verdict) -> bool:
    """Whether this only raised a doubt that the verdict no longer has."""
    raised = {flag.subject for flag in net.move.flags if flag.kind is FlagKind.UNCONFIRMED}
    change = net.move.change
    if not isinstance(change, FlagChanged) or change.flag is not FlagKind.UNCONFIRMED:
        return False
    return change.new is FlagState.RAISED and not raised & unconfirmed_subjects(verdict)


def net_changes(moves: Iterable[Transition]) -> tuple[NetChange, ...]:
    """Join each change, oldest first, with the change that it continues, in the place of the last part."""
    nets: list[NetChange] = []
    for move in moves:
        same = (net for net in reversed(nets) if net.move.commitment == move.commitment)
        earlier = (net for net in same if continues(net.move.change, move.change))
        if isinstance(move.change, FlagChanged):  # doubts match if they share evidence
            earlier = (net for net in earlier if {*net.move.evidence} & {*move.evidence})
        before = next(earlier, None)
        if before is None:
            nets.append(NetChange(move, (move.id,)))
            continue
        nets.remove(before)
        first = before.move
        whole = replace(
            move,
            change=joined(first.change, move.change),
            severity=max(first.severity, move.severity),
            evidence=tuple(dict.fromkeys((*move.evidence, *first.evidence))),
            confirms=first.confirms and move.confirms,
            outlook_only=first.outlook_only and move.outlook_only,
        )
        nets.append(NetChange(whole, (*before.of, move.id)))
    return tuple(nets)


def without_resolved(move: Transition, verdict: Verdict) -> Transition:
    """The change without the doubts that the verdict no longer has."""
    doubts = unconfirmed_subjects(verdict)
    flags = tuple(f for f in move.flags if f.kind is not FlagKind.UNCONFIRMED or f.subject in doubts)
    return replace(move, flags=flags)
