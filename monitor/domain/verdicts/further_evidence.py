"""Further evidence: what came in beside the evidence of a status, or after it, and says the same.

It moves nothing, so it is no change: the alert shows what is in hand beside its evidence, who follows the thread hears of
each new voice in a reply, and the digest has a line on it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from monitor.domain.matching.rules import Rulebook, is_outside
from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    DecisionInput,
    Effect,
    Modality,
    Outlook,
    Signal,
    Standing,
    Story,
    Transition,
    Verdict,
)
from monitor.domain.model.changes import StatusChanged
from monitor.domain.verdicts.corroboration import independent_source, with_best_publisher
from monitor.domain.verdicts.decide import eligible_signals, interpret
from monitor.domain.verdicts.outlook import may_change_outlook

AGREEING_EFFECTS: Mapping[Standing, frozenset[Effect]] = {
    Standing.PLEDGED: frozenset({Effect.PLEDGE}),
    Standing.IN_PROGRESS: frozenset({Effect.PROGRESS}),
    Standing.PARTLY_MET: frozenset({Effect.DELIVERED, Effect.PROGRESS}),
    Standing.MET: frozenset({Effect.DELIVERED}),
    Standing.IN_FORCE: frozenset({Effect.DELIVERED}),
    Standing.BREACHED: frozenset({Effect.BREACH}),
}
"""Which effects say what a standing says. That a promise was never made, or ran out, is nobody's report."""


def status_evidence(verdict: Verdict) -> tuple[str, ...]:
    """The evidence of the status: that of an outlook that is not steady, else that of the standing."""
    return verdict.evidence if verdict.outlook is Outlook.STEADY else verdict.outlook_evidence


def status_since(verdict: Verdict) -> datetime:
    """Since when the status is what it is."""
    turned = None if verdict.outlook is Outlook.STEADY else verdict.outlook_since
    return turned or verdict.since


def supporting_signals(
    case: DecisionInput, stories: Mapping[str, Story], rulebook: Rulebook, now: datetime
) -> tuple[Signal, ...]:
    """The signals that say what the published status of a case says, from the moment of its change on, in order; the
    evidence of the change apart. Weak acts, rumours and publishers that bear nothing out are left out."""
    verdict, policy = case.published, rulebook.policy
    known = set(status_evidence(verdict))
    if not known:  # a person, a baseline or the calendar says so: there is no report to bear out
        return ()
    start = status_since(verdict)
    later = [s for s in eligible_signals(case, now, policy) if s.happened.end >= start and s.id not in known]
    read = (
        interpret(with_best_publisher(signal, stories, rulebook.publishers), verdict, rulebook.rules.get(signal.rule))
        for signal in later
    )
    found = {s.id: s for s in read if s.tier in policy.corroborating_tiers and _agrees(s, verdict, rulebook)}
    return tuple(found.values())


def _agrees(signal: Signal, verdict: Verdict, rulebook: Rulebook) -> bool:
    info = rulebook.rules.get(signal.rule)
    if signal.modality is Modality.RUMOUR or (info is not None and info.weak):
        return False
    if verdict.outlook is not Outlook.STEADY:
        return signal.effect in NEGATIVE_EFFECTS and may_change_outlook(signal)
    return signal.effect in AGREEING_EFFECTS.get(verdict.standing, ()) and not is_outside(signal, rulebook)


def independent_sources(
    case: DecisionInput, ids: Collection[str], stories: Mapping[str, Story], rulebook: Rulebook
) -> dict[str, str]:
    """By signal, of these: the independent voice behind it."""
    return {
        s.id: independent_source(with_best_publisher(s, stories, rulebook.publishers))
        for s in case.signals
        if s.id in ids
    }


def first_per_source(signals: Sequence[Signal], heard: Collection[str] = ()) -> tuple[Signal, ...]:
    """The first signal of each independent voice that was not heard before."""
    first: dict[str, Signal] = {}
    for signal in signals:
        first.setdefault(independent_source(signal), signal)
    return tuple(signal for name, signal in first.items() if name and name not in heard)


def causing_transition(moves: Sequence[Transition], verdict: Verdict) -> Transition | None:
    """The change among these, oldest first, by which the status became what it is."""
    known = set(status_evidence(verdict))
    mine = (t for t in reversed(moves) if t.commitment == verdict.commitment and not t.confirms)
    return next((t for t in mine if known & {*t.evidence, *t.reason.signals} and _led_to(t, verdict)), None)


def _led_to(move: Transition, verdict: Verdict) -> bool:
    return isinstance(move.change, StatusChanged) and move.change.new is verdict.status
