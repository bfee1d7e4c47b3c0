"""What a period brought for each commitment: the material of a digest's blocks, in order of importance."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.domain.messages.change_text import status_after
from monitor.domain.messages.context import RenderContext, known_signals
from monitor.domain.model import Commitment, FlagKind, Severity, Signal, Status, Transition, Verdict, changes

TOLD_ELSEWHERE = frozenset({FlagKind.STALE, FlagKind.UNCHECKED})
"""Flags that are no event: no news is none, and what was not checked stands in a part of its own."""
WIDELY_TOLD = 15
"""Outlets that carry what all the press tells (estimate): a summit of leaders goes before bad news of one company."""

Weight = tuple[bool, Severity, bool, int]


@dataclass(frozen=True, slots=True)
class Step:
    """One change from a status to another: of the word that people read, or of the standing under an outlook that stays."""

    move: Transition
    old: Status
    new: Status

    @property
    def shows(self) -> bool:
        """Whether the word that people read changed."""
        return self.shown_before is not status_after(self.move)

    @property
    def shown_before(self) -> Status:
        after = status_after(self.move)
        return self.old if after is self.new else after


@dataclass(frozen=True, slots=True)
class BlockMaterial:
    """One commitment of a period. moves: its recorded changes, as they came, without those told elsewhere; further: signals that
    corroborate its status and that no change names."""

    commitment: Commitment
    verdict: Verdict
    moves: tuple[Transition, ...]
    further: tuple[Signal, ...]

    @property
    def ranked(self) -> list[Transition]:
        """The changes, the most important first; of shares the latest."""
        return sorted(self.moves, key=importance, reverse=True)

    @property
    def lead(self) -> Transition | None:
        """The change that matters most; None where there is none."""
        return next(iter(self.ranked), None)

    @property
    def steps(self) -> list[Step]:
        """The changes from one status to another, as they came."""
        turns = [(move, move.change) for move in self.moves if isinstance(move.change, changes.StatusChanged)]
        return [Step(move, change.old, change.new) for move, change in turns if change.old is not change.new]

    @property
    def net(self) -> tuple[Status, Status] | None:
        """From which status to which the whole period led, None if no status moved; equal where it came back.

        The one word that people read counts. Where a standing moved under an outlook that stays, the standings count.
        """
        steps = self.steps
        if not steps:
            return None
        if any(step.shows for step in steps):
            return steps[0].shown_before, status_after(steps[-1].move)
        return steps[0].old, steps[-1].new

    def weight(self, context: RenderContext) -> Weight:
        """How much it matters: a change of status that all the press tells, the severity, then a change of status before an
        event, then the number of outlets."""
        lead = self.lead
        if lead is None:
            return False, Severity.ROUTINE, False, 0
        reports = known_signals((*lead.evidence, *(signal.id for signal in self.further)), context)
        moved = any(isinstance(move.change, changes.StatusChanged) for move in self.moves)
        outlets = len(outlet_names(reports, context))
        return moved and outlets >= WIDELY_TOLD, max(move.severity for move in self.moves), moved, outlets


def importance(move: Transition) -> tuple[bool, Severity, bool, bool, int, float]:
    """A share comes last: it is the figure of an event that is told."""
    share = isinstance(move.change, changes.ShareChanged)
    return (
        not share,
        move.severity,
        isinstance(move.change, changes.StatusChanged),
        isinstance(move.change, changes.EventNoted),
        len(move.evidence),
        move.at.timestamp() if share else 0.0,
    )


def block_material(
    followed: Iterable[tuple[Commitment, Verdict]],
    transitions: Sequence[Transition],
    corroborating: Mapping[str, Sequence[Signal]],
    context: RenderContext,
) -> list[BlockMaterial]:
    """What the period brought, most important first, parts under their parent; without commitments of which it brought nothing."""
    found: dict[str, BlockMaterial] = {}
    for commitment, verdict in followed:
        own = (move for move in transitions if move.commitment == commitment.id and not is_told_elsewhere(move))
        moves = tuple(sorted(own, key=lambda move: move.at))
        named = {key for move in moves for key in (*move.evidence, *move.reason.signals)}
        further = (signal.id for signal in corroborating.get(commitment.id, ()) if signal.id not in named)
        material = BlockMaterial(commitment, verdict, moves, known_signals(further, context))
        if material.moves or material.further:
            found[commitment.id] = material
    ranked = sorted(found.values(), key=lambda item: (*_negative(item.weight(context)), item.commitment.id))
    heads = [item for item in ranked if parent_of(item.commitment.id, found) is None]
    families = {head.commitment.id: [head] for head in heads}
    for item in ranked:
        if (parent := parent_of(item.commitment.id, found)) is not None:
            families[root_of(parent, found)].append(item)
    best = {key: min(map(ranked.index, family)) for key, family in families.items()}
    return [item for key in sorted(families, key=best.__getitem__) for item in families[key]]


def _negative(weight: Weight) -> tuple[int, ...]:
    return tuple(-int(part) for part in weight)


def parent_of(key: str, found: Collection[str]) -> str | None:
    """The nearest of these commitments of which the commitment `key` is a part; None if it is a part of none."""
    return max((name for name in found if key.startswith(f"{name}-")), key=len, default=None)


def root_of(key: str, found: Collection[str]) -> str:
    """The commitment among these of which `key` is a part, or a part of a part; itself if it is a part of none."""
    above = parent_of(key, found)
    return key if above is None else root_of(above, found)


def is_told_elsewhere(move: Transition) -> bool:
    """Whether a change is no event: that there is no news, that nobody could check, and that a date comes near."""
    match move.change:
        case changes.FlagChanged(flag=flag):
            return flag in TOLD_ELSEWHERE
        case changes.NoticeDue():
            return True
        case _:
            return False


def outlet_names(signals: Iterable[Signal], context: RenderContext) -> tuple[str, ...]:
    """The names of all outlets that carried the stories of these signals, the first of each story before the later ones."""
    stories = [context.stories[key] for key in dict.fromkeys(signal.story for signal in signals)]
    first = [context.outlet(story.source, story.url) for story in stories]
    later = [context.outlet(outlet.source, outlet.url) for story in stories for outlet in story.outlets]
    return tuple(dict.fromkeys((*first, *later)))
