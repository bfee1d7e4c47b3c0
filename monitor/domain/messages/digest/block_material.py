"""The changes of a period by commitment: the material of a digest's blocks, in order of importance."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.domain.messages.change_text import ChangeText, change_text, status_after
from monitor.domain.messages.context import RenderContext, known_signals, outlet_names
from monitor.domain.model import Commitment, FlagKind, Severity, Signal, Status, Transition, Verdict, changes

WIDELY_REPORTED = 15
"""Outlets that carry news which all the press reports (estimate): a summit comes before bad news of one company."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change from a status to another: of the shown status, or of a standing under an outlook that stays. before,
    after: the shown status; the same if only the standing moved."""

    change: Transition
    old: Status
    new: Status
    before: Status
    after: Status


@dataclass(frozen=True, slots=True)
class BlockMaterial:
    """One commitment of a period. changes: the recorded changes, most important first; texts: their texts; further:
    signals that corroborate the status and that no change names. weight: a widely reported change of status, then the
    severity, a change of status, the number of outlets."""

    commitment: Commitment
    verdict: Verdict
    changes: tuple[Transition, ...]
    texts: tuple[ChangeText, ...]
    further: tuple[Signal, ...]
    weight: tuple[bool, Severity, bool, int]

    @property
    def steps(self) -> list[Step]:
        """The changes from one status to another, in order of time."""
        found = []
        for item in sorted(self.changes, key=lambda item: item.at):
            match item.change:
                case changes.StatusChanged(old=old, new=new) if old is not new:
                    after = status_after(item)
                    found.append(Step(item, old, new, old if after is new else after, after))
        return found

    @property
    def net(self) -> tuple[Status, Status] | None:
        """The status at the beginning and at the end of the period; None if no status moved, equal if it came back. The
        shown status counts. If only standings moved, under an outlook that stays, the standings count."""
        steps = self.steps
        if not steps:
            return None
        if any(step.before is not step.after for step in steps):
            return steps[0].before, steps[-1].after
        return steps[0].old, steps[-1].new


def importance(change: Transition) -> tuple[bool, Severity, bool, bool, int, float]:
    """The order of changes. A share comes last, the latest share first: it is the figure of an event in the list."""
    share = isinstance(change.change, changes.ShareChanged)
    return (
        not share,
        change.severity,
        isinstance(change.change, changes.StatusChanged),
        isinstance(change.change, changes.EventNoted),
        len(change.evidence),
        change.at.timestamp() if share else 0.0,
    )


def block_material(
    followed: Iterable[tuple[Commitment, Verdict]],
    transitions: Sequence[Transition],
    corroborating: Mapping[str, Sequence[Signal]],
    context: RenderContext,
) -> list[BlockMaterial]:
    """Each commitment with changes or further reports, most important first, parts under their parent."""
    found: dict[str, BlockMaterial] = {}
    for commitment, verdict in followed:
        own = (item for item in transitions if item.commitment == commitment.id and not is_background(item))
        moves = sorted(sorted(own, key=lambda item: item.at), key=importance, reverse=True)
        named = {key for item in moves for key in (*item.evidence, *item.reason.signals)}
        extra = (signal.id for signal in corroborating.get(commitment.id, ()) if signal.id not in named)
        further, texts = known_signals(extra, context), tuple(change_text(item, context) for item in moves)
        weight = (False, Severity.ROUTINE, False, 0)
        if moves:
            reports = known_signals((*moves[0].evidence, *(signal.id for signal in further)), context)
            outlets = len(outlet_names([context.stories[signal.story] for signal in reports], context))
            moved = any(isinstance(item.change, changes.StatusChanged) for item in moves)
            weight = (moved and outlets >= WIDELY_REPORTED, max(item.severity for item in moves), moved, outlets)
        if moves or further:
            found[commitment.id] = BlockMaterial(commitment, verdict, tuple(moves), texts, further, weight)
    ranked = by_weight(found.values())
    heads = [item for item in ranked if parent_of(item.commitment.id, found) is None]
    families = {head.commitment.id: [head] for head in heads}
    for item in ranked:
        if (parent := parent_of(item.commitment.id, found)) is not None:
            families[root_of(parent, found)].append(item)
    best = {key: min(map(ranked.index, family)) for key, family in families.items()}
    return [item for key in sorted(families, key=best.__getitem__) for item in families[key]]


def by_weight(material: Iterable[BlockMaterial]) -> list[BlockMaterial]:
    """The material, most important first, whether or not it is a part of another."""
    return sorted(sorted(material, key=lambda item: item.commitment.id), key=lambda item: item.weight, reverse=True)


def parent_of(key: str, found: Collection[str]) -> str | None:
    """The nearest of these commitments that has the commitment `key` as a part; None if there is none."""
    return max((name for name in found if key.startswith(f"{name}-")), key=len, default=None)


def root_of(key: str, found: Collection[str]) -> str:
    """The topmost of these commitments that has `key` as a part of any depth; `key` itself if there is none."""
    above = parent_of(key, found)
    return key if above is None else root_of(above, found)


def is_background(change: Transition) -> bool:
    """Whether a change is no event: no news, a date that could not be checked, a date that comes near."""
    match change.change:
        case changes.FlagChanged(flag=flag):
            return flag in (FlagKind.STALE, FlagKind.UNCHECKED)
        case changes.NoticeDue():
            return True
        case _:
            return False
