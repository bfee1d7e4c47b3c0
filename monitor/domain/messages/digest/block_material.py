"""The changes of a period by commitment: the material of a digest's blocks, in order of importance."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.domain.messages.change_text import ChangeText, change_text, status_after
from monitor.domain.messages.context import RenderContext, known_signals, outlet_names
from monitor.domain.messages.headline import ranked_reports
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
MAX_EVENT = 200
"""Characters of an event: hardly a headline is longer; what only describes a page is cut."""


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
    signals that corroborate the status and that no change names. weight: the importance of the leading change, then the
    number of outlets."""

    commitment: Commitment
    verdict: Verdict
    changes: tuple[Transition, ...]
    texts: tuple[ChangeText, ...]
    further: tuple[Signal, ...]
    weight: tuple[int, ...] = ()

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


def importance(change: Transition) -> tuple[bool, bool, Level, bool, bool, bool, int, float]:
    """The order of changes, whether good or bad: the level of the act, a final standing, another status, an announced
    event, the number of reports. A confirmation comes after what it confirms; a share last, the latest first: it is the
    figure of an event in the list."""
    share = isinstance(change.change, changes.ShareChanged)
    confirms = isinstance(change.change, changes.FlagChanged) and change.change.new is FlagState.CONFIRMED
    status = change.change.new if isinstance(change.change, changes.StatusChanged) else None
    return (
        not share,
        not confirms,
        change.level,
        status in FINAL_STANDINGS,
        status is not None,
        change.severity > Severity.ROUTINE,
        len(change.evidence),
        change.at.timestamp() if share else 0.0,
    )


def block_material(
    followed: Iterable[tuple[Commitment, Verdict]],
    transitions: Sequence[Transition],
    corroborating: Mapping[str, Sequence[Signal]],
    context: RenderContext,
    start: datetime,
) -> list[BlockMaterial]:
    """Each commitment with changes or further reports, most important first, parts under their parent. start: of the
    period."""
    found: dict[str, BlockMaterial] = {}
    for commitment, verdict in followed:
        all_own = (item for item in transitions if item.commitment == commitment.id)
        fresh = (item for item in all_own if not (is_background(item) or is_past(item, start)))
        own = (of_period(item, start, context) for item in fresh)
        moves = sorted(sorted(own, key=lambda item: item.at), key=importance, reverse=True)
        named = {key for item in moves for key in (*item.evidence, *item.reason.signals)}
        extra = (signal.id for signal in corroborating.get(commitment.id, ()) if signal.id not in named)
        item = BlockMaterial(commitment, verdict, tuple(moves), (), known_signals(extra, context))
        if moves:
            # What goes the way of the whole period leads.
            lead = next((m for m in moves if item.way in ("", "reopened") or m.way.value == item.way), moves[0])
            moves.sort(key=lambda move: move is not lead)
            reports = known_signals((*lead.evidence, *(signal.id for signal in item.further)), context)
            outlets = len(outlet_names([context.stories[signal.story] for signal in reports], context))
            texts = tuple(short_text(move, context) for move in moves)
            item = replace(item, changes=tuple(moves), texts=texts, weight=(*importance(lead)[:6], outlets))
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


def short_text(change: Transition, context: RenderContext) -> ChangeText:
    """The text of a change, with the best report whose headline is complete in MAX_EVENT characters if there is one."""
    text = change_text(change, context)
    reports = ranked_reports(change, known_signals((*change.evidence, *change.reason.signals), context), context)
    others = (change_text(change, context, reports[at:]) for at in range(1, len(reports)))
    short = (each for each in (text, *others) if len(each.event) <= MAX_EVENT and each.report)
    return text if len(text.event) <= MAX_EVENT else next(short, text)


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
