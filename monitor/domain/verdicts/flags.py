"""Flags on a verdict, and the quotations and speakers that flags and reasons carry."""

from __future__ import annotations

from dataclasses import replace

from monitor.domain.model import Flag, FlagKind, Says, Signal, Tier, Verdict
from monitor.domain.model.reasons import Quoted, Speaker


def with_flag(verdict: Verdict, flag: Flag) -> Verdict:
    """The verdict with the flag set. A flag of the same kind and subject keeps its `since` and takes the new detail."""
    old = next((f for f in verdict.flags if (f.kind, f.subject) == (flag.kind, flag.subject)), None)
    rest = tuple(f for f in verdict.flags if f is not old)
    return replace(verdict, flags=(*rest, replace(flag, since=old.since) if old else flag))


def without_kind(flags: tuple[Flag, ...], kind: FlagKind) -> tuple[Flag, ...]:
    return tuple(flag for flag in flags if flag.kind is not kind)


def unconfirmed_subjects(verdict: Verdict) -> frozenset[str]:
    """The subjects on which a verdict waits for corroboration."""
    return frozenset(flag.subject for flag in verdict.flags if flag.kind is FlagKind.UNCONFIRMED)


def reason_text(signal: Signal) -> Quoted:
    """A reason in the words of the report."""
    return Quoted(" ".join(signal.quote.split()))


def speaker(signal: Signal) -> Speaker:
    """Who says it. State media speak for their side and report as the press does."""
    return Speaker(signal.origin, signal.says, signal.says is Says.PRESS or signal.tier is Tier.STATE_MEDIA)
