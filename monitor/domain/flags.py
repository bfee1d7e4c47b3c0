"""Flags on a verdict, and the words in which they and reasons speak of voices and sides."""

from __future__ import annotations

from dataclasses import replace

from monitor.domain.claims import Claim
from monitor.domain.folding import is_unspaced
from monitor.domain.model import Flag, FlagKind, Says, Signal, Tier, Verdict
from monitor.domain.sides import PARTIES, side_names


def with_flag(verdict: Verdict, flag: Flag) -> Verdict:
    """Sets a flag; one of the same kind and subject is kept with its own beginning and the newer words."""
    old = next((f for f in verdict.flags if (f.kind, f.subject) == (flag.kind, flag.subject)), None)
    rest = tuple(f for f in verdict.flags if f is not old)
    return replace(verdict, flags=(*rest, replace(flag, since=old.since) if old else flag))


def without(flags: tuple[Flag, ...], kind: FlagKind) -> tuple[Flag, ...]:
    return tuple(flag for flag in flags if flag.kind is not kind)


def ids(claim: Claim) -> tuple[str, ...]:
    """The signals behind a claim."""
    return tuple(signal.id for signal in claim.signals)


def lead(claim: Claim) -> Signal:
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


def why(signal: Signal) -> str:
    """A reason in the words of the report."""
    return " ".join(signal.quote.split())


def is_report(signal: Signal) -> bool:
    """Does an outlet tell what happened, rather than a side what it says? What follows for the promise is then our reading and
    not the outlet's word. State media speak for their side, and report all the same."""
    return signal.says is Says.PRESS or signal.tier is Tier.STATE_MEDIA


def side_words(signal: Signal) -> str:
    """Who speaks: the official, agency, company or outlet by name, else the side."""
    return signal.origin or (side_names((signal.says.value,)) if signal.says.value in PARTIES else "the press")
