"""The changes of a period by commitment: the material of a digest, in order of importance."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.domain.matching.document import TITLE
from monitor.domain.messages.change_text import ChangeText, change_text, status_after
from monitor.domain.messages.context import RenderContext, known_signals, outlet_names
from monitor.domain.messages.headline import change_headline, ranked_reports
from monitor.domain.model import (
    By,
    Commitment,
    Effect,
    FlagKind,
    FlagState,
    Kind,
    Level,
    Modality,
    Outlook,
    Severity,
    Signal,
    Standing,
    Status,
    Tier,
    Transition,
    TransitionKind,
    Verdict,
    changes,
)
from monitor.domain.text.labels import status_caps
from monitor.domain.verdicts.progress import RENEWABLE
from monitor.domain.verdicts.standing import HEDGED, NEXT_ROUND, STANDING_ORDER, WELL_REPORTED, importance

RANKS = dict[Status, float]((*STANDING_ORDER.items(), (Outlook.STALLED, 1.3), (Outlook.AT_RISK, 1.6)))
"""The better, the higher. Trouble is above a failure (0 and 1), and below all that only is or is not done."""
WEIGHTED = 6
"""The ranks of `importance` that count between commitments: the number of outlets follows them."""
SAME_EVENT = timedelta(days=2)
"""Changes within this time may be one event that two outlets report (estimate)."""
MAX_PLAIN = 130
"""Characters of a title that is a headline, no sentence of a document (estimate)."""
MAX_EVENT = 200
"""Characters of an event: hardly a headline is longer; what only describes a page is cut."""


@dataclass(frozen=True, slots=True)
class BlockMaterial:
    """One commitment of a period. changes: the recorded changes, most important first; texts: their texts; weight: the
    importance of the leading change, then the number of outlets."""

    commitment: Commitment
    verdict: Verdict
    changes: tuple[Transition, ...]
    texts: tuple[ChangeText, ...]
    weight: tuple[float, ...] = ()

    @property
    def has_moved(self) -> bool:
        """Whether the status or a date moved."""
        return any(item.kind in (TransitionKind.STATUS, TransitionKind.DEADLINE) for item in self.changes)

    def without_level(self) -> BlockMaterial:
        """The same as an ordinary act, if it is a part of a meeting of leaders."""
        return replace(self, weight=(0, *self.weight[1:])) if self.weight[0] == Level.SUMMIT else self

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
        """'up from AT RISK to IN FORCE', 'began a new round, now IN PROGRESS', 'IN FORCE again'; '' if none moved."""
        if self.net is None:
            return ""
        was, now = map(status_caps, self.net)
        moved = f"began a new round, now {now}" if self.way == "reopened" else f"{self.way} from {was} to {now}"
        told = moved if self.way else f"{now} again"
        shown = status_caps(self.verdict.status)
        return told if now == shown else f"{told}, still {shown}"


def is_confirmation(change: Transition) -> bool:
    return isinstance(change.change, changes.FlagChanged) and change.change.new is FlagState.CONFIRMED


def block_material(
    followed: Iterable[tuple[Commitment, Verdict]],
    transitions: Sequence[Transition],
    context: RenderContext,
    start: datetime,
    *,
    after_summit: bool = False,
) -> list[BlockMaterial]:
    """Each commitment with changes that a message would tell, most important first. start: of the period;
    after_summit: leaders met shortly before it, and what few report of a meeting is that one, told late."""
    found: list[BlockMaterial] = []
    for commitment, verdict in followed:
        own = [item for item in transitions if item.commitment == commitment.id and not is_past(item, start)]
        own = [of_period(item, start, context) for item in own]
        if after_summit:
            own = [m if len(m.evidence) >= WELL_REPORTED else replace(m, level=min(m.level, Level.ORDER)) for m in own]
        moves = sorted(sorted(own, key=lambda item: item.at), key=importance, reverse=True)
        moves = [item for item in moves if not is_background(item)]
        if not moves:
            continue
        item = BlockMaterial(commitment, verdict, tuple(moves), ())
        # What goes the way of the whole period leads, told by a headline if one of that event is as important.
        lead = next((m for m in moves if item.way in ("", "reopened") or m.way.value == item.way), moves[0])
        held = commitment.kind is Kind.SERIES and lead.level is Level.SUMMIT
        near = [m for m in own if m.way is lead.way and (is_near(m, lead) or (held and m.happened > lead.happened))]
        evidence = [key for move in (lead, *near) for key in move.evidence]
        best = best_reports(lead, commitment, evidence, context)
        texts = {move.id: change_text(move, context) for move in moves}
        # A growing share is told as the event that it counts.
        told_as = replace(lead, change=changes.EventNoted(Effect.PROGRESS, By.UNKNOWN))
        texts[lead.id] = change_text(told_as if isinstance(lead.change, changes.ShareChanged) else lead, context, best)
        same = (m for m in near if m.id in texts and m.level >= lead.level)
        first = lead if texts[lead.id].report else next((m for m in same if texts[m.id].report), lead)
        if first is not lead:
            texts[first.id] = change_text(first, context, best)
        moves.sort(key=lambda move: move is not first)
        level, *rest = importance(lead)[:WEIGHTED]
        stories = (context.stories[signal.story] for signal in known_signals(evidence, context))
        # A meeting of leaders is the news of its series first.
        weight = (level, held and bool(level), *rest, len(outlet_names(stories, context)))
        told = tuple(texts[move.id] for move in moves)
        found.append(replace(item, changes=tuple(moves), texts=told, weight=weight))
    ranked = by_weight(found)
    # The leaders meet once: other commitments count by what the meeting changed for them.
    once = (item if item is ranked[0] or item.has_moved else item.without_level() for item in ranked)
    return by_weight(once)


def best_reports(
    change: Transition, commitment: Commitment, evidence: Iterable[str], context: RenderContext
) -> list[Signal]:
    """The reports of the days of a change, by the same actors, that may give its headline, the best first: those that
    tell an amount or a date lead, and of a meeting of leaders those in the words of a side, the last first."""
    actors = {signal.by for signal in known_signals((*change.evidence, *change.reason.signals), context)}
    known = known_signals((*change.reason.signals, *evidence), context)
    pool = [signal for signal in known if signal.by in actors]
    ranked = ranked_reports(replace(change, evidence=tuple(signal.id for signal in pool)), pool, context)
    series = commitment.kind is Kind.SERIES and change.level is Level.SUMMIT
    units = {"days", *(target.unit for target in commitment.targets)}

    def rank(signal: Signal) -> tuple[object, ...]:
        if signal.field != TITLE or not change_headline(change, "", "", [signal], context)[1]:
            return (1,)
        if series:
            of_both = signal.says.parties and len(signal.by.parties) > 1
            outcome = of_both and signal.tier >= Tier.WIRE and signal.modality not in HEDGED
            return (0, -signal.happened.end.timestamp()) if outcome else (1,)
        figure = signal.date is not None or (signal.quantity is not None and signal.quantity.unit in units)
        alike = (signal.level, signal.effect) == (ranked[0].level, ranked[0].effect)
        plain = alike and signal.modality is not Modality.RUMOUR
        return (0,) if figure and plain and len(context.stories[signal.story].title) <= MAX_PLAIN else (1,)

    return sorted(ranked, key=rank)


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
    """Whether a change is no event that a message tells: what too few report, a doubt that ended, no news, a date that
    could not be checked, a date that comes near."""
    match change.change:
        case changes.FlagChanged(flag=flag, new=new):
            quiet = change.severity is Severity.ROUTINE and new is not FlagState.CONFIRMED
            return quiet or flag in (FlagKind.STALE, FlagKind.UNCHECKED)
        case changes.EventNoted():
            return change.severity is Severity.ROUTINE
        case changes.NoticeDue():
            return True
        case _:
            return False
