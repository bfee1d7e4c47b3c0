"""The changes of a period: which count as events, by which reports they are told, and the parts of a commitment."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from monitor.domain.matching.document import TITLE
from monitor.domain.messages.context import RenderContext, known_signals
from monitor.domain.messages.headline import change_headline, ranked_reports
from monitor.domain.model import (
    Cause,
    Commitment,
    FlagKind,
    FlagState,
    Kind,
    Level,
    Modality,
    Severity,
    Signal,
    Status,
    Tier,
    Transition,
    changes,
    reasons,
)
from monitor.domain.verdicts.standing import HEDGED

SAME_EVENT = timedelta(days=2)
"""Changes within this time may be one event that two outlets report (estimate)."""
MAX_PLAIN = 130
"""Characters of a title that is a headline, no sentence of a document (estimate)."""
MAX_EVENT = 200
"""Characters of an event: hardly a headline is longer; what only describes a page is cut."""


def is_confirmation(change: Transition) -> bool:
    return isinstance(change.change, changes.FlagChanged) and change.change.new is FlagState.CONFIRMED


def turns(transitions: Iterable[Transition]) -> list[tuple[Transition, Status, Status]]:
    """The changes of the status of one commitment, from one to another, in order of time."""
    return [
        (move, move.change.old, move.change.new)
        for move in sorted(transitions, key=lambda item: (item.at, item.happened))
        if isinstance(move.change, changes.StatusChanged) and move.change.old is not move.change.new
    ]


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
            outcome = of_both and signal.tier in (Tier.WIRE, Tier.TRADE) and signal.modality not in HEDGED
            return (0, -signal.happened.end.timestamp()) if outcome else (1,)
        figure = signal.date is not None or (signal.quantity is not None and signal.quantity.unit in units)
        alike = (signal.level, signal.effect) == (ranked[0].level, ranked[0].effect)
        plain = alike and signal.modality is not Modality.RUMOUR
        return (0,) if figure and plain and len(context.stories[signal.story].title) <= MAX_PLAIN else (1,)

    return sorted(ranked, key=rank)


def parent_of(key: str, found: Collection[str]) -> str | None:
    """The nearest of these commitments that has the commitment `key` as a part; None if there is none."""
    return max((name for name in found if key.startswith(f"{name}-")), key=len, default=None)


def root_of(key: str, found: Collection[str]) -> str:
    """The topmost of these commitments that has `key` as a part of any depth; `key` itself if there is none."""
    above = parent_of(key, found)
    return key if above is None else root_of(above, found)


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


def is_background(change: Transition, dates: Collection[tuple[str, date | None]] = ()) -> bool:
    """Whether a change is no event that a digest tells: what too few report, a doubt that ended, no news, a date that
    could not be checked, a date that comes near, the old date of one that moved, that of a later starting point. dates:
    what moved, each commitment with its new date."""
    match change.change:
        case changes.FlagChanged(flag=flag, new=new):
            quiet = change.severity is Severity.ROUTINE and new is not FlagState.CONFIRMED
            return quiet or flag in (FlagKind.STALE, FlagKind.UNCHECKED)
        case changes.EventNoted():
            return change.severity is Severity.ROUTINE
        case changes.NoticeDue():
            return True
        case changes.DeadlineMissed() if isinstance(change.reason.detail, reasons.FirstDateMissed):
            return (change.commitment, change.reason.detail.later) in dates
        case changes.DeadlineMoved():
            return change.cause is Cause.CLOCK and not (change.evidence or change.reason.signals)
        case _:
            return False
