"""Flags on a verdict, and what they and reasons tell of a claim."""

from __future__ import annotations

from dataclasses import replace

from monitor.domain.model import Flag, FlagKind, Says, Signal, Tier, Verdict
from monitor.domain.model.reasons import Quoted, Speaker
from monitor.domain.text.folding import is_unspaced
from monitor.domain.verdicts.corroboration import Claim


def with_flag(verdict: Verdict, flag: Flag) -> Verdict:
    """Sets a flag; one of the same kind and subject is kept with its own beginning and the newer words."""
    old = next((f for f in verdict.flags if (f.kind, f.subject) == (flag.kind, flag.subject)), None)
    rest = tuple(f for f in verdict.flags if f is not old)
    return replace(verdict, flags=(*rest, replace(flag, since=old.since) if old else flag))


def without_kind(flags: tuple[Flag, ...], kind: FlagKind) -> tuple[Flag, ...]:
    return tuple(flag for flag in flags if flag.kind is not kind)


def signal_ids(claim: Claim) -> tuple[str, ...]:
    """The signals behind a claim."""
    return tuple(signal.id for signal in claim.signals)


def representative(claim: Claim) -> Signal:
    """The report to tell a turn by: one in the language of our own words where there is one; statistics before words, what
    wires and officials say before what others do, and of those the first."""
    return min(
        claim.signals,
        key=lambda s: (
            any(map(is_unspaced, s.quote)),
            s.says is not Says.DATA,
            max(s.tier, Tier.WIRE),
            s.happened.end,
            s.id,
        ),
    )


def reason_text(signal: Signal) -> Quoted:
    """A reason in the words of the report."""
    return Quoted(" ".join(signal.quote.split()))


def speaker(signal: Signal) -> Speaker:
    """Whose word a signal is. State media speak for their side, and report all the same."""
    return Speaker(signal.origin, signal.says, signal.says is Says.PRESS or signal.tier is Tier.STATE_MEDIA)
