"""Further evidence: signals that corroborate a status without having changed it.

It changes no verdict and sends no message. The alert shows what is known with its own evidence; later sources are
named on the thread's first message.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from monitor.domain.matching.rules import Rulebook, is_outside
from monitor.domain.model.changes import StatusChanged
from monitor.domain.model.enums import NEGATIVE_EFFECTS, Effect, Modality, Outlook, Standing
from monitor.domain.model.news import Signal, Story
from monitor.domain.model.verdicts import DecisionInput, Transition, Verdict
from monitor.domain.verdicts.corroboration import independent_source, is_weak, with_best_publisher
from monitor.domain.verdicts.decide import eligible_signals
from monitor.domain.verdicts.fold import interpret
from monitor.domain.verdicts.outlook import may_change_outlook

AGREEING_EFFECTS: Mapping[Standing, frozenset[Effect]] = {
    Standing.PLEDGED: frozenset({Effect.PLEDGE}),
    Standing.IN_PROGRESS: frozenset({Effect.PROGRESS}),
    Standing.PARTLY_MET: frozenset({Effect.DELIVERED, Effect.PROGRESS}),
    Standing.MET: frozenset({Effect.DELIVERED}),
    Standing.IN_FORCE: frozenset({Effect.DELIVERED}),
    Standing.BREACHED: frozenset({Effect.BREACH}),
}
"""The effects that agree with a standing. No report can agree with unpledged or lapsed."""


def status_evidence(verdict: Verdict) -> tuple[str, ...]:
    """The evidence of the status: of the outlook if it is not steady, else of the standing."""
    return verdict.evidence if verdict.outlook is Outlook.STEADY else verdict.outlook_evidence


def status_since(verdict: Verdict) -> datetime:
    """Since when the status holds."""
    turned = None if verdict.outlook is Outlook.STEADY else verdict.outlook_since
    return turned or verdict.since


def supporting_signals(
    case: DecisionInput, stories: Mapping[str, Story], rulebook: Rulebook, now: datetime
) -> tuple[Signal, ...]:
    """The signals since the last change of the published status that agree with it, in order, without its evidence.

    Weak rules, rumours and publishers that cannot corroborate are left out. A status without evidence (set by a
    person, a baseline or the clock) has no report to corroborate.
    """
    verdict, policy = case.published, rulebook.policy
    known, start = set(status_evidence(verdict)), status_since(verdict)
    supporting: dict[str, Signal] = {}
    for signal in eligible_signals(case, now, policy) if known else ():
        if signal.happened.end < start or signal.id in known:
            continue
        info = rulebook.rules.get(signal.rule)
        best = interpret(with_best_publisher(signal, stories, rulebook.publishers, case.commitment), verdict, info)
        excluded = best.modality is Modality.RUMOUR or best.tier not in policy.corroborating_tiers
        if excluded or is_weak(signal, rulebook.rules):
            continue
        if verdict.outlook is Outlook.STEADY:
            agrees = best.effect in AGREEING_EFFECTS.get(verdict.standing, ()) and not is_outside(best, rulebook)
        else:
            agrees = best.effect in NEGATIVE_EFFECTS and may_change_outlook(best)
        if agrees:
            supporting[best.id] = best
    return tuple(supporting.values())


def independent_sources(
    case: DecisionInput, ids: Collection[str], stories: Mapping[str, Story], rulebook: Rulebook
) -> dict[str, str]:
    """The independent source behind each of these signals, by id."""
    return {
        s.id: independent_source(with_best_publisher(s, stories, rulebook.publishers, case.commitment))
        for s in case.signals
        if s.id in ids
    }


def first_per_source(signals: Sequence[Signal], known: Collection[str] = ()) -> tuple[Signal, ...]:
    """The first signal of each independent source, without the known sources."""
    first: dict[str, Signal] = {}
    for signal in signals:
        first.setdefault(independent_source(signal), signal)
    return tuple(signal for name, signal in first.items() if name and name not in known)


def causing_transition(moves: Sequence[Transition], verdict: Verdict) -> Transition | None:
    """The change among these, oldest first, that led to the present status; None if there is none."""
    evidence = set(status_evidence(verdict))
    for move in reversed(moves):
        led_here = isinstance(move.change, StatusChanged) and move.change.new is verdict.status and not move.confirms
        shares = evidence & {*move.evidence, *move.reason.signals}
        if led_here and shares and move.commitment == verdict.commitment:
            return move
    return None
