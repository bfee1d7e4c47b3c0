"""The changes of a period by commitment: the material of a digest's blocks, in order of importance."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.domain.messages.change_text import ChangeText, change_text, status_after
from monitor.domain.messages.context import RenderContext, known_signals, outlet_names
from monitor.domain.model import (
    Commitment,
    FlagKind,
    FlagState,
    Level,
    Outlook,
    Severity,
    Signal,
    Standing,
    Status,
    Transition,
    Verdict,
    changes,
)
from monitor.domain.text.labels import status_caps
from monitor.domain.verdicts.evidence import FINAL_STANDINGS
from monitor.domain.verdicts.progress import RENEWABLE
from monitor.domain.verdicts.standing import NEXT_ROUND, STANDING_ORDER

RANKS = dict[Status, float]((*STANDING_ORDER.items(), (Outlook.STALLED, 1.3), (Outlook.AT_RISK, 1.6)))
"""The better, the higher. Trouble is above a failure (0 and 1), and below all that only is or is not done."""
WELL_REPORTED = 3
"""Reports that let an order which moves no status lead a digest (estimate)."""
SAME_EVENT = timedelta(days=2)
"""Changes within this time may be one event that two outlets report (estimate)."""
MAX_EVENT = 200
"""Characters of an event: hardly a headline is longer; what only describes a page is cut."""


@dataclass(frozen=True, slots=True)
class BlockMaterial:
    """One commitment of a period. changes: the recorded changes, most important first; texts: their texts; further:
    signals that corroborate the status and that no change names. weight: the importance of the leading change, then the
    number of outlets."""

    commitment: Commitment
    verdict: Verdict
    changes: tuple[Transition, ...]
    texts: tuple[ChangeText, ...]
    further: tuple[Signal, ...]
    weight: tuple[float, ...] = ()

    @property
    def steps(self) -> list[tuple[Transition, Status, Status]]:
        """The changes of the shown status, from one to another, in order of time; of the standing if only that moved,
        under an outlook that stays."""
        by_time = sorted(self.changes, key=lambda item: item.at)
        pairs = ((item, item.change) for item in by_time)
        moved = [
            (item, c.old, c.new) for item, c in pairs if isinstance(c, changes.StatusChanged) and c.old is not c.new
        ]
        return [step for step in moved if status_after(step[0]) is step[2]] or moved

    @property
    def net(self) -> tuple[Status, Status] | None:
        """The status at the beginning and at the end of the period, equal if it came back; None if none moved."""
        steps = self.steps
        return (steps[0][1], steps[-1][2]) if steps else None

    @property
    def way(self) -> str:
        """'up' or 'down' over the period; 'reopened' for a new round; '' if no status moved or it came back."""
        was, now = self.net or (None, None)
        if was is None or now is None or was is now:
            return ""
        if (was, now) == NEXT_ROUND or (now is Standing.PLEDGED and was in RENEWABLE):
            return "reopened"
        return "up" if RANKS[now] > RANKS[was] else "down"

    @property
    def turn(self) -> str:
        """'up from AT RISK to IN FORCE', 'from MET to IN PROGRESS' of a new round, 'IN FORCE again'; '' if no status
        moved."""
        if self.net is None:
            return ""
        was, now = map(status_caps, self.net)
        told = f"{self.way} from {was} to {now}".removeprefix("reopened ") if self.way else f"{now} again"
        shown = status_caps(self.verdict.status)
        return told if now == shown else f"{told}, still {shown}"


def is_confirmation(change: Transition) -> bool:
    return isinstance(change.change, changes.FlagChanged) and change.change.new is FlagState.CONFIRMED


def leading_level(change: Transition) -> Level:
    """The level of an act that moves a status or is well reported; else ordinary."""
    well_reported = change.level is Level.SUMMIT or len(change.evidence) >= WELL_REPORTED
    carries = well_reported or isinstance(change.change, changes.StatusChanged)
    return change.level if carries and change.severity > Severity.ROUTINE else Level.ORDINARY


def importance(change: Transition) -> tuple[float, ...]:
    """The order of changes, whether good or bad: the level of an act that is well reported or moves a status, a final
    standing, another status, an announced event, the number of reports. A confirmation comes after what it confirms;
    a share last, the latest first: it is the figure of an event in the list."""
    share = isinstance(change.change, changes.ShareChanged)
    status = change.change.new if isinstance(change.change, changes.StatusChanged) else None
    announced = change.severity > Severity.ROUTINE
    return (
        not share,
        not is_confirmation(change),
        leading_level(change),
        status in FINAL_STANDINGS,
        status is not None and announced,
        announced,
        change.level,
        len(change.evidence),
        change.at.timestamp() if share else 0.0,
    )


def block_material(
    followed: Iterable[tuple[Commitment, Verdict]],
    transitions: Sequence[Transition],
    corroborating: Mapping[str, Sequence[Signal]],
    context: RenderContext,
    start: datetime,
    *,
    after_summit: bool = False,
) -> list[BlockMaterial]:
    """Each commitment with changes or further reports, most important first, parts under their parent. start: of the
    period; after_summit: leaders met shortly before it, and what few report of a meeting is that one, told late."""
    found: dict[str, BlockMaterial] = {}
    for commitment, verdict in followed:
        all_own = (item for item in transitions if item.commitment == commitment.id)
        fresh = (item for item in all_own if not (is_background(item) or is_past(item, start)))
        own = (of_period(item, start, context) for item in fresh)
        if after_summit:
            own = (m if len(m.evidence) >= WELL_REPORTED else replace(m, level=min(m.level, Level.ORDER)) for m in own)
        moves = sorted(sorted(own, key=lambda item: item.at), key=importance, reverse=True)
        named = {key for item in moves for key in (*item.evidence, *item.reason.signals)}
        extra = (signal.id for signal in corroborating.get(commitment.id, ()) if signal.id not in named)
        item = BlockMaterial(commitment, verdict, tuple(moves), (), known_signals(extra, context))
        if moves:
            # What goes the way of the whole period leads, told by a headline if one of that event is as important.
            lead = next((m for m in moves if item.way in ("", "reopened") or m.way.value == item.way), moves[0])
            texts = {move.id: change_text(move, context) for move in moves}
            near = (m for m in moves if m.way is lead.way and is_near(m, lead))
            same = (m for m in near if m.level >= lead.level)
            first = lead if texts[lead.id].report else next((m for m in same if texts[m.id].report), lead)
            moves.sort(key=lambda move: move is not first)
            reports = known_signals((*lead.evidence, *(signal.id for signal in item.further)), context)
            outlets = len(outlet_names([context.stories[signal.story] for signal in reports], context))
            told = tuple(texts[move.id] for move in moves)
            item = replace(item, changes=tuple(moves), texts=told, weight=(*importance(lead)[:7], outlets))
        if moves or item.further:
            found[commitment.id] = item
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


def is_near(first: Transition, second: Transition) -> bool:
    """Whether two changes may be one event, by their days."""
    return abs(first.happened - second.happened) <= SAME_EVENT


def of_period(change: Transition, start: datetime, context: RenderContext) -> Transition:
    """The change with the reports of the period alone, if it has any: a change may rest on older ones too, and they
    tell an event of an earlier period."""
    cited = {key for key in (*change.evidence, *change.reason.signals) if key in context.signals}
    fresh = {key for key in cited if context.signals[key].happened.end >= start}
    if not fresh or fresh == cited:
        return change
    evidence, named = (tuple(key for key in keys if key in fresh) for keys in (change.evidence, change.reason.signals))
    level = min(change.level, max(context.signals[key].level for key in fresh))
    return replace(change, evidence=evidence, reason=replace(change.reason, signals=named), level=level)


def is_past(change: Transition, start: datetime) -> bool:
    """Whether a change is an event from before the period that was first seen late and moved no status."""
    return isinstance(change.change, changes.EventNoted) and change.late and change.happened < start


def is_background(change: Transition) -> bool:
    """Whether a change is no event: no news, a date that could not be checked, a date that comes near."""
    match change.change:
        case changes.FlagChanged(flag=flag):
            return flag in (FlagKind.STALE, FlagKind.UNCHECKED)
        case changes.NoticeDue():
            return True
        case _:
            return False
